// Operators without a kernel on WebGPU become others, with the same numbers, and all of the others have one.

import { describe, expect, it } from 'vitest'
import { tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import { nodesOnGpu } from '../../../src/onnx/gpu-placement.ts'
import { gpuKernels } from '../../../src/onnx/passes/gpu-kernels.ts'
import { input, passed } from './run-pass.ts'

const floats = (body: string): string => `main (float32[n, 3, k] x) => (float32[n, 3, k] y) { ${body} }`
const feeds = [[input([2, 3, 4])], [input([1, 3, 2], 5)]]
describe('gpu-kernels', () => {
  it.each([
    ['y = LogSoftmax <axis = -1> (x)', ['ReduceMax', 'Sub', 'Exp', 'ReduceSum', 'Log', 'Sub']],
    ['y = LogSoftmax <axis = 1> (x)', ['ReduceMax', 'Sub', 'Exp', 'ReduceSum', 'Log', 'Sub']],
    ['y = Selu <alpha = 1.6732632, gamma = 1.050701> (x)', ['Elu', 'Mul']],
    ['y = Celu <alpha = 0.7> (x)', ['Div', 'Elu', 'Mul']],
    ['y = Softsign (x)', ['Abs', 'Add', 'Div']],
  ])('%s', async (body, operators) => {
    const made = await passed(floats(body), [gpuKernels], feeds, { device: 'webgpu' })
    expect(made.operators).toEqual(operators)
    expect(nodesOnGpu(made.model).size).toBe(operators.length)
    expect(await passed(floats(body), [gpuKernels], [], { device: 'wasm' })).toMatchObject({ changed: false })
    expect(await passed(floats(body), [gpuKernels], [])).toMatchObject({ changed: false })
  })

  it('fills', async () => {
    const text = 'main (int64[2] s) => (float32[n, m] y) { y = ConstantOfShape <value = float32[1] {0.5}> (s) }'
    const made = await passed(
      text,
      [gpuKernels],
      [[tensorFromElements('int64', [2], [3n, 2n])], [tensorFromElements('int64', [2], [0n, 2n])]],
      { device: 'webgpu' },
    )
    expect(made.operators).toEqual(['Expand'])
  })

  it('leaves numbers and integers where they are', async () => {
    const cases = [
      'main (float32[] x) => (float32[] y) { y = Softsign (x) }',
      'main (int64[1] s) => (int64[n] y) { y = ConstantOfShape <value = int64[1] {3}> (s) }',
      'main (float64[n] x) => (float64[n] y) { y = Softmax <axis = 0> (x) }',
    ]
    for (const text of cases) expect(await passed(text, [gpuKernels], [], { device: 'webgpu' })).toMatchObject({ changed: false })
  })
})
