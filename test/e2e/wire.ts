// What a page or a Node process needs to run goldens by itself: leaves → arguments, calls in order, results → JSON that crosses to the test.
// Imports nothing: it is bundled into the page and copied beside emitted modules. Compares nothing: judge.ts does, with torch's numbers.

/** A golden's leaf: test/support/leaf.ts has the exact type. */
type Leaf = unknown
type Typed = { readonly type: string; readonly data: ArrayBufferView; readonly dims: readonly number[] }

/** JSON form of a result: what JSON has no word for is wrapped in an object of one key. */
export type Wire =
  | null
  | boolean
  | string
  | { readonly number: string }
  | { readonly bigint: string }
  | { readonly tensor: { readonly type: string; readonly dims: readonly number[]; readonly data: string } }
  | { readonly array: readonly Wire[] }
  | { readonly map: readonly (readonly [Wire, Wire])[] }
  | { readonly object: readonly (readonly [string, Wire])[] }

export type Outcome =
  | { readonly value: Wire }
  | { readonly error: { readonly name: string; readonly message: string; readonly code: string } }

export interface MethodInfo {
  readonly inputs: readonly { readonly name: string; readonly kind: string; readonly dims?: readonly unknown[] }[]
}

/** What a fixture gave: an outcome per case, and again after `reset` for a sequence. */
export interface FixtureRun {
  readonly rounds: readonly (readonly Outcome[])[]
  readonly methods: Readonly<Record<string, MethodInfo>>
}

export interface GoldenText {
  readonly sequence?: boolean
  readonly cases: readonly { readonly method?: string; readonly inputs: readonly Leaf[] }[]
}

type Method = ((...values: unknown[]) => Promise<unknown>) & MethodInfo & { reset(): void; dispose(): Promise<void> }
/** The namespace of an imported model: the default export is `forward`, the others are named. */
export type ModelModule = Readonly<Record<string, unknown>>

const arrays = new Map<string, new (buffer: ArrayBuffer) => ArrayBufferView>([
  ['float32', Float32Array],
  ['float64', Float64Array],
  ['float16', Uint16Array],
  ['int8', Int8Array],
  ['int16', Int16Array],
  ['int32', Int32Array],
  ['int64', BigInt64Array],
  ['uint8', Uint8Array],
  ['bool', Uint8Array],
])

function bytesOf(base64: string): ArrayBuffer {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes.buffer
}

function base64Of({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  let text = ''
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) text += String.fromCharCode(byte)
  return btoa(text)
}

/** A leaf as a caller would write it: ints and floats as numbers, tuples and lists as arrays, dicts as objects or Maps. */
export function argument(leaf: Leaf): unknown {
  if (leaf === null || typeof leaf !== 'object') return leaf
  const {
    int,
    float,
    list,
    tuple,
    dict,
    complex,
    dtype,
    shape,
    data = '',
  } = leaf as {
    int?: string
    float?: string
    list?: Leaf[]
    tuple?: Leaf[]
    dict?: [Leaf, Leaf][]
    complex?: [string, string]
    dtype?: string
    shape?: number[]
    data?: string
  }
  if (dtype !== undefined) {
    const View = arrays.get(dtype)
    if (View === undefined) throw new Error(`no JavaScript array for ${dtype}`)
    return { type: dtype, data: new View(bytesOf(data)), dims: shape }
  }
  if (int !== undefined) return Number.isSafeInteger(Number(int)) ? Number(int) : BigInt(int)
  if (float !== undefined) return float.endsWith('inf') ? (float.startsWith('-') ? -Infinity : Infinity) : Number(float)
  // Python's own complex number: its two parts.
  if (complex !== undefined) return { type: 'float64', data: Float64Array.from(complex, Number), dims: [2] }
  const items = list ?? tuple
  if (items !== undefined) return items.map(argument)
  if (dict === undefined) throw new Error(`no JavaScript value for ${JSON.stringify(leaf).slice(0, 80)}`)
  const entries = dict.map(([key, value]) => [argument(key), argument(value)] as const)
  return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries as [string, unknown][]) : new Map(entries)
}

export function toWire(value: unknown): Wire {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return { number: Object.is(value, -0) ? '-0' : String(value) }
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (Array.isArray(value)) return { array: value.map(toWire) }
  if (value instanceof Map) return { map: [...(value as Map<unknown, unknown>)].map(([key, item]) => [toWire(key), toWire(item)] as const) }
  if (typeof value !== 'object') throw new Error(`a result holds ${typeof value}`)
  const { type, data, dims } = value as Partial<Typed>
  if (type !== undefined && data !== undefined && dims !== undefined) return { tensor: { type, dims: [...dims], data: base64Of(data) } }
  return { object: Object.entries(value).map(([key, item]) => [key, toWire(item)] as const) }
}

/** The value again; tensors as `{ type, data, dims }`. */
export function fromWire(wire: Wire): unknown {
  if (wire === null || typeof wire !== 'object') return wire
  if ('number' in wire) return Number(wire.number)
  if ('bigint' in wire) return BigInt(wire.bigint)
  if ('array' in wire) return wire.array.map(fromWire)
  if ('map' in wire) return new Map(wire.map.map(([key, item]) => [fromWire(key), fromWire(item)] as const))
  if ('object' in wire) return Object.fromEntries(wire.object.map(([key, item]) => [key, fromWire(item)] as const))
  const { type, dims, data } = wire.tensor
  return { type, dims, data: new (arrays.get(type) ?? Uint8Array)(bytesOf(data)) }
}

export async function outcome(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: toWire(await call()) }
  } catch (error) {
    const { name, message, code } = error as { name: unknown; message: unknown; code: unknown }
    return { error: { name: String(name), message: String(message), code: String(code) } }
  }
}

/** Every case of a golden, in order; a sequence twice, with `reset` between. The session is freed at the end. */
export async function runGolden(module: ModelModule, golden: GoldenText): Promise<FixtureRun> {
  const method = (name = 'forward'): Method => module[name === 'forward' ? 'default' : name] as Method
  const rounds: Outcome[][] = []
  for (let round = 0; round < (golden.sequence === true ? 2 : 1); round++) {
    const outcomes: Outcome[] = []
    for (const one of golden.cases) outcomes.push(await outcome(() => method(one.method)(...one.inputs.map(argument))))
    rounds.push(outcomes)
    if (golden.sequence === true) method().reset()
  }
  const names = [...new Set(['forward', ...golden.cases.map((one) => one.method ?? 'forward')])]
  const methods = Object.fromEntries(names.map((name) => [name, { inputs: method(name).inputs }]))
  await method().dispose()
  return { rounds, methods }
}
