// Small programs that once went wrong, against torch, in the form that the compiler chooses and as host programs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { judge, type Program } from '../program.ts'

const programs = JSON.parse(gunzipSync(readFileSync(join(import.meta.dirname, 'programs.json.gz'))).toString()) as readonly Program[]
/** What is refused with a code, as long as it cannot be right. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['reshape after t_', 'PT3150'],
  ['shared t_', 'PT3150'],
  ['shared expanded, accumulated', 'PT3001'],
])

describe('shrunk programs', { timeout: 60_000 }, () => {
  for (const program of programs) {
    it(program.name, async () => {
      const code = REFUSED.get(program.name)
      const { form, refused, wrong } = await judge(program)
      expect([wrong, refused?.split(' ')[0]]).toEqual([undefined, code])
      // Writes through expanded tensors are values of a graph, if no list holds them.
      if (/^expand(?!.*list)/.test(program.name)) expect(form).toBe('graph')
      if (code !== undefined) return
      const forced = await judge(program, 'host')
      expect([forced.wrong, forced.refused]).toEqual([undefined, undefined])
    })
  }
})
