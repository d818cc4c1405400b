// Lists, dicts and tuples: made, taken apart, and read from. A container that never changes is known item by item; another is a cell
// that holds copies of its elements, which must then not be written under another name.

import { coreType } from '../../analysis/mutable-type.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import type { Functionalizer } from './functionalizer.ts'
import type { Memory } from './memory.ts'
import { isHandle, type Handle, type ItemsReference, type Reference, type Step } from './reference.ts'
import { stepOf } from './view-steps.ts'

const constructors = new Set(['prim::ListConstruct', 'prim::TupleConstruct', 'prim::DictConstruct'])

export function visitConstructor(f: Functionalizer, node: Node, output: Value, memory: Memory): boolean {
  if (!constructors.has(node.kind)) return false
  const inputs = f.originals(node)
  if (f.alias.hasWriters(output)) {
    for (const i of inputs.keys()) checkEntering(f, node, i)
    f.own(output, memory)
    return true
  }
  const items = inputs.map((value) => f.handles.get(value) ?? value)
  const references = items.flatMap((item) => (isHandle(item) ? [memory.resolve(item)] : []))
  f.refer(
    output,
    {
      kind: 'items',
      constructor_: node.kind,
      items,
      node,
      type: output.type,
      roots: [...new Set(references.flatMap((reference) => reference.roots))],
      depth: Math.max(0, ...references.map((reference) => reference.depth)) + 1,
    },
    memory,
  )
  return true
}

/** Input `i` enters a container that keeps a copy of it. */
export function checkEntering(f: Functionalizer, node: Node, i: number): void {
  if (!f.isWritten(f.originals(node)[i]!) || f.alias.isSeparable(f.alias.edge(node, `store:${i}`))) return
  f.fail(
    'PT3001',
    node,
    'a value enters a list or dict, and is written later through one of its two names while the other is still read.',
    'put a copy (.clone()) into the container.',
  )
}

/** An element taken out at a known place. */
export function visitExtraction(f: Functionalizer, node: Node, output: Value, memory: Memory): boolean {
  const unpacks = node.kind === 'prim::ListUnpack' || node.kind === 'prim::TupleUnpack'
  if (!unpacks && node.kind !== 'prim::TupleIndex' && node.kind !== 'aten::__getitem__') return false
  const handle = f.handles.get(f.originals(node)[0]!)
  if (handle === undefined) return false
  const index = unpacks ? output.index : node.input(1)
  const reference = memory.resolve(handle)
  const item = itemAt(reference, index, memory)
  if (item !== undefined) {
    if (isHandle(item)) f.handles.set(output, item)
    return true
  }
  if (reference.kind === 'step' && isListOfViews(reference.step)) {
    const { parent } = reference
    const step: Step = { ...reference.step, element: index, listType: reference.type, type: output.type }
    f.refer(output, { ...reference, parent, step, type: output.type }, memory)
    return true
  }
  if (f.alias.isSeparable(f.alias.edge(node, `load:${output.index}`))) {
    f.own(output, memory)
    return true
  }
  if (reference.kind === 'choice' && f.alias.hasWriters(f.originals(node)[0]!))
    f.fail('PT3001', node, 'an element of one of several lists, chosen at run time, is written while the list is still read.')
  const tuple = coreType(node.input().type).kind === 'Tuple'
  const operand = typeof index === 'number' ? Builder.replacing(node).int(index) : index
  const step: Step = {
    ...stepOf(node, output),
    kind: tuple ? 'prim::TupleIndex' : 'aten::__getitem__',
    schema: undefined,
    operands: [operand],
  }
  const structure =
    tuple || reference.kind === 'items' || reference.roots.length !== 1 ? undefined : memory.structure.get(reference.roots[0]!)
  f.refer(
    output,
    { kind: 'step', parent: reference, step, structure, type: output.type, roots: reference.roots, depth: reference.depth + 1 },
    memory,
  )
  return true
}

const isListOfViews = (step: Step): boolean =>
  step.element === undefined && step.node.input().type.kind === 'Tensor' && step.type.kind === 'List'

/** The item at a constant index or key. */
function itemAt(reference: Reference, index: Value | number, memory: Memory): Handle | Value | undefined {
  const key = typeof index === 'number' ? BigInt(index) : constantOf(index)
  if (key === undefined || key === null) return undefined
  if (reference.kind === 'choice') {
    const of = reference.of.map((side) => itemAt(side, index, memory))
    const [a, b] = of
    if (a === undefined || b === undefined || !isHandle(a) || !isHandle(b)) return undefined
    if (a === b) return a
    const sides = [memory.resolve(a), memory.resolve(b)] as const
    const roots = [...new Set(sides.flatMap((side) => side.roots))]
    return { reference: { ...reference, of: sides, type: sides[0].type, roots } }
  }
  if (reference.kind !== 'items') return undefined
  return reference.constructor_ === 'prim::DictConstruct' ? entryAt(reference, key) : at(reference.items, key)
}
function at(items: ItemsReference['items'], key: unknown): Handle | Value | undefined {
  return typeof key === 'bigint' ? items.at(Number(key)) : undefined
}
function entryAt({ items }: ItemsReference, key: unknown): Handle | Value | undefined {
  let found: Handle | Value | undefined
  for (let i = 0; i < items.length; i += 2) {
    const known = isHandle(items[i]!) ? undefined : constantOf(items[i] as Value)
    // A key that is not known may be the one.
    if (known === undefined) return undefined
    if (known === key) found = items[i + 1]
  }
  return found
}

/** What comes out of a container in any other way: `get`, `values`, slices, concatenation. */
export function visitOtherExtraction(f: Functionalizer, node: Node, output: Value, memory: Memory): void {
  if (!f.alias.isSeparable(f.alias.edge(node, `load:${output.index}`)))
    f.fail(
      'PT3001',
      node,
      `the result of ${node.kind} shares elements with its argument, and one of the two is written while the other is still read.`,
      'copy the elements (.clone()).',
    )
  f.own(output, memory)
}
