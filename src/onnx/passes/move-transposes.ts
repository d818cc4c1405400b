// Transposes move behind the operators that do not look at the order of axes, until they meet another and are one with it, or undo each other:
// Transpose → Relu → Transpose is Relu alone. Only towards another: an order that stays turned costs the same on either side.

import type { OnnxNode } from '../model.ts'
import { onnxNode, operatorOf, replaceNodes, type GraphIndex } from './graph-index.ts'
import { ELEMENTWISE, leadsTo, WITH_NUMBER } from './move-reshapes.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { intsAttribute } from './values.ts'

export const moveTransposes = defineOnnxPass({
  name: 'move-transposes',
  doc: 'Moves Transpose behind elementwise operators, and joins it with the Transpose that it meets there.',
  optional: true,
  wants: ['Transpose'],
  run: (model) => replaceNodes(model, 'mt', (node, index) => (operatorOf(node) === 'Transpose' ? joined(node, index) : move(node, index))),
})

function move(node: OnnxNode, index: GraphIndex): OnnxNode[] | undefined {
  const [output] = node.outputs as [string]
  const turned = operands(node, index)
  const perm = turned === undefined ? undefined : intsAttribute(turned[0]!.node, 'perm')
  if (turned === undefined || perm === undefined || !leadsTo('Transpose', output, index)) return undefined
  const type = index.type(output)
  if (type === undefined) return undefined
  const dims = type.dims === undefined ? undefined : perm.map((_, axis) => type.dims![perm.indexOf(axis)] ?? null)
  const moved = index.name({ dtype: type.dtype, dims })
  const inputs = [...node.inputs]
  for (const { at, node: transpose } of turned) inputs[at] = transpose.inputs[0]!
  return [
    onnxNode(operatorOf(node), inputs, [moved], Object.fromEntries(node.attributes)),
    onnxNode('Transpose', [moved], [output], { perm }),
  ]
}

/** The operands of an elementwise operator that a Transpose makes for it alone, all by the same order; the others are the same for all elements. */
function operands(node: OnnxNode, index: GraphIndex): readonly { readonly at: number; readonly node: OnnxNode }[] | undefined {
  const operator = operatorOf(node)
  if (!ELEMENTWISE.has(operator) && !WITH_NUMBER.has(operator)) return undefined
  const turned: { at: number; node: OnnxNode }[] = []
  for (const [at, name] of node.inputs.entries()) {
    if (name === '' || index.constant(name)?.sizes.length === 0) continue
    const transpose = index.own(name, 'Transpose')
    if (transpose === undefined) return undefined
    turned.push({ at, node: transpose })
  }
  const perms = new Set(turned.map(({ node: { attributes } }) => String(attributes.get('perm'))))
  return perms.size === 1 ? turned : undefined
}

/** Transpose ∘ Transpose; none at all where the order is that of before. */
function joined(node: OnnxNode, index: GraphIndex): OnnxNode[] | undefined {
  const before = index.made(node.inputs[0], 'Transpose')
  const [outer, inner] = [intsAttribute(node, 'perm'), before === undefined ? undefined : intsAttribute(before, 'perm')]
  if (before === undefined || outer === undefined || inner === undefined) return undefined
  const perm = outer.map((axis) => inner[axis]!)
  const [source] = before.inputs as [string]
  return perm.every((axis, i) => axis === i)
    ? [onnxNode('Identity', [source], node.outputs)]
    : [onnxNode('Transpose', [source], node.outputs, { perm })]
}
