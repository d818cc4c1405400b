// The constants of the emitted model, by path and size, the largest first.

import { scalarTypeInfo } from '../../ir/scalar-type.ts'
import { numel } from '../../ir/tensor.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { WeightFacts } from './types.ts'

export function weightFacts({ graph, origins }: OnnxModel): WeightFacts[] {
  const facts = [...graph.initializers].map(([name, tensor]): WeightFacts => {
    const path = origins.get(name)?.replace(/^self\./, '')
    return {
      ...(path === undefined ? {} : { path }),
      name,
      dtype: tensor.dtype,
      dims: tensor.sizes,
      bytes: numel(tensor.sizes) * scalarTypeInfo(tensor.dtype).bytes,
    }
  })
  return facts.sort((a, b) => b.bytes - a.bytes)
}
