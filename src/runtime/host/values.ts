// What a caller hands in → Python values of a host program, and back: ints are bigints inside and numbers outside, dicts Maps inside and
// objects outside. Tensors are read and checked as for any model.

import { imageTensor, isImage, type Preprocess } from '../image.ts'
import { isList, readTensor, type Raw } from '../read-tensor.ts'
import { labelled } from '../results.ts'
import { isObject, isTensorLike, mismatch } from '../show.ts'
import { constantValue, type Signature, type ValueSpec } from '../signature.ts'
import { tensor } from '../tensor.ts'
import type { Tensor } from '../tensor-types.ts'
import { firstOf, isOf } from './alternatives.ts'
import { isView } from './copy.ts'
import { member, Member } from './show.ts'

/** The arguments of one call, copied and checked. Answers later where an image has to be decoded. */
export function readArguments(signature: Signature, values: readonly unknown[], preprocess?: Preprocess): unknown[] | Promise<unknown[]> {
  const { name, params } = signature
  if (values.length > params.length) mismatch('PT5101', `${name}()`, `at most ${params.length} arguments`, values.length)
  const extents = new Map<string, number>()
  const read = params.map(({ name: param, spec, default: preset, unused }, i) => {
    if (unused) return null
    const value = values[i] === undefined && preset !== undefined ? constantValue(preset) : values[i]
    return toPython(spec, value, `${name}(), argument '${param}'`, { preprocess, extents })
  })
  return read.some((value) => value instanceof Promise) ? Promise.all(read) : read
}

interface Reading {
  readonly preprocess: Preprocess | undefined
  readonly extents: Map<string, number>
}

function toPython(spec: ValueSpec, value: unknown, at: string, reading: Reading): unknown {
  const no = (code = 'PT5104'): never => mismatch(code, at, spec, value)
  if (value === undefined && spec.kind !== 'optional' && spec.kind !== 'union') no('PT5103')
  const items = (specs: readonly ValueSpec[], parts: readonly unknown[]): unknown =>
    settled(specs.map((item, i) => toPython(item, parts[i], `${at}[${i}]`, reading)))
  switch (spec.kind) {
    case 'tensor': {
      const made = ({ type, data, dims }: Raw): unknown => {
        const wanted = (spec.dims ?? dims).map((dim, axis) => {
          if (typeof dim === 'string') extents.set(dim, extents.get(dim) ?? dims[axis]!)
          return extents.get(dim as string) ?? dim
        })
        if (wanted.length !== dims.length || wanted.some((dim, axis) => dim !== null && dim !== dims[axis]))
          mismatch('PT5106', at, { ...spec, dims: wanted }, value)
        return tensor(type, data as never, dims)
      }
      const { extents, preprocess } = reading
      if (!isImage(Array.isArray(value) ? value[0] : value)) return made(readTensor(value, spec, at, extents))
      const image = imageTensor(value, spec, preprocess ?? no('PT5109'), at)
      return image instanceof Promise ? image.then(made) : made(image)
    }
    case 'str':
      return typeof value === 'string' ? value : no()
    case 'bool':
      return typeof value === 'boolean' ? value : no()
    case 'float':
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : no()
    case 'int':
      if (typeof value === 'bigint') return value
      return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : no()
    case 'optional':
      return value === undefined || value === null ? null : toPython(spec.of, value, at, reading)
    case 'list':
      if (!isList(value)) no()
      return settled(Array.from(value as ArrayLike<unknown>, (item, i) => toPython(spec.of, item, `${at}[${i}]`, reading)))
    case 'tuple':
      if (!Array.isArray(value) || value.length !== spec.items.length) no()
      return items(spec.items, value as unknown[])
    case 'record': {
      if (!isObject(value)) no()
      for (const key of Object.keys(value as object))
        if (!spec.keys.includes(key)) mismatch('PT5102', at, `object of ${spec.keys.join(', ')}`, key)
      return items(
        spec.items,
        spec.keys.map((key) => (Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined)),
      )
    }
    case 'dict': {
      const isMap = value instanceof Map
      if (!isObject(value) || Array.isArray(value)) no()
      const entries = isMap ? [...(value as Map<unknown, unknown>)] : Object.entries(value as object)
      // Names of an object are text; one without any is an empty dict of every kind.
      if (!isMap && spec.keys !== 'str' && entries.length > 0) no()
      const keys = entries.map(([key]) => toPython({ kind: spec.keys } as ValueSpec, key, `${at}, key ${String(key)}`, reading))
      const parts = entries.map(([key, part]) => toPython(spec.of, part, `${at}[${String(key)}]`, reading))
      const made = (read: readonly unknown[]): unknown => new Map(read.map((part, i) => [keys[i], part]))
      return parts.some((part) => part instanceof Promise) ? Promise.all(parts).then(made) : made(parts)
    }
    case 'union':
      return firstOf(spec.items, at, value, (item) => toPython(item, value, at, reading))
    case 'constant':
      return constantValue(spec.value) === value ? value : no()
    case 'enum': {
      const names = spec.members.map(([name]) => name)
      const found = spec.members[names.indexOf(value as string)] ?? mismatch('PT5104', at, { kind: 'choice', id: '', of: names }, value)
      return member(spec.name, found[0], constantValue(found[1]))
    }
    default:
      return no()
  }
}

function settled(parts: unknown[]): unknown {
  return parts.some((part) => part instanceof Promise) ? Promise.all(parts) : parts
}

/** A result as the page has it: ints as numbers where they are safe, dicts and NamedTuples as objects without prototype. `whole`: it is the result itself. */
export function toPage(spec: ValueSpec, value: unknown, labels?: readonly string[], whole = false): unknown {
  const inner = (item: ValueSpec, part: unknown): unknown => toPage(item, part, labels)
  switch (spec.kind) {
    case 'tensor': {
      const { type, data, dims } = value as Tensor
      return labelled(isView(value as object) ? tensor(type, data, dims) : (value as Tensor), labels, whole)
    }
    case 'int':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
    case 'union':
      return inner(
        spec.items.find((item) => isOf(item, value))!,
        value,
      )
    case 'optional':
      return value === null ? null : toPage(spec.of, value, labels, whole)
    case 'list':
      return (value as unknown[]).map((item) => inner(spec.of, item))
    case 'tuple':
      return spec.items.map((item, i) => inner(item, (value as unknown[])[i]))
    case 'record': {
      const record = Object.create(null) as Record<string, unknown>
      spec.keys.forEach((key, i) => (record[key] = inner(spec.items[i]!, (value as unknown[])[i])))
      return record
    }
    case 'dict': {
      const entries = Array.from(value as Map<unknown, unknown>, ([key, part]) => [
        toPage({ kind: spec.keys } as ValueSpec, key),
        inner(spec.of, part),
      ])
      if (spec.keys !== 'str') return new Map(entries as [unknown, unknown][])
      const record = Object.create(null) as Record<string, unknown>
      for (const [key, part] of entries) record[key as string] = part
      return record
    }
    case 'object':
      return Object.freeze(
        Object.fromEntries(spec.keys.map((key, i) => [key, inner(spec.items[i]!, (value as Record<string, unknown>)[key])])),
      )
    case 'enum':
      return (value as Member).name
    case 'any':
      return plain(value)
    default:
      return value
  }
}

/** Python's value as the page has it, by what it is: tuples and NamedTuples are arrays. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return toPage({ kind: 'int', id: '', dtype: '' }, value)
  if (!isObject(value)) return value
  if (isTensorLike(value)) return toPage({ kind: 'tensor', id: '', dtype: '' }, value)
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Member) return value.name
  if (value instanceof Map) {
    const keys = [...value.keys()].every((key) => typeof key === 'string') ? 'str' : 'any'
    return toPage({ kind: 'dict', keys, of: { kind: 'any' } }, value)
  }
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])))
}
