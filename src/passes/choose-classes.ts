// Objects of classes that only an interface tells: a call on one asks which class it is, and calls the method of that class.
// Answers to prim::CallMethod on an InterfaceType in torch/csrc/jit/runtime/interpreter.cpp.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { boolType, classOf, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { PassContext } from './pass.ts'

export function chooseClasses(graph: Graph, { interfaceOf }: PassContext): boolean {
  if (interfaceOf === undefined) return false
  let changed = false
  for (const call of Array.from(allNodes(graph.block))) {
    const { type } = call.inputs[0] ?? {}
    const classes = call.kind === 'prim::CallMethod' && type !== undefined ? classesOf(type, interfaceOf) : []
    if (classes.length === 0) continue
    dispatch(call, classes)
    changed = true
  }
  return changed
}

/** What an object of this static type may be; nothing for submodules and for types that tell by themselves. */
function classesOf(type: Type, interfaceOf: NonNullable<PassContext['interfaceOf']>): readonly string[] {
  if (type.kind === 'Union') {
    const parts = type.of.map((part) => (part.kind === 'Class' ? [part.name] : classesOf(part, interfaceOf)))
    return parts.some((part) => part.length === 0) ? [] : [...new Set(parts.flat())]
  }
  const facts = type.kind === 'Interface' ? interfaceOf(type.name) : undefined
  return facts === undefined || facts.isModule ? [] : facts.classes()
}

function dispatch(call: Node, classes: readonly string[]): void {
  const object = call.input()
  const types = call.outputs.map(({ type }) => type)
  const as = (b: Builder, name: string): readonly Value[] => {
    const own = b.op('prim::unchecked_cast', [object], classOf(name))
    return b.node('prim::CallMethod', [own, ...call.inputs.slice(1)], types, [...call.attributes]).outputs
  }
  let b = Builder.replacing(call)
  const last = classes.at(-1)!
  let results: readonly Value[] | undefined
  const ends: { readonly block: Node['blocks'][number] }[] = []
  for (const name of classes.slice(0, -1)) {
    const is = b.op('prim::isinstance', [object], boolType, [['types', { kind: 'types', types: [classOf(name)] }]])
    const node = b.if(is)
    const [yes, no] = [node.blocks[0]!, node.blocks[1]!]
    const inside = Builder.atEnd(yes)
    inside.range = call.range
    for (const value of as(inside, name)) yes.addReturn(value)
    for (const type of types) node.addOutput(type)
    results ??= node.outputs
    if (ends.length > 0) for (const output of node.outputs) ends.at(-1)!.block.addReturn(output)
    ends.push({ block: no })
    b = Builder.atEnd(no)
    b.range = call.range
  }
  const otherwise = as(b, last)
  if (ends.length > 0) for (const value of otherwise) ends.at(-1)!.block.addReturn(value)
  for (const [i, output] of call.outputs.entries()) output.replaceAllUsesWith((results ?? otherwise)[i]!.setDebugName(output.debugName))
  call.destroy()
}
