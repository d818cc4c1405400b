// Attention over heads: softmax(q·kᵀ·scale + mask)·v, with the heads split from projections before and joined behind, is one
// com.microsoft.MultiHeadAttention. Answers to onnxruntime/contrib_ops/cpu/bert/multihead_attention.cc; the mask is attention-mask.ts.

import type { Dim } from '../../ir/dim.ts'
import { scalarTensor } from '../../ir/tensor-elements.ts'
import { f, type OnnxGraph, type OnnxNode } from '../model.ts'
import { headsOf, joinedBy, Projections, type Heads } from './attention-heads.ts'
import { maskOf, type Mask } from './attention-mask.ts'
import { BlindRows, guarded } from './attention-rows.ts'
import { isAbout, onnxNode, operatorOf, replaceNodes, withScalar, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { intAttribute } from './values.ts'

const PASS = 'fuse-attention'

export const fuseAttention = defineOnnxPass({
  name: PASS,
  doc: 'Attention over heads, with its scale and mask, is one operator of the runtime.',
  optional: true,
  wants: ['Softmax'],
  run: (model, { missed }) => {
    const shared = new Map<OnnxGraph, Shared>()
    return replaceNodes(model, 'mha', (node, index, graph) => {
      const found = operatorOf(node) === 'Transpose' ? attention(node, index) : undefined
      if (found === undefined) return undefined
      if (typeof found === 'string') {
        missed.push({ pass: PASS, reason: found })
        return undefined
      }
      const parts = shared.get(graph) ?? { projections: new Projections(index), rows: new BlindRows(index), biases: new Map() }
      shared.set(graph, parts)
      const made = fused(node, found, parts, index)
      if (typeof made !== 'string') return made
      missed.push({ pass: PASS, reason: made })
      return undefined
    })
  },
})

/** What several attentions of one graph have in common. */
interface Shared {
  readonly projections: Projections
  readonly rows: BlindRows
  /** By mask and extents of the scores. */
  readonly biases: Map<string, string | undefined>
}

interface Attention {
  readonly query: Heads
  readonly key: Heads
  readonly value: Heads
  readonly scale: number
  readonly mask: Mask | undefined
  /** Rows that see nothing are 0. */
  readonly guarded: boolean
  /** Behind the operator, positions come before the batch. */
  readonly sequenceFirst: boolean
  /** Reshapes that join the heads again. */
  readonly joins: readonly OnnxNode[]
}

/** What ends in a Transpose; undefined where nothing looks like attention, a string where it nearly does. */
function attention(node: OnnxNode, index: GraphIndex): Attention | string | undefined {
  const parted = index.own(node.inputs[0], 'Reshape')
  const made = parted?.inputs[0] ?? node.inputs[0]
  const choice = index.own(made, 'Where')
  const guard = choice === undefined ? undefined : guarded(choice, index)
  const output = index.made(guard?.output ?? made, 'MatMul')
  const softmax = index.made(output?.inputs[0], 'Softmax')
  if (output === undefined || softmax === undefined) return undefined
  if (!index.isReadOnce(output.outputs[0]!) || !index.isReadOnce(softmax.outputs[0]!))
    return 'the weights of attention are used elsewhere too'
  const dims = index.dims(output.outputs[0]!)
  const axis = intAttribute(softmax, 'axis', -1)
  if ((dims?.length !== 4 && dims?.length !== 3) || (axis !== -1 && axis !== dims.length - 1))
    return 'attention does not have three or four axes'
  const order = joinedBy(parted === undefined ? [node] : [parted, node], dims, index)
  if (order === undefined) return 'the heads are joined along other axes'
  if (index.dtype(output.outputs[0]!) !== 'float32') return `the kernel is for float32, and this is ${index.dtype(output.outputs[0]!)}`
  if (guard !== undefined && guard.masked !== softmax.inputs[0]) return 'what is 0 for rows that see nothing looks at other scores'
  const masked = maskOf(softmax.inputs[0]!, guard !== undefined, index)
  if (typeof masked === 'string') return masked
  const scores = scaled(masked.scores, index)
  const product = index.own(scores.name, 'MatMul')
  if (product === undefined) return 'the scores are not one product of queries and keys'
  const [q, k] = product.inputs.map((name) => scaled(name, index)) as [Scaled, Scaled]
  const [query, key, value] = [headsOf(q.name, false, index), headsOf(k.name, true, index), headsOf(output.inputs[1]!, false, index)]
  for (const heads of [query, key, value]) if (typeof heads === 'string') return heads
  return checked(
    {
      query: query as Heads,
      key: key as Heads,
      value: value as Heads,
      scale: scores.factor * q.factor * k.factor,
      mask: masked.mask,
      guarded: guard !== undefined,
      sequenceFirst: order === 'sequence',
      joins: index.readers(node.outputs[0]!),
    },
    node,
    index,
  )
}

function checked(found: Attention, node: OnnxNode, index: GraphIndex): Attention | string {
  const { query, key, value, mask, joins } = found
  if (query.batch !== key.batch || key.batch !== value.batch || key.length !== value.length)
    return 'queries, keys and values are not known to belong together'
  if (query.count !== key.count || key.count !== value.count || query.width !== key.width || key.width !== value.width)
    return 'heads of queries, keys and values differ'
  if (mask !== undefined && !mask.fits(query, key)) return 'the mask is not known to be one of queries by keys'
  if (!(found.scale > 0)) return 'the scale is not positive'
  if (index.isResult(node.outputs[0]!) || joins.length === 0 || !joins.every((join) => joinsHeads(join, node, joinedDims(found), index)))
    return 'the heads are not joined behind'
  return found
}

/** [B, S, H·E] or [S, B, H·E]. */
function joinedDims({ query: { batch, length, count, width }, sequenceFirst }: Attention): readonly Dim[] {
  return sequenceFirst ? [length, batch, count * width] : [batch, length, count * width]
}

/** Anything, by sizes that copy extents only where the joined heads have the same. */
function joinsHeads(join: OnnxNode, node: OnnxNode, joined: readonly Dim[], index: GraphIndex): boolean {
  if (operatorOf(join) !== 'Reshape' || join.inputs[0] !== node.outputs[0]) return false
  if (isJoined(join, joined, index) || intAttribute(join, 'allowzero', 0) === 1) return true
  const [sizes, dims] = [index.ints(join.inputs[1]), index.dims(node.outputs[0]!)]
  return sizes !== undefined && sizes.every((size, i) => size !== 0 || (dims?.[i] !== null && dims?.[i] === joined[i]))
}

function isJoined(join: OnnxNode, joined: readonly Dim[], index: GraphIndex): boolean {
  const dims = index.dims(join.outputs[0]!)
  return dims?.length === 3 && dims.every((dim, i) => dim === joined[i])
}

interface Scaled {
  readonly name: string
  readonly factor: number
}
/** What is multiplied or divided by constants, and their product. */
function scaled(name: string, index: GraphIndex): Scaled {
  let factor = 1
  for (;;) {
    const node = index.own(name, 'Mul', 'Div')
    const found = node === undefined ? undefined : withScalar(node, index)
    if (node === undefined || found === undefined || (node.opType === 'Div' && node.inputs[1] === found[0])) return { name, factor }
    factor = node.opType === 'Mul' ? factor * found[1] : factor / found[1]
    name = found[0]
  }
}

function fused(node: OnnxNode, found: Attention, { projections, rows, biases }: Shared, index: GraphIndex): OnnxNode[] | string {
  const { query, key, value, mask, scale, joins } = found
  const nodes: OnnxNode[] = []
  const blind = found.guarded && mask?.seen !== undefined ? rows.of(mask, nodes) : undefined
  if (blind === undefined && found.guarded && mask?.seen !== undefined) return 'a row may see nothing for some heads alone'
  const inputs = [query, key, value].map((heads) => projections.of(heads, nodes))
  const bias = mask === undefined ? undefined : biasOf(mask, query, key, biases, nodes)
  const type = { dtype: 'float32', dims: [query.batch, query.length, query.count * query.width] } as const
  const attended = index.name(type)
  nodes.push(
    onnxNode('com.microsoft.MultiHeadAttention', [...inputs, undefined, undefined, bias], [attended], {
      num_heads: query.count,
      scale: isAbout(scale, 1 / Math.sqrt(query.width)) ? undefined : f(scale),
      unidirectional: mask?.isCausal === true ? 1 : undefined,
    }),
  )
  const chosen = blind === undefined ? attended : index.name(type)
  if (blind !== undefined) nodes.push(onnxNode('Where', [blind, index.addConstant(scalarTensor('float32', 0)), attended], [chosen]))
  const joined = joinedDims(found)
  const output = found.sequenceFirst ? index.name({ dtype: 'float32', dims: joined }) : chosen
  if (found.sequenceFirst) nodes.push(onnxNode('Transpose', [chosen], [output], { perm: [1, 0, 2] }))
  for (const join of joins) {
    if (isJoined(join, joined, index)) {
      nodes.push(onnxNode('Identity', [output], [join.outputs[0]]))
      index.drop(join)
    } else join.inputs = [output, join.inputs[1]!]
  }
  return nodes
}

function biasOf(mask: Mask, query: Heads, key: Heads, known: Shared['biases'], nodes: OnnxNode[]): string | undefined {
  const name = `${mask.key} ${query.batch} ${query.count} ${query.length} ${key.length}`
  if (!known.has(name)) known.set(name, mask.bias(query, key, nodes))
  return known.get(name)
}
