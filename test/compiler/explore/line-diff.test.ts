// Differences of texts: what they keep and what is new always makes the new text, whatever the texts are.

import { describe, expect, it } from 'vitest'
import { lineDiff } from '../../../src/compiler/explore/line-diff.ts'

const applied = (before: readonly string[], after: readonly string[]): string[] =>
  lineDiff(before, after).flatMap((stretch) => (stretch.kind === 'kept' ? before : after).slice(stretch.from, stretch.to))
const kept = (before: readonly string[], after: readonly string[]): string =>
  lineDiff(before, after)
    .flatMap((stretch) => (stretch.kind === 'kept' ? before.slice(stretch.from, stretch.to) : []))
    .join('')

describe('lineDiff', () => {
  it('keeps what is in both', () => {
    expect(lineDiff([...'abcd'], [...'abXd'])).toEqual([
      { kind: 'kept', from: 0, to: 2 },
      { kind: 'new', from: 2, to: 3 },
      { kind: 'kept', from: 3, to: 4 },
    ])
    expect(lineDiff([], ['a'])).toEqual([{ kind: 'new', from: 0, to: 1 }])
    expect(lineDiff(['a'], [])).toEqual([])
    expect(kept([...'xaaay'], [...'xaay'])).toBe('xaay')
    // Lines that there are several of go with their neighbours.
    expect(kept([...'1}2}3}'], [...'1}3}'])).toBe('1}3}')
    expect(kept([...'}}}}'], [...'}}'])).toBe('}}')
  })

  it('makes the new text of any two', () => {
    let seed = 7
    const random = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * n)
    }
    for (let round = 0; round < 400; round++) {
      const alphabet = 1 + random(12)
      const before = Array.from({ length: random(30) }, () => String(random(alphabet)))
      const after = round % 2 === 0 ? Array.from({ length: random(30) }, () => String(random(alphabet))) : [...before]
      if (round % 2 === 1) for (let i = random(5); i > 0; i--) after.splice(random(after.length + 1), random(3), String(random(alphabet)))
      const stretches = lineDiff(before, after)
      expect(applied(before, after)).toEqual(after)
      const old = stretches.filter(({ kind }) => kind === 'kept')
      for (const [i, { from }] of old.entries()) if (i > 0) expect(from).toBeGreaterThanOrEqual(old[i - 1]!.to)
    }
  })
})
