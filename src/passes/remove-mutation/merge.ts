// Where two branches meet: what either wrote becomes an output of the If; what was made inside and is referred to outside is led out.

import { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { isInside } from '../../analysis/execution-order.ts'
import type { Functionalizer } from './functionalizer.ts'
import type { Memory } from './memory.ts'
import { cellReference, isHandle, type Cell, type Handle, type Reference } from './reference.ts'

/** Makes `memory` what it is behind the If. */
export function mergeBranches(f: Functionalizer, node: Node, branches: readonly Memory[], memory: Memory): void {
  for (const [cell, before] of memory.cells) {
    const after = branches.map((branch) => branch.value(cell))
    if (after.every((value) => value === before)) continue
    for (const [i, value] of after.entries()) node.blocks[i]!.addReturn(value)
    memory.cells.set(cell, node.addOutput(cell.type, cell.debugName))
  }
  for (const [cell, token] of memory.structure)
    if (branches.some((branch) => branch.structure.get(cell) !== token)) memory.structure.set(cell, {})
  const outer = (handle: Handle): boolean => handle.reference.roots.every((cell) => memory.cells.has(cell))
  const moved = new Set(branches.flatMap((branch) => [...branch.moved.keys()]).filter(outer))
  for (const handle of moved)
    if (new Set(branches.map((branch) => branch.resolve(handle))).size > 1)
      f.fail('PT3001', node, 'a tensor is reshaped in place in one branch only.', 'use the operator without the underscore.')
    else memory.move(handle, branches[0]!.resolve(handle))
}

/** Leads what a reference made in branch `k` needs out of an If. */
export class Exporter {
  readonly #node: Node
  readonly #k: number
  readonly #inside: Memory
  readonly #outside: Memory
  readonly #cells = new Map<Cell, Cell>()
  readonly #values = new Map<Value, Value>()

  constructor(node: Node, k: number, inside: Memory, outside: Memory) {
    this.#node = node
    this.#k = k
    this.#inside = inside
    this.#outside = outside
  }

  reference(reference: Reference): Reference {
    switch (reference.kind) {
      case 'cell':
        return cellReference(this.#cell(reference.cell))
      case 'step': {
        const parent = this.reference(reference.parent)
        const operands = reference.step.operands.map((value) => this.#value(value))
        const { element } = reference.step
        const step = { ...reference.step, operands, ...(typeof element === 'object' ? { element: this.#value(element) } : {}) }
        return {
          ...reference,
          parent,
          step,
          roots: parent.roots,
          structure: reference.structure && this.#outside.structure.get(parent.roots[0]!),
        }
      }
      case 'items': {
        const items = reference.items.map((item) =>
          isHandle(item) ? { reference: this.reference(this.#inside.resolve(item)) } : this.#value(item),
        )
        return { ...reference, items, roots: items.flatMap((item) => (isHandle(item) ? item.reference.roots : [])) }
      }
      case 'choice': {
        const of = [this.reference(reference.of[0]), this.reference(reference.of[1])] as const
        return { ...reference, condition: this.#value(reference.condition), of, roots: of.flatMap((r) => r.roots) }
      }
    }
  }

  #cell(cell: Cell): Cell {
    if (this.#outside.cells.has(cell)) return cell
    let copy = this.#cells.get(cell)
    if (copy !== undefined) return copy
    copy = { ...cell }
    this.#cells.set(cell, copy)
    this.#outside.cells.set(copy, this.#leadOut(this.#inside.value(cell), cell.type, cell.debugName))
    this.#outside.structure.set(copy, {})
    return copy
  }
  #value(value: Value): Value {
    if (!isInside(value.node, this.#node)) return value
    let copy = this.#values.get(value)
    if (copy === undefined) this.#values.set(value, (copy = this.#leadOut(value, value.type, value.debugName)))
    return copy
  }
  /** The other branch gives a value that nobody looks at. */
  #leadOut(value: Value, type: Type, name: string | undefined): Value {
    for (const [i, block] of this.#node.blocks.entries())
      block.addReturn(i === this.#k ? value : Builder.atEnd(block).op('prim::Uninitialized', [], type))
    return this.#node.addOutput(type, name)
  }
}
