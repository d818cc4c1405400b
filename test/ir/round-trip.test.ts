// torch's own printed graphs: read, verified, printed again. Values are renamed in order of appearance on both sides.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { verify } from '../../src/ir/verifier.ts'

const truth = join(import.meta.dirname, '../truth')

/** Values numbered by appearance; what torch's printer adds to complete types and to warnings taken off. */
function normalized(text: string): string {
  const names = new Map<string, string>()
  return text
    .replaceAll(/%[A-Za-z0-9_.]+/g, (name) => {
      if (!names.has(name)) names.set(name, `%${names.size}`)
      return names.get(name)!
    })
    .replaceAll(/\[warn_id=\d+\]/g, '')
    .replaceAll(/, strides=\[[^\]]*\]|, requires_grad=\d|, device=cpu/g, '')
    .trim()
}

describe('IR text', () => {
  for (const file of readdirSync(truth).filter((name) => name.endsWith('.ir'))) {
    const text = readFileSync(join(truth, file), 'utf8')
    // torch prints big constants as <Tensor>, which no parser can read back.
    if (text.includes('<Tensor>')) {
      it(`${file}: refuses what was too big to be printed`, () => expect(() => parseGraph(text, file)).toThrow(/PT2090/))
      continue
    }
    it(`${file} comes back as it was`, () => {
      const graph = parseGraph(text, file)
      verify(graph)
      // Subgraphs of prim::fork have no order of their own: torch prints them first seen.
      if (!text.includes('with prim::fork')) expect(normalized(printGraph(graph, { torchTensors: true }))).toBe(normalized(text))
      const ours = printGraph(graph)
      expect(printGraph(parseGraph(ours))).toBe(ours)
    })
  }
})
