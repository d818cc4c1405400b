// The state of memory at one point of the program: the value of every cell, and what has been derived from those values so far.

import { internal } from '../../diagnostics/internal.ts'
import type { Value } from '../../ir/value.ts'
import type { Cell, Handle, Reference } from './reference.ts'

interface Derived {
  /** Values of the roots it was computed from. */
  readonly from: readonly Value[]
  readonly value: Value
}

export class Memory {
  readonly cells: Map<Cell, Value>
  /** Changes whenever elements enter or leave a container. */
  readonly structure: Map<Cell, object>
  /** Tensors that were reshaped in place. */
  readonly moved: Map<Handle, Reference>
  readonly #derived: Map<Reference, Derived>

  constructor(from?: Memory) {
    this.cells = new Map(from?.cells)
    this.structure = new Map(from?.structure)
    this.moved = new Map(from?.moved)
    this.#derived = new Map(from === undefined ? [] : from.#derived)
  }

  value(cell: Cell): Value {
    return this.cells.get(cell) ?? internal(`memory of ${cell.debugName ?? 'a value'} is read where it does not exist`)
  }
  resolve(handle: Handle): Reference {
    return this.moved.get(handle) ?? handle.reference
  }
  move(handle: Handle, reference: Reference): void {
    this.moved.set(handle, reference)
    // Containers hold handles, not references.
    for (const known of this.#derived.keys()) if (known.kind === 'items') this.#derived.delete(known)
  }

  /** The value of a reference, if it was computed from the present values of its roots. */
  derived(reference: Reference): Value | undefined {
    const known = this.#derived.get(reference)
    return known !== undefined && known.from.every((value, i) => value === this.cells.get(reference.roots[i]!)) ? known.value : undefined
  }
  /** `value` is what `reference` stands for now. */
  setDerived(reference: Reference, value: Value): void {
    this.#derived.set(reference, { from: reference.roots.map((cell) => this.value(cell)), value })
  }
}
