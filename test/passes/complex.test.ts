// Complex values through the pipeline: what is left of them, what the signature says, what is refused and what is told.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inferFacts } from '../../src/analysis/facts.ts'
import { compile } from '../../src/compiler/compile.ts'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { allNodes } from '../../src/ir/block.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { isComplex } from '../../src/ir/scalar-type.ts'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { runPipeline, type PipelineOptions } from '../../src/passes/pipeline.ts'
import type { Golden } from '../e2e/fixtures.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { loadOrt } from '../support/ort.ts'

const complexInput = (shape: readonly (number | string)[]): PipelineOptions => ({
  params: [{ name: 'z' }] as never,
  inputs: { z: { dtype: 'complex64', shape } },
  verifyGraphs: true,
})

/** The code a graph is refused with. */
function refusal(text: string): string | undefined {
  try {
    runPipeline(parseGraph(text), complexInput(['n']))
    return undefined
  } catch (error) {
    if (error instanceof CompileError) return error.code
    throw error
  }
}

const SQUARES = `graph(%z : Tensor, %n : int):
  %t : bool = prim::Constant[value=1]()
  %l : Tensor[] = prim::ListConstruct()
  %m : Tensor[], %w : Tensor = prim::Loop(%n, %t, %l, %z)
    block0(%i : int, %k : Tensor[], %v : Tensor):
      %s : Tensor = aten::mul(%v, %v)
      %b : bool = aten::gt(%i, %n)
      %r : Tensor = prim::If(%b)
        block0():
          %c : Tensor = aten::conj(%s)
          -> (%c)
        block1():
          -> (%s)
      %o : Tensor[] = functional::append(%k, %r)
      -> (%t, %o, %r)
  %d : int = prim::Constant[value=0]()
  %y : Tensor = aten::stack(%m, %d)
  %p : (Tensor, Tensor) = prim::TupleConstruct(%y, %w)
  return (%p)`

describe('complex values', () => {
  it('are gone behind the pass, in branches, loops and lists too; the border has a trailing axis of 2', () => {
    const { graph, signature, inputs } = runPipeline(parseGraph(SQUARES), complexInput(['n', 3]))
    const facts = inferFacts(graph)
    const left = [...allNodes(graph.block)].flatMap((node) => node.outputs).filter((value) => isComplex(facts.of(value).dtype ?? 'float32'))
    expect(left).toEqual([])
    expect(inputs[0]).toMatchObject({ name: 'z', dtype: 'float32', dims: ['n', 3, 2], known: 'declared' })
    expect(signature.params[0]!.spec).toMatchObject({ kind: 'tensor', dtype: 'float32', dims: ['n', 3, 2] })
    expect(graph.outputs.map((value) => facts.of(value).dims)).toEqual([
      [null, 'n', 3, 2],
      ['n', 3, 2],
    ])
  })

  it('meet no real ones where branches join', () => {
    const joined = (kind: string): string => `graph(%z : Tensor):
  %one : int = prim::Constant[value=1]()
  %s : int = aten::numel(%z)
  %b : bool = aten::gt(%s, %one)
  %y : Tensor = prim::If(%b)
    block0():
      %c : Tensor = aten::${kind}(%z)
      -> (%c)
    block1():
      -> (%z)
  return (%y)`
    expect(refusal(joined('real'))).toBe('PT3141')
    expect(refusal(joined('conj'))).toBeUndefined()
  })

  it('are refused by operators that torch has for real ones only', () => {
    expect(refusal('graph(%z : Tensor):\n  %y : Tensor = aten::relu(%z)\n  return (%y)')).toBe('PT3140')
    expect(refusal('graph(%z : Tensor):\n  %r : Tensor = aten::real(%z)\n  %y : Tensor = aten::view_as_real(%r)\n  return (%y)')).toBe(
      'PT4002',
    )
  })

  it('lose their imaginary parts in casts with torch’s warning', () => {
    const { notices } = runPipeline(
      parseGraph(`graph(%z : Tensor):
  %d : int = prim::Constant[value=6]()
  %f : bool = prim::Constant[value=0]()
  %n : NoneType = prim::Constant()
  %y : Tensor = aten::to(%z, %d, %f, %f, %n)
  return (%y)`),
      complexInput(['n']),
    )
    expect(notices.map(({ code, message }) => [code, message])).toEqual([
      ['PT3143', 'Casting complex values to real discards the imaginary part'],
    ])
  })

  it('decide a trace by their own numbers', async () => {
    const folder = join(import.meta.dirname, '../networks')
    const golden = JSON.parse(readFileSync(join(folder, 'phases.scripted.json'), 'utf8')) as Golden
    const [first, second] = golden.cases.map(
      ({ inputs }) => toJs(decodeLeaf(inputs[0]!)) as { data: Float32Array; dims: readonly number[] },
    )
    const traced = await compile(
      readFileSync(join(folder, 'phases.scripted.pt')),
      {
        file: 'phases',
        mode: 'trace',
        inputs: { z: { dtype: 'complex64' } },
        exampleInputs: [{ z: { data: first!.data, dims: first!.dims } }],
        methods: ['forward'],
      },
      { evaluator: createEvaluator(loadOrt) },
    )
    const [net] = instantiate(traced)
    expect(compareJs(await net!(first), decodeLeaf(golden.cases[0]!.outputs), { network: 1e-3 })).toBeUndefined()
    // The other case takes another branch.
    expect(compareJs(await net!(second), decodeLeaf(golden.cases[1]!.outputs), { network: 1e-3 })).toEqual(expect.any(String))
  })
})
