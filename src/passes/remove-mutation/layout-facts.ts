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
    'embedding index_select gather softmax log_softmax cumsum one_hot repeat tile'
  )
    .split(' ')
    .map((name) => `aten::${name}`),
)
/** Contiguous whenever all their tensor arguments are. */
const elementwise: ReadonlySet<string> = new Set(
  (
    'add sub mul div neg abs exp log sqrt rsqrt sin cos tanh sigmoid relu gelu silu pow clamp clamp_min clamp_max eq ne lt le gt ge where ' +
    'logical_not logical_and logical_or to type_as clone zeros_like ones_like full_like rand_like randn_like masked_fill reshape view flatten ' +
    'unsqueeze squeeze detach alias view_as reshape_as unflatten ravel dropout'
  )
    .split(' ')
    .map((name) => `aten::${name}`),
)

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
  const { node } = value
  if (depth > MAX_DEPTH) return false
  if (node.kind === 'prim::Param') return node.block?.owner === undefined
  const tensor = constantTensor(value)
  if (tensor !== undefined) return isContiguous(tensor)
  if (dense.has(node.kind)) return true
  const inputs = (): boolean =>
    inputsOf(node).every((input) => input.type.kind !== 'Tensor' || contiguous(input, inputsOf, known, depth + 1))
  if (elementwise.has(node.kind) || (node.kind.endsWith('_') && elementwise.has(node.kind.slice(0, -1)))) return inputs()
  const first = (): boolean => constantOf(node.input(1)) === 0n && contiguous(inputsOf(node)[0]!, inputsOf, known, depth + 1)
  if (node.kind === 'aten::select') return first()
  if (node.kind === 'aten::slice') return first() && constantOf(node.inputs.at(-1)!) === 1n
  return false
}
