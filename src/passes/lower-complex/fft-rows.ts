// torch.fft: transforms over one axis or several, with their sizes and norms; shifts and frequencies; the inner operators of older traces.
// Answers to aten/src/ATen/native/SpectralOps.cpp.

import { constantList } from '../../ir/constant.ts'
import { floatType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { knownInt } from '../../ops/facts.ts'
import { axesOfTransform } from '../../ops/rules/fft.ts'
import type { Call } from './call.ts'
import { alongLast, c2c, c2r, intOp, normalized, r2c, resizedPair } from './fourier.ts'
import { full, pair, type Pair } from './pair.ts'
import { loweredRow, type ComplexRow, type Result } from './row.ts'

interface Kind {
  readonly kind: 'c2c' | 'r2c' | 'c2r'
  readonly forward: boolean
}
const KINDS = new Map<string, Kind>([
  ['fft', { kind: 'c2c', forward: true }],
  ['ifft', { kind: 'c2c', forward: false }],
  ['rfft', { kind: 'r2c', forward: true }],
  ['ihfft', { kind: 'r2c', forward: false }],
  ['irfft', { kind: 'c2r', forward: false }],
  ['hfft', { kind: 'c2r', forward: true }],
])
/** `aten::fft_rfft2` → rfft. */
const kindOf = (c: Call): Kind => KINDS.get(c.node.kind.replace(/^aten::fft_/, '').replace(/[2n]$/, ''))!

/** The ints of a list argument; undefined for None. */
function listOf(c: Call, name: string): readonly Value[] | undefined {
  const value = c.value(name)
  if (c.fact(value).value === null) return undefined
  if (value.type.kind === 'int') return [value]
  if (value.node.kind === 'prim::ListConstruct') return value.node.inputs
  return (constantList(value) ?? c.unmet(name)).map((item) => c.e.constant(item))
}

/** One axis; `size` is the number of signal points, undefined for those there are. Gives the result and that number. */
function one(c: Call, x: Pair, axis: number, { kind, forward }: Kind, size: Value | undefined): { readonly y: Pair; readonly n: Value } {
  const { e } = c
  let n: Value | undefined = size
  const y = alongLast(e, x, axis, (signal) => {
    const have = e.size((signal.re ?? signal.im)!, -1)
    if (kind === 'c2r') {
      n ??= intOp(e, 'mul', intOp(e, 'sub', have, 1), 2)
      return pair(c2r(e, signal, n, forward), undefined)
    }
    n ??= have
    const fitted = size === undefined ? signal : resizedPair(e, signal, n)
    return kind === 'c2c' ? c2c(e, fitted, forward) : r2c(e, full(e, fitted).re, forward, true)
  })
  return { y, n: n! }
}

function transform(
  c: Call,
  x: Pair,
  axes: readonly number[],
  sizes: readonly (Value | undefined)[],
  kind: Kind,
  norm: string | undefined,
): Result {
  const { e } = c
  const points: Value[] = []
  const step = (value: Pair, at: number, how: Kind): Pair => {
    const { y, n } = one(c, value, axes[at]!, how, sizes[at])
    points.push(n)
    return y
  }
  const whole: Kind = { kind: 'c2c', forward: kind.forward }
  const last = axes.length - 1
  let y = x
  // What is real is halved first, and made real last.
  if (kind.kind === 'r2c') y = step(y, last, kind)
  for (let at = 0; at < (kind.kind === 'c2c' ? axes.length : last); at++) y = step(y, at, whole)
  if (kind.kind === 'c2r') y = step(y, last, kind)
  if (points.length === 0) return y
  const result = normalized(e, y, points, norm, kind.forward)
  return kind.kind === 'c2r' ? full(e, result).re : full(e, result)
}

function overAxis(c: Call): Result {
  const size = c.has('n') ? c.value('n') : undefined
  return transform(c, c.pair('self'), [c.int('dim') ?? -1], [size], kindOf(c), c.text('norm'))
}

function overAxes(c: Call): Result {
  const rank = c.fact(c.value('self')).dims?.length
  const given = c.fact(c.value('dim'))
  const isLast = given.value !== null && c.ints('dim')?.every((axis) => axis < 0) === true
  // Axes counted from the end need no rank.
  const axes = isLast ? c.ints('dim')! : rank === undefined ? c.unmet('self') : axesOfTransform(rank, c.fact(c.value('s')), given)
  if (axes === undefined) return c.unmet('dim')
  const sizes = listOf(c, 's')?.map((size) => (knownInt(c.fact(size)) === -1 ? undefined : size))
  return transform(c, c.pair('self'), axes, sizes ?? axes.map(() => undefined), kindOf(c), c.text('norm'))
}

/** The factor of the inner operators by its number: none, 1/√N, 1/N. Their direction does not matter to it. */
function inner(c: Call, kind: Kind, sizes: readonly (Value | undefined)[], axes: readonly number[]): Result {
  const mode = ['none', 'ortho', 'by_n'][c.int('normalization') ?? 0] ?? c.unmet('normalization')
  const norm = mode === 'ortho' ? 'ortho' : (mode === 'by_n') === kind.forward ? 'forward' : 'backward'
  return transform(c, c.pair('self'), axes, sizes, kind, norm)
}
const axesOf = (c: Call): readonly number[] => c.ints('dim') ?? c.unmet('dim')

function realToComplex(c: Call): Result {
  const axes = axesOf(c)
  const none = axes.map(() => undefined)
  return inner(c, { kind: c.flag('onesided') ? 'r2c' : 'c2c', forward: true }, none, axes)
}
function complexToReal(c: Call): Result {
  const axes = axesOf(c)
  const sizes = axes.map((_, i) => (i === axes.length - 1 ? c.value('last_dim_size') : undefined))
  return inner(c, { kind: 'c2r', forward: false }, sizes, axes)
}

/** Halves change places: the second comes first. */
function shifted(c: Call, inverse: boolean): Result {
  const { e } = c
  const rank = c.fact(c.value('self')).dims?.length
  const axes = c.ints('dim') ?? Array.from({ length: rank ?? c.unmet('self') }, (_, i) => i)
  const roll = (x: Value, axis: number): Value => {
    const size = e.size(x, axis)
    // ⌈n/2⌉ stay behind for fftshift, ⌊n/2⌋ for its inverse.
    const at = intOp(e, 'floordiv', inverse ? size : intOp(e, 'add', size, 1), 2)
    const part = (from: Value, to: Value): Value => e.op('aten::slice', [x, e.int(axis), from, to, e.int(1)])
    return e.op('aten::cat', [e.list([part(at, size), part(e.int(0), at)]), e.int(axis)])
  }
  const part = (value: Value | undefined): Value | undefined => value && axes.reduce(roll, value)
  const { re, im } = c.rawPair(c.value('self'))
  return im === undefined ? part(re)! : pair(part(re), part(im))
}

/** [0, 1, …, ⌈n/2⌉ − 1, −⌊n/2⌋, …, −1]/(n·d), or its first half with n/2 for real signals. */
function frequencies(c: Call, half: boolean): Value {
  const { e } = c
  const n = c.value('n')
  const dtype = c.out ?? 'float32'
  const count = half ? intOp(e, 'add', intOp(e, 'floordiv', n, 2), 1) : n
  const index = e.call('aten::arange', { end: count, dtype: e.dtype('int64') }).output()
  let place = index
  if (!half) {
    const isNegative = e.op('aten::ge', [index, intOp(e, 'floordiv', intOp(e, 'add', n, 1), 2)])
    place = e.where(isNegative, e.op('aten::sub', [index, n, e.int(1)]), index)
  }
  const spread = e.op('aten::mul', [e.op('aten::Float', [n], floatType), c.value('d')], floatType)
  return e.op('aten::mul', [e.cast(place, dtype), e.op('aten::div', [e.float(1), spread], floatType)])
}

export const fftRows: readonly ComplexRow[] = [
  loweredRow('fft_fft fft_ifft fft_rfft fft_irfft fft_hfft fft_ihfft', overAxis),
  loweredRow('fft_fft2 fft_ifft2 fft_rfft2 fft_irfft2 fft_hfft2 fft_ihfft2', overAxes),
  loweredRow('fft_fftn fft_ifftn fft_rfftn fft_irfftn fft_hfftn fft_ihfftn', overAxes),
  loweredRow('_fft_c2c', (c) =>
    inner(
      c,
      { kind: 'c2c', forward: c.flag('forward') },
      axesOf(c).map(() => undefined),
      axesOf(c),
    ),
  ),
  loweredRow('_fft_r2c', realToComplex),
  loweredRow('_fft_c2r', complexToReal),
  loweredRow('fft_fftshift', (c) => shifted(c, false)),
  loweredRow('fft_ifftshift', (c) => shifted(c, true)),
  loweredRow('fft_fftfreq', (c) => frequencies(c, false)),
  loweredRow('fft_rfftfreq', (c) => frequencies(c, true)),
]
