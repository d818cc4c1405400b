// A region of the graph as a function of a host program: Python values in, Python values out. Ints are bigints, floats numbers, tensors
// onnxruntime's own; nothing is checked that the compiler proved, save the data types, which no run may mistake.

import type { Feeds } from '../arguments.ts'
import { TorchInputError } from '../errors.ts'
import { error } from './error.ts'
import { scalars, type Raw } from '../read-tensor.ts'
import type { Outputs } from '../results.ts'
import { constantValue, type ScalarSpec, type Signature, type ValueSpec } from '../signature.ts'
import { arrayOf, count, tensor } from '../tensor.ts'
import type { DataType, Tensor } from '../tensor-types.ts'
import type { Session } from '../shared-load.ts'

/** Runs one region. A lone result is itself, several are an array. */
export type Region = (...values: unknown[]) => Promise<unknown>

/** A region, or what it is for each data type that its arguments may have. */
export type RegionSpec = Variant | readonly Variant[]

/** What stands where the graph has no entry; see src/ir/signature.ts. */
interface AbsentRegion {
  readonly name: string
  readonly when?: readonly (string | null)[]
  readonly raises?: { readonly type: string; readonly message: string }
  readonly missing?: string
}

type Variant = Signature | AbsentRegion

/** The regions of a program over an open session. An aborted call stops before its next region. */
export function openRegions(regions: readonly RegionSpec[], session: Session, signal?: AbortSignal): readonly Region[] {
  return regions.map((region) => async (...values) => {
    const {
      params,
      result,
      error: code,
      entry,
      name,
    } = found(Array.isArray(region) ? (region as readonly Variant[]) : [region as Variant], values)
    const feeds: Feeds = new Map()
    if (entry) feeds.set(entry.id, scalars('int64', [entry.value], [], name))
    params.forEach(({ spec, unused }, i) => unused || encode(spec, values[i], feeds, `${name} ${i}`))
    const outputs = await session.run(feeds)
    signal?.throwIfAborted()
    const raised = code?.raises[Number(outputs.get(code.id)!.data[0]) - 1]
    if (raised) throw error(raised.type, raised.message)
    return decode(result, outputs)
  })
}

/** The variant for the data types, and ranks, of these arguments. */
function found(variants: readonly Variant[], values: readonly unknown[]): Signature {
  const tensors = values.map((value) => (Array.isArray(value) ? common(value) : value) as Tensor | null | undefined)
  const fits = (when: string | null, i: number): boolean => {
    const tensor = tensors[i]
    const all = (Array.isArray(values[i]) ? values[i] : [tensor]) as readonly Tensor[]
    return when === null || !tensor || when === tensor.type || all.every(({ dims }) => when === `${tensor.type} ${dims.length}`)
  }
  const variant = variants.find(({ when }) => !when || when.every(fits))
  if (variant && 'params' in variant) return variant
  if (variant?.raises) throw error(variant.raises.type, variant.raises.message)
  const given = tensors.flatMap((tensor) => (tensor?.dims ? `${tensor.type}[${tensor.dims.join(', ')}]` : []))
  throw new TorchInputError(
    'PT5105',
    `${variants[0]!.name}: there is no form of this step for ${given.join(', ')}. ${variant?.missing ?? ''}`.trim(),
  )
}

// As torch.promote_types has them; uint8 and int8 meet in int16.
const TYPES = 'bool uint8 int8 int16 int32 int64 float16 float32 float64'

/** A list of tensors as one of the data type that all of them have in common. */
function common(list: readonly unknown[]): unknown {
  return (list as readonly Tensor[]).reduce((a, b) => {
    if (!a?.type || !b?.type || a.type === b.type) return a
    const [low, high] = TYPES.indexOf(a.type) < TYPES.indexOf(b.type) ? [a, b] : [b, a]
    return { type: `${low.type} ${high.type}` === 'uint8 int8' ? 'int16' : high.type, dims: a.dims } as Tensor
  }, list[0] as Tensor)
}

function encode(spec: ValueSpec, value: unknown, feeds: Feeds, at: string): void {
  // A dead value: whatever onnxruntime is fed in its place.
  if (value === undefined) return
  switch (spec.kind) {
    case 'tensor':
      feeds.set(spec.id, typed(value as Tensor, spec.dtype, at))
      return
    case 'scalars':
      feeds.set(spec.id, scalars(spec.dtype, value as unknown[], [(value as unknown[]).length], at))
      return
    case 'tensors': {
      const items = (value as Tensor[]).map((item) =>
        spec.joined && item.type !== spec.dtype
          ? scalars(spec.dtype, item.data as ArrayLike<unknown>, item.dims, at)
          : typed(item, spec.dtype, at),
      )
      const data = arrayOf(
        spec.dtype as DataType,
        items.reduce((n, item) => n + item.data.length, 0),
      )
      let offset = 0
      for (const item of items) {
        data.set(item.data as never, offset)
        offset += item.data.length
      }
      feeds.set(spec.id, { type: spec.dtype as DataType, data, dims: [offset] })
      const ranks = items.map(({ dims }) => dims.length)
      const sizes = items.flatMap(({ dims }) => dims)
      feeds.set(spec.ranks, scalars('int64', ranks, [ranks.length], at))
      feeds.set(spec.sizes, scalars('int64', sizes, [sizes.length], at))
      return
    }
    case 'optional':
      feeds.set(spec.flag, scalars('bool', [value !== null], [], at))
      if (value !== null) encode(spec.of, value, feeds, at)
      return
    case 'tuple':
    case 'record':
      spec.items.forEach((item, i) => encode(item, (value as unknown[])[i], feeds, at))
      return
    case 'int':
    case 'float':
    case 'bool':
      feeds.set(spec.id, scalars(spec.dtype, [value], [], at))
  }
}

/** The program carries tensors whose type it found out at build time; another one would be read as noise. */
function typed({ type, data, dims }: Tensor, dtype: string, at: string): Raw {
  if (type !== dtype) throw new TorchInputError('PT5105', `${at}: expected ${dtype}, found ${type}[${dims.join(', ')}].`)
  return { type, data, dims }
}

function decode(spec: ValueSpec, outputs: Outputs): unknown {
  switch (spec.kind) {
    case 'tensor':
      return outputs.get(spec.id)!
    case 'tensors': {
      const { data, type } = outputs.get(spec.id)!
      const sizes = Array.from(outputs.get(spec.sizes)!.data as BigInt64Array, Number)
      let offset = 0
      return Array.from(outputs.get(spec.ranks)!.data as BigInt64Array, (rank) => {
        const dims = sizes.splice(0, Number(rank))
        return tensor(type, arrayOf(type, data.subarray(offset, (offset += count(dims)))), dims)
      })
    }
    case 'scalars':
      return Array.from(outputs.get(spec.id)!.data as ArrayLike<unknown>, (value) => scalar(spec.of, value))
    case 'optional':
      return outputs.get(spec.flag)!.data[0] ? decode(spec.of, outputs) : null
    case 'tuple':
    case 'record':
      return spec.items.map((item) => decode(item, outputs))
    case 'map':
      return new Map(spec.items.map((item, i) => [constantValue(spec.keys[i]!), decode(item, outputs)]))
    case 'constant':
      return constantValue(spec.value)
    default: {
      const { id, kind } = spec as ScalarSpec
      return scalar(kind, outputs.get(id)!.data[0])
    }
  }
}

function scalar(kind: 'int' | 'float' | 'bool', value: unknown): bigint | number | boolean {
  return kind === 'int' ? BigInt(value as bigint) : kind === 'float' ? Number(value) : Boolean(value)
}
