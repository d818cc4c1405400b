// Nodes that write: in-place operators, out= variants, list and dict methods.

import { isContainerType } from '../../analysis/mutable-type.ts'
import { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import { tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf, schemasOf } from '../../ops/schema-of.ts'
import { checkEntering } from './containers.ts'
import { functionalForm } from './functional-form.ts'
import type { Functionalizer } from './functionalizer.ts'
import type { Memory } from './memory.ts'
import type { Handle } from './reference.ts'
import { writtenArgument } from './same-object.ts'
import { stepOf } from './view-steps.ts'
import { writeReference } from './write.ts'

/** Change how a tensor object looks at its memory, not the memory. */
export const reshaping: ReadonlyMap<string, string> = new Map(
  ['unsqueeze', 'squeeze', 'transpose', 't', 'swapaxes', 'swapdims', 'resize', 'resize_as'].map(
    (name) => [`aten::${name}_`, `aten::${name}`] as const,
  ),
)

export function visitWrite(f: Functionalizer, node: Node, memory: Memory): void {
  f.takeInputs(node, memory)
  if (node.kind === 'prim::SetAttr')
    f.fail(
      'PT3024',
      node,
      `an attribute of an object that is not known at build time is assigned ('${String(node.attributes.get('name'))}').`,
    )
  f.doomed.push(node)
  const reshaped = reshaping.get(node.kind)
  if (reshaped !== undefined) {
    const handle = handleOf(f, node, 0, memory)
    const parent = memory.resolve(handle)
    const step = { ...stepOf(node), kind: reshaped, schema: undefined, type: tensorType }
    memory.move(handle, {
      kind: 'step',
      parent,
      step,
      structure: undefined,
      type: tensorType,
      roots: parent.roots,
      depth: parent.depth + 1,
    })
    f.handles.set(node.output(), handle)
    return
  }
  const [first] = f.alias.writes(node)
  if (isContainerType(node.input(first!.input).type) && !first!.elements) writeContainer(f, node, memory)
  else writeTensors(f, node, memory)
}

/** Values without one are written once, here: constants and values that nothing else refers to. */
function handleOf(f: Functionalizer, node: Node, i: number, memory: Memory): Handle {
  const original = f.originals(node)[i]!
  return f.handles.get(original) ?? f.own(original, memory, node.input(i))
}

function writeTensors(f: Functionalizer, node: Node, memory: Memory): void {
  const b = Builder.replacing(node)
  for (const [i, value] of functionalForm(b, node)) writeReference(f, b, memory, memory.resolve(handleOf(f, node, i, memory)), value, node)
  for (const output of node.outputs) {
    const i = writtenArgument(node, output.index)
    if (i !== undefined) f.handles.set(output, handleOf(f, node, i, memory))
    else if (output.hasUses)
      f.fail('PT3003', node, `${node.kind} writes its argument and has no functional form that gives its other results.`)
  }
}

/** `append` → `functional::append`: the container in, the container out, its other results behind. */
function writeContainer(f: Functionalizer, node: Node, memory: Memory): void {
  const b = Builder.replacing(node)
  const schema = schemaOf(node)
  const functional = schemasOf(node.kind.replace(/^aten::/, 'functional::')).find((other) => other.overload === schema?.overload)
  if (functional === undefined) f.fail('PT3003', node, `${node.kind} changes a list or dict and has no functional form.`)
  for (const i of node.inputs.keys()) if (f.alias.edge(node, `store:${i}`) !== undefined) checkEntering(f, node, i)
  const others = node.outputs.filter((output) => writtenArgument(node, output.index) === undefined)
  const call = b.graph.create(functional.name, node.inputs, [node.input().type, ...others.map((output) => output.type)])
  call.schema = functional
  b.insert(call)
  const handle = handleOf(f, node, 0, memory)
  const reference = memory.resolve(handle)
  writeReference(f, b, memory, reference, call.output(), node)
  for (const cell of reference.roots) memory.structure.set(cell, {})
  for (const output of node.outputs) if (!others.includes(output)) f.handles.set(output, handle)
  for (const [i, output] of others.entries()) takenOut(f, node, output, call.output(i + 1), memory)
}

/** What `pop` and `setdefault` give. */
function takenOut(f: Functionalizer, node: Node, output: Value, value: Value, memory: Memory): void {
  value.setDebugName(output.debugName)
  if (f.isWritten(output)) {
    if (!f.alias.isSeparable(f.alias.edge(node, `load:${output.index}`)))
      f.fail(
        'PT3001',
        node,
        `what ${node.kind} gives is written while the container, or another name of the element, is still read.`,
        'clone it.',
      )
    f.own(output, memory, value)
  }
  output.replaceAllUsesWith(value)
  if (f.isWritten(output)) f.handles.set(value, f.handles.get(output)!)
}
