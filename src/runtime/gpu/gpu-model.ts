// createModel for device webgpu: the functions of runtime/model.ts over the engine of the GPU, each with a form whose result stays there.

import { isNamesCall, orderNames } from '../arguments.ts'
import { createModel as createPlainModel, type Model, type ModelConfig } from '../model.ts'
import type { Signature } from '../signature.ts'
import { serveModel as servePlainModel } from '../worker.ts'
import { GpuState, gpuMethod, STAY } from './gpu-call.ts'
import { gpuEngine, type Device, type GpuEngine, type GpuEngineConfig } from './gpu-engine.ts'

export type GpuModelConfig = ModelConfig & GpuEngineConfig

/** A model without static types, as `createModel` makes it. */
export interface GpuModel extends Model {
  onDevice(...values: unknown[]): Promise<unknown>
  readonly device: Device | undefined
}

/** One function per signature, in order. Nothing is fetched before the first `load` or call. */
export function createModel(config: GpuModelConfig): readonly GpuModel[] {
  const engine = gpuEngine(config)
  const signatures = config.signatures.map((one) => (one.run ? one : gpuMethod(one)))
  const share = (state: unknown, more = false): void => (state instanceof GpuState ? state.share(more) : undefined)
  return createPlainModel({ ...config, signatures, share }, engine).map((model) => withDevice(model, signatures, engine))
}

/** The worker's side: answers the page until it is ended. Called once, by the generated worker module. */
export function serveModel(config: GpuEngineConfig): void {
  servePlainModel(config, gpuEngine(config))
}

/** In place: `onDevice` and `device`, also of clones and of the other methods. */
function withDevice(model: Model, signatures: readonly Signature[], engine: GpuEngine): GpuModel {
  for (const one of new Set([model, ...Object.values(model.methods)])) {
    const { clone } = one
    if ('device' in one) continue
    const signature = signatures.find(({ name }) => name === one.name)!
    const positional = (values: readonly unknown[]): readonly unknown[] =>
      isNamesCall(signature, values) ? orderNames(signature, values[0]) : values
    Object.assign(one, {
      clone: () => withDevice(clone(), signatures, engine),
      onDevice: async (...values: unknown[]) => one(...positional(values), STAY),
    })
    Object.defineProperty(one, 'device', { get: () => engine.device })
  }
  return model as GpuModel
}
