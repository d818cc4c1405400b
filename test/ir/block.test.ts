// The order of a block's nodes stays right, and stays cheap to keep, wherever nodes are inserted.

import { expect, test } from 'vitest'
import { Graph } from '../../src/ir/graph.ts'
import { Node } from '../../src/ir/node.ts'

const COUNT = 20_000

type Insert = (node: Node, anchor: Node, graph: Graph) => unknown

test.each<[string, Insert]>([
  ['at the end', (node, _, { block }) => block.append(node)],
  ['at the start', (node, _, { block }) => block.prepend(node)],
  ['in front of one node', (node, anchor) => node.insertBefore(anchor)],
  ['behind one node', (node, anchor) => node.insertAfter(anchor)],
])('%s', (_, insert) => {
  const graph = new Graph()
  const anchor = graph.block.append(new Node(graph, 'prim::Constant'))
  const started = performance.now()
  for (let i = 0; i < COUNT; i++) insert(new Node(graph, 'prim::Constant'), anchor, graph)
  // Squared, it would be minutes.
  expect(performance.now() - started).toBeLessThan(5000)
  const order = [graph.block.paramNode, ...graph.block.nodes(), graph.block.returnNode]
  expect(order).toHaveLength(COUNT + 3)
  expect(order.every((node, i) => i === 0 || order[i - 1]!.isBefore(node))).toBe(true)
})
