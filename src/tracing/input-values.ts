// Values of flat inputs: as the tensors that they are in the emitted graph, and as a line for messages.

import type { IValue } from '../ir/ivalue.ts'
import type { Tensor } from '../ir/tensor.ts'
import { readElements, scalarTensor, tensorFromElements, type Element } from '../ir/tensor-elements.ts'
import type { Type } from '../ir/type.ts'
import type { InputValues } from './variations.ts'

/** A value as the tensor that it is in the emitted graph. */
export function asTensor(value: IValue, type: Type): Tensor {
  if (value !== null && typeof value === 'object' && value.kind === 'tensor') return value
  if (typeof value === 'bigint')
    return scalarTensor(type.kind === 'float' ? 'float64' : 'int64', type.kind === 'float' ? Number(value) : value)
  if (typeof value === 'number') return scalarTensor('float64', value)
  if (typeof value === 'boolean') return scalarTensor('bool', value)
  const of = type.kind === 'List' ? type.of.kind : 'int'
  const items = value !== null && typeof value === 'object' && value.kind === 'list' ? value.items : []
  return tensorFromElements(of === 'float' ? 'float64' : of === 'bool' ? 'bool' : 'int64', [items.length], items as readonly Element[])
}

// As much of the inputs as fits a line.
const MAX_SHOWN = 6
const MAX_INPUTS = 3

/** The inputs that are others than those of `base`, on a line. */
export function describe(base: InputValues, values: InputValues): string {
  const changed = [...values].filter(([id, value]) => value !== base.get(id))
  const shown = changed.slice(0, MAX_INPUTS).map(([id, value]) => `${id} = ${textOf(value)}`)
  return [...shown, ...(changed.length > MAX_INPUTS ? ['…'] : [])].join(', ')
}

function textOf(value: IValue): string {
  if (value === null || typeof value !== 'object') return String(value)
  if (value.kind !== 'tensor') return value.kind === 'list' ? `[${value.items.slice(0, MAX_SHOWN).map(String).join(', ')}]` : value.kind
  const elements = readElements(value)
  const numbers = elements.slice(0, MAX_SHOWN).map((x) => (typeof x === 'number' ? String(Number(x.toPrecision(4))) : String(x)))
  return `${value.dtype}[${value.sizes.join(', ')}] {${numbers.join(', ')}${elements.length > MAX_SHOWN ? ', …' : ''}}`
}
