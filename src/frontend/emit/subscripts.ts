// Indexing and slicing of tensors, lists, dicts, tuples, strings. Answers to emitSubscript, emitIntAndSliceIndexing and emitTupleSlice
// in torch/csrc/jit/frontend/ir_emitter.cpp.

import { constantOf } from '../../ir/constant.ts'
import { typeText } from '../../ir/print-type.ts'
import { intType, isSubtype, optionalOf, tensorType, tupleOf, type TupleType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Expr, Slice, Subscript } from '../tree.ts'
import { SimpleValue } from '../values/simple-value.ts'
import type { Place, SugaredValue } from '../values/sugared-value.ts'
import { emitBuiltinCall } from './builtin-calls.ts'
import type { Emitter } from './emitter.ts'

const OPTIONAL_TENSOR = optionalOf(tensorType)

export function emitSubscript(e: Emitter, expr: Subscript, hint: Type | undefined): SugaredValue {
  const container = e.sugared(expr.value)
  const simple = (value: Value): SugaredValue => new SimpleValue(e, value)
  const [only] = expr.items
  if (expr.items.length !== 1) return simple(emitTensorIndex(e, container.asValue(expr.value), expr.items, expr))
  if (only!.kind === 'slice') {
    const value = container.asValue(expr.value)
    const dim = value.type.kind === 'Tensor' ? e.mark(expr).constant(0n) : undefined
    return simple(emitSlice(e, value, dim, only!, expr))
  }
  // A module list or a tuple of modules: indexing them gives a module, not a value.
  if (!(container instanceof SimpleValue)) return container.item(e.expression(only!), hint, expr)
  const { value } = container
  if (value.type.kind === 'Tensor') return simple(emitTensorIndex(e, value, expr.items, expr))
  const index = e.expression(only!)
  if (value.type.kind === 'Tuple') return simple(emitTupleIndex(e, value, value.type, index, expr))
  return container.item(index, hint, expr)
}

/** `x[a, 1:, None, mask]`: slices and ints first, then the tensors among the indices at once. */
export function emitTensorIndex(e: Emitter, tensor: Value, items: readonly Expr[], at: Place): Value {
  if (tensor.type.kind !== 'Tensor') return e.fail('PT2026', `${typeText(tensor.type)} takes one index`, at)
  const { view, indices } = emitIndexing(e, tensor, items, at)
  return indices.length === 0 ? view : emitBuiltinCall(e, 'aten::index', { args: [view, indexList(e, indices)] }, at)
}

/** The indices of aten::index and index_put_: None where a dim is not indexed. */
export function indexList(e: Emitter, indices: readonly Value[]): Value {
  return e.builder.list(indices, OPTIONAL_TENSOR)
}

/** An index and the dim that it stands at. */
interface PlacedIndex {
  readonly expr: Expr
  readonly dim: bigint
  /** Undefined for slices and the ellipsis. */
  readonly value: Value | undefined
}

/**
 * Applies ints, slices and None from left to right; gives the view and the tensor indices that remain, None-filled.
 * Dims behind an ellipsis are counted from the end.
 */
export function emitIndexing(
  e: Emitter,
  tensor: Value,
  items: readonly Expr[],
  at: Place,
): { readonly view: Value; readonly indices: Value[] } {
  const dots = items.findIndex((item) => item.kind === 'dots')
  const placed: PlacedIndex[] = []
  let dim = 0n
  for (const expr of dots === -1 ? items : items.slice(0, dots)) {
    const value = expr.kind === 'slice' ? undefined : emitIndexValue(e, expr, at)
    placed.push({ expr, dim, value })
    if (value === undefined || value.type.kind !== 'int') dim++
  }
  const behind: PlacedIndex[] = []
  dim = -1n
  for (let i = items.length - 1; dots !== -1 && i > dots; i--) {
    const expr = items[i]!
    if (expr.kind === 'dots') e.fail('PT2034', "an index has one '...' at most", expr)
    const value = expr.kind === 'slice' ? undefined : emitIndexValue(e, expr, at)
    if (value !== undefined && value.type.kind !== 'int' && value.type.kind !== 'None')
      e.fail('PT2005', "TorchScript has no tensor indices behind '...'", expr, 'write the slices that the ellipsis stands for')
    behind.unshift({ expr, dim, value })
    if (value === undefined || value.type.kind === 'int') dim--
  }
  return applyIndices(e, tensor, [...placed, ...behind], at)
}

function emitIndexValue(e: Emitter, expr: Expr, at: Place): Value {
  const value = e.expression(expr)
  const { type } = value
  // A list of numbers, or of lists of them, indexes like a tensor of int64.
  if (type.kind === 'List') {
    const dtype = e.mark(at).constant(4n, intType)
    return emitBuiltinCall(e, 'aten::tensor', { args: [value], kwargs: [['dtype', dtype]] }, at)
  }
  if (type.kind !== 'None' && type.kind !== 'int' && !isSubtype(type, OPTIONAL_TENSOR))
    return e.fail('PT2026', `a tensor is indexed with ints, slices, lists and tensors, found ${typeText(type)}`, expr)
  return value
}

function applyIndices(
  e: Emitter,
  tensor: Value,
  placed: readonly PlacedIndex[],
  at: Place,
): { readonly view: Value; readonly indices: Value[] } {
  let view = tensor
  const byDim: (Value | undefined)[] = []
  for (const { expr, dim, value } of placed) {
    const position = (): Value => e.mark(at).constant(dim, intType)
    if (value === undefined) {
      if (expr.kind === 'slice') view = emitSlice(e, view, position(), expr, at)
    } else if (value.type.kind === 'None') view = emitBuiltinCall(e, 'aten::unsqueeze', { args: [view, position()] }, at)
    else if (value.type.kind === 'int') view = emitBuiltinCall(e, 'aten::select', { args: [view, position(), value] }, at)
    else byDim[Number(dim)] = value
  }
  const indices = Array.from(byDim, (value) => value ?? e.mark(at).constant(null))
  return { view, indices }
}

/** `x[a:b:c]` of a tensor along `dim`, of a list or string without one, of a tuple. */
function emitSlice(e: Emitter, value: Value, dim: Value | undefined, slice: Slice, at: Place): Value {
  const part = (expr: Expr | undefined): Value | undefined => (expr === undefined ? undefined : e.expression(expr))
  const from = part(slice.from)
  const to = part(slice.to)
  const step = part(slice.step)
  e.mark(at)
  if (value.type.kind === 'Tuple') return emitTupleSlice(e, value, value.type, from, to, step, at)
  const steps = step ?? e.constant(1n)
  const none = (): Value => e.constant(null)
  const bounds = [from ?? none(), to ?? none(), steps]
  return emitBuiltinCall(e, 'aten::slice', { args: dim === undefined ? [value, ...bounds] : [value, dim, ...bounds] }, at)
}

export function emitTupleIndex(e: Emitter, value: Value, type: TupleType, index: Value, at: Place): Value {
  if (index.type.kind !== 'int') e.fail('PT2026', `a tuple is indexed with an int, found ${typeText(index.type)}`, at)
  const position = constantOf(index)
  let result: Type | undefined
  if (typeof position === 'bigint') {
    const { length } = type.of
    result = type.of[Number(position < 0n ? position + BigInt(length) : position)]
    if (result === undefined) e.fail('PT2026', `the index ${position} is out of range for a tuple of ${length}`, at)
  } else {
    const [first] = type.of
    if (first === undefined || !type.of.every((item) => isSubtype(item, first)))
      e.fail('PT2026', 'elements of this tuple differ in type: it can be indexed with an integer literal only', at)
    result = first
  }
  return e.mark(at).builder.op('prim::TupleIndex', [value, index], result!)
}

function emitTupleSlice(
  e: Emitter,
  value: Value,
  type: TupleType,
  from: Value | undefined,
  to: Value | undefined,
  step: Value | undefined,
  at: Place,
): Value {
  const literal = (bound: Value | undefined): number | undefined => {
    if (bound === undefined) return undefined
    const constant = constantOf(bound)
    if (constant === null) return undefined
    if (typeof constant !== 'bigint') return e.fail('PT2026', 'bounds of a tuple slice are integer literals', at)
    return Number(constant)
  }
  const indices = sliceIndices(type.of.length, literal(from), literal(to), literal(step) ?? 1)
  if (indices === undefined) return e.fail('PT2026', 'the step of a slice cannot be 0', at)
  const items = indices.map((i) => e.builder.op('prim::TupleIndex', [value, e.constant(BigInt(i), intType)], type.of[i]!))
  return e.builder.tuple(items, tupleOf(items.map((item) => item.type)))
}

/** Python's `range(*slice(from, to, step).indices(length))`. */
export function sliceIndices(length: number, from: number | undefined, to: number | undefined, step: number): number[] | undefined {
  if (step === 0) return undefined
  const clamp = (bound: number, low: number, high: number): number => Math.min(Math.max(bound < 0 ? bound + length : bound, low), high)
  const out: number[] = []
  if (step > 0) {
    const end = to === undefined ? length : clamp(to, 0, length)
    for (let i = from === undefined ? 0 : clamp(from, 0, length); i < end; i += step) out.push(i)
  } else {
    const end = to === undefined ? -1 : clamp(to, -1, length - 1)
    for (let i = from === undefined ? length - 1 : clamp(from, -1, length - 1); i > end; i += step) out.push(i)
  }
  return out
}
