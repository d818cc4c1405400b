// One model in every wrapping that people hand around: packed again by other tools, saved with extra files, for the lite interpreter, without
// debug records. Each gives the same graph, to the byte, and the numbers that torch recorded.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sniff } from '../../src/archive/sniff.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { zipOf, type ZipEnd, type ZipItem } from '../hostile/zip-writer.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { instantiate } from '../support/model.ts'

const folder = resolve(import.meta.dirname, '../fixtures/archives')
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const deflate = (data: Uint8Array): Uint8Array => deflateRawSync(data)

/** Entries of a real archive. */
function entriesOf(name: string): readonly { readonly name: string; readonly data: Uint8Array }[] {
  const found = sniff(readFileSync(join(folder, name)), {})
  if (found.kind !== 'torchscript') throw new TypeError(`${name} is no archive`)
  return [...found.zip.entries.keys()].map((entry) => ({ name: entry, data: found.zip.read(entry)! }))
}

type Repack = (items: readonly ZipItem[]) => { readonly items: readonly ZipItem[]; readonly end?: ZipEnd }
const folderOf = (name: string): string => name.slice(0, name.indexOf('/'))
const renamed = (items: readonly ZipItem[], change: (name: string) => string): ZipItem[] =>
  items.map((item) => ({ ...item, name: change(String(item.name)) }))

const repacks: readonly (readonly [string, Repack])[] = [
  ['as it was', (items) => ({ items })],
  ['all entries deflated', (items) => ({ items: items.map((item) => ({ ...item, deflate })) })],
  [
    'weights deflated, code stored',
    (items) => ({ items: items.map((item) => (/data\/\d/.test(String(item.name)) ? { ...item, deflate } : item)) }),
  ],
  ['another top folder', (items) => ({ items: renamed(items, (name) => `weights v2 (1)${name.slice(folderOf(name).length)}`) })],
  ['entries in reverse', (items) => ({ items: items.toReversed() })],
  ['zip64 records', (items) => ({ items, end: { zip64: {} } })],
  ['a comment', (items) => ({ items, end: { comment: text('from the build server') } })],
  ['without debug records', (items) => ({ items: items.filter(({ name }) => !String(name).endsWith('.debug_pkl')) })],
  [
    'extra files',
    (items) => ({ items: [...items, { name: `${folderOf(String(items[0]!.name))}/extra/labels.txt`, data: text('cat\ndog') }] }),
  ],
  [
    'bytecode for the lite interpreter beside the code',
    (items) => ({ items: [...items, { name: `${folderOf(String(items[0]!.name))}/bytecode.pkl`, data: text('not read') }] }),
  ],
]

/** The first set of a recorded model. */
function recorded(name: string): { readonly inputs: readonly IValue[]; readonly output: IValue } {
  type Leaf = { readonly dtype: string; readonly shape: readonly number[]; readonly data: readonly number[] }
  const { sets } = JSON.parse(readFileSync(join(folder, name.replace(/\.pt$/, '.json')), 'utf8')) as {
    readonly sets: readonly { readonly inputs: readonly Leaf[]; readonly outputs: readonly Leaf[] }[]
  }
  const tensor = (leaf: Leaf): IValue => tensorFromElements('float32', leaf.shape, leaf.data)
  return { inputs: sets[0]!.inputs.map(tensor), output: tensor(sets[0]!.outputs[0]!) }
}

for (const name of ['2.13.0/quantized_dynamic.pt', '1.4.0/gate_scripted.pt', '1.13.1/mobile_conv1d.pt'])
  describe(name, () => {
    const items = entriesOf(name)
    const graphOf = async (bytes: Uint8Array): ReturnType<typeof compile> => compile(bytes, { file: 'net.pt', methods: ['forward'] })

    it.each(repacks)('%s', async (_, repack) => {
      const { items: packed, end } = repack(items)
      const result = await graphOf(zipOf(packed, end))
      const original = await graphOf(readFileSync(join(folder, name)))
      expect(Buffer.compare(result.graph, original.graph)).toBe(0)
      const { inputs, output } = recorded(name)
      const [net] = instantiate(result)
      expect(compareJs(await net!(...inputs.map(toJs)), output, { network: 1e-3 })).toBeUndefined()
    })

    it('bytecode alone is refused', async () => {
      const stripped = items.filter((item) => !item.name.includes('/code/')).map((item) => item)
      const top = folderOf(items[0]!.name)
      await expect(graphOf(zipOf([...stripped, { name: `${top}/bytecode.pkl`, data: text('x') }]))).rejects.toMatchObject({
        code: 'PT1023',
      })
    })

    it('a big-endian archive is refused', async () => {
      const top = folderOf(items[0]!.name)
      const others = items.filter((item) => !item.name.endsWith('/byteorder'))
      await expect(graphOf(zipOf([...others, { name: `${top}/byteorder`, data: text('big') }]))).rejects.toMatchObject({ code: 'PT1403' })
    })
  })
