// Fields for the arguments of a method: sizes and contents of tensors, numbers, switches, texts; JSON for what has parts.

import type { ParamSpec, TensorSpec, ValueSpec } from '../src/ir/signature.ts'
import type { ScalarType } from '../src/ir/scalar-type.ts'
import { el, shortened } from './dom.ts'

export interface ArgumentField {
  readonly root: HTMLElement
  /** The value to call with; undefined for the parameter's own default. Throws an Error that says what is wrong with an entry. */
  readonly read: () => unknown
}

type Elements = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Int8Array | Int16Array | Uint16Array

const ARRAYS = new Map<ScalarType, new (length: number) => Elements>(
  Object.entries({
    float32: Float32Array,
    float64: Float64Array,
    int64: BigInt64Array,
    int32: Int32Array,
    int16: Int16Array,
    int8: Int8Array,
    uint8: Uint8Array,
    bool: Uint8Array,
  }) as [ScalarType, new (length: number) => Elements][],
)

/** Elements that a field makes at most. */
const MAX_ELEMENTS = 2 ** 26

/** `sizes`: of dynamic dims, by name. */
export function argumentField({ name, spec, default: fallback }: ParamSpec, sizes: ReadonlyMap<string, number>): ArgumentField {
  const title = el('span', 'field-name', shortened(name, 80))
  switch (spec.kind) {
    case 'tensor':
      if (ARRAYS.has(spec.dtype)) return tensorField(title, spec, sizes)
      break
    case 'bool': {
      const box = el('input')
      box.type = 'checkbox'
      box.checked = fallback === true
      return { root: el('label', 'field', title, box), read: () => box.checked }
    }
    case 'int':
    case 'float': {
      const input = textInput(typeof fallback === 'number' ? String(fallback) : spec.kind === 'int' ? '1' : '0.5')
      return {
        root: el('label', 'field', title, el('span', 'type', spec.kind), input),
        read: () => {
          if (input.value.trim() === '' || !Number.isFinite(Number(input.value))) throw new Error(`${shortened(name)} takes a number.`)
          return Number(input.value)
        },
      }
    }
    case 'str': {
      const input = textInput(typeof fallback === 'string' ? fallback : '')
      return { root: el('label', 'field', title, el('span', 'type', 'text'), input), read: () => input.value }
    }
    default:
      break
  }
  const area = el('textarea')
  area.rows = 3
  area.spellcheck = false
  area.value = fallback === undefined ? JSON.stringify(sample(spec, sizes)) : ''
  area.placeholder = fallback === undefined ? '' : 'as the model has it by default'
  return {
    root: el('label', 'field wide', title, el('span', 'type', 'JSON'), area),
    read: () => {
      if (area.value.trim() === '' && fallback !== undefined) return undefined
      try {
        return JSON.parse(area.value) as unknown
      } catch {
        throw new Error(`What is entered for ${shortened(name)} is no JSON.`)
      }
    },
  }
}

function textInput(value: string): HTMLInputElement {
  const input = el('input')
  input.type = 'text'
  input.value = value
  return input
}

const sizeOf = ({ id }: TensorSpec, dim: number | string | null, axis: number, sizes: ReadonlyMap<string, number>): number =>
  typeof dim === 'number' ? dim : ((dim === null ? undefined : sizes.get(dim)) ?? sizes.get(`${id}_${axis}`) ?? 2)

function tensorField(title: HTMLElement, spec: TensorSpec, sizes: ReadonlyMap<string, number>): ArgumentField {
  const dims = textInput((spec.dims ?? [2]).map((dim, axis) => sizeOf(spec, dim, axis, sizes)).join(', '))
  dims.ariaLabel = 'sizes'
  const fill = el('select')
  fill.ariaLabel = 'contents'
  for (const kind of ['random', 'zeros', 'ones', 'values']) fill.append(new Option(kind, kind))
  const values = el('textarea')
  values.rows = 2
  values.hidden = true
  values.placeholder = 'numbers, in order'
  values.ariaLabel = 'values'
  fill.addEventListener('change', () => (values.hidden = fill.value !== 'values'))
  const declared = spec.dims === undefined ? '' : `[${spec.dims.map((dim) => dim ?? '?').join(', ')}]`
  return {
    root: el('div', 'field', title, el('span', 'type', shortened(`${spec.dtype}${declared}`, 120)), dims, fill, values),
    read: () => {
      const shape = dims.value.trim() === '' ? [] : dims.value.split(/[\s,×x]+/).map(Number)
      const count = shape.reduce((n, size) => n * size, 1)
      if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
        throw new Error(`${dims.value} are no sizes: whole numbers with commas between.`)
      if (count > MAX_ELEMENTS) throw new Error(`A tensor of ${count.toLocaleString('en')} elements is more than this page makes.`)
      return { type: spec.dtype, dims: shape, data: contents(spec.dtype, count, fill.value, values.value) }
    },
  }
}

function contents(dtype: ScalarType, count: number, fill: string, text: string): Elements {
  const data = new (ARRAYS.get(dtype)!)(count)
  const isFloat = dtype.startsWith('float')
  const given = fill === 'values' ? (text.match(/-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number) : []
  if (fill === 'values' && given.length !== count) throw new Error(`The tensor has ${count} elements; ${given.length} numbers are given.`)
  for (let i = 0; i < count; i++) {
    // Near a standard normal; whole numbers are 0 or 1, which are indices into any table.
    const random = isFloat
      ? Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
      : Math.floor(Math.random() * 2)
    const value = fill === 'random' ? random : fill === 'ones' ? 1 : fill === 'values' ? given[i]! : 0
    if (data instanceof BigInt64Array) data[i] = BigInt(Math.trunc(value))
    else data[i] = value
  }
  return data
}

/** Something of this kind, as JSON has it: nested arrays for tensors. */
function sample(spec: ValueSpec, sizes: ReadonlyMap<string, number>): unknown {
  switch (spec.kind) {
    case 'tensor':
      return nested((spec.dims ?? [2]).map((dim, axis) => sizeOf(spec, dim, axis, sizes)))
    case 'int':
    case 'float':
      return 1
    case 'bool':
      return true
    case 'scalars':
      return [1, 2]
    case 'tensors':
      return [[1, 2]]
    case 'optional':
      return sample(spec.of, sizes)
    case 'tuple':
      return spec.items.map((item) => sample(item, sizes))
    case 'record':
      return Object.fromEntries(spec.items.map((item, i) => [spec.keys[i]!, sample(item, sizes)]))
    case 'list':
      return [sample(spec.of, sizes)]
    case 'dict':
      return Object.fromEntries([['key', sample(spec.of, sizes)]])
    case 'union':
      return spec.items[0] === undefined ? null : sample(spec.items[0], sizes)
    case 'enum':
      return spec.members[0]?.[0] ?? null
    case 'str':
      return ''
    case 'constant':
      return spec.value
    default:
      return null
  }
}

/** Zeros; of a big tensor a single one, for the reader to make something of. */
function nested(dims: readonly number[]): unknown {
  if (dims.reduce((n, size) => n * size, 1) > 4096) return [0]
  return dims.reduceRight<unknown>((inner, size) => Array.from({ length: size }, () => inner), 0)
}
