// The pack of random programs, and the test of a part of it: each part is a file of its own, so that they run beside each other.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { judge, type Program, type Verdict } from './program.ts'

const PARTS = 4
/** Of the programs that became a graph, every so many-th runs as a host program as well. */
const SAMPLE = 4
/** What is known to fail, by program (`… host`: when it is made a host program): the code of the refusal, or `wrong`. Every other one must agree. */
export const KNOWN: ReadonlyMap<string, string> = new Map(
  Object.entries(JSON.parse(readFileSync(join(import.meta.dirname, 'known.expected.json'), 'utf8')) as Record<string, string>),
)

export function readPrograms(pack = 'programs.json.gz'): readonly Program[] {
  return JSON.parse(gunzipSync(readFileSync(join(import.meta.dirname, pack))).toString()) as readonly Program[]
}

export function partOf(part: number): void {
  describe(`part ${part + 1} of ${PARTS}`, () => {
    it('gives what torch gives', { timeout: 600_000 }, async () => {
      const programs = readPrograms().filter((_, i) => i % PARTS === part)
      const counts = { graph: 0, host: 0, refused: 0, forced: 0 }
      const problems: string[] = []
      const told = (name: string, { wrong, refused }: Verdict): void => {
        const found = wrong !== undefined ? 'wrong' : refused?.split(' ')[0]
        if (found !== KNOWN.get(name))
          problems.push(`${name}: ${wrong?.split('\n')[0] ?? refused ?? 'no longer fails; take it off known.expected.json'}`)
      }
      for (const program of programs) {
        const verdict = await judge(program)
        told(program.name, verdict)
        counts[verdict.form ?? 'refused']++
        if (verdict.form !== 'graph' || counts.graph % SAMPLE !== 0) continue
        counts.forced++
        told(`${program.name} host`, await judge(program, 'host'))
      }
      console.log(`${programs.length} programs: ${JSON.stringify(counts)}`)
      expect(problems).toEqual([])
      expect(counts.graph).toBeGreaterThan(0.15 * programs.length)
      expect(counts.host).toBeGreaterThan(0.3 * programs.length)
    })
  })
}
