// Activations. Formulas: torch-nn-functional docs and the ONNX operator specs.

import { f } from '../model.ts'
import { lower, type LoweringRow } from './row.ts'

export const activationLowerings: readonly LoweringRow[] = [
  lower('aten::relu(Tensor self) -> Tensor', ({ self }, b) => b.op('Relu', [self])),
  lower('aten::relu6(Tensor self) -> Tensor', ({ self }, b) => b.op('Clip', [self, b.scalar(self.dtype, 0), b.scalar(self.dtype, 6)])),
  lower('aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor', ({ self, min_val, max_val }, b) =>
    b.op('Clip', [self, b.number(min_val, self.dtype), b.number(max_val, self.dtype)]),
  ),
  lower(
    'aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor',
    { constant: ['negative_slope'] },
    ({ self, negative_slope }, b) => b.op('LeakyRelu', [self], { alpha: f(negative_slope) }),
  ),
]
