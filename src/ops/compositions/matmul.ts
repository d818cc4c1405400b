// Products of matrices in groups, and with weights packed into integers. Answers to aten/src/ATen/native/{GroupedMMUtils.h,LinearAlgebra.cpp}.

import { absent, compose, rankOf, Unsettled, type Call, type Composition, type Handle } from '../composition.ts'
import { isNone, knownInt } from '../facts.ts'
import { count, size, unsqueezed } from './program.ts'

/** [groups, extent]: whether a row (or column) belongs to the group that ends at its offset. */
function members<V extends Handle>(offsets: V, extent: V, call: Call<V>): V {
  const ends = call('aten::unsqueeze', offsets, 1n)
  const starts = call('aten::constant_pad_nd', call('aten::slice.Tensor', offsets, 0n, 0n, -1n), [1n, 0n])
  const places = count(extent, call)
  return call(
    'aten::logical_and',
    call('aten::ge.Tensor', places, call('aten::unsqueeze', starts, 1n)),
    call('aten::lt.Tensor', places, ends),
  )
}

/** The part of every group, zeros elsewhere, so that what it is multiplied with does not count. */
const kept = <V extends Handle>(x: V, mask: V, call: Call<V>): V => call('aten::where.ScalarOther', mask, x, 0n)

/** Groups of rows of the first, of columns of the second, or of what is summed over; none of them where both have an axis of groups. */
function groupedProduct<V extends Handle>(a: V, c: V, offsets: V, call: Call<V>): V {
  const [left, right] = [rankOf(a, 'self'), rankOf(c, 'mat2')]
  if (left === 3 && right === 3) return call('aten::matmul', a, c)
  if (absent(offsets)) throw new Unsettled('offs', 'the ends of the groups')
  if (left === 2 && right === 2) {
    const mask = members(offsets, size(a, 1, call), call)
    return call('aten::matmul', kept(a, unsqueezed(mask, [1], call), call), kept(c, unsqueezed(mask, [2], call), call))
  }
  const mask =
    left === 2
      ? unsqueezed(members(offsets, size(a, 0, call), call), [2], call)
      : unsqueezed(members(offsets, size(c, 1, call), call), [1], call)
  return call('aten::sum.dim_IntList', kept(call('aten::matmul', a, c), mask, call), [0n])
}

export const matmulCompositions: readonly Composition[] = [
  compose(
    'aten::_grouped_mm(Tensor self, Tensor mat2, Tensor? offs=None, Tensor? bias=None, ScalarType? out_dtype=None) -> Tensor',
    ({ self, mat2, offs, bias, out_dtype }, call) => {
      const product = groupedProduct(self, mat2, offs, call)
      const sum = absent(bias) ? product : call('aten::add.Tensor', product, bias)
      const dtype = knownInt(out_dtype.fact)
      if (isNone(out_dtype.fact)) return sum
      if (dtype === undefined) throw new Unsettled('out_dtype', 'to be known at build time')
      return call('aten::to.dtype', sum, BigInt(dtype))
    },
  ),
  compose('aten::_weight_int8pack_mm(Tensor self, Tensor mat2, Tensor scales) -> Tensor', ({ self, mat2, scales }, call) =>
    call('aten::mul.Tensor', call('aten::linear', self, call('aten::type_as', mat2, self)), call('aten::type_as', scales, self)),
  ),
  compose('aten::_compute_linear_combination(Tensor input, Tensor coefficients) -> Tensor', ({ input, coefficients }, call) =>
    call('aten::tensordot', coefficients, input, [1n], [0n]),
  ),
  compose('aten::_sparse_sparse_matmul(Tensor self, Tensor other) -> Tensor', ({ self, other }, call) => call('aten::matmul', self, other)),
]
