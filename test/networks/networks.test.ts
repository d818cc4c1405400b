// Everyday vision, text and audio networks, traced and scripted, through the whole compiler without options, run on onnxruntime-web in Node
// against torch's numbers at several sizes. What cannot be told without a declaration, and what is refused, stands in networks-options.ts.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { Golden, GoldenCase } from '../e2e/fixtures.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { declared, refused } from './networks-options.ts'

const folder = import.meta.dirname
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))

// DESIGN §7: whole networks within 1e-3 of the golden's standard deviation.
const NETWORK = { network: 1e-3 }

/** A trace that is true of some sizes only has goldens of its own. */
function goldenOf(name: string): Golden {
  const own = join(folder, `${name}.json`)
  return JSON.parse(readFileSync(existsSync(own) ? own : join(folder, `${name.split('.')[0]}.json`), 'utf8')) as Golden
}

const argumentsOf = ({ inputs }: GoldenCase): unknown[] => inputs.map((leaf) => toJs(decodeLeaf(leaf)))

describe('networks on onnxruntime-web', () => {
  for (const name of names) {
    const compiled = () => compile(readFileSync(join(folder, `${name}.pt`)), { file: name, methods: ['forward'], ...declared.get(name) })
    const code = refused.get(name)
    if (code !== undefined) {
      it(`${name} is refused with ${code}`, async () => expect(compiled()).rejects.toMatchObject({ code }))
      continue
    }
    it(name, async () => {
      const { cases } = goldenOf(name)
      const [net] = instantiate(await compiled())
      const results: unknown[] = []
      for (const one of cases) {
        results.push(await net!(...argumentsOf(one)))
        expect(compareJs(results.at(-1), decodeLeaf(one.outputs), NETWORK), one.name).toBeUndefined()
      }
      // A check that passes on the golden of another input would be no check.
      const other = cases.findIndex(({ outputs }) => JSON.stringify(outputs) !== JSON.stringify(cases[0]!.outputs))
      expect(other).toBeGreaterThan(0)
      expect(compareJs(results[0], decodeLeaf(cases[other]!.outputs), NETWORK)).toBeDefined()
    })
  }
})
