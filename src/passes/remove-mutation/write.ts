// Gives a reference a new value: back through its views to the cell.

import { coreType } from '../../analysis/mutable-type.ts'
import { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import type { Functionalizer } from './functionalizer.ts'
import { Memory } from './memory.ts'
import { mergeBranches } from './merge.ts'
import { checkStructure, readReference } from './read.ts'
import { isHandle, type Cell, type ChoiceReference, type ItemsReference, type Reference } from './reference.ts'
import { writeBack } from './view-steps.ts'

/** `writer` is the node that does it, for messages. */
export function writeReference(f: Functionalizer, b: Builder, memory: Memory, reference: Reference, value: Value, writer: Node): void {
  switch (reference.kind) {
    case 'cell':
      memory.cells.set(reference.cell, value)
      return
    case 'step': {
      checkStructure(memory, reference)
      const base = writeBack(b, reference.step, readReference(b, memory, reference.parent), value)
      if (base === undefined)
        f.fail(
          'PT3002',
          writer,
          `${writer.kind} writes through ${reference.step.kind}, and what it views cannot be computed from the result.`,
          'write to a copy (.clone()) and assign it.',
        )
      writeReference(f, b, memory, reference.parent, base, writer)
      break
    }
    case 'items':
      writeItems(f, b, memory, reference, value, writer)
      break
    case 'choice':
      writeChoice(f, b, memory, reference, value, writer)
  }
  memory.setDerived(reference, value)
}

/** Every item gets its part; none may share memory with another. */
function writeItems(f: Functionalizer, b: Builder, memory: Memory, reference: ItemsReference, value: Value, writer: Node): void {
  const seen = new Set<Cell>()
  for (const [i, item] of reference.items.entries()) {
    if (!isHandle(item)) continue
    const target = memory.resolve(item)
    if (target.roots.some((cell) => seen.has(cell)))
      f.fail('PT3001', writer, `${writer.kind} writes one of several values that share memory, chosen at run time.`)
    for (const cell of target.roots) seen.add(cell)
    const dict = coreType(reference.type).kind === 'Dict'
    const key = dict ? keyOf(reference, i) : b.int(i)
    const kind = coreType(reference.type).kind === 'Tuple' ? 'prim::TupleIndex' : 'aten::__getitem__'
    writeReference(f, b, memory, target, b.op(kind, [value, key], target.type), writer)
  }
}
function keyOf(reference: ItemsReference, i: number): Value {
  return reference.items[i - 1] as Value
}

function writeChoice(f: Functionalizer, b: Builder, memory: Memory, reference: ChoiceReference, value: Value, writer: Node): void {
  const node = b.if(reference.condition)
  node.copyMetadata(writer)
  const branches = node.blocks.map((block, k) => {
    const inside = new Memory(memory)
    writeReference(f, Builder.atEnd(block), inside, reference.of[k]!, value, writer)
    return inside
  })
  mergeBranches(f, node, branches, memory)
}
