// What the loader tells the page of a model for device webgpu, from its options.

import type { GpuFacts } from '../loader/emit-module.ts'
import type { Signature, ValueSpec } from '../ir/signature.ts'
import type { ModelOptions } from './types.ts'

export function gpuFacts(signatures: readonly Signature[], { blocklist = [] }: ModelOptions): GpuFacts {
  // A model in halves takes or gives some. What hides inside of one is seen by its first run.
  const half = signatures.some(({ params, result }) => isHalf(result) || params.some(({ spec }) => isHalf(spec)))
  return { half, keep: !blocklist.includes('VULKAN_AUTOMATIC_GPU_TRANSFER') }
}

function isHalf(spec: ValueSpec): boolean {
  if ('items' in spec) return spec.items.some(isHalf)
  if (spec.kind === 'optional') return isHalf(spec.of)
  return 'dtype' in spec && spec.dtype === 'float16'
}
