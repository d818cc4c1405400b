// dtype and shape of Fourier transforms. Answers to aten/src/ATen/native/SpectralOps.cpp.

import { dimAdd, dimFloorDiv, dimMul, dimSub, type Dim, type Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { complexOf, realType } from '../complex-types.ts'
import { tensorFact, unknown, type Fact } from '../fact.ts'
import { dimOf, isNone, knownBool, knownInt, knownInts, same, toFloat, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { dtypeOr } from './creation.ts'

/** n/2 + 1: the half of a real signal's spectrum that says all. */
export const halfOf = (extent: Dim): Dim => dimAdd(dimFloorDiv(extent, 2), 1)
/** The length of the signal that a half spectrum belongs to, by default an even one. */
const wholeOf = (extent: Dim): Dim => dimMul(dimSub(extent, 1), 2)

type Kind = 'c2c' | 'r2c' | 'c2r'

const complexResult = (dtype: ScalarType | undefined): ScalarType | undefined => complexOf(toFloat(dtype))
const dtypeOfKind = (kind: Kind, dtype: ScalarType | undefined): ScalarType | undefined =>
  kind === 'c2r' ? realType(complexResult(dtype)) : complexResult(dtype)

/** The extent that an axis leaves with, when `n` signal points are taken. Only the last transformed axis is halved or doubled. */
function transformed(kind: Kind, extent: Dim, n: Dim | undefined, last: boolean): Dim {
  if (!last || kind === 'c2c') return n === undefined ? extent : n
  return kind === 'r2c' ? halfOf(n === undefined ? extent : n) : n === undefined ? wholeOf(extent) : n
}

function overAxis(kind: Kind, { self, n, dim }: { readonly self: Fact; readonly n: Fact; readonly dim: Fact }): Fact {
  const dtype = dtypeOfKind(kind, self.dtype)
  const { dims } = self
  const axis = dims === undefined ? undefined : wrapAxis(knownInt(dim), dims.length)
  if (dims === undefined || axis === undefined)
    return tensorFact(
      dtype,
      dims?.map(() => null),
    )
  const given = isNone(n) ? undefined : dimOf(n)
  return tensorFact(
    dtype,
    dims.map((extent, i) => (i === axis ? transformed(kind, extent, given, true) : extent)),
  )
}

/** Axes of a transform over several: those given, the last ones that `s` names, or all. */
export function axesOfTransform(rank: number, s: Fact, dim: Fact): number[] | undefined {
  if (!isNone(dim)) {
    const axes = (knownInts(dim) ?? (knownInt(dim) === undefined ? undefined : [knownInt(dim)!]))?.map((axis) => wrapAxis(axis, rank))
    return axes === undefined || axes.includes(undefined) ? undefined : (axes as number[])
  }
  if (isNone(s)) return Array.from({ length: rank }, (_, i) => i)
  return s.items === undefined ? undefined : Array.from({ length: s.items.length }, (_, i) => rank - s.items!.length + i)
}

function overAxes(kind: Kind, { self, s, dim }: { readonly self: Fact; readonly s: Fact; readonly dim: Fact }): Fact {
  const dtype = dtypeOfKind(kind, self.dtype)
  const dims: Dim[] | undefined = self.dims === undefined ? undefined : [...self.dims]
  if (dims === undefined) return tensorFact(dtype, undefined)
  const axes = axesOfTransform(dims.length, s, dim)
  if (axes === undefined)
    return tensorFact(
      dtype,
      dims.map(() => null),
    )
  axes.forEach((axis, i) => {
    const given = isNone(s) ? undefined : (s.items?.[i]?.sym ?? null)
    dims[axis] = transformed(kind, dims[axis]!, given === -1 ? undefined : given, i === axes.length - 1)
  })
  return tensorFact(dtype, dims)
}

/** Axes of torch's inner operators; the last one is the halved one. */
function inner(self: Fact, dim: Fact, dtype: ScalarType | undefined, last: (extent: Dim) => Dim): Fact {
  const dims: Dim[] | undefined = self.dims === undefined ? undefined : [...self.dims]
  const axes = knownInts(dim)
  const axis = dims === undefined ? undefined : wrapAxis(axes?.at(-1), dims.length)
  if (dims === undefined || axis === undefined)
    return tensorFact(
      dtype,
      dims?.map(() => null),
    )
  dims[axis] = last(dims[axis]!)
  return tensorFact(dtype, dims)
}

const one = (names: string): 'aten::f(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor'[] =>
  names.split(' ').map((name) => `aten::fft_${name}(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor` as never)
type Several = 'aten::f(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor'
const two = (names: string): Several[] =>
  names
    .split(' ')
    .map((name) => `aten::fft_${name}(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor` as never)
const many = (names: string): Several[] =>
  names.split(' ').map((name) => `aten::fft_${name}(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor` as never)

const OPTIONS = 'ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None'
type Frequencies = 'aten::f(int n, float d=1., *, ScalarType? dtype=None) -> Tensor'
export const frequencySchemas = ['fft_fftfreq', 'fft_rfftfreq'].map(
  (name) => `aten::${name}(int n, float d=1., *, ${OPTIONS}) -> Tensor` as Frequencies,
)
export const stftSchemas = {
  plain:
    'aten::stft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor',
  center:
    'aten::stft.center(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, str pad_mode="reflect", bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor',
  inverse:
    'aten::istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int? length=None, bool return_complex=False) -> Tensor',
} as const

interface StftFacts {
  readonly self: Fact
  readonly n_fft: Fact
  readonly hop_length: Fact
  readonly window: Fact
  readonly onesided: Fact
  readonly return_complex: Fact
  readonly align_to_window: Fact
}

function stft(args: StftFacts, centered: boolean | undefined): Fact {
  const { self, n_fft, hop_length, window, onesided, return_complex, align_to_window } = args
  const complex = complexResult(self.dtype)
  if (complex === undefined || (!isNone(window) && window.dtype === undefined)) return unknown
  const isReal = [self.dtype, window.dtype].every((dtype) => realType(dtype) === dtype)
  const half = isNone(onesided) ? isReal : knownBool(onesided)
  const asComplex = isNone(return_complex) ? !isReal : knownBool(return_complex)
  if (asComplex === undefined) return unknown
  const n = dimOf(n_fft)
  const hop = isNone(hop_length) ? dimFloorDiv(n, 4) : dimOf(hop_length)
  const bins = half === undefined ? null : half ? halfOf(n) : n
  const { dims } = self
  // Frames that begin with the window, and not with what surrounds it, are padded by what the window leaves.
  const isAligned = centered !== true && knownBool(align_to_window) !== false && !isNone(align_to_window)
  const length = centered === undefined || isAligned ? null : dimAdd(dims?.at(-1) ?? null, centered ? dimMul(dimFloorDiv(n, 2), 2) : 0)
  const frames = dimAdd(dimFloorDiv(dimSub(length, n), hop), 1)
  const shape: Dims = dims === undefined ? undefined : [...dims.slice(0, -1), bins, frames, ...(asComplex ? [] : [2])]
  return tensorFact(asComplex ? complex : realType(complex), shape)
}

export const fftRules: readonly Rule[] = [
  ...rules(one('fft ifft'), (args) => overAxis('c2c', args)),
  ...rules(one('rfft ihfft'), (args) => overAxis('r2c', args)),
  ...rules(one('irfft hfft'), (args) => overAxis('c2r', args)),
  ...rules([...two('fft2 ifft2'), ...many('fftn ifftn')], (args) => overAxes('c2c', args)),
  ...rules([...two('rfft2 ihfft2'), ...many('rfftn ihfftn')], (args) => overAxes('r2c', args)),
  ...rules([...two('irfft2 hfft2'), ...many('irfftn hfftn')], (args) => overAxes('c2r', args)),
  rule('aten::_fft_c2c(Tensor self, SymInt[] dim, int normalization, bool forward) -> Tensor', ({ self }) => same(self)),
  rule('aten::_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor', ({ self, dim, onesided }) =>
    inner(self, dim, complexResult(self.dtype), (extent) => (knownBool(onesided) === false ? extent : halfOf(extent))),
  ),
  rule('aten::_fft_c2r(Tensor self, int[] dim, int normalization, SymInt last_dim_size) -> Tensor', ({ self, dim, last_dim_size }) =>
    inner(self, dim, realType(self.dtype), () => dimOf(last_dim_size)),
  ),
  ...rules(
    ['aten::fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor', 'aten::fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor'],
    ({ self }) => same(self),
  ),
  rule(frequencySchemas[0]!, ({ n, dtype }) => tensorFact(dtypeOr(dtype, 'float32'), [dimOf(n)])),
  rule(frequencySchemas[1]!, ({ n, dtype }) => tensorFact(dtypeOr(dtype, 'float32'), [halfOf(dimOf(n))])),
  rule(stftSchemas.plain, (args) => stft(args, false)),
  rule(stftSchemas.center, (args) => stft(args, knownBool(args.center))),
  rule(stftSchemas.inverse, ({ self, return_complex, length }) => {
    const asComplex = knownBool(return_complex)
    const complex = complexResult(self.dtype)
    if (asComplex === undefined || complex === undefined) return unknown
    const isPair = realType(self.dtype) === self.dtype
    const batch = self.dims?.slice(0, isPair ? -3 : -2)
    return tensorFact(
      asComplex ? complex : realType(complex),
      batch === undefined ? undefined : [...batch, isNone(length) ? null : dimOf(length)],
    )
  }),
  // What `lower-complex` makes of all these: transforms of the last axis, without any factor.
  rule('functional::_dft_c2c(Tensor re, Tensor im, bool forward) -> (Tensor, Tensor)', ({ re }) => [same(re), same(re)]),
  rule('functional::_dft_r2c(Tensor self, bool forward, bool onesided) -> (Tensor, Tensor)', ({ self, onesided }) => {
    const dims = self.dims?.map((dim, i) => (i === self.dims!.length - 1 && knownBool(onesided) !== false ? halfOf(dim) : dim))
    return [tensorFact(self.dtype, dims), tensorFact(self.dtype, dims)]
  }),
  rule('functional::_dft_c2r(Tensor re, Tensor im, int n, bool forward) -> Tensor', ({ re, n }) =>
    tensorFact(re.dtype, re.dims === undefined ? undefined : [...re.dims.slice(0, -1), dimOf(n)]),
  ),
]
