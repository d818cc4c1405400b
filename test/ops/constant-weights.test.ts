// The families whose lowering rearranges weights at build time, with every tensor but the first a constant, as a model file has them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { IValue } from '../../src/ir/ivalue.ts'
import { compareLeaf, decodeLeaf, type Leaf } from '../support/leaf.ts'
import { runCase } from './run-case.ts'
import { toleranceOf } from './tolerances.ts'

interface Case {
  readonly name: string
  readonly op: string
  readonly graph: string
  readonly inputs: readonly Leaf[]
  readonly outputs: readonly Leaf[]
}

const dtypeOf = (value: IValue) => (value !== null && typeof value === 'object' && value.kind === 'tensor' ? value.dtype : undefined)

for (const family of ['convolution', 'normalization', 'recurrent', 'attention', 'embedding']) {
  describe(family, () => {
    const cases = JSON.parse(readFileSync(join(import.meta.dirname, family, 'cases.json'), 'utf8')) as readonly Case[]
    for (const { name, op, graph, inputs, outputs } of cases.filter((row) => row.inputs.length > 1)) {
      it(name, async () => {
        const expected = outputs.map(decodeLeaf)
        const actual = await runCase(graph, inputs.map(decodeLeaf), expected, 'weights')
        for (const [i, value] of actual.entries())
          expect(compareLeaf(value, expected[i]!, toleranceOf(op, dtypeOf(expected[i]!))), `output ${i}`).toBeUndefined()
      })
    }
  })
}
