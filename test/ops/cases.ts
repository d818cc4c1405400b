// The operator cases of test/ops/<family>/cases.json, as opcase.py writes them, and what to expect of one.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { IValue } from '../../src/ir/ivalue.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { realTensor } from '../../src/ops/complex-border.ts'
import { compareLeaf, decodeLeaf, type Leaf } from '../support/leaf.ts'
import { runCase, type DimsMode } from './run-case.ts'
import { toleranceOf } from './tolerances.ts'

export interface Case {
  readonly name: string
  readonly op: string
  /** IR text. */
  readonly graph: string
  readonly inputs: readonly Leaf[]
  readonly outputs: readonly Leaf[]
}

export function casesOf(family: string): readonly Case[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, family, 'cases.json'), 'utf8')) as readonly Case[]
}

const dtypeOf = (value: IValue) => (value !== null && typeof value === 'object' && value.kind === 'tensor' ? value.dtype : undefined)

/** Complex values leave the graph as real ones with a trailing axis of 2. */
function asReal(value: IValue): IValue {
  if (value === null || typeof value !== 'object') return value
  if (value.kind === 'tensor') return realTensor(value)
  if (value.kind === 'complex') return tensorFromElements('float64', [2], [value.re, value.im])
  return value.kind === 'list' || value.kind === 'tuple' ? { ...value, items: value.items.map(asReal) } : value
}

/** Runs the case and compares with torch's numbers, within the operator's tolerance. */
export async function check({ op, graph, inputs, outputs }: Case, mode: DimsMode): Promise<void> {
  const expected = outputs.map(decodeLeaf)
  const actual = await runCase(graph, inputs.map(decodeLeaf), expected, mode)
  for (const [i, value] of actual.entries()) {
    const golden = asReal(expected[i]!)
    expect(compareLeaf(value, golden, toleranceOf(op, dtypeOf(golden))), `${mode} dims, output ${i}`).toBeUndefined()
  }
}
