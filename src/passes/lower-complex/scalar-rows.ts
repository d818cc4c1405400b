// Python's complex numbers: from tensors and other numbers, and what becomes of them. Arithmetic on them is that of tensors.
// Answers to torch/csrc/jit/runtime/register_prim_ops.cpp.

import { floatType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { abs, add, angle, full, pair, polar, timesI, type Pair } from './pair.ts'
import { isNumber } from './real-ops.ts'
import { complexRow, loweredRow, type ComplexRow, type Result } from './row.ts'

/** The only element of a tensor, part by part. */
function item(c: Call, value: Value): Pair {
  const { re, im } = c.rawPair(value)
  const number = (part: Value | undefined): Value | undefined => part && (isNumber(part) ? part : c.e.op('aten::Float', [part], floatType))
  return pair(number(re), number(im))
}
/** `complex(a, b)` is a + bi, whatever a and b are. */
function made(c: Call): Pair {
  const [a, b] = c.node.inputs
  const re = item(c, a!)
  return b === undefined ? re : add(c.e, re, timesI(c.e, item(c, b)))
}
const asked =
  (name: string, join: string) =>
  (c: Call): Result => {
    const { re, im } = full(c.e, c.pairAt(0))
    const of = (part: Value): Value => c.e.op(`aten::${name}`, [part], { kind: 'bool' })
    return c.e.op(join, [of(re), of(im)], { kind: 'bool' })
  }

export const scalarRows: readonly ComplexRow[] = [
  complexRow('item ScalarImplicit ComplexImplicit _local_scalar_dense', (c) => item(c, c.node.input())),
  complexRow('Complex', made),
  complexRow('prim::abs', (c) => abs(c.e, c.pairAt(0))),
  complexRow('angle.complex angle.Scalar', (c) => angle(c.e, c.pairAt(0))),
  loweredRow('angle.int angle.float', (c) =>
    c.e.op('aten::atan2', [c.e.float(0), c.e.op('aten::Float', [c.node.input()], floatType)], floatType),
  ),
  complexRow('polar.int polar.float polar.int_float polar.float_int polar.Scalar_Scalar', (c) => {
    const [r, phi] = [c.node.input(0), c.node.input(1)]
    return polar(c.e, r, phi)
  }),
  complexRow('isnan.complex', asked('isnan', 'aten::__or__')),
  complexRow('isinf.complex', asked('isinf', 'aten::__or__')),
  complexRow('isfinite.complex', asked('isfinite', 'aten::__and__')),
]
