// Passes of a user's own: the README's, run as they stand there; what is refused, and who is named for it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { ModelOptions } from '../../src/compiler/types.ts'
import { defineOnnxPass, definePass, parseGraph, printGraph, type OnnxPass, type Pass, type RulePass } from '../../src/custom-passes.ts'
import { passContext } from '../../src/passes/pass.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { instantiate } from '../support/model.ts'

const root = join(import.meta.dirname, '../..')
const archive = readFileSync(join(root, 'test/fixtures/my-cell/cell.pt'))
const convert = (options: ModelOptions) => compile(archive, { file: 'net.pt', ...options }, nodeHost())

let folder: string
let readme: { readonly clipTanh: RulePass; readonly dropContiguous: Pass; readonly softsign: OnnxPass }
beforeAll(async () => {
  const text = /```js\n(\/\/ torch-passes\.js\n[\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))![1]!
  folder = mkdtempSync(join(root, 'node_modules/.readme-'))
  const file = join(folder, 'torch-passes.mjs')
  writeFileSync(file, text.replace(`'unplugin-torch/passes'`, JSON.stringify(join(root, 'src/custom-passes.ts'))))
  readme = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as typeof readme
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the passes of the README', () => {
  const x = { type: 'float32', data: Float32Array.from({ length: 12 }, (_, i) => i - 6), dims: [3, 4] } as const

  it('a rule replaces an operator', async () => {
    const plain = await convert({})
    const clipped = await convert({ passes: [readme.clipTanh, readme.dropContiguous] })
    expect(plain.report.operators).toHaveProperty('Tanh')
    expect(clipped.report.operators).not.toHaveProperty('Tanh')
    expect(clipped.report.passes.find(({ name }) => name === 'clip-tanh')).toMatchObject({ changes: 1, blocked: false })
    const results = await Promise.all(
      [plain, clipped].map(async (result) => {
        const [y] = (await instantiate(result)[0]!(x, x)) as [{ readonly data: Float32Array }]
        return [...y.data]
      }),
    )
    expect(results[0]!.every((v) => Math.abs(v) <= 1)).toBe(true)
    expect(results[1]).toEqual(results[0]!.map((v) => expect.closeTo(Math.max(-1, Math.min(1, Math.atanh(v))), 1)))
  })

  it('the blocklist switches them', async () => {
    const off = await convert({ passes: [readme.clipTanh], blocklist: ['clip-tanh'] })
    expect(off.sha256).toBe((await convert({})).sha256)
    expect(off.report.passes.find(({ name }) => name === 'clip-tanh')).toMatchObject({ changes: 0, blocked: true })
  })

  it('one over a graph, one over the model', async () => {
    const graph = parseGraph(
      'graph(%x : Tensor):\n  %f : int = prim::Constant[value=0]()\n  %y : Tensor = aten::contiguous(%x, %f)\n  %z : Tensor = aten::neg(%y)\n  return (%z)',
    )
    expect(readme.dropContiguous.run(graph, passContext())).toBe(true)
    expect(printGraph(graph)).toContain('aten::neg(%x)')
    const { report } = await convert({ passes: [readme.softsign] })
    expect(report.operators).toHaveProperty('Softsign')
    expect(report.operators).not.toHaveProperty('Tanh')
  })
})

describe('a pass that is wrong is named', () => {
  const passOf = (run: Pass['run']): Pass => definePass({ name: 'my-pass', doc: 'Mine.', run })
  const modelPass = (run: OnnxPass['run']): OnnxPass => defineOnnxPass({ name: 'my-pass', doc: 'Mine.', run })
  const problem = async (passes: readonly unknown[]): Promise<unknown> =>
    convert({ passes } as ModelOptions).then(
      () => undefined,
      (error: { readonly problems: readonly unknown[] }) => error.problems[0],
    )

  it.each([
    ['what throws', passOf(() => { throw new Error('no luck') }), 'PT3906', "the pass 'my-pass' ended with an error: no luck"],
    ['what uses a value before it is there', passOf((graph) => {
      const first = graph.block.returnNode.previous!
      graph.outputs[0]!.node.setInput(0, graph.outputs[0]!)
      return first !== undefined
    }), 'PT3905', "the pass 'my-pass' leaves a graph that cannot be: input 0"],
    ['what gives other outputs', passOf((graph) => {
      graph.addOutput(graph.outputs[0]!)
      return true
    }), 'PT3905', 'its outputs are of type (Tensor, Tensor'],
    ['what takes other inputs', passOf((graph) => {
      graph.addInput({ kind: 'Tensor' }, 'more')
      return false
    }), 'PT3905', 'its inputs are others'],
    ['a model that reads what is not there', modelPass(({ graph }) => {
      graph.nodes[0]!.inputs[0] = 'nowhere'
      return true
    }), 'PT3905', "reads 'nowhere', which is not there yet"],
    ['a model without its output', modelPass(({ graph }) => {
      graph.outputs.splice(0)
      return true
    }), 'PT3905', 'and gives ()'],
    ['an object that is none', {}, 'PT3904', 'at position 0 that is no pass'],
    ['a name that is taken', definePass({ name: 'remove-dropout', doc: 'Mine.', run: () => false }), 'PT3904', '"remove-dropout", which is taken'],
  ] as const)('%s', async (_what, pass, code, message) => {
    expect(await problem([pass])).toMatchObject({ code, message: expect.stringContaining(message) })
  }) // prettier-ignore

  it('a rule whose text is no graph', async () => {
    const { defineRulePass } = await import('../../src/custom-passes.ts')
    const rule = defineRulePass('my-rule', 'Mine.', [{ name: 'one', before: 'graph(%x : Tensor):\n  oops', after: 'graph():' }])
    expect(await problem([rule])).toMatchObject({ code: 'PT3906', message: expect.stringContaining("the pass 'my-rule'") })
  })
})
