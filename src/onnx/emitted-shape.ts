// What a Value of an IR type is in the emitted graph: its dtype and dims, and a stand-in for one that no live path reads.

import type { Dims } from '../ir/dim.ts'
import type { ScalarType } from '../ir/scalar-type.ts'
import type { Type } from '../ir/type.ts'
import type { OnnxBuilder } from './builder.ts'
import { emittedType, onnxDataType } from './data-type.ts'
import type { Operand } from './operand.ts'

/** dtype and dims of a Value that is a tensor at run time: Python numbers are 0-d, lists of them 1-d. */
export function emittedShape(type: Type): { readonly dtype: ScalarType; readonly dims: Dims } | undefined {
  switch (type.kind) {
    case 'Tensor':
      return { dtype: emittedType(type.dtype ?? 'float32'), dims: type.dims }
    case 'int':
      return { dtype: 'int64', dims: [] }
    case 'float':
    case 'number':
      return { dtype: 'float64', dims: [] }
    case 'bool':
      return { dtype: 'bool', dims: [] }
    case 'List': {
      const element = emittedShape(type.of)
      return type.of.kind === 'Tensor' || element === undefined ? undefined : { dtype: element.dtype, dims: [null] }
    }
    default:
      return undefined
  }
}

/** A value of the right type that nobody reads on a live path: unknown extents are 0. */
export function dummy(type: Type, b: OnnxBuilder): Operand {
  if (type.kind === 'List' && type.of.kind === 'Tensor') {
    const { dtype, dims } = emittedShape(type.of)!
    return b.sequenceOp('SequenceEmpty', [], { dtype: onnxDataType(dtype) }, dtype, dims)
  }
  const shape = emittedShape(type.kind === 'Optional' ? type.of : type)
  if (shape === undefined) return { kind: 'constant', value: null }
  const sizes = (shape.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 0))
  // Big dead tensors would be dead weight in the file.
  const count = sizes.reduce((n, s) => n * s, 1)
  if (count <= 16)
    return b.elements(
      shape.dtype,
      sizes,
      Array.from({ length: count }, () => 0),
    )
  return b.op('Expand', [b.scalar(shape.dtype, 0), b.ints(sizes)], {}, { dtype: shape.dtype, dims: sizes })
}
