// Short-time Fourier transforms: frames, window, transform; and back by overlapping sums over the window's own.
// Answers to stft and istft in aten/src/ATen/native/SpectralOps.cpp.

import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { viewAsComplex } from './conversion-rows.ts'
import { c2c, c2r, intOp, r2c, resizedPair } from './fourier.ts'
import { full, mul, pair, scaled, type Pair } from './pair.ts'
import type { RealOps } from './real-ops.ts'
import { loweredRow, type ComplexRow, type Result } from './row.ts'

interface Frame {
  readonly size: number
  readonly hop: number
  /** Of the window before it was padded to a frame. */
  readonly windowSize: number
  /** [size], undefined for all ones. */
  readonly window: Pair | undefined
}

function frameOf(c: Call): Frame {
  const size = c.int('n_fft') ?? c.unmet('n_fft')
  const hop = c.int('hop_length') ?? Math.floor(size / 4)
  const windowSize = c.int('win_length') ?? size
  const given = c.has('window') ? c.pair('window') : undefined
  const before = Math.floor((size - windowSize) / 2)
  if (windowSize === size) return { size, hop, windowSize, window: given }
  const { e } = c
  const plain = given ?? pair(e.call('aten::ones', { size: e.ints([windowSize]), dtype: e.dtype(c.work) }).output(), undefined)
  // The window lies in the middle of the frame.
  const widened = (part: Value | undefined): Value | undefined =>
    part && e.op('aten::constant_pad_nd', [part, e.ints([before, size - windowSize - before]), e.int(0)])
  return { size, hop, windowSize, window: pair(widened(plain.re), widened(plain.im)) }
}

const padded = (e: RealOps, x: Value, before: number, after: number, mode: string): Value => {
  if (before === 0 && after === 0) return x
  if (mode === 'constant') return e.op('aten::constant_pad_nd', [x, e.ints([before, after]), e.int(0)])
  // Reflection wants an axis of channels.
  const channel = e.op('aten::unsqueeze', [x, e.int(-2)])
  const wide = e.op('aten::pad', [channel, e.ints([before, after]), e.constant(mode), e.none()])
  return e.op('aten::squeeze', [wide, e.int(-2)])
}
const each = ({ re, im }: Pair, change: (part: Value) => Value): Pair => pair(re && change(re), im && change(im))

function stft(c: Call, centered: boolean): Result {
  const { e } = c
  const { size, hop, windowSize, window } = frameOf(c)
  let x = c.pair('self')
  if (centered) x = each(x, (part) => padded(e, part, Math.floor(size / 2), Math.floor(size / 2), c.text('pad_mode') ?? 'reflect'))
  else if (c.has('align_to_window') && c.flag('align_to_window')) {
    const before = Math.floor((size - windowSize) / 2)
    x = each(x, (part) => padded(e, part, before, size - windowSize - before, 'constant'))
  }
  const isReal = !c.isComplex('self') && !c.isComplex('window')
  const onesided = c.has('onesided') ? c.flag('onesided') : isReal
  let frames = each(x, (part) => e.op('aten::unfold', [part, e.int(-1), e.int(size), e.int(hop)]))
  if (window !== undefined) frames = mul(e, frames, window)
  let spectrum = isReal ? r2c(e, frames.re!, true, onesided) : c2c(e, frames, true)
  if (!isReal && onesided) spectrum = resizedPair(e, spectrum, e.int(Math.floor(size / 2) + 1))
  if (c.flag('normalized')) spectrum = scaled(e, spectrum, e.float(1 / Math.sqrt(size)))
  const turned = full(
    e,
    each(spectrum, (part) => e.op('aten::transpose', [part, e.int(-2), e.int(-1)])),
  )
  const asComplex = c.has('return_complex') ? c.flag('return_complex') : !isReal
  return asComplex ? turned : e.op('aten::stack', [e.list([turned.re, turned.im]), e.int(-1)])
}

/** frames [.., t, size] → [.., size + hop·(t − 1)]: each frame a hop behind the one before, sums where they lie on each other. */
function overlapped(e: RealOps, frames: Value, size: number, hop: number): Value {
  const pieces = Math.ceil(size / hop)
  const count = e.size(frames, -2)
  const even = size === pieces * hop ? frames : e.op('aten::constant_pad_nd', [frames, e.ints([0, pieces * hop - size]), e.int(0)])
  let sum: Value | undefined
  for (let i = 0; i < pieces; i++) {
    // Piece i of frame t falls on place t + i.
    const piece = e.op('aten::slice', [even, e.int(-1), e.int(i * hop), e.int((i + 1) * hop), e.int(1)])
    const placed = pieces === 1 ? piece : e.op('aten::constant_pad_nd', [piece, e.ints([0, 0, i, pieces - 1 - i]), e.int(0)])
    sum = sum === undefined ? placed : e.add(sum, placed)
  }
  const line = e.op('aten::flatten', [sum!, e.int(-2), e.int(-1)])
  const length = intOp(e, 'add', intOp(e, 'mul', intOp(e, 'sub', count, 1), hop), size)
  return e.op('aten::slice', [line, e.int(-1), e.int(0), length, e.int(1)])
}

function istft(c: Call): Result {
  const { e } = c
  const { size, hop, window } = frameOf(c)
  const half = Math.floor(size / 2) + 1
  // Older code hands in the pairs themselves.
  const given = c.isComplex('self') ? c.pair('self') : viewAsComplex(c, c.value('self'))
  const spectrum = each(given, (part) => e.op('aten::transpose', [part, e.int(-2), e.int(-1)]))
  const asComplex = c.flag('return_complex')
  const signal = asComplex ? c2c(e, spectrum, false) : pair(c2r(e, resizedPair(e, spectrum, e.int(half)), e.int(size), false), undefined)
  let frames = scaled(e, signal, e.float(c.flag('normalized') ? 1 / Math.sqrt(size) : 1 / size))
  if (window !== undefined) frames = mul(e, frames, window)
  const sums = each(frames, (part) => overlapped(e, part, size, hop))
  const count = e.size((frames.re ?? frames.im)!, -2)
  const weight =
    window === undefined
      ? e.call('aten::ones', { size: e.ints([count, size]), dtype: e.dtype(c.work) }).output()
      : e.op('aten::expand', [e.mul(full(e, window).re, full(e, window).re), e.ints([count, size]), e.bool(false)])
  const envelope = overlapped(e, weight, size, hop)

  const start = c.flag('center') ? Math.floor(size / 2) : 0
  const length = c.has('length') ? c.value('length') : undefined
  const end = length !== undefined ? intOp(e, 'add', length, start) : start === 0 ? undefined : e.int(-start)
  const cut = (x: Value): Value =>
    start === 0 && end === undefined ? x : e.op('aten::slice', [x, e.int(-1), e.int(start), end ?? e.none(), e.int(1)])
  const result = each(sums, (part) => e.div(cut(part), cut(envelope)))
  // What lies behind the last frame is silence.
  const whole = length === undefined ? result : resizedPair(e, result, length)
  return asComplex ? full(e, whole) : full(e, whole).re
}

export const stftRows: readonly ComplexRow[] = [
  loweredRow('aten::stft', (c) => stft(c, false)),
  loweredRow('aten::stft.center', (c) => stft(c, c.flag('center'))),
  loweredRow('istft', istft),
]
