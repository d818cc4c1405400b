// Which passes a model goes through, what the blocklist may name, and what they did: for the report.

import { fail } from '../diagnostics/compile-error.ts'
import { nearest } from '../diagnostics/nearest.ts'
import { formatPlace, userRange } from '../diagnostics/source-range.ts'
import { onnxPasses } from '../onnx/passes/optimize-model.ts'
import { optimizerTypes } from '../passes/optimizer-types.ts'
import { isBlocked, type Missed, type Pass, type PassInfo } from '../passes/pass.ts'
import { graphPasses } from '../passes/pipeline.ts'
import type { PassReport } from './types.ts'

/** Every pass that can be switched off, those over graphs first, in the order of their first run. */
export function optionalPasses(custom: readonly Pass[] = []): readonly PassInfo[] {
  return [...graphPasses, ...custom.map((pass) => ({ ...pass, optional: true })), ...onnxPasses].filter(({ optional }) => optional === true)
}

/** Throws PT3903 for a name that is neither a pass that can be left out nor a type of the mobile optimiser. */
export function checkBlocklist(names: readonly string[], custom: readonly Pass[] = []): ReadonlySet<string> {
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
  report(custom: readonly Pass[], blocklist: ReadonlySet<string>, missed: readonly Missed[]): PassReport[] {
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
