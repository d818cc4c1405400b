// unplugin-torch/runtime/gpu: the runtime for device webgpu. Generated modules call `createModel` and `serveModel` of it in place of the runtime's own.
// What it has in common with that one is the same module.

export { createModel, serveModel, type GpuModel, type GpuModelConfig } from './gpu-model.ts'
export type { Device, GpuConfig, GpuEngineConfig } from './gpu-engine.ts'
