// Option `verify` while a model is compiled: what is watched, and what is made of it at the end.

import { CompileError, fail, type Problem } from '../../diagnostics/compile-error.ts'
import type { OnnxRuntime } from '../../onnx/evaluator.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { PassInfo } from '../../passes/pass.ts'
import type { CompiledMethod, Passing } from '../compile-methods.ts'
import { withDtypes } from '../compile-methods.ts'
import type { CompileOptions } from '../compile.ts'
import { optionalPasses } from '../optimizations.ts'
import { cloneModel, VerifyRecorder, type ModelStep } from './recorder.ts'
import { verifyPasses, type Verified, type VerifiedEntry } from './verify-passes.ts'
import type { VerifyReport } from './verify-report.ts'

const LOWERING: PassInfo = { name: 'lower', doc: 'Makes ONNX of the graph.' }

/** What option `precision` does, as verification sees it: how far numbers go is in its table. */
export const LOWER_PRECISION: PassInfo = { name: 'precision', doc: 'Stores weights, and computes, in lower precision.', lossy: true }

/** The steps of one try at a model. */
export type ModelSteps = readonly ModelStep[]

export class Verifier {
  readonly #options: CompileOptions
  readonly #runtime: () => Promise<OnnxRuntime>
  readonly #recorder: VerifyRecorder

  /** Throws PT3908 where there is nothing to run models on. */
  constructor(options: CompileOptions, runtime: (() => Promise<OnnxRuntime>) | undefined) {
    this.#options = options
    this.#runtime =
      runtime ??
      fail('PT3908', 'option verify needs an onnxruntime to run the model on, and the caller of compile has given none.', {
        fix: 'give compile a host with a runtime.',
      })
    this.#recorder = new VerifyRecorder((options.exampleInputs ?? []).map(withDtypes), options.opset ?? 18)
  }

  /** Watches graphs, besides `observe`. */
  passing(observe: NonNullable<Passing['observe']>): Pick<Passing, 'observe' | 'captured'> {
    return {
      captured: this.#recorder.captured,
      observe: (pass, graph) => {
        observe(pass, graph)
        this.#recorder.observe(pass, graph)
      },
    }
  }

  /** Watches the emitted model: gives its steps, and who adds to them. */
  watch(lowered: OnnxModel): { readonly steps: ModelSteps; readonly observe: (pass: PassInfo, model: OnnxModel) => void } {
    const steps: ModelStep[] = [{ pass: LOWERING, model: cloneModel(lowered) }]
    return { steps, observe: (pass, model) => void steps.push({ pass, model: cloneModel(model) }) }
  }

  /** Compares. The caller hears of what was found before a pass that is wrong becomes an error. Throws PT3907. */
  async run(
    methods: readonly CompiledMethod[],
    models: ModelSteps,
    told: ((verified: Verified) => void) | undefined,
  ): Promise<VerifyReport> {
    const custom = this.#options.passes ?? []
    const entries = methods.flatMap((method) => method.entries)
    const verified = await verifyPasses({
      file: this.#options.file,
      entries: entries.flatMap((entry, index): VerifiedEntry[] => {
        const record = this.#recorder.recordOf(entry.graph)
        return record === undefined ? [] : [{ ...entry, record, ...(entries.length === 1 ? {} : { index }) }]
      }),
      models,
      optional: new Set(optionalPasses(custom).map(({ name }) => name)),
      custom: new Set(custom.map(({ name }) => name)),
      ort: await this.#runtime(),
    })
    told?.(verified)
    const problems = verified.failures.map(({ problem }) => problem)
    if (problems.length > 0) throw new CompileError(problems as [Problem, ...Problem[]])
    return verified.report
  }
}
