// Which precision each weight is stored in: one for the whole model, or by module path. Knows no operators.

import { ByPath } from './by-path.ts'

/** How weights, and products with them, are kept. */
export type Precision = (typeof PRECISIONS)[number]
export const PRECISIONS = ['fp32', 'fp16', 'int8', 'int8-static', 'int4'] as const

/** One precision, or one for each module path (`encoder.layer.0`, or a weight of its own: `fc.weight`); `default` for the rest, fp32 without it. */
export type PrecisionOption = Precision | Readonly<Record<string, Precision>>

/** Key of the overrides that is no path. */
const DEFAULT = 'default'

/** Answers which precision a weight has. */
export class PrecisionPlan {
  readonly #precisions: ByPath<Precision>

  constructor(option: PrecisionOption) {
    const { [DEFAULT]: rest = 'fp32', ...paths } = typeof option === 'string' ? { [DEFAULT]: option } : option
    this.#precisions = new ByPath('precision', rest, paths)
  }

  get names(): ReadonlySet<Precision> {
    return new Set(this.#precisions.values)
  }
  /** `path` of the attribute that holds the weight; undefined where nothing tells. */
  of(path: string | undefined): Precision {
    return this.#precisions.of(path)
  }
  /** Throws PT4010 for an override that no weight of the model lies under. */
  check(paths: Iterable<string>): void {
    this.#precisions.check(paths)
  }
}
