// The mask of attention in the emitted model: added to the scores, or a choice between the scores and what is next to −∞. As
// MultiHeadAttention takes it: a bias [1 or B, 1 or H, S, T], or `unidirectional`, where position i sees positions 0 … i.

import { broadcast, type Dim, type Dims } from '../../ir/dim.ts'
import { scalarTensor, int64Tensor, readElements, tensorFromElements } from '../../ir/tensor-elements.ts'
import { contiguousBytes, tensorOf, type Tensor } from '../../ir/tensor.ts'
import type { OnnxNode } from '../model.ts'
import type { Heads } from './attention-heads.ts'
import { windowsOf, withWindows } from './attention-windows.ts'
import { onnxNode, otherInput, type GraphIndex } from './graph-index.ts'

export interface Mask {
  /** The same for the same mask. */
  readonly key: string
  readonly isCausal: boolean
  readonly fits: (query: Heads, key: Heads) => boolean
  /** The name of the bias; undefined where `isCausal` says it all. */
  readonly bias: (query: Heads, key: Heads, nodes: OnnxNode[]) => string | undefined
  /** What tells of each position [1 or B, 1 or H, 1 or S, T] whether it is seen, as bools; undefined where each row sees something. */
  readonly seen: ((nodes: OnnxNode[]) => string) | undefined
}

export interface Masked {
  /** The scores before the mask. */
  readonly scores: string
  readonly mask: Mask | undefined
}

/** A sum with a number as low as this is that number, whatever the score. */
const LOWEST = -1e30

/**
 * The mask of what goes into the softmax; a string is the reason why it is none that the kernel knows. `guarded`: rows that see nothing are looked
 * for in it, too (attention-rows.ts).
 */
export function maskOf(name: string, guarded: boolean, index: GraphIndex): Masked | string {
  if (!guarded && !index.isReadOnce(name)) return 'the scores are used elsewhere too'
  const windows = guarded ? undefined : windowsOf(name, index)
  if (windows === undefined) return plainMask(name, index)
  const inner = plainMask(windows.scores, index)
  return typeof inner === 'string' ? inner : { scores: inner.scores, mask: withWindows(inner.mask, windows, index) }
}

function plainMask(name: string, index: GraphIndex): Masked | string {
  const add = index.made(name, 'Add')
  if (add !== undefined) {
    const scores = add.inputs.find((input) => isProduct(input, index))
    if (scores === undefined) return 'the scores are not one product of queries and keys'
    return { scores, mask: added(otherInput(add, scores), index) }
  }
  const where = index.made(name, 'Where')
  if (where === undefined) return { scores: name, mask: undefined }
  const [condition, a, b] = where.inputs as [string, string, string]
  const [scores, fill, whenTrue] = isProduct(a, index) ? [a, b, true] : [b, a, false]
  const low = index.scalar(fill)
  if (low === undefined || low > LOWEST) return 'what masked scores become is not next to −∞'
  const constant = index.constant(condition)
  if (!whenTrue) {
    if (constant === undefined) return { scores, mask: chosen(condition, fill, low, whenTrue, index) }
    const seen = readElements(constant).map((hidden) => hidden !== true)
    return constantMask(condition, scores, tensorFromElements('bool', constant.sizes, seen), low, index)
  }
  return constant === undefined
    ? { scores, mask: chosen(condition, fill, low, whenTrue, index) }
    : constantMask(condition, scores, constant, low, index)
}

/** A product, scaled or not. */
function isProduct(name: string, index: GraphIndex): boolean {
  for (let node = index.own(name, 'MatMul', 'Mul', 'Div'); node !== undefined;) {
    if (node.opType === 'MatMul') return true
    const next = node.inputs.find((input) => index.scalar(input) === undefined)
    node = index.own(next, 'MatMul', 'Mul', 'Div')
  }
  return false
}

/** [1 or B, 1 or H, 1 or S, T], with axes that are missing in front. */
function fitsScores(dims: Dims, query: Heads, key: Heads): boolean {
  if (dims === undefined || dims.length < 2 || dims.length > 4) return false
  const wanted = [query.batch, query.count, query.length, key.length].slice(-dims.length)
  return dims.every((dim, i) => dim !== null && (dim === wanted[i] || isUpTo(dim, wanted[i]!) || (dim === 1 && i < dims.length - 1)))
}

/** min(n, 32) beside n is n: what else does not go together. */
const isUpTo = (dim: Dim, whole: Dim): boolean =>
  typeof dim === 'string' && typeof whole === 'string' && !dim.startsWith('min(1,') && broadcast([dim], [whole])?.[0] === whole

function added(mask: string, index: GraphIndex): Mask {
  return {
    key: mask,
    isCausal: false,
    fits: (query, key) => index.dtype(mask) === 'float32' && fitsScores(index.dims(mask), query, key),
    bias: (query, _key, nodes) => whole(mask, query, nodes, index),
    seen: (nodes) => {
      const seen = index.name({ dtype: 'bool', dims: index.dims(mask) })
      nodes.push(onnxNode('Greater', [mask, index.addConstant(scalarTensor('float32', -Infinity))], [seen]))
      return seen
    },
  }
}

function chosen(condition: string, fill: string, low: number, whenTrue: boolean, index: GraphIndex): Mask {
  return {
    key: `${condition} ${whenTrue} ${low}`,
    isCausal: false,
    fits: (query, key) => fitsScores(index.dims(condition), query, key),
    bias: (query, _key, nodes) => {
      const zero = index.addConstant(scalarTensor('float32', 0))
      const bias = index.name({ dtype: 'float32', dims: index.dims(condition) })
      const low_ = index.scalar(fill) === low ? fill : index.addConstant(scalarTensor('float32', low))
      nodes.push(onnxNode('Where', whenTrue ? [condition, zero, low_] : [condition, low_, zero], [bias]))
      return whole(bias, query, nodes, index)
    },
    seen: (nodes) => {
      if (whenTrue) return condition
      const seen = index.name({ dtype: 'bool', dims: index.dims(condition) })
      nodes.push(onnxNode('Not', [condition], [seen]))
      return seen
    },
  }
}

/** A mask of constants: true is seen. */
function constantMask(condition: string, scores: string, seen: Tensor, low: number, index: GraphIndex): Masked {
  const elements = readElements(seen)
  const [rows, columns] = [seen.sizes.at(-2) ?? 1, seen.sizes.at(-1) ?? 1]
  const isCausal =
    rows === columns && elements.length === rows * columns && elements.every((one, i) => one === i % columns <= Math.floor(i / columns))
  return {
    scores,
    mask: {
      key: `${condition} ${low}`,
      isCausal,
      fits: (query, key) => fitsScores(seen.sizes, query, key) && (!isCausal || query.length === rows),
      bias: (query, _key, nodes) => {
        if (isCausal) return undefined
        const bias = tensorFromElements(
          'float32',
          seen.sizes,
          elements.map((one) => (one === true ? 0 : low)),
        )
        return whole(index.addConstant(bias), query, nodes, index)
      },
      seen: elements.every((one, i) => i % columns > 0 || elements.slice(i, i + columns).includes(true))
        ? undefined
        : () => index.addConstant(seen),
    },
  }
}

/** The mask with four axes, of which the last but one has a row for each query. */
function whole(mask: string, query: Heads, nodes: OnnxNode[], index: GraphIndex): string {
  const dims = index.dims(mask)!
  const four = [...Array.from({ length: 4 - dims.length }, () => 1), ...dims]
  const constant = index.constant(mask)
  let name = mask
  if (dims.length < 4 && constant !== undefined)
    name = index.addConstant(tensorOf(constant.dtype, four as number[], contiguousBytes(constant)), index.origin(mask))
  else if (dims.length < 4) {
    name = index.name({ dtype: 'float32', dims: four })
    const axes = index.addConstant(int64Tensor(Array.from({ length: 4 - dims.length }, (_, i) => i)))
    nodes.push(onnxNode('Unsqueeze', [mask, axes], [name]))
  }
  if (four[2] !== 1 || query.length === 1) return name
  const expanded = index.name({ dtype: 'float32', dims: [four[0]!, four[1]!, query.length, four[3]!] })
  nodes.push(onnxNode('Expand', [name, rowsOf(query, nodes, index)], [expanded]))
  return expanded
}

/** [1, 1, S, 1]. */
function rowsOf({ length, source, sequenceFirst }: Heads, nodes: OnnxNode[], index: GraphIndex): string {
  if (typeof length === 'number') return index.addConstant(int64Tensor([1, 1, length, 1]))
  const [rows, shape] = [index.name({ dtype: 'int64', dims: [1] }), index.name({ dtype: 'int64', dims: [4] })]
  const [two, one] = [index.addConstant(int64Tensor([1, 1])), index.addConstant(int64Tensor([1]))]
  const axis = sequenceFirst ? 0 : 1
  nodes.push(
    onnxNode('Shape', [source], [rows], { start: axis, end: axis + 1 }),
    onnxNode('Concat', [two, rows, one], [shape], { axis: 0 }),
  )
  return shape
}
