// Rows of torch.special: Bessel, gamma, normal distribution. Answers to aten/src/ATen/native/UnaryOps.cpp and BinaryOps.cpp.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import type { Fact } from '../../ops/fact.ts'
import { computeWide, floatResult, number, tensor } from './compute.ts'
import { digamma, erfcx, type RealFunction } from './real-functions.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'
import {
  airyAi,
  besselI0,
  besselI0e,
  besselI1,
  besselI1e,
  besselJ0,
  besselJ1,
  besselK0,
  besselK1,
  besselY0,
  besselY1,
  scaledBesselK0,
  scaledBesselK1,
  sphericalJ0,
} from './special-bessel.ts'
import { incompleteGamma, multigammaln, polygamma, zeta } from './special-gamma.ts'

const unary = (names: string): 'aten::unary(Tensor self) -> Tensor'[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor self) -> Tensor` as 'aten::unary(Tensor self) -> Tensor')

const UNARY: readonly (readonly [string, RealFunction])[] = [
  ['i0 special_i0 special_modified_bessel_i0', besselI0],
  ['special_i0e', besselI0e],
  ['special_i1 special_modified_bessel_i1', besselI1],
  ['special_i1e', besselI1e],
  ['special_modified_bessel_k0', besselK0],
  ['special_modified_bessel_k1', besselK1],
  ['special_bessel_j0', besselJ0],
  ['special_bessel_j1', besselJ1],
  ['special_bessel_y0', besselY0],
  ['special_bessel_y1', besselY1],
  ['special_digamma special_psi', digamma],
  ['special_erfcx', erfcx],
]
const OF_X: readonly (readonly [string, RealFunction])[] = [
  ['special_airy_ai', airyAi],
  ['special_spherical_bessel_j0', sphericalJ0],
  ['special_scaled_modified_bessel_k0', scaledBesselK0],
  ['special_scaled_modified_bessel_k1', scaledBesselK1],
]

type Out = readonly ResultInfo[]
const elementwise = (build: RealFunction, x: OnnxValue, b: OnnxBuilder, out: Out): OnnxValue =>
  computeWide(b, floatResult(out, tensor(x)), [x], (v) => build(b, v))

/** Two operands, rounded to the result's dtype first, then in float64. */
function pair(
  build: (b: OnnxBuilder, x: OnnxValue, y: OnnxValue) => OnnxValue,
  operands: readonly [ScalarOperand, ScalarOperand],
  facts: readonly [Fact, Fact],
  b: OnnxBuilder,
  out: Out,
): OnnxValue {
  const dtype = floatResult(out, ...facts)
  const [x, y] = operands.map((operand) => b.cast(b.number(operand, dtype), 'float64')) as [OnnxValue, OnnxValue]
  return b.cast(build(b, x, y), dtype)
}

export const specialLowerings: readonly LoweringRow[] = [
  ...UNARY.flatMap(([names, build]) => lowers(unary(names), ({ self }, b, out) => elementwise(build, self, b, out))),
  ...OF_X.map(([name, build]) =>
    lower(`aten::${name}(Tensor x) -> Tensor` as 'aten::f(Tensor x) -> Tensor', ({ x }, b, out) => elementwise(build, x, b, out)),
  ),
  ...lowers(
    ['aten::polygamma(int n, Tensor self) -> Tensor', 'aten::special_polygamma(int n, Tensor self) -> Tensor'],
    { constant: ['n'] },
    ({ n, self }, b, out) => elementwise(polygamma(n), self, b, out),
  ),
  ...lowers(
    ['aten::mvlgamma(Tensor self, int p) -> Tensor', 'aten::special_multigammaln(Tensor self, int p) -> Tensor'],
    { constant: ['p'] },
    ({ self, p }, b, out) => elementwise(multigammaln(p), self, b, out),
  ),
  ...(['igamma igammac', 'special_gammainc special_gammaincc'] as const).flatMap((names) =>
    names
      .split(' ')
      .map((name, i) =>
        lower(
          `aten::${name}(Tensor self, Tensor other) -> Tensor` as 'aten::f(Tensor self, Tensor other) -> Tensor',
          ({ self, other }, b, out) =>
            pair((s, a, x) => incompleteGamma(s, a, x, i === 1), [self, other], [tensor(self), tensor(other)], b, out),
        ),
      ),
  ),
  lower('aten::special_zeta(Tensor self, Tensor other) -> Tensor', ({ self, other }, b, out) =>
    pair(zeta, [self, other], [tensor(self), tensor(other)], b, out),
  ),
  lower('aten::special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor', ({ self, other }, b, out) =>
    pair(zeta, [self, other], [tensor(self), number(other)], b, out),
  ),
  lower('aten::special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor', ({ self, other }, b, out) =>
    pair(zeta, [self, other], [number(self), tensor(other)], b, out),
  ),
]
