// What goes into `compile` and what comes out. The public surface of unplugin-torch/compiler.

import type { HostPrimitives } from '../archive/archive.ts'
import type { Problem } from '../diagnostics/compile-error.ts'
import type { Dim } from '../ir/dim.ts'
import type { ScalarType } from '../ir/scalar-type.ts'
import type { Signature } from '../ir/signature.ts'
import type { HostModule } from '../loader/host/host-module.ts'
import type { SourceMap } from '../loader/host/source-map.ts'
import type { PrecisionOption } from '../onnx/quantize/precision.ts'
import type { CalibrationMethod } from '../onnx/quantize/range-observer.ts'
import type { PruneOption } from '../onnx/quantize/prune-weights.ts'
import type { PrecisionReport } from './precision.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import type { OnnxRuntime } from '../onnx/evaluator.ts'
import type { OnnxPass } from '../onnx/passes/onnx-pass.ts'
import type { Lint } from './lints.ts'
import type { OptimizerType } from '../passes/optimizer-types.ts'
import type { Pass } from '../passes/pass.ts'
import type { Verified } from './verify/verify-passes.ts'
import type { VerifyReport } from './verify/verify-report.ts'

/** Declared dtype and shape of one input; a string is a named dynamic dim, equal names are equal extents. */
export interface InputOption {
  /** Default: what the model's code or its examples tell, else float32. */
  readonly dtype?: ScalarType
  /** Sizes; a string names a dynamic dim, and equal names are equal sizes: `['n', 3, 224, 224]`. */
  readonly shape?: readonly (number | string)[]
}

export interface PreprocessOption {
  /** Height and width that an image is resized to (bilinear, half-pixel centres, as `F.interpolate(align_corners=False)`). Default: the declared dims of the input. */
  readonly resize?: readonly [height: number, width: number]
  /** Per channel, of values in 0…1. Default 0. */
  readonly mean?: readonly number[]
  /** Per channel. Default 1. */
  readonly std?: readonly number[]
  /** Default 'nchw'. */
  readonly layout?: 'nchw' | 'nhwc'
  /** Channels fed to the model. Default 'rgb'. */
  readonly channels?: 'rgb' | 'bgr' | 'gray'
}

/** Inputs of one call, by name or position: as `exampleInputs`, or RGBA pixels (an ImageData), which are prepared as option `preprocess` says. */
export type CalibrationItem = Readonly<Record<string, CalibrationValue>>
export type CalibrationValue =
  | { readonly data: ArrayLike<number | bigint>; readonly dims: readonly number[]; readonly dtype?: ScalarType }
  | { readonly data: ArrayLike<number>; readonly width: number; readonly height: number }

export interface CalibrationOption {
  /** Arrays with one more axis than the input, or with a multiple of its fixed first extent, are stacks of inputs. */
  readonly data: readonly CalibrationItem[]
  /**
   * How the range of an activation follows from its values, as in onnxruntime's CalibrationMethod. `MinMax`: all of them lie in it. `Percentile`:
   * `percentile` of them do. `Entropy`: the range whose 256 steps keep most of the distribution. Default 'MinMax'.
   */
  readonly method?: CalibrationMethod
  /** Of method `Percentile`. Default 99.999. */
  readonly percentile?: number
  /**
   * Biases of convolutions and linear layers take back what integers and pruning do to the mean of their results, in every precision. Default true.
   */
  readonly correctBiases?: boolean
}

/** Options of one model. Unknown keys are an error. */
export interface ModelOptions {
  /** What is known of inputs, by name: `{ x: { dtype: 'float32', shape: ['n', 3, 224, 224] } }`. Wins over what the file tells. */
  readonly inputs?: Readonly<Record<string, InputOption>>
  /**
   * `auto`: what constants, attributes and declared inputs decide is decided, the rest stays control flow. `script`: only constants, dtypes and
   * ranks decide, and loops stay. `trace`: straight-line code, the way that the first of `exampleInputs` takes. Default 'auto'.
   */
  readonly mode?: 'auto' | 'script' | 'trace'
  /**
   * `eval`: a model saved or traced in training mode is converted for inference, as after `.eval()`: dropout does nothing, normalisation takes
   * its running statistics. `preserve`: what the file says holds; batches then update the statistics, as state. Default 'eval'.
   */
  readonly training?: 'eval' | 'preserve'
  /**
   * By name of the input (`x`; `xs.0` for an item of a list or tuple, `d.key` for one of a dict) or position of the parameter (`'0'`). In every
   * mode they tell dtypes and ranks that nothing else tells. Two shapes of an input declare its dims: those that differ are dynamic, the others fixed;
   * one shape alone fixes none. In mode `trace` the first decides branches and
   * loops, and the trace is checked on the others; numbers and bools that steer become constants. What is missing is the parameter's
   * default, or generated from a fixed seed, with a notice: extents are those that the layers imply, else 2, behind the second axis 64; floats near a standard
   * normal, integers 0 or 1 (a lone int 2).
   */
  readonly exampleInputs?: readonly Readonly<
    Record<string, { readonly data: ArrayLike<number | bigint>; readonly dims: readonly number[]; readonly dtype?: ScalarType }>
  >[]
  /**
   * Mode `trace`: whether the trace is compared with the scripted model, on the other `exampleInputs` and on variations of the traced ones that
   * make each decision go another way. `warn`: differences are notices, each with the branch and the inputs that show it. `error`: they are an
   * error. `off`: nothing is compared, as with torch's `check_trace=False`. Default 'warn'.
   */
  readonly checkTrace?: 'warn' | 'error' | 'off'
  /** Exported methods to keep. Default: forward and every `@torch.jit.export`ed one. */
  readonly methods?: readonly string[]
  /** Methods to keep besides forward, as in `optimize_for_mobile(preserved_methods=…)`; none for an empty list. */
  readonly preservedMethods?: readonly string[]
  /**
   * Parts of the result to keep, by key or index: `['logits', 'hidden.0', '1']`; only what they need is shipped. A NamedTuple or a Dict keeps the named
   * keys; a tuple or list becomes the array of the named items, in their own order. A list is about forward (or the first of `methods`); other
   * methods by name: `{ encode: ['0'] }`. Default: whole results.
   */
  readonly outputs?: readonly string[] | Readonly<Record<string, readonly string[]>>
  /** How an image becomes the input; calls then also take image elements, canvases, bitmaps, blobs and lists of them. */
  readonly preprocess?: PreprocessOption
  /** Class index → name: a classifier's result then also tells its label. */
  readonly labels?: readonly string[]
  /** Runs the model in a module worker of its own. */
  readonly worker?: boolean
  /** Emitted opset. Default 18, raised only where an operator needs it. */
  readonly opset?: 18 | 19 | 20 | 21
  /**
   * Random operators draw the same numbers in each session: a whole number below 2³². They are not PyTorch's numbers of that seed. Default:
   * other numbers each time that the page is loaded.
   */
  readonly seed?: number
  /**
   * Where the model is to run: it decides which kernels of the runtime its operators may become, and with `webgpu` which runtime the page loads: the one
   * with WebGPU where there is an adapter, else that of wasm. Default 'wasm'.
   */
  readonly device?: 'wasm' | 'webgpu'
  /**
   * What weights are stored in, for the whole model or by module path: `{ default: 'int8', 'encoder.layer.0': 'fp32' }`. `fp16`: halves, which
   * become fp32 when the model is loaded. `int8`: bytes with a scale per channel; on wasm products of matrices run in integers, inputs quantized at
   * each call, all else becomes fp32 at load. `int8-static`: convolutions and products run in integers throughout, by ranges measured on `calibration`.
   * `int4`: 4 bits with a scale per block of 32. What cannot be so small stays wider. Default 'fp32'.
   */
  readonly precision?: PrecisionOption
  /** Weights of layers that are near zero become zero, before `precision`; zeros compress well. The report tells how many there are. */
  readonly prune?: PruneOption
  /** Typical inputs, for precision `int8-static`; `exampleInputs` stand in where this is left out. */
  readonly calibration?: CalibrationOption
  /**
   * Optimisations not to run: types of torch.utils.mobile_optimizer (`CONV_BN_FUSION`, `INSERT_FOLD_PREPACK_OPS`, `REMOVE_DROPOUT`, `FUSE_ADD_RELU`,
   * `HOIST_CONV_PACKED_PARAMS`, `CONV_1D_TO_2D`, `VULKAN_AUTOMATIC_GPU_TRANSFER`), or single passes by the names that the report has. Default: none.
   */
  readonly blocklist?: readonly string[]
  /**
   * Passes of your own, made with `definePass`, `defineRulePass` and `defineOnnxPass` of `unplugin-torch/passes`. They run before the optimisations, in
   * this order. In a bundler's configuration, models are kept between builds only when each of their passes has a `version`.
   */
  readonly passes?: readonly (Pass | OnnxPass)[]
  /**
   * Runs the model before and after each pass that changed it, on `exampleInputs` (else generated ones) and on variations of them that take other
   * branches, and compares: a pass that changes what the model computes is an error that names it. For CI and for doubts: it takes its time. Default false.
   */
  readonly verify?: boolean
  /**
   * `auto`: control flow is part of the ONNX graph wherever it can be, and generated JavaScript where ONNX has no way to express it. `host`:
   * every branch and loop that the inputs decide is JavaScript, to be stepped through in a debugger. Default 'auto'.
   */
  readonly controlFlow?: 'auto' | 'host'
}

/** What a pass that can be switched off did. */
export interface PassReport {
  /** As the blocklist takes it. */
  readonly name: string
  readonly doc: string
  /** The mobile optimiser's type that switches it, too. */
  readonly type?: OptimizerType
  /** Runs of it that changed something. */
  readonly changes: number
  /** The blocklist names it. */
  readonly blocked: boolean
  /** Why it did not apply where it nearly did. */
  readonly missed: readonly { readonly reason: string; readonly count: number; readonly place?: string }[]
}

/** What the caller of `compile` provides. Primitives do not change the output bytes; with an evaluator, constant subgraphs are folded into weights. */
export interface CompileHost extends HostPrimitives {
  /** Runs constant tensor subgraphs. Without one they stay in the graph, and what needs tensor values at build time (mode 'trace') fails with a code. */
  readonly evaluator?: Evaluator
  /** SHA-256, lower-case hex, of pieces that follow on each other. */
  readonly sha256?: (pieces: readonly Uint8Array[]) => string | Promise<string>
  /** onnxruntime, which option `verify` runs models on. */
  readonly runtime?: () => Promise<OnnxRuntime>
  /** Hears what verification found before a pass that is wrong becomes an error. */
  readonly onVerified?: (verified: Verified) => void
  readonly onProgress?: (stage: string, fraction: number) => void
}

/** One input or output tensor as the report and `net.inputs` show it. */
export interface TensorReport {
  readonly name: string
  readonly dtype: ScalarType
  readonly dims?: readonly Dim[]
  /** How dtype and dims are known. */
  readonly known?: 'declared' | 'recorded' | 'proved' | 'assumed'
}

/** A branch or loop, and what became of it. */
export interface DecisionReport {
  /** `specialised`: decided at build time, by constants, attributes, what is declared of inputs, or a trace. `kept`: in the emitted graph, or in generated JavaScript. */
  readonly kind: 'specialised' | 'kept'
  /** `file:line:column` of the user's own source where that is known. */
  readonly place: string
  /** How a branch was decided. */
  readonly taken?: boolean
  /** Turns of a loop that was unrolled. */
  readonly turns?: number
  /** What is kept is generated JavaScript. */
  readonly host?: true
  /**
   * Of a decision of a trace that was compared with the scripted model on inputs that go another way there: `differs`, they show that the trace
   * is another function; `agrees`, its numbers are the same all the same; `not flipped`, no such inputs were found.
   */
  readonly check?: 'differs' | 'agrees' | 'not flipped'
}

/** What a method becomes. */
export interface MethodReport {
  readonly name: string
  /** `host`: generated JavaScript that calls regions of the graph, as ONNX has no way to express the method. */
  readonly form: 'graph' | 'host'
  /** Parts of the graph that a host program calls; one graph is one region. Forms of one region for other dtypes are not counted. */
  readonly regions: number
  /** Those in loops of the program: they run once for each turn. */
  readonly regionsInLoops: number
}

/** One constant tensor of the emitted graph. */
export interface WeightReport {
  /** `layer1.0.weight`; absent for what was computed at build time from more than one attribute. */
  readonly path?: string
  readonly dtype: ScalarType
  readonly dims: readonly number[]
  readonly bytes: number
}

export interface Report {
  readonly file: string
  readonly mode: 'auto' | 'script' | 'trace'
  readonly training: 'eval' | 'preserve'
  /** `forward` first. */
  readonly methods: readonly MethodReport[]
  readonly inputs: readonly TensorReport[]
  readonly outputs: readonly TensorReport[]
  /** ONNX operator type → count, in the emitted graph and its subgraphs. */
  readonly operators: Readonly<Record<string, number>>
  readonly bytesIn: number
  readonly bytesOut: number
  readonly parameters: number
  /** Constants of the graph of 64 bytes and more, the largest first: the attribute of the module that each comes from, where one is known. */
  readonly weights: readonly WeightReport[]
  /** Each place once, in the order of the source's execution. */
  readonly decisions: readonly DecisionReport[]
  /** The passes that can be switched off, in order. */
  readonly passes: readonly PassReport[]
  /** What torch's mobile optimiser would have one do before the model is saved; a conversion does without. */
  readonly lints: readonly Lint[]
  /** Of option `verify`: what each pass did to what the model computes. */
  readonly verification?: VerifyReport
  /** Warnings and assumptions worth one line each. */
  readonly notices: readonly Problem[]
  /** Where option precision or prune is set. */
  readonly precision?: PrecisionReport
  /** Milliseconds by stage, in order. */
  readonly stages: readonly (readonly [stage: string, milliseconds: number])[]
}

/** How one bundler lets generated code reach its assets; every field is JavaScript source. */
export interface LoaderHost {
  /** Statements before everything else, e.g. asset imports. */
  readonly prelude?: string
  /** Expression of the graph's URL as a string. */
  readonly url: string
  /** Expression of a promise of the onnxruntime module, e.g. `import('onnxruntime-web/wasm')`. */
  readonly ort: string
  /** Expression of the URL of onnxruntime's wasm, where the bundler does not place it by itself. */
  readonly wasm?: string
  /** For device webgpu: the same of onnxruntime with WebGPU, which is reached where the page has an adapter. */
  readonly gpu?: { readonly ort: string; readonly wasm?: string }
  /** Expression that makes the Worker, when `worker: true`: a module worker whose module is `loader({ …, serve: true })`. */
  readonly worker?: string
  /** Emits the worker's own module instead: what `worker` starts. */
  readonly serve?: boolean
  /** Specifier of the runtime. Default 'unplugin-torch/runtime'. */
  readonly runtime?: string
  /** Specifier of the library of host programs. Default that of the runtime with `/host` behind it. */
  readonly runtimeHost?: string
  /** Specifier of the runtime for device webgpu. Default that of the runtime with `/gpu` behind it. */
  readonly runtimeGpu?: string
}

export interface CompileResult {
  /** The ONNX model: one file, nothing external. */
  readonly graph: Uint8Array
  /** The same bytes in pieces, the weights among them views on the model file: for writing without a copy. */
  readonly pieces: readonly Uint8Array[]
  /** SHA-256 of `graph`, lower-case hex. */
  readonly sha256: string
  /** `forward` first, then exported methods. */
  readonly signatures: readonly Signature[]
  /** The methods whose control flow is generated JavaScript, where there are any. */
  readonly program?: HostModule
  readonly loader: (host: LoaderHost) => string
  /** From the loader's generated control flow to the model's own Python; undefined where it has none. */
  readonly sourceMap: (host: LoaderHost) => SourceMap | undefined
  /** The TypeScript declaration of the loader module. */
  readonly dts: string
  readonly report: Report
}
