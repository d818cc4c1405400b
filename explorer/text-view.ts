// A long text of which only the lines in sight are elements. Lines are of one height; what is new or removed is marked in colour and by a sign.

import { el } from './dom.ts'
import { coloured } from './tokens.ts'
import type { StageKind } from '../src/compiler/explore/types.ts'

export interface ViewLine {
  readonly text: string
  /** Shown before the line; empty for none. */
  readonly number: string
  readonly change: 'kept' | 'new' | 'removed' | 'skipped'
  /** Where it comes from, as a link. */
  readonly place?: { readonly label: string; readonly open: () => void }
  /** What a line of kind `skipped` does. */
  readonly open?: () => void
}

const SIGN = { kept: ' ', new: '+', removed: '−', skipped: '' } as const
const LINE = 19
const MARGIN = 20
/** Browsers keep no element that is taller. */
const MAX_HEIGHT = 12_000_000

export class TextView {
  readonly root = el('div', 'text-view')
  readonly #canvas = el('div', 'text-canvas')
  readonly #window = el('div', 'text-window')
  #lines: readonly ViewLine[] = []
  #kind: StageKind = 'source'
  #first = -1
  #marked = -1
  readonly #resized: ResizeObserver

  constructor() {
    this.root.tabIndex = 0
    this.root.role = 'region'
    this.#canvas.append(this.#window)
    this.root.append(this.#canvas)
    this.root.addEventListener('scroll', () => this.#show(), { passive: true })
    this.#resized = new ResizeObserver(() => this.#show(true))
    this.#resized.observe(this.root)
  }

  dispose(): void {
    this.#resized.disconnect()
  }

  /** Shows a text from its start, or where it was. */
  set(lines: readonly ViewLine[], kind: StageKind, label: string, keep = false): void {
    this.#lines = lines
    this.#kind = kind
    this.#marked = -1
    this.root.ariaLabel = label
    const widest = lines.reduce((most, { text }) => Math.max(most, text.length), 0)
    const digits = lines.reduce((most, { number }) => Math.max(most, number.length), 0)
    this.#canvas.style.height = `${Math.min(MAX_HEIGHT, lines.length * LINE + 2 * LINE)}px`
    this.#canvas.style.minWidth = `calc(${Math.min(2200, widest) + digits + 18}ch + 2rem)`
    this.root.style.setProperty('--digits', String(digits))
    if (!keep) this.root.scrollTo(0, 0)
    this.#show(true)
  }

  /** Scrolls to a line and marks it. */
  reveal(index: number): void {
    this.#marked = index
    this.root.scrollTop = Math.max(0, index * LINE - this.root.clientHeight / 3)
    this.#show(true)
  }

  get scrollTop(): number {
    return this.root.scrollTop
  }

  #show(again = false): void {
    const first = Math.max(0, Math.floor(this.root.scrollTop / LINE) - MARGIN)
    if (!again && Math.abs(first - this.#first) < MARGIN / 2) return
    this.#first = first
    const last = Math.min(this.#lines.length, first + Math.ceil(this.root.clientHeight / LINE) + 2 * MARGIN)
    this.#window.style.transform = `translateY(${first * LINE}px)`
    this.#window.replaceChildren(...this.#lines.slice(first, last).map((line, i) => this.#line(line, first + i)))
  }

  #line({ text, number, change, place, open }: ViewLine, index: number): HTMLElement {
    const row = el('div', `line ${change}${index === this.#marked ? ' marked' : ''}`)
    if (change === 'skipped') {
      const more = el('button', 'skip', text)
      more.type = 'button'
      if (open !== undefined) more.addEventListener('click', open)
      row.append(more)
      return row
    }
    const sign = el('span', 'sign', SIGN[change])
    sign.ariaHidden = 'true'
    row.append(el('span', 'line-number', number), sign, el('code', '', ...coloured(text, this.#kind)))
    if (place !== undefined) {
      const link = el('button', 'place', place.label)
      link.type = 'button'
      link.title = `Show ${place.label}`
      link.addEventListener('click', place.open)
      row.append(link)
    }
    return row
  }
}
