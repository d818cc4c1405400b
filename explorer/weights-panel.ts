// Where the bytes are: a treemap of the weights by module path, and a table of what is shown. A module is entered by a click.

import type { Exploration, WeightFacts } from '../src/compiler/explore/types.ts'
import { button, el, shortened, svg, table } from './dom.ts'
import { bytes, count, plural, share } from './format.ts'
import { squarified, type Rectangle } from './treemap.ts'

interface Branch {
  readonly name: string
  readonly path: string
  readonly children: Map<string, Branch>
  readonly weights: WeightFacts[]
  bytes: number
}

/** What was computed at build time has no path. */
const NAMELESS = '(computed)'
const MAX_DEPTH = 24
/** Rectangles smaller than this are not drawn apart. */
const LEAST = 3
const MAX_CELLS = 3000
const MAX_ROWS = 400

const newBranch = (name: string, path: string): Branch => ({ name, path, children: new Map(), weights: [], bytes: 0 })

export class WeightsPanel {
  readonly root = el('div', 'weights')
  readonly #tree: Branch
  readonly #map = el('div', 'treemap')
  readonly #head = el('header', 'weights-head')
  readonly #list = el('div', 'weights-list')
  #path: readonly string[] = []
  readonly #resized: ResizeObserver

  constructor({ weights }: Exploration) {
    this.#tree = treeOf(weights)
    this.root.append(this.#head, el('div', 'weights-body', this.#map, this.#list))
    this.#resized = new ResizeObserver(() => this.#drawMap())
    this.#resized.observe(this.#map)
    this.#draw()
  }

  dispose(): void {
    this.#resized.disconnect()
  }

  /** Enters the module of a weight. */
  show(path: string): void {
    const parts: string[] = []
    let at = this.#tree
    for (const part of path.split('.')) {
      const next = at.children.get(part)
      if (next === undefined) break
      parts.push(part)
      at = next
    }
    this.#path = parts
    this.#draw()
  }

  get #branch(): Branch {
    return this.#path.reduce((at, part) => at.children.get(part) ?? at, this.#tree)
  }

  #draw(): void {
    const branch = this.#branch
    const crumbs = el('nav', 'crumbs')
    crumbs.ariaLabel = 'Module'
    for (let i = 0; i <= this.#path.length; i++) {
      if (i > 0) crumbs.append(el('span', 'soft', '.'))
      crumbs.append(
        button(shortened(i === 0 ? 'model' : this.#path[i - 1]!, 60), 'link', () => {
          this.#path = this.#path.slice(0, i)
          this.#draw()
        }),
      )
    }
    this.#head.replaceChildren(
      crumbs,
      el('span', 'soft', `${bytes(branch.bytes)}, ${share(branch.bytes, this.#tree.bytes)} of the weights`),
    )
    this.#drawMap()
    const rows = [
      ...[...branch.children.values()].map((child) => ({
        size: child.bytes,
        name: this.#enterButton(child),
        type: plural(leaves(child), 'weight'),
      })),
      ...branch.weights.map((weight) => ({
        size: weight.bytes,
        name: el('code', '', nameOf(weight)),
        type: `${weight.dtype}[${weight.dims.join(', ')}]`,
      })),
    ].sort((a, b) => b.size - a.size)
    this.#list.replaceChildren(
      table(
        'figures',
        ['Name', 'What', 'Bytes', 'Share'],
        rows.slice(0, MAX_ROWS).map(({ size, name, type }) => [name, type, cell(bytes(size)), cell(share(size, branch.bytes))]),
      ),
      ...(rows.length > MAX_ROWS ? [el('p', 'soft', `and ${plural(rows.length - MAX_ROWS, 'smaller one')}`)] : []),
    )
  }

  #enterButton({ name }: Branch): HTMLElement {
    return button(shortened(name, 80), 'link', () => this.#enter(name))
  }
  #enter(name: string): void {
    this.#path = [...this.#path, name]
    this.#draw()
  }

  #drawMap(): void {
    const { width, height } = this.#map.getBoundingClientRect()
    if (width < 10 || height < 10) return
    const picture = svg('svg', {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': 'Weights by module, in proportion to their bytes',
    })
    const branch = this.#branch
    if (branch.bytes === 0) picture.append(svg('text', { x: 12, y: 24, class: 'detail' }, 'There are no weights here.'))
    else this.#cells(branch, { x: 0, y: 0, width, height }, 0, 0, picture, { left: MAX_CELLS })
    this.#map.replaceChildren(picture)
  }

  // As deep as the paths that the tree was made of.
  #cells(branch: Branch, within: Rectangle, depth: number, hue: number, picture: SVGSVGElement, cells: { left: number }): void {
    const parts: (Branch | WeightFacts)[] = [...branch.children.values(), ...branch.weights]
    parts.sort((a, b) => b.bytes - a.bytes)
    const places = squarified(
      parts.map((part) => part.bytes),
      within,
    )
    for (const [i, whole] of parts.entries()) {
      const { x, y, width, height } = places[i]!
      if (width < LEAST || height < LEAST || cells.left-- <= 0) continue
      const { part, title } = onlyChild(whole)
      const isBranch = 'children' in part
      const tone = depth === 0 ? i % 8 : hue
      const group = svg('g', { class: `cell tone-${tone} ${isBranch ? 'branch' : 'leaf'} depth-${Math.min(depth, 4)}` })
      group.append(
        svg('rect', { x: x + 0.5, y: y + 0.5, width: Math.max(0, width - 1), height: Math.max(0, height - 1), rx: 2 }),
        svg(
          'title',
          {},
          shortened(
            `${isBranch ? part.path : (part.path ?? NAMELESS)}\n${isBranch ? '' : `${part.dtype}[${part.dims.join(', ')}] · `}${bytes(part.bytes)}`,
            300,
          ),
        ),
      )
      const hasRoom = width > 44 && height > 17
      if (hasRoom) {
        const label = `${title}  ${bytes(part.bytes)}`
        const fits = Math.floor((width - 8) / 6.4)
        group.append(svg('text', { x: x + 5, y: y + 13 }, shortened(label.length <= fits ? label : title, Math.max(3, fits))))
      }
      if (depth === 0 && 'children' in whole) {
        group.classList.add('open')
        group.setAttribute('tabindex', '0')
        group.setAttribute('role', 'button')
        group.setAttribute('aria-label', shortened(`${title}, ${bytes(part.bytes)}`, 200))
        const enter = (): void => this.#enter(whole.name)
        group.addEventListener('click', enter)
        group.addEventListener('keydown', ({ key }) => (key === 'Enter' ? enter() : undefined))
      }
      picture.append(group)
      const top = hasRoom ? 18 : 2
      if (isBranch && width > 12 && height > top + 8) {
        const inner = svg('svg')
        this.#cells(part, { x: x + 2, y: y + top, width: width - 4, height: height - top - 2 }, depth + 1, tone, inner, cells)
        group.append(...inner.childNodes)
      }
    }
  }
}

/** A module that holds one thing, or one that matters, is that thing. */
function onlyChild(whole: Branch | WeightFacts): { readonly part: Branch | WeightFacts; readonly title: string } {
  let part = whole
  let title = 'children' in part ? part.name : nameOf(part)
  for (;;) {
    if (!('children' in part)) return { part, title }
    const only: Branch | WeightFacts | undefined =
      part.children.size + part.weights.length === 1 ? (part.weights[0] ?? [...part.children.values()][0]) : undefined
    if (only === undefined) return { part, title }
    title = `${title}.${'children' in only ? only.name : nameOf(only)}`
    part = only
  }
}

const cell = (text: string): HTMLElement => el('span', 'number', text)

function nameOf({ path, name }: WeightFacts): string {
  if (path === undefined) return shortened(name, 80)
  const parts = path.split('.')
  return shortened(parts.slice(Math.min(parts.length - 1, MAX_DEPTH)).join('.'), 80)
}

function treeOf(weights: readonly WeightFacts[]): Branch {
  const root = newBranch('', '')
  for (const weight of weights) {
    if (weight.bytes === 0) continue
    const modules = weight.path === undefined ? [NAMELESS] : weight.path.split('.').slice(0, -1).slice(0, MAX_DEPTH)
    let at = root
    at.bytes += weight.bytes
    for (const part of modules) {
      let next = at.children.get(part)
      if (next === undefined) at.children.set(part, (next = newBranch(part, at.path === '' ? part : `${at.path}.${part}`)))
      next.bytes += weight.bytes
      at = next
    }
    at.weights.push(weight)
  }
  return root
}

function leaves(branch: Branch): number {
  let sum = 0
  const pending = [branch]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    sum += at.weights.length
    pending.push(...at.children.values())
  }
  return sum
}

export const weightSummary = (weights: readonly WeightFacts[]): string => {
  const total = weights.reduce((sum, weight) => sum + weight.bytes, 0)
  return `${plural(weights.length, 'constant')}, ${bytes(total)}, ${count(weights.reduce((sum, { dims }) => sum + dims.reduce((n, d) => n * d, 1), 0))} elements`
}
