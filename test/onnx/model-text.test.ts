// Models as text: what is printed is read back, and the checks of a model's form.

import { expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { parseModel } from '../../src/onnx/parse-model.ts'
import { printModel } from '../../src/onnx/print-model.ts'
import { verifyModel } from '../../src/onnx/verify-model.ts'

const TEXT = `main (float32[n, 2] x, bool[] c, seq(float32) s) => (float32[n, 2] y, int64[n*2, ?] "a:b")
<float32[2] w = {1, -0.5},
 int64[2] k = {3, -4},
 bool[] flag = {1},
 float32[n, 2] t>
{
  t = Add (x, w)
  u, , v = com.microsoft.Odd <axis = -1, alpha = 2.0, beta = 0.25, mode = "linear", dims = [1, 2], scales = [1.0, 2.5], names = ["a", "b"], value = int64[2] {1, 2}> (t, , k)
  y = If (c) <
    then_branch = graph () => (float32 p)
    {
      p = Relu (u)
    }
    else_branch = graph () => (float32 q)
    {
      q = Identity (v)
    }
  >
  "a:b" = Shape (y)
}`

test('what is printed is read back', () => {
  const model = parseModel(TEXT)
  expect(printModel(model, { types: true })).toBe(TEXT.replace('float32[n, 2] t>', 'float32[n, 2] t,\n float32 p,\n float32 q>'))
  expect(printModel(parseModel(printModel(model)))).toBe(printModel(model))
  expect(model.types.get('t')).toEqual({ dtype: 'float32', dims: ['n', 2] })
  expect(model.graph.nodes[1]!.attributes.get('alpha')).toEqual({ kind: 'float', value: 2 })
  expect(verifyModel(model)).toBeUndefined()
})

test.each([
  ['main (float32 x) => (float32 y) { y = Add (x, b) }', "a Add reads 'b', which is not there yet"],
  ['main (float32 x) => (float32 y) { y = Relu (x) y = Neg (x) }', "the value 'y' is made twice"],
  ['main (float32 x) => (float32 y) { z = Relu (x) }', "the output 'y' is not made"],
  [
    'main (bool c) => (float32 y) { y = If (c) <then_branch = g () => (float32 a) { a = Relu (b) } else_branch = g () => (float32 b) { b = Relu (c) }> }',
    "a Relu reads 'b', which is not there yet",
  ],
])('%s', (text, problem) => {
  expect(verifyModel(parseModel(text))).toBe(problem)
})

test.each([
  ['main (float32 x) =>', "expected '('"],
  ['main (floaty x) => () {}', 'expected the name of a torch dtype'],
  ['main () => () <float32[3] w = {1, 2}> {}', 'expected the elements of a tensor of [3]'],
  ['main () => () {} more', 'unexpected text behind the model'],
])('%s is refused', (text, message) => {
  expect(() => parseModel(text)).toThrow(CompileError)
  expect(() => parseModel(text)).toThrow(message)
})
