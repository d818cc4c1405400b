// Other inputs made from an example: the same on every machine and run. Numbers are negated, scaled, shuffled, zeroed, drawn anew; dynamic
// extents are changed, equal symbols alike. Whether the model takes them is for whoever runs it to see.

import type { Dim } from '../ir/dim.ts'
import type { IValue } from '../ir/ivalue.ts'
import { isFloatingPoint } from '../ir/scalar-type.ts'
import { numel, type Tensor } from '../ir/tensor.ts'
import { hasElements, readElements, tensorFromElements, type Element } from '../ir/tensor-elements.ts'
import { generatedTensor } from './generated-tensor.ts'

/** Inputs of a flat graph, by name. */
export type InputValues = ReadonlyMap<string, IValue>

export interface Variation {
  /** What was done to the example: `negated`, `with x_0 = 3`. */
  readonly name: string
  readonly values: InputValues
}

/** What may be changed of an input. */
export interface Variable {
  readonly id: string
  /** `elements`: its numbers only. `tensor`: extents too, those of `dims` that are no numbers. */
  readonly kind: 'elements' | 'tensor'
  readonly dims?: readonly Dim[]
}

// Enough to tell how control flow goes; more is the business of exampleInputs.
const MAX_ELEMENTS = 2 ** 22
const SEEDS = 3
const MAX_SYMBOLS = 4

type Transform = readonly [name: string, apply: (elements: readonly Element[]) => readonly Element[]]

const each = (float: (x: number) => number, int: (x: bigint) => bigint, bool: (x: boolean) => boolean): Transform[1] => {
  const one = (x: Element): Element => (typeof x === 'number' ? float(x) : typeof x === 'bigint' ? int(x) : bool(x))
  return (elements) => elements.map(one)
}
const magnitude = (x: bigint): bigint => (x < 0n ? -x : x)

const TRANSFORMS: readonly Transform[] = [
  ['negated', each((x) => -x, (x) => -x, (x) => !x)],
  ['made of zeros', each(() => 0, () => 0n, () => false)],
  ['without signs', each(Math.abs, magnitude, () => true)],
  ['with all signs negative', each((x) => -Math.abs(x), (x) => -magnitude(x), () => false)],
  ['made of ones', each(() => 1, () => 1n, () => true)],
  ['scaled by 100', each((x) => x * 100, (x) => x * 100n, (x) => x)],
  ['scaled by 0.01', each((x) => x / 100, (x) => x / 100n, (x) => x)],
  ['in reverse order', (elements) => elements.toReversed()],
  ['shuffled', shuffled],
] // prettier-ignore

/** All variations, the likeliest to go another way first. Each differs from the example. */
export function* variationsOf(example: InputValues, variables: readonly Variable[]): Generator<Variation, void> {
  const known = variables.filter(({ id }) => example.has(id))
  const change = (name: string, apply: Transform[1], only?: string): Variation | undefined => {
    const values = new Map(example)
    let changed = false
    for (const { id } of known) {
      if (only !== undefined && id !== only) continue
      const before = example.get(id)!
      const after = withElements(before, apply)
      if (after === undefined || sameElements(before, after)) continue
      values.set(id, after)
      changed = true
    }
    return changed ? { name, values } : undefined
  }
  const found = function* (variation: Variation | undefined): Generator<Variation, void> {
    if (variation !== undefined) yield variation
  }
  for (const [name, apply] of TRANSFORMS.slice(0, 2)) yield* found(change(name, apply))
  yield* otherSizes(example, known)
  for (const [name, apply] of TRANSFORMS.slice(2)) yield* found(change(name, apply))
  if (known.length > 1)
    for (const { id } of known) for (const [name, apply] of TRANSFORMS.slice(0, 2)) yield* found(change(`'${id}' ${name}`, apply, id))
  for (let seed = 1; seed <= SEEDS; seed++) {
    const values = new Map(example)
    for (const { id } of known) values.set(id, drawn(example.get(id)!, seed))
    yield { name: `made of random numbers (seed ${seed})`, values }
  }
}

/** All dynamic extents one more, all 1, all twice; then each symbol alone. */
function* otherSizes(example: InputValues, variables: readonly Variable[]): Generator<Variation, void> {
  const symbols = new Map<string, number>()
  for (const { id, kind, dims } of variables) {
    const value = example.get(id)
    if (kind !== 'tensor' || !isTensor(value) || !hasElements(value.dtype)) continue
    value.sizes.forEach((size, axis) => {
      const symbol = symbolOf(id, dims, axis)
      if (symbol !== undefined && !symbols.has(symbol)) symbols.set(symbol, size)
    })
  }
  if (symbols.size === 0) return
  const resized = (name: string, extentOf: (symbol: string, size: number) => number): Variation | undefined => {
    const values = new Map(example)
    for (const { id, kind, dims } of variables) {
      const value = example.get(id)
      if (kind !== 'tensor' || !isTensor(value) || !hasElements(value.dtype)) continue
      const sizes = value.sizes.map((size, axis) => {
        const symbol = symbolOf(id, dims, axis)
        return symbol === undefined ? size : extentOf(symbol, size)
      })
      if (numel(sizes) > MAX_ELEMENTS) return undefined
      values.set(id, resize(value, sizes))
    }
    return { name, values }
  }
  const changes: readonly (readonly [string, (size: number) => number])[] = [
    ['of one more in each dynamic dim', (size) => size + 1],
    ['of dynamic dims of 1', () => 1],
    ['of twice the dynamic dims', (size) => size * 2],
  ]
  for (const [name, extent] of changes) {
    const variation = resized(name, (_, size) => extent(size))
    if (variation !== undefined) yield variation
  }
  if (symbols.size === 1) return
  for (const [symbol, before] of [...symbols].slice(0, MAX_SYMBOLS))
    for (const after of new Set([before + 1, 1, before * 2])) {
      if (after === before) continue
      const variation = resized(`with ${symbol} = ${after}`, (other, size) => (other === symbol ? after : size))
      if (variation !== undefined) yield variation
    }
}

/** The name of a dynamic extent; axes of tensors of unknown dims each have their own. */
function symbolOf(id: string, dims: readonly Dim[] | undefined, axis: number): string | undefined {
  const dim = dims?.[axis] ?? `${id}.${axis}`
  return typeof dim === 'number' ? undefined : dim
}

const isTensor = (value: IValue | undefined): value is Tensor => typeof value === 'object' && value?.kind === 'tensor'

/** The elements again from the first where there are not enough. */
export function resize(tensor: Tensor, sizes: readonly number[]): Tensor {
  const elements = readElements(tensor)
  const zero: Element = tensor.dtype === 'bool' ? false : isFloatingPoint(tensor.dtype) ? 0 : 0n
  return tensorFromElements(
    tensor.dtype,
    sizes,
    Array.from({ length: numel(sizes) }, (_, i) => (elements.length === 0 ? zero : elements[i % elements.length]!)),
  )
}

/** Undefined for what has no elements to change: texts, None, complex numbers. */
function withElements(value: IValue, apply: Transform[1]): IValue | undefined {
  if (isTensor(value))
    return hasElements(value.dtype) ? tensorFromElements(value.dtype, value.sizes, apply(readElements(value))) : undefined
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return apply([value])[0]!
  if (value !== null && typeof value === 'object' && value.kind === 'list')
    return value.items.every((item) => typeof item === 'number' || typeof item === 'bigint' || typeof item === 'boolean')
      ? { kind: 'list', items: [...apply(value.items as readonly Element[])] }
      : undefined
  return undefined
}

function sameElements(a: IValue, b: IValue): boolean {
  const read = (value: IValue): readonly IValue[] =>
    isTensor(value) ? readElements(value) : value !== null && typeof value === 'object' && value.kind === 'list' ? value.items : [value]
  const [x, y] = [read(a), read(b)]
  return x.length === y.length && x.every((item, i) => Object.is(item, y[i]))
}

/** Floats near a standard normal; integers among those of the example, which may be indices; bools either. */
function drawn(value: IValue, seed: number): IValue {
  if (isTensor(value)) {
    if (!hasElements(value.dtype)) return value
    if (isFloatingPoint(value.dtype) || value.dtype === 'bool') return generatedTensor(value.dtype, value.sizes, 1000 + seed)
  }
  return withElements(value, (elements) => (elements.length < 2 ? elements.map((x) => nudged(x, seed)) : picked(elements, seed))) ?? value
}
const nudged = (x: Element, seed: number): Element => (typeof x === 'number' ? x + seed : typeof x === 'bigint' ? x + BigInt(seed) : !x)

function picked(elements: readonly Element[], seed: number): Element[] {
  const numbers = readElements(generatedTensor('float64', [elements.length], 2000 + seed)) as number[]
  return numbers.map((x) => elements[Math.floor(((x + 6) / 12) * elements.length) % elements.length]!)
}

function shuffled(elements: readonly Element[]): Element[] {
  const keys = readElements(generatedTensor('float64', [elements.length], 3000)) as number[]
  return [...elements.keys()].sort((a, b) => keys[a]! - keys[b]!).map((i) => elements[i]!)
}
