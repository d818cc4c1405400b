// The verifier: a table of rules over every node and block. Runs after every pass in tests. Mirrors Graph::lint in torch/csrc/jit/ir/ir.cpp.

import { internal } from '../diagnostics/internal.ts'
import type { Block } from './block.ts'
import type { Graph } from './graph.ts'
import type { Node } from './node.ts'
import { printNode } from './printer.ts'
import { typeText } from './print-type.ts'
import { isSubtype, type Type } from './type.ts'

/** A rule gives the text of its first violation at `node`, or undefined. */
type NodeRule = (node: Node) => string | undefined

const typeIs = (node: Node, index: number, kind: Type['kind']): string | undefined => {
  const value = node.inputs[index]
  return value?.type.kind === kind
    ? undefined
    : `input ${index} should be ${kind}, found ${value === undefined ? 'nothing' : typeText(value.type)}`
}
/** An uninitialized or None value may stand in for anything: dead on every live path. */
const fits = (from: Type, to: Type): boolean =>
  isSubtype(from, to) || isImplementation(from, to) || (from.kind === 'number' && to.kind !== 'Tensor') || to.kind === 'Var'

/** Which classes an interface stands for is for the program to say. */
const isImplementation = (from: Type, to: Type): boolean =>
  to.kind === 'Interface' &&
  (from.kind === 'Class' || from.kind === 'Interface' || (from.kind === 'Union' && from.of.every((type) => isImplementation(type, to))))

const everyNode: readonly NodeRule[] = [
  (node) => (node.inputs.findIndex((v) => v.node.graph !== node.graph) !== -1 ? 'an input belongs to another graph' : undefined),
  (node) => {
    const i = node.inputs.findIndex((_, index) => !node.hasUse(index))
    return i === -1 ? undefined : `input ${i} does not know this use`
  },
  (node) => {
    for (const [i, value] of node.outputs.entries()) {
      if (value.index !== i) return `output ${i} believes to be output ${value.index}`
      for (const use of value.uses) if (use.user.inputs[use.index] !== value) return `output ${i} records a use that is not there`
    }
    return undefined
  },
  (node) => (node.outputs.some((v) => v.type.kind === 'Var') ? 'an output has a type variable as its type' : undefined),
]

const byKind = new Map<string, readonly NodeRule[]>([
  [
    'prim::If',
    [
      (node) => (node.inputs.length === 1 ? typeIs(node, 0, 'bool') : `has ${node.inputs.length} inputs, expected 1`),
      (node) => (node.blocks.length === 2 ? undefined : `has ${node.blocks.length} blocks, expected 2`),
      (node) => {
        for (const block of node.blocks) {
          if (block.params.length > 0) return 'a branch has parameters'
          if (block.returns.length !== node.outputs.length)
            return `a branch returns ${block.returns.length} values for ${node.outputs.length} outputs`
          for (const [i, value] of block.returns.entries())
            if (!fits(value.type, node.output(i).type))
              return `a branch returns ${typeText(value.type)} for output ${i} of type ${typeText(node.output(i).type)}`
        }
        return undefined
      },
    ],
  ],
  [
    'prim::Loop',
    [
      (node) => typeIs(node, 0, 'int') ?? typeIs(node, 1, 'bool'),
      (node) => (node.blocks.length === 1 ? undefined : `has ${node.blocks.length} blocks, expected 1`),
      (node) => {
        const [body] = node.blocks
        const carried = node.inputs.length - 2
        if (node.outputs.length !== carried) return `carries ${carried} values and gives ${node.outputs.length}`
        if (body!.params.length !== carried + 1) return `its body has ${body!.params.length} parameters, expected ${carried + 1}`
        if (body!.returns.length !== carried + 1) return `its body returns ${body!.returns.length} values, expected ${carried + 1}`
        if (body!.params[0]!.type.kind !== 'int') return 'its counter is not an int'
        if (body!.returns[0]!.type.kind !== 'bool') return 'its body does not return a bool first'
        for (let i = 0; i < carried; i++) {
          const param = body!.params[i + 1]!.type
          if (!fits(node.input(i + 2).type, param))
            return `carried value ${i} starts as ${typeText(node.input(i + 2).type)}, its parameter is ${typeText(param)}`
          if (!fits(body!.returns[i + 1]!.type, param))
            return `carried value ${i} comes back as ${typeText(body!.returns[i + 1]!.type)}, its parameter is ${typeText(param)}`
          if (!fits(param, node.output(i).type))
            return `carried value ${i} of type ${typeText(param)} ends as ${typeText(node.output(i).type)}`
        }
        return undefined
      },
    ],
  ],
  [
    'prim::Constant',
    [(node) => (node.inputs.length === 0 && node.outputs.length === 1 ? undefined : 'takes no input and gives one output')],
  ],
  [
    'prim::ListConstruct',
    [
      (node) => {
        const type = node.output().type
        if (type.kind !== 'List') return `gives ${typeText(type)}, expected a list`
        const odd = node.inputs.find((v) => !fits(v.type, type.of))
        return odd === undefined ? undefined : `holds ${typeText(odd.type)}, expected ${typeText(type.of)}`
      },
    ],
  ],
  [
    'prim::TupleConstruct',
    [
      (node) => {
        const type = node.output().type
        return type.kind === 'Tuple' && type.of.length === node.inputs.length
          ? undefined
          : `builds ${typeText(type)} from ${node.inputs.length} values`
      },
    ],
  ],
  [
    'prim::DictConstruct',
    [
      (node) =>
        node.inputs.length % 2 === 0 && node.output().type.kind === 'Dict' ? undefined : 'builds a Dict from pairs of key and value',
    ],
  ],
])

/** Throws PT9001 naming the first broken rule and its node. */
export function verify(graph: Graph): void {
  const visible = new Set<object>()
  const block = (b: Block): void => {
    const added: object[] = []
    const define = (values: Iterable<object>): void => {
      for (const value of values) {
        visible.add(value)
        added.push(value)
      }
    }
    const visit = (node: Node): void => {
      for (const [i, value] of node.inputs.entries())
        if (!visible.has(value)) internal(`input ${i} of ${printNode(node)} is not visible there`)
      for (const rule of [...everyNode, ...(byKind.get(node.kind) ?? [])]) {
        const violation = rule(node)
        if (violation !== undefined) internal(`${printNode(node)}: ${violation}`)
      }
    }
    define(b.params)
    for (const node of b.nodes()) {
      if (node.block !== b) internal(`${printNode(node)} does not know its block`)
      if (node.next!.previous !== node || node.position >= node.next!.position) internal(`${printNode(node)} is out of order`)
      visit(node)
      for (const nested of node.blocks) {
        if (nested.owner !== node) internal(`a block of ${printNode(node)} has another owner`)
        block(nested)
      }
      define(node.outputs)
    }
    visit(b.returnNode)
    for (const value of added) visible.delete(value)
  }
  block(graph.block)
}
