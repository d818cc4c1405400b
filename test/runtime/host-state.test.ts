// Host programs at the border: state from call to call, what a failing call leaves behind, who owns what, arguments, labels, images.
// The program is written by hand, over a graph that gives back the image that it is given.

import { describe, expect, it } from 'vitest'
import { copy, error, hostMethod } from '../../src/runtime/host/index.ts'
import type { Region } from '../../src/runtime/host/region.ts'
import { createModel, type Model, type ModelConfig, type Signature, type Tensor, type ValueSpec } from '../../src/runtime/index.ts'
import { configOf, rejection } from './open-model.ts'

interface State {
  log: string[]
  sums: Map<string, Tensor<'float32'>>
  calls: bigint
}

const image = (id: string): ValueSpec => ({ kind: 'tensor', id, dtype: 'float32', dims: [null, null, null, null] })
const echo: Signature = { name: 'forward.0', params: [{ name: 'in0', spec: image('x') }], result: image('y') }
const saved: Signature = { name: 'forward.state', params: [], result: { kind: 'tuple', items: [image('y')] } }
const shared = {
  regions: [echo, saved],
  init: (tensors: readonly unknown[]): State => ({
    log: ['saved'],
    sums: new Map([['start', tensors[0] as Tensor<'float32'>]]),
    calls: 0n,
  }),
}
const str: ValueSpec = { kind: 'str' }
const int: ValueSpec = { kind: 'int', id: 'n', dtype: 'int64' }
const state = { cold: '', slots: [] }

async function forward(own: State, regions: readonly Region[], x: Tensor<'float32'>, key: string): Promise<unknown> {
  own.calls++
  own.log.push(key)
  const y = (await regions[0]!(x)) as Tensor<'float32'>
  own.sums.set(key, y)
  if (key === 'bad') {
    y.data.fill(99)
    own.sums.get('start')!.data.fill(99)
    throw error('KeyError', `'${key}'`)
  }
  return [y, own.log, own.sums]
}
const peek = (own: State): unknown => [own.calls, own.log.length === 0 ? null : own.log.at(-1), own.sums]

const dict: ValueSpec = { kind: 'dict', keys: 'str', of: image('y') }
const signatures = [
  hostMethod<State>(
    {
      name: 'forward',
      params: [
        { name: 'x', spec: image('x') },
        { name: 'key', spec: str, default: 'none' },
      ],
      result: { kind: 'tuple', items: [image('y'), { kind: 'list', of: str }, dict] },
      state,
    },
    forward as never,
    shared,
  ),
  hostMethod<State>(
    { name: 'peek', params: [], result: { kind: 'tuple', items: [int, { kind: 'optional', flag: '', of: str }, dict] }, state },
    peek as never,
    shared,
  ),
]
const open = (more: Partial<ModelConfig> = {}): Model => createModel(configOf('image', { signatures, ...more }))[0]!
const x = (value: number): object => ({ data: Float32Array.of(value), dims: [1, 1, 1, 1] })

type Sums = Readonly<Record<string, Tensor<'float32'>>>
type Seen = readonly [calls: number, last: string, sums: Sums]
const seen = async (model: Model): Promise<Seen> => (await (model.methods['peek'] ?? model)()) as Seen
const calls = async (model: Model): Promise<number> => (await seen(model))[0]

describe('state', () => {
  it('goes from call to call, is shared by the methods, and resets', async () => {
    const model = open()
    expect((await model(x(1), 'a')) as unknown[]).toMatchObject([{ dims: [1, 1, 1, 1] }, ['saved', 'a'], {}])
    await model(x(2), 'b')
    const [count, last, sums] = await seen(model)
    expect([count, last, Object.keys(sums), sums['b']!.data[0]]).toEqual([2, 'b', ['start', 'a', 'b'], 2])
    model.reset()
    expect((await seen(model)).slice(0, 2)).toEqual([0, 'saved'])
  })

  it('calls queue in order, and so does reset', async () => {
    const model = open()
    const logs = [model(x(1), 'a'), model(x(1), 'b')]
    model.reset()
    logs.push(model(x(1), 'c'))
    expect((await Promise.all(logs)).map((result) => (result as unknown[])[1])).toEqual([
      ['saved', 'a'],
      ['saved', 'a', 'b'],
      ['saved', 'c'],
    ])
  })

  it('a clone goes its own way from where the original stood', async () => {
    const model = open()
    void model(x(1), 'a')
    const clone = model.clone()
    await Promise.all([model(x(1), 'b'), clone(x(1), 'c')])
    expect(Object.keys((await seen(model))[2])).toEqual(['start', 'a', 'b'])
    expect(Object.keys((await seen(clone))[2])).toEqual(['start', 'a', 'c'])
    clone.reset()
    expect(await calls(clone)).toBe(0)
    expect(await calls(model)).toBe(2)
  })

  it('an exception leaves it untouched, whatever was written before', async () => {
    const model = open()
    await model(x(3), 'a')
    const raised = await rejection(model(x(4), 'bad'))
    expect(raised).toMatchObject({ name: 'KeyError', message: "'bad'", code: 'PT5301' })
    const [count, last, sums] = await seen(model)
    expect([count, last, Object.keys(sums), sums['start']!.data[0], sums['a']!.data[0]]).toEqual([1, 'a', ['start', 'a'], 0, 3])
  })

  it('the first call that raises leaves what was saved', async () => {
    const model = open()
    await rejection(model(x(4), 'bad'))
    const [count, , sums] = await seen(model)
    expect([count, sums['start']!.data[0]]).toEqual([0, 0])
  })

  it('an aborted call leaves it untouched', async () => {
    const model = open()
    await model(x(1), 'a')
    const abort = new AbortController()
    const aborted = rejection(model.named({ x: x(2), key: 'b' }, { signal: abort.signal }))
    abort.abort()
    expect((await aborted).name).toBe('AbortError')
    expect((await seen(model)).slice(0, 2)).toEqual([1, 'a'])
  })

  it('survives dispose: a later call loads again', async () => {
    const model = open()
    await model(x(1), 'a')
    await model.dispose()
    expect(await calls(model)).toBe(1)
    await model.dispose()
  })

  it('nobody outside holds a part of it', async () => {
    const model = open()
    const data = Float32Array.of(5)
    const [y, log, sums] = (await model({ data, dims: [1, 1, 1, 1] }, 'a')) as [Tensor<'float32'>, string[], Sums]
    data.fill(-1)
    y.data.fill(-1)
    log.length = 0
    for (const sum of Object.values(sums)) sum.data.fill(-1)
    const [, last, after] = await seen(model)
    expect([last, after['a']!.data[0], after['start']!.data[0]]).toEqual(['a', 5, 0])
  })
})

describe('arguments', () => {
  const all: readonly (readonly [name: string, spec: ValueSpec])[] = [
    ['text', str],
    ['n', int],
    ['beams', { kind: 'list', of: { kind: 'list', of: int } }],
    ['counts', { kind: 'dict', keys: 'str', of: { kind: 'float', id: 'f', dtype: 'float64' } }],
    ['byId', { kind: 'dict', keys: 'int', of: str }],
    ['pair', { kind: 'tuple', items: [str, { kind: 'bool', id: 'b', dtype: 'bool' }] }],
    ['state', { kind: 'record', keys: ['name'], items: [str] }],
  ]
  const given = ['a', 1, [[1, 2n]], { a: 1 }, new Map([[1, 'x']]), ['s', true], { name: 'n' }]
  const method = createModel(
    configOf('image', {
      signatures: [
        hostMethod(
          {
            name: 'forward',
            params: all.map(([name, spec]) => ({ name, spec })),
            result: { kind: 'tuple', items: all.map(([, spec]) => spec) },
          },
          ((_: object, __: unknown, ...values: unknown[]) => values) as never,
          { regions: [] },
        ),
      ],
    }),
  )[0]!

  it('come back as they went in', async () => {
    expect(await method(...given)).toEqual(['a', 1, [[1, 2]], { a: 1 }, new Map([[1, 'x']]), ['s', true], { name: 'n' }])
    expect(await method.named(Object.fromEntries(all.map(([name], i) => [name, given[i]])))).toEqual(await method(...given))
  })

  it.each([
    [0, 1, 'PT5104', "argument 'text': expected str, found 1"],
    [1, 1.5, 'PT5104', "argument 'n': expected int, found 1.5"],
    [1, 'x', 'PT5104', `argument 'n': expected int, found "x"`],
    [2, [1], 'PT5104', "argument 'beams'[0]: expected array of int, found 1"],
    [2, [[true]], 'PT5104', "argument 'beams'[0][0]: expected int, found true"],
    [3, { a: 'b' }, 'PT5104', `argument 'counts'[a]: expected float, found "b"`],
    [3, [1], 'PT5104', "argument 'counts': expected dict of float, found [1]"],
    [4, { 1: 'x' }, 'PT5104', "argument 'byId': expected dict of str, found Object"],
    [4, new Map([['k', 'x']]), 'PT5104', `argument 'byId', key k: expected int, found "k"`],
    [5, ['s'], 'PT5104', `argument 'pair': expected array of 2, found ["s"]`],
    [6, { nam: 'n' }, 'PT5102', "argument 'state': expected object of name"],
    [6, {}, 'PT5103', 'expected str, found undefined'],
    [0, undefined, 'PT5103', "argument 'text': expected str, found undefined"],
  ] as const)('argument %i as %j', async (index, wrong, code, message) => {
    const failed = await rejection(method(...given.with(index, wrong as never)))
    expect(failed.name).toBe('TorchInputError')
    expect(failed.code).toBe(code)
    expect(failed.message).toContain(message)
  })

  it('too many', async () => {
    expect((await rejection(method(...given, 1))).message).toContain('at most 7 arguments, found 8')
  })

  it('a wrong one changes nothing and does not block the queue', async () => {
    const model = open()
    const bad = rejection(model(x(1), 5))
    await model(x(1), 'a')
    expect((await bad).code).toBe('PT5104')
    expect(await calls(model)).toBe(1)
  })
})

it('images become tensors, and scores get their labels', async () => {
  const scores: Signature = { ...echo, name: 'forward' }
  const method = hostMethod(
    { ...scores, params: [{ name: 'image', spec: image('x') }] },
    (async (_: object, [region]: readonly Region[], one: unknown) => region!(one)) as never,
    { regions: [echo] },
  )
  const model = createModel(configOf('image', { signatures: [method], preprocess: {}, labels: ['left', 'right'] }))[0]!
  const pixels = Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255)
  const y = (await model({ data: pixels, width: 2, height: 1 })) as Tensor<'float32'> & { labels: string[] }
  expect([y.dims, Array.from(y.data)]).toEqual([
    [1, 3, 1, 2],
    [0, 1, 0, 1, 0, 1],
  ])
  expect(y.labels).toEqual(['right', 'right', 'right'])
  const without = createModel(configOf('image', { signatures: [method] }))[0]!
  expect((await rejection(without({ data: pixels, width: 2, height: 1 }))).code).toBe('PT5109')
})

it('a copy keeps what is shared shared, and shares nothing with the original', () => {
  const list = ['a']
  const value = { first: list, again: list, map: new Map([['k', list]]) }
  const made = copy(value)
  made.first.push('b')
  expect(made.again).toBe(made.first)
  expect(made.map.get('k')).toBe(made.first)
  expect(list).toEqual(['a'])
})
