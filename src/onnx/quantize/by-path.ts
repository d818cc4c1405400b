// Options that hold for parts of a model: module paths, as in named_modules(), of which the longest that fits wins.

import { fail } from '../../diagnostics/compile-error.ts'
import { nearest } from '../../diagnostics/nearest.ts'

/** As names of values in a graph are: other characters are replaced. */
const plain = (path: string): string => path.replace(/^self\./, '').replace(/[^A-Za-z0-9_.]/g, '_')

const isUnder = (path: string, module: string): boolean => path === module || path.startsWith(`${module}.`)

export class ByPath<T> {
  readonly #option: string
  readonly #rest: T
  /** Longest first. */
  readonly #overrides: readonly (readonly [path: string, value: T])[]

  /** `option`: as messages call it. `rest`: what holds where no path fits. */
  constructor(option: string, rest: T, paths: Readonly<Record<string, T>>) {
    this.#option = option
    this.#rest = rest
    this.#overrides = Object.entries(paths)
      .map(([path, value]) => [plain(path), value] as const)
      .sort(([a], [b]) => b.length - a.length)
  }

  get values(): readonly T[] {
    return [this.#rest, ...this.#overrides.map(([, value]) => value)]
  }

  /** What holds for the attribute at `path`; undefined where nothing tells. */
  of(path: string | undefined): T {
    return this.own(path) ?? this.#rest
  }

  /** Undefined where no override fits. */
  own(path: string | undefined): T | undefined {
    if (path === undefined) return undefined
    const name = plain(path)
    return this.#overrides.find(([module]) => isUnder(name, module))?.[1]
  }

  /** Throws PT4010 for an override that none of `paths` lies under. */
  check(paths: Iterable<string>): void {
    const known = new Set<string>()
    for (const path of paths) {
      const parts = plain(path).split('.')
      for (let n = 1; n <= parts.length; n++) known.add(parts.slice(0, n).join('.'))
    }
    for (const [path] of [...this.#overrides].reverse()) {
      if (known.has(path)) continue
      const near = nearest(path, [...known])
      const modules = [...known].filter((name) => !name.includes('.')).slice(0, 20)
      fail('PT4010', `Option ${this.#option} names ${JSON.stringify(path)}, and no weight of the model lies there.`, {
        fix:
          near === undefined
            ? `paths are those of submodules, as in named_modules(): ${modules.join(', ')}.`
            : `did you mean ${JSON.stringify(near)}?`,
      })
    }
  }
}
