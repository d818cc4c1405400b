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
const WIDEST = 216
const CLOSED = { width: 172, height: 46 }

interface Piece {
  readonly item: Visible | Port
  readonly width: number
  readonly height: number
  readonly row?: 'first' | 'last'
  readonly inside?: {
    readonly pieces: readonly Piece[]
    readonly edges: readonly PieceEdge[]
    readonly layout: Layout
    readonly top: number
  }
}

/** Where a value enters an open module, or leaves it. */
interface Port {
  readonly kind: 'port'
  readonly id: string
  readonly row: 'first' | 'last'
}
const PORT = { width: 10, height: 0 }

interface PieceEdge extends Edge {
  /** The links that go this way. */
  readonly links: Link[]
}

export function sceneOf(drawing: Drawing, root: Group, open: ReadonlySet<string>): Scene {
  // Who makes and who reads each value, as the innermost visible box.
  const links = linksOf(drawing, root, open)
  const inputs = drawing.inputs.map((value, i): Visible => ({ kind: 'input', id: `input ${i}`, value }))
  const outputs = drawing.outputs.map((value, i): Visible => ({ kind: 'output', id: `output ${i}`, value }))
  const piece = arranged(root, [...inputs, ...root.children, ...outputs], links, open, 0)
  const boxes: SceneBox[] = []
  place(piece, { x: 0, y: 0 }, 0, boxes)
  const edges = links.map(({ value, from, to, way }): SceneEdge => ({ points: way, value, from: from.at(-1)!, to: to.at(-1)! }))
  return { boxes, edges: edges.filter(({ points }) => points.length > 1), width: piece.width, height: piece.height }
}

interface Link {
  readonly value: DrawnValue
  /** Ids of the boxes around each end, outermost first, the end itself last. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** Levels that the paths of both ends share. */
  readonly shared: number
  /** The points on its way, filled in while boxes are placed: those within the modules around its start, from the inside out; then, from the outside in, those around its end. */
  readonly way: Point[]
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
    let shared = 0
    while (shared < to.length - 1 && shared < maker.path.length - 1 && maker.path[shared] === to[shared]) shared++
    links.push({ value: maker.value, from: maker.path, to, shared, way: [] })
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

/** The inside of an open group, `depth` levels down. Values that come from around it, or go there, have a port each, so that they find a way between its boxes. */
function arranged(group: Group, children: readonly Visible[], links: readonly Link[], open: ReadonlySet<string>, depth: number): Piece {
  const entries = new Map<string, Port>()
  const exits = new Map<string, Port>()
  const port = (ports: Map<string, Port>, name: string): Port => {
    let made = ports.get(name)
    if (made === undefined)
      ports.set(
        name,
        (made = { kind: 'port', id: `${ports === entries ? 'in' : 'out'} ${name}`, row: ports === entries ? 'first' : 'last' }),
      )
    return made
  }
  const ends = links.map((link): readonly [from: string, to: string] => {
    // Above the level that both ends share, one of them is elsewhere.
    const isFromHere = depth <= link.shared || isWithin(link.from, group, depth)
    const isToHere = depth <= link.shared || isWithin(link.to, group, depth)
    return [
      isFromHere ? link.from[depth]! : port(entries, link.value.name).id,
      isToHere ? link.to[depth]! : port(exits, link.value.name).id,
    ]
  })
  const items = [...entries.values(), ...children, ...exits.values()]
  const index = new Map(items.map(({ id }, i) => [id, i]))
  const edges = new Map<string, PieceEdge>()
  for (const [i, link] of links.entries()) {
    const [from, to] = ends[i]!
    if (from === to) continue
    const key = `${from}\n${to}\n${link.value.name}`
    const known = edges.get(key)
    if (known !== undefined) known.links.push(link)
    else edges.set(key, { from: index.get(from)!, to: index.get(to)!, links: [link] })
  }
  const pieces = items.map((item): Piece => {
    if (item.kind === 'port') return { item, ...PORT, row: item.row }
    if (item.kind !== 'group') return { item, ...LEAF, width: leafWidth(item) }
    if (!open.has(item.id)) return { item, ...CLOSED }
    const around = links.filter(
      ({ from, to }) => (from[depth] === item.id && from.length > depth + 1) || (to[depth] === item.id && to.length > depth + 1),
    )
    return arranged(item, item.children, around, open, depth + 1)
  })
  const all = [...edges.values()]
  const layout = layered(pieces, all)
  // A row of ports is room enough.
  const top = entries.size > 0 ? 2 : TITLE + PADDING
  return {
    item: group,
    inside: { pieces, edges: all, layout, top },
    width: Math.max(CLOSED.width, layout.width + 2 * PADDING),
    height: layout.height + top + (exits.size > 0 ? 2 : PADDING),
  }
}

/** Wide enough for the name of its operator. */
function leafWidth(item: Exclude<Visible, Group>): number {
  const name = item.kind === 'node' ? item.node.op.replace(/^com\.microsoft\./, '') : item.value.name
  return Math.min(WIDEST, Math.max(LEAF.width, name.length * 7.6 + 22))
}

/** The end of a link is in this group, which is `depth` levels down. */
const isWithin = (path: readonly string[], group: Group, depth: number): boolean =>
  depth === 0 || (path[depth - 1] === group.id && path.length > depth)

function place(piece: Piece, at: Point, depth: number, boxes: SceneBox[]): void {
  const { item, width, height, inside } = piece
  if (item.kind === 'port') return
  boxes.push({ id: item.id, of: item, ...at, width, height, depth, isOpen: inside !== undefined })
  if (inside === undefined) return
  const { pieces, layout, edges, top } = inside
  const origin = { x: at.x + (width - layout.width) / 2, y: at.y + top }
  const moved = ({ x, y }: Point): Point => ({ x: x + origin.x, y: y + origin.y })
  const spots = layout.places.map(moved)
  for (const [i, { from, to, links }] of edges.entries()) {
    const [a, b] = [pieces[from]!, pieces[to]!]
    const start = { x: spots[from]!.x + a.width / 2, y: spots[from]!.y + a.height }
    const end = { x: spots[to]!.x + b.width / 2, y: spots[to]!.y }
    const bends = layout.bends[i]!.map(moved)
    for (const { way } of links) {
      // Ports lie on the frame, where the way around the module ends: it ends there instead of at the middle.
      if (a.item.kind === 'port') way.splice(-1, 1, { x: start.x, y: at.y }, ...bends, end)
      else if (b.item.kind === 'port') way.splice(0, 1, start, ...bends, { x: end.x, y: at.y + height })
      else way.push(start, ...bends, end)
    }
  }
  for (const [i, inner] of pieces.entries()) place(inner, spots[i]!, depth + 1, boxes)
}
