// A value as a polynomial in another: the canonical form in which spellings of one formula are equal. Elementwise arithmetic of float32 with
// constants only; ½x(1 + y), (x + xy)/2 and y·x·0.5 + 0.5·x are then the same.

import { constantOf, constantTensor } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import { itemOf } from '../ir/tensor-elements.ts'
import type { Value } from '../ir/value.ts'

/** Coefficients, the constant first. */
export type Polynomial = readonly number[]

/** Formulas nest less deep than this. */
const DEPTH = 8
const DEGREE = 4

/** The number that a value holds: a Python number, or a tensor of one element that broadcasts to nothing new. */
export function numberOf(value: Value): number | undefined {
  const constant = constantOf(value)
  if (typeof constant === 'number' || typeof constant === 'bigint') return Number(constant)
  const tensor = constantTensor(value)
  const item = tensor?.sizes.length === 0 ? itemOf(tensor) : undefined
  return typeof item === 'number' || typeof item === 'bigint' ? Number(item) : undefined
}

export function sum(a: Polynomial, b: Polynomial, factor = 1): Polynomial {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + factor * (b[i] ?? 0))
}
export function product(a: Polynomial, b: Polynomial): Polynomial {
  const out = Array.from({ length: Math.max(0, a.length + b.length - 1) }, () => 0)
  for (const [i, p] of a.entries()) for (const [k, q] of b.entries()) out[i + k]! += p * q
  return out
}
/** Equal but for rounding: of float32, and of what people write of √(2/π). */
export function isAlike(a: Polynomial, b: Polynomial): boolean {
  return sum(a, b).every((_, i) => Math.abs((a[i] ?? 0) - (b[i] ?? 0)) <= 2e-6 * Math.abs(b[i] ?? 0))
}

/** The factor of the second term of a sum. */
export const alphaOf = (node: Node): number | undefined => (node.inputs.length < 3 ? 1 : numberOf(node.input(2)))

/** What `value` is of `x`. */
export function polynomialOf(value: Value, x: Value, depth = DEPTH): Polynomial | undefined {
  if (value === x) return [0, 1]
  const number = numberOf(value)
  if (number !== undefined) return [number]
  const { node } = value
  if (depth === 0 || node.inputs.length === 0) return undefined
  const of = (at: number): Polynomial | undefined => polynomialOf(node.input(at), x, depth - 1)
  switch (node.kind) {
    case 'aten::neg':
    case 'aten::square': {
      const a = of(0)
      return a === undefined ? undefined : node.kind === 'aten::neg' ? product(a, [-1]) : bounded(product(a, a))
    }
    case 'aten::mul':
    case 'aten::add':
    case 'aten::sub': {
      const [a, b] = [of(0), of(1)]
      const alpha = node.kind === 'aten::mul' ? 1 : alphaOf(node)
      if (a === undefined || b === undefined || alpha === undefined) return undefined
      return node.kind === 'aten::mul' ? bounded(product(a, b)) : sum(a, b, node.kind === 'aten::add' ? alpha : -alpha)
    }
    case 'aten::div': {
      const divisor = node.inputs.length === 2 ? numberOf(node.input(1)) : undefined
      const a = divisor === undefined || divisor === 0 ? undefined : of(0)
      return a === undefined ? undefined : product(a, [1 / divisor!])
    }
    case 'aten::pow': {
      const exponent = numberOf(node.input(1))
      const a = exponent === 2 || exponent === 3 ? of(0) : undefined
      return a === undefined ? undefined : bounded(exponent === 2 ? product(a, a) : product(product(a, a), a))
    }
    default:
      return undefined
  }
}

const bounded = (a: Polynomial): Polynomial | undefined => (a.length <= DEGREE + 1 ? a : undefined)

/** The values that a formula may be one of, nearest first. */
export function variablesOf(value: Value): Value[] {
  const found = new Set<Value>([value])
  let front = [value]
  for (let depth = 0; depth < DEPTH && front.length > 0 && found.size < 32; depth++) {
    front = front.flatMap(({ node }) => (ARITHMETIC.has(node.kind) ? [...node.inputs] : []))
    for (const one of front) if (one.type.kind === 'Tensor' && numberOf(one) === undefined) found.add(one)
  }
  return [...found]
}
const ARITHMETIC = new Set(['neg', 'square', 'mul', 'add', 'sub', 'div', 'pow'].map((name) => `aten::${name}`))
