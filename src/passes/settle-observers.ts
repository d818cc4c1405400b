// Fake quantisation of models that were trained for it: an operator that observes, when it is told to, and quantises. Where the module's own
// flags say that it does not observe, it writes nothing, and becomes the plain operator. Runs before freezing, since an operator that may
// write makes state of what it may write. Answers to torch/ao/quantization/fake_quantize.py (FusedMovingAvgObsFakeQuantize).

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import type { IObject } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import { itemOf } from '../ir/tensor-elements.ts'
import { tensorType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'

const OBSERVED = 'aten::fused_moving_avg_obs_fake_quant'

export const settleObservers = definePass({
  name: 'settle-observers',
  doc: 'Makes fake quantisation that no longer observes the plain operator.',
  run: (graph, { self }) => {
    const nodes = [...allNodes(graph.block)].filter((node) => node.kind === OBSERVED)
    if (self === undefined || nodes.length === 0) return false
    const writes = new Set([...allNodes(graph.block)].filter((node) => node.kind === 'prim::SetAttr').map(attributeName))
    let changed = false
    for (const node of nodes) {
      const [observes, quantises] = [1, 2].map((i) => flagOf(node.input(i), graph.inputs[0], self, writes))
      const perRow = constantOf(node.input(11))
      if (observes !== false || quantises === undefined || typeof perRow !== 'boolean') continue
      node.output().replaceAllUsesWith(quantises ? plain(node, perRow) : node.input())
      node.destroy()
      changed = true
    }
    return changed
  },
})

function plain(node: Node, perRow: boolean): Value {
  const [self, scale, zeroPoint, min, max, axis] = [0, 5, 6, 8, 9, 10].map((i) => node.input(i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
    Value,
  ]
  const b = Builder.replacing(node)
  return perRow
    ? b.op('aten::fake_quantize_per_channel_affine', [self, scale, zeroPoint, axis, min, max], tensorType)
    : b.op('aten::fake_quantize_per_tensor_affine', [self, scale, zeroPoint, min, max], tensorType)
}

/** The flag that a tensor attribute of a module holds, when no code assigns attributes of its name. */
function flagOf(value: Value, receiver: Value | undefined, self: IObject, writes: ReadonlySet<string>): boolean | undefined {
  const names: string[] = []
  let at = value
  while (at.node.kind === 'prim::GetAttr') {
    names.push(attributeName(at.node))
    at = at.node.input()
  }
  if (at !== receiver || names.length === 0 || names.some((name) => writes.has(name))) return undefined
  let held: IObject = self
  for (const [i, name] of names.reverse().entries()) {
    const found = held.attributes.get(name)
    if (found === undefined || found === null || typeof found !== 'object') return undefined
    if (i === names.length - 1) return found.kind === 'tensor' ? truth(itemOf(found)) : undefined
    if (found.kind !== 'object') return undefined
    held = found
  }
  return undefined
}

const truth = (element: ReturnType<typeof itemOf>): boolean | undefined => (element === undefined ? undefined : Number(element) !== 0)
const attributeName = (node: Node): string => String(node.attributes.get('name'))
