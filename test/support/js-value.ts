// Goldens as JavaScript values: what a page hands to an imported model, and what it must get back (DESIGN's call convention).

import type { IValue } from '../../src/ir/ivalue.ts'
import { isComplex, scalarTypeInfo, type ScalarType } from '../../src/ir/scalar-type.ts'
import { contiguousBytes, tensorOf, type Tensor } from '../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { realTensor } from '../../src/ops/complex-border.ts'
import { defaultTolerance, type Tolerance } from './leaf.ts'

/** `{ type, data, dims }`, as the runtime takes it and gives it. */
interface JsTensor {
  readonly type: string
  readonly data: ArrayBufferView & ArrayLike<number | bigint>
  readonly dims: readonly number[]
}

const arrays: Readonly<Partial<Record<ScalarType, new (buffer: ArrayBuffer) => ArrayBufferView>>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
}

/** An argument as a caller would write it. */
export function toJs(value: IValue): unknown {
  if (value === null || typeof value !== 'object')
    return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
  switch (value.kind) {
    case 'tensor': {
      if (isComplex(value.dtype)) return toJs(realTensor(value))
      const View = arrays[value.dtype]
      if (View === undefined) throw new Error(`no JavaScript array for ${value.dtype}`)
      return { type: value.dtype, data: new View(contiguousBytes(value).slice().buffer), dims: value.sizes }
    }
    case 'list':
    case 'tuple':
      return value.items.map(toJs)
    case 'dict':
      return value.entries.every(([key]) => typeof key === 'string')
        ? Object.fromEntries(value.entries.map(([key, v]) => [key as string, toJs(v)]))
        : new Map(value.entries.map(([key, v]) => [toJs(key), toJs(v)]))
    case 'complex':
      return { type: 'float64', data: Float64Array.of(value.re, value.im), dims: [2] }
    default:
      throw new Error(`no JavaScript value for ${value.kind}`)
  }
}

export interface Comparison {
  /** Single operators: torch.testing.assert_close's defaults. Networks: max |a − b| ≤ this × the golden's standard deviation. */
  readonly network?: number
}

/** The first difference, or undefined. `names` of a NamedTuple come from the golden's leaf, so records compare by order. */
export function compareJs(actual: unknown, expected: IValue, options: Comparison = {}, at = 'result'): string | undefined {
  if (expected === null) return actual === null ? undefined : `${at}: ${String(actual)}, expected null`
  if (typeof expected === 'boolean' || typeof expected === 'string')
    return actual === expected ? undefined : `${at}: ${String(actual)}, expected ${String(expected)}`
  if (typeof expected === 'bigint')
    return typeof actual !== 'number' && typeof actual !== 'bigint'
      ? `${at}: ${typeof actual}, expected an int`
      : BigInt(actual) === expected
        ? undefined
        : `${at}: ${actual}, expected ${expected}`
  if (typeof expected === 'number') return compareNumbers([Number(actual)], [expected], defaultTolerance('float32'), undefined, at)
  switch (expected.kind) {
    case 'tensor':
      // Complex numbers come as pairs along a trailing axis.
      return compareTensors(actual, realTensor(expected), options, at)
    case 'complex':
      return compareTensors(actual, tensorFromElements('float64', [2], [expected.re, expected.im]), options, at)
    case 'list':
    case 'tuple': {
      const items = Array.isArray(actual)
        ? (actual as unknown[])
        : actual !== null && typeof actual === 'object'
          ? Object.values(actual)
          : undefined
      if (items === undefined) return `${at}: ${typeof actual}, expected an array`
      if (items.length !== expected.items.length) return `${at}: ${items.length} items, expected ${expected.items.length}`
      return first(expected.items.map((item, i) => compareJs(items[i], item, options, `${at}[${i}]`)))
    }
    case 'dict': {
      const read = (key: IValue): unknown =>
        actual instanceof Map ? actual.get(toJs(key)) : (actual as Record<string, unknown>)[String(toJs(key))]
      const size = actual instanceof Map ? actual.size : Object.keys(actual as object).length
      if (size !== expected.entries.length) return `${at}: ${size} entries, expected ${expected.entries.length}`
      return first(expected.entries.map(([key, value]) => compareJs(read(key), value, options, `${at}.${String(toJs(key))}`)))
    }
    default:
      return `${at}: a golden of kind ${expected.kind}`
  }
}

const first = (differences: readonly (string | undefined)[]): string | undefined => differences.find((d) => d !== undefined)

function compareTensors(actual: unknown, expected: Tensor, { network }: Comparison, at: string): string | undefined {
  const { type, data, dims } = actual as JsTensor
  if (!ArrayBuffer.isView(data)) return `${at}: ${typeof actual}, expected a tensor`
  const dtype = expected.dtype === 'bfloat16' ? 'float32' : expected.dtype
  if (type !== dtype) return `${at}: dtype ${type}, expected ${dtype}`
  if (dims.join() !== expected.sizes.join()) return `${at}: dims [${dims.join()}], expected [${expected.sizes.join()}]`
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  const got = readElements(tensorOf(dtype, dims, bytes.slice(0, bytes.length - (bytes.length % scalarTypeInfo(dtype).bytes)))).map(Number)
  const want = readElements(expected).map(Number)
  return compareNumbers(got, want, defaultTolerance(expected.dtype), scalarTypeInfo(dtype).category === 'float' ? network : undefined, at)
}

function compareNumbers(
  got: readonly number[],
  want: readonly number[],
  { rtol, atol }: Tolerance,
  network: number | undefined,
  at: string,
): string | undefined {
  const finite = want.filter(Number.isFinite)
  const mean = finite.reduce((a, b) => a + b, 0) / Math.max(1, finite.length)
  const deviation = Math.sqrt(finite.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, finite.length))
  for (const [i, a] of got.entries()) {
    const b = want[i]!
    if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue
    const allowed =
      network === undefined || deviation === 0 ? atol + rtol * Math.abs(b) : Math.max(network * deviation, atol + rtol * Math.abs(b))
    if (!(Math.abs(a - b) <= allowed)) return `${at}[${i}]: ${a}, expected ${b} (off by ${Math.abs(a - b)}, allowed ${allowed})`
  }
  return undefined
}
