// The optimisation types of torch.utils.mobile_optimizer (MobileOptimizerType), by torch's names, and what each is for a browser.
// Passes name the type that switches them; option `blocklist` takes these names, and those of single passes.
// torch/csrc/jit/passes/mobile_optimizer_type.h, torch/utils/mobile_optimizer.py

export const optimizerTypes = {
  CONV_BN_FUSION: 'Batch normalisation in evaluation mode becomes part of the weights of the convolution or linear layer before it.',
  INSERT_FOLD_PREPACK_OPS:
    'Weights are stored as the kernels read them, so that nothing is transposed, reshaped or packed at load; ReLU and clamps become part of the convolution or linear layer before them.',
  REMOVE_DROPOUT: 'Dropout that does nothing outside of training is removed.',
  FUSE_ADD_RELU: 'An addition and the ReLU behind it become one operator, together with the convolution before them where there is one.',
  HOIST_CONV_PACKED_PARAMS: 'Equal weights are stored once, whichever submodules, branches, loop bodies and methods use them.',
  CONV_1D_TO_2D: 'A 1-d convolution becomes a 2-d one where the kernel of the target is faster so.',
  VULKAN_AUTOMATIC_GPU_TRANSFER:
    'On device webgpu, state stays on the GPU between calls, and results where a call asks for it; else every output of every call is read back.',
} as const

export type OptimizerType = keyof typeof optimizerTypes

export function isOptimizerType(name: string): name is OptimizerType {
  return Object.hasOwn(optimizerTypes, name)
}
