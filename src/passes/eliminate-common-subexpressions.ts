// Common subexpressions: of two nodes that compute the same, the one that runs first serves both. A branch may use what was computed
// outside of it. Mirrors torch/csrc/jit/passes/common_subexpression_elimination.cpp.

import type { Block } from '../ir/block.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Attribute, Node } from '../ir/node.ts'
import { typeText } from '../ir/print-type.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'
import { hasOwnEffect, isRandom } from './side-effects.ts'

export const eliminateCommonSubexpressions = definePass({
  name: 'eliminate-common-subexpressions',
  doc: 'Computes once what was computed twice.',
  optional: true,
  run: (graph, context) => (context.mutable === true ? false : new Eliminator().block(graph.block)),
})

class Eliminator {
  readonly #ids = new Map<object, number>()
  /** Nodes by key, one table for each open block. */
  readonly #scopes: Map<string, Node>[] = []

  block(block: Block): boolean {
    let changed = false
    const table = new Map<string, Node>()
    this.#scopes.push(table)
    for (const node of block.nodes()) {
      for (const nested of node.blocks) changed = this.block(nested) || changed
      const key = this.#key(node)
      if (key === undefined) continue
      const earlier = this.#find(key)
      if (earlier === undefined) {
        table.set(key, node)
        continue
      }
      node.outputs.forEach((output, i) => output.replaceAllUsesWith(earlier.output(i)))
      node.destroy()
      changed = true
    }
    this.#scopes.pop()
    return changed
  }

  #find(key: string): Node | undefined {
    for (const scope of this.#scopes) {
      const node = scope.get(key)
      if (node !== undefined) return node
    }
    return undefined
  }

  /** Kind, inputs, attributes and types as a text; undefined for nodes that must stay apart. */
  #key(node: Node): string | undefined {
    if (node.blocks.length > 0 || node.kind === 'prim::Uninitialized' || hasOwnEffect(node) || isRandom(node)) return undefined
    const inputs = node.inputs.map((value) => this.#id(value))
    const attributes = node.hasAttributes ? [...node.attributes].map(([name, value]) => `${name}=${this.#attribute(value)}`) : []
    const types = node.outputs.map((value: Value) => typeText(value.type, false))
    return `${node.kind}(${inputs.join()})[${attributes.join()}]${types.join()}`
  }

  #attribute(value: Attribute): string {
    if (value === null || typeof value !== 'object') {
      return `${typeof value}:${Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value)}`
    }
    switch (value.kind) {
      case 'list':
      case 'tuple':
        return `${value.kind}(${value.items.map((item: IValue) => this.#attribute(item)).join()})`
      case 'device':
        return `device:${value.name}`
      case 'tensor':
        // Views of one storage are one tensor when they look at the same elements.
        return `tensor:${this.#id(value.storage)}:${value.dtype}:${value.offset}:${value.sizes.join('x')}:${value.strides.join('x')}:${value.quantizer === undefined ? '' : this.#id(value)}`
      default:
        return `object:${this.#id(value)}`
    }
  }

  #id(thing: object): number {
    let id = this.#ids.get(thing)
    if (id === undefined) {
      id = this.#ids.size
      this.#ids.set(thing, id)
    }
    return id
  }
}
