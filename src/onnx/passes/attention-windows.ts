// The mask of attention over shifted windows, as Swin Transformers write it: the scores of all windows of all images, [B·W, H, N, N], are seen as
// [B, W, H, N, N], a mask [1, W, 1, N, N] is added, and they are seen as before. As MultiHeadAttention takes it that is a bias [B·W, 1, N, N].

import type { Dim } from '../../ir/dim.ts'
import { int64Tensor } from '../../ir/tensor-elements.ts'
import type { OnnxNode } from '../model.ts'
import type { Heads } from './attention-heads.ts'
import type { Mask } from './attention-mask.ts'
import { onnxNode, otherInput, type GraphIndex } from './graph-index.ts'

export interface Windows {
  /** [B·W, H, N, N] before the mask. */
  readonly scores: string
  /** [1, W, 1, N, N]. */
  readonly mask: string
  /** B. */
  readonly images: Dim
}

/** What `name` is of scores and the mask of windows. */
export function windowsOf(name: string, index: GraphIndex): Windows | undefined {
  const add = index.own(index.made(name, 'Reshape')?.inputs[0], 'Add')
  const [four, five] = [index.dims(name), add === undefined ? undefined : index.dims(add.outputs[0]!)]
  if (add === undefined || four?.length !== 4 || five?.length !== 5 || !isTail(four, five)) return undefined
  for (const side of add.inputs) {
    const inner = index.own(side, 'Reshape')
    const scores = inner?.inputs[0]
    const mask = otherInput(add, side)
    const [windows, from, seen] = [index.dims(mask), index.dims(scores ?? ''), index.dims(side)]
    if (scores === undefined || from?.length !== 4 || seen?.length !== 5 || !isTail(from, seen) || !isTail(from, four)) continue
    const [one, count, heads, rows, columns] = windows ?? []
    const isMask = windows?.length === 5 && one === 1 && heads === 1 && count === five[1] && count === seen[1]
    if (isMask && rows === four[2] && columns === four[3] && index.dtype(mask) === 'float32') return { scores, mask, images: five[0]! }
  }
  return undefined
}

/** The last three extents are numbers, and the same. */
const isTail = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  [-3, -2, -1].every((i) => typeof a.at(i) === 'number' && a.at(i) === b.at(i))

/** `inner` and the mask of the windows, as one. */
export function withWindows(inner: Mask | undefined, { mask, images }: Windows, index: GraphIndex): Mask {
  return {
    key: `${inner?.key ?? ''} ${mask}`,
    isCausal: false,
    fits: (query, key) => inner === undefined || (!inner.isCausal && inner.fits(query, key)),
    bias: (query, key, nodes) => {
      const [, count, , rows, columns] = index.dims(mask)!
      const own = index.name({ dtype: 'float32', dims: [images === 1 ? count! : query.batch, 1, rows!, columns!] })
      const four = index.addConstant(int64Tensor([-1, 1, rows as number, columns as number]))
      nodes.push(onnxNode('Reshape', [images === 1 ? mask : repeated(mask, images, query, nodes, index), four], [own], { allowzero: 0 }))
      const shared = inner?.bias(query, key, nodes)
      if (shared === undefined) return own
      const both = index.name({ dtype: 'float32', dims: [query.batch, query.count, rows!, columns!] })
      nodes.push(onnxNode('Add', [shared, own], [both]))
      return both
    },
    seen: undefined,
  }
}

/** The mask, once for each image. */
function repeated(mask: string, images: Dim, { source, sequenceFirst, batch }: Heads, nodes: OnnxNode[], index: GraphIndex): string {
  // The projection is then nobody else's.
  const product =
    index.made(source, 'MatMul') ??
    index.made(
      index.made(source, 'Add')?.inputs.find((name) => index.made(name, 'MatMul') !== undefined),
      'MatMul',
    )
  const axis = sequenceFirst ? 1 : 0
  const rows = product !== undefined && index.dims(product.inputs[0]!)?.[axis] === batch ? product.inputs[0] : source
  const vector = (dims: readonly Dim[]): string => index.name({ dtype: 'int64', dims })
  const ones = index.addConstant(int64Tensor([1, 1, 1, 1]))
  let shape: string
  if (typeof images === 'number') shape = index.addConstant(int64Tensor([images, 1, 1, 1, 1]))
  else {
    const [all, each, count] = [vector([1]), vector([1]), vector([1])]
    shape = vector([5])
    nodes.push(
      onnxNode('Shape', [rows], [all], { start: axis, end: axis + 1 }),
      onnxNode('Shape', [mask], [each], { start: 1, end: 2 }),
      onnxNode('Div', [all, each], [count]),
      onnxNode('Concat', [count, ones], [shape], { axis: 0 }),
    )
  }
  const name = index.name({ dtype: 'float32', dims: index.dims(mask)?.with(0, typeof batch === 'number' ? images : null) })
  nodes.push(onnxNode('Expand', [mask, shape], [name]))
  return name
}
