// dtype and shape of fractional max pooling. Answers to aten/src/ATen/native/FractionalMaxPool{2,3}d.cpp.

import { tensorFact, type Fact } from '../fact.ts'
import { dimsOf } from '../facts.ts'
import { rule, type Rule } from '../rule.ts'

interface Pool {
  readonly self: Fact
  readonly output_size: Fact
}
const pooled = ({ self, output_size }: Pool): readonly Fact[] => {
  const sizes = dimsOf(output_size)
  const dims =
    sizes === undefined || self.dims === undefined ? undefined : [...self.dims.slice(0, self.dims.length - sizes.length), ...sizes]
  return [tensorFact(self.dtype, dims), tensorFact('int64', dims)]
}

export const fractionalPoolingRules: readonly Rule[] = [
  rule(
    'aten::fractional_max_pool2d(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples) -> (Tensor, Tensor)',
    pooled,
  ),
  rule(
    'aten::fractional_max_pool3d(Tensor self, int[3] kernel_size, int[3] output_size, Tensor random_samples) -> (Tensor, Tensor)',
    pooled,
  ),
]
