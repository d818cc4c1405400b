// Fourier transforms of the last axis, on parts and without any factor. What torch's own operators become is the work of
// passes/lower-complex. Measured on onnxruntime-web: its DFT is fast and exact in float64 alone (Bluestein's chirps lose half the digits of
// float32), a product with the matrix of the transform is as exact and faster up to some hundred points.

import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, dimAt, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { lower, type LoweringRow } from './row.ts'

/** Beyond, the matrix costs more than the transform. */
const MAX_MATRIX = 512

interface Waves {
  readonly cos: OnnxValue
  readonly sin: OnnxValue
}

/** cos and sin of 2πjk/n for j < rows, k < columns: one period, exactly rounded, picked by jk mod n. onnxruntime folds it when it loads. */
function waves(b: OnnxBuilder, dtype: ScalarType, n: number, rows: number, columns: number): Waves {
  const range = (count: number): OnnxValue =>
    b.op('Range', [b.scalar('int64', 0), b.scalar('int64', count), b.scalar('int64', 1)], {}, { dtype: 'int64', dims: [count] })
  const at = b.memo(`waves ${n} ${rows} ${columns}`, () => {
    const product = b.op('Mul', [b.unsqueeze(range(rows), [1]), range(columns)], {}, { dtype: 'int64', dims: [rows, columns] })
    return b.op('Mod', [product, b.scalar('int64', n)], { fmod: 0 }, { dtype: 'int64', dims: [rows, columns] })
  })
  const wave = (name: string, f: (turns: number) => number): OnnxValue =>
    b.memo(`${name} ${dtype} ${n} ${rows} ${columns}`, () => {
      const period = b.elements(
        dtype,
        [n],
        Array.from({ length: n }, (_, i) => f(i)),
      )
      return b.op('Gather', [period, at], { axis: 0 }, { dtype, dims: [rows, columns] })
    })
  return { cos: wave('cos', (i) => cosOfTurn(i, n)), sin: wave('sin', (i) => cosOfTurn(i - n / 4, n)) }
}
/** cos(2πi/n), exact at quarter turns. */
function cosOfTurn(i: number, n: number): number {
  const quarters = (4 * i) / n
  if (Number.isInteger(quarters)) return [1, 0, -1, 0][((quarters % 4) + 4) % 4]!
  return Math.cos((2 * Math.PI * i) / n)
}

const matmul = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue =>
  b.op('MatMul', [x, y], {}, { dtype: x.dtype, dims: x.dims === undefined ? undefined : [...x.dims.slice(0, -1), y.dims?.at(-1) ?? null] })
const add = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Add', [x, y])
const sub = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Sub', [x, y])
const neg = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Neg', [x])
const half = (n: number): number => Math.floor(n / 2) + 1

/** The extent of the last axis, where a matrix serves it. */
function matrixSize(x: OnnxValue): number | undefined {
  const n = dimAt(x, -1)
  return typeof n === 'number' && n > 0 && n <= MAX_MATRIX ? n : undefined
}

/** onnxruntime's transform in float64, of parts as a trailing axis; forward only. `im` undefined: a real signal. */
function dft(b: OnnxBuilder, re: OnnxValue, im: OnnxValue | undefined, onesided: boolean): readonly [OnnxValue, OnnxValue] {
  b.requireOpset(20)
  const wide = (x: OnnxValue): OnnxValue => b.unsqueeze(b.cast(x, 'float64'), [-1])
  const parts = im === undefined ? wide(re) : b.op('Concat', [wide(re), wide(im)], { axis: -1 }, { dtype: 'float64' })
  // It wants an axis of batches in front.
  const signal = b.op('Unsqueeze', [parts, b.ints([0])], {}, { dtype: 'float64' })
  const spectrum = b.op('DFT', [signal, undefined, b.scalar('int64', -2)], { inverse: 0, onesided: onesided ? 1 : 0 }, { dtype: 'float64' })
  const flat = b.op('Squeeze', [spectrum, b.ints([0])], {}, { dtype: 'float64' })
  const part = (index: number): OnnxValue =>
    b.cast(b.op('Gather', [flat, b.scalar('int64', index)], { axis: -1 }, { dtype: 'float64' }), re.dtype)
  return [part(0), part(1)]
}

/** Transforms backwards are transforms forwards with the parts exchanged, before and behind. */
function complexTransform(b: OnnxBuilder, re: OnnxValue, im: OnnxValue, forward: boolean): readonly [OnnxValue, OnnxValue] {
  if (!forward) {
    const [y, x] = complexTransform(b, im, re, true)
    return [x, y]
  }
  const n = matrixSize(re)
  if (n === undefined) return dft(b, re, im, false)
  // (x + iy)(cos − i·sin)
  const { cos, sin } = waves(b, re.dtype, n, n, n)
  return [add(b, matmul(b, re, cos), matmul(b, im, sin)), sub(b, matmul(b, im, cos), matmul(b, re, sin))]
}

function realTransform(b: OnnxBuilder, x: OnnxValue, forward: boolean, onesided: boolean): readonly [OnnxValue, OnnxValue] {
  const n = matrixSize(x)
  if (n === undefined) {
    const [re, im] = dft(b, x, undefined, onesided)
    return [re, forward ? im : neg(b, im)]
  }
  const { cos, sin } = waves(b, x.dtype, n, n, onesided ? half(n) : n)
  const im = matmul(b, x, sin)
  return [matmul(b, x, cos), forward ? neg(b, im) : im]
}

/** y_j = Σ w_k (x_k cos(2πjk/n) − y_k sin(2πjk/n)): every frequency twice, save the first and, of an even n, the last. */
function toReal(b: OnnxBuilder, re: OnnxValue, im: OnnxValue, n: ScalarOperand, forward: boolean): OnnxValue {
  const known = constantNumber(n)
  if (known === undefined || known > MAX_MATRIX) return mirrored(b, re, im, n, forward)
  const count = half(known)
  const { cos, sin } = waves(b, re.dtype, known, count, known)
  const weights = b.elements(
    re.dtype,
    [count],
    Array.from({ length: count }, (_, k) => (k === 0 || 2 * k === known ? 1 : 2)),
  )
  const [x, y] = [re, im].map((part) => b.op('Mul', [part, weights])) as [OnnxValue, OnnxValue]
  const [even, odd] = [matmul(b, x, cos), matmul(b, y, sin)]
  return forward ? add(b, even, odd) : sub(b, even, odd)
}
/** The whole spectrum from its half, then the transform of that. */
function mirrored(b: OnnxBuilder, re: OnnxValue, im: OnnxValue, n: ScalarOperand, forward: boolean): OnnxValue {
  const size = b.number(n, 'int64')
  const last = b.op('Div', [b.op('Sub', [size, b.scalar('int64', 1)]), b.scalar('int64', 2)])
  const from = b.reshapeTo(last, [1])
  const back = (x: OnnxValue): OnnxValue => b.op('Slice', [x, from, b.ints([0]), b.ints([-1]), b.ints([-1])], {}, { dtype: x.dtype })
  const whole = (x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Concat', [x, y], { axis: -1 }, { dtype: x.dtype })
  const [x, y] = [whole(re, back(re)), whole(im, neg(b, back(im)))]
  return forward ? dft(b, x, y, false)[0] : dft(b, y, x, false)[1]
}

export const fftLowerings: readonly LoweringRow[] = [
  lower('functional::_dft_c2c(Tensor re, Tensor im, bool forward) -> (Tensor, Tensor)', ({ re, im, forward }, b) =>
    complexTransform(b, re, im, forward),
  ),
  lower('functional::_dft_r2c(Tensor self, bool forward, bool onesided) -> (Tensor, Tensor)', ({ self, forward, onesided }, b) =>
    realTransform(b, self, forward, onesided),
  ),
  lower('functional::_dft_c2r(Tensor re, Tensor im, int n, bool forward) -> Tensor', ({ re, im, n, forward }, b) =>
    toReal(b, re, im, n, forward),
  ),
]
