// The example of each optimisation: the pass makes of `before` what stands there, and onnxruntime computes the same with both.
// `UPDATE_EXAMPLES=1` writes what the passes make.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { differenceOf } from '../../src/compiler/verify/difference.ts'
import { isOpen, lowered, named, openModel } from '../../src/compiler/verify/runner.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import type { Graph } from '../../src/ir/graph.ts'
import { numel, type Tensor } from '../../src/ir/tensor.ts'
import { scalarTensor, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { verify } from '../../src/ir/verifier.ts'
import type { OnnxModel } from '../../src/onnx/model.ts'
import { parseModel } from '../../src/onnx/parse-model.ts'
import { verifyModel } from '../../src/onnx/verify-model.ts'
import { loadOrt } from '../support/ort.ts'
import { exampleFile, exampleOfPass, isGraphText, normalized, optionalInOrder, passed, textOf } from './pass-examples.ts'

const update = process.env['UPDATE_EXAMPLES'] !== undefined

/** Dynamic extents are 3. */
function inputsOf({ graph }: OnnxModel): Map<string, Tensor> {
  return new Map(
    graph.inputs.map(({ name, dtype, dims }, k): [string, Tensor] => {
      const sizes = (dims ?? [2, 2]).map((dim) => (typeof dim === 'number' ? dim : 3))
      if (dtype === 'bool') return [name, scalarTensor('bool', true)]
      if (dtype === 'int64') return [name, scalarTensor('int64', 2n)]
      return [
        name,
        tensorFromElements(
          'float32',
          sizes,
          Array.from({ length: numel(sizes) }, (_, i) => Math.sin(7 * i + k) * 2),
        ),
      ]
    }),
  )
}

async function run(model: OnnxModel, feeds: ReadonlyMap<string, Tensor>): Promise<Tensor[]> {
  const open = await openModel(await loadOrt(), named(model))
  if (!isOpen(open)) throw new Error(open)
  try {
    const results = await open.run(feeds)
    if (typeof results === 'string') throw new Error(results)
    return model.graph.outputs.map(({ name }) => results.get(name)!)
  } finally {
    await open.close()
  }
}

const modelOf = (graph: Graph): OnnxModel => lowered({ pass: { name: '', doc: '' }, graph, inputs: [] })!

describe('the example of each optimisation', () => {
  it.each(optionalInOrder().map((pass) => [pass.name, pass] as const))('%s', async (name, pass) => {
    const example = exampleOfPass(pass)
    expect(example, `no example: test/passes/examples/${name}.txt`).toBeDefined()
    const made = passed(example!)
    expect(made, 'the pass does not fire').toBeDefined()
    if (update && existsSync(exampleFile(name))) {
      const [head] = readFileSync(exampleFile(name), 'utf8').split('\n=>')
      writeFileSync(exampleFile(name), `${head}\n=>\n${textOf(made!)}\n`)
    }
    const { before, after } = exampleOfPass(pass)!
    expect(textOf(made!)).toBe(after.includes('<Tensor>') || after.includes('{…}') ? after : normalized(after))
    if ('graph' in made!) verify(made.graph)
    else expect(verifyModel(made!.model)).toBeUndefined()
    // WebGPU's own operators are the same on wasm.
    const [a, b] = isGraphText(before)
      ? [modelOf(parseGraph(before)), modelOf((made as { graph: Graph }).graph)]
      : [parseModel(before), (made as { model: OnnxModel }).model]
    const feeds = inputsOf(a)
    expect(differenceOf(await run(b, feeds), await run(a, feeds), false).wrong).toBeUndefined()
  })
})
