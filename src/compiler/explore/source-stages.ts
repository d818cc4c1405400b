// What the archive says in words: the user's own Python, as far as its debug records have it, and the serialized code. A record holds the text of a
// function or class, so a file of the user's is the pieces that are known, with their own line numbers.

import type { ScriptArchive, SerializedSource } from '../../archive/archive.ts'
import { isTorchCode, type Source } from '../../diagnostics/source-range.ts'
import type { Places } from './places.ts'
import { TextStages, type TextLine } from './text-stages.ts'
import type { Stage } from './types.ts'

/** Lines of a file, by number: what lies beyond is not shown. */
const MAX_LINE_NUMBER = 1_000_000
/** A recorded Python stack instead of a text, as traces have it. */
const STACK = /^.+\(\d{1,9}\): /

export function sourceStages({ sources }: ScriptArchive, places: Places): Stage[] {
  const serialized = [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source)
  // The user's own come first.
  const own = serialized.filter((source) => !isTorchCode({ source, start: 0, end: 0 }))
  const ordered = [...own, ...serialized.filter((source) => !own.includes(source))]
  const files = new Map<string, Map<number, string>>()
  const codes = ordered.map((source): Stage => {
    const lines = codeLines(source, files, places)
    return stageOf(`code:${source.name}`, 'code', source.name, lines)
  })
  const texts = [...files].flatMap(([name, lines]) => fileStages(name, lines))
  return [...texts, ...codes]
}

const stageOf = (id: string, kind: 'source' | 'code', title: string, lines: readonly TextLine[], firstLine = 1): Stage => {
  const texts = new TextStages()
  texts.add({ id, kind, title, ...(firstLine === 1 ? {} : { firstLine }) }, lines)
  return texts.stages[0]!
}

/** The lines of serialized code with the user's lines that they come from, whose texts are gathered. */
function codeLines(source: SerializedSource, files: Map<string, Map<number, string>>, places: Places): TextLine[] {
  const seen = new Set<Source>()
  let start = 0
  return source.text
    .replace(/\n$/, '')
    .split('\n')
    .map((text): TextLine => {
      const indent = text.search(/\S/)
      const range = indent === -1 ? undefined : source.generatedFrom(start + indent)
      start += text.length + 1
      if (range !== undefined && !seen.has(range.source)) {
        seen.add(range.source)
        gather(range.source, files)
      }
      return { text, place: places.indexOf(range) }
    })
}

function gather({ name, text, firstLine = 1 }: Source, files: Map<string, Map<number, string>>): void {
  if (STACK.test(text)) return
  let lines = files.get(name)
  if (lines === undefined) files.set(name, (lines = new Map()))
  for (const [i, line] of text.replace(/\n+$/, '').split('\n').entries()) {
    const number = firstLine + i
    // A class holds its methods: the longer text has the indentation of the file.
    if (number <= MAX_LINE_NUMBER && line.length >= (lines.get(number)?.length ?? 0)) lines.set(number, line)
  }
}

/** Lines between pieces that are left open rather than told as two stages. */
const MAX_GAP = 200

/** The known pieces of a file; far from each other, each is a stage of its own. */
function fileStages(name: string, lines: ReadonlyMap<number, string>): Stage[] {
  const numbers = [...lines.keys()].sort((a, b) => a - b)
  const pieces: { readonly firstLine: number; readonly texts: string[] }[] = []
  for (const number of numbers) {
    const last = pieces.at(-1)
    const gap = last === undefined ? Infinity : number - last.firstLine - last.texts.length
    if (last === undefined || gap > MAX_GAP) pieces.push({ firstLine: number, texts: [lines.get(number)!] })
    else last.texts.push(...Array.from({ length: gap }, (_, i) => (gap > 3 && i === 0 ? '⋯' : '')), lines.get(number)!)
  }
  return pieces.map(({ firstLine, texts }, i) =>
    stageOf(
      `source:${name}${i === 0 ? '' : `:${firstLine}`}`,
      'source',
      name,
      texts.map((text) => ({ text, place: -1 })),
      firstLine,
    ),
  )
}
