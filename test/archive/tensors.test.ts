// Tensors of every dtype and layout against torch's own elements (fixtures/dtypes.json), and attributes of every other type.

import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { dictGet, type IValue } from '../../src/ir/ivalue.ts'
import { contiguousBytes, type Tensor } from '../../src/ir/tensor.ts'
import { archive, fixture, json } from './fixture.ts'

interface Golden {
  readonly dtype: string
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
  readonly requires_grad: boolean
  readonly bytes: string
  readonly conj?: true
  readonly neg?: true
  readonly scale?: number
  readonly zero_point?: number
  readonly scales?: Golden
  readonly zero_points?: Golden
  readonly axis?: number
}

const goldens = json<Record<string, Golden>>(new URL('fixtures/dtypes.json', import.meta.url))
const dtypes = readTorchScript(fixture('dtypes.pt'))

function asTensor(value: IValue | undefined): Tensor {
  if (typeof value === 'object' && value !== null && value.kind === 'tensor') return value
  throw new TypeError('no tensor')
}
const bytesOf = (tensor: Tensor): string => Buffer.from(contiguousBytes(tensor)).toString('base64')

describe('dtypes and layouts', () => {
  it('covers every dtype', () => {
    expect(new Set(Object.values(goldens).map(({ dtype }) => dtype)).size).toBe(23)
  })

  it.each(Object.entries(goldens))('%s', (name, golden) => {
    const tensor = asTensor(dtypes.root.attributes.get(name))
    expect(tensor.dtype).toBe(golden.dtype)
    expect(tensor.sizes).toEqual(golden.sizes)
    expect(tensor.strides).toEqual(golden.strides)
    expect(tensor.requiresGrad).toBe(golden.requires_grad)
    expect(tensor.conj).toBe(golden.conj)
    expect(tensor.neg).toBe(golden.neg)
    expect(bytesOf(tensor)).toBe(golden.bytes)
    const { quantizer } = tensor
    if (golden.scale !== undefined)
      expect(quantizer).toEqual({ scheme: 'per_tensor_affine', scale: golden.scale, zeroPoint: golden.zero_point })
    else if (golden.axis === undefined) expect(quantizer).toBeUndefined()
    else {
      if (quantizer === undefined || quantizer.scheme === 'per_tensor_affine') throw new TypeError('not per channel')
      expect(quantizer.axis).toBe(golden.axis)
      expect([quantizer.scales.dtype, bytesOf(quantizer.scales)]).toEqual(['float64', golden.scales!.bytes])
      expect([quantizer.zeroPoints.dtype, bytesOf(quantizer.zeroPoints)]).toEqual(['int64', golden.zero_points!.bytes])
    }
  })

  it('shares storages as torch does', () => {
    const at = (name: string): Tensor => asTensor(dtypes.root.attributes.get(name))
    expect(at('sliced').storage).toBe(at('base').storage)
    expect(at('transposed').storage).toBe(at('base').storage)
    expect(at('tied').storage).toBe(at('weight').storage)
    expect(at('scalar').storage).not.toBe(at('base').storage)
  })
})

describe('attributes', () => {
  const { attributes } = readTorchScript(fixture('attributes.pt')).root
  const items = (name: string): readonly IValue[] => {
    const value = attributes.get(name)
    if (typeof value === 'object' && value !== null && (value.kind === 'list' || value.kind === 'tuple')) return value.items
    throw new TypeError(`${name} has no items`)
  }

  it('tells ints from floats, and keeps 64 bits', () => {
    expect(items('ints')).toEqual([1n, -3n, 1099511627776n])
    expect(items('floats')).toEqual([0.5, Infinity])
    expect(items('bools')).toEqual([true, false])
    expect(attributes.get('largest')).toBe(9223372036854775807n)
    expect(attributes.get('smallest')).toBe(-9223372036854775808n)
    expect(attributes.get('dtype')).toBe(5n)
  })

  it('reads strings, None, devices and complex numbers', () => {
    expect(items('strings')).toEqual(['a', 'ü'])
    expect(attributes.get('maybe')).toBeNull()
    expect(attributes.get('device')).toEqual({ kind: 'device', name: 'cpu' })
    expect(attributes.get('z')).toEqual({ kind: 'complex', re: 1, im: 2 })
  })

  it('reads dicts, with names that mean something to JavaScript', () => {
    const table = attributes.get('table')
    if (typeof table !== 'object' || table === null || table.kind !== 'dict') throw new TypeError('no dict')
    expect(dictGet(table, 'a')).toEqual({ kind: 'list', items: [1n, 2n] })
    expect(dictGet(table, '__proto__')).toEqual({ kind: 'list', items: [] })
    const byInt = attributes.get('by_int')
    if (typeof byInt !== 'object' || byInt === null || byInt.kind !== 'dict') throw new TypeError('no dict')
    expect(byInt.entries).toEqual([
      [3n, 0.5],
      [-1n, 2],
    ])
  })

  it('keeps a tensor that is reached twice one object', () => {
    const [first, second] = items('tensors')
    expect(first).toBe(second)
    const [, inner] = items('nested')
    if (typeof inner !== 'object' || inner === null || inner.kind !== 'tuple') throw new TypeError('no tuple')
    const [two, list] = inner.items
    expect(two).toBe('two')
    expect(asTensor((list as { items: readonly IValue[] }).items[0]).storage).toBe(asTensor(first).storage)
  })

  it('reads enums, NamedTuples and class instances', () => {
    expect(attributes.get('color')).toMatchObject({ kind: 'enum', value: 2n })
    expect(items('point')[0]).toBe(3n)
    const pair = attributes.get('pair')
    if (typeof pair !== 'object' || pair === null || pair.kind !== 'object') throw new TypeError('no object')
    expect([...pair.attributes]).toEqual([
      ['a', 5n],
      ['b', 2.5],
    ])
  })

  it('keeps the state of a class that has __setstate__', () => {
    const inner = attributes.get('inner')
    if (typeof inner !== 'object' || inner === null || inner.kind !== 'object') throw new TypeError('no object')
    expect(inner.attributes.size).toBe(0)
    const { state } = inner
    if (typeof state !== 'object' || state === null || state.kind !== 'tuple') throw new TypeError('no state')
    expect([...new Float32Array(contiguousBytes(asTensor(state.items[0])).slice().buffer)]).toEqual([0, 2, 4])
    expect(state.items[1]).toBe(true)
  })
})

describe('quantized modules', () => {
  it.each(['1.4.0', '1.5.1', '1.6.0', '1.8.1', '1.13.1', '2.8.0', '2.13.0'])('keeps the packed weights of torch %s', (version) => {
    const found: Tensor[] = []
    const walk = (value: IValue | undefined): void => {
      if (typeof value !== 'object' || value === null) return
      if (value.kind === 'tensor' && value.quantizer !== undefined) found.push(value)
      else if (value.kind === 'tuple' || value.kind === 'list') value.items.forEach(walk)
      else if (value.kind === 'dict') value.entries.forEach(([, item]) => walk(item))
      else if (value.kind === 'object') [...value.attributes.values(), value.state].forEach(walk)
    }
    walk(readTorchScript(archive(`${version}/quantized_dynamic`)).root)
    expect(found.length).toBeGreaterThan(0)
    for (const tensor of found) expect(tensor.dtype).toBe('qint8')
  })

  it('keeps the state of native classes', () => {
    const states: IValue[] = []
    const walk = (value: IValue | undefined): void => {
      if (typeof value !== 'object' || value === null) return
      if (value.kind === 'object' && value.className === '__torch__.torch.classes.quantized.LinearPackedParamsBase')
        states.push(value.state!)
      else if (value.kind === 'object') [...value.attributes.values(), value.state].forEach(walk)
      else if (value.kind === 'tuple') value.items.forEach(walk)
    }
    walk(readTorchScript(fixture('quantized.pt')).root)
    expect(states).toHaveLength(1)
    expect(states[0]).toMatchObject({ kind: 'tuple' })
  })
})
