// Option verify: every fixture computes the same before and after each pass, and a pass that is wrong is named, with the inputs that show it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { ModelOptions } from '../../src/compiler/types.ts'
import type { Verified } from '../../src/compiler/verify/verify-passes.ts'
import type { VerifyReport } from '../../src/compiler/verify/verify-report.ts'
import { allNodes, Builder, defineOnnxPass, definePass, f, type OnnxPass, type Pass } from '../../src/custom-passes.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import type { OnnxRuntime, OnnxTensor } from '../../src/onnx/evaluator.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { fixtures } from '../e2e/fixtures.ts'
import { exampleOf } from '../tracing/example-of.ts'

/** What draws random numbers, or takes texts that nobody can make up, is not compared. */
const UNCOMPARED = new Set(['random-draws/model'])

describe('every fixture computes the same before and after each pass', () => {
  for (const { name, file, golden } of fixtures()) {
    it(name, { timeout: 60_000 }, async () => {
      const bytes = readFileSync(file)
      const names = importScript(readTorchScript(bytes))
        .method('forward')
        .params.map((param) => param.name)
      const one = golden.cases.find(({ method = 'forward', raises }) => method === 'forward' && raises === undefined)
      const exampleInputs = one === undefined ? [] : [exampleOf(one, names)]
      const { report } = await compile(bytes, { file: name, verify: true, exampleInputs }, nodeHost())
      const { verification } = report
      if (UNCOMPARED.has(name)) {
        expect(verification!.notices.map(({ code }) => code)).toContain('PT3908')
        return
      }
      expect(verification!.notices.filter(({ message }) => message.includes("'forward'"))).toEqual([])
      expect(verification!.inputs).toBeGreaterThan(0)
      // Whatever the passes did, what a page runs is compared with it.
      expect(verification!.passes.at(-1)).toMatchObject({ name: 'onnxruntime', changes: 0 })
      expect(verification!.passes.at(-1)!.compared).toBeGreaterThan(0)
    })
  }
})

describe('the regions of host programs are compared, too', () => {
  it.each(['router', 'joins', 'objectstate'])('%s', async (name) => {
    const bytes = readFileSync(join(import.meta.dirname, `../programs/${name}.pt`))
    const { report } = await compile(bytes, { file: name, verify: true }, nodeHost())
    expect(report.methods.map(({ form }) => form)).toContain('host')
    expect(report.verification!.notices).toEqual([])
    expect(report.verification!.passes.find(({ name: pass }) => pass === 'simplify-model')!.compared).toBeGreaterThan(0)
  })
})

describe('a pass that is wrong', () => {
  const gate = readFileSync(join(import.meta.dirname, '../fixtures/decision-gate/scripted.pt'))
  const cell = readFileSync(join(import.meta.dirname, '../fixtures/my-cell/cell.pt'))
  const x = { data: Float32Array.of(1, 2, 3), dims: [3] }

  /** The graph's branch for what is negative loses its sign. */
  const dropSign: Pass = definePass({
    name: 'drop-sign',
    doc: 'Wrong.',
    run: (graph) => {
      const node = [...allNodes(graph.block)].find(({ kind }) => kind === 'aten::neg')
      if (node === undefined) return false
      node.output().replaceAllUsesWith(node.input(0))
      node.destroy()
      return true
    },
  })
  const leak: OnnxPass = defineOnnxPass({
    name: 'leak',
    doc: 'Wrong.',
    run: ({ graph }) => {
      const at = graph.nodes.findIndex(({ opType }) => opType === 'Tanh')
      graph.nodes[at] = { ...graph.nodes[at]!, opType: 'Elu', attributes: new Map([['alpha', f(1)]]) }
      return true
    },
  })
  const harmless: Pass = definePass({
    name: 'harmless',
    doc: 'Adds what nobody reads.',
    run: (graph) => {
      Builder.atEnd(graph.block).int(1)
      return true
    },
  })

  async function check(bytes: Uint8Array, options: ModelOptions): Promise<Verified | undefined> {
    let verified: Verified | undefined
    const outcome = await compile(
      bytes,
      { file: 'net.pt', verify: true, ...options },
      { ...nodeHost(), onVerified: (found) => (verified = found) },
    ).catch((error: { readonly problems: readonly { readonly message: string }[] }) => error.problems)
    if (verified!.failures.length > 0) expect(outcome).toEqual(verified!.failures.map(({ problem }) => ({ ...problem, file: 'net.pt' })))
    return verified
  }

  it('is named, although the example takes the other branch', async () => {
    const verified = await check(gate, { exampleInputs: [{ x }], passes: [harmless, dropSign] })
    expect(verified!.failures).toHaveLength(1)
    const [{ passes, inputs, problem, before, after, optional, models }] = verified!.failures as [Verified['failures'][number]]
    expect(passes).toEqual(['drop-sign'])
    expect(optional).toBe(true)
    expect(inputs).toContain('negated')
    expect(problem).toMatchObject({
      code: 'PT3907',
      message: expect.stringMatching(
        /^the pass 'drop-sign' changes what 'forward' computes: on the example inputs negated .*, output 1 is -3 instead of 3 at element 2/,
      ),
      fix: "blocklist: ['drop-sign'] switches it off; correct the pass.",
    })
    expect(before()).toContain('aten::neg')
    expect(after()).not.toContain('aten::neg')
    expect(models![0]).not.toEqual(models![1])
  })

  it('is named when it is one over the emitted model', async () => {
    const verified = await check(cell, { inputs: { x: { shape: ['n', 4] }, h: { shape: ['n', 4] } }, passes: [leak] })
    expect(verified!.failures.map(({ passes }) => passes)).toEqual([['leak']])
    expect(verified!.failures[0]!.after()).toContain('Elu <alpha = 1.0>')
  })

  it('does no harm when the blocklist names it', async () => {
    const verified = await check(gate, { exampleInputs: [{ x }], passes: [dropSign], blocklist: ['drop-sign'] })
    expect(verified!.failures).toEqual([])
    expect(verified!.report.passes.map(({ name }) => name)).not.toContain('drop-sign')
  })

  it('is let through when it says that it changes numbers on purpose', async () => {
    const verified = await check(gate, { exampleInputs: [{ x }], passes: [{ ...dropSign, lossy: true }] })
    expect(verified!.failures).toEqual([])
    expect(verified!.report.passes.find(({ name }) => name === 'drop-sign')!.difference).toBeGreaterThan(1)
  })

  it('needs something to run it on', async () => {
    await expect(compile(gate, { file: 'net.pt', verify: true })).rejects.toMatchObject({ code: 'PT3908' })
  })
})

describe('what is onnxruntime’s doing', () => {
  const bytes = readFileSync(join(import.meta.dirname, '../fixtures/decision-gate/scripted.pt'))
  const exampleInputs = [{ x: { data: Float32Array.of(1, 2, 3), dims: [3] } }]

  interface Meddled {
    readonly failures: readonly string[]
    readonly notices: readonly string[]
    readonly passes: VerifyReport['passes']
  }
  /** Verification on a runtime that throws where it is told to. */
  async function meddled(
    model: Uint8Array,
    options: ModelOptions,
    { create, run }: { create?: (model: Uint8Array) => boolean; run?: (isOptimized: boolean, first: number) => boolean },
  ): Promise<Meddled> {
    const host = nodeHost()
    let verified: Verified | undefined
    const runtime = async (): Promise<OnnxRuntime> => {
      const ort = await host.runtime!()
      return {
        Tensor: ort.Tensor,
        InferenceSession: {
          create: async (file, how) => {
            if (create?.(file) === true) throw new Error('not taken')
            const session = await ort.InferenceSession.create(file, how)
            const isOptimized = (how as { readonly graphOptimizationLevel: string }).graphOptimizationLevel === 'all'
            return {
              inputNames: session.inputNames,
              outputNames: session.outputNames,
              release: () => session.release(),
              run: (feeds, settings) => {
                const [x] = Object.values(feeds) as unknown as readonly OnnxTensor[]
                if (run?.(isOptimized, Number((x!.data as Float32Array)[0])) === true) throw new Error('not run')
                return session.run(feeds, settings)
              },
            }
          },
        },
      }
    }
    await compile(
      model,
      { file: 'net.pt', verify: true, ...options },
      { ...host, runtime, onVerified: (found) => (verified = found) },
    ).catch(() => undefined)
    return {
      failures: verified!.failures.map(({ problem }) => problem.message),
      notices: verified!.report.notices.map(({ message }) => message),
      passes: verified!.report.passes,
    }
  }

  it('is told as such where the example does not run any more', async () => {
    const { failures } = await meddled(bytes, { exampleInputs }, { run: (isOptimized, first) => isOptimized && first === 1 })
    expect(failures).toEqual([
      "onnxruntime, as it optimises the model, changes what 'forward' computes: on the example inputs, it does not run any more: not run.",
    ])
  })

  it('is a notice where only a variation does not', async () => {
    const { failures, notices } = await meddled(bytes, { exampleInputs }, { run: (isOptimized, first) => isOptimized && first === -1 })
    expect(failures).toEqual([])
    expect(notices).toEqual([
      expect.stringMatching(/^'forward' could not be compared on the example inputs negated .*refuses them: not run$/),
    ])
  })

  it('leaves what cannot be loaded yet to the pass that makes it loadable', async () => {
    const methods = readFileSync(join(import.meta.dirname, '../fixtures/multi-method/model.pt'))
    let refused = 0
    const { failures, passes } = await meddled(methods, {}, { create: (file) => Buffer.from(file).includes('entry') && refused++ === 0 })
    expect(refused).toBeGreaterThan(1)
    expect(failures).toEqual([])
    expect(passes.find(({ name }) => name === 'lower')).toMatchObject({ changes: 1, compared: 0 })
    expect(passes[passes.findIndex(({ name }) => name === 'lower') + 1]!.compared).toBeGreaterThan(0)
  })
})
