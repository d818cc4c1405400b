import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { tensorFact } from '../../src/ops/fact.ts'
import { passContext } from '../../src/passes/pass.ts'
import { resolveStrides } from '../../src/passes/resolve-strides.ts'
import { inferFacts } from '../../src/analysis/facts.ts'
import { checkStrides as check } from '../../src/passes/check-strides.ts'

const graph = (before: string, input: string): string => `graph(%x : Float(4, 4), %sizes : int[], %strides : int[]):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
${before}  %y : Tensor = aten::as_strided(%${input}, %sizes, %strides, %zero)
  return (%y)
`

const checkStrides = (graph: ReturnType<typeof parseGraph>): void => check(graph, inferFacts(graph))

const windows = (before: string): string => `graph(%x : Float(2, 6, 3)):
  %none : NoneType = prim::Constant()
  %0 : int = prim::Constant[value=0]()
  %1 : int = prim::Constant[value=1]()
  %2 : int = prim::Constant[value=2]()
  %3 : int = prim::Constant[value=3]()
  %6 : int = prim::Constant[value=6]()
  %sizes : int[] = prim::ListConstruct(%2, %3)
  %strides : int[] = prim::ListConstruct(%3, %1)
${before}  %y : Tensor = aten::as_strided(%v, %sizes, %strides, %none)
  return (%y)
`
const resolved = (before: string): string => {
  const parsed = parseGraph(windows(before))
  const context = passContext()
  context.inputs.set(parsed.inputs[0]!, tensorFact('float32', [2, 6, 3]))
  resolveStrides.run(parsed, context)
  return printGraph(parsed)
}

describe('resolve-strides', () => {
  it('reads the tensor that views lie in', () => {
    expect(resolved('  %t : Tensor = aten::transpose(%x, %0, %1)\n  %v : Tensor = aten::select(%t, %0, %2)\n')).toMatch(
      /%(\w+) : int = prim::Constant\[value=6\]\(\)\s+%y : Tensor = aten::as_strided\(%x, %sizes, %strides, %\1\)/,
    )
  })
  it('follows a reshape that is a view, and leaves one that copies', () => {
    const flat = '  %all : int[] = prim::ListConstruct(%6, %6)\n  %v : Tensor = aten::reshape(%t, %all)\n'
    expect(resolved(`  %t : Tensor = aten::unsqueeze(%x, %0)\n${flat}`)).toMatch(/as_strided\(%x/)
    expect(resolved(`  %t : Tensor = aten::transpose(%x, %0, %1)\n${flat}`)).toMatch(/as_strided\(%v/)
  })
})

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
