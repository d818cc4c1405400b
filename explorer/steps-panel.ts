// The stepper: which stage is shown, what its pass did and missed, and its text with what changed.

import type { Exploration, Stage } from '../src/compiler/explore/types.ts'
import { StageTexts, type StageLine } from '../src/compiler/explore/stage-text.ts'
import { button, el, shortened } from './dom.ts'
import { plural } from './format.ts'
import { isLibrary, StageList, stageFigures } from './stage-list.ts'
import { TextView, type ViewLine } from './text-view.ts'

/** Unchanged lines that stay around a change, and how many there must be to be folded. */
const CONTEXT = 4
const FOLD = 12

export class StepsPanel {
  readonly root = el('div', 'steps')
  readonly #exploration: Exploration
  readonly #byId: ReadonlyMap<string, Stage>
  readonly #texts: StageTexts
  readonly #list: StageList
  readonly #view = new TextView()
  readonly #head = el('header', 'step-head')
  #current = 0
  #mode: 'changes' | 'difference' | 'text' = 'changes'
  #unfolded = new Set<number>()

  constructor(exploration: Exploration) {
    this.#exploration = exploration
    const { stages } = exploration
    this.#byId = new Map(stages.map((stage) => [stage.id, stage]))
    this.#texts = new StageTexts(stages)
    this.#list = new StageList(stages, (id) => this.show(id))
    this.root.append(this.#list.root, el('div', 'step', this.#head, this.#view.root))
    this.root.addEventListener('keydown', (event) => this.#key(event))
    const start =
      stages.find((stage) => stage.kind === 'source' && !isLibrary(stage)) ?? stages.find((stage) => !isLibrary(stage)) ?? stages[0]
    if (start !== undefined) this.show(start.id)
    else this.root.replaceChildren(el('p', 'empty', 'Nothing of this file could be read.'))
  }

  dispose(): void {
    this.#view.dispose()
  }

  get current(): Stage | undefined {
    return this.#exploration.stages[this.#current]
  }

  show(id: string, line?: number): void {
    const index = this.#exploration.stages.findIndex((stage) => stage.id === id)
    if (index === -1) return
    this.#current = index
    this.#unfolded = new Set()
    this.#list.mark(id)
    this.#renewHead(this.#exploration.stages[index]!)
    this.#showText(false, line)
  }

  /** Shows the line of a source that a place names; false where the exploration has no such text. */
  showPlace(place: number): boolean {
    const at = this.#exploration.places[place]
    if (at === undefined) return false
    const stage = this.#exploration.stages.find(
      ({ kind, title, firstLine = 1, length }) =>
        (kind === 'source' || kind === 'code') && title === at.source && at.line >= firstLine && at.line < firstLine + length,
    )
    if (stage === undefined) return false
    this.show(stage.id, at.line - (stage.firstLine ?? 1))
    return true
  }

  step(by: 1 | -1): void {
    const next = this.#next(by)
    if (next !== undefined) this.show(next.id)
  }

  /** The step that follows, or comes before; torch's own library is passed over. */
  #next(by: 1 | -1): Stage | undefined {
    const { stages } = this.#exploration
    let at = this.#current + by
    while (stages[at] !== undefined && isLibrary(stages[at]!)) at += by
    return stages[at]
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : undefined
    if (by === undefined) return
    event.preventDefault()
    this.step(by)
  }

  /** Whoever has the focus in the head keeps it in the new one: keys go on to work. */
  #renewHead(stage: Stage): void {
    const focused = this.#head.contains(document.activeElement) ? document.activeElement : null
    this.#head.replaceChildren(...this.#headOf(stage))
    if (focused === null) return
    const same = [...this.#head.querySelectorAll('button')].find((one) => one.textContent === focused.textContent && !one.disabled)
    ;(same ?? this.#view.root).focus()
  }

  #headOf(stage: Stage): HTMLElement[] {
    const { stages, report } = this.#exploration
    const own = stages.filter((one) => !isLibrary(one))
    const { added, removed } = stageFigures(stage, this.#byId)
    const back = button('←', 'step-button', () => this.step(-1), 'The step before (left arrow key)')
    const on = button('→', 'step-button', () => this.step(1), 'The next step (right arrow key)')
    back.disabled = this.#next(-1) === undefined
    on.disabled = this.#next(1) === undefined
    const title = el('h3', 'step-title', shortened(stage.title, 200))
    if (stage.pass?.type !== undefined) title.append(el('span', 'tag', stage.pass.type))
    const figures = [
      ...(isLibrary(stage) ? [] : [`step ${own.indexOf(stage) + 1} of ${own.length}`]),
      ...(stage.nodes === undefined ? [plural(stage.length, 'line')] : [plural(stage.nodes, 'node')]),
      ...(added + removed === 0 ? [] : [`${plural(added, 'line')} new, ${removed.toLocaleString('en')} removed`]),
    ]
    const row = el('div', 'step-row', el('div', 'step-buttons', back, on), title, el('span', 'soft', figures.join(' · ')))
    if (stage.before !== undefined) row.append(this.#modes())
    const parts: HTMLElement[] = [row]
    if (stage.pass !== undefined) parts.push(el('p', 'step-doc', stage.pass.doc))
    const missed = report?.passes.find(({ name }) => name === stage.pass?.name)?.missed ?? []
    if (missed.length > 0) {
      const list = el('ul', 'missed')
      for (const { reason, count, place } of missed.slice(0, 50))
        list.append(
          el(
            'li',
            '',
            `${count === 1 ? '' : `${count} × `}${shortened(reason, 300)}${place === undefined ? '' : ` (${shortened(place, 120)})`}`,
          ),
        )
      parts.push(
        el('details', 'missed-fold', el('summary', '', `Nearly applied elsewhere: ${plural(missed.length, 'reason')} why not`), list),
      )
    }
    return parts
  }

  #modes(): HTMLElement {
    const group = el('div', 'modes')
    group.role = 'group'
    group.ariaLabel = 'What is shown'
    for (const [mode, label] of [
      ['changes', 'Changes'],
      ['difference', 'All lines'],
      ['text', 'Result'],
    ] as const) {
      const made = button(label, 'mode', () => {
        this.#mode = mode
        this.#unfolded = new Set()
        for (const other of group.children) other.setAttribute('aria-pressed', String(other === made))
        this.#showText(false)
      })
      made.setAttribute('aria-pressed', String(mode === this.#mode))
      group.append(made)
    }
    return group
  }

  #showText(keep: boolean, reveal?: number): void {
    const stage = this.current
    if (stage === undefined) return
    const isWhole = stage.before === undefined || this.#mode === 'text'
    const source = isWhole ? this.#texts.linesOf(stage.id) : this.#texts.differenceOf(stage.id)
    const lines = this.#numbered(source, stage, isWhole)
    const shown = !isWhole && this.#mode === 'changes' ? this.#folded(lines) : lines
    this.#view.set(shown, stage.kind, `Text of ${shortened(stage.title)}`, keep)
    if (reveal !== undefined) this.#view.reveal(reveal)
  }

  #numbered(lines: readonly StageLine[], { firstLine = 1, kind }: Stage, isWhole: boolean): ViewLine[] {
    let number = firstLine
    return lines.map(({ text, place, change }) => {
      const link = this.#placeLink(place)
      return {
        text,
        number: change === 'removed' ? '' : String(number++),
        change: isWhole || kind === 'source' ? 'kept' : change,
        ...(link === undefined ? {} : { place: link }),
      }
    })
  }

  #placeLink(index: number): ViewLine['place'] {
    const place = this.#exploration.places[index]
    if (place === undefined) return undefined
    const file = place.source.slice(place.source.lastIndexOf('/') + 1)
    return { label: shortened(`${file}:${place.line}`, 60), open: () => void this.showPlace(index) }
  }

  /** Long stretches that did not change are one line, which opens them. */
  #folded(lines: readonly ViewLine[]): ViewLine[] {
    const shown: ViewLine[] = []
    for (let at = 0; at < lines.length;) {
      let end = at
      while (end < lines.length && lines[end]!.change === 'kept') end++
      const from = at === 0 ? 0 : at + CONTEXT
      const to = end === lines.length ? end : end - CONTEXT
      const start = at
      if (to - from >= FOLD && !this.#unfolded.has(start)) {
        shown.push(...lines.slice(at, from), {
          text: `${plural(to - from, 'line')} unchanged`,
          number: '',
          change: 'skipped',
          open: () => {
            this.#unfolded.add(start)
            this.#showText(true)
          },
        })
        shown.push(...lines.slice(to, end))
      } else shown.push(...lines.slice(at, end))
      at = end
      while (at < lines.length && lines[at]!.change !== 'kept') shown.push(lines[at++]!)
    }
    return shown
  }
}
