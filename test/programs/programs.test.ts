// Host programs against torch: control flow in generated JavaScript, tensors in regions of one graph. Results, state from call to call, exceptions,
// and how many regions a call runs.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import type { Golden } from '../e2e/fixtures.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'

const folder = import.meta.dirname
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))

/** What one graph holds. */
const GRAPHS: ReadonlySet<string> = new Set(['indexed', 'enumin', 'reader'])

describe('host programs', () => {
  for (const name of names) {
    it(name, async () => {
      const { cases, sequence } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Golden
      const compiled = await compile(readFileSync(join(folder, `${name}.pt`)), { file: name }, nodeHost())
      expect(compiled.program === undefined).toBe(GRAPHS.has(name))
      if (process.env['SHOW']) console.log(compiled.program?.code)
      const methods = instantiate(compiled)
      for (const { method = 'forward', inputs, outputs, raises, name: at } of cases) {
        const net = methods[compiled.signatures.findIndex((signature) => signature.name === method)]!
        const call = (sequence === true ? net : net.clone())(...inputs.map((leaf) => toJs(decodeLeaf(leaf))))
        if (raises === undefined) expect(compareJs(await call, decodeLeaf(outputs), { network: 1e-3 }), at).toBeUndefined()
        else await expect(call, at).rejects.toMatchObject({ name: raises.type, message: raises.message })
      }
    })
  }
})
