// unplugin-torch/compiler: the compiler as a library. Bytes in, bytes out, in Node and in a browser; nothing of a model is executed.

export { compile, type CompileOptions } from './compile.ts'
export type {
  CompileHost,
  CompileResult,
  InputOption,
  LoaderHost,
  ModelOptions,
  PreprocessOption,
  Report,
  TensorReport,
  WeightReport,
  DecisionReport,
  MethodReport,
} from './types.ts'
export { createEvaluator, type OnnxRuntime } from '../onnx/evaluator.ts'
export { explore } from './explore/explore.ts'
export { StageTexts, type StageLine } from './explore/stage-text.ts'
export type * from './explore/types.ts'
export { CompileError, formatProblem, type Problem } from '../diagnostics/compile-error.ts'
export type { ProblemCode } from '../diagnostics/catalogue.ts'
export type { Constant, ParamSpec, Signature, TensorSpec, ValueSpec } from '../ir/signature.ts'
export type { Dim } from '../ir/dim.ts'
export type { ScalarType } from '../ir/scalar-type.ts'
