// The list of stages: by kind, methods apart, torch's own library folded away. A listbox: one entry is chosen, arrow keys move.

import type { Stage, StageKind } from '../src/compiler/explore/types.ts'
import { el, shortened } from './dom.ts'

const TITLES: Readonly<Record<StageKind, string>> = {
  source: 'Python source',
  code: 'Serialized code',
  ir: 'Graph',
  onnx: 'ONNX',
  loader: 'Loader',
}

/** Code of torch's own library, and copies of a class that serialization numbers. */
const LIBRARY = /(?:^|[\\/])(?:__torch__[\\/]torch|torch[\\/](?:nn|jit|ao|utils|functional|_\w+))[\\/.]|___torch_mangle_\d/

export const isLibrary = ({ kind, title }: Stage): boolean => (kind === 'source' || kind === 'code') && LIBRARY.test(title)

export interface StageFigures {
  readonly added: number
  readonly removed: number
}

/** Lines that a stage added to the one before, and removed. */
export function stageFigures(stage: Stage, stages: ReadonlyMap<string, Stage>): StageFigures {
  let kept = 0
  for (const piece of stage.text) if (!('lines' in piece)) kept += piece.to - piece.from
  const before = stage.before === undefined ? undefined : stages.get(stage.before)
  return { added: before === undefined ? 0 : stage.length - kept, removed: before === undefined ? 0 : before.length - kept }
}

export class StageList {
  readonly root = el('nav', 'stage-list')
  readonly #buttons = new Map<string, HTMLButtonElement>()
  readonly #folds = new Map<string, HTMLDetailsElement>()

  constructor(stages: readonly Stage[], choose: (id: string) => void) {
    this.root.ariaLabel = 'Steps'
    const byId = new Map(stages.map((stage) => [stage.id, stage]))
    const groups = new Map<string, Stage[]>()
    for (const stage of stages) {
      const key = groupOf(stage, stages)
      groups.set(key, [...(groups.get(key) ?? []), stage])
    }
    for (const [title, members] of groups) {
      const list = el('div', 'stage-items')
      for (const stage of members) {
        const made = this.#item(stage, byId)
        made.addEventListener('click', () => choose(stage.id))
        this.#buttons.set(stage.id, made)
        list.append(made)
      }
      const fold = el('details', 'stage-group', el('summary', '', title, el('span', 'soft', String(members.length))), list)
      fold.open = !title.endsWith('library')
      for (const { id } of members) this.#folds.set(id, fold)
      this.root.append(fold)
    }
  }

  /** Marks a stage as the one that is shown. */
  mark(id: string): void {
    for (const [other, made] of this.#buttons) {
      if (other === id) made.setAttribute('aria-current', 'step')
      else made.removeAttribute('aria-current')
    }
    const fold = this.#folds.get(id)
    if (fold !== undefined) fold.open = true
    const made = this.#buttons.get(id)
    if (made === undefined) return
    const [top, bottom] = [made.offsetTop - this.root.offsetTop, made.offsetTop - this.root.offsetTop + made.offsetHeight]
    if (top < this.root.scrollTop + 40) this.root.scrollTop = top - 60
    else if (bottom > this.root.scrollTop + this.root.clientHeight) this.root.scrollTop = bottom - this.root.clientHeight + 60
  }

  #item(stage: Stage, byId: ReadonlyMap<string, Stage>): HTMLButtonElement {
    const { added, removed } = stageFigures(stage, byId)
    const title = stage.kind === 'source' || stage.kind === 'code' ? fileTitle(stage) : stage.title
    const made = el('button', 'stage-item', el('span', 'stage-title', shortened(title, 80)))
    made.type = 'button'
    made.title = shortened(stage.pass?.doc ?? stage.title, 400)
    if (stage.before !== undefined) {
      const figures = el('span', 'stage-figures')
      if (added > 0) figures.append(el('span', 'added', `+${added}`))
      if (removed > 0) figures.append(el('span', 'removed', `−${removed}`))
      made.append(figures)
    } else if (stage.nodes !== undefined) made.append(el('span', 'stage-figures soft', String(stage.nodes)))
    return made
  }
}

function fileTitle({ title, firstLine }: Stage): string {
  const short = title.replace(/^.*__torch__\//, '').replace(/^.*(?:site|dist)-packages\//, '')
  const name = short.split('/').slice(-3).join('/')
  return firstLine === undefined ? name : `${name}:${firstLine}`
}

function groupOf(stage: Stage, stages: readonly Stage[]): string {
  const { kind, method } = stage
  if (kind === 'ir') {
    const isOnly = stages.every((other) => other.kind !== 'ir' || other.method === method)
    return isOnly ? TITLES.ir : `${TITLES.ir} of ${shortened(method ?? '', 60)}`
  }
  return isLibrary(stage) ? `${TITLES[kind]}, library` : TITLES[kind]
}
