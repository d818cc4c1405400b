import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../src/ir/parser.ts'
import { checkStrides } from '../../src/passes/check-strides.ts'

const graph = (before: string, input: string): string => `graph(%x : Float(4, 4), %sizes : int[], %strides : int[]):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
${before}  %y : Tensor = aten::as_strided(%${input}, %sizes, %strides, %zero)
  return (%y)
`

describe('check-strides', () => {
  it('takes what the page hands in, and copies', () => {
    checkStrides(parseGraph(graph('', 'x')))
    checkStrides(parseGraph(graph('  %c : Tensor = aten::contiguous(%x, %zero)\n', 'c')))
  })
  it('refuses a view, whose strides are not known', () => {
    expect(() => checkStrides(parseGraph(graph('  %t : Tensor = aten::transpose(%x, %zero, %one)\n', 't')))).toThrow(
      /PT3120.*aten::transpose/s,
    )
  })
})
