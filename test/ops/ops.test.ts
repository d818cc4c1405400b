// Every operator case of test/ops/<family>/cases.json on onnxruntime-web, against torch's numbers. FAMILY=<name> runs one family.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { casesOf, check } from './cases.ts'
import type { DimsMode } from './run-case.ts'

const here = import.meta.dirname
const families = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'cases.json')))
  .map((entry) => entry.name)
  // Python values of build time never reach ONNX: test/analysis/facts.test.ts folds them.
  .filter((name) => name !== 'scalar')
  .filter((name) => process.env['FAMILY'] === undefined || process.env['FAMILY'] === name)

const modes: readonly DimsMode[] = ['static', 'dynamic']

for (const family of families) {
  describe(family, () => {
    for (const one of casesOf(family)) {
      it(one.name, async () => {
        for (const mode of modes) await check(one, mode)
      })
    }
  })
}
