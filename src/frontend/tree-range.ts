// Source ranges of syntax trees. The user's own Python range behind serialized TorchScript is looked up only when asked for.

import type { Source, SourceRange } from '../diagnostics/source-range.ts'

/** A text that may know where it was generated from: `SerializedSource` of the archive, or a user's own file. */
export interface ScriptSource extends Source {
  readonly generatedFrom?: (offset: number) => SourceRange | undefined
}

export class TreeRange implements SourceRange {
  readonly source: ScriptSource
  readonly start: number
  readonly end: number

  constructor(source: ScriptSource, start: number, end: number) {
    this.source = source
    this.start = start
    this.end = end
  }
  get generatedFrom(): SourceRange {
    // `userRange` falls back to this very range when nothing is known of the original.
    return this.source.generatedFrom?.(this.start) ?? this
  }
}
