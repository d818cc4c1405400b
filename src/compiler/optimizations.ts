// Which passes a model goes through, what the blocklist may name, and what they did: for the report.

import { fail } from '../diagnostics/compile-error.ts'
import { nearest } from '../diagnostics/nearest.ts'
import { formatPlace, userRange } from '../diagnostics/source-range.ts'
import { onnxPasses } from '../onnx/passes/optimize-model.ts'
import type { OnnxPass } from '../onnx/passes/onnx-pass.ts'
import { optimizerTypes } from '../passes/optimizer-types.ts'
import { isBlocked, type Missed, type Pass, type PassInfo } from '../passes/pass.ts'
import { graphPasses } from '../passes/pipeline.ts'
import type { PassReport } from './types.ts'

/** Every pass that can be switched off, those over graphs first, in the order of their first run. */
export function optionalPasses(custom: readonly CustomPass[] = []): readonly PassInfo[] {
  const all: readonly PassInfo[] = [...graphPasses, ...custom.map((pass) => ({ ...pass, optional: true })), ...onnxPasses]
  return all.filter(({ name, optional }, i) => optional === true && all.findIndex((other) => other.name === name) === i)
}

/** A pass of the user's own, over a method's graph or over the emitted model. */
export type CustomPass = Pass | OnnxPass

/** The passes of option `passes`, by what they run over. Throws PT3904 for what is none, or has the name of another. */
export function checkPasses(passes: readonly unknown[]): { readonly graph: readonly Pass[]; readonly model: readonly OnnxPass[] } {
  const taken = new Set<string>([
    ...Object.keys(optimizerTypes),
    ...graphPasses.map(({ name }) => name),
    ...onnxPasses.map(({ name }) => name),
  ])
  const found: CustomPass[] = []
  for (const [i, pass] of passes.entries()) {
    if (!isPass(pass))
      fail('PT3904', `option passes holds something at position ${i} that is no pass.`, {
        fix: 'make passes with definePass, defineRulePass or defineOnnxPass of unplugin-torch/passes: a kebab-case name, a doc sentence, and run.',
      })
    if (taken.has(pass.name))
      fail('PT3904', `option passes holds a pass of the name ${JSON.stringify(pass.name)}, which is taken.`, {
        fix: 'give it another name.',
      })
    taken.add(pass.name)
    found.push(pass)
  }
  return {
    graph: found.filter((pass): pass is Pass => !isOnnxPass(pass)),
    model: found.filter(isOnnxPass),
  }
}

function isPass(value: unknown): value is CustomPass {
  if (typeof value !== 'object' || value === null) return false
  const { name, doc, run, version } = value as Readonly<Record<string, unknown>>
  const isText = (text: unknown): boolean => typeof text === 'string' && text !== ''
  return (
    typeof name === 'string' &&
    /^[a-z\d]+(?:-[a-z\d]+)*$/.test(name) &&
    isText(doc) &&
    typeof run === 'function' &&
    (version === undefined || isText(version))
  )
}

const isOnnxPass = (pass: CustomPass): pass is OnnxPass => 'over' in pass && pass.over === 'model'

/** Throws PT3903 for a name that is neither a pass that can be left out nor a type of the mobile optimiser. */
export function checkBlocklist(names: readonly string[], custom: readonly CustomPass[] = []): ReadonlySet<string> {
  const known = [...Object.keys(optimizerTypes), ...optionalPasses(custom).map(({ name }) => name)]
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const isNeeded = [...graphPasses, ...onnxPasses].some((pass) => pass.name === name)
    fail(
      'PT3903',
      isNeeded ? `the pass ${name} is needed; it cannot be left out.` : `the blocklist names ${JSON.stringify(name)}, which is no pass.`,
      {
        fix: near === undefined || isNeeded ? `it may name ${known.join(', ')}.` : `did you mean ${JSON.stringify(near)}?`,
      },
    )
  }
  return new Set(names)
}

/** Counts what passes do while a model is compiled. */
export class PassRecorder {
  readonly #changes = new Map<string, number>()

  readonly observe = ({ name }: PassInfo): void => {
    this.#changes.set(name, (this.#changes.get(name) ?? 0) + 1)
  }

  /** Forgets what a try did that came to nothing. */
  clear(): void {
    this.#changes.clear()
  }

  /** One row for each pass that can be switched off. */
  report(custom: readonly CustomPass[], blocklist: ReadonlySet<string>, missed: readonly Missed[]): PassReport[] {
    return optionalPasses(custom).map((pass) => {
      const { name, doc, type } = pass
      return {
        name,
        doc,
        ...(type === undefined ? {} : { type }),
        changes: this.#changes.get(name) ?? 0,
        blocked: isBlocked(pass, blocklist),
        missed: reasons(missed.filter((one) => one.pass === name)),
      }
    })
  }
}

/** Equal reasons are one line, at the first place that they are known of. */
function reasons(missed: readonly Missed[]): PassReport['missed'] {
  const found = new Map<string, { reason: string; count: number; place?: string }>()
  for (const { reason, range } of missed) {
    const known = found.get(reason)
    if (known !== undefined) known.count++
    else found.set(reason, { reason, count: 1, ...(range === undefined ? {} : { place: formatPlace(userRange(range)) }) })
  }
  return [...found.values()]
}
