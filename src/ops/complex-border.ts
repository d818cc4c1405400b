// Complex tensors at the border of the emitted graph: real ones with a trailing axis of 2. A complex tensor's bytes are just that.

import { isComplex, type ScalarType } from '../ir/scalar-type.ts'
import { contiguousBytes, tensorOf, type Tensor } from '../ir/tensor.ts'
import { readElements, tensorFromElements } from '../ir/tensor-elements.ts'
import { realType } from './complex-types.ts'

/** [..] complex → [.., 2]; halves as float32. Real tensors as they are. */
export function realTensor(tensor: Tensor): Tensor {
  if (!isComplex(tensor.dtype)) return tensor
  const real = tensorOf(realType(tensor.dtype), [...tensor.sizes, 2], contiguousBytes(tensor))
  return real.dtype === 'float16' ? tensorFromElements('float32', real.sizes, readElements(real)) : real
}

/** The other way, to a tensor of that dtype. */
export function complexTensor(tensor: Tensor, dtype: ScalarType): Tensor {
  const real = realType(dtype)
  const parts = tensor.dtype === real ? tensor : tensorFromElements(real, tensor.sizes, readElements(tensor))
  return tensorOf(dtype, tensor.sizes.slice(0, -1), contiguousBytes(parts))
}
