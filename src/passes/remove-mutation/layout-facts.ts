// Whether a tensor is contiguous, as far as its producer tells: decides whether `reshape` gives a view or a copy.
// Answers to computeStride in aten/src/ATen/TensorUtils.cpp. Graph inputs are contiguous: callers hand in plain buffers.

import { constantOf, constantTensor } from '../../ir/constant.ts'
import { isContiguous } from '../../ir/tensor.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'

const MAX_DEPTH = 200

const dense: ReadonlySet<string> = new Set(
  (
    'zeros ones full empty rand randn randint arange linspace tensor eye scalar_tensor contiguous cat stack matmul mm bmm addmm linear ' +
    'embedding index_select gather softmax log_softmax cumsum cumprod one_hot repeat tile sum mean amax amin prod std var norm logsumexp any ' +
    'all argmax argmin masked_select topk roll repeat_interleave triu tril diag_embed new_zeros new_ones new_full new_empty'
  )
    .split(' ')
    .map((name) => `aten::${name}`),
)
/** Contiguous whenever all their tensor arguments are. */
const elementwise: ReadonlySet<string> = new Set(
  (
    'add sub mul div neg abs exp log sqrt rsqrt sin cos tanh sigmoid relu gelu silu pow clamp clamp_min clamp_max eq ne lt le gt ge where ' +
    'logical_not logical_and logical_or to type_as clone zeros_like ones_like full_like rand_like randn_like masked_fill reshape view flatten ' +
    'unsqueeze squeeze detach alias view_as reshape_as unflatten ravel dropout _to_copy empty_like rsub reciprocal sign floor ceil round ' +
    'trunc frac erf tan atan log1p square remainder fmod floor_divide minimum maximum max min isnan nan_to_num bitwise_not bitwise_and ' +
    'bitwise_or bitwise_xor logical_xor __and__ __or__ __xor__ lerp addcmul leaky_relu elu softplus hardtanh threshold hardswish atan2 ' +
    'hypot copysign sort argsort flip cummax cummin scatter scatter_add index_fill index_put index'
  )
    .split(' ')
    .map((name) => `aten::${name}`),
)

/** Of these, may give a view: contiguous as their argument is. The others write new memory, in the order of their arguments' axes. */
const maybeViews: ReadonlySet<string> = new Set(
  'to type_as reshape view flatten unsqueeze squeeze detach alias view_as reshape_as unflatten ravel dropout'
    .split(' ')
    .map((name) => `aten::${name}`),
)
/** May give views that leave gaps or stand still; the axes stay in their order. */
const orderedViews: ReadonlySet<string> = new Set([
  'aten::select',
  'aten::slice',
  'aten::narrow',
  'aten::unsqueeze',
  'aten::to',
  'aten::type_as',
  'aten::detach',
  'aten::expand',
  'aten::expand_as',
])

export type InputsOf = (node: Node) => readonly Value[]

/** True when the elements are known to lie in row-major order without gaps. */
export function isContiguousValue(value: Value, inputsOf: InputsOf): boolean {
  return contiguous(value, inputsOf, new Map(), 0)
}

function contiguous(value: Value, inputsOf: InputsOf, known: Map<Value, boolean>, depth: number): boolean {
  let found = known.get(value)
  if (found === undefined) known.set(value, (found = follow(value, inputsOf, known, depth)))
  return found
}

function follow(value: Value, inputsOf: InputsOf, known: Map<Value, boolean>, depth: number): boolean {
  const { node, index } = value
  if (depth > MAX_DEPTH) return false
  const all = (values: readonly Value[]): boolean => values.every((one) => contiguous(one, inputsOf, known, depth + 1))
  if (node.kind === 'prim::Param') {
    const owner = node.block?.owner
    return owner === undefined || (index > 0 && contiguous(owner.output(index - 1), inputsOf, known, depth + 1))
  }
  if (node.kind === 'prim::If') return all(node.blocks.map(({ returns }) => returns[index]!))
  if (node.kind === 'prim::Loop') {
    // What goes round is contiguous if it begins so, and each turn that finds it so leaves it so.
    const body = node.blocks[0]!
    const supposing = new Map(known).set(body.params[index + 1]!, true)
    // What a pass has the loop carry besides has no input among the original ones.
    const ends = [inputsOf(node)[index + 2], body.returns[index + 1]]
    const held = ends.every((one) => one !== undefined && contiguous(one, inputsOf, supposing, depth + 1))
    if (held) for (const [other, found] of supposing) known.set(other, found)
    else known.set(body.params[index + 1]!, false)
    return held
  }
  const tensor = constantTensor(value)
  if (tensor !== undefined) return isContiguous(tensor)
  if (dense.has(node.kind)) return true
  const tensors = (): Value[] =>
    inputsOf(node)
      .flatMap((input) => (input.node.kind === 'prim::ListConstruct' ? inputsOf(input.node) : [input]))
      .filter((input) => input.type.kind === 'Tensor')
  const isOrdered = (one: Value): boolean => {
    let at = one
    for (let steps = 0; orderedViews.has(at.node.kind) && steps < MAX_DEPTH; steps++) at = inputsOf(at.node)[0]!
    return contiguous(at, inputsOf, known, depth + 1)
  }
  // `type_as`, `view_as`: the other tensor lends its dtype or its shape only.
  const inputs = (): boolean => (maybeViews.has(node.kind) ? all(tensors().slice(0, 1)) : tensors().every(isOrdered))
  if (elementwise.has(node.kind) || (node.kind.endsWith('_') && elementwise.has(node.kind.slice(0, -1)))) return inputs()
  const first = (): boolean => constantOf(node.input(1)) === 0n && contiguous(inputsOf(node)[0]!, inputsOf, known, depth + 1)
  if (node.kind === 'aten::select') return first()
  if (node.kind === 'aten::slice') return first() && constantOf(node.inputs.at(-1)!) === 1n
  return false
}
