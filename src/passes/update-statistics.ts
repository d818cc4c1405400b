// Normalisation in training mode writes its running statistics, which its schema does not say. Here the writes are spelled out, so that
// they become state like any other. Answers to batch_norm and instance_norm of aten/src/ATen/native/Normalization.cpp.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import { intType, tensorType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'

export const updateStatistics = definePass({
  name: 'update-statistics',
  doc: 'Writes running statistics by aten::copy_ where normalisation in training mode does it unseen.',
  run: (graph) => {
    let changed = false
    for (const node of allNodes(graph.block)) {
      const update = updates.get(node.kind)
      const trains = node.kind === 'aten::_batch_norm_with_update' || (update !== undefined && constantOf(node.input(5)) === true)
      if (update === undefined || !trains || [3, 4].some((i) => node.input(i).type.kind !== 'Tensor')) continue
      update(node)
      changed = true
    }
    return changed
  },
})

function write(node: Node, statistics: readonly (readonly [old: Value, now: Value])[]): void {
  const builder = Builder.replacing(node)
  for (const [old, now] of statistics) builder.op('aten::copy_', [old, now, builder.bool(false)], tensorType)
}

/** Inputs of all forms: input, weight, bias, running_mean, running_var, training, momentum, eps. */
function batchNorm(node: Node): void {
  const functional = Builder.replacing(node).node(
    'aten::_native_batch_norm_legit_functional',
    node.inputs.slice(0, 8),
    Array.from({ length: 5 }, () => tensorType),
  )
  write(node, [
    [node.input(3), functional.output(3)],
    [node.input(4), functional.output(4)],
  ])
  node.outputs.forEach((output, i) => output.replaceAllUsesWith(functional.output(i)))
  node.destroy()
}

/** Always in training mode, and with one result more, which is empty. */
function batchNormWithUpdate(node: Node): void {
  const functional = Builder.replacing(node).node(
    'aten::_batch_norm_with_update_functional',
    node.inputs,
    Array.from({ length: 6 }, () => tensorType),
  )
  write(node, [
    [node.input(3), functional.output(4)],
    [node.input(4), functional.output(5)],
  ])
  node.outputs.forEach((output, i) => output.replaceAllUsesWith(functional.output(i)))
  node.destroy()
}

/** Each sample has statistics of its own, and the running ones take the mean over the batch. */
function instanceNorm(node: Node): void {
  const builder = Builder.replacing(node)
  const [input, , , mean, variance, , momentum] = node.inputs as readonly Value[] as readonly [
    Value,
    Value,
    Value,
    Value,
    Value,
    Value,
    Value,
  ]
  const flat = builder.op('aten::flatten', [input, builder.int(2), builder.int(-1)], tensorType)
  const [axes, batch] = [builder.list([builder.int(2)], intType), builder.list([builder.int(0)], intType)]
  const [no, yes, none] = [builder.bool(false), builder.bool(true), builder.none()]
  const average = (x: Value, over: Value): Value => builder.op('aten::mean', [x, over, no, none], tensorType)
  const blend = (old: Value, now: Value): Value => builder.op('aten::lerp', [old, average(now, batch), momentum], tensorType)
  write(node, [
    [mean, blend(mean, average(flat, axes))],
    [variance, blend(variance, builder.op('aten::var', [flat, axes, yes, no], tensorType))],
  ])
}

const updates = new Map<string, (node: Node) => void>([
  ['aten::batch_norm', batchNorm],
  ['aten::native_batch_norm', batchNorm],
  ['aten::_native_batch_norm_legit', batchNorm],
  ['aten::_batch_norm_with_update', batchNormWithUpdate],
  ['aten::instance_norm', instanceNorm],
])
