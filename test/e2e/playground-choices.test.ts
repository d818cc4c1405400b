// What the page that opens models says of options: its address gives them back, and the import line that it shows means the same to the plugin.

import { describe, expect, it } from 'vitest'
import {
  configText,
  DEFAULTS,
  fromHash,
  importLine,
  parseDeclared,
  toHash,
  toOptions,
  type Choices,
} from '../../playground/src/explore/choices.ts'
import { difference } from '../../playground/src/explore/difference.ts'
import { parseModelId } from '../../src/plugin/ids.ts'
import { checkModelOptions } from '../../src/plugin/options.ts'

const chosen: Choices = {
  mode: 'trace',
  precision: 'int8',
  device: 'webgpu',
  controlFlow: 'host',
  blocklist: ['CONV_BN_FUSION', 'fuse-gelu'],
  inputs: new Map([
    ['x', 'float32[n, 3, 64, 64]'],
    ['length', 'int64[]'],
  ]),
}

/** Whose spaces mean nothing. */
const plain = (choices: Choices): unknown => ({
  ...choices,
  inputs: Array.from(choices.inputs, ([name, text]) => [name, text.replaceAll(' ', '')]),
})

describe('choices', () => {
  it('come back from the address', () => {
    for (const choices of [DEFAULTS, chosen]) {
      const { sample, choices: back } = fromHash(`#${toHash('recipe', choices)}`)
      expect(sample).toBe('recipe')
      expect(plain(back)).toEqual(plain(choices))
    }
    expect(toHash(undefined, DEFAULTS)).toBe('')
    expect(toHash('recipe', DEFAULTS)).toBe('sample=recipe')
  })

  it('leave out what an address should not say', () => {
    expect(fromHash('#mode=fast&precision=fp8&input=x=floaty[2]&blocklist=&sample=a').choices).toEqual(DEFAULTS)
  })

  it('are an import line and a configuration that mean the same to the plugin', () => {
    for (const choices of [{ ...DEFAULTS, precision: 'int4' } as const, chosen]) {
      const [, id] = /^import net from '(.*)'$/.exec(importLine('net.pt', choices))!
      const { options } = parseModelId(`/${id!}`)!
      expect({ mode: 'auto', controlFlow: 'auto', ...options }).toEqual(toOptions(choices))
      checkModelOptions(toOptions(choices))
      const config = configText('net.pt', choices).split('export default ')[1]!
      // oxlint-disable-next-line no-new-func -- the text that people copy is what is tested
      const { plugins } = new Function('Torch', `return (${config})`)((given: unknown) => given) as {
        plugins: [{ models: Record<string, object> }]
      }
      expect({ mode: 'auto', controlFlow: 'auto', ...plugins[0].models['src/net.pt'] }).toEqual(toOptions(choices))
    }
  })

  it('quote names of files', () => {
    const name = `it's a "net"\\.pt`
    const [, literal] = /^import net from (.*)$/.exec(importLine(name, DEFAULTS))!
    // oxlint-disable-next-line no-new-func -- the text that people copy is what is tested
    expect(new Function(`return ${literal!}`)()).toBe(`./${name}`)
  })

  it('read declarations, and nothing else', () => {
    expect(parseDeclared('float32[n, 3]')).toEqual({ dtype: 'float32', shape: ['n', 3] })
    expect(parseDeclared('[2]')).toEqual({ shape: [2] })
    expect(parseDeclared('int64')).toEqual({ dtype: 'int64' })
    expect(parseDeclared('bool[]')).toEqual({ dtype: 'bool', shape: [] })
    for (const text of ['', 'float', 'float32[', 'float32[2,]', 'float32[-1]', 'x=float32[2]', 'toString[2]'])
      expect(parseDeclared(text)).toBeUndefined()
  })
})

describe('the difference of results', () => {
  const tensor = (...data: number[]): object => ({ type: 'float32', data: Float32Array.from(data), dims: [data.length] })

  it('is the largest, over all that is in them', () => {
    expect(difference([tensor(1, 2), 3], [tensor(1, 2.5), 3])).toEqual({ largest: 0.5, scale: 3, numbers: 3 })
    expect(difference({ a: tensor(1) }, new Map([['a', tensor(1)]]))).toEqual({ largest: 0, scale: 1, numbers: 1 })
    expect(difference(tensor(NaN, Infinity), tensor(NaN, Infinity)).largest).toBe(0)
    expect(difference(tensor(NaN), tensor(1)).largest).toBe(Infinity)
    expect(difference(2, 2n).largest).toBe(0)
  })

  it('tells what is not alike', () => {
    expect(difference(tensor(1, 2), tensor(1)).unlike).toBe('the result has the shape [2], expected [1]')
    expect(difference(['a'], ['b']).unlike).toBe('the result[0] is a, expected b')
    expect(difference([1], [1, 2]).unlike).toBe('the result has 1 items, expected 2')
    expect(difference(null, tensor(1)).unlike).toBeDefined()
  })
})
