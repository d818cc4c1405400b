// What is to be drawn of a graph when some of its modules are open: boxes within boxes, with places; and edges between what is visible. Each open
// module is laid out by itself and is one box to what is around it.

import type { Drawing, DrawnValue } from '../src/compiler/explore/types.ts'
import type { Group, Item, Leaf } from './graph-tree.ts'
import { layered, type Edge, type Layout } from './layers.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface SceneBox extends Point {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly of: Leaf | Group | { readonly kind: 'input' | 'output'; readonly id: string; readonly value: DrawnValue }
  readonly isOpen: boolean
}
export interface SceneEdge {
  readonly points: readonly Point[]
  readonly value: DrawnValue
  readonly from: string
  readonly to: string
}
export interface Scene {
  /** Outer ones before those in them. */
  readonly boxes: readonly SceneBox[]
  readonly edges: readonly SceneEdge[]
  readonly width: number
  readonly height: number
}

type Visible = SceneBox['of']

const PADDING = 16
const TITLE = 26
const LEAF = { width: 148, height: 42 }
const CLOSED = { width: 172, height: 46 }

interface Piece {
  readonly item: Visible
  readonly width: number
  readonly height: number
  readonly inside?: { readonly pieces: readonly Piece[]; readonly edges: readonly PieceEdge[]; readonly layout: Layout }
}
interface PieceEdge extends Edge {
  readonly value: DrawnValue
  /** The leaves or groups that it really joins. */
  readonly ends: readonly [from: string, to: string]
}

export function sceneOf(drawing: Drawing, root: Group, open: ReadonlySet<string>): Scene {
  // Who makes and who reads each value, as the innermost visible box.
  const links = linksOf(drawing, root, open)
  const inputs = drawing.inputs.map((value, i): Visible => ({ kind: 'input', id: `input ${i}`, value }))
  const outputs = drawing.outputs.map((value, i): Visible => ({ kind: 'output', id: `output ${i}`, value }))
  const piece = arranged(root, [...inputs, ...root.children, ...outputs], links, open)
  const boxes: SceneBox[] = []
  const edges: SceneEdge[] = []
  place(piece, { x: 0, y: 0 }, 0, boxes, edges)
  const byId = new Map(boxes.map((box) => [box.id, box]))
  return { boxes, edges: edges.map((edge) => attached(edge, byId)), width: piece.width, height: piece.height }
}

interface Link {
  readonly value: DrawnValue
  /** Ids of the boxes around each end, outermost first, the end itself last. */
  readonly from: readonly string[]
  readonly to: readonly string[]
}

function linksOf(drawing: Drawing, root: Group, open: ReadonlySet<string>): Link[] {
  const paths = new Map<string, readonly string[]>()
  const visit = (items: readonly Item[], above: readonly string[], isOpen: boolean): void => {
    for (const item of items) {
      const path = isOpen ? [...above, item.id] : above
      if (item.kind === 'node') paths.set(item.id, path)
      else visit(item.children, path, isOpen && open.has(item.id))
    }
  }
  visit(root.children, [], true)
  const makers = new Map<string, { readonly path: readonly string[]; readonly value: DrawnValue }>()
  drawing.inputs.forEach((value, i) => makers.set(value.name, { path: [`input ${i}`], value }))
  const nodes = drawing.nodes.map((node, i) => ({ node, path: paths.get(`node ${i}`) ?? [] }))
  for (const { node, path } of nodes) for (const value of node.outputs) if (value.name !== '') makers.set(value.name, { path, value })
  const links: Link[] = []
  const seen = new Set<string>()
  const link = (name: string, to: readonly string[]): void => {
    const maker = makers.get(name)
    if (maker === undefined) return
    const key = `${maker.path.at(-1)}\n${to.at(-1)}\n${name}`
    if (maker.path.at(-1) === to.at(-1) || seen.has(key)) return
    seen.add(key)
    links.push({ value: maker.value, from: maker.path, to })
  }
  for (const { node, path } of nodes) {
    for (const { name } of node.inputs) link(name, path)
    // What a body reads of the graph around it.
    for (const name of capturedBy(node.subgraphs.map(([, graph]) => graph))) link(name, path)
  }
  drawing.outputs.forEach(({ name }, i) => link(name, [`output ${i}`]))
  return links
}

/** Names that subgraphs read and do not make. */
export function capturedBy(graphs: readonly Drawing[]): Set<string> {
  const made = new Set<string>()
  const read = new Set<string>()
  const pending = [...graphs]
  for (let graph = pending.pop(); graph !== undefined; graph = pending.pop()) {
    for (const { name } of graph.inputs) made.add(name)
    for (const { inputs, outputs, subgraphs } of graph.nodes) {
      for (const { name, weight } of inputs) if (weight === undefined && name !== '') read.add(name)
      for (const { name } of outputs) made.add(name)
      pending.push(...subgraphs.map(([, inner]) => inner))
    }
    for (const { name } of graph.outputs) read.add(name)
  }
  for (const name of made) read.delete(name)
  return read
}

/** The inside of an open group. */
function arranged(group: Visible, items: readonly Visible[], links: readonly Link[], open: ReadonlySet<string>, depth = 0): Piece {
  const index = new Map(items.map(({ id }, i) => [id, i]))
  const edges: PieceEdge[] = []
  for (const { value, from, to } of links) {
    const [a, b] = [from[depth], to[depth]]
    const [i, j] = [a === undefined ? undefined : index.get(a), b === undefined ? undefined : index.get(b)]
    // Both ends are here, in different boxes.
    if (i === undefined || j === undefined || i === j || from.slice(0, depth).join('\n') !== to.slice(0, depth).join('\n')) continue
    edges.push({ from: i, to: j, value, ends: [from.at(-1)!, to.at(-1)!] })
  }
  const pieces = items.map((item): Piece => {
    if (item.kind !== 'group') return { item, ...LEAF }
    if (!open.has(item.id)) return { item, ...CLOSED }
    const within = links.filter(({ from, to }) => from[depth] === item.id && to[depth] === item.id)
    return arranged(item, item.children, within, open, depth + 1)
  })
  const layout = layered(pieces, edges)
  return {
    item: group,
    inside: { pieces, edges, layout },
    width: Math.max(CLOSED.width, layout.width + 2 * PADDING),
    height: layout.height + 2 * PADDING + TITLE,
  }
}

function place(piece: Piece, at: Point, depth: number, boxes: SceneBox[], edges: SceneEdge[]): void {
  const { item, width, height, inside } = piece
  boxes.push({ id: item.id, of: item, ...at, width, height, depth, isOpen: inside !== undefined })
  if (inside === undefined) return
  const { pieces, layout } = inside
  const origin = { x: at.x + (width - layout.width) / 2, y: at.y + TITLE + PADDING }
  const moved = ({ x, y }: Point): Point => ({ x: x + origin.x, y: y + origin.y })
  const spots = layout.places.map(moved)
  for (const [i, inner] of pieces.entries()) place(inner, spots[i]!, depth + 1, boxes, edges)
  for (const [i, { from, to, value, ends }] of inside.edges.entries()) {
    const [a, b] = [pieces[from]!, pieces[to]!]
    const start = { x: spots[from]!.x + a.width / 2, y: spots[from]!.y + a.height }
    const end = { x: spots[to]!.x + b.width / 2, y: spots[to]!.y }
    edges.push({ points: [start, ...layout.bends[i]!.map(moved), end], value, from: ends[0], to: ends[1] })
  }
}

/** An edge goes on to the box in which it really begins or ends, inside of the open groups around it. */
function attached(edge: SceneEdge, boxes: ReadonlyMap<string, SceneBox>): SceneEdge {
  const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)]
  const points = [...edge.points]
  const [first, last] = [points[0]!, points.at(-1)!]
  if (from !== undefined) {
    const port = { x: from.x + from.width / 2, y: from.y + from.height }
    if (port.y < first.y - 1) points.splice(0, 1, port, { x: port.x, y: first.y })
  }
  if (to !== undefined) {
    const port = { x: to.x + to.width / 2, y: to.y }
    if (port.y > last.y + 1) points.splice(-1, 1, { x: port.x, y: last.y }, port)
  }
  return { ...edge, points }
}
