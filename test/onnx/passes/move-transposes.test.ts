// Transposes on the way to another, and those that are not.

import { describe, expect, it } from 'vitest'
import type { OnnxBuilder } from '../../../src/onnx/builder.ts'
import type { OnnxValue } from '../../../src/onnx/operand.ts'
import { moveTransposes } from '../../../src/onnx/passes/move-transposes.ts'
import { floats, through, type Build } from './emitted.ts'

const left = async (build: Build, dims: readonly (number | string)[], ...sizes: number[][]) =>
  (await through(moveTransposes, build, dims, ...sizes)).left

const DIMS = ['n', 3, 4] as const
const SIZES = [
  [2, 3, 4],
  [0, 3, 4],
]
const turn = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.transpose(x, [2, 0, 1])
const back = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.transpose(x, [1, 2, 0])

describe('a Transpose', () => {
  it('and its inverse behind elementwise operators are none', async () => {
    const build: Build = (b, x) => back(b, b.op('Mul', [b.scalar('float32', 0.5), b.op('Tanh', [turn(b, x)])]))
    expect(await left(build, DIMS, ...SIZES)).toEqual(['Tanh', 'Mul'])
  })
  it('and another one are one', async () => {
    expect(await left((b, x) => turn(b, b.op('Neg', [turn(b, x)])), DIMS, ...SIZES)).toEqual(['Neg', 'Transpose'])
  })
  it('of both operands moves over their sum', async () => {
    const build: Build = (b, x) => back(b, b.op('Add', [turn(b, b.op('Exp', [x])), turn(b, b.op('Neg', [x]))]))
    expect(await left(build, DIMS, ...SIZES)).toEqual(['Exp', 'Neg', 'Add'])
  })
  it('of operands in different orders stays', async () => {
    const build: Build = (b, x) =>
      b.transpose(b.op('Add', [b.transpose(b.op('Exp', [x]), [2, 1, 0]), b.transpose(b.op('Neg', [x]), [2, 0, 1])]), [1, 2, 0])
    const square = await left(build, ['n', 'n', 4], [3, 3, 4])
    expect(square.filter((op) => op === 'Transpose')).toHaveLength(3)
  })
  it('stays beside a vector, and without another behind', async () => {
    const vector: Build = (b, x) => back(b, b.op('Add', [turn(b, x), b.constant(floats([3]))]))
    expect(await left(vector, DIMS, ...SIZES)).toEqual(['Transpose', 'Add', 'Transpose'])
    expect(await left((b, x) => b.op('Relu', [turn(b, x)]), DIMS, ...SIZES)).toEqual(['Transpose', 'Relu'])
  })
  it('that is read elsewhere too stays', async () => {
    const build: Build = (b, x) => {
      const turned = turn(b, x)
      return b.op('Concat', [back(b, b.op('Relu', [turned])), back(b, b.op('Mul', [turned, turned]))], { axis: 0 })
    }
    expect((await left(build, DIMS, [2, 3, 4])).filter((op) => op === 'Transpose').length).toBe(3)
  })
})
