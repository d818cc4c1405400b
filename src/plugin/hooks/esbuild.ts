// esbuild: its own hooks instead of unplugin's, since files come in through a namespace with esbuild's `file` loader.
// Without code splitting onnxruntime is a file too: in the app's own chunk its threads would start the app again. A worker is bundled by a build of its own.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, posix, relative, resolve } from 'node:path'
import type { BuildOptions, OnLoadResult, OutputFile, Plugin, PluginBuild } from 'esbuild'
import { fail, formatProblem } from '../../diagnostics/compile-error.ts'
import { esbuildHost } from '../assets.ts'
import { createBuildReport } from '../build-report.ts'
import { cacheFolderOf, createConverter, type Conversion, type Converter } from '../converter.ts'
import { MODEL_FILTER, parseModelId, partId, type ModelRequest } from '../ids.ts'
import { bundlerError, modelModule, startsWorker, type BundlerMap } from '../model-module.ts'
import type { ResolvedPluginOptions } from '../options.ts'
import { fallbackPath, ortFolder, SPECIFIER_FILTER, WASM, WASM_ASYNCIFY, WASM_JSPI } from '../packages.ts'
import { graphName, noticeTexts } from '../report-line.ts'

/** Namespace of the files that generated code imports. */
const FILES = 'torch-file'
/** Namespace of models: their ids keep the query. */
const MODELS = 'torch-model'

/** Name of a worker's file inside its own build. */
const WORKER_ENTRY = 'torch-worker-entry'

/** `setup` of the esbuild plugin. */
export function setupEsbuild(build: PluginBuild, options: ResolvedPluginOptions, shared?: Converter): void {
  const { initialOptions } = build
  const root = resolve(initialOptions.absWorkingDir ?? process.cwd())
  const quiet = initialOptions.logLevel === 'silent' || initialOptions.logLevel === 'error'
  const converter =
    shared ??
    createConverter({
      root,
      options,
      cacheFolder: cacheFolderOf(options, root),
      serve: false,
      warn: (problem) => (quiet ? undefined : console.warn(formatProblem(problem))),
      onConverted(conversion) {
        if (!quiet) for (const text of noticeTexts(conversion)) console.warn(text)
      },
    })

  const report = createBuildReport(options)
  const workerFiles = new Map<string, OutputFile>()
  const hostOf = (request: ModelRequest, conversion: Conversion): ReturnType<typeof esbuildHost> => {
    const folders = [dirname(request.file), root]
    const ort = ortFolder(folders)
    const { device } = conversion.options
    const isSplit = initialOptions.splitting === true
    const entry = (specifier: string): string => `${FILES}:${fallbackPath(specifier, folders)}`
    return esbuildHost(
      { device, worker: startsWorker(request, conversion) },
      {
        graph: `${FILES}:${partId(request, 'asset')}`,
        wasm: `${FILES}:${join(ort, WASM)}`,
        ...(isSplit ? {} : { ort: entry('onnxruntime-web/wasm') }),
        ...(device === 'webgpu'
          ? {
              gpu: {
                wasmJspi: `${FILES}:${join(ort, WASM_JSPI)}`,
                wasmAsyncify: `${FILES}:${join(ort, WASM_ASYNCIFY)}`,
                ...(isSplit ? {} : { jspi: entry('onnxruntime-web/jspi'), asyncify: entry('onnxruntime-web/webgpu') }),
              },
            }
          : {}),
        worker: `${FILES}:${partId(request, 'worker')}`,
      },
    )
  }

  build.onResolve({ filter: new RegExp(`^${FILES}:`), namespace: MODELS }, ({ path }) => {
    const target = path.slice(FILES.length + 1)
    const request = parseModelId(target)
    if (request === undefined) return { path: target, namespace: FILES, pluginData: target }
    // The last part names the emitted file: `net.onnx`, `net-worker.js`. The folder keeps requests with different queries apart.
    const name = graphName(request.file)
    const place = join(request.file, request.query, request.part === 'worker' ? name.replace(/\.onnx$/, '-worker.js') : name)
    return { path: place, namespace: FILES, pluginData: target }
  })
  build.onResolve({ filter: MODEL_FILTER, namespace: 'file' }, async ({ path, resolveDir, kind }) => {
    if (kind === 'entry-point' && !path.includes('?')) return undefined
    const [, file = '', query = ''] = /^([^?]*)(\?.*)?$/s.exec(path)!
    if (parseModelIdQuietly(path) === undefined) return undefined
    const found = /^[./]|^[A-Za-z]:[\\/]/.test(file)
      ? resolve(resolveDir, file)
      : (await build.resolve(`./${file}`, { resolveDir, kind })).path
    // Of a worker's entry, the side effect is all there is.
    return { path: found + query, namespace: MODELS, sideEffects: query.includes('torch-worker') }
  })

  build.onLoad({ filter: /.*/, namespace: MODELS }, async ({ path }): Promise<OnLoadResult> => {
    try {
      const request = parseModelId(path)
      if (request === undefined) return { errors: [{ text: `unplugin-torch cannot load ${path}` }] }
      if (initialOptions.format !== 'esm') notEsm(initialOptions.format, relative(root, request.file))
      let dependencies: readonly string[] = []
      const { code, map } = await modelModule(
        converter,
        request,
        (of, conversion) => {
          dependencies = conversion.dependencies
          return hostOf(of, conversion)
        },
        { dts: options.dts, report },
      )
      return {
        contents: map === undefined ? code : `${code}${inlineMap(map)}`,
        loader: 'js',
        resolveDir: dirname(request.file),
        watchFiles: [request.file, ...dependencies],
      }
    } catch (error) {
      return failure(error, path)
    }
  })

  // Our specifiers, where they cannot be resolved from the model's folder.
  build.onResolve({ filter: SPECIFIER_FILTER, namespace: MODELS }, async ({ path, resolveDir, kind, importer }) => {
    const found = await build.resolve(path, { resolveDir, kind, importer, namespace: 'file' })
    if (found.errors.length === 0) return found
    const fallback = fallbackPath(path, [resolveDir, root])
    return fallback === undefined ? found : { path: fallback }
  })

  build.onLoad({ filter: /.*/, namespace: FILES }, async ({ path, pluginData }): Promise<OnLoadResult> => {
    const target = String(pluginData)
    try {
      const request = parseModelId(target)
      if (request === undefined) return { contents: await readFile(target), loader: 'file', watchFiles: [target] }
      if (request.part === 'worker')
        return { contents: await bundleWorker(build, request, options, converter, workerFiles), loader: 'file', watchFiles: [request.file] }
      const { model, dependencies } = await converter.convert(request)
      return { contents: model.graph, loader: 'file', watchFiles: [request.file, ...dependencies] }
    } catch (error) {
      return failure(error, path)
    }
  })

  if (shared !== undefined) return
  build.onEnd(async (result) => {
    if (result.errors.length === 0 && !quiet && initialOptions.logLevel !== 'warning') await report.print(console.info)
    converter.clear()
    // Files that only a worker refers to; those of the page have the same names and bytes.
    for (const file of workerFiles.values()) {
      if (result.outputFiles === undefined) {
        await mkdir(dirname(file.path), { recursive: true })
        await writeFile(file.path, file.contents)
      } else if (!result.outputFiles.some(({ path }) => path === file.path)) result.outputFiles.push(file)
    }
    workerFiles.clear()
  })
  build.onDispose(() => void converter.close())
}

/** Text of a worker: a build of one file inside the build, with the same settings where they matter and the same names for its files. */
async function bundleWorker(
  build: PluginBuild,
  request: ModelRequest,
  options: ResolvedPluginOptions,
  converter: Converter,
  files: Map<string, OutputFile>,
): Promise<Uint8Array> {
  const {
    absWorkingDir,
    alias,
    assetNames,
    conditions,
    define,
    mainFields,
    minify,
    nodePaths,
    outdir,
    outfile,
    publicPath,
    target,
    tsconfig,
  } = build.initialOptions
  const given = { absWorkingDir, alias, assetNames, conditions, define, mainFields, minify, nodePaths, publicPath, target, tsconfig }
  const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as BuildOptions
  const outside = resolve(absWorkingDir ?? process.cwd(), outdir ?? (outfile === undefined ? '.' : dirname(outfile)))
  const plugin: Plugin = { name: 'unplugin-torch', setup: (inner) => setupEsbuild(inner, options, converter) }
  const entry = partId(request, 'worker')
  const result = await build.esbuild.build({
    ...settings,
    stdin: { contents: `import ${JSON.stringify(entry)}`, resolveDir: dirname(request.file), sourcefile: basename(entry) },
    bundle: true,
    format: 'esm',
    splitting: false,
    write: false,
    logLevel: 'silent',
    outdir: outside,
    // The worker's own file is named by `assetNames`: what it refers to is relative to there.
    entryNames: posix.join(posix.dirname(assetNames ?? '[name]').replaceAll('[dir]', '.'), WORKER_ENTRY),
    plugins: [plugin],
  })
  let text: Uint8Array = new Uint8Array()
  for (const file of result.outputFiles) {
    if (basename(file.path) === `${WORKER_ENTRY}.js`) text = file.contents
    else files.set(file.path, file)
  }
  return text
}

/** esbuild takes a module's source map from its text. */
const inlineMap = (map: BundlerMap): string =>
  `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`

/** A wrong query is reported when the module is loaded, with its importer; here it only must not throw. */
function parseModelIdQuietly(id: string): true | undefined {
  try {
    return parseModelId(id) === undefined ? undefined : true
  } catch {
    return true
  }
}

/** Without `import.meta.url` a bundle cannot find its files. */
function notEsm(format: string | undefined, file: string): never {
  return fail('PT6041', `esbuild's output format is ${format ?? 'not set'}; models need ES modules.`, {
    file,
    fix: 'set format: \'esm\', and load the bundle with <script type="module">.',
  })
}

const failure = (error: unknown, id: string): OnLoadResult => ({ errors: [{ text: bundlerError(error, id).message }] })
