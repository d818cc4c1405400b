// The golden decoder itself: every leaf kind, and a comparison that does notice differences.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tensorOf, type Tensor } from '../../src/ir/tensor.ts'
import { compareLeaf, decodeLeaf, tensorElements, type Leaf } from './leaf.ts'

const floats = (...values: number[]): Tensor => tensorOf('float32', [values.length], new Uint8Array(Float32Array.from(values).buffer))

test('every kind of leaf', () => {
  expect(decodeLeaf({ int: '-9223372036854775808' })).toBe(-(2n ** 63n))
  expect(decodeLeaf({ float: '-inf' })).toBe(-Infinity)
  expect(decodeLeaf({ float: '1.5' })).toBe(1.5)
  expect(decodeLeaf({ dict: [['a', { int: '1' }]] })).toEqual({ kind: 'dict', entries: [['a', 1n]] })
  expect(decodeLeaf({ tuple: [null, true], names: ['a', 'b'] })).toEqual({ kind: 'tuple', items: [null, true] })
  expect(decodeLeaf({ complex: ['1.0', 'nan'] })).toEqual({ kind: 'complex', re: 1, im: NaN })
  const tensor = decodeLeaf({ dtype: 'float16', shape: [2], data: 'AD4A/A==' }) as Tensor
  expect(tensorElements(tensor)).toEqual([1.5, -Infinity])
  expect(tensorElements(decodeLeaf({ dtype: 'bfloat16', shape: [], data: 'wD8=' }) as Tensor)).toEqual([1.5])
})

test('differences are found', () => {
  expect(compareLeaf(floats(1, NaN), floats(1.000001, NaN))).toBeUndefined()
  expect(compareLeaf(floats(1, 2), floats(1, 2.001))).toContain('first at 1')
  expect(compareLeaf(floats(1), floats(1, 1))).toContain('shape')
  expect(compareLeaf(floats(Infinity), floats(1))).toContain('differ')
  expect(compareLeaf(1n, 1)).toContain('int, expected float')
  expect(compareLeaf({ kind: 'list', items: [1n] }, { kind: 'list', items: [2n] })).toContain('value[0]')
  expect(compareLeaf(false, true)).toContain('expected true')
})

test('the scalar cases decode, and each equals itself only', () => {
  const cases = JSON.parse(readFileSync(new URL('../ops/scalar/cases.json', import.meta.url), 'utf8')) as { outputs: Leaf[] }[]
  expect(cases.length).toBeGreaterThan(150)
  for (const { outputs } of cases) for (const leaf of outputs) expect(compareLeaf(decodeLeaf(leaf), decodeLeaf(leaf))).toBeUndefined()
})
