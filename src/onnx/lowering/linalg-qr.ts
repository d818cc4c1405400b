// Householder QR: the factors as LAPACK packs them, products with Q, and the rows over both. Signs are LAPACK's: R's diagonal is −sign(α)·‖x‖.
// Answers to LAPACK's larfg, geqrf, orgqr and ormqr, and aten/src/ATen/native/BatchLinearAlgebra.cpp.

import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue } from '../operand.ts'
import { Matrices, squeezed, stack, stacks } from './linalg-matrices.ts'
import type { Int } from './int-math.ts'
import { lower, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

export interface QR {
  /** R on and above the diagonal, the reflectors below it without their leading ones: [B, p, q]. */
  readonly packed: OnnxValue
  /** H = 1 − τ·v·vᵀ: [B, 1, min(p, q)]. */
  readonly tau: OnnxValue
}

export function factorQR(m: Matrices, x: OnnxValue): QR {
  const [p, q] = [m.size(x, 1), m.size(x, 2)]
  const steps = m.smaller(p, q)
  const [i, j, step] = [m.index(p, 1), m.index(q, 2), m.index(steps, 2)]
  const start = m.filled(0, x.dtype, [m.size(x, 0), { kind: 'constant', value: 1n }, steps])
  const [packed, tau] = m.loop(steps, [x, start], (s, k, [a, taus]) => {
    const [at, below] = [s.equal(i, k), s.greater(i, k)]
    const column = s.pick(a!, k, 2)
    const alpha = s.pick(column, k, 1)
    const rest = s.sum(s.square(s.where(below, column, 0)), 1)
    // Nothing to reflect: H is the identity.
    const none = s.equal(rest, 0)
    const beta = s.neg(s.mul(s.sign(alpha), s.sqrt(s.add(s.square(alpha), rest))))
    const t = s.where(none, 0, s.div(s.sub(beta, alpha), s.where(none, 1, beta)))
    const v = s.where(below, s.div(column, s.where(none, 1, s.sub(alpha, beta))), s.cast(at, x.dtype))
    const reflected = s.sub(a!, s.mul(s.mul(t, v), s.matmul(s.transpose(v), a!)))
    const own = s.where(below, v, s.where(at, s.where(none, alpha, beta), column))
    return [s.where(s.greater(j, k), reflected, s.where(s.equal(j, k), own, a!)), s.where(s.equal(step, k), t, taus!)]
  })
  return { packed: packed!, tau: tau! }
}

/** Q·C for C [B, p, r], or Qᵀ·C: the reflectors one after the other, the last one first, or the other way round. */
export function timesQ(m: Matrices, { packed, tau }: QR, c: OnnxValue, transposed = false): OnnxValue {
  const count = m.size(tau, 2)
  const i = m.index(m.size(packed, 1), 1)
  const last = m.sub(m.b.number(count, 'int64'), 1)
  return m.loop(count, [c], (s, turn, [x]) => {
    const k = transposed ? turn : s.sub(last, turn)
    const v = s.where(s.greater(i, k), s.pick(packed, k, 2), s.cast(s.equal(i, k), packed.dtype))
    return [s.sub(x!, s.mul(s.mul(s.pick(tau, k, 2), v), s.matmul(s.transpose(v), x!)))]
  })[0]!
}
/** The first columns of Q, [B, p, columns]. */
export function columnsOfQ(m: Matrices, qr: QR, columns: Int): OnnxValue {
  const { packed } = qr
  const p = m.size(packed, 1)
  const sizes = m.vector([m.size(packed, 0), p, m.b.number(toOperand(columns), 'int64')])
  return timesQ(m, qr, m.b.op('Expand', [m.eye(p, columns, packed.dtype), sizes], {}, { dims: [null, null, null] }))
}
const toOperand = (n: Int) => (typeof n === 'number' ? ({ kind: 'constant', value: BigInt(n) } as const) : n)

function qr(b: OnnxBuilder, a: OnnxValue, mode: string, out: readonly ResultInfo[]): readonly OnnxValue[] {
  if (mode !== 'reduced' && mode !== 'complete' && mode !== 'r')
    throw new UnmetNeed('mode', `'reduced', 'complete' or 'r', found '${mode}'`)
  const m = new Matrices(b)
  const of = stack(m, a)
  const factors = factorQR(m, of.x)
  const [p, q] = [m.size(of.x, 1), m.size(of.x, 2)]
  const side = mode === 'complete' ? p : m.smaller(p, q)
  const r = of.restore(m.upper(m.slice(factors.packed, 0, side, 1)))
  if (mode === 'r') return [{ ...b.elements(a.dtype, [0], []), dims: out[0]?.dims }, r]
  return [of.restore(columnsOfQ(m, factors, side)), r]
}

/** τ [..., k] as [..., 1, k]. */
const row = (b: OnnxBuilder, tau: OnnxValue): OnnxValue => b.unsqueeze(tau, [rankOf(tau)! - 1])

function householderProduct(b: OnnxBuilder, packed: OnnxValue, tau: OnnxValue): OnnxValue {
  const m = new Matrices(b)
  const of = stack(m, packed)
  return of.restore(columnsOfQ(m, { packed: of.x, tau: stack(m, row(b, tau)).x }, m.size(of.x, 2)))
}

export const linalgQrLowerings: readonly LoweringRow[] = [
  lower('aten::linalg_qr(Tensor A, str mode="reduced") -> (Tensor Q, Tensor R)', ({ A, mode }, b, out) => qr(b, A, mode, out)),
  lower('aten::qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)', ({ self, some }, b, out) =>
    qr(b, self, some ? 'reduced' : 'complete', out),
  ),
  lower('aten::geqrf(Tensor self) -> (Tensor a, Tensor tau)', ({ self }, b) => {
    const m = new Matrices(b)
    const of = stack(m, self)
    const { packed, tau } = factorQR(m, of.x)
    return [of.restore(packed), of.restore(squeezed(m, tau, 1))]
  }),
  lower('aten::linalg_householder_product(Tensor input, Tensor tau) -> Tensor', { rank: ['input', 'tau'] }, ({ input, tau }, b) =>
    householderProduct(b, input, tau),
  ),
  lower('aten::orgqr(Tensor self, Tensor input2) -> Tensor', { rank: ['self', 'input2'] }, ({ self, input2 }, b) =>
    householderProduct(b, self, input2),
  ),
  lower(
    'aten::ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor',
    { rank: ['self', 'input2', 'input3'] },
    ({ self, input2, input3, left, transpose }, b) => {
      const m = new Matrices(b)
      const [packed, tau, c] = stacks(m, [self, row(b, input2), input3])
      const factors = { packed: packed!.x, tau: tau!.x }
      // C·Q is (Qᵀ·Cᵀ)ᵀ.
      const product = left ? timesQ(m, factors, c!.x, transpose) : m.transpose(timesQ(m, factors, m.transpose(c!.x), !transpose))
      return c!.restore(product)
    },
  ),
]
