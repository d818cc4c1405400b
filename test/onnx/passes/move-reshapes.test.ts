// Reshapes on the way to another, and those that are not.

import { describe, expect, it } from 'vitest'
import { moveReshapes } from '../../../src/onnx/passes/move-reshapes.ts'
import { reshape, through, type Build } from './emitted.ts'

const left = async (build: Build, dims: readonly (number | string)[], ...sizes: number[][]) =>
  (await through(moveReshapes, build, dims, ...sizes)).left

const wide = ['n', 3, 4] as const
const flat = ['3*n', 4] as const

describe('a Reshape', () => {
  it('and its inverse behind elementwise operators are none', async () => {
    const build: Build = (b, x) => {
      const gate = b.op('Mul', [b.scalar('float32', 0.5), b.op('Tanh', [reshape(b, x, [-1, 3, 4], wide)])])
      return reshape(b, b.op('Relu', [gate]), [-1, 4], flat)
    }
    expect(await left(build, ['3*n', 4], [6, 4], [0, 4])).toEqual(['Tanh', 'Mul', 'Relu'])
  })

  it('to sizes of the run moves like others', async () => {
    const build: Build = (b, x) => {
      const sizes = b.op(
        'Concat',
        [b.op('Shape', [x], { start: 1, end: 2 }, { dtype: 'int64', dims: [1] }), b.ints([-1, 4])],
        { axis: 0 },
        { dtype: 'int64', dims: [3] },
      )
      return reshape(b, b.op('Tanh', [b.op('Reshape', [x, sizes], {}, { dims: ['m', 'n', 4] })]), [-1, 4], ['n*m', 4])
    }
    expect(await left(build, ['n', 'm', 4], [2, 3, 4], [3, 1, 4])).toEqual(['Tanh', 'Reshape'])
  })

  it('and another one are one', async () => {
    const build: Build = (b, x) => reshape(b, b.op('Neg', [reshape(b, x, [-1, 3, 4], wide)]), [-1, 12], ['n', 12])
    expect(await left(build, ['3*n', 4], [6, 4])).toEqual(['Neg', 'Reshape'])
  })

  it('stays where it is without another behind', async () => {
    expect(await left((b, x) => b.op('Relu', [reshape(b, x, [-1, 3, 4], wide)]), ['3*n', 4], [6, 4])).toEqual(['Reshape', 'Relu'])
  })

  it('stays when its result has other readers, or a constant has a shape of its own', async () => {
    const read: Build = (b, x) => {
      const y = reshape(b, x, [-1, 3, 4], wide)
      return b.op('Add', [y, b.op('Unsqueeze', [reshape(b, b.op('Relu', [y]), [-1, 4], flat), b.ints([0])], {}, { dims: [1, '3*n', 4] })])
    }
    expect(await left(read, ['3*n', 4], [3, 4])).toEqual(['Reshape', 'Relu', 'Reshape', 'Add'])
    const vector: Build = (b, x) =>
      reshape(b, b.op('Mul', [reshape(b, x, [-1, 3, 4], wide), b.elements('float32', [3, 1], [1, 2, 3])]), [-1, 4], flat)
    expect(await left(vector, ['3*n', 4], [6, 4])).toEqual(['Reshape', 'Mul', 'Reshape'])
  })

  it('that copies extents of what it is given keeps that', async () => {
    const build: Build = (b, x) => reshape(b, b.op('Relu', [reshape(b, x, [-1, 3, 4], wide)]), [0, 12], ['n', 12])
    expect(await left(build, ['3*n', 4], [6, 4])).toEqual(['Relu', 'Reshape', 'Reshape'])
  })
})

describe('Split', () => {
  const parts =
    (axis: number, target: readonly number[]): Build =>
    (b, x) => {
      const y = reshape(b, x, [-1, 3, 4], wide)
      const [one, other] = b.ops('Split', [y, b.ints(axis === 2 ? [1, 3] : [1, 2])], { axis }, [
        { dims: axis === 2 ? ['n', 3, 1] : ['n', 1, 4] },
        { dims: axis === 2 ? ['n', 3, 3] : ['n', 2, 4] },
      ])
      return b.op('Concat', [reshape(b, one!, target, [null]), reshape(b, other!, target, [null])], { axis: 0 }, { dims: [null] })
    }
  it('of the last axis takes what is before the Reshape', async () => {
    expect(await left(parts(2, [-1]), ['3*n', 4], [6, 4])).toEqual(['Split', 'Reshape', 'Reshape', 'Concat'])
  })
  it('of another axis does not', async () => {
    expect(await left(parts(1, [-1]), ['3*n', 4], [6, 4])).toEqual(['Reshape', 'Split', 'Reshape', 'Reshape', 'Concat'])
  })
})
