// Arithmetic on Python ints inside rows: folded where both sides are constant, int64 nodes otherwise. Extents and positions.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'

/** A Python int: constant, 0-d int64 tensor, or a literal. */
export type Int = ScalarOperand | number
type IntOp = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod' | 'Max' | 'Min'

const fold: Readonly<Record<IntOp, (a: bigint, b: bigint) => bigint>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Mod: (a, b) => ((a % b) + b) % b,
  Max: (a, b) => (a > b ? a : b),
  Min: (a, b) => (a < b ? a : b),
}

export const int = (value: Int): ScalarOperand => (typeof value === 'number' ? { kind: 'constant', value: BigInt(value) } : value)
/** The number behind a constant int. */
export function known(value: Int): bigint | undefined {
  if (typeof value === 'number') return BigInt(value)
  return value.kind === 'constant' && (typeof value.value === 'bigint' || typeof value.value === 'boolean')
    ? BigInt(value.value)
    : undefined
}

/** `Div` truncates and is meant for operands that are not negative; `Mod` takes the divisor's sign. */
export function intOp(b: OnnxBuilder, op: IntOp, x: Int, y: Int): ScalarOperand {
  const [a, c] = [known(x), known(y)]
  if (a !== undefined && c !== undefined && !(c === 0n && (op === 'Div' || op === 'Mod')))
    return { kind: 'constant', value: fold[op](a, c) }
  if ((c === 0n && (op === 'Add' || op === 'Sub')) || (c === 1n && (op === 'Mul' || op === 'Div'))) return int(x)
  if ((a === 0n && op === 'Add') || (a === 1n && op === 'Mul')) return int(y)
  return b.op(op, [b.number(int(x), 'int64'), b.number(int(y), 'int64')], op === 'Mod' ? { fmod: 0 } : {}, { dims: [] })
}

/** An int as a 1-d tensor of one element. */
export function vectorOf(b: OnnxBuilder, value: Int): OnnxValue {
  const constant = known(value)
  return constant === undefined ? b.reshapeTo(b.number(int(value), 'int64'), [1]) : b.ints([constant])
}

// A constant line longer than this is computed at run time instead of stored.
const MAX_LINE = 1024

/** 0, 1, … n−1 as a 1-d int64 tensor. */
export function countTo(b: OnnxBuilder, n: Int): OnnxValue {
  const constant = known(n)
  if (constant !== undefined && constant <= MAX_LINE) return b.ints(Array.from({ length: Math.max(0, Number(constant)) }, (_, i) => i))
  const dims = [constant === undefined ? null : Number(constant)]
  return b.op('Range', [b.scalar('int64', 0), b.number(int(n), 'int64'), b.scalar('int64', 1)], {}, { dtype: 'int64', dims })
}

/** A 0-d index with negative values counted from the end. */
export function wrapIndex(b: OnnxBuilder, index: Int, extent: Int): ScalarOperand {
  const at = known(index)
  if (at !== undefined) return at >= 0n ? int(index) : intOp(b, 'Add', extent, index)
  const raw = b.number(int(index), 'int64')
  const fromEnd = b.number(intOp(b, 'Add', raw, extent), 'int64')
  return b.op('Where', [b.op('Less', [raw, b.scalar('int64', 0)]), fromEnd, raw], {}, { dims: [] })
}
