// Reductions to sums, extremes, moments and norms. Answers to aten/src/ATen/native/ReduceOps.cpp and LinearAlgebra.cpp (norms).
// argmax and argmin take the first of equals; NaN is the extreme of both.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, rankOf, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { compute, computeWide, like, opmath, ORDERED, tensor, resultDtype, WIDE } from './compute.ts'
import { average, axesOf, extreme, reduce, reducedCount, vectorNorm, type Axes } from './reduce.ts'
import { spectralNorm } from './linalg-spectral.ts'
import { lower, lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]

/** Sums and products: int64 for integers; float16 through float32. */
function accumulate(b: OnnxBuilder, opType: string, self: OnnxValue, axes: Axes, keepdim: boolean, out: Out): OnnxValue {
  const dtype = out[0]?.dtype ?? (isFloatingPoint(self.dtype) ? self.dtype : 'int64')
  const x = b.cast(b.cast(self, dtype), opmath(dtype))
  return b.cast(
    compute(b, x.dtype, WIDE, [x], (v) => reduce(b, opType, v, axes, keepdim)),
    dtype,
  )
}

const withoutNaN = (b: OnnxBuilder, x: OnnxValue): OnnxValue =>
  isFloatingPoint(x.dtype) ? b.op('Where', [b.op('IsNaN', [x]), like(b, x, 0), x]) : x

/** Σ x / #x over the numbers that are no NaN. */
function nanMean(b: OnnxBuilder, x: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue {
  const count = reduce(b, 'ReduceSum', b.cast(b.op('Not', [b.op('IsNaN', [x])]), x.dtype), axes, keepdim)
  return b.op('Div', [reduce(b, 'ReduceSum', withoutNaN(b, x), axes, keepdim), count])
}

const extremeOf = (b: OnnxBuilder, name: 'Max' | 'Min', self: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue =>
  compute(b, self.dtype, ORDERED, [self], (x) => extreme(b, `Reduce${name}`, x, axes, keepdim))

/** The kernels pass NaN by: where there is one, its first place counts. */
function placeOf(b: OnnxBuilder, opType: 'ArgMax' | 'ArgMin', x: OnnxValue, axis: number, keepdim: boolean): OnnxValue {
  const attributes = { axis, keepdims: keepdim ? 1 : 0, select_last_index: 0 }
  const found = b.op(opType, [x], attributes, x.dims?.length === 1 && !keepdim ? { dims: [] } : {})
  if (!isFloatingPoint(x.dtype)) return found
  const nan = b.cast(b.op('IsNaN', [x]), 'int32')
  const some = b.cast(reduce(b, 'ReduceMax', nan, [axis], keepdim), 'bool')
  return b.op('Where', [some, b.op('ArgMax', [nan], attributes, { dims: found.dims }), found], {}, { dims: found.dims })
}

/** Index of the first largest or smallest; over all elements when there is no axis. */
function argExtreme(b: OnnxBuilder, opType: 'ArgMax' | 'ArgMin', self: OnnxValue, dim: number | undefined, keepdim: boolean): OnnxValue {
  const x = b.cast(self, ORDERED.includes(self.dtype) ? self.dtype : 'int32')
  const rank = rankOf(x)
  if (dim !== undefined && rank !== 0) return placeOf(b, opType, x, dim, keepdim)
  const index = placeOf(b, opType, b.reshapeTo(x, [-1]), 0, false)
  if (!keepdim || rank === 0) return index
  if (rank === undefined) throw new UnmetNeed('self', 'its rank to be known')
  return b.reshapeTo(
    index,
    Array.from({ length: rank }, () => 1),
  )
}

/** Is any element true? Sums of zeros and ones, so that no elements give false. */
function anyTrue(b: OnnxBuilder, x: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue {
  return b.cast(reduce(b, 'ReduceSum', b.cast(x, 'int32'), axes, keepdim), 'bool')
}
function truth(b: OnnxBuilder, kind: 'any' | 'all', self: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue {
  const bools = b.cast(self, 'bool')
  const result = kind === 'any' ? anyTrue(b, bools, axes, keepdim) : b.op('Not', [anyTrue(b, b.op('Not', [bools]), axes, keepdim)])
  return b.cast(result, self.dtype === 'uint8' ? 'uint8' : 'bool')
}
function truthOver(
  b: OnnxBuilder,
  kind: 'any' | 'all',
  self: OnnxValue,
  dim: number | readonly number[] | undefined,
  keepdim: boolean,
): OnnxValue {
  // An empty list of axes reduces nothing here.
  if (typeof dim === 'object' && dim.length === 0) return b.cast(self, self.dtype === 'uint8' ? 'uint8' : 'bool')
  return truth(b, kind, self, axesOf(self, dim), keepdim)
}

interface Moments {
  readonly variance: OnnxValue
  readonly mean: OnnxValue
}
/** Σ(x − mean)² / max(0, n − correction), and the mean. */
function moments(b: OnnxBuilder, x: OnnxValue, axes: Axes, correction: ScalarOperand, keepdim: boolean): Moments {
  const centre = average(b, x, axes, true)
  const off = b.op('Sub', [x, centre])
  const squares = b.op('Mul', [off, off])
  const mean = keepdim ? centre : average(b, x, axes, false)
  if (constantNumber(correction) === 0) return { variance: average(b, squares, axes, keepdim), mean }
  const count = reducedCount(b, x, axes)
  const [n, k] = [constantNumber(count), constantNumber(correction)]
  const freedom =
    n !== undefined && k !== undefined
      ? like(b, x, Math.max(0, n - k))
      : b.op('Max', [b.op('Sub', [b.number(count, x.dtype), b.number(correction, x.dtype)]), like(b, x, 0)])
  return { variance: b.op('Div', [reduce(b, 'ReduceSum', squares, axes, keepdim), freedom]), mean }
}

const ONE: ScalarOperand = { kind: 'constant', value: 1n }
const ZERO: ScalarOperand = { kind: 'constant', value: 0n }

/** var, std, var_mean and std_mean in their three forms. */
function momentRows(name: 'var' | 'std'): LoweringRow[] {
  const build = (
    b: OnnxBuilder,
    self: OnnxValue,
    axes: Axes,
    correction: ScalarOperand,
    keepdim: boolean,
    both: boolean,
  ): OnnxValue | OnnxValue[] => {
    const x = b.cast(self, opmath(self.dtype))
    const { variance, mean } = moments(b, x, axes, correction, keepdim)
    const spread = b.cast(name === 'std' ? b.op('Sqrt', [variance]) : variance, self.dtype)
    return both ? [spread, b.cast(mean, self.dtype)] : spread
  }
  return [false, true].flatMap((both) => {
    const op = both ? `${name}_mean` : name
    const result = both ? '(Tensor, Tensor)' : 'Tensor'
    return [
      lower(
        `aten::${op}(Tensor self, bool unbiased=True) -> ${result}` as 'aten::var(Tensor self, bool unbiased=True) -> Tensor',
        ({ self, unbiased }, b) => build(b, self, undefined, unbiased ? ONE : ZERO, false, both),
      ),
      lower(
        `aten::${op}.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> ${result}` as 'aten::var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor',
        { constant: ['dim'] },
        ({ self, dim, unbiased, keepdim }, b) => build(b, self, axesOf(self, dim), unbiased ? ONE : ZERO, keepdim, both),
      ),
      lower(
        `aten::${op}.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> ${result}` as 'aten::var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor',
        { constant: ['dim'] },
        ({ self, dim, correction, keepdim }, b) => build(b, self, axesOf(self, dim), correction ?? ONE, keepdim, both),
      ),
    ]
  })
}

/** The promised dtype; norms of float16 are computed in float32. */
function norm(b: OnnxBuilder, self: OnnxValue, p: number, axes: Axes, keepdim: boolean, out: Out): OnnxValue {
  const dtype = out[0]?.dtype ?? self.dtype
  return computeWide(b, dtype, [b.cast(self, dtype)], (x) => vectorNorm(b, x, p, axes, keepdim))
}
/** Σ|x|^p. */
function powerSum(b: OnnxBuilder, self: OnnxValue, p: number, axes: Axes, keepdim: boolean, out: Out): OnnxValue {
  const dtype = out[0]?.dtype ?? self.dtype
  return computeWide(b, dtype, [b.cast(self, dtype)], (x) => {
    const size = b.op('Abs', [x])
    return reduce(b, 'ReduceSum', p === 1 ? size : p === 2 ? b.op('Mul', [x, x]) : b.op('Pow', [size, b.scalar(x.dtype, p)]), axes, keepdim)
  })
}
/** Norms of matrices: 'fro' (2 over both axes), ±1 and ±∞ (extreme of row or column sums), 'nuc' and ±2 (of singular values). */
export function matrixNorm(
  b: OnnxBuilder,
  self: OnnxValue,
  ord: number | string,
  [rows, columns]: readonly number[],
  keepdim: boolean,
  out: Out,
): OnnxValue {
  if (ord === 'fro') return norm(b, self, 2, [rows!, columns!], keepdim, out)
  if (ord === 'nuc' || ord === 2 || ord === -2)
    return spectralNorm(b, b.cast(self, out[0]?.dtype ?? self.dtype), ord, [rows!, columns!], keepdim)
  if (ord !== 1 && ord !== -1 && ord !== Infinity && ord !== -Infinity)
    throw new UnmetNeed('ord', `to be 'fro', 'nuc', ±1, ±2 or ±inf, found ${ord}`)
  const [inner, outer] = Math.abs(ord) === 1 ? [rows!, columns!] : [columns!, rows!]
  const dtype = out[0]?.dtype ?? self.dtype
  return computeWide(b, dtype, [b.cast(self, dtype)], (x) => {
    const sums = reduce(b, 'ReduceL1', x, [inner], true)
    const found = extreme(b, ord > 0 ? 'ReduceMax' : 'ReduceMin', sums, [outer], true)
    // Of no sums the largest is 0.
    const best = ord > 0 ? b.op('Max', [found, like(b, x, 0)], {}, { dims: found.dims }) : found
    return keepdim ? best : b.op('Squeeze', [best, b.ints([rows!, columns!])], {}, { dims: out[0]?.dims })
  })
}
/** linalg_norm: with no order the 2-norm of all; one axis is a vector, two are a matrix. */
function linalgNorm(
  b: OnnxBuilder,
  self: OnnxValue,
  ord: number | string | undefined,
  dim: readonly number[] | undefined,
  keepdim: boolean,
  out: Out,
): OnnxValue {
  if (ord === undefined) return norm(b, self, 2, axesOf(self, dim), keepdim, out)
  const axes = dim ?? Array.from({ length: rankOf(self)! }, (_, i) => i)
  if (axes.length === 2) return matrixNorm(b, self, ord, axes, keepdim, out)
  if (typeof ord === 'string') throw new UnmetNeed('dim', 'two axes, as a matrix norm has')
  return norm(b, self, ord, axesOf(self, axes), keepdim, out)
}

export const reductionLowerings: readonly LoweringRow[] = [
  lower('aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor', { constant: ['dtype'] }, ({ self }, b, out) =>
    accumulate(b, 'ReduceSum', self, undefined, false, out),
  ),
  lower(
    'aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['dim', 'dtype'] },
    ({ self, dim, keepdim }, b, out) => accumulate(b, 'ReduceSum', self, axesOf(self, dim), keepdim, out),
  ),
  lower('aten::prod(Tensor self, *, ScalarType? dtype=None) -> Tensor', { constant: ['dtype'] }, ({ self }, b, out) =>
    accumulate(b, 'ReduceProd', self, undefined, false, out),
  ),
  lower(
    'aten::prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['dim', 'dtype'] },
    ({ self, dim, keepdim }, b, out) => accumulate(b, 'ReduceProd', self, axesOf(self, dim), keepdim, out),
  ),
  lower(
    'aten::nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['dim', 'dtype'] },
    ({ self, dim, keepdim }, b, out) => accumulate(b, 'ReduceSum', withoutNaN(b, self), axesOf(self, dim), keepdim, out),
  ),
  lower('aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor', { constant: ['dtype'] }, ({ self }, b, out) =>
    computeWide(b, out[0]?.dtype ?? self.dtype, [self], (x) => average(b, x, undefined, false)),
  ),
  lower(
    'aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['dim', 'dtype'] },
    ({ self, dim, keepdim }, b, out) => computeWide(b, out[0]?.dtype ?? self.dtype, [self], (x) => average(b, x, axesOf(x, dim), keepdim)),
  ),
  lower(
    'aten::nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['dim', 'dtype'] },
    ({ self, dim, keepdim }, b, out) => computeWide(b, out[0]?.dtype ?? self.dtype, [self], (x) => nanMean(b, x, axesOf(x, dim), keepdim)),
  ),

  ...(['Max', 'Min'] as const).flatMap((name) => {
    const lowercase = name === 'Max' ? 'max' : 'min'
    return [
      lower(`aten::${lowercase}(Tensor self) -> Tensor` as 'aten::max(Tensor self) -> Tensor', ({ self }, b) =>
        extremeOf(b, name, self, undefined, false),
      ),
      lower(
        `aten::a${lowercase}(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor` as 'aten::amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor',
        { constant: ['dim'] },
        ({ self, dim, keepdim }, b) => extremeOf(b, name, self, axesOf(self, dim), keepdim),
      ),
      lower(
        `aten::${lowercase}.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)` as 'aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)',
        { constant: ['dim'] },
        ({ self, dim, keepdim }, b) => [
          extremeOf(b, name, self, axesOf(self, dim), keepdim),
          argExtreme(b, `Arg${name}`, self, dim, keepdim),
        ],
      ),
      lower(
        `aten::arg${lowercase}(Tensor self, int? dim=None, bool keepdim=False) -> Tensor` as 'aten::argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor',
        { constant: ['dim'] },
        ({ self, dim, keepdim }, b) => argExtreme(b, `Arg${name}`, self, dim, keepdim),
      ),
    ]
  }),
  lower(
    'aten::aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)',
    { constant: ['dim'] },
    ({ self, dim, keepdim }, b) => (['Min', 'Max'] as const).map((name) => extremeOf(b, name, self, axesOf(self, dim), keepdim)),
  ),
  lower('aten::_aminmax(Tensor self) -> (Tensor, Tensor)', ({ self }, b) =>
    (['Min', 'Max'] as const).map((name) => extremeOf(b, name, self, undefined, false)),
  ),
  lower(
    'aten::_aminmax.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor, Tensor)',
    { constant: ['dim'] },
    ({ self, dim, keepdim }, b) => (['Min', 'Max'] as const).map((name) => extremeOf(b, name, self, axesOf(self, dim), keepdim)),
  ),

  ...(['any', 'all'] as const).flatMap((kind) => [
    lower(`aten::${kind}(Tensor self) -> Tensor` as 'aten::any(Tensor self) -> Tensor', ({ self }, b) =>
      truth(b, kind, self, undefined, false),
    ),
    lower(
      `aten::${kind}.dim(Tensor self, int dim, bool keepdim=False) -> Tensor` as 'aten::any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor',
      { constant: ['dim'] },
      ({ self, dim, keepdim }, b) => truthOver(b, kind, self, dim, keepdim),
    ),
    lower(
      `aten::${kind}.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor` as 'aten::any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor',
      { constant: ['dim'] },
      ({ self, dim, keepdim }, b) => truthOver(b, kind, self, dim, keepdim),
    ),
  ]),
  lower('aten::count_nonzero(Tensor self, int? dim=None) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b) =>
    reduce(b, 'ReduceSum', b.cast(b.cast(self, 'bool'), 'int64'), axesOf(self, dim), false),
  ),
  lower('aten::count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b) =>
    reduce(b, 'ReduceSum', b.cast(b.cast(self, 'bool'), 'int64'), axesOf(self, dim), false),
  ),
  ...momentRows('var'),
  ...momentRows('std'),
  ...lowers(
    [
      'aten::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor',
      'aten::special_logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor',
    ],
    { constant: ['dim'] },
    ({ self, dim, keepdim }, b, out) => {
      const dtype: ScalarType = out[0]?.dtype ?? (isFloatingPoint(self.dtype) ? self.dtype : 'float32')
      return computeWide(b, dtype, [self], (x) => logSumExp(b, x, axesOf(x, dim), keepdim))
    },
  ),

  lower('aten::norm.Scalar(Tensor self, Scalar p=2) -> Tensor', { constant: ['p'] }, ({ self, p }, b, out) =>
    norm(b, self, p, undefined, false, out),
  ),
  lower(
    'aten::norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor',
    { constant: ['p', 'dim'] },
    ({ self, p, dim, keepdim }, b, out) => norm(b, self, p ?? 2, axesOf(self, dim), keepdim, out),
  ),
  lower(
    'aten::norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, *, ScalarType dtype) -> Tensor',
    { constant: ['p', 'dim', 'dtype'] },
    ({ self, p, dim, keepdim }, b, out) => norm(b, self, p ?? 2, axesOf(self, dim), keepdim, out),
  ),
  lower(
    'aten::norm.ScalarOpt_dtype(Tensor self, Scalar? p, *, ScalarType dtype) -> Tensor',
    { constant: ['p', 'dtype'] },
    ({ self, p }, b, out) => norm(b, self, p ?? 2, undefined, false, out),
  ),
  lower(
    'aten::frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor',
    { constant: ['dim'] },
    ({ self, dim, keepdim }, b, out) => norm(b, self, 2, axesOf(self, dim), keepdim, out),
  ),
  lower(
    'aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['ord', 'dim', 'dtype'] },
    ({ self, ord, dim, keepdim }, b, out) => norm(b, self, ord, axesOf(self, dim), keepdim, out),
  ),
  lower(
    'aten::linalg__powsum(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['ord', 'dim', 'dtype'] },
    ({ self, ord, dim, keepdim }, b, out) => powerSum(b, self, ord, axesOf(self, dim), keepdim, out),
  ),
  lower(
    'aten::linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['ord', 'dim', 'dtype'], rank: ['self'] },
    ({ self, ord, dim, keepdim }, b, out) => linalgNorm(b, self, ord, dim, keepdim, out),
  ),
  lower(
    'aten::linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['dim', 'dtype'], rank: ['self'] },
    ({ self, ord, dim, keepdim }, b, out) => linalgNorm(b, self, ord, dim, keepdim, out),
  ),
  lower(
    'aten::linalg_matrix_norm(Tensor self, Scalar ord, int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['ord', 'dim', 'dtype'] },
    ({ self, ord, dim, keepdim }, b, out) => matrixNorm(b, self, ord, dim, keepdim, out),
  ),
  lower(
    'aten::linalg_matrix_norm.str_ord(Tensor self, str ord="fro", int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['dim', 'dtype'] },
    ({ self, ord, dim, keepdim }, b, out) => matrixNorm(b, self, ord, dim, keepdim, out),
  ),
  lower('aten::dist(Tensor self, Tensor other, Scalar p=2) -> Tensor', { constant: ['p'] }, ({ self, other, p }, b, out) => {
    const dtype = resultDtype(out, tensor(self), tensor(other))
    return computeWide(b, dtype, [self, other], (x, y) => vectorNorm(b, b.op('Sub', [x, y]), p, undefined, false))
  }),
]

/** m + ln Σ e^(x − m) with the largest finite m, so that infinities stay what they are. */
function logSumExp(b: OnnxBuilder, x: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue {
  const top = reduce(b, 'ReduceMax', x, axes, true)
  const finite = b.op('Where', [b.op('IsInf', [top]), like(b, x, 0), top])
  const sum = reduce(b, 'ReduceSum', b.op('Exp', [b.op('Sub', [x, finite])]), axes, keepdim)
  const shift = keepdim || axes === undefined ? finite : b.op('Squeeze', [finite, b.ints(axes)])
  const level = axes === undefined && !keepdim ? b.reshapeTo(finite, []) : shift
  return b.op('Add', [b.op('Log', [sum]), level])
}
