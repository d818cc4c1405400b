// A Loop that goes on while anything of its tensors still changes: what special functions and integer algorithms run on.
// ONNX Loop-16.

import type { OnnxBuilder } from '../builder.ts'
import type { ValueInfo } from '../model.ts'
import type { OnnxValue } from '../operand.ts'
import { reduce } from './reduce.ts'

/** Whether any element is true; of no elements: false. */
export const anyOf = (b: OnnxBuilder, x: OnnxValue): OnnxValue =>
  b.op('Greater', [reduce(b, 'ReduceSum', b.cast(x, 'int64'), undefined, false), b.scalar('int64', 0)])

/**
 * `step` gives the next states and whether to go on; `goes` says so for the first turn. States keep their dtypes and shapes: start with
 * the common shape. `turn` counts from 0, int64. After `limit` turns it ends in any case.
 */
export function iterate(
  b: OnnxBuilder,
  start: readonly OnnxValue[],
  goes: OnnxValue,
  step: (
    scope: OnnxBuilder,
    states: readonly OnnxValue[],
    turn: OnnxValue,
  ) => { readonly next: readonly OnnxValue[]; readonly goes: OnnxValue },
  limit?: number,
): OnnxValue[] {
  const scope = b.scope()
  const inner = (dtype: OnnxValue['dtype'], dims: OnnxValue['dims']): OnnxValue => ({ kind: 'tensor', name: b.freshName(), dtype, dims })
  const [turn, before] = [inner('int64', []), inner('bool', [])]
  const states = start.map(({ dtype, dims }) => inner(dtype, dims))
  const made = step(scope, states, turn)
  // An output of a body must not be one of its inputs, nor a value from outside.
  const outputs = [made.goes, ...made.next].map((value) => scope.op('Identity', [value]))
  const info = ({ name, dtype }: OnnxValue, dims?: OnnxValue['dims']): ValueInfo => ({ name, dtype, dims })
  const body = scope.subgraph(
    'turn',
    [info(turn, []), info(before, []), ...states.map((state) => info(state))],
    outputs.map((value, i) => info(value, i === 0 ? [] : undefined)),
  )
  const trips = limit === undefined ? undefined : b.scalar('int64', limit)
  return b.ops(
    'Loop',
    [trips, goes, ...start],
    { body },
    start.map(({ dtype, dims }) => ({ dtype, dims })),
  )
}
