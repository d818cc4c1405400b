// The heads of attention in the emitted model: [B, H, S, E], or [B·H, S, E], that a projection [B, S, H·E], or one of several packed into
// [B, S, n·H·E], was split into; or [S, B, …], as torch's own module has it. com.microsoft's operators take the projections as [B, S, …].

import type { Dim } from '../../ir/dim.ts'
import type { OnnxNode } from '../model.ts'
import { behindView, layoutOf, viewedBy, type Atom, type Layout } from './axis-layout.ts'
import { onnxNode, otherInput, type GraphIndex } from './graph-index.ts'
import { intsAttribute } from './values.ts'

export interface Heads {
  /** [B, S, H·E], or [B, S, parts·H·E]; with S before B where `sequenceFirst`. */
  readonly source: string
  readonly sequenceFirst: boolean
  readonly part?: { readonly index: number; readonly of: number }
  readonly batch: Dim
  readonly length: Dim
  readonly count: number
  readonly width: number
}

/** Axes of [B, H, S, E] or [B·H, S, E]; `transposed`: the last two the other way round. */
function headLayout(dims: readonly Dim[], transposed: boolean): Layout {
  const [length, width] = transposed ? [dims.at(-1)!, dims.at(-2)!] : [dims.at(-2)!, dims.at(-1)!]
  const last = transposed
    ? ([
        ['e', width],
        ['s', length],
      ] as const)
    : ([
        ['s', length],
        ['e', width],
      ] as const)
  return layoutOf(dims.length === 4 ? [['b', dims[0]!], ['h', dims[1]!], ...last] : [['x', dims[0]!], ...last])
}

/** What `name` holds the heads of; `transposed`: as [B, H, E, S]. A string is the reason why that cannot be told. */
export function headsOf(name: string, transposed: boolean, index: GraphIndex): Heads | string {
  const dims = index.dims(name)
  const width = dims?.at(transposed ? -2 : -1)
  const length = dims?.at(transposed ? -1 : -2)
  if (dims === undefined || typeof width !== 'number' || length === undefined || length === null)
    return 'the extents of the heads are not known'
  let found: Heads | undefined
  let views = 0
  for (const view of viewedBy(name, headLayout(dims, transposed), index)) {
    views++
    found = projection(view.name, view.layout, length, width, index) ?? found
  }
  return found ?? (views === 1 ? 'the heads are not split from a projection' : 'the heads are split along other axes')
}

const ids = (atoms: readonly Atom[]): string => atoms.map(({ id }) => id).join()
/** What lies in B and what in H: the atoms of [B, H, …], or the two parts of [B·H, …]; nothing where an extent is 1. */
const BATCH_AND_HEADS = new Set(['b|h', '|h', 'b|', '|', 'x0|x1', '|x', 'x|'])

function projection(source: string, layout: Layout, length: Dim, width: number, index: GraphIndex): Heads | undefined {
  const dims = index.dims(source)
  if (layout.length !== 3 || dims === undefined || dims.includes(null)) return undefined
  const [first, second, last] = layout as [readonly Atom[], readonly Atom[], readonly Atom[]]
  const part = last[0]?.part
  const inner = part === undefined ? last : last.slice(1)
  const isWide = width === 1 || inner.at(-1)?.id === 'e'
  const heads = width === 1 ? inner : inner.slice(0, -1)
  const positions = length === 1 ? '' : 's'
  const of = (sequence: readonly Atom[], batch: readonly Atom[]): boolean =>
    ids(sequence) === positions && BATCH_AND_HEADS.has(`${ids(batch)}|${ids(heads)}`)
  const sequenceFirst = !of(second, first)
  if (!isWide || (sequenceFirst && !of(first, second))) return undefined
  const count = heads.reduce<number>((n, { size }) => (typeof size === 'number' ? n * size : NaN), 1)
  if (!Number.isInteger(count) || dims[2] !== (part?.of ?? 1) * count * width) return undefined
  const [batch, positionCount] = sequenceFirst ? [dims[1]!, dims[0]!] : [dims[0]!, dims[1]!]
  return { source, sequenceFirst, ...(part === undefined ? {} : { part }), batch, length: positionCount, count, width }
}

/** How the results of heads of `dims` lie behind views: as [B, S, H, E], as [S, B, H, E], in whatever axes; undefined where in neither order. */
export function joinedBy(views: readonly OnnxNode[], dims: readonly Dim[], index: GraphIndex): 'batch' | 'sequence' | undefined {
  let layout: Layout | undefined = headLayout(dims, false)
  for (const view of views) layout = layout === undefined ? undefined : behindView(view, layout, index)
  if (layout === undefined) return undefined
  // Parts of one atom in a row are that atom.
  const order = ids(layout.flat()).replace('x0,x1', 'x')
  const one = (id: string, size: Dim): string[] => (size === 1 ? [] : [id])
  const [length, width] = [dims.at(-2)!, dims.at(-1)!]
  const tail = one('e', width)
  if (dims.length === 4) {
    const [b, h, s] = [one('b', dims[0]!), one('h', dims[1]!), one('s', length)]
    return order === [...b, ...s, ...h, ...tail].join() ? 'batch' : order === [...s, ...b, ...h, ...tail].join() ? 'sequence' : undefined
  }
  if (order === [...one('s', length), ...one('x', dims[0]!), ...tail].join()) return 'sequence'
  return order === ['x0', ...one('s', length), 'x1', ...tail].join() ? 'batch' : undefined
}

/** The projections that heads were split from, each by itself as [B, S, H·E]; `nodes` gets what takes a packed one apart or turns it, once. */
export class Projections {
  readonly #index: GraphIndex
  readonly #parts = new Map<string, readonly string[]>()
  readonly #turned = new Map<string, string>()

  constructor(index: GraphIndex) {
    this.#index = index
  }

  of({ source, sequenceFirst, part, batch, length, count, width }: Heads, nodes: OnnxNode[]): string {
    const name = sequenceFirst ? this.turned(source, nodes) : source
    if (part === undefined) return name
    const key = `${name} ${part.of}`
    let parts = this.#parts.get(key)
    if (parts === undefined) {
      const type = { dtype: 'float32', dims: [batch, length, count * width] } as const
      parts = Array.from({ length: part.of }, () => this.#index.name(type))
      nodes.push(onnxNode('Split', [name], parts, { axis: 2, num_outputs: part.of }))
      this.#parts.set(key, parts)
    }
    return parts[part.index]!
  }

  /** The value with its first two axes the other way round; a linear layer that nobody else reads runs on its turned input. */
  turned(name: string, nodes: OnnxNode[]): string {
    const index = this.#index
    const before = index.made(name, 'Transpose')
    if (before !== undefined && intsAttribute(before, 'perm')?.join() === '1,0,2') return before.inputs[0]!
    const known = this.#turned.get(name)
    if (known !== undefined) return known
    const type = index.type(name)
    const [s, b, e] = type?.dims ?? []
    const turned = index.name({ dtype: 'float32', dims: [b ?? null, s ?? null, e ?? null] })
    this.#turned.set(name, turned)
    nodes.push(...(this.#linear(name, turned, nodes) ?? [onnxNode('Transpose', [name], [turned], { perm: [1, 0, 2] })]))
    return turned
  }

  #linear(name: string, turned: string, nodes: OnnxNode[]): OnnxNode[] | undefined {
    const index = this.#index
    const add = index.own(name, 'Add')
    const bias = add?.inputs.find((input) => index.isVectorOf(input, name))
    const product = bias === undefined ? index.own(name, 'MatMul') : index.own(otherInput(add!, bias), 'MatMul')
    const [x, weight] = product?.inputs ?? []
    if (x === undefined || index.dims(x)?.length !== 3 || index.constant(weight)?.sizes.length !== 2) return undefined
    const input = this.turned(x, nodes)
    if (bias === undefined) return [onnxNode('MatMul', [input, weight], [turned])]
    const sum = index.name({ dtype: 'float32', dims: index.dims(turned) })
    return [onnxNode('MatMul', [input, weight], [sum]), onnxNode('Add', [sum, bias], [turned])]
  }
}
