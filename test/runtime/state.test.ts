import { describe, expect, it } from 'vitest'
import { createModel, type Model, type Tensor } from '../../src/runtime/index.ts'
import { configOf, openModel, rejection } from './open-model.ts'

const value = async (call: Promise<unknown>): Promise<number> => ((await call) as Tensor<'float32'>).data[0]!

describe('state', () => {
  it('goes from call to call, starts from what was saved, and resets', async () => {
    const counter = openModel('counter')
    expect(await value(counter(1))).toBe(11)
    expect(await value(counter(2))).toBe(13)
    counter.reset()
    expect(await value(counter(5))).toBe(15)
  })

  it('calls queue in order, and so does reset', async () => {
    const counter = openModel('counter')
    const first = counter(1)
    const second = counter(2)
    counter.reset()
    const third = counter(3)
    expect(await Promise.all([first, second, third].map(value))).toEqual([11, 13, 13])
  })

  it('is shared by the methods of one instance', async () => {
    const [forward, count] = createModel(configOf('counter')) as [Model, Model]
    await forward(1)
    await forward(1)
    expect(await count()).toBe(2)
    expect(forward.methods['count']).toBe(count)
    expect(count.name).toBe('count')
  })

  it('a clone goes its own way from where the original stood', async () => {
    const counter = openModel('counter')
    await counter(1)
    const pending = counter(1)
    const clone = counter.clone()
    const later = counter(100)
    expect(await value(clone(5))).toBe(17)
    expect(await value(pending)).toBe(12)
    expect(await value(later)).toBe(112)
    expect(await clone.methods['count']!()).toBe(3)
    clone.reset()
    expect(await value(clone(0))).toBe(10)
    expect(await value(counter(0))).toBe(112)
  })

  it('what a caller does to a result does not reach the state', async () => {
    const counter = openModel('counter')
    const y = (await counter(1)) as Tensor<'float32'>
    y.data.fill(1000)
    expect(await value(counter(1))).toBe(12)
  })

  it("a model's exception is thrown as it is named, and changes nothing", async () => {
    const counter = openModel('counter')
    await counter(1)
    const error = await rejection(counter(-1))
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('ValueError')
    expect(error.message).toBe('x must not be negative')
    expect(error.code).toBe('PT5301')
    expect(String(error)).toBe('ValueError: x must not be negative')
    expect(await value(counter(1))).toBe(12)
    expect(await counter.methods['count']!()).toBe(2)
  })

  it('a wrong argument changes nothing and does not block the queue', async () => {
    const counter = openModel('counter')
    const bad = rejection(counter('x'))
    expect(await value(counter(1))).toBe(11)
    expect((await bad).code).toBe('PT5104')
  })

  it('a call that fails while it waits in the queue is rejected once, to its caller', async () => {
    const unhandled: unknown[] = []
    const listen = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', listen)
    const counter = openModel('counter')
    await counter(1)
    const calls = [counter(1), rejection(counter.named({ x: 1 }, { signal: AbortSignal.timeout(0) })), rejection(counter(2))]
    await counter.dispose()
    await Promise.allSettled(calls)
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('an aborted call leaves it untouched', async () => {
    const counter = openModel('counter')
    await counter(1)
    const abort = new AbortController()
    const aborted = rejection(counter.named({ x: 100 }, { signal: abort.signal }))
    abort.abort()
    expect((await aborted).name).toBe('AbortError')
    expect(await value(counter(1))).toBe(12)
    expect((await rejection(counter.named({ x: 1 }, { signal: AbortSignal.abort() }))).name).toBe('AbortError')
  })

  it('survives dispose, which only frees the session', async () => {
    const counter = openModel('counter')
    await counter(1)
    await counter.dispose()
    expect(await value(counter(1))).toBe(12)
    await counter.dispose()
    await counter.dispose()
  })
})
