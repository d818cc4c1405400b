// Extents that are the lesser of two, and broadcasting with them.

import { expect, test } from 'vitest'
import { broadcast, dimAdd, dimAt, dimClamp, dimFloorDiv, dimMul, dimSub } from '../../src/ir/dim.ts'

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

test('extents at given sizes of their symbols', () => {
  const sizes = new Map([
    ['n', 7],
    ['h', 224],
  ])
  const halved = dimAdd(dimFloorDiv(dimSub('h', 1), 2), 1)
  expect(dimAt(5, sizes)).toBe(5)
  expect(dimAt('n', sizes)).toBe(7)
  expect(dimAt(dimAdd(dimMul(dimMul(2, 'n'), 'n'), dimMul(-1, 'n')), sizes)).toBe(91)
  expect(dimAt(halved, sizes)).toBe(112)
  expect(dimAt(dimFloorDiv(dimAdd(halved, 3), 'n'), sizes)).toBe(Math.floor(115 / 7))
  expect(dimAt(dimMul('n', dimClamp('n', 4)), sizes)).toBe(28)
  // Rounds down, as Python does.
  expect(dimAt(dimFloorDiv(dimSub('n', 10), 2), sizes)).toBe(-2)
  expect(dimAt(null, sizes)).toBeUndefined()
  expect(dimAt('m', sizes)).toBeUndefined()
  expect(dimAt(dimAdd('n', 'm'), sizes)).toBeUndefined()
  expect(dimAt(dimFloorDiv('h', dimSub('n', 7)), sizes)).toBeUndefined()
  // A symbol may be called anything.
  expect(dimAt('floor((n)/(0))', new Map([['floor((n)/(0))', 3]]))).toBe(3)
})
