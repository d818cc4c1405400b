// Where complex tensors come from and what becomes of them: parts and pairs, casts, factories, truth values.
// Answers to aten/src/ATen/native/ComplexHelper.h, TensorFactories.cpp, Copy.cpp (the warning).

import { isComplex, isFloatingPoint, scalarTypeInfo } from '../../ir/scalar-type.ts'
import { boolType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { nonzero } from './arithmetic-rows.ts'
import type { Call } from './call.ts'
import { componentwise } from './componentwise-rows.ts'
import { add, conj, full, pair, polar, someOf, type Pair } from './pair.ts'
import { partType } from './real-ops.ts'
import { complexRow, loweredRow, type ComplexRow, type Result } from './row.ts'

function viewAsReal(c: Call): Value {
  const { re, im } = full(c.e, c.complex('self'))
  return c.e.op('aten::stack', [c.e.list([re, im]), c.e.int(-1)])
}
/** The trailing axis of 2, in pieces. */
export function viewAsComplex(c: Call, real: Value): Pair {
  const { e } = c
  const part = (index: number): Value => e.cast(e.op('aten::select', [real, e.int(-1), e.int(index)]), c.work)
  return pair(part(0), part(1))
}

/** To another dtype: complex to real drops the imaginary part, to bool asks whether any is not zero. */
function converted(c: Call): Result {
  const { e, out } = c
  const from = c.rawPair(c.node.input(0))
  const isFromComplex = c.isComplex(c.schema.args[0]!.name)
  if (out === undefined) return c.unmet('dtype')
  if (isComplex(out)) {
    const work = partType(out)
    return pair(from.re && e.cast(from.re, work), from.im && e.cast(from.im, work))
  }
  if (out === 'bool') return nonzero(e, from)
  if (isFromComplex)
    c.notices.push({
      code: 'PT3143',
      message: 'Casting complex values to real discards the imaginary part',
      ...(c.node.range === undefined ? {} : { range: c.node.range }),
    })
  return e.cast(full(e, from).re, out)
}

/** Factories: `self` gives shape alone. */
function made(c: Call, im: (re: Value, c: Call) => Value | undefined = () => undefined): Result {
  const { e } = c
  const isComplexResult = c.isComplexOut
  const [re] = c.again((name, value) => {
    if (name === 'self' && value.type.kind === 'Tensor') return someOf(c.rawPair(value))
    if (name === 'dtype' && isComplexResult) return e.dtype(c.work)
    return value
  }).outputs
  return isComplexResult ? pair(re, im(re!, c)) : re!
}

/** `full` and `tensor`: what fills it may be complex. */
function filled(c: Call, argument: string): Result {
  const { e } = c
  const fill = full(e, c.rawPair(c.value(argument)))
  const part = (which: 're' | 'im'): Value =>
    c
      .again((name, value) => {
        if (name === argument) return fill[which]
        if (name === 'self' && value.type.kind === 'Tensor') return someOf(c.rawPair(value))
        if (name === 'dtype' && c.isComplexOut) return e.dtype(c.work)
        return value
      })
      .output()
  return c.isComplexOut ? pair(part('re'), part('im')) : part('re')
}
/** `torch.tensor` of numbers, by the list's own overload or the number's. */
function tensorOf(c: Call): Result {
  const { e } = c
  const name = c.schema.args[0]!.name
  const data = full(e, c.rawPair(c.value(name)))
  const part = (value: Value): Value =>
    value.type.kind === 'List'
      ? e.op('aten::tensor', [value, e.dtype(c.work), e.none(), e.bool(false)])
      : e.cast(value, c.isComplexOut ? c.work : (c.out ?? 'float32'))
  return c.isComplexOut ? pair(part(data.re), part(data.im)) : part(data.re)
}

/** Each part of a standard complex normal has variance ½. */
function normal(c: Call): Result {
  const draw = made(c, (re) => c.e.call('aten::randn_like', { self: re }).output())
  if (!('re' in draw)) return draw
  const { re, im } = full(c.e, draw as Pair)
  return pair(c.e.scale(re, Math.SQRT1_2), c.e.scale(im, Math.SQRT1_2))
}

/** Views of the same bytes as another dtype, between a complex one and its parts. */
function reinterpreted(c: Call): Result {
  const { e, out } = c
  if (out === undefined) return c.unmet('dtype')
  const from = c.fact(c.value('self')).dtype
  if (isComplex(out)) {
    if (from === out) return c.pair('self')
    if (from !== partType(out)) return c.unmet('dtype')
    const pairs = e.op('aten::unflatten', [c.value('self'), e.int(-1), e.ints([-1, 2])])
    return viewAsComplex(c, pairs)
  }
  if (!isFloatingPoint(out) || out !== partType(from)) return c.unmet('dtype')
  return e.op('aten::flatten', [viewAsReal(c), e.int(-2), e.int(-1)])
}

/** What counts, finds or asks for elements that are not zero. */
const byTruth = (c: Call): readonly Value[] =>
  c.again(
    (name, value) => (name === 'self' ? nonzero(c.e, c.pair('self')) : value),
    c.node.outputs.map(({ type }) => type),
  ).outputs

const transposed = (c: Call): Result => {
  const part = (value: Value): Value => c.e.op('aten::transpose', [value, c.e.int(-2), c.e.int(-1)])
  const { re, im } = full(c.e, c.pair('self'))
  return conj(c.e, pair(part(re), part(im)))
}

export const conversionRows: readonly ComplexRow[] = [
  loweredRow('view_as_real view_as_real_copy', viewAsReal),
  complexRow('view_as_complex view_as_complex_copy', (c) => viewAsComplex(c, c.value('self'))),
  complexRow('real', (c) => full(c.e, c.pair('self')).re),
  loweredRow('imag', (c) => full(c.e, c.complex('self')).im),
  complexRow('complex', (c) => add(c.e, c.pair('real'), pair(undefined, c.pair('imag').re))),
  complexRow('polar', (c) => polar(c.e, someOf(c.pairAt(0)), someOf(c.pairAt(1)))),
  complexRow('mH adjoint matrix_H', transposed),
  complexRow('to type_as _to_copy as_tensor to.prim_dtype to.prim_other to.prim_Device', converted),
  complexRow('copy fill zero', componentwise),
  // To a real dtype first, which drops the imaginary part.
  complexRow('softmax log_softmax', (c) => {
    const real = c.isComplexOut ? c.unmet('dtype') : c.e.cast(full(c.e, c.pair('self')).re, c.out ?? c.work)
    return c.again((name, value) => (name === 'self' ? real : value)).output()
  }),
  complexRow('view.dtype', reinterpreted),
  complexRow('zeros ones empty zeros_like ones_like empty_like new_zeros new_ones new_empty eye', (c) => made(c)),
  complexRow('empty_strided empty_permuted new_empty_strided', (c) => made(c)),
  complexRow('rand rand_like', (c) => made(c, (re) => c.e.call('aten::rand_like', { self: re }).output())),
  complexRow('randn randn_like', normal),
  complexRow('full full_like new_full', (c) => filled(c, 'fill_value')),
  complexRow('scalar_tensor', (c) => filled(c, 's')),
  complexRow('tensor as_tensor.complex as_tensor.float as_tensor.int as_tensor.bool', tensorOf),
  complexRow('nonzero nonzero_numpy nonzero_static argwhere count_nonzero any all is_nonzero', byTruth),
  complexRow('Bool', (c) => c.e.op('aten::Bool', [nonzero(c.e, c.pairAt(0))], boolType)),
  complexRow('is_floating_point', (c) => c.e.bool(false)),
  complexRow('element_size', (c) => c.e.int(scalarTypeInfo(c.fact(c.value('self')).dtype ?? 'complex64').bytes)),
  complexRow('is_complex', (c) => c.e.bool(c.isComplex('self'))),
  complexRow('prim::dtype', (c) => c.e.dtype(c.fact(c.node.input()).dtype ?? 'complex64')),
]
