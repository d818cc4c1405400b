// Matrices without an inverse or a factor, through the pipeline and onnxruntime: the error code tells, and only then.

import { describe, expect, it } from 'vitest'
import { encodeModel } from '../../src/onnx/encode.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../src/onnx/evaluator.ts'
import { lowerGraph } from '../../src/onnx/lower-graph.ts'
import { allNodes } from '../../src/ir/block.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { readElements, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { runPipeline } from '../../src/passes/pipeline.ts'
import { loadOrt } from '../support/ort.ts'

const body = (call: string): string => `graph(%x : Tensor):
  %f : bool = prim::Constant[value=0]()
  %t : bool = prim::Constant[value=1]()
  %n : int = prim::Constant[value=-2]()
  %one : int = prim::Constant[value=1]()
  %none : NoneType = prim::Constant()
  %y : Tensor = ${call}
  %z : Tensor = aten::relu(%y)
  return (%z)`

const pipeline = (text: string, mode: 'auto' | 'trace' = 'auto') =>
  runPipeline(parseGraph(text), { params: [{ name: 'x' }] as never, inputs: { x: { dtype: 'float64', shape: ['b', 2, 2] } }, mode })

/** The error's message, undefined for none, and the other output. */
async function run(text: string, matrices: readonly number[]): Promise<{ message?: string; values: readonly unknown[] }> {
  const { graph, signature, outputNames } = pipeline(text)
  const names = graph.outputs.map((_, i) => `o${i}`)
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(encodeModel(lowerGraph(graph, { inputNames: ['x'], outputNames: names })))
  try {
    const x = tensorFromElements('float64', [matrices.length / 4, 2, 2], matrices)
    const results = await session.run(Object.fromEntries([['x', toOnnxTensor(ort, x)]]) as Record<string, never>)
    const values = names.map((name) => readElements(fromOnnxTensor(results[name]!)))
    const code = Number(values[outputNames.indexOf(signature.error!.id)]![0])
    const message = signature.error!.raises[code - 1]?.message
    return { values: values[0]!, ...(message === undefined ? {} : { message }) }
  } finally {
    await session.release()
  }
}

const regular = [2, 0, 0, 4]
const singular = [1, 2, 2, 4]

describe('matrices without an inverse or a factor', () => {
  for (const [call, message] of [
    ['aten::linalg_inv(%x)', 'linalg.inv: The inversion could not be completed because the input matrix is singular.'],
    ['aten::inverse(%x)', 'linalg.inv: The inversion could not be completed because the input matrix is singular.'],
    ['aten::linalg_solve(%x, %x, %t)', 'torch.linalg.solve: The solver failed because the input matrix is singular.'],
    [
      'aten::linalg_cholesky(%x, %f)',
      'linalg.cholesky: The factorization could not be completed because the input is not positive-definite.',
    ],
    ['aten::linalg_matrix_power(%x, %n)', 'linalg.inv: The inversion could not be completed because the input matrix is singular.'],
    ['aten::matrix_power(%x, %n)', 'linalg.inv: The inversion could not be completed because the input matrix is singular.'],
    ['aten::cholesky(%x, %f)', 'cholesky: The factorization could not be completed because the input is not positive-definite.'],
  ] as const) {
    it(`${call} raises for any of a batch`, async () => {
      expect((await run(body(call), regular)).message).toBeUndefined()
      expect((await run(body(call), [...regular, ...singular])).message).toBe(message)
    })
  }
  for (const [call, types, message] of [
    [
      'aten::linalg_inv_ex(%x, %t)',
      ['Tensor'],
      'linalg.inv_ex: The inversion could not be completed because the input matrix is singular.',
    ],
    ['aten::linalg_solve_ex(%x, %x, %t, %t)', ['Tensor'], 'torch.linalg.solve_ex: The solver failed because the input matrix is singular.'],
    [
      'aten::linalg_cholesky_ex(%x, %f, %t)',
      ['Tensor'],
      'linalg.cholesky_ex: The factorization could not be completed because the input is not positive-definite.',
    ],
    ['aten::linalg_lu_factor_ex(%x, %t, %t)', ['Tensor', 'Tensor'], 'torch.linalg.lu_factor_ex: A diagonal element of U is zero'],
  ] as const) {
    it(`${call} is told to raise`, async () => {
      const made = ['%y', '%u', '%v'].slice(0, types.length + 1).map((name) => `${name} : Tensor`)
      const text = body('aten::CALL').replace('%y : Tensor = aten::CALL', `${made.join(', ')} = ${call}`)
      expect((await run(text, regular)).message).toBeUndefined()
      expect((await run(text, [...regular, ...singular])).message).toContain(message)
      const quiet = text.replace(/%t\)/, '%f)')
      expect(pipeline(quiet).signature.error).toBeUndefined()
    })
  }
  for (const [program, message] of [
    ['%m : Tensor = aten::select(%x, %zero, %zero)\n  %y : Tensor = aten::linalg_tensorinv(%m, %one)', 'inv: The inversion'],
    [
      '%m : Tensor = aten::select(%x, %zero, %zero)\n  %o : Tensor = aten::select(%m, %zero, %zero)\n  %y : Tensor = aten::linalg_tensorsolve(%m, %o, %none)',
      'torch.linalg.solve: The solver failed',
    ],
  ] as const) {
    it(`${/linalg_\w+/.exec(program)![0]} looks at the matrix it is about`, async () => {
      const text = body('aten::CALL')
        .replace('%y : Tensor = aten::CALL', program)
        .replace('  %one', '  %zero : int = prim::Constant[value=0]()\n  %one')
      expect((await run(text, regular)).message).toBeUndefined()
      expect((await run(text, singular)).message).toContain(message)
    })
  }
  it('leave the results of others as they are', async () => {
    expect((await run(body('aten::linalg_inv(%x)'), regular)).values).toEqual([0.5, 0, 0, 0.25])
  })
  it('are told by forms that give info, and raise nothing', () => {
    const text = `graph(%x : Tensor):
  %f : bool = prim::Constant[value=0]()
  %y : Tensor, %i : Tensor = aten::linalg_inv_ex(%x, %f)
  return (%y)`
    expect(pipeline(text).signature.error).toBeUndefined()
  })
  it('raise in no trace, which holds what its example did', () => {
    const { graph, signature } = pipeline(body('aten::linalg_inv(%x)'), 'trace')
    expect(signature.error).toBeUndefined()
    expect([...allNodes(graph.block)].some(({ kind }) => kind === 'prim::If')).toBe(false)
  })
})
