// for and while. A loop is first a node with two blocks, body and condition; conversion to SSA makes torch's prim::Loop of it.
// Answers to emitLoopCommon in torch/csrc/jit/frontend/ir_emitter.cpp.

import { intType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { MAX_UNROLL } from '../limits.ts'
import type { Expr, For, While } from '../tree.ts'
import { SimpleValue } from '../values/simple-value.ts'
import type { Place, SugaredValue } from '../values/sugared-value.ts'
import { assignLoopTarget } from './assignments.ts'
import { emitToBool } from './conditions.ts'
import type { Emitter } from './emitter.ts'

const FOREVER = 2n ** 63n - 1n

export function emitWhile(e: Emitter, { condition, body, start, end }: While): void {
  const at = { start, end }
  const trips = e.int(FOREVER, at)
  emitLoop(e, at, trips, condition, () => e.statements(body))
}

export function emitFor(e: Emitter, { target, iterable, body, start, end }: For): void {
  emitForEach(e, target, iterable, { start, end }, () => e.statements(body))
}

/** Loops over whatever `iterable` is, running `emitBody` with the target set: for statements and comprehensions. */
export function emitForEach(e: Emitter, target: Expr, iterable: Expr, at: Place, emitBody: () => void): void {
  const values = e.sugared(iterable).iterate(iterable)
  if (values.staticLength !== undefined) return emitUnrolled(e, target, values, at, emitBody)
  const trips = values.length(at)
  emitLoop(e, at, trips, undefined, (counter) => {
    const element = values.item(counter, undefined, at).asValue(at)
    assignLoopTarget(e, target, new SimpleValue(e, element), at)
    emitBody()
  })
}

function emitLoop(e: Emitter, at: Place, trips: Value, condition: Expr | undefined, emitBody: (counter: Value) => void): void {
  const node = e.mark(at).node('prim::Loop', [], [])
  const body = node.addBlock()
  const conditionBlock = node.addBlock()
  if (condition === undefined) conditionBlock.addReturn(e.insertingBefore(node, () => e.constant(true)))
  else
    e.inFrame(conditionBlock, () => {
      conditionBlock.addReturn(emitToBool(e, e.expression(condition), condition))
    })
  node.addInput(trips)
  const counter = body.addParam(intType)
  e.withLoopStatus('loop', () => {
    e.inFrame(body, () => {
      e.mark(at)
      emitBody(counter)
    })
  })
  // A loop may not run at all: whatever its body does, what follows is reached.
  e.exitBlocks.delete(body)
}

/** No frame of its own: each round may give a variable another type. */
function emitUnrolled(e: Emitter, target: Expr, values: SugaredValue, at: Place, emitBody: () => void): void {
  const count = values.staticLength!
  if (count > MAX_UNROLL) e.fail('PT2036', `this loop has ${count} rounds to unroll; the limit is ${MAX_UNROLL}`, at)
  e.withLoopStatus('unrolled', () => {
    for (let i = 0; i < count; i++) {
      assignLoopTarget(e, target, values.item(e.int(BigInt(i), at), undefined, at), at)
      emitBody()
    }
  })
}
