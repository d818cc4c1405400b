// A model saved or traced in training mode is converted for inference. `evalModule` is what Module.eval() does to the attributes; the pass
// does the same to what a trace baked into its operators: their flags read False. Statistics of the batch stay where there are no others.
// Answers to torch/nn/modules/module.py (train) and the mode arguments of aten/src/ATen/native/{Dropout,Normalization,RNN}.cpp.

import type { Problem } from '../diagnostics/compile-error.ts'
import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { attributePaths } from './module-attributes.ts'
import { definePass } from './pass.ts'

/** A copy of the tree of objects with every `training` False; what the objects hold besides each other is shared. */
export function evalModule(root: IObject): IObject {
  const copies = new Map([...attributePaths(root).keys()].map((object) => [object, { ...object, attributes: new Map(object.attributes) }]))
  for (const { attributes } of copies.values())
    for (const [name, value] of attributes) {
      if (name === 'training' && value === true) attributes.set(name, false)
      const copy = value !== null && typeof value === 'object' && value.kind === 'object' ? copies.get(value) : undefined
      if (copy !== undefined) attributes.set(name, copy)
    }
  return copies.get(root)!
}

/** One line when code asks an object for the `training` that `evalModule` changed. `self` is the module as it was saved. */
export function noticeOfEval(graph: Graph, self: IObject): Problem[] {
  const objects = moduleValues(graph, self)
  const asks = (node: Node): boolean =>
    node.kind === 'prim::GetAttr' && attributeName(node) === 'training' && objects.get(node.input())?.attributes.get('training') === true
  if (![...allNodes(graph.block)].some(asks)) return []
  return [
    {
      code: 'PT3040',
      message: 'The model was saved in training mode; it is converted for inference, as after .eval().',
      fix: `call .eval() before the model is saved, or set training: 'preserve' to keep what the file says.`,
    },
  ]
}

/** The argument that tells training from evaluation. */
const MODES = new Map([
  ...['dropout', 'feature_dropout', 'alpha_dropout', 'feature_alpha_dropout', 'native_dropout'].map((name) => [name, 'train'] as const),
  ...['lstm', 'gru', 'rnn_tanh', 'rnn_relu'].map((name) => [name, 'train'] as const),
  ...['rrelu', 'rrelu_with_noise'].map((name) => [name, 'training'] as const),
  ...['batch_norm', 'native_batch_norm', '_batch_norm_impl_index', 'cudnn_batch_norm'].map((name) => [name, 'training'] as const),
  ...['_native_batch_norm_legit', '_native_batch_norm_legit_functional'].map((name) => [name, 'training'] as const),
  ['instance_norm', 'use_input_stats'] as const,
  // Attention has a probability only.
  ...[
    'scaled_dot_product_attention',
    '_scaled_dot_product_attention_math',
    '_scaled_dot_product_flash_attention',
    '_scaled_dot_product_flash_attention_for_cpu',
    '_scaled_dot_product_efficient_attention',
  ].map((name) => [name, 'dropout_p'] as const),
])

export const setEvalMode = definePass({
  name: 'set-eval-mode',
  doc: 'Takes operators that a trace recorded in training mode as in evaluation.',
  run: (graph, { self, notices }) => {
    const changed = new Map<string, Node[]>()
    const counted = new Set<IObject>()
    const objects = self === undefined ? new Map<Value, IObject>() : moduleValues(graph, self)
    for (const node of allNodes(graph.block)) {
      const mode = trainedMode(node)
      if (mode === undefined) continue
      const { index, argument } = mode
      if (argument !== 'dropout_p' && argument !== 'train') {
        const [statistics] = argumentsOf(node, 'running_mean')
        const holder = statistics?.node.kind === 'prim::GetAttr' ? objects.get(statistics.node.input()) : undefined
        if (holder !== undefined) counted.add(holder)
      }
      const told = matters(node)
      node.setInput(index, Builder.replacing(node).constant(argument === 'dropout_p' ? 0 : false))
      if (!told) continue
      const name = node.kind.slice('aten::'.length).replace(/_$/, '')
      const places = changed.get(name)
      if (places === undefined) changed.set(name, [node])
      else places.push(node)
    }
    dropCounters(graph, objects, counted)
    for (const [name, nodes] of changed) notices.push(noticeOf(name, nodes))
    return changed.size > 0 || counted.size > 0
  },
})

/** Values of module types, by the object that each is. */
function moduleValues(graph: Graph, self: IObject): Map<Value, IObject> {
  const objects = new Map<Value, IObject>()
  if (graph.inputs[0] !== undefined) objects.set(graph.inputs[0], self)
  for (const node of allNodes(graph.block)) {
    if (node.kind !== 'prim::GetAttr') continue
    const held = objects.get(node.input())?.attributes.get(attributeName(node))
    if (held !== null && typeof held === 'object' && held.kind === 'object') objects.set(node.output(), held)
  }
  return objects
}

const attributeName = (node: Node): string => String(node.attributes.get('name'))

/** The inputs that the schema gives these names, in order. */
function argumentsOf(node: Node, ...names: readonly string[]): (Value | undefined)[] {
  const args = schemaOf(node)?.args ?? []
  return names.map((name) => {
    const index = args.findIndex((arg) => arg.name === name)
    return index === -1 ? undefined : node.inputs[index]
  })
}

interface Mode {
  readonly index: number
  readonly argument: string
}

/** Where the node says that it trains, if it does and can be told otherwise. */
function trainedMode(node: Node): Mode | undefined {
  const argument = MODES.get(node.kind.replace(/^aten::/, '').replace(/_$/, ''))
  if (argument === undefined) return undefined
  const index = schemaOf(node)?.args.findIndex(({ name }) => name === argument) ?? -1
  const value = node.inputs[index] === undefined ? undefined : constantOf(node.input(index))
  // native_dropout takes None for True.
  const trains =
    argument === 'dropout_p' ? typeof value === 'number' && value > 0 : value === true || (argument === 'train' && value === null)
  if (!trains) return undefined
  const statistics = argumentsOf(node, 'running_mean', 'running_var')
  // There is nothing to take in place of the batch's own statistics.
  if (/norm/.test(node.kind) && statistics.some((value) => value?.type.kind !== 'Tensor')) return undefined
  return /norm/.test(node.kind) && isWritten(node) ? undefined : { index, argument }
}

/** Scripted F.batch_norm(…, training=True): a module passes its own flag there, so this one is part of the algorithm. */
const isWritten = ({ range }: Node): boolean => /\b__torch__\/torch\/nn\/functional(?:\.py$|\/)/.test(range?.source.name ?? '')

/** Dropout of nothing is none, and that between layers takes two of them. */
function matters(node: Node): boolean {
  const [probability, layers] = argumentsOf(node, node.kind.includes('dropout') ? 'p' : 'dropout', 'num_layers')
  if (probability !== undefined && constantOf(probability) === 0) return false
  return layers === undefined || constantOf(layers) !== 1n
}

/** In training, batch normalisation counts its batches: a trace recorded that too. */
function dropCounters(graph: Graph, objects: ReadonlyMap<Value, IObject>, counted: ReadonlySet<IObject>): void {
  for (const node of allNodes(graph.block)) {
    if (node.kind !== 'aten::add_' || node.input().node.kind !== 'prim::GetAttr') continue
    const holder = objects.get(node.input().node.input())
    if (holder === undefined || !counted.has(holder) || attributeName(node.input().node) !== 'num_batches_tracked') continue
    node.output().replaceAllUsesWith(node.input())
    node.destroy()
  }
}

function noticeOf(name: string, nodes: readonly Node[]): Problem {
  const [{ range, callStack, scope }] = nodes as readonly [Node, ...Node[]]
  // Traces know lines of torch at best: the submodule says more.
  const first = scope === undefined || scope === '' ? '' : nodes.length === 1 ? ` in '${scope}'` : `, the first in '${scope}'`
  const times = nodes.length === 1 ? first : ` at ${nodes.length} places${first}`
  return {
    code: 'PT3041',
    message: `${name} was recorded in training mode${times}; it is converted as in evaluation.`,
    ...(range === undefined ? {} : { range }),
    ...(callStack.length === 0 ? {} : { calledFrom: callStack }),
    fix: `call .eval() before the model is traced, or set training: 'preserve' to keep what the file says.`,
  }
}
