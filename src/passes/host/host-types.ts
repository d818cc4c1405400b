// What may cross between generated JavaScript and a region of the graph, and which operators either side can compute.
// A region is an ONNX entry point: tensors, numbers, bools, flat lists and Optionals of them, and tuples of all these.

import type { Node } from '../../ir/node.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'

/** A value of this type can be handed into a region and got back from one. */
export function crosses(type: Type): boolean {
  switch (type.kind) {
    case 'Tensor':
    case 'int':
    case 'float':
    case 'bool':
    case 'number':
    case 'complex':
      return true
    case 'List':
      return ['Tensor', 'int', 'float', 'bool'].includes(type.of.kind)
    case 'Optional':
      return type.of.kind !== 'Optional' && crosses(type.of)
    case 'Tuple':
      return type.of.length > 0 && type.of.every(crosses)
    default:
      return false
  }
}

const INDEXING = /^aten::(?:_unsafe_)?(?:index|index_put|_index_put_impl)_?$/

/** A list that only indexes: the `[None, i]` of `x[:, i]`. Of no use outside of its operator, it lives in a region, beside that operator. */
export function isIndexList({ type, node, uses }: Value): boolean {
  return (
    type.kind === 'List' &&
    type.of.kind === 'Optional' &&
    type.of.of.kind === 'Tensor' &&
    node.kind === 'prim::ListConstruct' &&
    [...uses].every(({ user }) => INDEXING.test(user.kind))
  )
}

/** Some tensor is in it. */
export function holdsTensor(type: Type): boolean {
  switch (type.kind) {
    case 'Tensor':
      return true
    case 'List':
    case 'Optional':
    case 'Future':
      return holdsTensor(type.of)
    case 'Tuple':
      return type.of.some(holdsTensor)
    case 'Dict':
      return holdsTensor(type.key) || holdsTensor(type.value)
    default:
      return false
  }
}

/** Reads of a tensor that JavaScript does by itself: its extents, its one element, its elements as lists. */
const READS: ReadonlySet<string> = new Set(
  [
    'size',
    'len',
    'dim',
    'numel',
    'item',
    'Int',
    'Float',
    'Bool',
    'IntImplicit',
    'FloatImplicit',
    'ScalarImplicit',
    'is_nonzero',
    'is_floating_point',
    '__is__',
    '__isnot__',
    '__getitem__',
    '_local_scalar_dense',
  ]
    .map((name) => `aten::${name}`)
    .concat(['prim::dtype', 'prim::shape', 'prim::tolist', 'prim::device', 'prim::is_cuda', 'prim::layout', 'prim::requires_grad']),
)

/** They only put values together or take them apart; either side does so without computing. */
const STRUCTURE: ReadonlySet<string> = new Set([
  'prim::TupleConstruct',
  'prim::TupleUnpack',
  'prim::TupleIndex',
  'prim::TupleSlice',
  'prim::ListConstruct',
  'prim::ListUnpack',
  'prim::unchecked_cast',
  'prim::OfRank',
  'prim::unchecked_unwrap_optional',
  'aten::_unwrap_optional',
  'prim::Uninitialized',
])

const isScalar = (type: Type): boolean => !holdsTensor(type)

/** `t[i]` that is only read as a number: JavaScript picks the element. */
const PICKED = /^aten::(Int|Float|Bool|item|IntImplicit|FloatImplicit|ScalarImplicit)$/
function isPicked(node: Node, axes = 8): boolean {
  if (axes === 0 || node.kind !== 'aten::select' || node.outputs[0]?.type.kind !== 'Tensor') return false
  const uses = [...node.output().uses]
  return uses.length > 0 && uses.every(({ user }) => PICKED.test(user.kind) || isPicked(user, axes - 1))
}

/** They make a list of what is in others. */
const LIST_STRUCTURE: ReadonlySet<string> = new Set(['copy', 'slice', 'add', 'list', 'mul'].map((name) => `aten::${name}`))
export const makesListOfItems = (node: Node): boolean =>
  LIST_STRUCTURE.has(node.kind) && node.outputs[0]?.type.kind === 'List' && node.inputs.some(({ type }) => type.kind === 'List')

export const isStructure = (node: Node): boolean => STRUCTURE.has(node.kind)

/** An operator without tensors, or that only reads one: either side can run it. */
export function isFlexible(node: Node): boolean {
  if (isStructure(node)) return !node.outputs.some(isIndexList)
  if (isPicked(node)) return true
  if (node.outputs.some(({ type }) => !isScalar(type))) {
    // An element of a list of tensors, or another list of its elements.
    return (node.kind === 'aten::__getitem__' && node.input().type.kind === 'List') || makesListOfItems(node)
  }
  return READS.has(node.kind) || node.inputs.every(({ type }) => isScalar(type))
}

/** What only JavaScript can do, whatever its operands. */
export const HOST_KINDS: ReadonlySet<string> = new Set([
  'prim::GetAttr',
  'prim::SetAttr',
  'prim::CreateObject',
  'prim::isinstance',
  'prim::RaiseException',
  'prim::Print',
  'aten::warn',
  'host::assign',
  'host::copy',
])
