// The lines of a stage, from its stretches and those of the stages before it; and what a stage removed from the one before. For views of an exploration.

import type { NewLines, KeptLines, Stage } from './types.ts'

export interface StageLine {
  readonly text: string
  /** Index into the exploration's places; −1: none. */
  readonly place: number
  /** `kept` from the stage before, `new` in this one; of the stage before: `removed` by this one. */
  readonly change: 'kept' | 'new' | 'removed'
}

const isKept = (piece: KeptLines | NewLines): piece is KeptLines => !('lines' in piece)

/** The lines of stages, made when they are asked for. The last few are remembered, so that stepping to and fro is quick. */
export class StageTexts {
  readonly #stages: ReadonlyMap<string, Stage>
  readonly #known = new Map<string, readonly StageLine[]>()

  constructor(stages: readonly Stage[]) {
    this.#stages = new Map(stages.map((stage) => [stage.id, stage]))
  }

  /** The stage's own lines, in order. */
  linesOf(id: string): readonly StageLine[] {
    // Back to a text that is known, or whole; then forward again.
    const chain: Stage[] = []
    let at = this.#stages.get(id)
    while (at !== undefined && !this.#known.has(at.id)) {
      chain.push(at)
      at = at.before === undefined ? undefined : this.#stages.get(at.before)
    }
    let lines: readonly StageLine[] = at === undefined ? [] : this.#known.get(at.id)!
    for (const stage of chain.reverse()) lines = expanded(stage, lines)
    this.#remember(id, lines)
    return lines
  }

  /** The stage's lines, and between them those of the stage before that it removed. */
  differenceOf(id: string): readonly StageLine[] {
    const stage = this.#stages.get(id)
    if (stage?.before === undefined) return this.linesOf(id)
    const before = this.linesOf(stage.before)
    const own = this.linesOf(id)
    const lines: StageLine[] = []
    let next = 0
    let at = 0
    for (const [i, piece] of stage.text.entries()) {
      const count = isKept(piece) ? piece.to - piece.from : piece.lines.length
      // What new lines take the place of stands before them.
      const following = isKept(piece) ? piece : stage.text[i + 1]
      const end = following === undefined ? before.length : isKept(following) ? following.from : next
      for (; next < end; next++) lines.push({ ...before[next]!, change: 'removed' })
      if (isKept(piece)) next = piece.to
      for (const last = at + count; at < last; at++) lines.push(own[at]!)
    }
    for (; next < before.length; next++) lines.push({ ...before[next]!, change: 'removed' })
    return lines
  }

  #remember(id: string, lines: readonly StageLine[]): void {
    this.#known.delete(id)
    this.#known.set(id, lines)
    const [oldest] = this.#known.keys()
    if (this.#known.size > 8 && oldest !== undefined) this.#known.delete(oldest)
  }
}

function expanded({ text }: Stage, before: readonly StageLine[]): StageLine[] {
  const lines: StageLine[] = []
  for (const piece of text) {
    if (isKept(piece)) {
      for (let i = piece.from; i < piece.to; i++) {
        const line = before[i]
        if (line !== undefined) lines.push(line.change === 'kept' ? line : { ...line, change: 'kept' })
      }
    } else for (const [i, line] of piece.lines.entries()) lines.push({ text: line, place: piece.places?.[i] ?? -1, change: 'new' })
  }
  return lines
}
