// One archive of capture.py: compiled, run at every size of its golden, compared; and held against the golden of another input.

import { readFileSync } from 'node:fs'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile, type CompileOptions } from '../../src/compiler/compile.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import type { Golden } from '../e2e/fixtures.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { exampleOf } from '../tracing/example-of.ts'

export interface Row {
  readonly name: string
  readonly capture: string
  readonly failure?: string
  /** Of the emitted graph. */
  readonly nodes?: number
  readonly bytes?: number
  readonly compileMs?: number
  readonly runMs?: number
  /** What verification could not compare besides `forward` itself: regions of a host program, inputs that onnxruntime refuses. */
  readonly uncompared?: readonly string[]
  /** Forms of the model that were run to compare passes, and what that took. */
  readonly compared?: number
  readonly verifyMs?: number
  readonly stages?: readonly (readonly [stage: string, milliseconds: number])[]
}

// DESIGN §7: whole networks within 1e-3 of the golden's standard deviation.
const NETWORK = { network: 1e-3 }

/** `stem` is the path of the archive and of its golden, without their endings. `verified`: each pass is compared with what was before it, too. */
export async function testArchive(stem: string, name: string, capture: string, verified = false): Promise<Row> {
  const row = { name, capture }
  try {
    const bytes = readFileSync(`${stem}.pt`)
    const { cases } = JSON.parse(readFileSync(`${stem}.json`, 'utf8')) as Golden
    const started = performance.now()
    const example = verified ? exampleOfForward(bytes, cases) : undefined
    const file = `${name}.pt`
    // Example inputs are those of every method that has parameters of these names: other methods are not what they are for.
    const apart = example !== undefined && example.methods > 1
    const compiled = await compile(bytes, { file, ...(example === undefined || apart ? {} : example.options) }, nodeHost())
    const verifiedResult = apart ? await compile(bytes, { file, methods: ['forward'], ...example.options }, nodeHost()) : compiled
    const { verification, stages } = verifiedResult.report
    const notices = verification?.notices.map(({ message }) => message) ?? []
    const figures = {
      ...row,
      compileMs: performance.now() - started,
      nodes: Object.values(compiled.report.operators).reduce((sum, count) => sum + count, 0),
      bytes: compiled.report.bytesOut,
      stages: compiled.report.stages,
      uncompared: notices,
      ...(verification === undefined
        ? {}
        : {
            compared: verification.passes.reduce((sum, pass) => sum + pass.compared, 0),
            verifyMs: new Map(stages).get('verify') ?? 0,
          }),
    }
    try {
      const whole = notices.find((message) => message.startsWith("The passes over 'forward' "))
      if (whole !== undefined) return { ...figures, failure: whole }
      const running = performance.now()
      const failure = await differing(compiled, cases)
      return { ...figures, runMs: performance.now() - running, ...(failure === undefined ? {} : { failure }) }
    } catch (error) {
      return { ...figures, failure: textOf(error) }
    }
  } catch (error) {
    return { ...row, failure: textOf(error) }
  }
}

/** Verification at the size of the first golden. */
function exampleOfForward(
  bytes: Uint8Array,
  cases: Golden['cases'],
): { readonly methods: number; readonly options: Pick<CompileOptions, 'verify' | 'exampleInputs'> } {
  const script = importScript(readTorchScript(bytes))
  const names = script.method('forward').params.map((param) => param.name)
  return { methods: script.methods.length, options: { verify: true, exampleInputs: [exampleOf(cases[0]!, names)] } }
}

async function differing(compiled: Awaited<ReturnType<typeof compile>>, cases: Golden['cases']): Promise<string | undefined> {
  const [net] = instantiate(compiled)
  try {
    const results: unknown[] = []
    for (const one of cases) {
      results.push(await net!(...one.inputs.map((leaf) => toJs(decodeLeaf(leaf)))))
      const wrong = compareJs(results.at(-1), decodeLeaf(one.outputs), NETWORK)
      if (wrong !== undefined) return `size ${one.name}: ${wrong}`
    }
    // A check that passes on the golden of another input would be no check.
    return compareJs(results[0], decodeLeaf(cases[1]!.outputs), NETWORK) === undefined ? 'passes on the golden of another input' : undefined
  } finally {
    await net!.dispose()
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.name === 'CompileError' ? error.message : (error.stack ?? error.message)) : String(error)
}
