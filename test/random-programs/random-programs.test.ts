// Random programs against torch: as one graph or as a host program, whichever the compiler chose; a sample of the graphs as host programs, too.
// programs.json.gz is torch's, made by make.py from a fixed seed. The parts beside this file do their share.

import { describe, expect, it } from 'vitest'
import { partOf, readPrograms } from './programs.ts'
import { judge, type Program } from './program.ts'

describe('random programs', () => {
  const programs = readPrograms()

  it('are enough, and lead both ways', () => {
    const both = programs.filter((program) => program.both).length
    console.log(
      `${programs.length} programs, ${both} (${((100 * both) / programs.length).toFixed(1)} %) with data-dependent control flow both ways`,
    )
    expect(programs.length).toBeGreaterThanOrEqual(2000)
    expect(both / programs.length).toBeGreaterThanOrEqual(0.7)
    expect(new Set(programs.map(({ name }) => name)).size).toBe(programs.length)
  })

  it('find a wrong golden', async () => {
    const program = programs.find(({ cases }) => cases.every(({ outputs }) => outputs !== undefined))!
    const wrong = (leaf: unknown): unknown =>
      JSON.parse(JSON.stringify(leaf).replace(/"int": ?"(-?\d+)"/g, (_, n: string) => `"int":"${Number(n) + 1}"`))
    const changed = program.cases.map((one) => ({ ...one, outputs: { tuple: [wrong(one.outputs), null] } }))
    expect(await judge(program)).not.toHaveProperty('wrong')
    expect(await judge({ ...program, cases: changed } as Program)).toHaveProperty('wrong')
    const raising = program.cases.map(({ inputs }) => ({ inputs, raises: { type: 'ValueError', message: 'stop' } }))
    expect(await judge({ ...program, cases: raising })).toHaveProperty('wrong')
  })
})

partOf(0)
