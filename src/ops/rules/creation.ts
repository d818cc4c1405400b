// Tensors from sizes and numbers: constants, ranges, grids of ones, random numbers; and what indexes classes.
// Answers to aten/src/ATen/native/TensorFactories.cpp, RangeFactories.cpp, Distributions.cpp, Bucketization.cpp.

import { dimAdd, dimSub, type Dim, type Dims } from '../../ir/dim.ts'
import { scalarTypeOfCode, type ScalarType } from '../../ir/scalar-type.ts'
import { wrappedType } from '../promotion.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimOf, dimsOf, isNone, knownBool, knownInt, numberKind, same } from '../facts.ts'
import {
  arangeSchemas,
  emptySchema,
  eyeSchema,
  eyeWideSchema,
  fullLikeSchema,
  fullSchema,
  hammingSchemas,
  kaiserSchemas,
  likeSchemas,
  linspaceSchemas,
  logspaceSchemas,
  newFullSchema,
  newSchemas,
  newStridedSchema,
  permutedSchema,
  scalarTensorSchema,
  sizedSchemas,
  stridedSchema,
  triangleIndexSchemas,
  windowSchemas,
} from '../creation-schemas.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** A dtype argument: None takes the natural one. */
export function dtypeOr(dtype: Fact, natural: ScalarType | undefined): ScalarType | undefined {
  if (isNone(dtype)) return natural
  const code = knownInt(dtype)
  return code === undefined ? undefined : scalarTypeOfCode(code)
}

/** int → int64, float → float32, bool → bool. */
function naturalType(value: Fact): ScalarType | undefined {
  const kind = numberKind(value)
  return kind === undefined ? undefined : wrappedType(kind)
}
/** float32 as soon as one number is a float. */
function rangeType(...numbers: Fact[]): ScalarType | undefined {
  const kinds = numbers.map(numberKind)
  return kinds.includes('float') ? 'float32' : kinds.includes(undefined) ? undefined : 'int64'
}

/** ⌈(end − start)/step⌉, `extra` more steps for ranges that include their end. */
function rangeLength(start: Fact, end: Fact, step: Fact, inclusive = false): Dim {
  const [a, b, s] = [start, end, step].map((fact) =>
    typeof fact.value === 'bigint' || typeof fact.value === 'number' ? Number(fact.value) : undefined,
  )
  if (a !== undefined && b !== undefined && s !== undefined && s !== 0)
    return Math.max(0, inclusive ? Math.floor((b - a) / s) + 1 : Math.ceil((b - a) / s))
  if (s !== 1 || inclusive || start.sym === undefined || end.sym === undefined) return null
  return dimSub(end.sym, start.sym)
}
const zero: Fact = { value: 0n, sym: 0 }
const one: Fact = { value: 1n, sym: 1 }
const MAX_CONTENT = 64

function arange(dtype: Fact, start: Fact, end: Fact, step: Fact, inclusive = false): Fact {
  const length = rangeLength(start, end, step, inclusive)
  const type = dtypeOr(dtype, inclusive ? 'float32' : rangeType(start, end, step))
  const [first, by] = [start.sym, knownInt(step)]
  const content =
    type === 'int64' && typeof length === 'number' && length <= MAX_CONTENT && first !== undefined && by !== undefined
      ? Array.from({ length }, (_, i) => dimAdd(first, i * by))
      : undefined
  return tensorFact(type, [length], content)
}

const sized = (size: Fact): Dims => dimsOf(size)

/** Elements of a row·col rectangle on or below (above) a diagonal. */
export function triangle(upper: boolean, rows: number, columns: number, offset: number): [number, number][] {
  const cells: [number, number][] = []
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) if (upper ? j - i >= offset : j - i <= offset) cells.push([i, j])
  return cells
}

export const creationRules: readonly Rule[] = [
  ...rules([...sizedSchemas('zeros ones rand randn _efficientzerotensor'), emptySchema, stridedSchema, permutedSchema], ({ size, dtype }) =>
    tensorFact(dtypeOr(dtype, 'float32'), sized(size)),
  ),
  ...rules(likeSchemas('zeros_like ones_like empty_like rand_like randn_like'), ({ self, dtype }) =>
    tensorFact(dtypeOr(dtype, self.dtype), self.dims),
  ),
  ...rules([...newSchemas('new_zeros new_ones new_empty'), newStridedSchema], ({ self, size, dtype }) =>
    tensorFact(dtypeOr(dtype, self.dtype), sized(size)),
  ),
  rule(fullSchema, ({ size, fill_value, dtype }) => tensorFact(dtypeOr(dtype, naturalType(fill_value)), sized(size))),
  rule(fullLikeSchema, ({ self, dtype }) => tensorFact(dtypeOr(dtype, self.dtype), self.dims)),
  rule(newFullSchema, ({ self, size, dtype }) => tensorFact(dtypeOr(dtype, self.dtype), sized(size))),
  rule(arangeSchemas.end, ({ end, dtype }) => arange(dtype, zero, end, one)),
  rule(arangeSchemas.start, ({ start, end, dtype }) => arange(dtype, start, end, one)),
  rule(arangeSchemas.step, ({ start, end, step, dtype }) => arange(dtype, start, end, step)),
  rule(arangeSchemas.range, ({ start, end, dtype }) => arange(dtype, start, end, one, true)),
  rule(arangeSchemas.rangeStep, ({ start, end, step, dtype }) => arange(dtype, start, end, step, true)),
  ...rules(linspaceSchemas, ({ steps, dtype }) => tensorFact(dtypeOr(dtype, 'float32'), [dimOf(steps)])),
  ...rules(logspaceSchemas, ({ steps, dtype }) => tensorFact(dtypeOr(dtype, 'float32'), [dimOf(steps)])),
  rule(eyeSchema, ({ n, dtype }) => tensorFact(dtypeOr(dtype, 'float32'), [dimOf(n), dimOf(n)])),
  rule(eyeWideSchema, ({ n, m, dtype }) => tensorFact(dtypeOr(dtype, 'float32'), [dimOf(n), dimOf(m)])),
  rule(scalarTensorSchema, ({ dtype }) => tensorFact(dtypeOr(dtype, 'float32'), [])),
  ...rules(['aten::tril(Tensor self, SymInt diagonal=0) -> Tensor', 'aten::triu(Tensor self, SymInt diagonal=0) -> Tensor'], ({ self }) =>
    same(self),
  ),
  ...triangleIndexSchemas.map((schema, upper) =>
    rule(schema, ({ row, col, offset, dtype }) => {
      const [r, c, o] = [row, col, offset].map(knownInt)
      const known = r !== undefined && c !== undefined && o !== undefined
      return tensorFact(dtypeOr(dtype, 'int64'), [2, known ? triangle(upper === 1, r, c, o).length : null])
    }),
  ),
  ...rules([...windowSchemas, ...hammingSchemas, ...(kaiserSchemas as string[] as typeof windowSchemas)], ({ window_length, dtype }) =>
    tensorFact(dtypeOr(dtype, 'float32'), [dimOf(window_length)]),
  ),
  rule('aten::one_hot(Tensor self, int num_classes=-1) -> Tensor', ({ self, num_classes }) => {
    const classes = knownInt(num_classes)
    const depth: Dim = classes === undefined ? (num_classes.sym ?? null) : classes === -1 ? null : classes
    return tensorFact('int64', self.dims === undefined ? undefined : [...self.dims, depth])
  }),
  rule(
    'aten::bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor',
    ({ self, out_int32 }) => tensorFact(indexType(out_int32), self.dims),
  ),
  rule('aten::bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor', ({ out_int32 }) =>
    tensorFact(indexType(out_int32), []),
  ),
  rule(
    'aten::searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor',
    ({ self, out_int32 }) => tensorFact(indexType(out_int32), self.dims),
  ),
  rule(
    'aten::searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor',
    ({ out_int32 }) => tensorFact(indexType(out_int32), []),
  ),
  ...(['int', 'float', 'bool'] as const).map((type) =>
    rule(
      `aten::as_tensor.${type}(${type} t, *, ScalarType? dtype=None, Device? device=None) -> Tensor` as 'aten::as_tensor.int(int t, *, ScalarType? dtype=None, Device? device=None) -> Tensor',
      ({ dtype }) => tensorFact(dtypeOr(dtype, wrappedType(type)), []),
    ),
  ),
]

const indexType = (narrow: Fact): ScalarType | undefined => {
  const known = knownBool(narrow)
  return known === undefined ? undefined : known ? 'int32' : 'int64'
}
