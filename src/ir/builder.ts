// Builder: creates nodes in front of an insertion point. What passes and the emitter write graphs with.

import type { SourceRange } from '../diagnostics/source-range.ts'
import type { Block } from './block.ts'
import type { Graph } from './graph.ts'
import type { IValue } from './ivalue.ts'
import type { Attribute, Node } from './node.ts'
import { boolType, listOf, tupleOf, type Type } from './type.ts'
import type { Value } from './value.ts'

export class Builder {
  readonly graph: Graph
  /** New nodes go in front of this one. */
  point: Node
  /** Given to new nodes. */
  range: SourceRange | undefined
  #like: Node | undefined

  constructor(point: Node) {
    this.graph = point.graph
    this.point = point
  }
  /** At the end of a block. */
  static atEnd(block: Block): Builder {
    return new Builder(block.returnNode)
  }
  /** In front of `node`, with its places: for rewrites of that node. */
  static replacing(node: Node): Builder {
    const builder = new Builder(node)
    builder.#like = node
    return builder
  }

  insert(node: Node): Node {
    if (this.#like !== undefined) node.copyMetadata(this.#like)
    if (this.range !== undefined) node.range = this.range
    return node.insertBefore(this.point)
  }
  node(kind: string, inputs: readonly Value[], types: readonly Type[], attributes: Iterable<readonly [string, Attribute]> = []): Node {
    return this.insert(this.graph.create(kind, inputs, types, attributes))
  }
  /** A node with one result. */
  op(kind: string, inputs: readonly Value[], type: Type, attributes: Iterable<readonly [string, Attribute]> = []): Value {
    return this.node(kind, inputs, [type], attributes).output()
  }
  constant(value: IValue, type?: Type): Value {
    return this.insert(this.graph.createConstant(value, type)).output()
  }
  none(): Value {
    return this.constant(null)
  }
  int(value: bigint | number): Value {
    return this.constant(BigInt(value))
  }
  bool(value: boolean): Value {
    return this.constant(value)
  }
  list(items: readonly Value[], of: Type): Value {
    return this.op('prim::ListConstruct', items, listOf(of))
  }
  tuple(items: readonly Value[], type: Type = tupleOf(items.map((v) => v.type))): Value {
    return this.op('prim::TupleConstruct', items, type)
  }
  /** An If with two empty blocks; outputs are added by the caller together with the blocks' returns. */
  if(condition: Value, types: readonly Type[] = []): Node {
    const node = this.node('prim::If', [condition], types)
    node.addBlock()
    node.addBlock()
    return node
  }
  /** A Loop whose body block has its counter parameter; carried values are added by the caller. */
  loop(maxTrip: Value, condition: Value = this.constant(true, boolType)): Node {
    const node = this.node('prim::Loop', [maxTrip, condition], [])
    node.addBlock().addParam({ kind: 'int' }, 'i')
    return node
  }
}
