// Patterns: a graph as IR text, matched against the nodes of another. Inputs of the pattern stand for any value, the same one wherever
// the same input stands. Mirrors torch/csrc/jit/ir/subgraph_matcher.cpp; tells why a match that got somewhere failed.

import { assert } from '../diagnostics/internal.ts'
import { constantOf } from './constant.ts'
import type { Graph } from './graph.ts'
import type { IValue } from './ivalue.ts'
import type { Attribute, Node } from './node.ts'
import { parseGraph } from './parser.ts'
import { printNode } from './printer.ts'
import type { Value } from './value.ts'

export interface Match {
  /** The graph's value for each value of the pattern. */
  readonly values: ReadonlyMap<Value, Value>
  /** The graph's node for each node of the pattern, constants apart: those may be shared. */
  readonly nodes: ReadonlyMap<Node, Node>
  /** The node that the pattern's last node matched. */
  readonly anchor: Node
  /** The value that a name of the pattern's text stands for. */
  readonly value: (name: string) => Value
  /** What that value holds when it is a constant; None is `null`. */
  readonly constant: (name: string) => IValue | undefined
}

export class Pattern {
  readonly graph: Graph
  readonly anchor: Node
  readonly #names = new Map<string, Value>()

  /** @throws CompileError PT2090 for text that is no graph */
  constructor(text: string, name = 'pattern') {
    this.graph = parseGraph(text, name)
    this.anchor = this.graph.block.returnNode.previous!
    assert(
      this.graph.outputs.every((output) => output.node === this.anchor),
      `pattern '${name}' gives other results than those of its last node`,
    )
    const name_ = (value: Value): void => void (value.debugName !== undefined && this.#names.set(value.debugName, value))
    for (const input of this.graph.inputs) name_(input)
    for (const node of this.graph.block.nodes()) for (const output of node.outputs) name_(output)
  }

  /**
   * Matches the pattern's last node with `anchor` and the others by inputs. A string is the reason why the match failed.
   * `shared`: values inside of the match may be used outside of it.
   */
  match(anchor: Node, shared = false): Match | string {
    const values = new Map<Value, Value>()
    const nodes = new Map<Node, Node>()
    const stack: [Node, Node][] = [[this.anchor, anchor]]
    for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
      const [pattern, node] = pair
      const known = nodes.get(pattern)
      if (known === node) continue
      if (known !== undefined) return `${printNode(node)} and ${printNode(known)} stand in one place`
      const mismatch = mismatchOf(pattern, node, anchor)
      if (mismatch !== undefined) return mismatch
      nodes.set(pattern, node)
      for (const [i, output] of pattern.outputs.entries()) values.set(output, node.output(i))
      for (const [i, input] of pattern.inputs.entries()) {
        const value = node.input(i)
        const bound = values.get(input)
        if (bound !== undefined && bound !== value) return `${printNode(node)}: input ${i} is another value than before`
        values.set(input, value)
        if (input.node.kind === 'prim::Constant') {
          if (!sameConstant(constantOf(input), constantOf(value))) return `${printNode(node)}: input ${i} is not the constant`
        } else if (input.node.kind !== 'prim::Param') {
          if (input.index !== value.index) return `${printNode(node)}: input ${i} is another result of its node`
          stack.push([input.node, value.node])
        }
      }
    }
    return (shared ? undefined : this.#usedOutside(nodes, values)) ?? this.#result(values, nodes, anchor)
  }

  /** Nodes that the rewrite takes away must be nobody else's. */
  #usedOutside(nodes: ReadonlyMap<Node, Node>, values: ReadonlyMap<Value, Value>): string | undefined {
    const inside = new Set(nodes.values())
    const returned = new Set(this.graph.outputs.map((output) => values.get(output)))
    for (const node of inside)
      for (const output of node.outputs)
        if (!returned.has(output))
          for (const { user } of output.uses) if (!inside.has(user)) return `${printNode(node)} is used by ${user.kind} too`
    return undefined
  }

  #result(values: ReadonlyMap<Value, Value>, nodes: ReadonlyMap<Node, Node>, anchor: Node): Match {
    const value = (name: string): Value => values.get(this.#names.get(name)!)!
    return { values, nodes, anchor, value, constant: (name) => constantOf(value(name)) }
  }
}

function mismatchOf(pattern: Node, node: Node, anchor: Node): string | undefined {
  if (node.kind !== pattern.kind) return `found ${node.kind}, expected ${pattern.kind}`
  if (node.block !== anchor.block) return `${printNode(node)} is in another block`
  if (node.blocks.length > 0) return `${printNode(node)} has blocks`
  if (node.inputs.length !== pattern.inputs.length)
    return `${printNode(node)} has ${node.inputs.length} inputs, expected ${pattern.inputs.length}`
  for (const [name, value] of pattern.attributes)
    if (!sameConstant(value, node.attributes.get(name))) return `${printNode(node)}: attribute '${name}' differs`
  return undefined
}

function sameConstant(a: Attribute | undefined, b: Attribute | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  if (a.kind === 'list' && b.kind === 'list')
    return a.items.length === b.items.length && a.items.every((item, i) => sameConstant(item, b.items[i]))
  if (a.kind === 'device' && b.kind === 'device') return a.name === b.name
  return false
}
