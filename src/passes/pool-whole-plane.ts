// Pools whose window is the whole plane, `F.avg_pool2d(x, x.size()[2:])`: their size is known at run time only, but it need not be known.
// One window is left whatever the stride, so the mean is an adaptive pool to one cell, and the maximum a plain one.

import type { Facts } from '../analysis/facts.ts'
import { Builder } from '../ir/builder.ts'
import { allNodes } from '../ir/block.ts'
import type { Node } from '../ir/node.ts'
import { intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { dimsOf, isNone, knownInt, knownInts, wrapAxis } from '../ops/facts.ts'
import { spread } from '../ops/rules/spatial.ts'
import { factsOf } from './graph-facts.ts'
import { definePass } from './pass.ts'

export const poolWholePlane = definePass({
  name: 'pool-whole-plane',
  doc: 'Pools over whole planes of any size need no window.',
  run: (graph, context) => {
    const facts = factsOf(graph, context)
    let changed = false
    for (const node of allNodes(graph.block)) {
      const match = /^aten::(avg|max)_pool([123])d$/.exec(node.kind)
      if (match === null || !coversPlane(node, Number(match[2]), match[1] === 'max', facts)) continue
      node.output().replaceAllUsesWith(whole(node, Number(match[2]), match[1] === 'max'))
      changed = true
    }
    return changed
  },
})

/** Inputs: self, kernel_size, stride, padding, then for max dilation and ceil_mode, else ceil_mode, count_include_pad, divisor_override. */
function coversPlane(node: Node, n: number, max: boolean, facts: Facts): boolean {
  const rank = facts.of(node.input()).dims?.length
  if (rank === undefined || rank < n || knownInts(facts.of(node.input(1))) !== undefined) return false
  if (!extentsOf(node.input(), node.input(1), n, rank, facts)) return false
  const all = (at: number, value: number): boolean => knownInts(facts.of(node.input(at)))?.every((item) => item === value) === true
  return all(3, 0) && (max ? all(4, 1) : node.inputs.length < 7 || isNone(facts.of(node.input(6))))
}

/** True when `list` holds the last n extents of `x`: by what is known of them, or because it was asked for just that. */
function extentsOf(x: Value, list: Value, n: number, rank: number, facts: Facts): boolean {
  const plane = facts.of(x).dims!.slice(rank - n)
  const sizes = dimsOf(facts.of(list))
  const { kind, inputs } = list.node
  if (kind === 'prim::ListConstruct')
    return (
      (inputs.length === n || inputs.length === 1) &&
      plane.every((extent, i) => {
        const at = inputs.length === 1 ? 0 : i
        if (extent !== null && sizes?.[at] === extent) return true
        const { kind: asked, inputs: of } = inputs[at]!.node
        const axis = asked === 'aten::size' && of[0] === x ? knownInt(facts.of(of[1]!)) : undefined
        return axis !== undefined && wrapAxis(axis, rank) === rank - n + i
      })
    )
  const from = kind === 'aten::slice' && inputs[0]!.node.kind === 'aten::size' ? inputs[0]!.node : undefined
  if (from !== undefined && from.inputs.length === 1 && from.input() === x) {
    const start = knownInt(facts.of(inputs[1]!))
    return (start === rank - n || start === -n) && isNone(facts.of(inputs[2]!)) && knownInt(facts.of(inputs[3]!)) === 1
  }
  return sizes !== undefined && spread(sizes, n).length === n && spread(sizes, n).every((size, i) => size !== null && size === plane[i])
}

function whole(node: Node, n: number, max: boolean): Value {
  const b = Builder.replacing(node)
  const cells = Array.from({ length: n }, (_, i) => b.int(max ? i - n : 1))
  const list = b.list(cells, intType)
  const { type } = node.output()
  return max
    ? b.op('aten::amax', [node.input(), list, b.bool(true)], type)
    : b.op(`aten::adaptive_avg_pool${n}d`, [node.input(), list], type)
}
