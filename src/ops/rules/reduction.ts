// dtype and shape of reductions and running reductions. Answers to aten/src/ATen/native/ReduceOps.cpp and ReduceOpsUtils.h.

import type { Dims } from '../../ir/dim.ts'
import { isFloatingPoint, isComplex, scalarTypeOfCode, type ScalarType } from '../../ir/scalar-type.ts'
import { realType } from '../complex-types.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { isNone, knownBool, knownInt, knownInts, promoted, same, toFloat, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

const none: Fact = { value: null }
const no: Fact = { value: false }

/** Axes that are reduced: all of them for None and, unless `emptyIsNone` is off, for an empty list. Undefined when not known. */
function axesOf(dims: Dims, dim: Fact, emptyIsNone = true): ReadonlySet<number> | undefined {
  if (dims === undefined) return undefined
  const every = new Set(dims.keys())
  if (isNone(dim)) return every
  const one = knownInt(dim)
  const list = one === undefined ? knownInts(dim) : [one]
  if (list === undefined) return undefined
  if (list.length === 0) return emptyIsNone ? every : new Set()
  // A 0-d tensor has one axis for this purpose.
  const axes = list.map((axis) => wrapAxis(axis, Math.max(1, dims.length)))
  return axes.includes(undefined) ? undefined : new Set(axes as number[])
}

/** The shape that is left. */
export function reducedDims(dims: Dims, dim: Fact, keepdim: Fact, emptyIsNone = true): Dims {
  const keep = knownBool(keepdim)
  const axes = axesOf(dims, dim, emptyIsNone)
  if (dims === undefined || keep === undefined) return undefined
  if (axes !== undefined) return keep ? dims.map((extent, i) => (axes.has(i) ? 1 : extent)) : dims.filter((_, i) => !axes.has(i))
  const count = dim.items?.length ?? 1
  return keep ? dims.map(() => null) : Array.from({ length: Math.max(0, dims.length - count) }, () => null)
}

/** A dtype argument: None takes the natural one. */
function dtypeOr(dtype: Fact, natural: ScalarType | undefined): ScalarType | undefined {
  if (isNone(dtype)) return natural
  const code = knownInt(dtype)
  return code === undefined ? undefined : scalarTypeOfCode(code)
}
/** Sums and products of integers and bools are int64. */
const summed = (dtype: ScalarType | undefined): ScalarType | undefined =>
  dtype === undefined ? undefined : isFloatingPoint(dtype) || isComplex(dtype) ? dtype : 'int64'

interface Args {
  readonly self: Fact
  readonly dim?: Fact
  readonly keepdim?: Fact
  readonly dtype?: Fact
}
const sum = ({ self, dim = none, keepdim = no, dtype = none }: Args): Fact =>
  tensorFact(dtypeOr(dtype, summed(self.dtype)), reducedDims(self.dims, dim, keepdim))
const kept = ({ self, dim = none, keepdim = no, dtype = none }: Args): Fact =>
  tensorFact(dtypeOr(dtype, self.dtype), reducedDims(self.dims, dim, keepdim))
const keptReal = (args: Args): Fact => {
  const { dtype, ...rest } = kept(args)
  return dtype === undefined ? rest : { ...rest, dtype: realType(dtype) }
}
const of = (dtype: ScalarType | undefined, { self, dim = none, keepdim = no }: Args, emptyIsNone = true): Fact =>
  tensorFact(dtype, reducedDims(self.dims, dim, keepdim, emptyIsNone))
const twice = (args: Args): readonly Fact[] => [kept(args), kept(args)]
const spreadAndMean = (args: Args): readonly Fact[] => [keptReal(args), kept(args)]
const withIndices = (args: Args): readonly Fact[] => [kept(args), of('int64', args)]
/** uint8 stays uint8, anything else is bool. */
const truth = (dtype: ScalarType | undefined): ScalarType | undefined =>
  dtype === undefined ? undefined : dtype === 'uint8' ? 'uint8' : 'bool'
const running = ({ self, dtype }: { readonly self: Fact; readonly dtype: Fact }): Fact =>
  tensorFact(dtypeOr(dtype, summed(self.dtype)), self.dims)

export const reductionRules: readonly Rule[] = [
  ...rules(
    [
      'aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor',
      'aten::prod(Tensor self, *, ScalarType? dtype=None) -> Tensor',
      'aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    ] as 'aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor'[],
    sum,
  ),
  ...rules(
    [
      'aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor',
      'aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor',
      'aten::amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor',
      'aten::max(Tensor self) -> Tensor',
      'aten::min(Tensor self) -> Tensor',
      'aten::median(Tensor self) -> Tensor',
      'aten::nanmedian(Tensor self) -> Tensor',
    ] as 'aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor'[],
    kept,
  ),
  // Norms, and spreads around a mean, of complex numbers are real.
  ...rules(
    [
      'aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::linalg__powsum(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::linalg_matrix_norm(Tensor self, Scalar ord, int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::linalg_matrix_norm.str_ord(Tensor self, str ord="fro", int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'aten::norm.Scalar(Tensor self, Scalar p=2) -> Tensor',
      'aten::norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor',
      'aten::norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, *, ScalarType dtype) -> Tensor',
      'aten::norm.ScalarOpt_dtype(Tensor self, Scalar? p, *, ScalarType dtype) -> Tensor',
      'aten::frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor',
      'aten::var(Tensor self, bool unbiased=True) -> Tensor',
      'aten::std(Tensor self, bool unbiased=True) -> Tensor',
      'aten::var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor',
      'aten::std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor',
      'aten::var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor',
      'aten::std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor',
    ] as string[] as 'aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor'[],
    keptReal,
  ),
  ...rules(
    [
      'aten::var_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)',
      'aten::std_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)',
      'aten::var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)',
      'aten::std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)',
      'aten::var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)',
      'aten::std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)',
    ] as 'aten::var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)'[],
    spreadAndMean,
  ),
  ...rules(
    [
      'aten::aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)',
      'aten::_aminmax(Tensor self) -> (Tensor, Tensor)',
      'aten::_aminmax.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor, Tensor)',
    ] as string[] as 'aten::var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)'[],
    twice,
  ),
  ...rules(
    [
      'aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)',
      'aten::min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)',
      'aten::median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)',
      'aten::nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)',
    ],
    withIndices,
  ),
  ...rules(
    [
      'aten::argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor',
      'aten::argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor',
    ],
    (args) => of('int64', args),
  ),
  ...rules(['aten::any(Tensor self) -> Tensor', 'aten::all(Tensor self) -> Tensor'], (args) => of(truth(args.self.dtype), args)),
  ...rules(
    [
      'aten::any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor',
      'aten::all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor',
      'aten::any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor',
      'aten::all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor',
    ],
    (args) => of(truth(args.self.dtype), args, false),
  ),
  ...rules(
    [
      'aten::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor',
      'aten::special_logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor',
    ],
    (args) => of(toFloat(args.self.dtype), args),
  ),
  rule('aten::count_nonzero(Tensor self, int? dim=None) -> Tensor', (args) => of('int64', args)),
  rule('aten::count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor', (args) => of('int64', args)),
  ...rules(
    [
      'aten::cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor',
      'aten::cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor',
    ],
    running,
  ),
  rule('aten::logcumsumexp(Tensor self, int dim) -> Tensor', ({ self }) => same(self)),
  ...rules(
    [
      'aten::cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)',
      'aten::cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)',
    ],
    ({ self }) => [same(self), tensorFact('int64', self.dims)],
  ),
  rule('aten::dist(Tensor self, Tensor other, Scalar p=2) -> Tensor', ({ self, other }) => tensorFact(realType(promoted(self, other)), [])),
]
