// Stages told by what changed: takes the texts of one graph as they come, keeps the last and the differences.

import { lineDiff } from './line-diff.ts'
import type { KeptLines, NewLines, Stage } from './types.ts'

export interface TextLine {
  readonly text: string
  /** Index into the exploration's places; −1: none. */
  readonly place: number
}

/** Characters of a line that are shown: names and texts in a model may be as long as its file. */
const MAX_LINE = 2000

export class TextStages {
  readonly stages: Stage[] = []
  #last: readonly string[] = []

  /** Adds a stage. One whose text is that of the stage before is none, unless it is the first. */
  add(stage: Omit<Stage, 'before' | 'text' | 'length'>, content: readonly TextLine[]): void {
    const lines = content.map(({ text }) => (text.length <= MAX_LINE ? text : `${text.slice(0, MAX_LINE)} … (${text.length} characters)`))
    const before = this.stages.at(-1)
    const stretches = lineDiff(this.#last, lines)
    const only = stretches[0]
    if (before !== undefined && stretches.length === 1 && only?.kind === 'kept' && only.to - only.from === this.#last.length) return
    const text = stretches.map((stretch): KeptLines | NewLines => {
      const { from, to } = stretch
      if (stretch.kind === 'kept') return { from, to }
      const places = content.slice(from, to).map(({ place }) => place)
      return { lines: lines.slice(from, to), ...(places.every((place) => place === -1) ? {} : { places }) }
    })
    this.stages.push({ ...stage, ...(before === undefined ? {} : { before: before.id }), text, length: lines.length })
    this.#last = lines
  }
}
