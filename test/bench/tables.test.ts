// The tables of bench/peers: ratios against the best way that runs, what misses the goal, what fails.

import { describe, expect, it } from 'vitest'
import type { ModelResult } from '../../bench/peers/result.ts'
import { detailsOf, summaryOf } from '../../bench/peers/tables.ts'

const measured = (create: number, run: number): { create: number; run: number; difference: number } => ({ create, run, difference: 1e-6 })
const net: ModelResult = {
  model: 'net',
  ways: [
    { name: 'ours', seconds: 0.6, bytes: 900_000, nodes: 12, node: measured(5, 11) },
    { name: 'ours, any size', seconds: 0.5, bytes: 950_000, nodes: 14, node: measured(6, 12) },
    { name: 'script+slim', seconds: 4, bytes: 1_000_000, nodes: 10, node: measured(10, 20) },
    { name: 'script+sim', seconds: 6, bytes: 800_000, nodes: 3, node: { failure: 'Type Error: Loop' } },
    { name: 'dynamo', failure: 'GuardOnDataDependentSymNode' },
  ],
}

describe('the tables of the comparison', () => {
  it('take the best of the ways that run', () => {
    const [, , row] = summaryOf([net]).split('\n')
    expect(row).toBe(
      '| net | 0.900 MB / 1.000 MB = **0.90×** | 12 / 10 = **1.20×** | 11 ms / 20 ms = **0.55×** | 5.00 ms / 10 ms = **0.50×** | 0.60 s / 4.00 s = **0.15×** | 1.0e-6 σ |',
    )
  })

  it('name what misses the goal, and what fails', () => {
    const text = summaryOf([net])
    expect(text).toContain('* net, nodes: 12 against 10 of script+slim (1.200×)')
    expect(text).toContain('* net, convert: 0.60 s against 4.00 s of script+slim (0.150×)')
    expect(text).not.toContain('* net, bytes')
    expect(text).toContain('* net, script+sim: Type Error: Loop\n* net, dynamo: GuardOnDataDependentSymNode')
    expect(summaryOf([net], 'ours, any size')).toContain('14 / 10 = **1.40×**')
  })

  it('have all ways of a model', () => {
    const rows = detailsOf(net)
      .split('\n')
      .filter((line) => line.startsWith('| '))
    expect(rows).toHaveLength(6)
    expect(rows[4]).toBe('| script+sim | 800000 | 3 | 6.00 s | fails | fails |  |')
    expect(rows[5]).toBe('| dynamo | fails | | | | | |')
  })
})
