// compile: a TorchScript archive's bytes in, an ONNX model, a typed loader and a report out. Reads as its stages.

import type { ScriptArchive } from '../archive/archive.ts'
import { readTorchScript } from '../archive/read-torchscript.ts'
import { CompileError, fail } from '../diagnostics/compile-error.ts'
import { importScript, type ScriptModule } from '../frontend/import-script.ts'
import type { Graph } from '../ir/graph.ts'
import type { AbsentRegion, Signature } from '../ir/signature.ts'
import { emitDts } from '../loader/emit-dts.ts'
import { emitMapped } from '../loader/emit-module.ts'
import { emitHostModule, type HostModule, type HostPart } from '../loader/host/host-module.ts'
import { encodePieces, joinPieces } from '../onnx/encode.ts'
import { lowerEntries } from '../onnx/lower-entries.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { seedRandom } from '../onnx/seed-random.ts'
import { optimizeModel } from '../onnx/passes/optimize-model.ts'
import type { Missed, PassInfo } from '../passes/pass.ts'
import { outputsByMethod } from './chosen-outputs.ts'
import { checkBlocklist, checkPasses, PassRecorder } from './optimizations.ts'
import { compileMethods, isStructural, lacksRank, type CompiledMethod, type CompileHow, type Passing } from './compile-methods.ts'
import { gpuFacts } from './gpu-facts.ts'
import { gpuNotices } from './gpu-notice.ts'
import { LOWER_PRECISION, Verifier } from './verify/verifier.ts'
import { stateTensors, type HostMethod } from './host-method.ts'
import { applyPrecision } from './precision.ts'
import { moduleLints } from './lints.ts'
import { withPreserved } from './preserved-methods.ts'
import { nameWeights } from './weight-paths.ts'
import { MethodMemo } from './method-memo.ts'
import { withoutHelpers } from './without-helpers.ts'
import { makeReport, Stopwatch } from './report.ts'
import { nameGraph } from './short-names.ts'
import type { CompileHost, CompileResult, ModelOptions } from './types.ts'

export interface CompileOptions extends ModelOptions {
  /** How messages and the report name the model; never opened. */
  readonly file: string
  /** Run the IR verifier after every pass: for tests. */
  readonly verifyGraphs?: boolean
}

/**
 * Compiles one model. Nothing of the file is executed. The same bytes and options give the same output bytes, whatever the host.
 * @throws CompileError with all problems found, each with its code, place and cure.
 */
export function compile(bytes: Uint8Array, options: CompileOptions, host: CompileHost = {}): Promise<CompileResult> {
  return compileWatched(bytes, options, host)
}

/** Hears of the steps of a compilation, with the compiler's own data: to be looked at, not to be kept or changed. */
export interface CompileWatcher {
  readonly archive: (archive: ScriptArchive) => void
  readonly script: (script: ScriptModule) => void
  /** A new try at the model: what was heard of methods and models before came to nothing. */
  readonly begins: () => void
  /** A method, or a region of a host program, before anything is done to it; the same name may come again. */
  readonly starting: (name: string, graph: Graph) => void
  /** A pass changed the graph. */
  readonly passed: (pass: PassInfo, graph: Graph) => void
  readonly methods: (methods: readonly CompiledMethod[]) => void
  readonly lowered: (model: OnnxModel) => void
  /** A pass changed the model. */
  readonly modelPassed: (pass: PassInfo, model: OnnxModel) => void
  /** The model as it will be written, but for the names of its values. */
  readonly complete: (model: OnnxModel) => void
  /** As it is written. */
  readonly named: (model: OnnxModel) => void
}

/** `compile`, with someone who watches. */
export async function compileWatched(
  bytes: Uint8Array,
  options: CompileOptions,
  host: CompileHost,
  watcher?: CompileWatcher,
): Promise<CompileResult> {
  const watch = new Stopwatch(host.onProgress)
  try {
    const custom = options.passes ?? []
    const passes = checkPasses(custom)
    const blocklist = checkBlocklist(options.blocklist ?? [], custom)
    const recorder = new PassRecorder()
    const verifier = options.verify === true ? new Verifier(options, host.runtime) : undefined
    const observe = (pass: PassInfo, graph: Graph): void => {
      recorder.observe(pass)
      watcher?.passed(pass, graph)
    }
    const passing: Passing = {
      blocklist,
      observe,
      ...verifier?.passing(observe),
      passes: passes.graph,
      ...(watcher === undefined ? {} : { starting: watcher.starting }),
    }
    const archive = watch.step('read', () => readTorchScript(bytes, host))
    watcher?.archive(archive)
    const script = watch.step('parse', () => importScript(archive, watch))
    watcher?.script(script)
    const memo = new MethodMemo(verifier === undefined && watcher === undefined ? recorder.observe : undefined)
    const { methods, model, missed, precision, steps } = await withoutHelpers(
      script,
      withOutputs(script.methods, withPreserved(script.methods, options)),
      (chosen) =>
        firstThatHolds(chosen, async (how) => {
          recorder.clear()
          watcher?.begins()
          const methods = await watch.stepAsync('passes', () =>
            compileMethods(script, archive, chosen, host.evaluator, how, watch, passing, memo),
          )
          watcher?.methods(methods)
          const {
            lowered: model,
            missed,
            watched,
          } = watch.step('lower', () => {
            const lowered = lowerEntries(
              methods.flatMap(({ entries }) => entries),
              options.opset ?? 18,
            )
            nameWeights(lowered, archive.root)
            watcher?.lowered(lowered)
            const missed: Missed[] = []
            const watched = verifier?.watch(lowered)
            // Where a model runs that names no device.
            const { device = 'wasm' } = options
            watch.time('optimise ONNX', () =>
              optimizeModel(lowered, {
                blocklist,
                observe: (pass, model) => {
                  recorder.observe(pass)
                  watched?.observe(pass, model)
                  watcher?.modelPassed(pass, model)
                },
                passes: passes.model,
                missed,
                keepsProducts: options.precision !== undefined && options.precision !== 'fp32' && options.precision !== 'fp16',
                device,
              }),
            )
            return { lowered, missed, watched }
          })
          const precision = await watch.timeAsync('precision', () => applyPrecision(model, options, archive.root, host.evaluator))
          if (options.precision !== undefined) watched?.observe(LOWER_PRECISION, model)
          watcher?.complete(model)
          // By the names that lowering gave, which know their lines.
          const placement = options.device === 'webgpu' ? gpuNotices(model) : []
          nameGraph(model)
          if (options.seed !== undefined) seedRandom(model.graph, options.seed)
          watcher?.named(model)
          const told = { ...precision, notices: [...precision.notices, ...placement] }
          return { methods, model, missed, precision: told, steps: watched?.steps ?? [] }
        }),
    )
    const verification =
      verifier === undefined ? undefined : await watch.timeAsync('verify', () => verifier.run(methods, steps, host.onVerified))
    const passReports = recorder.report(custom, blocklist, [...methods.flatMap((method) => method.missed), ...missed])
    const program = hostProgram(methods)
    const pieces = watch.step('encode', () => encodePieces(model))
    const size = pieces.reduce((n, piece) => n + piece.length, 0)
    const sha256 = await watch.stepAsync('hash', async () => (host.sha256 ?? webSha256)(pieces))
    const signatures = methods.map(({ signature }) => signature)
    const { preprocess, labels } = options
    const input = { bytes: size, sha256, signatures, program, preprocess, labels, gpu: gpuFacts(signatures, options) }
    const dts = watch.step('loader', () => emitDts(signatures, { ...options, inMemory: hostMethods(methods) }))
    let graph: Uint8Array | undefined
    return {
      get graph() {
        return (graph ??= joinPieces(pieces))
      },
      pieces,
      sha256,
      signatures,
      ...(program === undefined ? {} : { program }),
      loader: (loaderHost) => emitMapped(input, loaderHost).code,
      sourceMap: (loaderHost) => emitMapped(input, loaderHost).map,
      dts,
      report: makeReport({
        options,
        bytesIn: bytes.length,
        bytesOut: size,
        model,
        methods,
        lints: moduleLints(
          script,
          methods.map(({ signature }) => signature.name),
        ),
        archive,
        watch,
        passes: passReports,
        precision,
        verification,
      }),
    }
  } catch (error) {
    if (error instanceof CompileError) throw error.inFile(options.file)
    if (error instanceof RangeError) fail('PT3900', 'the model is nested too deep, or too big, to be compiled.', { file: options.file })
    throw error
  }
}

/** The options with `outputs` by method: what is compiled for a method alone must not take another's. */
function withOutputs(methods: readonly string[], options: CompileOptions): CompileOptions {
  const outputs = outputsByMethod(methods, options)
  return outputs === undefined ? options : { ...options, outputs }
}

/**
 * Ranks that the code leaves open stay open; only where an operator needs one is an input taken to have a batch axis. What no graph can
 * hold then becomes a host program. The error of the graph is the one to tell.
 */
async function firstThatHolds<T>({ mode }: CompileOptions, build: (how: CompileHow) => Promise<T>): Promise<T> {
  const leastAssumed = async (): Promise<T> => {
    try {
      return await build({ batched: false, host: false })
    } catch (error) {
      if (!lacksRank(error)) throw error
      return await build({ batched: true, host: false })
    }
  }
  try {
    return await leastAssumed()
  } catch (error) {
    if (mode === 'trace' || !isStructural(error)) throw error
    // Host programs see to their ranks themselves.
    return await build({ batched: false, host: true }).catch((second: unknown) => {
      throw second instanceof CompileError ? error : second
    })
  }
}

const hostMethods = (methods: readonly CompiledMethod[]): ReadonlySet<string> =>
  new Set(methods.flatMap(({ host, signature }) => (host === undefined ? [] : [signature.name])))

/** What the loader holds for methods that JavaScript runs. */
function hostProgram(methods: readonly CompiledMethod[]): HostModule | undefined {
  const parts = methods.flatMap(({ host, signature }, method): HostPart[] =>
    host === undefined
      ? []
      : [
          {
            method,
            graph: host.graph,
            params: signature.params.map(({ name }) => name),
            regions: grouped(host),
            state: host.state,
            tensors: stateTensors(host.state),
          },
        ],
  )
  return parts.length === 0
    ? undefined
    : emitHostModule(
        parts,
        methods.map(({ signature }) => signature.name),
      )
}

/** The regions of the program, each with its variants. */
function grouped({ regions, absent }: HostMethod): HostPart['regions'] {
  const groups: (Signature | AbsentRegion)[][] = []
  for (const { of, signature } of regions) (groups[of] ??= []).push(signature)
  for (const { of, region } of absent) (groups[of] ??= []).push(region)
  return groups.map((group) => (group.length === 1 ? group[0]! : group))
}

async function webSha256(pieces: readonly Uint8Array[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', joinPieces(pieces))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
