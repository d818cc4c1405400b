// Graph: one function's body. Owns its Nodes and Values. Mirrors torch/csrc/jit/ir/ir.h.

import { Block } from './block.ts'
import { typeOfIValue } from './constant.ts'
import type { IValue } from './ivalue.ts'
import { Node, type Attribute } from './node.ts'
import type { Type } from './type.ts'
import type { Value } from './value.ts'

export class Graph {
  readonly block: Block

  constructor() {
    this.block = new Block(this, undefined)
  }

  get inputs(): readonly Value[] {
    return this.block.params
  }
  get outputs(): readonly Value[] {
    return this.block.returns
  }
  addInput(type: Type, debugName?: string): Value {
    return this.block.addParam(type, debugName)
  }
  addOutput(value: Value): void {
    this.block.addReturn(value)
  }

  /** A detached node. */
  create(
    kind: string,
    inputs: readonly Value[] = [],
    outputTypes: readonly Type[] = [],
    attributes: Iterable<readonly [string, Attribute]> = [],
  ): Node {
    const node = new Node(this, kind, inputs, outputTypes)
    for (const [name, value] of attributes) node.attributes.set(name, value)
    return node
  }

  /** A Block that `owner` holds; Node.addBlock is its caller, and would close an import circle by making one itself. */
  createBlock(owner: Node): Block {
    return new Block(this, owner)
  }

  /** A detached prim::Constant. `type` where the value alone does not tell (an empty list, an Optional). */
  createConstant(value: IValue, type: Type = typeOfIValue(value)): Node {
    return this.create('prim::Constant', [], [type], value === null ? [] : [['value', value]])
  }
}
