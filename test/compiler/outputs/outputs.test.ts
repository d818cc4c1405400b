// Option outputs: the named parts are torch's, the others are gone, and so are the bytes that only they need; in graphs and in host programs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../../src/archive/read-torchscript.ts'
import { compile } from '../../../src/compiler/compile.ts'
import type { ModelOptions } from '../../../src/compiler/types.ts'
import type { IObject, IValue } from '../../../src/ir/ivalue.ts'
import { contiguousBytes, type Tensor } from '../../../src/ir/tensor.ts'
import { nodeHost } from '../../../src/plugin/host.ts'
import type { Golden } from '../../e2e/fixtures.ts'
import { compareJs, toJs } from '../../support/js-value.ts'
import { decodeLeaf } from '../../support/leaf.ts'
import { instantiate } from '../../support/model.ts'

const convert = (name: string, options: ModelOptions = {}) =>
  compile(readFileSync(join(import.meta.dirname, `${name}.pt`)), { file: `${name}.pt`, ...options }, nodeHost())

/** Bytes of the weights of the smallest head. */
const HEAD = 64 * 5 * 4

const items = (value: IValue): readonly IValue[] => (value as { readonly items: readonly IValue[] }).items
const item = (value: IValue, key: string): IValue =>
  (value as { readonly entries: readonly (readonly [IValue, IValue])[] }).entries.find(([one]) => one === key)![1]
const tuple = (...values: readonly IValue[]): IValue => ({ kind: 'tuple', items: values })
const record = (fields: Readonly<Record<string, IValue>>): IValue => ({ kind: 'dict', entries: Object.entries(fields) })

const CASES: readonly (readonly [name: string, outputs: readonly string[], keep: (whole: IValue) => IValue, heads: number])[] = [
  ['tuples', ['0'], (y) => tuple(items(y)[0]!), 1],
  ['tuples', ['1.1', '0'], (y) => tuple(items(y)[0]!, tuple(items(items(y)[1]!)[1]!)), 2],
  ['tuples', ['2', '1'], (y) => tuple(items(y)[1]!, items(y)[2]!), 2],
  ['named', ['logits'], (y) => tuple(items(y)[0]!), 1],
  ['named', ['hidden.0', 'boxes', 'hidden'], (y) => tuple(items(y)[1]!, items(y)[2]!), 2],
  ['literal', ['logits'], (y) => record({ logits: item(y, 'logits') }), 1],
  ['literal', ['c', 'layer.1'], (y) => record({ 'layer.1': item(y, 'layer.1'), c: item(y, 'c') }), 2],
  ['filled', ['c'], (y) => record({ c: item(y, 'c') }), 1],
  ['branches', ['0'], (y) => tuple(items(y)[0]!), 1],
  ['branches', ['1'], (y) => tuple(items(y)[1]!), 2],
  ['lists', ['1'], (y) => tuple(items(y)[1]!), 1],
  ['maybe', ['1'], (y) => tuple(items(y)[1]!), 1],
]

describe.each(['auto', 'host'] as const)('control flow: %s', (controlFlow) => {
  it.each(CASES)('%s: %j', async (name, outputs, keep, heads) => {
    const [whole, part] = await Promise.all([convert(name, { controlFlow }), convert(name, { controlFlow, outputs })])
    expect(whole.report.bytesOut).toBeGreaterThan(3 * HEAD)
    // What a loop of a host program fills stays: which keys there will be is not known.
    if (controlFlow === 'auto' || name !== 'filled') expect(part.report.bytesOut).toBeLessThan(whole.report.bytesOut - (3 - heads) * HEAD)
    const net = instantiate(part)[0]!
    const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8')) as Golden
    for (const golden of cases) {
      const result = await net(...golden.inputs.map((leaf) => toJs(decodeLeaf(leaf))))
      expect(compareJs(result, keep(decodeLeaf(golden.outputs)), { network: 1e-5 }), golden.name).toBeUndefined()
    }
  })
})

it('the types follow', async () => {
  expect((await convert('named', { outputs: ['logits', 'hidden.1'] })).dts).toMatch(/type ForwardResult = \{\n? *readonly logits: /)
  expect((await convert('named', { outputs: ['logits', 'hidden.1'] })).dts).not.toContain('boxes')
})

describe('methods', () => {
  it('a list is about forward, an object names the methods', async () => {
    const whole = await convert('methods')
    const first = await convert('methods', { outputs: ['1'] })
    const each = await convert('methods', { outputs: { encode: ['1'] } })
    const results = (model: typeof whole) => model.signatures.map(({ result }) => (result.kind === 'tuple' ? result.items.length : 0))
    expect([whole, first, each].map(results)).toEqual([
      [2, 2],
      [1, 2],
      [2, 1],
    ])
    expect(first.report.bytesOut).toBeLessThan(whole.report.bytesOut - HEAD)
    expect(each.report.bytesOut).toBeLessThan(whole.report.bytesOut - HEAD)
  })

  it('a list is about the first method that is kept', async () => {
    const { signatures } = await convert('methods', { methods: ['encode'], outputs: ['1'] })
    expect(signatures).toMatchObject([{ name: 'encode', result: { kind: 'tuple', items: [{ kind: 'tensor' }] } }])
  })

  it.each(['auto', 'host'] as const)('weights of methods that are left out are not in the file (%s)', async (controlFlow) => {
    const [whole, forward, encode] = await Promise.all([
      convert('methods', { controlFlow }),
      convert('methods', { controlFlow, methods: ['forward'] }),
      convert('methods', { controlFlow, methods: ['encode'] }),
    ])
    const weight = bias()
    expect(weight.length).toBe(66 * 4)
    expect(holds(whole.graph, weight)).toBe(true)
    expect(holds(encode.graph, weight)).toBe(true)
    expect(holds(forward.graph, weight)).toBe(false)
    expect(encode.report.bytesOut).toBeLessThan(forward.report.bytesOut - HEAD)
  })
})

describe('what is not there', () => {
  it.each([
    ['tuples', ['3'], 'PT3910', 'did you mean "0"?'],
    ['named', ['logit'], 'PT3910', 'did you mean "logits"?'],
    ['named', ['hidden.2'], 'PT3910', 'did you mean "hidden.0"?'],
    ['named', ['logits.0'], 'PT3910', 'name whole results, or leave outputs out.'],
    ['literal', ['layer.2'], 'PT3910', 'did you mean "layer.1"?'],
    ['lists', ['9'], 'PT3910', expect.stringContaining('"0"')],
    ['maybe', ['0.1'], 'PT3910', 'name it as a whole, or leave outputs out.'],
    ['methods', { encod: ['0'] }, 'PT3911', "did you mean 'encode'?"],
    ['methods', [], 'PT3911', 'name at least one part, or leave it out.'],
  ] as const)('%s: %j', async (name, outputs, code, fix) => {
    await expect(convert(name, { outputs })).rejects.toMatchObject({ problems: [{ code, fix }] })
  })
})

/** The bias of the head that only encode has, as the archive holds it. */
function bias(): Buffer {
  const { root } = readTorchScript(readFileSync(join(import.meta.dirname, 'methods.pt')), nodeHost())
  const linear = root.attributes.get('c') as IObject
  return Buffer.from(contiguousBytes(linear.attributes.get('bias') as Tensor))
}

const holds = (graph: Uint8Array, bytes: Buffer): boolean => Buffer.from(graph).includes(bytes)
