// A Fourier transform along the last axis, on parts, without any factor; and the sizes and factors that torch's operators put around it.
// Answers to aten/src/ATen/native/SpectralOps.cpp (resize_fft_input, norm_from_string).

import { dimsEqual } from '../../ir/dim.ts'
import { floatType, intType, tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { knownInt } from '../../ops/facts.ts'
import { full, pair, type Pair } from './pair.ts'
import type { RealOps } from './real-ops.ts'

/** Arithmetic on ints: evaluated at once where they are known. */
export const intOp = (e: RealOps, kind: 'add' | 'sub' | 'mul' | 'floordiv', a: Value, b: Value | number): Value => {
  const result = e.op(`aten::${kind}`, [a, typeof b === 'number' ? e.int(b) : b], intType)
  const known = knownInt(e.of(result))
  return known === undefined ? result : e.int(known)
}

/** `x` with its last axis cut or filled with zeros to `size` elements. */
export function resized(e: RealOps, x: Value, size: Value): Value {
  const have = e.size(x, -1)
  const [from, to] = [e.of(have).sym ?? null, e.of(size).sym ?? null]
  if (dimsEqual(from, to) === true) return x
  const numbers = typeof from === 'number' && typeof to === 'number'
  let cut = x
  if (!numbers || to < from) cut = e.op('aten::slice', [x, e.int(-1), e.int(0), size, e.int(1)])
  if (numbers && to <= from) return cut
  return e.op('aten::constant_pad_nd', [cut, e.ints([0, intOp(e, 'sub', size, e.size(cut, -1))]), e.int(0)])
}
export const resizedPair = (e: RealOps, { re, im }: Pair, size: Value): Pair => pair(re && resized(e, re, size), im && resized(e, im, size))

/** Work along the last axis: `axis` goes there and back. */
export function alongLast(e: RealOps, x: Pair, axis: number, work: (x: Pair) => Pair): Pair {
  const rank = e.of((x.re ?? x.im)!).dims?.length
  if (axis === -1 || (rank !== undefined && axis === rank - 1)) return work(x)
  const turn = ({ re, im }: Pair): Pair => {
    const part = (value: Value | undefined): Value | undefined => value && e.op('aten::transpose', [value, e.int(axis), e.int(-1)])
    return pair(part(re), part(im))
  }
  return turn(work(turn(x)))
}

const two = [tensorType, tensorType]

/** Complex to complex; of a real signal the imaginary part takes no work. */
export function c2c(e: RealOps, x: Pair, forward: boolean): Pair {
  if (x.im === undefined) return r2c(e, x.re!, forward, false)
  const { re, im } = full(e, x)
  const [a, b] = e.node('functional::_dft_c2c', [re, im, e.bool(forward)], two).outputs
  return pair(a, b)
}
export function r2c(e: RealOps, x: Value, forward: boolean, onesided: boolean): Pair {
  const [a, b] = e.node('functional::_dft_r2c', [x, e.bool(forward), e.bool(onesided)], two).outputs
  return pair(a, b)
}
/** A half spectrum, n/2 + 1 points, to the n real points it stands for. */
export function c2r(e: RealOps, x: Pair, n: Value, forward: boolean): Value {
  const half = intOp(e, 'add', intOp(e, 'floordiv', n, 2), 1)
  const { re, im } = full(e, resizedPair(e, x, half))
  return e.op('functional::_dft_c2r', [re, im, n, e.bool(forward)])
}

/** 1, 1/N or 1/√N, with N the product of the signal's extents. */
export function normalized(e: RealOps, x: Pair, sizes: readonly Value[], norm: string | undefined, forward: boolean): Pair {
  const mode = norm ?? 'backward'
  if (mode !== 'ortho' && (mode === 'forward') !== forward) return x
  const count = sizes.reduce((n, size) => intOp(e, 'mul', n, size))
  const known = knownInt(e.of(count))
  let factor: Value
  if (known !== undefined) factor = e.float(mode === 'ortho' ? 1 / Math.sqrt(known) : 1 / known)
  else {
    const number = e.op('aten::Float', [count], floatType)
    factor = e.op('aten::div', [e.float(1), mode === 'ortho' ? e.op('aten::sqrt', [number], floatType) : number], floatType)
  }
  return pair(x.re && e.mul(x.re, factor), x.im && e.mul(x.im, factor))
}
