// The present value of a reference: its cell's value seen through the views, computed again when the cell was written since.

import { fail } from '../../diagnostics/compile-error.ts'
import { Builder } from '../../ir/builder.ts'
import type { Value } from '../../ir/value.ts'
import { Memory } from './memory.ts'
import { isHandle, type Reference, type StepReference } from './reference.ts'
import { applyStep } from './view-steps.ts'

export function readReference(b: Builder, memory: Memory, reference: Reference): Value {
  if (reference.kind === 'cell') return memory.value(reference.cell)
  const known = memory.derived(reference)
  if (known !== undefined) return known
  const value = compute(b, memory, reference)
  memory.setDerived(reference, value)
  return value
}

function compute(b: Builder, memory: Memory, reference: Exclude<Reference, { readonly kind: 'cell' }>): Value {
  switch (reference.kind) {
    case 'step':
      checkStructure(memory, reference)
      return applyStep(b, reference.step, readReference(b, memory, reference.parent))
    case 'items': {
      const items = reference.items.map((item) => (isHandle(item) ? readReference(b, memory, memory.resolve(item)) : item))
      const node = b.graph.create(reference.constructor_, items, [reference.type])
      return b.insert(node.copyMetadata(reference.node)).output()
    }
    case 'choice': {
      const node = b.if(reference.condition, [reference.type])
      node.copyMetadata(reference.node)
      for (const [k, block] of node.blocks.entries())
        block.addReturn(readReference(Builder.atEnd(block), new Memory(memory), reference.of[k]!))
      return node.output()
    }
  }
}

/** An element is known by its place: after elements came or went, the place may hold another one. */
export function checkStructure(memory: Memory, reference: StepReference): void {
  if (reference.structure === undefined || reference.structure === memory.structure.get(reference.roots[0]!)) return
  const { node } = reference.step
  fail('PT3004', 'an element taken out of a list or dict is still used after the container changed, and one of the two is written.', {
    ...(node.range === undefined ? {} : { range: node.range }),
    fix: 'clone the element when it is taken out.',
  })
}
