// Tensors as the workers send them, and nested lists of numbers as people type them.

export type DataType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
type Data =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

export interface PlainTensor {
  readonly type: DataType
  readonly data: Data
  readonly dims: readonly number[]
  /** Of a labelled result. */
  readonly label?: string
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const
/** Half floats have an array of their own in newer browsers only. */
const Half = (globalThis as unknown as { readonly Float16Array?: Float32ArrayConstructor }).Float16Array

export const isDataType = (text: string): text is DataType => Object.hasOwn(ARRAYS, text)

export function elementsOf(type: DataType, size: number, at: (index: number) => number): Data {
  const Made = type === 'float16' && Half !== undefined ? Half : ARRAYS[type]
  const data = new Made(size)
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) for (let i = 0; i < size; i++) data[i] = BigInt(Math.trunc(at(i)))
  else for (let i = 0; i < size; i++) data[i] = at(i)
  return data
}

/** The typed array over these bytes. */
export function dataFrom(type: DataType, bytes: ArrayBuffer): Data {
  const Made = type === 'float16' && Half !== undefined ? Half : ARRAYS[type]
  return new Made(bytes)
}

export function isTensor(value: unknown): value is PlainTensor {
  return typeof value === 'object' && value !== null && 'dims' in value && 'data' in value && 'type' in value
}

/** The first `count` numbers, as text can have them. */
export function numbersOf({ data }: PlainTensor, count: number = data.length): number[] {
  return Array.from({ length: Math.min(count, data.length) }, (_, i) => Number(data[i]))
}

export const numberAt = ({ data }: PlainTensor, index: number): number => Number(data[index])

/** `[[1, 2], [3, 4]]` → the numbers and their dims. Undefined when the lists are not of equal length, or hold anything else. */
export function fromNested(value: unknown): { readonly numbers: readonly number[]; readonly dims: readonly number[] } | undefined {
  const dims: number[] = []
  for (let level = value; Array.isArray(level); level = level[0]) dims.push(level.length)
  let items: readonly unknown[] = [value]
  for (const dim of dims) {
    if (!items.every((item) => Array.isArray(item) && item.length === dim)) return undefined
    items = items.flat()
  }
  const numbers = items.map((item) => (typeof item === 'boolean' ? Number(item) : item))
  return numbers.every((item): item is number => typeof item === 'number') ? { numbers, dims } : undefined
}

/** Numbers as text, in lists as the dims say. */
export function toNested(tensor: PlainTensor): unknown {
  let items: unknown[] = numbersOf(tensor).map((value) => (tensor.type === 'bool' ? value !== 0 : value))
  for (const dim of tensor.dims.slice(1).reverse())
    items = Array.from({ length: items.length / dim }, (_, i) => items.slice(i * dim, (i + 1) * dim))
  return tensor.dims.length === 0 ? items[0] : items
}
