// Names of the emitted model's values for reading, the same at every step: a weight goes by its path, other values by short numbers.

import type { OnnxModel } from '../../onnx/model.ts'

export class ValueNames {
  readonly #shown = new Map<string, string>()
  readonly #taken = new Set<string>()
  /** Of each name the numbers that are taken, up to here. */
  readonly #numbers = new Map<string, number>()
  #next = 0

  /** Tells what the model calls its values; names that were told before stay. */
  learn({ graph, origins }: OnnxModel): void {
    for (const { name } of [...graph.inputs, ...graph.outputs]) this.#give(name, name)
    for (const name of graph.initializers.keys()) {
      const path = origins.get(name)?.replace(/^self\./, '')
      if (path !== undefined) this.#give(name, path)
    }
  }

  readonly of = (name: string): string => {
    if (name === '') return ''
    const known = this.#shown.get(name)
    if (known !== undefined) return known
    const prefix = /^[a-z]+(?=:)/.exec(name)?.[0] ?? 'v'
    let shown: string
    do shown = `${prefix}${this.#next++}`
    while (this.#taken.has(shown))
    return this.#give(name, shown)
  }

  #give(name: string, wanted: string): string {
    const known = this.#shown.get(name)
    if (known !== undefined) return known
    let shown = wanted
    if (this.#taken.has(shown)) {
      let i = this.#numbers.get(wanted) ?? 1
      while (this.#taken.has(`${wanted}.${i}`)) i++
      this.#numbers.set(wanted, i)
      shown = `${wanted}.${i}`
    }
    this.#taken.add(shown)
    this.#shown.set(name, shown)
    return shown
  }
}
