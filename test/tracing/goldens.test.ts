// Traces against torch: each committed model, traced on the inputs of a golden, gives the golden's numbers from straight-line code.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { CompileResult } from '../../src/compiler/types.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { fixtures, type Fixture, type Golden, type GoldenCase } from '../e2e/fixtures.ts'
import { refusedAsGraph } from '../e2e/truth-options.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { loadOrt } from '../support/ort.ts'
import { exampleOf } from './example-of.ts'

const evaluator = createEvaluator(loadOrt)
// More would only repeat what these take.
const CASES = 4

const truthFolder = resolve(import.meta.dirname, '../truth')
const truth = readdirSync(truthFolder)
  .filter((file) => file.endsWith('.pt') && !refusedAsGraph.has(file.slice(0, -3)))
  .map((file): Fixture => {
    const golden = JSON.parse(readFileSync(join(truthFolder, file.replace(/\.pt$/, '.json')), 'utf8')) as Golden
    return { name: `truth/${file.slice(0, -3)}`, file: join(truthFolder, file), golden }
  })

/** Of a model with state only the first call is on the state that was saved. */
function traceable({ golden }: Fixture): readonly GoldenCase[] {
  const cases = golden.cases.filter(({ method = 'forward' }) => method === 'forward')
  return cases.slice(0, golden.sequence === true ? 1 : CASES)
}

/** Texts other than a default have no example; a rank that the file itself recorded is the only one. */
function fits({ signatures }: CompileResult, { inputs }: GoldenCase): boolean {
  return inputs.every((leaf, i) => {
    const spec = signatures[0]!.params[i]?.spec
    return typeof leaf !== 'string' || spec?.kind !== 'constant' || spec.value === leaf
  })
}
/** Their parameters are texts without a default. */
const NEEDS_TEXT = new Set(['truth/string-ops', 'truth/interpolate'])
const RECORDED_RANK = new Set([
  'decision-gate/traced: other size, mixed signs',
  'encoder-rnn/traced: the last word of the vocabulary, as a matrix',
])

describe('traced on a golden', () => {
  for (const fixture of [...fixtures(), ...truth]) {
    const { name, file } = fixture
    it(name, async () => {
      const bytes = readFileSync(file)
      const script = importScript(readTorchScript(bytes))
      const names = script.method('forward').params.map((param) => param.name)
      for (const one of traceable(fixture)) {
        const traced = compile(
          bytes,
          {
            file: name,
            mode: 'trace',
            methods: ['forward'],
            verifyGraphs: true,
            checkTrace: 'off',
            exampleInputs: [exampleOf(one, names)],
          },
          { evaluator },
        )
        if (one.raises !== undefined || RECORDED_RANK.has(`${name}: ${one.name}`)) {
          await expect(traced, one.name).rejects.toMatchObject({ code: one.raises === undefined ? 'PT3507' : 'PT3506' })
          continue
        }
        if (NEEDS_TEXT.has(name)) {
          await expect(traced).rejects.toMatchObject({ code: 'PT3507' })
          continue
        }
        const result = await traced
        if (!fits(result, one)) continue
        // The first call and later ones differ where there is state: that branch is the loader's.
        const isStateful = result.signatures[0]!.state !== undefined
        expect(Object.keys(result.report.operators), one.name).not.toContain('Loop')
        // An operator may have a branch of its own, for tensors without elements; the model's are gone.
        if (!isStateful) expect(result.report.decisions.filter(({ kind }) => kind === 'kept')).toEqual([])
        expect(result.report.notices.map(({ code }) => code)).not.toContain('PT3503')
        const [net] = instantiate(result)
        const output = await net!(...one.inputs.map((leaf) => toJs(decodeLeaf(leaf))))
        expect(compareJs(output, decodeLeaf(one.outputs), { network: 1e-3 }), one.name).toBeUndefined()
      }
    })
  }
})
