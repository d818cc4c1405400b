// Walks a graph in order, keeping the value of every cell of memory: writes become new values, reads take the present ones.
// What a branch or a loop writes leaves it as an output. Containers, branches and loops have files of their own.

import type { AliasAnalysis, Location, ReferenceEdge } from '../../analysis/alias-analysis.ts'
import { maybeViews } from '../../analysis/alias-exceptions.ts'
import { isMutableType } from '../../analysis/mutable-type.ts'
import { fail } from '../../diagnostics/compile-error.ts'
import type { ProblemCode } from '../../diagnostics/catalogue.ts'
import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import { typesEqual } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { visitIf, visitLoop } from './control-flow.ts'
import { visitConstructor, visitExtraction, visitOtherExtraction } from './containers.ts'
import { Memory } from './memory.ts'
import { readReference } from './read.ts'
import { cellReference, type Cell, type Handle, type Reference } from './reference.ts'
import { isViewStep, stepOf } from './view-steps.ts'
import { isViewCondition, viewOrCopy } from './maybe-view.ts'
import { visitWrite } from './writes.ts'

/** Give their argument back, whatever its type. */
const identities = new Set(['prim::unchecked_cast', 'prim::unchecked_unwrap_optional', 'aten::_unwrap_optional', 'aten::wait'])

// Reading through a chain is recursive.
const MAX_CHAIN = 500

export class Functionalizer {
  readonly alias: AliasAnalysis
  readonly #written: ReadonlySet<Location>
  /** Where only some memory is followed: who writes it. */
  readonly #writers: ReadonlySet<Node> | undefined
  /** What each mutable value of the graph refers to; values that are not here are never written. */
  readonly handles: Map<Value, Handle> = new Map()
  /** Nodes to take away when every use of theirs has been replaced. */
  readonly doomed: Node[] = []

  readonly #originals = new Map<Node, readonly Value[]>()

  /** `written`: the memory whose writes are to be taken away; all names of it must be in the graph. */
  constructor(alias: AliasAnalysis, written?: ReadonlySet<Location>) {
    this.alias = alias
    this.#written = written ?? alias.written
    this.#writers = written && new Set([...written].flatMap((location) => alias.writersOf(location)))
  }

  /** Some write may change what `value` stands for. */
  isWritten(value: Value): boolean {
    if (!isMutableType(value.type)) return false
    for (const location of this.alias.reach(value)) if (this.#written.has(location)) return true
    return false
  }

  block(block: Block, memory: Memory): void {
    for (const node of block.nodes()) this.#node(node, memory)
  }

  #node(node: Node, memory: Memory): void {
    if (node.kind === 'prim::If') visitIf(this, node, memory)
    else if (node.kind === 'prim::Loop') visitLoop(this, node, memory)
    else if (this.#writers?.has(node) ?? this.alias.writes(node).length > 0) visitWrite(this, node, memory)
    else {
      this.takeInputs(node, memory)
      for (const output of node.outputs) if (this.isWritten(output)) this.#result(node, output, memory)
    }
  }

  /** Puts present values in place of the node's inputs. */
  takeInputs(node: Node, memory: Memory): void {
    this.#originals.set(node, [...node.inputs])
    for (const [i, input] of node.inputs.entries()) {
      const value = this.read(input, memory, node)
      if (value !== input) node.setInput(i, value)
    }
  }

  /** The node's inputs as they were. */
  originals(node: Node): readonly Value[] {
    return this.#originals.get(node) ?? node.inputs
  }

  /** The present value of what `value` refers to, available at `point`. */
  read(value: Value, memory: Memory, point: Node): Value {
    const handle = this.handles.get(value)
    return handle === undefined ? value : readReference(new Builder(point), memory, memory.resolve(handle))
  }

  /** `value` is memory of its own from here on. */
  own(value: Value, memory: Memory, content: Value = value): Handle {
    const handle = { reference: this.cell(value, memory, content) }
    this.handles.set(value, handle)
    return handle
  }
  /** New memory that starts as `content`. */
  cell(value: Value, memory: Memory, content: Value = value): Reference {
    const cell: Cell = { type: value.type, locations: this.alias.reach(value), debugName: value.debugName }
    memory.cells.set(cell, content)
    memory.structure.set(cell, {})
    return cellReference(cell)
  }
  /** `value` refers to `reference`, whose present value it is. */
  refer(value: Value, reference: Reference, memory: Memory): Handle {
    if (reference.depth > MAX_CHAIN) this.fail('PT3005', value.node, `a chain of ${reference.depth} views is longer than can be followed.`)
    const handle = { reference }
    this.handles.set(value, handle)
    memory.setDerived(reference, value)
    return handle
  }

  #result(node: Node, output: Value, memory: Memory): void {
    if (visitConstructor(this, node, output, memory) || visitExtraction(this, node, output, memory)) return
    const k = output.index
    const view = this.alias.edge(node, `view:${k}`)
    if (view !== undefined && view.constraints.length > 0) this.#view(node, output, view, memory)
    else if (this.alias.edge(node, `load:${k}`) !== undefined) visitOtherExtraction(this, node, output, memory)
    else if (identities.has(node.kind)) this.step(node, output, memory)
    else this.own(output, memory)
  }

  #view(node: Node, output: Value, edge: ReferenceEdge, memory: Memory): void {
    if (maybeViews.has(node.kind) || output.type.kind !== 'Tensor') {
      // What was reshaped in place does not lie as its producer laid it.
      const isMoved =
        memory.moved.size > 0 && [...this.handles].some(([value, handle]) => memory.moved.has(handle) && this.alias.mayAlias(value, output))
      const decided = isMoved ? undefined : viewOrCopy(node, (user) => this.originals(user))
      if (decided === 'copy' || (decided === undefined && this.alias.isSeparable(edge))) {
        this.own(output, memory)
        return
      }
      const condition = decided === undefined ? isViewCondition(Builder.replacing(node), node) : undefined
      if (condition !== undefined) {
        this.#viewIf(condition, node, output, memory)
        return
      }
      if (decided === undefined && maybeViews.has(node.kind))
        this.fail(
          'PT3001',
          node,
          `whether ${node.kind} gives a view or a copy here depends on the strides or the dtype of its argument, and one of the two is written while the other is still read.`,
          'call .clone() on one of them.',
        )
    }
    this.step(node, output, memory)
  }

  /** The argument itself or memory of its own, which is known at run time. */
  #viewIf(condition: Value, node: Node, output: Value, memory: Memory): void {
    const copy = this.own(output, memory).reference
    this.step(node, output, memory)
    const view = this.handles.get(output)!.reference
    const roots = [...view.roots, ...copy.roots]
    this.refer(output, { kind: 'choice', condition, of: [view, copy], node, type: output.type, roots, depth: view.depth + 1 }, memory)
  }

  /** A view of the first input; a list of views is taken apart by whoever takes an element. */
  step(node: Node, output: Value, memory: Memory): void {
    const base = this.handles.get(this.originals(node)[0]!)
    if (base === undefined) {
      this.own(output, memory)
      return
    }
    if (!isViewStep(node.kind) && output.type.kind !== 'Tensor' && !typesEqual(output.type, node.input().type))
      this.fail('PT3002', node, `${node.kind} gives views of a tensor that is written, and they cannot be followed.`)
    const parent = memory.resolve(base)
    this.refer(
      output,
      {
        kind: 'step',
        parent,
        step: stepOf(node, output),
        structure: undefined,
        type: output.type,
        roots: parent.roots,
        depth: parent.depth + 1,
      },
      memory,
    )
  }

  fail(code: ProblemCode, node: Node, message: string, fix?: string): never {
    fail(code, message, {
      ...(node.range === undefined ? {} : { range: node.range }),
      ...(node.callStack.length === 0 ? {} : { calledFrom: node.callStack }),
      ...(fix === undefined ? {} : { fix }),
    })
  }
}
