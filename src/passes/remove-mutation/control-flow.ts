// Branches and loops: memory goes in, is written on the way, and comes out as outputs.

import type { Location } from '../../analysis/alias-analysis.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import { isContainerType } from '../../analysis/mutable-type.ts'
import type { Functionalizer } from './functionalizer.ts'
import { CarriedPlace } from './carried-place.ts'
import { Memory } from './memory.ts'
import { Exporter, mergeBranches } from './merge.ts'
import type { Cell, Handle, Reference } from './reference.ts'
import { loopKeeps } from './same-object.ts'

export function visitIf(f: Functionalizer, node: Node, memory: Memory): void {
  const count = node.outputs.length
  const returned: Value[][] = []
  const branches = node.blocks.map((block) => {
    const inside = new Memory(memory)
    f.block(block, inside)
    returned.push([...block.returns])
    f.takeInputs(block.returnNode, inside)
    return inside
  })
  mergeBranches(f, node, branches, memory)
  const exporters = branches.map((inside, k) => new Exporter(node, k, inside, memory))
  for (let k = 0; k < count; k++) {
    const output = node.output(k)
    if (!f.isWritten(output)) continue
    const handles = returned.map((values) => f.handles.get(values[k]!))
    const [first, second] = handles
    if (first !== undefined && first === second && isOuter(first, memory)) f.handles.set(output, first)
    else if (returned.every((_, b) => f.alias.isSeparable(f.alias.edge(node, `${b}:${k}`)))) f.own(output, memory)
    else {
      const of = handles.map((handle, b): Reference => {
        // Never written in this branch or before, and so without memory of its own so far.
        if (handle === undefined) return f.cell(returned[b]![k]!, branches[b]!)
        return branches[b]!.resolve(handle)
      })
      const outside = of.map((reference, b) => exporters[b]!.reference(reference)) as [Reference, Reference]
      f.refer(
        output,
        {
          kind: 'choice',
          condition: node.input(),
          of: outside,
          node,
          type: output.type,
          roots: [...new Set(outside.flatMap((reference) => reference.roots))],
          depth: Math.max(...outside.map((reference) => reference.depth)) + 1,
        },
        memory,
      )
    }
  }
}

const isOuter = (handle: Handle, memory: Memory): boolean => memory.resolve(handle).roots.every((cell) => memory.cells.has(cell))

/** What becomes of a carried value: the same object throughout, memory of its own, or a view whose place the loop carries. */
type Carried =
  | { readonly kind: 'kept'; readonly handle: Handle }
  | { readonly kind: 'own' }
  | { readonly kind: 'place'; readonly place: CarriedPlace }

export function visitLoop(f: Functionalizer, node: Node, memory: Memory): void {
  const body = node.blocks[0]!
  const count = node.outputs.length
  const initial = node.inputs.slice(2)
  f.takeInputs(node, memory)
  const plans = initial.map((value, k) => (f.isWritten(body.params[k + 1]!) ? planOf(f, node, k, value, memory) : undefined))
  const inside = new Memory(memory)
  const carried = carry(f, node, body, memory, inside)
  for (const [k, plan] of plans.entries()) {
    const param = body.params[k + 1]!
    if (plan?.kind === 'kept') f.handles.set(param, plan.handle)
    else if (plan?.kind === 'own') f.own(param, inside)
    else if (plan?.kind === 'place') f.refer(param, plan.place.inside, inside)
  }
  const movedBefore = new Map(inside.moved)
  f.block(body, inside)
  const returned = [...body.returns]
  f.takeInputs(body.returnNode, inside)
  for (const [handle, reference] of inside.moved)
    if (movedBefore.get(handle) !== reference && handle.reference.roots.every((cell) => memory.cells.has(cell)))
      f.fail('PT3001', node, 'a tensor is reshaped in place in a loop.', 'use the operator without the underscore.')
  const places = plans.map((plan, k) => {
    if (plan?.kind !== 'place') return undefined
    const next = f.handles.get(returned[k + 1]!)
    return plan.place.finish(next === undefined ? undefined : inside.resolve(next)) ?? refuse(f, node, k)
  })
  finish(node, body, memory, inside, carried)
  for (let k = 0; k < count; k++) {
    const output = node.output(k)
    if (!f.isWritten(output)) continue
    const plan = plans[k]
    if (plan?.kind === 'kept') f.handles.set(output, plan.handle)
    else if (plan?.kind === 'place') f.refer(output, places[k]!, memory)
    else f.own(output, memory)
  }
}

function planOf(f: Functionalizer, node: Node, k: number, initial: Value, memory: Memory): Carried {
  const handle = f.handles.get(initial)
  if (handle !== undefined && loopKeeps(node, k)) return { kind: 'kept', handle }
  const edges = [f.alias.edge(node, `init:${k}`), f.alias.edge(node, `next:${k}`)]
  if (edges.every((edge) => f.alias.isSeparable(edge))) return { kind: 'own' }
  const place = handle === undefined ? undefined : CarriedPlace.of(node, memory.resolve(handle))
  return place === undefined ? refuse(f, node, k) : { kind: 'place', place }
}

function refuse(f: Functionalizer, node: Node, k: number): never {
  const name = node.blocks[0]!.params[k + 1]!.debugName
  f.fail(
    'PT3001',
    node,
    `a loop carries ${name === undefined ? 'a value' : `'${name}'`} that shares memory with another variable, and one of them is written.`,
    'clone the value before the loop, or where the loop assigns it.',
  )
}

/** Cells that the body may write, with their parameters. */
function carry(f: Functionalizer, node: Node, body: Block, memory: Memory, inside: Memory): [Cell, Value][] {
  const written = new Set<Location>()
  for (const inner of allNodes(body))
    for (const [, locations] of f.alias.writtenBy(inner)) for (const location of locations) written.add(location)
  const carried: [Cell, Value][] = []
  for (const [cell, value] of memory.cells) {
    if (![...cell.locations].some((location) => written.has(location))) continue
    node.addInput(value)
    const param = body.addParam(cell.type, cell.debugName)
    inside.cells.set(cell, param)
    if (isContainerType(cell.type)) inside.structure.set(cell, {})
    carried.push([cell, param])
  }
  return carried
}

/** Returns what the body made of the carried cells; those that it left alone are not carried after all. */
function finish(node: Node, body: Block, memory: Memory, inside: Memory, carried: readonly [Cell, Value][]): void {
  const first = body.params.length - carried.length
  for (let i = carried.length - 1; i >= 0; i--) {
    const [cell, param] = carried[i]!
    if (inside.value(cell) !== param) continue
    param.replaceAllUsesWith(memory.value(cell))
    body.paramNode.eraseOutput(first + i)
    node.removeInput(first + i + 1)
  }
  for (const [cell, param] of carried) {
    const after = inside.value(cell)
    if (after === param) continue
    body.addReturn(after)
    memory.cells.set(cell, node.addOutput(cell.type, cell.debugName))
    if (isContainerType(cell.type)) memory.structure.set(cell, {})
  }
}
