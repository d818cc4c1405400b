// A layered drawing of a directed graph, in the manner of Sugiyama: layers by longest path, order by medians, places by least squares. Boxes may differ in
// size. Edges that lead back are drawn, too.

export interface Box {
  readonly width: number
  readonly height: number
  /** Where it stands, whatever is before and behind it. */
  readonly row?: 'first' | 'last'
}
export interface Edge {
  readonly from: number
  readonly to: number
}
export interface Layout {
  /** Left top corners. */
  readonly places: readonly { readonly x: number; readonly y: number }[]
  /** Of each edge the points between its ends, from first to last: where it passes the layers on its way. */
  readonly bends: readonly (readonly { readonly x: number; readonly y: number }[])[]
  readonly width: number
  readonly height: number
}

const GAP_X = 26
const GAP_Y = 34
/** What a passing edge takes of a layer. */
const THREAD = 8
const SWEEPS = 12
/** Threads that are worth their time; in graphs with more, long edges go straight. */
const MAX_THREADS = 20_000

/** Boxes are given in an order in which most edges lead forward. */
export function layered(boxes: readonly Box[], edges: readonly Edge[]): Layout {
  if (boxes.length === 0) return { places: [], bends: [], width: 0, height: 0 }
  const links = edges.map(({ from, to }) => (from <= to ? { from, to, back: false } : { from: to, to: from, back: true }))
  const layerOf = layersOf(boxes, links)
  const cells: Cell[] = boxes.map(({ width, height }, i) => ({
    layer: layerOf[i]!,
    width,
    height,
    x: 0,
    before: [],
    after: [],
    isThread: false,
  }))
  const threads = links.map(({ from, to }) => threadOf(cells, from, to))
  const layers: number[][] = Array.from({ length: layerOf.reduce((most, layer) => Math.max(most, layer), 0) + 1 }, () => [])
  for (const [i, cell] of cells.entries()) layers[cell.layer]!.push(i)
  order(layers, cells)
  place(layers, cells)
  const tops: number[] = []
  let y = 0
  for (const layer of layers) {
    tops.push(y)
    y += Math.max(0, ...layer.map((i) => cells[i]!.height)) + GAP_Y
  }
  const left = cells.reduce((least, { x, width }) => Math.min(least, x - width / 2), Infinity)
  const right = cells.reduce((most, { x, width }) => Math.max(most, x + width / 2), -Infinity)
  const heightOf = (layer: number): number => (tops[layer + 1] ?? y) - tops[layer]! - GAP_Y
  return {
    places: boxes.map(({ width, height }, i) => {
      const { x, layer } = cells[i]!
      return { x: x - width / 2 - left, y: tops[layer]! + (heightOf(layer) - height) / 2 }
    }),
    bends: threads.map((thread, i) => {
      const points = thread.flatMap((cell) => {
        const { x, layer } = cells[cell]!
        return [
          { x: x - left, y: tops[layer]! },
          { x: x - left, y: tops[layer]! + heightOf(layer) },
        ]
      })
      return links[i]!.back ? points.reverse() : points
    }),
    width: right - left,
    height: y - GAP_Y,
  }
}

interface Cell {
  readonly layer: number
  readonly width: number
  readonly height: number
  /** Of the middle. */
  x: number
  readonly before: number[]
  readonly after: number[]
  readonly isThread: boolean
}

/** As far down as what is read demands; then down to what reads it, so that small things stand beside their use. */
function layersOf(boxes: readonly Box[], links: readonly Edge[]): number[] {
  const count = boxes.length
  const after: number[][] = Array.from({ length: count }, () => [])
  const incoming = new Int32Array(count)
  for (const { from, to } of links) {
    if (from === to) continue
    after[from]!.push(to)
    incoming[to]!++
  }
  const layer = Array.from({ length: count }, () => 0)
  for (let i = 0; i < count; i++) for (const to of after[i]!) layer[to] = Math.max(layer[to]!, layer[i]! + 1)
  for (let i = count - 1; i >= 0; i--) {
    const lowest = after[i]!.length === 0 ? undefined : Math.min(...after[i]!.map((to) => layer[to]!)) - 1
    if (lowest !== undefined && incoming[i] === 0 && boxes[i]!.row !== 'first' && lowest > layer[i]!) layer[i] = lowest
  }
  const last = layer.reduce((most, one) => Math.max(most, one), 0)
  for (const [i, { row }] of boxes.entries()) if (row === 'last') layer[i] = last
  return layer
}

/** Cells in the layers that an edge passes. */
function threadOf(cells: Cell[], from: number, to: number): number[] {
  const thread: number[] = []
  let last = from
  const end = cells[to]!.layer
  if (cells.length < MAX_THREADS)
    for (let layer = cells[from]!.layer + 1; layer < end; layer++) {
      const cell = cells.push({ layer, width: THREAD, height: 0, x: 0, before: [last], after: [], isThread: true }) - 1
      cells[last]!.after.push(cell)
      thread.push(cell)
      last = cell
    }
  if (last !== to && cells[last]!.layer < end) {
    cells[last]!.after.push(to)
    cells[to]!.before.push(last)
  }
  return thread
}

/** Fewer crossings: each cell goes to the median of its neighbours in the layer before, then in the one behind. */
function order(layers: number[][], cells: readonly Cell[]): void {
  const at = new Float64Array(cells.length)
  const number = (layer: readonly number[]): void => {
    for (const [i, cell] of layer.entries()) at[cell] = i
  }
  layers.forEach(number)
  const arrange = (layer: number[], side: 'before' | 'after'): void => {
    const wanted = new Map(
      layer.map((cell) => {
        const near = cells[cell]![side].map((other) => at[other]!).sort((a, b) => a - b)
        const middle = near.length >> 1
        const median = near.length === 0 ? at[cell]! : near.length % 2 === 1 ? near[middle]! : (near[middle - 1]! + near[middle]!) / 2
        return [cell, median]
      }),
    )
    layer.sort((a, b) => wanted.get(a)! - wanted.get(b)! || at[a]! - at[b]!)
    number(layer)
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let i = 1; i < layers.length; i++) arrange(layers[i]!, 'before')
    for (let i = layers.length - 2; i >= 0; i--) arrange(layers[i]!, 'after')
  }
}

/** Each layer goes where its neighbours are, as nearly as its boxes have room. */
function place(layers: readonly (readonly number[])[], cells: readonly Cell[]): void {
  for (const layer of layers) {
    let x = 0
    for (const cell of layer) {
      cells[cell]!.x = x + cells[cell]!.width / 2
      x += cells[cell]!.width + GAP_X
    }
    for (const cell of layer) cells[cell]!.x -= x / 2
  }
  const settle = (layer: readonly number[], sides: readonly ('before' | 'after')[]): void => {
    const wanted = layer.map((cell) => {
      const own = cells[cell]!
      let sum = 0
      let weight = 0
      for (const side of sides)
        for (const other of own[side]) {
          // Long edges shall be straight.
          const w = own.isThread && cells[other]!.isThread ? 8 : own.isThread || cells[other]!.isThread ? 2 : 1
          sum += w * cells[other]!.x
          weight += w
        }
      return weight === 0 ? { x: own.x, weight: 0.01 } : { x: sum / weight, weight }
    })
    spread(layer, cells, wanted)
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let i = 1; i < layers.length; i++) settle(layers[i]!, ['before'])
    for (let i = layers.length - 2; i >= 0; i--) settle(layers[i]!, ['after'])
  }
  for (let i = 0; i < layers.length; i++) settle(layers[i]!, ['before', 'after'])
}

/** The places nearest to the wanted ones, in order and apart: cells that would overlap move as one block, to the mean of what they want. */
function spread(
  layer: readonly number[],
  cells: readonly Cell[],
  wanted: readonly { readonly x: number; readonly weight: number }[],
): void {
  const offsets: number[] = []
  let offset = 0
  for (const [i, cell] of layer.entries()) {
    if (i > 0) offset += (cells[layer[i - 1]!]!.width + cells[cell]!.width) / 2 + GAP_X
    offsets.push(offset)
  }
  const blocks: { from: number; sum: number; weight: number }[] = []
  for (const [i, { x, weight }] of wanted.entries()) {
    let block = { from: i, sum: (x - offsets[i]!) * weight, weight }
    for (let last = blocks.at(-1); last !== undefined && last.sum / last.weight > block.sum / block.weight; last = blocks.at(-1)) {
      blocks.pop()
      block = { from: last.from, sum: last.sum + block.sum, weight: last.weight + block.weight }
    }
    blocks.push(block)
  }
  for (const [b, { from, sum, weight }] of blocks.entries())
    for (let i = from; i < (blocks[b + 1]?.from ?? layer.length); i++) cells[layer[i]!]!.x = sum / weight + offsets[i]!
}
