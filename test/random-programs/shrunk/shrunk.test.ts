// Small programs that once went wrong, against torch, in the form that the compiler chooses and as host programs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { judge, type Program } from '../program.ts'

const programs = JSON.parse(gunzipSync(readFileSync(join(import.meta.dirname, 'programs.json.gz'))).toString()) as readonly Program[]
/** What a graph cannot hold, by name. */
const HOST: ReadonlySet<string> = new Set(['expanded in a list'])

describe('shrunk programs', { timeout: 60_000 }, () => {
  for (const program of programs) {
    it(program.name, async () => {
      expect(await judge(program)).toEqual({ form: HOST.has(program.name) ? 'host' : 'graph' })
      const forced = await judge(program, 'host')
      expect([forced.wrong, forced.refused]).toEqual([undefined, undefined])
    })
  }
})
