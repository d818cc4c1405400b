// Values of a call → tensors of the graph, checked against the signature: dtype, shape, symbols that must agree, count, names.
// Everything is copied before the call's first await, so that the caller's arrays are neither written nor read later.

import { imageTensor, isImage, type Preprocess } from './image.ts'
import { isList, readTensor, scalars, type Raw } from './read-tensor.ts'
import { isObject, mismatch, show, showAll, showConstant } from './show.ts'
import { constantValue, type ScalarSpec, type Signature, type TensorSpec, type ValueSpec } from './signature.ts'
import { arrayOf } from './tensor.ts'
import type { DataType } from './tensor-types.ts'

/** Graph input → tensor. Inputs that are left out carry no meaning in this call. */
export type Feeds = Map<string, Raw>

type Names = Readonly<Record<string, unknown>>

/** A lone plain object means names, unless the first parameter takes an object or it is a tensor or an image (it has `data`). */
export function isNamesCall({ params }: Signature, values: readonly unknown[]): boolean {
  const [lone] = values
  if (values.length !== 1 || {}.toString.call(lone) !== '[object Object]') return false
  let first = params[0]?.spec
  while (first?.kind === 'optional') first = first.of
  return !(first && 'keys' in first) && (!('data' in (lone as object)) || params.some(({ name }) => name === 'data'))
}

/** The values of `keys` in an object that has no others. */
function pick(keys: readonly string[], from: unknown, at: string): unknown[] {
  const expected = `object of ${showAll(keys)}`
  if (!isObject(from)) mismatch('PT5104', at, expected, from)
  for (const key of Object.keys(from)) if (!keys.includes(key)) mismatch('PT5102', at, expected, key)
  return keys.map((key) => (Object.hasOwn(from, key) ? (from as Names)[key] : undefined))
}

/** Names → values in the order of the parameters. */
export function orderNames({ name, params }: Signature, names: unknown): unknown[] {
  return pick(
    params.map((param) => param.name),
    names,
    `${name}()`,
  )
}

/** The graph inputs of one call. Answers at once, or later where an image has to be decoded. */
export function encodeArguments(
  { name: method, params }: Signature,
  values: readonly unknown[],
  preprocess?: Preprocess,
): Feeds | Promise<Feeds> {
  const feeds: Feeds = new Map()
  const extents = new Map<string, number>()
  const images: Promise<void>[] = []

  const put = (spec: TensorSpec, raw: Raw, at: string): void => {
    const { dims = raw.dims } = spec
    const sameRank = dims.length === raw.dims.length
    // A tensor of another rank binds no symbols: the message would name its extents at the wrong places.
    const wanted = dims.map((dim, i) => {
      if (sameRank && typeof dim === 'string') extents.set(dim, extents.get(dim) ?? raw.dims[i]!)
      return extents.get(dim as string) ?? dim
    })
    if (!sameRank || wanted.some((dim, i) => dim !== null && dim !== raw.dims[i])) mismatch('PT5106', at, { ...spec, dims: wanted }, raw)
    feeds.set(spec.id, raw)
  }
  const ints = (id: string, list: readonly number[], at: string, dims: readonly number[] = [list.length]): unknown =>
    feeds.set(id, scalars('int64', list, dims, at))

  const encode = (spec: ValueSpec, value: unknown, at: string): void => {
    const no = (code = 'PT5104'): never => mismatch(code, at, spec, value)
    if (value === undefined && spec.kind !== 'optional') no('PT5103')
    const each = (parts: readonly unknown[], keys: readonly unknown[] = Object.keys(parts)): void =>
      (spec as { items: readonly ValueSpec[] }).items.forEach((item, i) => encode(item, parts[i], `${at}[${keys[i]}]`))
    switch (spec.kind) {
      case 'tensor': {
        const image = isImage(Array.isArray(value) ? value[0] : value)
        const raw = image ? imageTensor(value, spec, preprocess ?? no('PT5109'), at) : readTensor(value, spec, at, extents)
        if (raw instanceof Promise) images.push(raw.then((made) => put(spec, made, at)))
        else put(spec, raw, at)
        break
      }
      case 'scalars':
        feeds.set(spec.id, isList(value) ? scalars(spec.dtype, value, [value.length], at) : no())
        break
      case 'tensors': {
        if (!Array.isArray(value)) no()
        const items = (value as unknown[]).map((item, i) => readTensor(item, { ...spec, kind: 'tensor' }, `${at}[${i}]`))
        let size = 0
        for (const item of items) size += item.data.length
        const data = arrayOf(spec.dtype as DataType, size)
        for (const item of items.toReversed()) data.set(item.data as never, (size -= item.data.length))
        feeds.set(spec.id, { type: spec.dtype as DataType, data, dims: [data.length] })
        ints(
          spec.ranks,
          items.map(({ dims }) => dims.length),
          at,
        )
        ints(
          spec.sizes,
          items.flatMap(({ dims }) => dims),
          at,
        )
        break
      }
      case 'constant':
        if (showConstant(spec.value) !== show(value)) no()
        break
      case 'choice': {
        const index = spec.of.map(showConstant).indexOf(show(value))
        if (index < 0) no()
        ints(spec.id, [index], at, [])
        break
      }
      case 'optional': {
        const given = value !== undefined && value !== null
        feeds.set(spec.flag, scalars('bool', [given], [], at))
        if (given) encode(spec.of, value, at)
        break
      }
      case 'tuple':
        if (!Array.isArray(value) || value.length !== spec.items.length) no()
        each(value as unknown[])
        break
      case 'record':
        each(pick(spec.keys, value, at), spec.keys)
        break
      case 'map': {
        if (!(value instanceof Map) || value.size !== spec.keys.length) no()
        const keys = spec.keys.map(showConstant)
        const entries = new Map(Array.from(value as Map<unknown, unknown>, ([key, part]) => [show(key), part]))
        each(
          keys.map((key) => entries.get(key)),
          keys,
        )
        break
      }
      default:
        feeds.set((spec as ScalarSpec).id, scalars((spec as ScalarSpec).dtype, [value], [], at, spec.kind))
    }
  }

  if (values.length > params.length) mismatch('PT5101', `${method}()`, `at most ${params.length} arguments`, values.length)
  params.forEach(({ name, spec, unused, default: preset }, i) => {
    const value = values[i] === undefined && preset !== undefined ? constantValue(preset) : values[i]
    if (!unused) encode(spec, value, `${method}(), argument '${name}'`)
  })
  return images.length === 0 ? feeds : Promise.all(images).then(() => feeds)
}
