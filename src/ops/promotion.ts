// Type promotion. Mirrors c10/core/ScalarType.cpp (promoteTypes) and aten/src/ATen/native/TypeProperties.cpp (result_type).

import { scalarTypeInfo, type Category, type ScalarType } from '../ir/scalar-type.ts'

const LEVEL: Readonly<Record<Category, number>> = { bool: 0, int: 1, float: 2, complex: 3, quantized: 1 }
const SIGNED: readonly ScalarType[] = ['int8', 'int16', 'int32', 'int64']

/** The dtype that holds both, as `torch.promote_types`. */
export function promoteTypes(a: ScalarType, b: ScalarType): ScalarType {
  if (a === b) return a
  const x = scalarTypeInfo(a)
  const y = scalarTypeInfo(b)
  if (x.category !== y.category) {
    const [low, high] = LEVEL[x.category] < LEVEL[y.category] ? [x, y] : [y, x]
    // float64 with complex64 needs complex128.
    if (high.category === 'complex' && low.category === 'float' && low.bytes * 2 > high.bytes)
      return low.bytes === 8 ? 'complex128' : 'complex64'
    return high.name
  }
  if (x.category === 'float' && x.bytes === 2 && y.bytes === 2) return 'float32'
  if (x.category === 'int') {
    const unsigned = [x, y].filter((t) => t.name.startsWith('uint'))
    if (unsigned.length === 1) {
      const signed = x.name.startsWith('uint') ? y : x
      if (unsigned[0]!.bytes < signed.bytes) return signed.name
      return SIGNED.find((t) => scalarTypeInfo(t).bytes > unsigned[0]!.bytes) ?? 'float32'
    }
  }
  return x.bytes >= y.bytes ? a : b
}

/** One operand of a promoting operator: a tensor of known or unknown rank, or a Python number. */
export interface PromotionOperand {
  readonly dtype: ScalarType
  /** Python numbers are weakest, then 0-d tensors, then tensors with dims. */
  readonly strength: 'dimensioned' | 'zero-dim' | 'wrapped'
}

/** Python numbers as operands: default float32, int64, bool, complex64. */
export function wrappedType(category: Category): ScalarType {
  return category === 'float' ? 'float32' : category === 'int' ? 'int64' : category === 'complex' ? 'complex64' : 'bool'
}

/**
 * `torch.result_type` of several operands. The strongest group decides; a weaker one only counts if its category is higher.
 */
export function resultType(operands: readonly PromotionOperand[]): ScalarType | undefined {
  const group = (strength: PromotionOperand['strength']): ScalarType | undefined =>
    operands
      .filter((o) => o.strength === strength)
      .reduce<ScalarType | undefined>((acc, { dtype }) => (acc === undefined ? dtype : promoteTypes(acc, dtype)), undefined)
  const combine = (higher: ScalarType | undefined, lower: ScalarType | undefined): ScalarType | undefined => {
    if (higher === undefined) return lower
    if (lower === undefined) return higher
    return LEVEL[scalarTypeInfo(lower).category] > LEVEL[scalarTypeInfo(higher).category] ? promoteTypes(higher, lower) : higher
  }
  return combine(group('dimensioned'), combine(group('zero-dim'), group('wrapped')))
}
