// Lists of tensors whose length is known at run time only, at the border of the graph: all elements flattened one after the other, with
// their ranks and sizes. Inside the graph they are lists.

import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import type { Dims } from '../../ir/dim.ts'
import { isComplex, scalarTypeInfo, type ScalarType } from '../../ir/scalar-type.ts'
import { boolType, intType, listOf, tensorType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { realType } from '../../ops/complex-types.ts'

const ints = listOf(intType)
const tensors = listOf(tensorType)

/** A for-loop over `trips` with carried values; `body` gives the next ones. */
function loop(
  b: Builder,
  trips: Value,
  carried: readonly Value[],
  body: (b: Builder, i: Value, carried: readonly Value[]) => readonly Value[],
): readonly Value[] {
  const node = b.loop(trips)
  const block = node.blocks[0]!
  for (const value of carried) node.addInput(value)
  const params = carried.map((value) => block.addParam(value.type))
  const inner = Builder.atEnd(block as Block)
  const next = body(inner, block.params[0]!, params)
  block.addReturn(inner.constant(true, boolType))
  for (const value of next) block.addReturn(value)
  return carried.map((value) => node.addOutput(value.type))
}

/** flat [sum of numel], ranks [n], sizes [sum of ranks] → the n tensors. `dims`: what is known of each, its rank at least. */
export function sequenceOfFlat(b: Builder, flat: Value, ranks: Value, sizes: Value, dims?: Dims): Value {
  const zero = b.int(0)
  const one = b.int(1)
  const empty = b.list([], tensorType)
  const count = b.op('aten::len', [ranks], intType)
  const [list] = loop(b, count, [empty, zero, zero], (inner, i, [items, atSize, atElement]) => {
    const rank = dims === undefined ? inner.op('aten::__getitem__', [ranks, i], intType) : inner.int(dims.length)
    const endSize = inner.op('aten::add', [atSize!, rank], intType)
    const size = (at: number): Value =>
      inner.op('aten::__getitem__', [sizes, inner.op('aten::add', [atSize!, inner.int(at)], intType)], intType)
    // A list of as many numbers as there are axes tells the rank of what is viewed by it.
    const shape =
      dims === undefined
        ? inner.op('aten::slice', [sizes, atSize!, endSize, one], ints)
        : inner.list(
            dims.map((dim, at) => (typeof dim === 'number' ? inner.int(dim) : size(at))),
            intType,
          )
    const none = inner.none()
    const shapeTensor = inner.op('aten::tensor', [shape, none, none, inner.bool(false)], { kind: 'Tensor', dtype: 'int64' })
    const numel = inner.op(
      'aten::Int',
      [inner.op('aten::prod', [shapeTensor, none], { kind: 'Tensor', dtype: 'int64', dims: [] })],
      intType,
    )
    const endElement = inner.op('aten::add', [atElement!, numel], intType)
    const part = inner.op('aten::slice', [flat, zero, atElement!, endElement, one], tensorType)
    const item = inner.op('aten::view', [part, shape], tensorType)
    return [inner.op('functional::append', [items!, item], tensors), endSize, endElement]
  })
  return list!
}

/** The other way: [flat, ranks, sizes], all tensors. */
export function flatOfSequence(b: Builder, list: Value, elementType: ScalarType): readonly [Value, Value, Value] {
  const dtype = realType(elementType)
  const zero = b.int(0)
  const none = b.none()
  const vector = (type: ScalarType): Type => ({ kind: 'Tensor', dtype: type, dims: [null] })
  const empty = (type: ScalarType): Value =>
    b
      .op('aten::zeros', [b.list([zero], intType), b.int(scalarTypeInfo(type).code), none, none, none], {
        kind: 'Tensor',
        dtype: type,
        dims: [0],
      })
      .setType(vector(type))
  const count = b.op('aten::len', [list], intType)
  const results = loop(b, count, [empty(dtype), empty('int64'), empty('int64')], (inner, i, [flat, ranks, sizes]) => {
    const element = inner.op('aten::__getitem__', [list, i], tensorType)
    // Complex tensors leave as pairs, their sizes with them.
    const item = isComplex(elementType) ? inner.op('aten::view_as_real', [element], tensorType) : element
    const minusOne = inner.list([inner.int(-1)], intType)
    const elements = inner.op('aten::reshape', [item, minusOne], vector(dtype))
    const shape = inner.op('aten::_shape_as_tensor', [item], vector('int64'))
    const rank = inner.op('aten::_shape_as_tensor', [shape], vector('int64'))
    const join = (a: Value, c: Value, type: ScalarType): Value =>
      inner.op('aten::cat', [inner.list([a, c], tensorType), zero], vector(type))
    return [join(flat!, elements, dtype), join(ranks!, rank, 'int64'), join(sizes!, shape, 'int64')]
  })
  return results as readonly [Value, Value, Value]
}
