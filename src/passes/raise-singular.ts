// What torch raises for matrices that have no inverse or no factor: the operator becomes its _ex form, whose info is looked at. Numbers that
// torch puts into the message, the element and the place in a batch, are known at run time only and are left out.
// Answers to _linalg_check_errors of aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { Builder } from '../ir/builder.ts'
import { allNodes } from '../ir/block.ts'
import type { Node } from '../ir/node.ts'
import { boolType, tensorType } from '../ir/type.ts'
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
      message:
        'torch.linalg.lu_factor: A diagonal element of U is zero and using it on lu_solve would result in a division by zero. ' +
        'If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)',
    },
  ],
])

export const raiseSingular = definePass({
  name: 'raise-singular',
  doc: 'Raises where torch does for matrices that have no inverse or no factor.',
  run: (graph) => {
    // What the pass makes stands in front of each node, and in branches of its own: the list is made first.
    const found = [...allNodes(graph.block)].flatMap((node): readonly (readonly [Node, Check])[] => {
      const check = CHECKS.get(node.kind)
      const schema = check === undefined ? undefined : schemaOf(node)
      return check !== undefined && schema?.overload === '' ? [[node, check]] : []
    })
    for (const [node, check] of found) checked(node, check)
    return found.length > 0
  },
})

function checked(node: Node, { form, message }: Check): void {
  const b = Builder.replacing(node)
  const types = [...node.outputs.map(({ type }) => type), tensorType]
  const made = b.node(form, [...node.inputs, b.bool(false)], types)
  const none = b.none()
  const wrong = b.op('aten::ne', [made.output(types.length - 1), b.int(0)], tensorType)
  const choice = b.if(b.op('aten::Bool', [b.op('aten::any', [wrong], tensorType)], boolType))
  choice.attributes.set(OF_OPERATOR, true)
  const raises = Builder.atEnd(choice.blocks[0]!)
  raises.node('prim::RaiseException', [raises.constant(message), none], [])
  for (const [i, output] of node.outputs.entries()) output.replaceAllUsesWith(made.output(i))
  node.destroy()
}
