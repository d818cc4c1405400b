// One model request → one converted model: read, look into the cache, else compile; each at most once at a time.
// Knows no bundler.

import { realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { ModelOptions } from '../compiler/types.ts'
import { CompileError, type Problem } from '../diagnostics/compile-error.ts'
import { cacheKeyBase } from './build-id.ts'
import { noCache, openCache, type Cache } from './cache.ts'
import { canonical, sha256 } from './canonical.ts'
import { compileModel } from './compile-model.ts'
import type { CompiledModel } from './compiled-model.ts'
import { compressedSizes, type CompressedSizes } from './compressed-sizes.ts'
import { readCalibration } from './calibration-files.ts'
import { exampleFiles, loadExampleInputs } from './example-inputs.ts'
import type { ModelRequest } from './ids.ts'
import type { ResolvedPluginOptions } from './options.ts'
import type { PluginModelOptions } from './plugin-options.ts'
import { openKnownSizes } from './known-sizes.ts'
import { ortVersion } from './packages.ts'
import { identify, readModel } from './read-model.ts'
import { threadPool } from './thread-pool.ts'

/** Larger models are converted in a thread of their own. */
const THREAD_BYTES = 2 ** 20
/** A file modified this recently is read again: its times may not tell its next change. */
const RACY_MS = 2_000

export interface Conversion {
  readonly model: CompiledModel
  readonly options: ModelOptions
  /** The model's path as messages show it: relative to the root, with `/`. */
  readonly name: string
  /** Other files that the result depends on. */
  readonly dependencies: readonly string[]
  readonly bytesIn: number
  readonly cached: boolean
  readonly milliseconds: number
  /** What the graph weighs compressed: remembered beside the cache's entries. */
  readonly compressed?: () => Promise<CompressedSizes>
}

export interface ConverterOptions {
  readonly root: string
  readonly options: ResolvedPluginOptions
  /** Folder of the cache; undefined for none. */
  readonly cacheFolder: string | undefined
  /** Dev servers never compile on the main thread. */
  readonly serve: boolean
  readonly warn: (problem: Problem) => void
  /** Called once for each conversion that is not a repetition. */
  readonly onConverted: (conversion: Conversion) => void
}

export interface Converter {
  readonly root: string
  /** Throws CompileError, each problem naming the file relative to the root. */
  convert(request: ModelRequest): Promise<Conversion>
  /** The options that hold for a request: defaults, then those of the model, then those of the query. */
  optionsFor(request: ModelRequest): PluginModelOptions
  nameOf(file: string): string
  /** Forgets what is held in memory. */
  clear(): void
  close(): Promise<void>
}

interface Held {
  readonly identity: string
  /** The file had not just been modified: the identity alone tells that it is the same. */
  readonly settled: boolean
  readonly key: string
  readonly conversion: Conversion
}

export function createConverter({ root, options, cacheFolder, serve, warn, onConverted }: ConverterOptions): Converter {
  const realRoot = realPath(root)
  const cache: Cache = cacheFolder === undefined ? noCache : openCache({ folder: cacheFolder, limit: options.cacheLimit, warn })
  const sizesOf = cacheFolder === undefined ? compressedSizes : openKnownSizes(cacheFolder)
  const pool = threadPool()
  const held = new Map<string, Held>()
  const running = new Map<string, Promise<Conversion>>()
  // Constants are folded on the project's onnxruntime.
  const runtimeVersion = ortVersion(root)
  const models = new Map(Object.entries(options.models).map(([path, model]) => [resolve(root, path), model]))

  const nameOf = (file: string): string => {
    const base = file.startsWith(realRoot + sep) ? realRoot : root
    return relative(base, file).split(sep).join('/')
  }
  const optionsFor = (request: ModelRequest): PluginModelOptions => {
    const configured = models.get(request.file) ?? models.get(resolve(root, nameOf(request.file))) ?? {}
    const inputs = { ...options.defaults.inputs, ...configured.inputs, ...request.options.inputs }
    return { ...options.defaults, ...configured, ...request.options, ...(Object.keys(inputs).length === 0 ? {} : { inputs }) }
  }

  async function once(request: ModelRequest): Promise<Conversion> {
    const started = performance.now()
    const { file } = request
    const name = nameOf(file)
    // Bytes that a model may have change nothing of it.
    const { budget: _, ...chosen } = optionsFor(request)
    const { calibration, ...others } = chosen
    const dependencies = exampleFiles(chosen, root)
    const slot = canonical([file, identityOf(chosen)])
    const now = await identify(file)
    const known = held.get(slot)
    if (known !== undefined && dependencies.length === 0 && known.settled && known.identity === now?.text) return known.conversion
    const { bytes, identity } = await readModel(file, name)
    const bytesIn = bytes.length
    const modelOptions = await loadExampleInputs(others, root)
    const measuredOn = calibration === undefined ? undefined : await readCalibration(calibration, root)
    const key = sha256(canonical([cacheKeyBase(), runtimeVersion, name, sha256(bytes), identityOf(modelOptions), measuredOn?.identity]))
    if (known?.key === key) return known.conversion
    // What a pass without a version does cannot be told from its text: it may use values of the module that it is written in.
    const isKept = (modelOptions.passes ?? []).every(({ version }) => version !== undefined)
    const entry = isKept ? await cache.read(key) : undefined
    const convert = async (): Promise<CompiledModel> => {
      const options = measuredOn === undefined ? modelOptions : { ...modelOptions, calibration: await measuredOn.decode() }
      return (serve || bytesIn >= THREAD_BYTES) && (options.passes ?? []).length === 0
        ? pool.run({ bytes, file: name, options })
        : compileModel(bytes, options, name)
    }
    const model = entry ?? (await convert())
    if (entry === undefined && isKept) await cache.write(key, model)
    const conversion: Conversion = {
      model,
      options: modelOptions,
      name,
      dependencies,
      bytesIn,
      cached: entry !== undefined,
      milliseconds: performance.now() - started,
      compressed: () => sizesOf(model.graph, model.sha256),
    }
    held.set(slot, { identity: identity.text, settled: Date.now() - identity.modifiedMs > RACY_MS, key, conversion })
    if (request.again !== true) onConverted(conversion)
    return conversion
  }

  return {
    root,
    optionsFor,
    nameOf,
    async convert(request) {
      const slot = `${request.file}?${request.query}`
      let pending = running.get(slot)
      if (pending === undefined) {
        pending = once(request).finally(() => running.delete(slot))
        running.set(slot, pending)
      }
      try {
        return await pending
      } catch (error) {
        throw error instanceof CompileError ? error.inFile(nameOf(request.file)) : error
      }
    },
    clear: () => held.clear(),
    close: () => pool.close(),
  }
}

/** Options as what results depend on: passes are functions, known by name and version. */
function identityOf(options: PluginModelOptions): object {
  const { passes, ...rest } = options
  return passes === undefined ? rest : { ...rest, passes: passes.map(({ name, version }) => ({ name, version })) }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Folder of the cache that the options and the bundler's own cache folder lead to; undefined for none. */
export function cacheFolderOf(options: ResolvedPluginOptions, root: string, bundlerCache?: string): string | undefined {
  if (options.cache === false) return undefined
  if (options.cache !== true) return isAbsolute(options.cache) ? options.cache : resolve(root, options.cache)
  return bundlerCache === undefined ? resolve(root, 'node_modules/.cache/unplugin-torch') : resolve(bundlerCache, 'unplugin-torch')
}
