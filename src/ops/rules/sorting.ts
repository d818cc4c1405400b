// dtype and shape of sorting, selection by rank, distinct values and counting. Answers to aten/src/ATen/native/Sorting.cpp and Unique.cpp.

import { dimMax, type Dims } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimOf, isNone, knownBool, knownInt, same, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { along } from './slicing.ts'

const indices = (self: Fact): Fact => tensorFact('int64', self.dims)
const axisOf = (self: Fact, dim: Fact): number | undefined =>
  self.dims === undefined ? undefined : wrapAxis(knownInt(dim), self.dims.length)

/** One element along an axis: the axis goes, or stays with extent 1. */
function reduced(self: Fact, dim: Fact, keepdim: Fact): Dims {
  const { dims } = self
  const keep = knownBool(keepdim)
  if (dims === undefined || keep === undefined || dims.length === 0) return dims
  const axis = axisOf(self, dim)
  if (axis === undefined) return Array.from({ length: keep ? dims.length : dims.length - 1 }, () => null)
  return keep ? along(dims, axis, 1) : dims.filter((_, i) => i !== axis)
}
const picked = ({ self, dim, keepdim }: { self: Fact; dim: Fact; keepdim: Fact }): readonly Fact[] => {
  const dims = reduced(self, dim, keepdim)
  return [tensorFact(self.dtype, dims), tensorFact('int64', dims)]
}

/** Positions in the distinct values, or nothing of them, as `wanted` says. */
const inverse = (wanted: Fact, dims: Dims): Fact => {
  const yes = knownBool(wanted)
  return tensorFact('int64', yes === undefined ? undefined : yes ? dims : [0])
}
const counts = (wanted: Fact): Fact => tensorFact('int64', [knownBool(wanted) === false ? 0 : null])
function alongDim(self: Fact, dim: Fact): readonly Fact[] {
  const axis = axisOf(self, dim)
  return [
    tensorFact(self.dtype, along(self.dims, axis, null)),
    tensorFact('int64', [axis === undefined ? null : self.dims![axis]!]),
    tensorFact('int64', [null]),
  ]
}

interface Quantile {
  readonly self: Fact
  readonly dim: Fact
  readonly keepdim: Fact
}
/** Quantiles: the axes of `q` in front of what is left of `self`. */
function quantiles({ self, dim, keepdim }: Quantile, front: Dims): Fact {
  const keep = knownBool(keepdim)
  const rest: Dims = isNone(dim) ? (keep === true ? self.dims?.map(() => 1) : keep === false ? [] : undefined) : reduced(self, dim, keepdim)
  return tensorFact(self.dtype, front === undefined || rest === undefined ? undefined : [...front, ...rest])
}

export const sortingRules: readonly Rule[] = [
  ...rules(
    [
      'aten::sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)',
      'aten::sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)',
    ],
    ({ self }) => [same(self), indices(self)],
  ),
  ...rules(
    [
      'aten::argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor',
      'aten::argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor',
    ],
    ({ self }) => indices(self),
  ),
  rule('aten::msort(Tensor self) -> Tensor', ({ self }) => same(self)),
  rule(
    'aten::topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)',
    ({ self, k, dim }) => {
      const dims = self.dims?.length === 0 ? [] : along(self.dims, axisOf(self, dim), dimOf(k))
      return [tensorFact(self.dtype, dims), tensorFact('int64', dims)]
    },
  ),
  rule('aten::kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)', picked),
  rule('aten::mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)', picked),
  rule('aten::_unique(Tensor self, bool sorted=True, bool return_inverse=False) -> (Tensor, Tensor)', ({ self, return_inverse }) => [
    tensorFact(self.dtype, [null]),
    inverse(return_inverse, self.dims),
  ]),
  rule(
    'aten::_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)',
    ({ self, return_inverse, return_counts }) => [
      tensorFact(self.dtype, [null]),
      inverse(return_inverse, self.dims),
      counts(return_counts),
    ],
  ),
  rule(
    'aten::unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)',
    ({ self, return_inverse, return_counts, dim }) =>
      isNone(dim) ? [tensorFact(self.dtype, [null]), inverse(return_inverse, self.dims), counts(return_counts)] : alongDim(self, dim),
  ),
  ...rules(
    [
      'aten::unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)',
      'aten::unique_dim_consecutive(Tensor self, int dim, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)',
    ],
    ({ self, dim }) => alongDim(self, dim),
  ),
  rule('aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor', ({ self, bins }) =>
    tensorFact(self.dtype, [dimOf(bins)]),
  ),
  rule('aten::bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor', ({ self, weights, minlength }) => {
    const dtype = isNone(weights) ? 'int64' : weights.dtype === undefined ? undefined : weights.dtype === 'float32' ? 'float32' : 'float64'
    return tensorFact(dtype, [self.dims?.[0] === 0 ? dimMax(dimOf(minlength), 0) : null])
  }),
  ...rules(
    [
      'aten::isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor',
      'aten::isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False) -> Tensor',
    ],
    ({ elements }) => tensorFact('bool', elements.dims),
  ),
  rule('aten::isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor', () =>
    tensorFact('bool', []),
  ),
  ...rules(
    [
      'aten::quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor',
      'aten::nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor',
    ],
    (args) => quantiles(args, args.q.dims),
  ),
  ...rules(
    [
      'aten::quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor',
      'aten::nanquantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor',
    ],
    (args) => quantiles(args, []),
  ),
]
