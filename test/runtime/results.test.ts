import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/runtime/index.ts'
import { openModel } from './open-model.ts'

describe('results', () => {
  const kinds = openModel('kinds')

  it('have the structure of the signature, whatever the names', async () => {
    const result = (await kinds(3)) as Record<string, unknown>
    expect(Object.getPrototypeOf(result)).toBe(null)
    expect(Object.keys(result)).toEqual([
      'int',
      'float',
      'bool',
      '__proto__',
      'then',
      'constructor',
      'ints',
      'floats',
      'bools',
      'none',
      'big',
      'map',
      'maybe',
      'tuple',
    ])
    expect(result['int']).toBe(3)
    expect(result['float']).toBe(3)
    expect(result['bool']).toBe(true)
    expect(result['__proto__']).toBe('large')
    expect((result['then'] as Tensor).dims).toEqual([2])
    expect(result['constructor']).toBe('a string')
    expect(result['ints']).toEqual([3, 3])
    expect(result['floats']).toEqual([3, 3])
    expect(result['bools']).toEqual([true, true])
    expect(result['none']).toBe(null)
    expect(result['big']).toBe(9223372036854775807n)
    const map = result['map'] as Map<number, unknown>
    expect([...map.keys()]).toEqual([1, 2])
    expect(map.get(1)).toBe(3)
    expect((map.get(2) as Tensor).type).toBe('int64')
    expect(result['maybe']).toBe(3)
    expect(result['tuple']).toEqual([3, []])
  })

  it('None where the flag is down, bigint beyond ±2^53', async () => {
    const result = (await kinds(-5)) as Record<string, unknown>
    expect(result['maybe']).toBe(null)
    expect(result['__proto__']).toBe('small')
    expect(((await kinds(2n ** 53n)) as Record<string, unknown>)['int']).toBe(2n ** 53n)
    expect(((await kinds(2 ** 53 - 1)) as Record<string, unknown>)['int']).toBe(2 ** 53 - 1)
    expect(((await kinds(-(2n ** 63n))) as Record<string, unknown>)['ints']).toEqual([-(2n ** 63n), -(2n ** 63n)])
  })

  it('describe themselves', () => {
    expect(kinds.inputs).toEqual([{ kind: 'int', name: 'n', id: 'n', dtype: 'int64' }])
    expect(kinds.outputs.map(({ name }) => name)).toEqual([
      'output.int',
      'output.float',
      'output.bool',
      'output.__proto__',
      'output.then',
      'output.ints',
      'output.floats',
      'output.bools',
      'output.map[0]',
      'output.map[1]',
      'output.maybe',
      'output.tuple[0]',
    ])
    expect(kinds.outputs.find(({ name }) => name === 'output.maybe')).toMatchObject({ optional: true })
    expect(openModel('affine').inputs[0]).toMatchObject({ name: 'x', dtype: 'float32', dims: ['n', 3] })
    expect(kinds.name).toBe('forward')
  })
})

describe('labels', () => {
  it('name the highest score of each row', async () => {
    const model = openModel('affine', { labels: ['cat', 'dog', 'eel'] })
    const y = await model(
      [
        [0, 3, 1],
        [9, 3, 1],
        [-3, -2, -1],
      ],
      new Float32Array(9),
    )
    expect(y).toMatchObject({ label: 'dog', labels: ['dog', 'cat', 'eel'] })
  })
  it('name class indices', async () => {
    const y = await openModel('echo-int64', { labels: ['cat', 'dog', 'eel'] })([[2, 0]])
    expect(y).toMatchObject({ label: 'eel', labels: ['eel', 'cat'] })
  })
  it('leave other tensors alone', async () => {
    const y = await openModel('affine', { labels: ['cat', 'dog'] })([[0, 3, 1]], new Float32Array(3))
    expect(y).not.toHaveProperty('label')
  })
})
