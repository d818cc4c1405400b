// Lists at run time: an ONNX sequence of tensors, or one 1-d tensor of numbers; and what both can do. A list whose items are known
// one by one stays a list of operands as long as nothing asks for a place that only the run tells.
// ONNX SequenceAt/Insert/Erase-11, Loop-16, Gather-13.

import type { ScalarType } from '../../ir/scalar-type.ts'
import type { Element } from '../../ir/tensor-elements.ts'
import type { Type } from '../../ir/type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { onnxDataType } from '../data-type.ts'
import { constantNumber, type Operand, type OnnxValue, type ScalarOperand, type SequenceOperand } from '../operand.ts'
import { countTo, int, intOp, known, vectorOf, wrapIndex, type Int } from './int-math.ts'
import { UnmetNeed } from './row.ts'

/** A list that is one value of the graph. */
export type RuntimeList = SequenceOperand | OnnxValue

const NUMBERS: Partial<Record<Type['kind'], ScalarType>> = { int: 'int64', float: 'float64', bool: 'bool', number: 'float64' }
/** The dtype that stands for a Python number type. */
const numberDtype = (type: Type): ScalarType | undefined => NUMBERS[type.kind]

/** Numbers side by side in a 1-d tensor. */
export function numbers(items: readonly Operand[], dtype: ScalarType, b: OnnxBuilder): OnnxValue {
  const constants = items.map(constantNumber)
  if (!constants.includes(undefined))
    return b.elements(
      dtype,
      [items.length],
      items.map((item) => element(item, dtype)),
    )
  if (dtype === 'int64') return b.concatScalars(items)
  const pieces = items.map((item) => b.reshapeTo(b.number(item as ScalarOperand, dtype), [1]))
  return pieces.length === 1 ? pieces[0]! : b.op('Concat', pieces, { axis: 0 }, { dims: [items.length] })
}
function element(item: Operand, dtype: ScalarType): Element {
  const value = item.kind === 'constant' ? (item.value as Element) : 0
  return dtype === 'int64' ? BigInt(value) : dtype === 'bool' ? Boolean(value) : Number(value)
}

/** A list of elements of type `of` as one value. */
export function runtimeList(list: Operand, of: Type, b: OnnxBuilder): RuntimeList {
  if (list.kind === 'sequence' || list.kind === 'tensor') return list
  if (list.kind !== 'list') throw new UnmetNeed('list', 'a list')
  const dtype = numberDtype(of)
  if (dtype !== undefined) return numbers(list.items, dtype, b)
  const tensors = list.items.map((item) => {
    if (of.kind !== 'Tensor' || item.kind !== 'tensor')
      throw new UnmetNeed('list', 'a list of tensors or numbers, or places known at build time')
    return item
  })
  const [first] = tensors
  if (first === undefined) return emptySequence((of.kind === 'Tensor' ? of.dtype : undefined) ?? 'float32', b)
  if (tensors.some((tensor) => tensor.dtype !== first.dtype)) throw new UnmetNeed('output', 'tensors of one dtype')
  const dims = tensors.every(({ dims: d }) => d?.length === first.dims?.length)
    ? first.dims?.map((dim, axis) => (tensors.every((tensor) => tensor.dims![axis] === dim) ? dim : null))
    : undefined
  return b.sequenceOp('SequenceConstruct', tensors, {}, first.dtype, dims)
}

function emptySequence(dtype: ScalarType, b: OnnxBuilder): SequenceOperand {
  return b.sequenceOp('SequenceEmpty', [], { dtype: onnxDataType(dtype) }, dtype)
}

/** The number of elements. */
export function lengthOf(list: Operand, b: OnnxBuilder): ScalarOperand {
  if (list.kind === 'list') return int(list.items.length)
  if (list.kind === 'tensor') return b.size(list, 0)
  if (list.kind === 'sequence') return b.op('SequenceLength', [list], {}, { dims: [] })
  throw new UnmetNeed('list', 'a list')
}

/** One element; a negative place counts from the end. */
export function itemAt(list: Operand, index: Int, of: Type, b: OnnxBuilder): Operand {
  const place = known(index)
  if (list.kind === 'list' && place !== undefined) {
    const item = list.items[Number(place < 0n ? place + BigInt(list.items.length) : place)]
    if (item === undefined) throw new UnmetNeed('idx', `a place in a list of ${list.items.length}, found ${place}`)
    return item
  }
  const items = runtimeList(list, of, b)
  const at = b.number(int(index), 'int64')
  if (items.kind === 'tensor') return b.op('Gather', [items, at], { axis: 0 }, { dims: [] })
  return b.op('SequenceAt', [items, at], {}, { dtype: items.dtype, dims: items.dims })
}

/** The elements at some places, in that order. */
export function pick<L extends RuntimeList>(list: L, places: OnnxValue, b: OnnxBuilder): L
export function pick(list: RuntimeList, places: OnnxValue, b: OnnxBuilder): RuntimeList {
  if (list.kind === 'tensor') return b.op('Gather', [list, places], { axis: 0 }, { dims: [null] })
  return fold(emptySequence(list.dtype, b), list, places, b)
}

/** Both lists' elements. */
export function joined(first: RuntimeList, second: RuntimeList, b: OnnxBuilder): RuntimeList {
  if (first.kind === 'tensor' && second.kind === 'tensor')
    return b.op('Concat', [first, b.cast(second, first.dtype)], { axis: 0 }, { dims: [null] })
  if (first.kind === 'tensor' || second.kind === 'tensor') throw new UnmetNeed('list', 'lists of one kind')
  if (first.dtype !== second.dtype) throw new UnmetNeed('output', `tensors of one dtype, found ${first.dtype} and ${second.dtype}`)
  return fold(first, second, countTo(b, lengthOf(second, b)), b)
}

/** `start` with the elements of `source` at `places` behind it: a Loop over the places. */
function fold(start: SequenceOperand, source: SequenceOperand, places: OnnxValue, b: OnnxBuilder): SequenceOperand {
  const scope = b.scope()
  const turn: OnnxValue = { kind: 'tensor', name: b.freshName(), dtype: 'int64', dims: [] }
  const [goes, kept] = [b.freshName(), b.freshName()]
  const sofar: SequenceOperand = { ...source, name: b.freshName() }
  const place = scope.op('Gather', [places, turn], { axis: 0 }, { dims: [] })
  const item = scope.op('SequenceAt', [source, place], {}, { dtype: source.dtype })
  const longer = scope.sequenceOp('SequenceInsert', [sofar, item], {}, source.dtype)
  scope.emit('Identity', [goes], [kept], {})
  const bool = { dtype: 'bool', dims: [] } as const
  const list = { dtype: source.dtype, dims: undefined, sequence: true } as const
  const body = scope.subgraph(
    'body',
    [
      { name: turn.name, dtype: 'int64', dims: [] },
      { name: goes, ...bool },
      { name: sofar.name, ...list },
    ],
    [
      { name: kept, ...bool },
      { name: longer.name, ...list },
    ],
  )
  const result: SequenceOperand = { ...source, name: b.freshName(), dims: start.name === source.name ? source.dims : undefined }
  const trips = b.number(b.size({ ...places }, 0), 'int64')
  b.emit('Loop', [trips.name, b.scalar('bool', true).name, start.name], [result.name], { body })
  return result
}

/** The list without one element. */
export function without(list: RuntimeList, index: Int, b: OnnxBuilder): RuntimeList {
  if (list.kind === 'sequence') return b.sequenceOp('SequenceErase', [list, b.number(int(index), 'int64')], {}, list.dtype, list.dims)
  const at = wrapIndex(b, index, lengthOf(list, b))
  // Reading the element makes a place out of range an error.
  const place = b.number(at, 'int64')
  return b.op('Concat', [head(list, place, b), tail(list, intOp(b, 'Add', place, 1), b)], { axis: 0 }, { dims: [null] })
}
/** The list with an element put before a place; places out of range are the ends. */
export function inserted(list: RuntimeList, index: Int, el: Operand, b: OnnxBuilder): RuntimeList {
  const length = lengthOf(list, b)
  const at = intOp(b, 'Min', intOp(b, 'Max', wrapIndex(b, index, length), 0), length)
  if (list.kind === 'sequence') return b.sequenceOp('SequenceInsert', [list, tensorOf(el, list, b), b.number(at, 'int64')], {}, list.dtype)
  const one = numbers([el], list.dtype, b)
  return b.op('Concat', [head(list, at, b), one, tail(list, at, b)], { axis: 0 }, { dims: [null] })
}
/** The list with an element at its end. */
export function appended(list: RuntimeList, el: Operand, b: OnnxBuilder): RuntimeList {
  if (list.kind === 'sequence') return b.sequenceOp('SequenceInsert', [list, tensorOf(el, list, b)], {}, list.dtype)
  return b.op('Concat', [list, numbers([el], list.dtype, b)], { axis: 0 }, { dims: [null] })
}
/** The list with another element at a place. */
export function replaced(list: RuntimeList, index: Int, el: Operand, b: OnnxBuilder): RuntimeList {
  if (list.kind === 'tensor')
    return b.op(
      'ScatterElements',
      [list, vectorOf(b, index), numbers([el], list.dtype, b)],
      { axis: 0, reduction: 'none' },
      { dims: list.dims },
    )
  const at = b.number(wrapIndex(b, index, lengthOf(list, b)), 'int64')
  const rest = b.sequenceOp('SequenceErase', [list, at], {}, list.dtype, list.dims)
  return b.sequenceOp('SequenceInsert', [rest, tensorOf(el, list, b), at], {}, list.dtype)
}

function tensorOf(el: Operand, list: SequenceOperand, b: OnnxBuilder): OnnxValue {
  if (el.kind !== 'tensor') throw new UnmetNeed('el', 'a tensor')
  if (el.dtype !== list.dtype) throw new UnmetNeed('output', `a tensor of ${list.dtype}, as the list holds, found ${el.dtype}`)
  return b.cast(el, list.dtype)
}
const head = (list: OnnxValue, end: Int, b: OnnxBuilder): OnnxValue =>
  b.op('Slice', [list, b.ints([0]), vectorOf(b, end), b.ints([0])], {}, { dims: [null] })
const tail = (list: OnnxValue, start: Int, b: OnnxBuilder): OnnxValue =>
  b.op('Slice', [list, vectorOf(b, start), b.ints([2n ** 63n - 1n]), b.ints([0])], {}, { dims: [null] })
