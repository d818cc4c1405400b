// The source map of a model's host programs, as plain data that lies in the cache: sources under names that are no place of any machine,
// each with its text, so that no tool looks for a file of that name. What a map says is in source-map.ts.

import { userRange, type SourceRange } from '../../diagnostics/source-range.ts'
import { toSourceMap, type SourceMap } from './source-map.ts'
import type { Mapping } from './statement.ts'

/** The map of generated text whose functions were put together. */
export function programMap(mappings: readonly Mapping[]): SourceMap {
  const map = toSourceMap(mappings.map((mapping) => ({ ...mapping, range: withText(mapping.range) })))
  const taken = new Set<string>()
  return {
    ...map,
    sources: map.sources.map((source) => {
      const name = sourceName(source)
      let fresh = name
      for (let i = 1; taken.has(fresh); i++) fresh = name.replace(/(\.\w+)?$/, (end) => `-${i}${end}`)
      taken.add(fresh)
      return fresh
    }),
    // A tool that finds no text reads the file of that name, and names are the archive's.
    sourcesContent: map.sourcesContent.map((text) => text ?? ''),
  }
}

/** `map` for the file in which the text begins `lines` lines below the top. */
export function movedDown(map: SourceMap, lines: number): SourceMap {
  return { ...map, mappings: ';'.repeat(lines) + map.mappings }
}

/**
 * `map` with its sources in a folder of the model's own, `net.pt/train.py` beside `net.pt`: another model may have been saved by the same file, and
 * each holds only the parts of it that it needs. Rollup refuses two texts of one name.
 */
export function inFolder(map: SourceMap, model: string): SourceMap {
  const folder = model.replaceAll(/[^\p{L}\p{N}.=_-]/gu, '_')
  return { ...map, sources: map.sources.map((source) => `${folder}/${source}`) }
}

/** The user's own Python where the archive holds it; else the archive's code. */
function withText({ source, start, end, generatedFrom }: SourceRange): SourceRange {
  const own: SourceRange = { source, start, end }
  const user = generatedFrom === undefined ? own : userRange({ ...own, generatedFrom })
  return user.source.text === '' ? own : user
}

/** A relative path without `..`, whatever the machine that saved the model called its files: `/home/me/net.py` → `home/me/net.py`. */
function sourceName(name: string): string {
  const parts = name
    .replaceAll('\\', '/')
    .replace(/^[a-z]+:/i, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    // What an address would read as something else.
    .map((part) => part.replaceAll(/[^\p{L}\p{N}._@+ -]/gu, '_'))
  return parts.join('/') || 'model.py'
}
