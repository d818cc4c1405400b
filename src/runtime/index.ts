// unplugin-torch/runtime: the only code of this project that reaches the page, without onnxruntime itself.
// Generated modules call `createModel` and `serveModel`; generated types name the rest.

export {
  createModel,
  type CallOptions,
  type Model,
  type ModelConfig,
  type DeviceModel,
  type ModelMethods,
  type StatefulModel,
} from './model.ts'
export { serveModel } from './worker.ts'
export { tensor } from './tensor.ts'
export type {
  DataType,
  DataTypeMap,
  DeviceTensor,
  ImageSource,
  Int,
  Labelled,
  OnDevice,
  Tensor,
  TensorArg,
  TensorLike,
} from './tensor-types.ts'
export { TorchInputError, TorchLoadError } from './errors.ts'
export type { EngineConfig } from './engine.ts'
export type { Progress } from './fetch-model.ts'
export type { Preprocess } from './image.ts'
export type { ValueInfo } from './metadata.ts'
export type { Ort, OrtModule, OrtSession } from './ort.ts'
export type { LoadOptions } from './shared-load.ts'
export type { Constant, Dim, ParamSpec, Signature, TensorSpec, ValueSpec } from './signature.ts'
