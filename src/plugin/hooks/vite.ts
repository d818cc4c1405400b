// Vite: dev server, build, preview, SSR and workers. The hooks know the environment a module is for; the converter does not.

import { realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin, ResolvedConfig } from 'vite'
import type { LoaderHost } from '../../compiler/types.ts'
import { fail, formatProblem } from '../../diagnostics/compile-error.ts'
import { nodeBuildHost, nodeDevHost, rollupHost, viteDevHost } from '../assets.ts'
import { checkBudget } from '../budget.ts'
import { createBuildReport } from '../build-report.ts'
import { cacheFolderOf, createConverter, type Conversion, type Converter } from '../converter.ts'
import { checkAccess, devAssets } from '../dev-server.ts'
import { MODEL_FILTER, parseModelId, partId, type ModelRequest } from '../ids.ts'
import { bundlerError, modelModule, startsWorker, type ModuleSettings } from '../model-module.ts'
import type { ResolvedPluginOptions } from '../options.ts'
import {
  fallbackPath,
  GLUE,
  isInstalled,
  ORT_NODE,
  ortFolder,
  RUNTIME,
  RUNTIME_GPU,
  RUNTIME_HOST,
  SPECIFIER_FILTER,
  WASM,
} from '../packages.ts'
import { graphName, noticeTexts, reportLine } from '../report-line.ts'
import { nodeFiles } from '../ssr-files.ts'
import { UnusedMethods } from './unused-methods.ts'

type HookContext = ThisParameterType<Extract<NonNullable<Plugin['load']>, (...args: never[]) => unknown>>

const PRELOAD_MARKER = '__VITE_PRELOAD__'

const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/** All hooks of the Vite plugin. */
export function viteHooks(options: ResolvedPluginOptions): Partial<Plugin> {
  const assets = devAssets()
  const files = nodeFiles()
  // Models that a module imports, and the entries of the workers that models start: all that a dev server converts.
  const imported = new Set<string>()
  let config: ResolvedConfig | undefined
  let converter: Converter | undefined
  let indexHtml: string | undefined
  let allowed: (path: string) => boolean = () => false
  // Texts in emitted code that stand for a file, until the chunk that holds them has a name.
  const placeholders = new Map<string, string>()

  // Vitest evaluates modules of its `client` environment (jsdom, happy-dom) in Node too.
  let inVitest = false
  const isNode = (context: HookContext): boolean => inVitest || context.environment.config.consumer === 'server'

  const report = createBuildReport(options)
  const unused = new UnusedMethods({
    converter: () => converter!,
    async settled(request, conversion, code) {
      await checkBudget(converter!.optionsFor(request).budget, conversion.model, conversion.name, settings().warn)
      report.add(request, conversion, code)
    },
  })
  // Workers of the app have bundles of their own, and what runs in Node is not fetched.
  const mayLeaveOut = (context: HookContext): boolean =>
    config?.command === 'build' && !isNode(context) && !context.environment.config.isWorker
  const later = (id: string): NonNullable<ModuleSettings['later']> => ({
    standIns: (request, conversion) => unused.standIns(id, request, conversion),
    printed: (request, conversion, code) => unused.printed(request, conversion, code),
  })
  const settings = (): ModuleSettings => {
    const ships = config?.command === 'build' && config.build.watch === null
    return {
      dts: options.dts,
      ...(config?.command === 'build' ? { report } : {}),
      ...(ships ? {} : { warn: (problem) => config?.logger.warnOnce(formatProblem(problem)) }),
    }
  }

  async function hostOf(context: HookContext, request: ModelRequest, conversion: Conversion): Promise<LoaderHost> {
    const { model, name } = conversion
    const { device } = conversion.options
    if (config?.command === 'serve') {
      if (isNode(context)) {
        // By its path: the `client` environment would resolve the name to the entry for pages.
        const ort = inVitest ? pathToFileURL(join(ortFolder([posix.dirname(request.file), converter!.root]), ORT_NODE)).href : undefined
        return nodeDevHost(device, files.offer(model.sha256, model.graph), ort)
      }
      const workerId = partId(request, 'worker')
      imported.add(workerId)
      const path = assets.offer(`${request.file}?${request.query}`, model.sha256, model.graph)
      const root = converter!.root
      const workerPath = workerId.startsWith(`${root}/`) ? workerId.slice(root.length + 1) : `@fs/${workerId.replace(/^\//, '')}`
      return viteDevHost({ device, worker: startsWorker(request, conversion) }, config.base + path, `${config.base}${workerPath}&import`)
    }
    if (isNode(context)) {
      const emit = async (fileName: string, source: Uint8Array | string): Promise<string> => {
        const text = `__UNPLUGIN_TORCH_${Buffer.from(fileName).toString('hex')}__`
        if (!placeholders.has(text))
          context.emitFile({ type: 'asset', fileName, source: typeof source === 'string' ? await readFile(source) : source })
        placeholders.set(text, fileName)
        return text
      }
      const folder = config?.build.assetsDir ?? 'assets'
      const ort = ortFolder([posix.dirname(request.file), converter!.root])
      const stem = graphName(name)
        .replace(/\.onnx$/, '')
        .replaceAll(/[^\w.-]/g, '_')
      return nodeBuildHost(device, {
        graph: await emit(`${folder}/${stem}-${model.sha256.slice(0, 8)}.onnx`, model.graph),
        glue: await emit(`${folder}/${GLUE}`, join(ort, GLUE)),
        wasm: await emit(`${folder}/${WASM}`, join(ort, WASM)),
      })
    }
    // Vite takes the first entry of a worker's bundle for the worker; and the model is off the page's thread there already.
    const worker = startsWorker(request, conversion) && !context.environment.config.isWorker
    const graph = context.emitFile({ type: 'asset', name: graphName(name), source: model.graph })
    if (mayLeaveOut(context)) unused.emitted(request, conversion, graph)
    return rollupHost(
      { device, worker },
      {
        graph,
        ...(worker
          ? {
              worker: context.emitFile({
                type: 'chunk',
                id: partId(request, 'worker'),
                name: `${graphName(name).replace(/\.onnx$/, '')}-worker`,
              }),
            }
          : {}),
      },
    )
  }

  /** Placeholders of files as paths relative to their chunk. */
  function withPaths(code: string, chunk: string): string {
    if (placeholders.size === 0 || !code.includes('__UNPLUGIN_TORCH_')) return code
    return code.replaceAll(/__UNPLUGIN_TORCH_[\da-f]+__/g, (text) => {
      const file = placeholders.get(text)
      if (file === undefined) return text
      const path = posix.relative(posix.dirname(chunk), file)
      return path.startsWith('.') ? path : `./${path}`
    })
  }

  // The hooks that also run in the bundles of the user's own workers.
  const moduleHooks: Partial<Plugin> = {
    resolveId: {
      filter: { id: [MODEL_FILTER, SPECIFIER_FILTER] },
      async handler(id, importer, details) {
        if (importer === undefined) return null
        const found = await this.resolve(id, importer, { ...details, skipSelf: true })
        if (MODEL_FILTER.test(id)) {
          // Of a request that a page makes by itself, Vite says that index.html is the importer.
          if (found !== null && importer !== indexHtml) imported.add(found.id.split('?')[0]!)
          return found
        }
        if (found !== null || !MODEL_FILTER.test(importer)) return found
        return fallbackPath(id, [posix.dirname(importer), converter!.root]) ?? null
      },
    },

    load: {
      filter: { id: MODEL_FILTER },
      async handler(id) {
        try {
          const request = parseModelId(id)
          if (request === undefined) return null
          if (config?.command === 'serve') {
            checkAccess(request.file, { allowed, name: (file) => converter!.nameOf(file) })
            if (!imported.has(request.part === 'worker' ? partId(request, 'worker') : request.file)) {
              fail('PT6014', 'No module imports this model.', {
                file: converter!.nameOf(request.file),
                fix: 'import it from a module of the page.',
              })
            }
          }
          this.addWatchFile(request.file)
          const { code, map } = await modelModule(converter!, request, (of, conversion) => hostOf(this, of, conversion), {
            ...settings(),
            ...(mayLeaveOut(this) ? { later: later(id) } : {}),
          })
          return { code, map: map ?? { mappings: '' }, moduleType: 'js', moduleSideEffects: request.part === 'worker' }
        } catch (error) {
          return this.error(bundlerError(error, id))
        }
      },
    },

    async renderChunk(code, chunk, _, { chunks }) {
      try {
        const left = this.environment.config.isWorker ? undefined : await unused.render(this, code, chunks)
        const text = withPaths(left ?? code, chunk.fileName)
        return text === code ? null : { code: text, map: null }
      } catch (error) {
        return this.error(bundlerError(error, chunk.fileName))
      }
    },
  }
  const inWorkers: Plugin = { name: 'unplugin-torch:worker', enforce: 'pre', ...moduleHooks }

  return {
    // For `unplugin-torch types`, which writes what a build would.
    api: { options },

    config(user, { command }) {
      const root = user.root ?? process.cwd()
      const { models, defaults } = options
      const forGpu = [defaults, ...Object.values(models)].some(({ device }) => device === 'webgpu')
      const gpu = forGpu ? ['onnxruntime-web/jspi', 'onnxruntime-web/webgpu', RUNTIME_GPU] : []
      const include = ['onnxruntime-web/wasm', RUNTIME, RUNTIME_HOST, ...gpu].filter((name) => isInstalled(name.split('/')[0]!, root))
      const workers = user.worker?.plugins
      return {
        worker: { plugins: () => [...(workers?.() ?? []), inWorkers] },
        ...(command === 'serve' ? { optimizeDeps: { include } } : {}),
        ...(options.isolate ? { server: { headers: ISOLATION }, preview: { headers: ISOLATION } } : {}),
      }
    },

    configEnvironment(name, { consumer = name === 'client' ? 'client' : 'server' }, { command }) {
      if (consumer !== 'server' || command !== 'build') return undefined
      return {
        build: { emitAssets: true },
        // The output must run where node_modules holds none of this: both packages are development dependencies of most projects.
        resolve: { noExternal: ['unplugin-torch', 'onnxruntime-web', 'onnxruntime-common'] },
      }
    },

    configResolved(resolved) {
      if (resolved.isWorker) return
      config = resolved
      indexHtml = posix.join(resolved.root, 'index.html')
      inVitest = runsInVitest(resolved)
      const { logger, root } = resolved
      converter = createConverter({
        root,
        options,
        cacheFolder: cacheFolderOf(options, root, resolved.cacheDir),
        serve: resolved.command === 'serve',
        warn: (problem) => logger.warnOnce(formatProblem(problem)),
        onConverted(conversion) {
          if (options.report !== false && resolved.command === 'serve') logger.info(reportLine(conversion))
          for (const text of noticeTexts(conversion)) logger.warnOnce(text)
        },
      })
    },

    async configureServer(server) {
      const { config: resolved } = server
      allowed = await loadingCheck(resolved)
      // onnxruntime fetches its wasm by URL; a package manager may keep it outside of the folders that are served.
      const ort = realpathSync(ortFolder([resolved.root])).replaceAll('\\', '/')
      if (!allowed(`${ort}/${WASM}`)) resolved.server.fs.allow.push(ort)
      if (options.isolate) server.config.logger.info('torch  the dev server sends COOP and COEP headers (option isolate)')
      server.middlewares.use(assets.middleware(server.config.base))
    },

    // A page preloads what onnxruntime's chunk imports, by links of its document; a model's worker has none. Vite's marker, still in place here, makes it do so.
    async generateBundle(_, bundle) {
      await unused.finish(bundle)
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk' || !MODEL_FILTER.test(chunk.facadeModuleId ?? '')) continue
        if (parseModelId(chunk.facadeModuleId!)?.part !== 'worker') continue
        // As long as the marker, so that places in the source map stay.
        chunk.code = chunk.code.replaceAll(PRELOAD_MARKER, 'void 0'.padEnd(PRELOAD_MARKER.length))
      }
    },

    renderStart() {
      unused.start()
    },

    async closeBundle(error?: unknown) {
      if (!(error instanceof Error)) await report.print((text) => config?.logger.info(text))
      files.close()
      if (config?.command === 'serve' || config?.build.watch === null) await converter?.close()
      converter?.clear()
    },

    ...moduleHooks,
  }
}

/** Whether Vitest evaluates this server's modules in Node: its browser mode does not. */
function runsInVitest(config: ResolvedConfig): boolean {
  const { plugins, test } = config as ResolvedConfig & { readonly test?: { readonly browser?: { readonly enabled?: boolean } } }
  const inBrowser = test?.browser?.enabled === true || plugins.some(({ name }) => /^vitest:browser(?!:loader)/.test(name))
  return !inBrowser && plugins.some(({ name }) => /^vitest(?::|$)/.test(name))
}

/** Vite's own `isFileLoadingAllowed`, of the Vite that runs this server. Where it cannot be had, nothing is allowed. */
async function loadingCheck(config: ResolvedConfig): Promise<(path: string) => boolean> {
  const vite = await import('vite').catch(async () => {
    const path = createRequire(join(config.root, 'package.json')).resolve('vite')
    return (await import(pathToFileURL(path).href)) as typeof import('vite')
  })
  return (path) => vite.isFileLoadingAllowed(config, path)
}
