// Gives a reference a new value: back through its views to the cell.

import { coreType } from '../../analysis/mutable-type.ts'
import { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import type { Functionalizer } from './functionalizer.ts'
import { isBijective, isExpand, seesExpanded, writePlaces } from './expanded.ts'
import { Memory } from './memory.ts'
import { mergeBranches } from './merge.ts'
import { checkStructure, readReference } from './read.ts'
import { isHandle, type Cell, type ChoiceReference, type ItemsReference, type Reference, type StepReference } from './reference.ts'
import { writeBack } from './view-steps.ts'

/** `writer` is the node that does it, for messages. */
export function writeReference(f: Functionalizer, b: Builder, memory: Memory, reference: Reference, value: Value, writer: Node): void {
  switch (reference.kind) {
    case 'cell':
      memory.cells.set(reference.cell, value)
      return
    case 'step': {
      if (seesExpanded(reference)) {
        writeExpanded(f, b, memory, reference, value, writer)
        return
      }
      writeReference(f, b, memory, reference.parent, baseOf(f, b, memory, reference, value, writer), writer)
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

/** What the base of a view becomes when the view becomes `value`. */
function baseOf(f: Functionalizer, b: Builder, memory: Memory, reference: StepReference, value: Value, writer: Node): Value {
  checkStructure(memory, reference)
  return writeBack(b, reference.step, readReference(b, memory, reference.parent), value) ?? refuse(f, writer, reference.step.kind)
}

function refuse(f: Functionalizer, writer: Node, view: string): never {
  return f.fail(
    'PT3002',
    writer,
    `${writer.kind} writes through ${view}, and what it views cannot be computed from the result.`,
    'write to a copy (.clone()) and assign it.',
  )
}

/** Through views some of which expand: as any other views where they turn out not to, else place by place. */
function writeExpanded(f: Functionalizer, b: Builder, memory: Memory, reference: StepReference, value: Value, writer: Node): void {
  const steps: StepReference[] = []
  let root: Reference = reference
  for (; root.kind === 'step'; root = root.parent) steps.unshift(root)
  if (root.kind === 'choice' && seesExpanded(root)) {
    const sides = root.of.map((side) => steps.reduce<Reference>((parent, step) => ({ ...step, parent, roots: parent.roots }), side))
    writeChoice(f, b, memory, { ...root, of: [sides[0]!, sides[1]!] }, value, writer)
    return
  }
  const from = steps.findIndex(isExpand)
  const { parent } = steps[from]!
  const read = (at: Reference): Value => readReference(b, memory, at)
  const pairs = steps.filter(isExpand).map((step): [Value, Value] => [read(step.parent), read(step)])
  const [base, before] = [read(parent), read(reference)]
  const node = b.if(isBijective(b, pairs))
  node.copyMetadata(writer)
  const branches = node.blocks.map((block, k) => {
    const inside = new Memory(memory)
    const within = Builder.atEnd(block)
    if (writer.range !== undefined) within.range = writer.range
    let written = value
    if (k === 0) for (const step of steps.slice(from).reverse()) written = baseOf(f, within, inside, step, written, writer)
    else written = writePlaces(within, writer, steps.slice(from), base, before, value) ?? refuse(f, writer, steps[from]!.step.kind)
    writeReference(f, within, inside, parent, written, writer)
    return inside
  })
  mergeBranches(f, node, branches, memory)
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
