// The heads of attention in the emitted model: [B, H, S, E] that a projection [B, S, H·E], or one of several packed into [B, S, n·H·E], was
// split into. com.microsoft's operators take the projections as they are.

import type { Dim } from '../../ir/dim.ts'
import type { OnnxNode } from '../model.ts'
import { onnxNode, type GraphIndex } from './graph-index.ts'
import { intAttribute, intsAttribute } from './values.ts'

export interface Heads {
  /** [B, S, H·E], or [B, S, parts·H·E]. */
  readonly source: string
  readonly part?: { readonly index: number; readonly of: number }
  readonly batch: Dim
  readonly length: Dim
  readonly count: number
  readonly width: number
}

const SPLIT = [0, 2, 1, 3]
/** Of [B, S, n, H, E]. */
const PACKED = [2, 0, 3, 1, 4]

const isPerm = (node: OnnxNode, expected: readonly number[]): boolean =>
  intsAttribute(node, 'perm')?.every((axis, i) => axis === expected[i]) === true && intsAttribute(node, 'perm')?.length === expected.length

/** What `name` holds the heads of; `transposed`: as [B, H, E, S]. A string is the reason why that cannot be told. */
export function headsOf(name: string, transposed: boolean, index: GraphIndex): Heads | string {
  const node = index.made(name, 'Transpose', 'Gather')
  if (node === undefined) return 'the heads are not split from a projection'
  const [inner] = node.inputs as [string]
  if (node.opType === 'Gather') return transposed ? 'the keys are not transposed' : packed(node, index)
  if (transposed && isPerm(node, [0, 1, 3, 2])) return headsOf(inner, false, index)
  if (!isPerm(node, transposed ? [0, 2, 3, 1] : SPLIT)) return 'the heads are split along other axes'
  const reshape = index.made(inner, 'Reshape')
  return reshape === undefined ? 'the heads are not split from a projection' : split(reshape, index)
}

/** [B, S, H·E] → [B, S, H, E]. */
function split(reshape: OnnxNode, index: GraphIndex): Heads | string {
  const [source] = reshape.inputs as [string]
  const [from, to] = [index.dims(source), index.dims(reshape.outputs[0]!)]
  if (from?.length !== 3 || to?.length !== 4) return 'the projection does not have three axes'
  const [batch, length, count, width] = to
  if (typeof count !== 'number' || typeof width !== 'number') return 'the number of heads is not known'
  if (!isKnown(batch, from[0]) || !isKnown(length, from[1]) || from[2] !== count * width) return 'batch and length are not known to stay'
  return { source, batch: batch!, length: length!, count, width }
}

const isKnown = (a: Dim | undefined, b: Dim | undefined): boolean => a !== undefined && a !== null && a === b

/** [B, S, n·H·E] → [B, S, n, H, E] → [n, B, H, S, E] → one of n. */
function packed(gather: OnnxNode, index: GraphIndex): Heads | string {
  const [all, at] = gather.inputs as [string, string]
  const moved = index.made(all, 'Transpose')
  const part = index.scalar(at)
  if (moved === undefined || part === undefined || part < 0 || intAttribute(gather, 'axis', 0) !== 0 || !isPerm(moved, PACKED))
    return 'the heads are split along other axes'
  const reshape = index.made(moved.inputs[0], 'Reshape')
  const [source] = reshape?.inputs ?? []
  if (reshape === undefined || source === undefined) return 'the heads are not split from a projection'
  const [from, to] = [index.dims(source), index.dims(reshape.outputs[0]!)]
  if (from?.length !== 3 || to?.length !== 5) return 'the projection does not have three axes'
  const [batch, length, of, count, width] = to
  if (typeof of !== 'number' || typeof count !== 'number' || typeof width !== 'number') return 'the number of heads is not known'
  if (!isKnown(batch, from[0]) || !isKnown(length, from[1]) || from[2] !== of * count * width)
    return 'batch and length are not known to stay'
  return { source, part: { index: part, of }, batch: batch!, length: length!, count, width }
}

/** The projections that heads were split from, each by itself; `nodes` gets what takes a packed one apart, once. */
export class Projections {
  readonly #index: GraphIndex
  readonly #parts = new Map<string, readonly string[]>()

  constructor(index: GraphIndex) {
    this.#index = index
  }

  of({ source, part, batch, length, count, width }: Heads, nodes: OnnxNode[]): string {
    if (part === undefined) return source
    const key = `${source} ${part.of}`
    let parts = this.#parts.get(key)
    if (parts === undefined) {
      const type = { dtype: 'float32', dims: [batch, length, count * width] } as const
      parts = Array.from({ length: part.of }, () => this.#index.name(type))
      nodes.push(onnxNode('Split', [source], parts, { axis: 2, num_outputs: part.of }))
      this.#parts.set(key, parts)
    }
    return parts[part.index]!
  }
}
