// Window functions: constants where the length is known and small, else computed from a range, in float64.
// Answers to the window functions of aten/src/ATen/native/TensorFactories.cpp.

import { hammingSchemas, kaiserSchemas, windowSchemas } from '../../ops/creation-schemas.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { like } from './compute.ts'
import { countTo } from './int-math.ts'
import { minus, plus, times } from './real-functions.ts'
import { lower, type LoweringRow, type ResultInfo } from './row.ts'
import { besselI0 } from './special-bessel.ts'

/** A window of a phase of 0 to 1. */
interface Shape {
  readonly at: (phase: number) => number
  readonly build: (b: OnnxBuilder, phase: OnnxValue) => OnnxValue
}

/** Σ cₖ·cos(2πk·phase). */
const cosines = (...coefficients: readonly number[]): Shape => ({
  at: (phase) => coefficients.reduce((sum, c, k) => sum + c * Math.cos(2 * Math.PI * k * phase), 0),
  build: (b, phase) =>
    coefficients
      .map((c, k) => times(b, b.op('Cos', [times(b, phase, 2 * Math.PI * k)]), c))
      .reduce((sum, term) => b.op('Add', [sum, term])),
})
/** 1 − |2·phase − 1|. */
const triangle: Shape = {
  at: (phase) => 1 - Math.abs(2 * phase - 1),
  build: (b, phase) => minus(b, 1, b.op('Abs', [plus(b, times(b, phase, 2), -1)])),
}

const MAX_TERMS = 4000
/** I₀ by its power series Σ (x²/4)ᵏ/k!². */
function modifiedBessel(x: number): number {
  const quarter = (x * x) / 4
  let [sum, term] = [1, 1]
  for (let k = 1; k <= MAX_TERMS && term > sum * Number.EPSILON; k++) sum += term *= quarter / (k * k)
  return sum
}
/** I₀(β·√(1 − (2·phase − 1)²))/I₀(β). */
const kaiser = (beta: number): Shape => ({
  at: (phase) => modifiedBessel(beta * Math.sqrt(Math.max(0, 1 - (2 * phase - 1) ** 2))) / modifiedBessel(beta),
  build: (b, phase) => {
    const side = plus(b, times(b, phase, 2), -1)
    const height = b.op('Max', [minus(b, 1, b.op('Mul', [side, side])), like(b, phase, 0)])
    return b.op('Div', [besselI0(b, times(b, b.op('Sqrt', [height]), beta)), like(b, phase, modifiedBessel(beta))])
  },
})

// Longer windows are computed at run time, not stored.
const MAX_CONSTANT = 4096

function windowOf(
  b: OnnxBuilder,
  { at, build }: Shape,
  length: ScalarOperand,
  periodic: boolean | undefined,
  out: readonly ResultInfo[],
): OnnxValue {
  const dtype = out[0]?.dtype ?? 'float32'
  const known = constantNumber(length)
  if (known !== undefined && known <= MAX_CONSTANT) {
    const period = periodic === false ? known - 1 : known
    const values = Array.from({ length: Math.max(0, known) }, (_, i) => (known === 1 ? 1 : at(i / period)))
    return b.elements(dtype, [values.length], values)
  }
  const count = b.number(length, 'float64')
  const period = periodic === false ? plus(b, count, -1) : count
  const phase = b.op('Div', [b.cast(countTo(b, length), 'float64'), b.op('Max', [period, like(b, count, 1)])])
  const values = b.op(
    'Where',
    [b.op('Equal', [count, like(b, count, 1)]), like(b, count, 1), build(b, phase)],
    {},
    { dims: out[0]?.dims ?? [null] },
  )
  return b.cast(values, dtype)
}

const SHAPES: readonly Shape[] = [cosines(0.5, -0.5), cosines(0.54, -0.46), cosines(0.42, -0.5, 0.08), triangle]

export const windowLowerings: readonly LoweringRow[] = [
  ...windowSchemas.map((schema, i) =>
    lower(schema, { constant: ['dtype'] }, ({ window_length, periodic }, b, out) =>
      windowOf(b, SHAPES[Math.floor(i / 2)]!, window_length, periodic, out),
    ),
  ),
  ...hammingSchemas.map((schema) =>
    lower(
      schema as 'aten::w(int window_length, bool periodic, float alpha, float beta, *, ScalarType? dtype=None) -> Tensor',
      { constant: ['dtype', 'alpha', 'beta'] },
      ({ window_length, periodic, alpha, beta = 0.46 }, b, out) => windowOf(b, cosines(alpha, -beta), window_length, periodic, out),
    ),
  ),
  ...kaiserSchemas.map((schema) =>
    lower(schema, { constant: ['dtype', 'beta'] }, ({ window_length, periodic, beta = 12 }, b, out) =>
      windowOf(b, kaiser(beta), window_length, periodic, out),
    ),
  ),
]
