// What a model of the table needs declared: dtypes that nothing tells. No rank does.

import type { ScalarType } from '../../src/ir/scalar-type.ts'

/** Scripted code takes any dtype where a remainder, a cast or a product comes first: float32 is assumed. */
export const dtypes: ReadonlyMap<string, Readonly<Record<string, ScalarType>>> = new Map([
  ['gather-scatter.scripted', { at: 'int64' }],
  ['masked-mean.scripted', { keep: 'bool' }],
  ['double-solve.scripted', { x: 'float64', y: 'float64' }],
] as const)
