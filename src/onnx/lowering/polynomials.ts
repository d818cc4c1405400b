// Orthogonal polynomials: each by its three-term recurrence, a Loop up to the largest degree; Chebyshev's inside (−1, 1) by the cosine
// form from the degree where torch takes it. Answers to the *_polynomial_*_forward functions of aten/src/ATen/native/Math.h.

import { POLYNOMIALS } from '../../ops/rules/polynomials.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { computeWide, floatResult, like, number, tensor } from './compute.ts'
import { anyOf, iterate } from './iterate.ts'
import { acos, minus, plus, times, trunc } from './real-functions.ts'
import { lower, type LoweringRow, type ResultInfo } from './row.ts'

type Of = (b: OnnxBuilder, x: OnnxValue, k: OnnxValue) => OnnxValue
/** p(k + 1) from x, k, p(k) and p(k − 1). */
type Recurrence = (b: OnnxBuilder, x: OnnxValue, k: OnnxValue, now: OnnxValue, before: OnnxValue) => OnnxValue

interface Family {
  /** p(1). */
  readonly first: (b: OnnxBuilder, x: OnnxValue) => OnnxValue
  readonly next: Recurrence
  /** p(n) of x = 1 and of x = −1, where they are given outright. */
  readonly ends?: readonly [Of, Of]
  /** p(n) of |x| < 1 for n beyond a degree. */
  readonly inside?: { readonly beyond: number; readonly value: Of }
  /** Larger degrees are NaN. */
  readonly limit?: { readonly float32: number; readonly float64: number }
}

const mul = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Mul', [x, y])
const twice = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Add', [x, x])
const one: Of = (b, _x, n) => like(b, n, 1)
/** (−1)ⁿ. */
const sign: Of = (b, _x, n) => minus(b, 1, times(b, b.op('Mod', [n, like(b, n, 2)], { fmod: 1 }), 2))
const alternating =
  (size: Of): Of =>
  (b, x, n) =>
    mul(b, sign(b, x, n), size(b, x, n))
const nPlusOne: Of = (b, _x, n) => plus(b, n, 1)
const twoNPlusOne: Of = (b, _x, n) => plus(b, twice(b, n), 1)

const wave = (name: 'Sin' | 'Cos', angle: OnnxValue, b: OnnxBuilder): OnnxValue => b.op(name, [angle])
const cosineForm: Of = (b, x, n) => wave('Cos', mul(b, n, acos(b, x)), b)
/** sin((n + 1)θ)/sin θ. */
const sineForm: Of = (b, x, n) => {
  const angle = acos(b, x)
  return b.op('Div', [wave('Sin', mul(b, plus(b, n, 1), angle), b), wave('Sin', angle, b)])
}
/** f((n + ½)θ)/f(θ/2). */
const halfForm =
  (name: 'Sin' | 'Cos'): Of =>
  (b, x, n) => {
    const angle = acos(b, x)
    return b.op('Div', [wave(name, mul(b, plus(b, n, 0.5), angle), b), wave(name, times(b, angle, 0.5), b)])
  }

const doubling: Recurrence = (b, x, _k, now, before) => b.op('Sub', [mul(b, twice(b, x), now), before])
const chebyshev = (shift: number | undefined, ends: readonly [Of, Of], beyond: number, value: Of): Family => ({
  first: (b, x) => (shift === undefined ? x : shift === 0 ? twice(b, x) : plus(b, twice(b, x), shift)),
  next: doubling,
  ends,
  inside: { beyond, value },
})
/** T, U, V and W with the degrees beyond which torch takes the closed form. */
const kinds = ([t, u, v, w]: readonly [number, number, number, number]): Family[] => [
  chebyshev(undefined, [one, sign], t, cosineForm),
  chebyshev(0, [nPlusOne, alternating(nPlusOne)], u, sineForm),
  chebyshev(-1, [one, alternating(twoNPlusOne)], v, halfForm('Cos')),
  chebyshev(1, [twoNPlusOne, sign], w, halfForm('Sin')),
]

const HERMITE_LIMIT = { float32: 128, float64: 512 }
/** In the order of POLYNOMIALS. Shifted polynomials are those of 2x − 1. */
const FAMILIES: readonly Family[] = [
  ...kinds([6, 8, 8, 8]),
  ...kinds([6, 6, 6, 4]),
  {
    first: twice,
    next: (b, x, k, now, before) => b.op('Sub', [mul(b, twice(b, x), now), mul(b, twice(b, k), before)]),
    limit: HERMITE_LIMIT,
  },
  { first: (_b, x) => x, next: (b, x, k, now, before) => b.op('Sub', [mul(b, x, now), mul(b, k, before)]), limit: HERMITE_LIMIT },
  {
    first: (b, x) => minus(b, 1, x),
    next: (b, x, k, now, before) => {
      const factor = b.op('Add', [twice(b, k), minus(b, 1, x)])
      return b.op('Div', [b.op('Sub', [mul(b, factor, now), mul(b, k, before)]), plus(b, k, 1)])
    },
  },
  {
    first: (_b, x) => x,
    next: (b, x, k, now, before) => {
      const factor = mul(b, plus(b, twice(b, k), 1), x)
      return b.op('Div', [b.op('Sub', [mul(b, factor, now), mul(b, k, before)]), plus(b, k, 1)])
    },
    ends: [one, sign],
  },
]

function evaluate(b: OnnxBuilder, argument: OnnxValue, degree: OnnxValue, family: Family, shifted: boolean): OnnxValue {
  const given = shifted ? plus(b, twice(b, argument), -1) : argument
  // Degrees count down to whole numbers; what is no number counts as negative.
  const finite = b.op('Less', [b.op('Abs', [degree]), like(b, degree, 2 ** 53)])
  const whole = b.op('Where', [finite, trunc(b, degree), like(b, degree, -1)])
  const x = b.op('Add', [given, times(b, whole, 0)])
  const n = b.op('Where', [b.op('Equal', [x, x]), whole, whole])
  const size = b.op('Abs', [x])
  const within =
    family.inside === undefined
      ? undefined
      : b.op('And', [b.op('Less', [size, like(b, x, 1)]), b.op('Greater', [n, like(b, n, family.inside.beyond)])])
  const end = family.ends === undefined ? undefined : b.op('Equal', [size, like(b, x, 1)])
  const tooHigh =
    family.limit === undefined ? undefined : b.op('Greater', [n, like(b, n, family.limit[x.dtype === 'float64' ? 'float64' : 'float32'])])
  // What is given outright takes no turn of the loop.
  const outright = [within, end, tooHigh].filter((mask) => mask !== undefined)
  const turns = outright.reduce((m, mask) => b.op('Where', [mask, like(b, m, 0), m]), n)
  const start = family.first(b, x)
  const ones = b.op('Where', [b.op('Equal', [x, x]), like(b, x, 1), like(b, x, 1)])
  const goesOn = (s: OnnxBuilder, k: OnnxValue, now: OnnxValue): OnnxValue =>
    anyOf(s, s.op('And', [s.op('Less', [k, turns]), s.op('Equal', [now, now])]))
  const [now] = iterate(b, [start, ones], goesOn(b, like(b, x, 1), start), (s, [now, before], turn) => {
    const k = plus(s, s.cast(turn, x.dtype), 1)
    const active = s.op('Less', [k, turns])
    const next = s.op('Where', [active, family.next(s, x, k, now!, before!), now!])
    return { next: [next, s.op('Where', [active, now!, before!])], goes: goesOn(s, plus(s, k, 1), next) }
  })
  let value = b.op('Where', [b.op('Less', [n, like(b, n, 1)]), like(b, x, 1), now!])
  if (within !== undefined) value = b.op('Where', [within, family.inside!.value(b, x, n), value])
  if (end !== undefined) {
    const [right, left] = family.ends!.map((of) => of(b, x, n)) as [OnnxValue, OnnxValue]
    value = b.op('Where', [end, b.op('Where', [b.op('Greater', [x, like(b, x, 0)]), right, left]), value])
  }
  if (tooHigh !== undefined) value = b.op('Where', [tooHigh, like(b, x, NaN), value])
  return b.op('Where', [b.op('Less', [n, like(b, n, 0)]), like(b, x, 0), value])
}

type Build = (x: ScalarOperand, n: ScalarOperand, b: OnnxBuilder, out: readonly ResultInfo[]) => OnnxValue
const fact = (operand: ScalarOperand, isTensor: boolean) => (isTensor && operand.kind === 'tensor' ? tensor(operand) : number(operand))

function forms(name: string, family: Family): LoweringRow[] {
  const build =
    (xIsTensor: boolean, nIsTensor: boolean): Build =>
    (x, n, b, out) =>
      computeWide(b, floatResult(out, fact(x, xIsTensor), fact(n, nIsTensor)), [x, n], (v, degree) =>
        evaluate(b, v, degree, family, name.startsWith('shifted')),
      )
  return [
    lower(`aten::special_${name}(Tensor x, Tensor n) -> Tensor` as 'aten::p(Tensor x, Tensor n) -> Tensor', ({ x, n }, b, out) =>
      build(true, true)(x, n, b, out),
    ),
    lower(`aten::special_${name}.x_scalar(Scalar x, Tensor n) -> Tensor` as 'aten::p(Scalar x, Tensor n) -> Tensor', ({ x, n }, b, out) =>
      build(false, true)(x, n, b, out),
    ),
    lower(`aten::special_${name}.n_scalar(Tensor x, Scalar n) -> Tensor` as 'aten::p(Tensor x, Scalar n) -> Tensor', ({ x, n }, b, out) =>
      build(true, false)(x, n, b, out),
    ),
  ]
}

export const polynomialLowerings: readonly LoweringRow[] = POLYNOMIALS.flatMap((name, i) => forms(name, FAMILIES[i]!))
