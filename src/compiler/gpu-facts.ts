// What the loader tells the page of a model for device webgpu, from its options.

import type { GpuFacts } from '../loader/emit-module.ts'
import type { ModelOptions } from './types.ts'

export function gpuFacts({ blocklist = [] }: ModelOptions): GpuFacts {
  return { half: false, keep: !blocklist.includes('VULKAN_AUTOMATIC_GPU_TRANSFER') }
}
