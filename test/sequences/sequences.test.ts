// Recurrent layers and attention in every configuration (configurations.py), through the whole compiler, run on onnxruntime-web in Node against
// torch's numbers at two sizes. What must be declared, and what is refused, stands in sequences-options.ts.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile } from '../../src/compiler/compile.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import type { Golden, GoldenCase } from '../e2e/fixtures.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { declared } from './sequences-options.ts'

const folder = process.env['SEQUENCES'] ?? import.meta.dirname
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))

// DESIGN §7: whole networks within 1e-3 of the golden's standard deviation.
const NETWORK = { network: 1e-3 }
const argumentsOf = ({ inputs }: GoldenCase): unknown[] => inputs.map((leaf) => toJs(decodeLeaf(leaf)))

describe('recurrent layers and attention', () => {
  for (const name of names)
    it(name, async () => {
      const { cases } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Golden
      const bytes = readFileSync(join(folder, `${name}.pt`))
      const params = importScript(readTorchScript(bytes))
        .method('forward')
        .params.map((param) => param.name)
      const result = await compile(bytes, { file: name, ...declared(name, params, cases) })
      // A graph holds all of them: JavaScript for the sake of a message of torch's own checks would not be worth its runs.
      expect(result.program).toBeUndefined()
      const [net] = instantiate(result)
      const results: unknown[] = []
      for (const one of cases) {
        results.push(await net!(...argumentsOf(one)))
        expect(compareJs(results.at(-1), decodeLeaf(one.outputs), NETWORK), one.name).toBeUndefined()
      }
      expect(compareJs(results[0], decodeLeaf(cases[1]!.outputs), NETWORK)).toBeDefined()
    })
})
