// Tensors made in the likeness of another take its dtype and extents, never its elements: with these known they are made from nothing, so
// that what is computed from them is constant. `new_zeros(x, size)` → `zeros(size)`, `ones_like(x)` → `ones([2, 3])`.

import type { Facts } from '../analysis/facts.ts'
import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Node } from '../ir/node.ts'
import { scalarTypeInfo } from '../ir/scalar-type.ts'
import { intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { factsOf } from './graph-facts.ts'
import { definePass } from './pass.ts'

/** Operator → the one that takes no tensor, and whether its extents are an argument. All end in dtype, layout, device, pin_memory. */
const factories = new Map<string, { readonly plain: string; readonly sized: boolean }>([
  ['aten::new_zeros', { plain: 'aten::zeros', sized: true }],
  ['aten::new_ones', { plain: 'aten::ones', sized: true }],
  ['aten::new_full', { plain: 'aten::full', sized: true }],
  ['aten::zeros_like', { plain: 'aten::zeros', sized: false }],
  ['aten::ones_like', { plain: 'aten::ones', sized: false }],
  ['aten::full_like', { plain: 'aten::full', sized: false }],
])

export const detachFactories = definePass({
  name: 'detach-factories',
  doc: 'Makes tensors of zeros, ones or one number from their dtype and shape alone, where they were made in the likeness of another tensor.',
  optional: true,
  example: {
    before: `graph(%x : Float(2, 3)):
  %none : NoneType = prim::Constant()
  %y : Tensor = aten::ones_like(%x, %none, %none, %none, %none, %none)
  return (%y)`,
    after: `graph(%x : Float(2, 3)):
  %none : NoneType = prim::Constant()
  %2 : int = prim::Constant[value=2]()
  %3 : int = prim::Constant[value=3]()
  %4 : int[] = prim::ListConstruct(%2, %3)
  %5 : int = prim::Constant[value=6]()
  %y : Tensor = aten::ones(%4, %5, %none, %none, %none)
  return (%y)`,
  },
  run: (graph, context) => {
    const facts = factsOf(graph, context)
    let changed = false
    for (const node of allNodes(graph.block)) {
      const value = detached(node, facts)
      if (value === undefined) continue
      value.setDebugName(node.output().debugName)
      node.output().replaceAllUsesWith(value)
      changed = true
    }
    return changed
  },
})

function detached(node: Node, facts: Facts): Value | undefined {
  const factory = factories.get(node.kind)
  if (factory === undefined || !node.output().hasUses) return undefined
  const { dtype, dims } = facts.of(node.output())
  if (dtype === undefined) return undefined
  const fill = factory.plain === 'aten::full' ? 1 : 0
  const start = 1 + (factory.sized ? 1 : 0) + fill
  // Overloads with `out` have other arguments.
  if (node.inputs.length !== start + (factory.sized ? 4 : 5)) return undefined
  const b = Builder.replacing(node)
  let size = node.inputs[1]!
  if (!factory.sized) {
    if (dims?.every((dim): dim is number => typeof dim === 'number') !== true) return undefined
    size = b.list(
      dims.map((dim) => b.int(dim)),
      intType,
    )
  }
  const rest = node.inputs.slice(start - fill, start)
  const options = node.inputs.slice(start + 1, start + 4)
  return b.op(factory.plain, [size, ...rest, b.int(scalarTypeInfo(dtype).code), ...options], node.output().type)
}
