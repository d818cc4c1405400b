// How far two results are apart: every number of the one against that of the other.

import { isTensor, numberAt } from './plain-tensor.ts'

export interface Difference {
  /** Of all pairs of numbers; 0 where there is none. */
  readonly largest: number
  /** Largest magnitude of the second result's numbers. */
  readonly scale: number
  readonly numbers: number
  /** What is not alike besides, such as a shape. */
  readonly unlike?: string
}

export function difference(a: unknown, b: unknown): Difference {
  let [largest, scale, numbers] = [0, 0, 0]
  let unlike: string | undefined
  const pair = (x: number, y: number): void => {
    numbers++
    if (Number.isFinite(y)) scale = Math.max(scale, Math.abs(y))
    if (Object.is(x, y) || x === y) return
    const apart = Math.abs(x - y)
    largest = Math.max(largest, Number.isNaN(apart) ? Infinity : apart)
  }
  const compare = (x: unknown, y: unknown, at: string): void => {
    if (unlike !== undefined) return
    if (isTensor(x) && isTensor(y)) {
      if (x.dims.join() !== y.dims.join()) unlike = `${at} has the shape [${x.dims.join(', ')}], expected [${y.dims.join(', ')}]`
      else for (let i = 0; i < y.data.length; i++) pair(numberAt(x, i), numberAt(y, i))
    } else if (isNumber(x) && isNumber(y)) pair(Number(x), Number(y))
    else if (x instanceof Map && y instanceof Map) each([...x.values()], [...y.values()], at)
    else if (Array.isArray(x) && Array.isArray(y)) each(x, y, at)
    else if (isRecord(x) && isRecord(y)) each(Object.values(x), Object.values(y), at)
    else if (isRecord(x) && y instanceof Map) each(Object.values(x), [...y.values()], at)
    else if (isRecord(x) && Array.isArray(y)) each(Object.values(x), y, at)
    else if (x !== y) unlike = `${at} is ${String(x)}, expected ${String(y)}`
  }
  const each = (x: readonly unknown[], y: readonly unknown[], at: string): void => {
    if (x.length !== y.length) unlike = `${at} has ${x.length} items, expected ${y.length}`
    else y.forEach((item, i) => compare(x[i], item, `${at}[${i}]`))
  }
  compare(a, b, 'the result')
  return { largest, scale, numbers, ...(unlike === undefined ? {} : { unlike }) }
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map) && !isTensor(value)
