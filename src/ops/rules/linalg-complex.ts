// dtype and shape of the factors of complex matrices, which come and go by their parts. Their schemas are in schemas/functional.ts.

import { broadcast } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { knownBool, same } from '../facts.ts'
import { rule, type Rule } from '../rule.ts'
import { columnsOf, leadOf, rowsOf, sideOf, withTail } from './linalg-solve.ts'

const info = (a: Fact): Fact => tensorFact('int32', leadOf(a))
const row = (a: Fact, dtype = a.dtype): Fact => tensorFact(dtype, withTail(leadOf(a), sideOf(a)))
/** A right side with its leading axes broadcast against those of `a`. */
const spread = (a: Fact, x: Fact): Fact => tensorFact(x.dtype, withTail(broadcast(leadOf(a), leadOf(x)), rowsOf(x), columnsOf(x)))
const matrix = (a: Fact, rows: ReturnType<typeof rowsOf>, columns: ReturnType<typeof rowsOf>): Fact =>
  tensorFact(a.dtype, withTail(leadOf(a), rows, columns))

export const linalgComplexRules: readonly Rule[] = [
  rule('functional::_complex_cholesky(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor)', ({ re }) => [same(re), same(re), info(re)]),
  rule('functional::_complex_lu(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor, Tensor)', ({ re }) => [
    same(re),
    same(re),
    row(re, 'int32'),
    info(re),
  ]),
  rule(
    'functional::_complex_triangular(Tensor re, Tensor im, Tensor x, Tensor y, bool upper, bool unit) -> (Tensor, Tensor)',
    ({ re, x }) => [spread(re, x), spread(re, x)],
  ),
  rule(
    'functional::_complex_lu_solve(Tensor re, Tensor im, Tensor pivots, Tensor x, Tensor y, bool adjoint) -> (Tensor, Tensor)',
    ({ re, x }) => [spread(re, x), spread(re, x)],
  ),
  rule('functional::_complex_qr(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor, Tensor)', ({ re }) => [
    same(re),
    same(re),
    row(re),
    row(re),
  ]),
  rule(
    'functional::_complex_reflect(Tensor re, Tensor im, Tensor tau, Tensor tau_im, Tensor x, Tensor y, bool adjoint) -> (Tensor, Tensor)',
    ({ re, x }) => [spread(re, x), spread(re, x)],
  ),
  rule('functional::_complex_ldl(Tensor re, Tensor im, bool hermitian) -> (Tensor, Tensor, Tensor, Tensor)', ({ re }) => [
    same(re),
    same(re),
    row(re, 'int32'),
    info(re),
  ]),
  rule(
    'functional::_complex_ldl_solve(Tensor re, Tensor im, Tensor pivots, Tensor x, Tensor y, bool hermitian) -> (Tensor, Tensor)',
    ({ re, x }) => [spread(re, x), spread(re, x)],
  ),
  rule('functional::_complex_eigh(Tensor re, Tensor im, bool upper) -> (Tensor, Tensor, Tensor)', ({ re }) => [
    row(re),
    same(re),
    same(re),
  ]),
  rule('functional::_complex_svd(Tensor re, Tensor im, bool full) -> (Tensor, Tensor, Tensor, Tensor, Tensor)', ({ re, full }) => {
    const isFull = knownBool(full)
    const [left, right] = isFull === undefined ? [null, null] : isFull ? [rowsOf(re), columnsOf(re)] : [sideOf(re), sideOf(re)]
    const [u, vh] = [matrix(re, rowsOf(re), left), matrix(re, right, columnsOf(re))]
    return [u, u, row(re), vh, vh]
  }),
]
