// Tensors of the graph → what the method returns in Python: tensors, arrays, objects, Maps, numbers, booleans, strings, null.
// Records have no prototype, so that no name of a model (`__proto__`, `then`, `constructor`) means anything but itself.

import { constantValue, type ScalarSpec, type ValueSpec } from './signature.ts'
import { arrayOf, count, rawHalf, tensor } from './tensor.ts'
import type { Tensor } from './tensor-types.ts'

/** Graph output → tensor. */
export type Outputs = ReadonlyMap<string, Tensor>

/** A Python int as a number where a number can hold it, as a bigint beyond ±2^53. */
function toNumber(value: number | bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** `labels` names the rows of score tensors as wide as the list, and a result that is class indices as a whole. */
export function decodeResult(spec: ValueSpec, outputs: Outputs, labels?: readonly string[], whole = true): unknown {
  const numbers = (id: string): (number | bigint)[] => Array.from(outputs.get(id)!.data as ArrayLike<number | bigint>, toNumber)
  const items = 'items' in spec ? spec.items.map((item) => decodeResult(item, outputs, labels, false)) : []
  switch (spec.kind) {
    case 'tensor':
      return labelled(outputs.get(spec.id)!, labels, whole)
    case 'scalars':
      return spec.of === 'bool' ? numbers(spec.id).map(Boolean) : numbers(spec.id)
    case 'tensors': {
      const { data, type } = outputs.get(spec.id)!
      const sizes = numbers(spec.sizes) as number[]
      let offset = 0
      return numbers(spec.ranks).map((rank) => {
        const dims = sizes.splice(0, Number(rank))
        return tensor(type, arrayOf(type, data.subarray(offset, (offset += count(dims)))), dims)
      })
    }
    case 'constant':
      return constantValue(spec.value)
    case 'choice':
      return constantValue(spec.of[Number(numbers(spec.id)[0])]!)
    case 'optional':
      return numbers(spec.flag)[0] ? decodeResult(spec.of, outputs, labels, whole) : null
    case 'tuple':
      return items
    case 'record': {
      const record = Object.create(null) as Record<string, unknown>
      spec.keys.forEach((key, i) => (record[key] = items[i]))
      return record
    }
    case 'map':
      return new Map(items.map((value, i) => [constantValue(spec.keys[i]!), value]))
    default: {
      const [value] = numbers((spec as ScalarSpec).id)
      return spec.kind === 'bool' ? !!value : value
    }
  }
}

/** Adds the names of a tensor's class indices, or of the highest score of each row. */
export function labelled(value: Tensor, names: readonly string[] | undefined, whole: boolean): Tensor {
  const { type, dims } = value
  if (!names || (rawHalf && type === 'float16')) return value
  const { length } = names
  if (type.startsWith('float') ? dims.at(-1) !== length : !whole || type !== 'int64') return value
  const numbers = Array.from(value.data as ArrayLike<number>, Number)
  const best = (_: number, i: number): number | [] => {
    if (i % length) return []
    const row = numbers.slice(i, i + length)
    return row.indexOf(Math.max(...row))
  }
  const labels = (type === 'int64' ? numbers : numbers.flatMap(best)).map((index) => names[index])
  return Object.assign(value, { label: labels[0], labels })
}
