// Which precision each weight is stored in: one for the whole model, or by module path. Knows no operators.

import { fail } from '../../diagnostics/compile-error.ts'
import { nearest } from '../../diagnostics/nearest.ts'

/** How weights, and products with them, are kept. */
export type Precision = (typeof PRECISIONS)[number]
export const PRECISIONS = ['fp32', 'fp16', 'int8', 'int8-static', 'int4'] as const

/** One precision, or one for each module path (`encoder.layer.0`, or a weight of its own: `fc.weight`); `default` for the rest, fp32 without it. */
export type PrecisionOption = Precision | Readonly<Record<string, Precision>>

/** Key of the overrides that is no path. */
const DEFAULT = 'default'

/** As names of values in a graph are: other characters are replaced. */
const plain = (path: string): string => path.replace(/^self\./, '').replace(/[^A-Za-z0-9_.]/g, '_')

/** Answers which precision a weight has. The longest path wins. */
export class PrecisionPlan {
  readonly #default: Precision
  /** Longest first. */
  readonly #overrides: readonly (readonly [path: string, precision: Precision])[]

  constructor(option: PrecisionOption) {
    const entries = typeof option === 'string' ? [[DEFAULT, option] as const] : Object.entries(option)
    this.#default = entries.find(([key]) => key === DEFAULT)?.[1] ?? 'fp32'
    this.#overrides = entries
      .filter(([key]) => key !== DEFAULT)
      .map(([key, precision]) => [plain(key), precision] as const)
      .sort(([a], [b]) => b.length - a.length)
  }

  get names(): ReadonlySet<Precision> {
    return new Set([this.#default, ...this.#overrides.map(([, precision]) => precision)])
  }

  /** `path` of the attribute that holds the weight; undefined where nothing tells. */
  of(path: string | undefined): Precision {
    if (path === undefined) return this.#default
    const own = plain(path)
    return this.#overrides.find(([prefix]) => own === prefix || own.startsWith(`${prefix}.`))?.[1] ?? this.#default
  }

  /** Throws PT4010 for an override that no weight of the model lies under. */
  check(paths: Iterable<string>): void {
    const known = new Set<string>()
    for (const path of paths) {
      const parts = plain(path).split('.')
      for (let n = 1; n <= parts.length; n++) known.add(parts.slice(0, n).join('.'))
    }
    for (const [path] of [...this.#overrides].reverse()) {
      if (known.has(path)) continue
      const near = nearest(path, [...known])
      fail('PT4010', `Option precision names ${JSON.stringify(path)}, and no weight of the model lies there.`, {
        fix:
          near === undefined
            ? `paths are those of submodules, as in named_modules(): ${[...known]
                .filter((name) => !name.includes('.'))
                .slice(0, 20)
                .join(', ')}.`
            : `did you mean ${JSON.stringify(near)}?`,
      })
    }
  }
}
