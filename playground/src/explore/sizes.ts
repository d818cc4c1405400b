// Sizes of dynamic dims that the page chooses, by the name of the dim: equal names are equal sizes in all inputs.

import type { Dim, ParamSpec } from 'unplugin-torch/compiler'

export class Sizes {
  readonly #known = new Map<string, number>()
  readonly #listeners = new Set<() => void>()

  /** `fallback` is what a name is taken to be that nobody has set. */
  of(dim: Dim, fallback: number): number {
    if (typeof dim === 'number') return dim
    return (dim === null ? undefined : this.#known.get(String(dim))) ?? fallback
  }

  set(dim: Dim, size: number): void {
    if (typeof dim === 'number' || dim === null) return
    this.#known.set(String(dim), size)
    for (const listener of this.#listeners) listener()
  }

  snapshot(): ReadonlyMap<string, number> {
    return new Map(this.#known)
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }
}

/** A size that is likely to be right: one of a batch, a picture's side, a few of anything else. */
export function likelySize(dims: readonly Dim[], at: number): number {
  const isPicture = dims.length === 4 && (dims[1] === 1 || dims[1] === 3)
  if (at === 0) return 1
  if (isPicture && at >= 2) return 64
  return dims.length >= 4 && at === 1 ? 3 : 16
}

const SIDES = [224, 32, 28, 8, 16, 96, 128, 256]

/** Sides that pictures often have, for all open dims of a picture, a signal or of features: what a model takes may only show when it runs. */
export function likelySides(params: readonly ParamSpec[]): readonly ReadonlyMap<string, number>[] {
  const open = params.flatMap(({ spec }) =>
    spec.kind === 'tensor' && spec.dims !== undefined && spec.dims.length >= 2
      ? spec.dims.slice(Math.min(2, spec.dims.length - 1)).flatMap((dim) => (typeof dim === 'number' || dim === null ? [] : [String(dim)]))
      : [],
  )
  return open.length === 0 ? [] : SIDES.map((side) => new Map(open.map((name) => [name, side])))
}
