// What torch raises for matrices that have no inverse or no factor: the operator becomes its _ex form, whose info is looked at. Numbers that
// torch puts into the message, the element and the place in a batch, are known at run time only and are left out.
// Answers to _linalg_check_errors of aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { Builder } from '../ir/builder.ts'
import { allNodes } from '../ir/block.ts'
import { constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import { boolType, intType, tensorType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { definePass, OF_OPERATOR } from './pass.ts'

interface Check {
  /** The form that gives info as its last result, and takes one more flag: not to raise. */
  readonly form: string
  readonly message: string
}
const inverse = {
  form: 'aten::linalg_inv_ex',
  message: 'linalg.inv: The inversion could not be completed because the input matrix is singular.',
}
const notPositive = 'The factorization could not be completed because the input is not positive-definite.'
const unsolvable = (name: string): string =>
  `${name}: A diagonal element of U is zero and using it on lu_solve would result in a division by zero. ` +
  'If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)'
const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['aten::linalg_inv', inverse],
  ['aten::inverse', inverse],
  [
    'aten::linalg_solve',
    { form: 'aten::linalg_solve_ex', message: 'torch.linalg.solve: The solver failed because the input matrix is singular.' },
  ],
  ['aten::linalg_cholesky', { form: 'aten::linalg_cholesky_ex', message: `linalg.cholesky: ${notPositive}` }],
  ['aten::cholesky', { form: 'aten::linalg_cholesky_ex', message: `cholesky: ${notPositive}` }],
  [
    'aten::linalg_lu_factor',
    {
      form: 'aten::linalg_lu_factor_ex',
      message: unsolvable('torch.linalg.lu_factor'),
    },
  ],
])

/** Of the `_ex` forms themselves, where they are told to raise: the last argument. */
const EXPLICIT: ReadonlyMap<string, string> = new Map([
  ['aten::linalg_inv_ex', 'linalg.inv_ex: The inversion could not be completed because the input matrix is singular.'],
  ['aten::linalg_solve_ex', 'torch.linalg.solve_ex: The solver failed because the input matrix is singular.'],
  ['aten::linalg_cholesky_ex', `linalg.cholesky_ex: ${notPositive}`],
  ['aten::linalg_lu_factor_ex', unsolvable('torch.linalg.lu_factor_ex')],
])

/** What computes an inverse inside: the matrices of which torch looks whether they have one. */
const INSIDE: ReadonlyMap<string, (node: Node, b: Builder) => readonly [matrices: Value, message: string] | undefined> = new Map([
  ['aten::linalg_matrix_power', (node) => (isNegative(node.input(1)) ? [node.input(0), inverse.message] : undefined)],
  ['aten::matrix_power', (node) => (isNegative(node.input(1)) ? [node.input(0), inverse.message] : undefined)],
  [
    'aten::linalg_tensorinv',
    (node, b) => {
      const ind = constantOf(node.input(1))
      if (typeof ind !== 'bigint' || ind < 1n) return undefined
      const columns = b.op('aten::flatten', [node.input(0), b.int(ind), b.int(-1)], tensorType)
      const square = b.op('aten::flatten', [columns, b.int(0), b.int(ind - 1n)], tensorType)
      return [square, inverse.message.replace('linalg.', '')]
    },
  ],
  [
    'aten::linalg_tensorsolve',
    (node, b) => {
      if (constantOf(node.input(2)) !== null) return undefined
      const rows = b.op('aten::numel', [node.input(1)], intType)
      const square = b.op('aten::reshape', [node.input(0), b.list([rows, b.int(-1)], intType)], tensorType)
      return [square, 'torch.linalg.solve: The solver failed because the input matrix is singular.']
    },
  ],
])
const isNegative = (n: Value): boolean => {
  const value = constantOf(n)
  return typeof value === 'bigint' && value < 0n
}

export const raiseSingular = definePass({
  name: 'raise-singular',
  doc: 'Raises where torch does for matrices that have no inverse or no factor.',
  run: (graph) => {
    let changed = false
    // What the pass makes stands in front of each node, and in branches of its own: the list is made first.
    const nodes = [...allNodes(graph.block)].filter(({ kind }) => CHECKS.has(kind) || EXPLICIT.has(kind) || INSIDE.has(kind))
    for (const node of nodes) if (schemaOf(node)?.overload === '') changed = raising(node) || changed
    return changed
  },
})

function raising(node: Node): boolean {
  const check = CHECKS.get(node.kind)
  const explicit = EXPLICIT.get(node.kind)
  if (check !== undefined) checked(node, check)
  else if (explicit !== undefined) {
    const last = node.inputs.length - 1
    if (constantOf(node.input(last)) !== true) return false
    node.setInput(last, Builder.replacing(node).bool(false))
    const b = Builder.replacing(node.next!)
    raiseUnless(node.output(node.outputs.length - 1), explicit, b, node)
  } else {
    const b = Builder.replacing(node)
    const inside = INSIDE.get(node.kind)!(node, b)
    if (inside === undefined) return false
    const [matrices, message] = inside
    raiseUnless(b.node(inverse.form, [matrices, b.bool(false)], [tensorType, tensorType]).output(1), message, b, node)
  }
  return true
}

function checked(node: Node, { form, message }: Check): void {
  const b = Builder.replacing(node)
  const types = [...node.outputs.map(({ type }) => type), tensorType]
  const made = b.node(form, [...node.inputs, b.bool(false)], types)
  raiseUnless(made.output(types.length - 1), message, b, node)
  for (const [i, output] of node.outputs.entries()) output.replaceAllUsesWith(made.output(i))
  node.destroy()
}

/** Raises unless every `info` is 0. */
function raiseUnless(info: Value, message: string, b: Builder, of: Node): void {
  const none = b.none()
  const wrong = b.op('aten::ne', [info, b.int(0)], tensorType)
  const choice = b.if(b.op('aten::Bool', [b.op('aten::any', [wrong], tensorType)], boolType))
  choice.copyMetadata(of)
  choice.attributes.set(OF_OPERATOR, true)
  const raises = Builder.atEnd(choice.blocks[0]!)
  raises.node('prim::RaiseException', [raises.constant(message), none], [])
}
