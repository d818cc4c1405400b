// Nested functions, which exist for fork: the block of a prim::Closure, lifted into a graph later.
// Answers to emitClosure and emitForkExpr in torch/csrc/jit/frontend/ir_emitter.cpp.

import type { Block } from '../../ir/block.ts'
import { noneType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Def } from '../tree.ts'
import { SimpleValue } from '../values/simple-value.ts'
import { SugaredValue, type CallArguments, type Place } from '../values/sugared-value.ts'
import { declareFunction, emitDefinition } from './definitions.ts'
import type { Emitter } from './emitter.ts'

export class ClosureValue extends SugaredValue {
  readonly kind = 'a nested function'
  readonly value: Value

  constructor(emitter: Emitter, value: Value) {
    super(emitter)
    this.value = value
  }
  override asValue(): Value {
    return this.value
  }
}

function emitClosure(e: Emitter, at: Place, emitBody: (block: Block) => void): ClosureValue {
  const node = e.mark(at).node('prim::Closure', [], [noneType])
  const block = node.addBlock()
  e.withLoopStatus('none', () => {
    e.inFrame(block, () => emitBody(block))
  })
  return new ClosureValue(e, node.output())
}

/** `def f(): …` inside a function. */
export function emitClosureDefinition(e: Emitter, def: Def): void {
  if (def.params.length > 0)
    e.fail('PT2005', 'TorchScript has no nested functions with parameters', def, 'move the function to the top of the file')
  const schema = declareFunction({ def, source: e.source, resolver: e.resolver, unit: e.unit, version: e.version, receiver: undefined })
  const closure = emitClosure(e, def, (block) => {
    emitDefinition(e, def, schema, block)
  })
  e.environment.set(def.name, closure, undefined, def)
}

/** `fork(f, …)`: a closure that makes the call, unless f is one already. */
export function emitFork(e: Emitter, forked: SugaredValue, call: CallArguments, at: Place, kind: 'fork' | 'awaitable'): SugaredValue {
  const node = e.mark(at).node(kind === 'fork' ? 'prim::forkClosure' : 'prim::awaitableClosure', [], [])
  let result: Type = noneType
  e.insertingBefore(node, () => {
    if (forked instanceof ClosureValue) {
      result = forked.value.node.blocks[0]!.returns[0]!.type
      node.addInput(forked.value)
      return
    }
    const closure = emitClosure(e, at, (block) => {
      e.definitions.push({ declared: undefined, merged: undefined })
      const value = forked.call(call, at).asValue(at)
      block.addReturn(value)
      result = value.type
      e.definitions.pop()
    })
    node.addInput(closure.value)
  })
  return new SimpleValue(e, node.addOutput({ kind: kind === 'fork' ? 'Future' : 'Await', of: result }))
}
