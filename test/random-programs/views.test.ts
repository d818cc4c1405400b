// Random programs that write through views (views.py), against torch: in the form that the compiler chooses, and as host programs.

import { describe, expect, it } from 'vitest'
import { judge } from './program.ts'
import { KNOWN, readPrograms } from './programs.ts'

describe('random programs with views', () => {
  it('give what torch gives', { timeout: 600_000 }, async () => {
    const programs = readPrograms('views.json.gz')
    const problems: string[] = []
    for (const program of programs)
      for (const form of ['auto', 'host'] as const) {
        const { wrong, refused } = await judge(program, form)
        const name = form === 'host' ? `${program.name} host` : program.name
        const found = wrong === undefined ? refused?.split(' ')[0] : 'wrong'
        if (found !== KNOWN.get(name)) problems.push(`${name}: ${wrong?.split('\n')[0] ?? refused ?? 'no longer fails'}`)
      }
    expect(problems).toEqual([])
    expect(programs.length).toBeGreaterThanOrEqual(160)
  })
})
