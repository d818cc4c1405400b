// Every operator whose meaning changed between versions, in an archive of the last old version and of the first new one, against torch's numbers.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile } from '../../src/compiler/compile.ts'
import { importScript, inlinedGraph } from '../../src/frontend/import-script.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { oldSchemas } from '../../src/ops/schemas/versions.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf, type Leaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'

interface Recorded {
  readonly inputs: readonly Leaf[]
  readonly outputs: readonly Leaf[]
}

const folder = resolve(import.meta.dirname, '../fixtures/upgraders')
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))
const bytesOf = (name: string): Uint8Array => readFileSync(join(folder, `${name}.pt`))
const sourceOf = (name: string): string => readTorchScript(bytesOf(name)).sources.get('__torch__')!.text

describe('upgraders', () => {
  it.each(names)('%s', async (name) => {
    const { inputs, outputs } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recorded
    const declared = {
      x: { dtype: 'float32', shape: [3, 2] },
      k: { dtype: 'int64', shape: [3] },
      m: { dtype: 'int64', shape: [3] },
    } as const
    const [net] = instantiate(await compile(bytesOf(name), { file: name, verifyGraphs: true, inputs: declared }))
    const actual = await net!(...inputs.map((leaf) => toJs(decodeLeaf(leaf))))
    expect(compareJs(actual, { kind: 'tuple', items: outputs.map(decodeLeaf) })).toBeUndefined()
  })

  it.each(oldSchemas)('$operator of version $to has an archive', ({ operator, to }) => {
    const name = operator.replace(/^aten::/, '').split('.')[0]!
    const texts = names.filter((archive) => archive.startsWith(`${to}-`)).map(sourceOf)
    expect(texts.some((text) => text.includes(`torch.${name}(`))).toBe(true)
  })

  it('integers are divided with truncation before version 4, and give floats from then on', () => {
    const text = (name: string): string => printGraph(inlinedGraph(importScript(readTorchScript(bytesOf(name)))))
    expect(text('3-a')).toContain('"trunc"')
    expect(text('4-a')).not.toContain('aten::is_floating_point')
  })
})
