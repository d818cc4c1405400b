// What a model of the table needs declared: dtypes that nothing tells, and a few ranks.

import type { ScalarType } from '../../src/ir/scalar-type.ts'

/** Scripted code takes any dtype where a remainder, a cast or a product comes first: float32 is assumed. */
export const dtypes: ReadonlyMap<string, Readonly<Record<string, ScalarType>>> = new Map([
  ['gather-scatter.scripted', { at: 'int64' }],
  ['masked-mean.scripted', { keep: 'bool' }],
  ['double-solve.scripted', { x: 'float64', y: 'float64' }],
] as const)

/** An operator of theirs needs a rank that no other use tells: the error gives the line to declare, and only that is declared. */
export const ranks: ReadonlySet<string> = new Set([
  'own-mask.scripted',
  'slices.scripted',
  'sort-top.scripted',
  'gather-scatter.scripted',
  'select-rows.scripted',
  'windows.scripted',
  'double-solve.scripted',
])
