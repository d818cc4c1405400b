// Eigenvalues of general matrices, which are complex whatever the matrix is; and systems, inverses and functions of complex matrices by the
// real matrix (A −B; B A), which adds, multiplies and inverts as A + iB does. Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { full, pair, type Pair } from './pair.ts'
import type { RealOps } from './real-ops.ts'
import { complexRow, loweredRow, type ComplexRow, type Result } from './row.ts'

function eig(c: Call, vectors: boolean): readonly Result[] {
  const { e } = c
  const { re, im } = c.pair('self')
  const matrix = re ?? e.zerosLike(im!)
  const inputs = [matrix, im ?? e.none(), e.bool(vectors)]
  const [wr, wi, vr, vi] = e.node('functional::_linalg_eig', inputs, [tensorType, tensorType, tensorType, tensorType]).outputs
  return vectors ? [pair(wr, wi), pair(vr, vi)] : [pair(wr, wi)]
}

const joined = (e: RealOps, parts: readonly Value[], axis: number): Value => e.op('aten::cat', [e.list(parts), e.int(axis)])
/** The first or the last half of an axis. */
function halfOf(e: RealOps, x: Value, axis: number, last: boolean): Value {
  const size = e.size(x, axis)
  const known = e.of(size).value
  const middle = typeof known === 'bigint' ? e.constant(known / 2n) : e.op('aten::floordiv', [size, e.int(2)], { kind: 'int' })
  return e.op('aten::slice', [x, e.int(axis), last ? middle : e.int(0), last ? size : middle, e.int(1)])
}
/** (A −B; B A) */
function real(e: RealOps, x: Pair): Value {
  const { re, im } = full(e, x)
  return joined(e, [joined(e, [re, e.neg(im)], -1), joined(e, [im, re], -1)], -2)
}
/** A and B of such a matrix. */
function complex(e: RealOps, x: Value): Pair {
  const left = halfOf(e, x, -1, false)
  return pair(halfOf(e, left, -2, false), halfOf(e, left, -2, true))
}
/** The operator of the real matrix. */
function ofMatrix(c: Call, name: string): Pair {
  const matrix = real(c.e, c.pair(name))
  return complex(c.e, c.again((arg, value) => (arg === name ? matrix : value)).output(0))
}

export const decompositionRows: readonly ComplexRow[] = [
  loweredRow('linalg_eig', (c) => eig(c, true)),
  loweredRow('linalg_eigvals _linalg_eigvals', (c) => eig(c, false)),
  complexRow('inverse matrix_exp linalg_matrix_exp', (c) => ofMatrix(c, 'self')),
  complexRow('linalg_inv', (c) => ofMatrix(c, 'A')),
]
