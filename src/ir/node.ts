// Node: one operator application. Its kind is an open string (`aten::add`); inputs and outputs are Values; control flow nests Blocks.
// Nodes of a Block form a doubly linked list with sparse positions, so that insertion and `isBefore` stay cheap. Mirrors torch/csrc/jit/ir/ir.h.

import { assert } from '../diagnostics/internal.ts'
import type { SourceRange } from '../diagnostics/source-range.ts'
import type { Block } from './block.ts'
import type { FunctionSchema } from './function-schema.ts'
import type { Graph } from './graph.ts'
import type { IValue } from './ivalue.ts'
import type { Type } from './type.ts'
import { Value, type Use } from './value.ts'

/** Attributes are rare: constants are inputs. `types` serves prim::isinstance, `graph` prim::fork. */
export type Attribute =
  | IValue
  | { readonly kind: 'types'; readonly types: readonly Type[] }
  | { readonly kind: 'graph'; readonly graph: Graph }

const NO_CALLS: readonly SourceRange[] = []

export class Node {
  readonly graph: Graph
  kind: string
  readonly blocks: Block[] = []
  /** The schema that overload resolution chose; absent for nodes that have none (prim::If …) or were not resolved yet. */
  schema: FunctionSchema | undefined
  /** Where in the source this came from, for error messages. */
  range: SourceRange | undefined
  /** Ranges of the calls it was inlined through, innermost first. */
  callStack: readonly SourceRange[] = NO_CALLS
  /** Dotted path of the submodule whose code this is (`layer1.0.conv1`), once inlined. */
  scope: string | undefined

  /** Links within the owning block; maintained by Block. */
  block: Block | undefined
  previous: Node | undefined
  next: Node | undefined
  position = 0

  /** Made when somebody asks: most nodes have none, and a Map is as big as all the rest. */
  #attributes: Map<string, Attribute> | undefined
  readonly #inputs: Value[]
  readonly #uses: Use[]
  readonly #outputs: Value[]

  constructor(graph: Graph, kind: string, inputs: readonly Value[] = [], outputTypes: readonly Type[] = []) {
    this.graph = graph
    this.kind = kind
    // `slice` and `map` give arrays that are as long as need be; one that grew by `push` has room for 17.
    this.#inputs = inputs.slice()
    this.#uses = inputs.map((value, index) => {
      const use: Use = { user: this, index }
      value.uses.add(use)
      return use
    })
    this.#outputs = outputTypes.map((type, index) => new Value(this, index, type))
  }

  get attributes(): Map<string, Attribute> {
    return (this.#attributes ??= new Map())
  }
  get hasAttributes(): boolean {
    return this.#attributes !== undefined && this.#attributes.size > 0
  }

  get inputs(): readonly Value[] {
    return this.#inputs
  }
  get outputs(): readonly Value[] {
    return this.#outputs
  }
  /** The i-th input; a bug if there is none. */
  input(index = 0): Value {
    const value = this.#inputs[index]
    assert(value !== undefined, `${this.kind} has no input ${index}`)
    return value
  }
  /** The i-th output; a bug if there is none. */
  output(index = 0): Value {
    const value = this.#outputs[index]
    assert(value !== undefined, `${this.kind} has no output ${index}`)
    return value
  }

  addInput(value: Value): this {
    const use: Use = { user: this, index: this.#inputs.length }
    this.#inputs.push(value)
    this.#uses.push(use)
    value.uses.add(use)
    return this
  }
  insertInput(index: number, value: Value): void {
    const rest = this.#inputs.slice(index)
    while (this.#inputs.length > index) this.removeInput(this.#inputs.length - 1)
    for (const v of [value, ...rest]) this.addInput(v)
  }
  setInput(index: number, value: Value): void {
    const use = this.#uses[index]
    assert(use !== undefined, `${this.kind} has no input ${index}`)
    this.#inputs[index]!.uses.delete(use)
    this.#inputs[index] = value
    value.uses.add(use)
  }
  /** The value at `index` knows that it is used here: false only when the books are wrong. */
  hasUse(index: number): boolean {
    const use = this.#uses[index]!
    return use.index === index && this.#inputs[index]!.uses.has(use)
  }
  removeInput(index: number): void {
    this.#inputs[index]!.uses.delete(this.#uses[index]!)
    this.#inputs.splice(index, 1)
    this.#uses.splice(index, 1)
    for (let i = index; i < this.#uses.length; i++) this.#uses[i]!.index = i
  }
  removeAllInputs(): void {
    for (let i = 0; i < this.#inputs.length; i++) this.#inputs[i]!.uses.delete(this.#uses[i]!)
    this.#inputs.length = 0
    this.#uses.length = 0
  }
  replaceInputWith(from: Value, to: Value): void {
    for (const [i, value] of this.#inputs.entries()) if (value === from) this.setInput(i, to)
  }

  addOutput(type: Type, debugName?: string): Value {
    const value = new Value(this, this.#outputs.length, type)
    value.debugName = debugName
    this.#outputs.push(value)
    return value
  }
  insertOutput(index: number, type: Type): Value {
    const value = new Value(this, index, type)
    this.#outputs.splice(index, 0, value)
    for (let i = index + 1; i < this.#outputs.length; i++) this.#outputs[i]!.index = i
    return value
  }
  /** The output must have no uses. */
  eraseOutput(index: number): void {
    assert(!this.output(index).hasUses, `erasing output ${index} of ${this.kind}, which has uses`)
    this.#outputs.splice(index, 1)
    for (let i = index; i < this.#outputs.length; i++) this.#outputs[i]!.index = i
  }

  addBlock(): Block {
    const block = this.graph.createBlock(this)
    this.blocks.push(block)
    return block
  }

  /** Links this detached node in front of `other`. */
  insertBefore(other: Node): this {
    other.block!.link(this, other)
    return this
  }
  /** Links this detached node right behind `other`. */
  insertAfter(other: Node): this {
    other.block!.link(this, other.next!)
    return this
  }
  moveBefore(other: Node): void {
    this.block!.unlink(this)
    this.insertBefore(other)
  }
  moveAfter(other: Node): void {
    this.block!.unlink(this)
    this.insertAfter(other)
  }

  /** Removes the node, its inputs' uses and its nested blocks. Its outputs must have no uses. */
  destroy(): void {
    for (const output of this.#outputs)
      assert(!output.hasUses, `destroying ${this.kind}, whose output %${output.debugName ?? output.index} has uses`)
    for (const block of this.blocks) block.clear()
    this.blocks.length = 0
    this.removeAllInputs()
    this.block?.unlink(this)
  }

  /** True when this node runs before `other`. Both may be nested at different depths of one graph. */
  isBefore(other: Node): boolean {
    if (this.block === other.block) return this.position < other.position
    const mine = ancestry(this)
    const theirs = ancestry(other)
    let i = 0
    while (i < mine.length && i < theirs.length && mine[i]!.block === theirs[i]!.block && mine[i] === theirs[i]) i++
    const a = mine[i]
    const b = theirs[i]
    // One encloses the other: the outer node starts first.
    if (a === undefined) return true
    if (b === undefined) return false
    if (a.block === b.block) return a.position < b.position
    // Different blocks of one node: the order of its blocks.
    const owner = a.block!.owner!
    return owner.blocks.indexOf(a.block!) < owner.blocks.indexOf(b.block!)
  }

  /** The schema's argument names and inputs together, for nodes with a schema. */
  namedInput(name: string): Value | undefined {
    const index = this.schema?.args.findIndex((arg) => arg.name === name) ?? -1
    return index === -1 ? undefined : this.#inputs[index]
  }

  copyMetadata(from: Node): this {
    this.range = from.range
    this.callStack = from.callStack
    this.scope = from.scope
    return this
  }
}

/** From the outermost enclosing node down to `node` itself. */
function ancestry(node: Node): Node[] {
  const chain: Node[] = []
  for (let n: Node | undefined = node; n !== undefined; n = n.block?.owner) chain.push(n)
  return chain.reverse()
}
