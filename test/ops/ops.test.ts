// Every operator case of test/ops/<family>/cases.json on onnxruntime-web, against torch's numbers. FAMILY=<name> runs one family.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { IValue } from '../../src/ir/ivalue.ts'
import { compareLeaf, decodeLeaf, type Leaf } from '../support/leaf.ts'
import { runCase, type DimsMode } from './run-case.ts'
import { toleranceOf } from './tolerances.ts'

interface Case {
  readonly name: string
  readonly op: string
  readonly graph: string
  readonly inputs: readonly Leaf[]
  readonly outputs: readonly Leaf[]
}

const here = import.meta.dirname
const dtypeOf = (value: IValue) => (value !== null && typeof value === 'object' && value.kind === 'tensor' ? value.dtype : undefined)
const families = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'cases.json')))
  .map((entry) => entry.name)
  // Python values of build time never reach ONNX: test/analysis/facts.test.ts folds them.
  .filter((name) => name !== 'scalar')
  .filter((name) => process.env['FAMILY'] === undefined || process.env['FAMILY'] === name)

const modes: readonly DimsMode[] = ['static', 'dynamic']

for (const family of families) {
  describe(family, () => {
    const cases = JSON.parse(readFileSync(join(here, family, 'cases.json'), 'utf8')) as readonly Case[]
    for (const { name, op, graph, inputs, outputs } of cases) {
      it(name, async () => {
        const expected = outputs.map(decodeLeaf)
        for (const mode of modes) {
          const actual = await runCase(graph, inputs.map(decodeLeaf), expected, mode)
          for (const [i, value] of actual.entries())
            expect(compareLeaf(value, expected[i]!, toleranceOf(op, dtypeOf(expected[i]!))), `${mode} dims, output ${i}`).toBeUndefined()
        }
      })
    }
  })
}
