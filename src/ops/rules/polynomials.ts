// dtype and shape of orthogonal polynomials: x and the degree n broadcast, and integers become floats.

import { promoteToFloat } from './pointwise.ts'
import { rules, type Rule } from '../rule.ts'

/** Names of the families, as operators are named after `special_`. */
export const POLYNOMIALS =
  'chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p'.split(
    ' ',
  )
type Schema = 'aten::p(Tensor x, Tensor n) -> Tensor'

/** The three forms of one family: either operand may be a number. */
export const polynomialSchemas = (name: string): Schema[] =>
  [
    `aten::special_${name}(Tensor x, Tensor n) -> Tensor`,
    `aten::special_${name}.x_scalar(Scalar x, Tensor n) -> Tensor`,
    `aten::special_${name}.n_scalar(Tensor x, Scalar n) -> Tensor`,
  ] as string[] as Schema[]

export const polynomialRules: readonly Rule[] = rules(POLYNOMIALS.flatMap(polynomialSchemas), ({ x, n }) =>
  promoteToFloat({ self: x, other: n }),
)
