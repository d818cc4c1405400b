// Extents that are the lesser of two, and broadcasting with them.

import { expect, test } from 'vitest'
import { broadcast, dimClamp, dimSub } from '../../src/ir/dim.ts'

test('the lesser of two extents is a number, one of them, or an expression', () => {
  expect(dimClamp(3, 5)).toBe(3)
  expect(dimClamp('n', 'n')).toBe('n')
  expect(dimClamp('n', 512)).toBe(dimClamp(512, 'n'))
  expect(dimClamp('n', null)).toBe(null)
  // n − 1 may be −1, which counts from the end.
  expect(dimClamp(dimSub('n', 1), 512)).toBe(null)
})

test('n beside min(n, 512) is n: they are equal, or one of them is 1', () => {
  const least = dimClamp('n', 512)
  expect(broadcast(['b', 'n'], [1, least])).toEqual(['b', 'n'])
  expect(broadcast(['b', least], ['n'])).toEqual(['b', 'n'])
  expect(broadcast([least], ['m'])).toEqual([null])
  expect(broadcast([least], [dimClamp('n', 8)])).toEqual([null])
})
