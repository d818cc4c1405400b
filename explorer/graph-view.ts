// The picture of a scene: SVG that is dragged, zoomed with the wheel or by keys, and clicked.

import { button, el, shortened, svg } from './dom.ts'
import { bytes, count } from './format.ts'
import { family } from './op-family.ts'
import type { DrawnValue } from '../src/compiler/explore/types.ts'
import type { Point, Scene, SceneBox, SceneEdge } from './graph-scene.ts'

export interface GraphEvents {
  /** A node was chosen, or none. */
  readonly choose: (box: SceneBox | undefined) => void
  /** A module shall open or close. */
  readonly toggle: (id: string) => void
}

const LEAST = 0.05
const MOST = 3

export class GraphView {
  readonly root = el('div', 'graph-view')
  readonly #svg = svg('svg', { class: 'graph-svg', role: 'group', 'aria-label': 'Drawing of the graph', tabindex: 0 })
  readonly #world = svg('g')
  readonly #events: GraphEvents
  #scene: Scene = { boxes: [], edges: [], width: 1, height: 1 }
  #shapes = new Map<string, SVGGElement>()
  #lines: { readonly edge: SceneEdge; readonly path: SVGPathElement }[] = []
  #at = { x: 0, y: 0, scale: 1 }
  #drag: { readonly x: number; readonly y: number; moved: boolean } | undefined
  #isFitted = false
  readonly #resized: ResizeObserver

  constructor(events: GraphEvents) {
    this.#events = events
    this.#svg.append(
      svg(
        'defs',
        {},
        svg(
          'marker',
          { id: 'tx-arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
          svg('path', { d: 'M0 .8 7.2 4 0 7.2z' }),
        ),
      ),
      this.#world,
    )
    this.root.append(
      this.#svg,
      el(
        'div',
        'zoom-buttons',
        button('+', '', () => this.#zoom(1.3), 'Zoom in'),
        button('−', '', () => this.#zoom(1 / 1.3), 'Zoom out'),
        button('⤢', '', () => this.fit(), 'Show all'),
      ),
    )
    this.#listen()
    // A view that is not on the page yet has no size.
    this.#resized = new ResizeObserver(() => (this.#isFitted ? undefined : this.fit()))
    this.#resized.observe(this.root)
  }

  dispose(): void {
    this.#resized.disconnect()
  }

  /** Draws another scene; `anchor` is the box that stays where it is on the screen. */
  draw(scene: Scene, anchor?: string): void {
    const before = this.#scene.boxes.find(({ id }) => id === anchor)
    this.#scene = scene
    this.#shapes = new Map()
    this.#lines = []
    const frames = svg('g')
    const lines = svg('g', { class: 'edges' })
    const leaves = svg('g')
    for (const box of scene.boxes) {
      if (box.depth === 0) continue
      const shape = this.#box(box)
      this.#shapes.set(box.id, shape)
      ;(box.isOpen ? frames : leaves).append(shape)
    }
    for (const edge of scene.edges) {
      const path = svg('path', { d: curve(edge.points), class: 'edge', 'marker-end': 'url(#tx-arrow)' })
      path.append(svg('title', {}, shortened(`${edge.value.name} ${edge.value.type}`, 200)))
      this.#lines.push({ edge, path })
      lines.append(path)
    }
    this.#world.replaceChildren(frames, lines, leaves)
    const after = scene.boxes.find(({ id }) => id === anchor)
    if (before === undefined || after === undefined) this.fit()
    else {
      this.#at.x += (before.x + before.width / 2 - after.x - after.width / 2) * this.#at.scale
      this.#at.y += (before.y - after.y) * this.#at.scale
      this.#moved()
    }
  }

  /** Marks a box and what it reads and gives. */
  mark(ids: ReadonlySet<string>): void {
    for (const [id, shape] of this.#shapes) shape.classList.toggle('chosen', ids.has(id))
    for (const { edge, path } of this.#lines) path.classList.toggle('chosen', ids.has(edge.from) || ids.has(edge.to))
  }

  /** Brings a box into the middle. */
  center(id: string): void {
    const box = this.#scene.boxes.find((one) => one.id === id)
    if (box === undefined) return
    const { width, height } = this.root.getBoundingClientRect()
    const scale = Math.max(this.#at.scale, 0.8)
    this.#at = { scale, x: width / 2 - (box.x + box.width / 2) * scale, y: height / 2 - (box.y + box.height / 2) * scale }
    this.#moved()
  }

  /** The whole picture; of a tall one the top, at a size that can be read. */
  fit(): void {
    const { width, height } = this.root.getBoundingClientRect()
    if (width === 0 || height === 0) return
    this.#isFitted = true
    const whole = Math.min((width - 24) / this.#scene.width, (height - 24) / this.#scene.height)
    const scale = Math.min(1.1, Math.max(whole, Math.min(0.85, (width - 24) / this.#scene.width)))
    this.#at = { scale, x: (width - this.#scene.width * scale) / 2, y: whole >= scale ? (height - this.#scene.height * scale) / 2 : 12 }
    this.#moved()
  }

  #moved(): void {
    const { x, y, scale } = this.#at
    this.#world.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`)
  }

  #zoom(factor: number, at?: Point): void {
    const { left, top, width, height } = this.root.getBoundingClientRect()
    const x = at === undefined ? width / 2 : at.x - left
    const y = at === undefined ? height / 2 : at.y - top
    const scale = Math.min(MOST, Math.max(LEAST, this.#at.scale * factor))
    const by = scale / this.#at.scale
    this.#at = { scale, x: x - (x - this.#at.x) * by, y: y - (y - this.#at.y) * by }
    this.#moved()
  }

  #listen(): void {
    this.#svg.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault()
        if (event.ctrlKey || event.metaKey || event.deltaMode === 1)
          return this.#zoom(Math.exp(-event.deltaY * 0.006), { x: event.clientX, y: event.clientY })
        this.#at.x -= event.deltaX
        this.#at.y -= event.deltaY
        this.#moved()
      },
      { passive: false },
    )
    this.#svg.addEventListener('pointerdown', (event) => {
      if (event.button === 0) this.#drag = { x: event.clientX - this.#at.x, y: event.clientY - this.#at.y, moved: false }
    })
    this.#svg.addEventListener('pointermove', (event) => {
      if (this.#drag === undefined) return
      const [x, y] = [event.clientX - this.#drag.x, event.clientY - this.#drag.y]
      if (!this.#drag.moved && Math.hypot(x - this.#at.x, y - this.#at.y) < 4) return
      if (!this.#drag.moved) this.#svg.setPointerCapture(event.pointerId)
      this.#drag.moved = true
      Object.assign(this.#at, { x, y })
      this.#moved()
    })
    this.#svg.addEventListener('pointerup', (event) => {
      const hasMoved = this.#drag?.moved === true
      this.#drag = undefined
      if (!hasMoved && !(event.target as Element).closest('.box')) this.#events.choose(undefined)
    })
    this.#svg.addEventListener('pointercancel', () => (this.#drag = undefined))
    this.#svg.addEventListener('keydown', (event) => {
      const step = 60
      const moves: Readonly<Record<string, Point>> = {
        ArrowLeft: { x: step, y: 0 },
        ArrowRight: { x: -step, y: 0 },
        ArrowUp: { x: 0, y: step },
        ArrowDown: { x: 0, y: -step },
      }
      const move = moves[event.key]
      if (event.key === '+' || event.key === '=') this.#zoom(1.2)
      else if (event.key === '-') this.#zoom(1 / 1.2)
      else if (event.key === '0') this.fit()
      else if (move !== undefined) {
        this.#at.x += move.x
        this.#at.y += move.y
        this.#moved()
      } else return
      event.preventDefault()
    })
  }

  #box(box: SceneBox): SVGGElement {
    const { of, width, height, isOpen } = box
    const shape = svg('g', {
      class: `box ${of.kind}${isOpen ? ' open' : ''}`,
      transform: `translate(${box.x} ${box.y})`,
      tabindex: 0,
      role: 'button',
    })
    shape.append(svg('rect', { width, height, rx: of.kind === 'input' || of.kind === 'output' ? height / 2 : isOpen ? 12 : 8 }))
    if (of.kind === 'group') {
      shape.setAttribute('aria-label', shortened(`Module ${of.path}, ${of.size} nodes`, 200))
      shape.setAttribute('aria-expanded', String(isOpen))
      if (isOpen)
        shape.append(svg('text', { x: 12, y: 19, class: 'frame-title' }, `▾ ${shortened(of.label, Math.max(8, Math.floor(width / 8)))}`))
      else {
        shape.append(svg('text', { x: width / 2, y: 20, class: 'title' }, `▸ ${fitting(of.label, width)}`))
        shape.append(svg('text', { x: width / 2, y: 36, class: 'detail' }, fitting(groupDetail(of), width)))
      }
    } else {
      const [title, detail] =
        of.kind === 'node'
          ? [of.node.op.replace(/^com\.microsoft\./, ''), sizeText(of.node.outputs[0])]
          : [of.value.name, sizeText(of.value)]
      if (of.kind === 'node') shape.classList.add(`family-${family(of.node.op)}`)
      shape.setAttribute('aria-label', shortened(`${title} ${detail}`, 200))
      const hasBodies = of.kind === 'node' && of.node.subgraphs.length > 0
      shape.append(
        svg('text', { x: width / 2, y: detail === '' ? 26 : 18, class: 'title' }, fitting(hasBodies ? `${title} ⊞` : title, width)),
      )
      if (detail !== '') shape.append(svg('text', { x: width / 2, y: 33, class: 'detail' }, fitting(detail, width * 1.12)))
      shape.append(svg('title', {}, shortened(`${title} ${detail}`, 300)))
    }
    const act = (): void => {
      if (of.kind === 'group') this.#events.toggle(of.id)
      else this.#events.choose(box)
    }
    // Of an open module only the title closes it: the rest of the frame is where one drags.
    shape.addEventListener('click', (event) => {
      if (isOpen && !(event.target as Element).classList.contains('frame-title')) return
      act()
    })
    shape.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      event.stopPropagation()
      act()
    })
    return shape
  }
}

/** What a value is, in few characters: extents as they are at the stated sizes. */
function sizeText(value: DrawnValue | undefined): string {
  if (value === undefined) return ''
  const { type, at } = value
  const text = at === undefined ? type : `${type.slice(0, type.indexOf('['))}[${at}]`
  return text
    .replace(/^float32(?=\[)/, '')
    .replaceAll(', ', ' × ')
    .replace(/^\[(.+)\]$/, '$1')
}
const fitting = (text: string, width: number): string => shortened(text, Math.max(6, Math.floor(width / 7.3)))

function groupDetail({ size, children }: Extract<SceneBox['of'], { kind: 'group' }>): string {
  let flops = 0
  let weights = 0
  const pending = [...children]
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (item.kind === 'group') {
      pending.push(...item.children)
      continue
    }
    flops += item.node.cost.flops ?? 0
    for (const { weight } of item.node.inputs) weights += weight?.bytes ?? 0
  }
  const parts = [`${size} nodes`, ...(flops > 0 ? [`${count(flops)}FLOP`] : []), ...(weights > 1000 ? [bytes(weights)] : [])]
  return parts.slice(0, 2).join(' · ')
}

/** A smooth line through points, upright at its ends. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  let path = `M${first!.x} ${first!.y}`
  let last = first!
  for (const point of rest) {
    if (Math.abs(point.x - last.x) < 0.5) path += `L${point.x} ${point.y}`
    else {
      const bend = Math.min(60, Math.max(12, Math.abs(point.y - last.y) / 2))
      path += `C${last.x} ${last.y + bend} ${point.x} ${point.y - bend} ${point.x} ${point.y}`
    }
    last = point
  }
  return path
}
