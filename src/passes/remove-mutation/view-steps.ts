// Views as functions and their inverses: how the base looks after a view of it got a new value. One row for each view operator.
// Mirrors aten/src/ATen/FunctionalInverses.cpp. Bases keep their shape: a view's new value has the view's shape.

import { Builder } from '../../ir/builder.ts'
import { constantList, constantOf } from '../../ir/constant.ts'
import type { Node } from '../../ir/node.ts'
import { boolType, intType, listOf, tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import type { Step } from './reference.ts'

/** The step that a node with one result stands for; its first input is the base. */
export function stepOf(node: Node, output = node.output()): Step {
  return {
    kind: node.kind,
    schema: schemaOf(node),
    attributes: node.attributes,
    operands: node.inputs.slice(1),
    type: output.type,
    node,
  }
}

/** Applies a step to the present value of its base. */
export function applyStep(b: Builder, step: Step, base: Value): Value {
  const node = b.graph.create(step.kind, [base, ...step.operands], [step.listType ?? step.type], step.attributes)
  node.schema = step.schema
  const result = b.insert(node.copyMetadata(step.node)).output()
  if (step.element === undefined) return result
  return b.op('aten::__getitem__', [result, indexValue(b, step.element)], step.type)
}

function indexValue(b: Builder, index: Value | number): Value {
  return typeof index === 'number' ? b.int(index) : index
}

type Inverse = (b: Builder, step: Step, base: Value, view: Value) => Value | undefined

/** The new value of the base; undefined when this view cannot be written back. */
export function writeBack(b: Builder, step: Step, base: Value, view: Value): Value | undefined {
  const inverse = inverses.get(step.kind)
  const written = inverse?.(b, step, base, view)
  // The view's own value keeps its type: of `Optional[Tensor]` it is the Tensor.
  return written === undefined || written === view ? written : written.setType(base.type)
}

/** True for operators that have a row here. */
export function isViewStep(kind: string): boolean {
  return inverses.has(kind)
}

/** The view has the elements of its base, in the same places. */
export const isSameView = (kind: string): boolean => inverses.get(kind) === same

const same: Inverse = (_b, _step, _base, view) => view
const reshapeBack: Inverse = (b, _step, base, view) =>
  b.op('aten::reshape', [view, b.op('aten::size', [base], listOf(intType))], tensorType)
/** The operator is its own inverse, arguments included. */
const again: Inverse = (b, step, _base, view) => b.op(step.kind, [view, ...step.operands], tensorType)

const sizeAt = (b: Builder, base: Value, dim: Value): Value => b.op('aten::size', [base, dim], intType)
const add = (b: Builder, x: Value, y: Value): Value => b.op('aten::add', [x, y], intType)
const mul = (b: Builder, x: Value, y: Value): Value => b.op('aten::mul', [x, y], intType)

function sliceScatter(b: Builder, base: Value, view: Value, dim: Value, start: Value, end: Value, step = b.int(1)): Value {
  return b.op('aten::slice_scatter', [base, view, dim, start, end, step], tensorType)
}

const narrow: Inverse = (b, step, base, view) => {
  const [dim, start, length] = step.operands
  let from = start!
  if (from.type.kind === 'Tensor') from = b.op('aten::Int', [from], intType)
  const known = constantOf(from)
  if (typeof known !== 'bigint' || known < 0n) {
    // A negative start counts from the end.
    const isNegative = b.op('aten::Int', [b.op('aten::lt', [from, b.int(0)], boolType)], intType)
    from = add(b, from, mul(b, sizeAt(b, base, dim!), isNegative))
  }
  return sliceScatter(b, base, view, dim!, from, add(b, from, length!))
}

const permute: Inverse = (b, step, _base, view) => {
  const dims = constantList(step.operands[0]!)?.map(Number)
  if (dims === undefined) return undefined
  const forward = dims.map((dim) => (dim < 0 ? dim + dims.length : dim))
  const back = forward.map((_, i) => b.int(forward.indexOf(i)))
  return b.op('aten::permute', [view, b.list(back, intType)], tensorType)
}

/** Index of an element of a list of `count` views, counted from the front. */
function frontIndex(b: Builder, element: Value | number, count: () => Value): Value {
  const known = typeof element === 'number' ? BigInt(element) : constantOf(element)
  if (typeof known === 'bigint' && known >= 0n) return b.int(known)
  const index = indexValue(b, element)
  if (typeof known === 'bigint') return add(b, count(), index)
  const isNegative = b.op('aten::Int', [b.op('aten::lt', [index, b.int(0)], boolType)], intType)
  return add(b, index, mul(b, count(), isNegative))
}

/** Writes piece number `element` of a tensor cut into pieces of `size` along `dim`. */
function scatterPiece(b: Builder, step: Step, base: Value, view: Value, size: Value, dim: Value): Value {
  const count = (): Value =>
    b.op('aten::len', [b.insert(b.graph.create(step.kind, [base, ...step.operands], [step.listType!])).output()], intType)
  const start = mul(b, frontIndex(b, step.element!, count), size)
  return sliceScatter(b, base, view, dim, start, add(b, start, size))
}

const splitSizes: Inverse = (b, step, base, view) => {
  const [sizes, dim] = step.operands
  const at = typeof step.element === 'number' ? step.element : Number(constantOf(step.element!) ?? -1)
  if (at < 0) return undefined
  let start = b.int(0)
  const size = (i: number): Value => b.op('aten::__getitem__', [sizes!, b.int(i)], intType)
  for (let i = 0; i < at; i++) start = add(b, start, size(i))
  return sliceScatter(b, base, view, dim!, start, add(b, start, size(at)))
}

/** Puts an element back into its list or dict. */
const setItem: Inverse = (b, step, base, view) => b.op('functional::_set_item', [base, step.operands[0]!, view], base.type)

const setTupleItem: Inverse = (b, step, base, view) => {
  const type = coreType(base.type)
  const index = constantOf(step.operands[0]!)
  if (type.kind !== 'Tuple' || typeof index !== 'bigint') return undefined
  const at = Number(index) < 0 ? Number(index) + type.of.length : Number(index)
  const items = type.of.map((item, i) => (i === at ? view : b.op('prim::TupleIndex', [base, b.int(i)], item)))
  return b.tuple(items, type)
}

const inverses: ReadonlyMap<string, Inverse> = new Map<string, Inverse>([
  ['aten::alias', same],
  ['aten::detach', same],
  ['aten::data', same],
  ['prim::data', same],
  ['aten::lift_fresh', same],
  ['aten::positive', same],
  ['aten::contiguous', same],
  ['aten::to', same],
  ['aten::type_as', same],
  ['aten::dropout', same],
  ['aten::feature_dropout', same],
  ['aten::alpha_dropout', same],
  ['aten::feature_alpha_dropout', same],
  ['aten::resolve_conj', same],
  ['aten::resolve_neg', same],
  ['aten::conj_physical', same],
  ['aten::cpu', same],
  ['aten::cuda', same],
  ['aten::pin_memory', same],
  ['prim::unchecked_cast', same],
  ['prim::unchecked_unwrap_optional', same],
  ['aten::_unwrap_optional', same],
  ['aten::select', (b, step, base, view) => b.op('aten::select_scatter', [base, view, ...step.operands], tensorType)],
  ['aten::slice', (b, step, base, view) => b.op('aten::slice_scatter', [base, view, ...step.operands], tensorType)],
  ['aten::narrow', narrow],
  ['aten::diagonal', (b, step, base, view) => b.op('aten::diagonal_scatter', [base, view, ...step.operands], tensorType)],
  ['aten::as_strided', (b, step, base, view) => b.op('aten::as_strided_scatter', [base, view, ...step.operands], tensorType)],
  ['aten::transpose', again],
  ['aten::swapaxes', again],
  ['aten::swapdims', again],
  ['aten::t', again],
  ['aten::numpy_T', again],
  ['aten::mT', again],
  ['aten::mH', again],
  ['aten::adjoint', again],
  ['aten::conj', again],
  ['aten::_conj', again],
  ['aten::permute', permute],
  ['aten::movedim', (b, step, _base, view) => b.op('aten::movedim', [view, step.operands[1]!, step.operands[0]!], tensorType)],
  ['aten::moveaxis', (b, step, _base, view) => b.op('aten::moveaxis', [view, step.operands[1]!, step.operands[0]!], tensorType)],
  ['aten::unsqueeze', (b, step, _base, view) => b.op('aten::squeeze', [view, ...step.operands], tensorType)],
  ['aten::view_as_real', (b, _step, _base, view) => b.op('aten::view_as_complex', [view], tensorType)],
  ['aten::view_as_complex', (b, _step, _base, view) => b.op('aten::view_as_real', [view], tensorType)],
  ['aten::real', (b, _step, base, view) => b.op('aten::complex', [view, b.op('aten::imag', [base], tensorType)], tensorType)],
  ['aten::imag', (b, _step, base, view) => b.op('aten::complex', [b.op('aten::real', [base], tensorType), view], tensorType)],
  [
    'aten::view',
    (b, step, base, view) =>
      // `view(dtype)` reads the same bytes as another type.
      step.operands[0]!.type.kind === 'int'
        ? b.op('aten::view', [view, b.op('prim::dtype', [base], intType)], tensorType)
        : reshapeBack(b, step, base, view),
  ],
  ['aten::view_as', reshapeBack],
  ['aten::reshape', reshapeBack],
  ['aten::reshape_as', reshapeBack],
  ['aten::_unsafe_view', reshapeBack],
  ['aten::_reshape_alias', reshapeBack],
  ['aten::flatten', reshapeBack],
  ['aten::ravel', reshapeBack],
  ['aten::unflatten', reshapeBack],
  ['aten::squeeze', reshapeBack],
  ['aten::atleast_1d', reshapeBack],
  ['aten::atleast_2d', reshapeBack],
  ['aten::atleast_3d', reshapeBack],
  // Those with as many elements as what they are of; expanded.ts has the others.
  ['aten::expand', reshapeBack],
  ['aten::expand_as', reshapeBack],
  ['aten::broadcast_to', reshapeBack],
  [
    'aten::unbind',
    (b, step, base, view) => b.op('aten::select_scatter', [base, view, step.operands[0]!, indexValue(b, step.element!)], tensorType),
  ],
  [
    'aten::split',
    (b, step, base, view) =>
      step.operands[0]!.type.kind === 'int'
        ? scatterPiece(b, step, base, view, step.operands[0]!, step.operands[1]!)
        : splitSizes(b, step, base, view),
  ],
  ['aten::split_with_sizes', splitSizes],
  [
    'aten::chunk',
    (b, step, base, view) => {
      const [chunks, dim] = step.operands
      // Pieces of ceil(size / chunks), the last one shorter.
      const rounded = add(b, sizeAt(b, base, dim!), b.op('aten::sub', [chunks!, b.int(1)], intType))
      const size = b.op('aten::floordiv', [rounded, chunks!], intType)
      return scatterPiece(b, step, base, view, size, dim!)
    },
  ],
  [
    'aten::tensor_split',
    (b, step, base, view) => {
      const [sections, dim] = step.operands
      if (sections!.type.kind !== 'int') return undefined
      // The first `size % sections` pieces are one longer.
      const size = sizeAt(b, base, dim!)
      const short = b.op('aten::floordiv', [size, sections!], intType)
      const longer = b.op('aten::remainder', [size, sections!], intType)
      const index = frontIndex(b, step.element!, () => sections!)
      const edge = (i: Value): Value => add(b, mul(b, i, short), b.op('prim::min', [i, longer], intType))
      return sliceScatter(b, base, view, dim!, edge(index), edge(add(b, index, b.int(1))))
    },
  ],
  ['aten::__getitem__', setItem],
  ['prim::TupleIndex', setTupleItem],
])
