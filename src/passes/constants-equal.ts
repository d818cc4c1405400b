// When two constants may become one. Enums and objects are compared by identity, as torch's EqualNode has it; NaN equals nothing.
// Answers to ivaluesEqual in torch/csrc/jit/ir/node_hashing.cpp.

import type { IValue } from '../ir/ivalue.ts'
import { contiguousBytes, type Tensor } from '../ir/tensor.ts'

export function constantsEqual(a: IValue, b: IValue): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b
  if (a === b && a.kind !== 'enum') return true
  switch (a.kind) {
    case 'complex':
      return b.kind === 'complex' && a.re === b.re && a.im === b.im
    case 'device':
      return b.kind === 'device' && a.name === b.name
    case 'tensor':
      return b.kind === 'tensor' && tensorsEqual(a, b)
    case 'list':
    case 'tuple':
      return b.kind === a.kind && a.items.length === b.items.length && a.items.every((item, i) => constantsEqual(item, b.items[i]!))
    case 'dict':
      return (
        b.kind === 'dict' &&
        a.entries.length === b.entries.length &&
        a.entries.every(([key, value], i) => constantsEqual(key, b.entries[i]![0]) && constantsEqual(value, b.entries[i]![1]))
      )
    default:
      return a === b
  }
}

function tensorsEqual(a: Tensor, b: Tensor): boolean {
  if (a.dtype !== b.dtype || a.sizes.length !== b.sizes.length || a.sizes.some((size, i) => size !== b.sizes[i])) return false
  if (a.conj !== b.conj || a.neg !== b.neg || a.quantizer !== undefined || b.quantizer !== undefined) return false
  const x = contiguousBytes(a)
  const y = contiguousBytes(b)
  return x.length === y.length && x.every((byte, i) => byte === y[i])
}
