// Objects made in a method dissolve: each attribute becomes a variable, and GetAttr and SetAttr become uses and assignments of it, through
// branches and loops. Needs to know which object each access means; where several are possible the access is an error.
// Answers to what torch's interpreter does with class instances; torch's own lowering exists for tuples only.

import { AliasAnalysis, type Location } from '../analysis/alias-analysis.ts'
import { enclosing, isInside } from '../analysis/execution-order.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { allNodes, type Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { typesEqual, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { eliminateDeadCode } from './eliminate-dead-code.ts'
import { definePass } from './pass.ts'

export const lowerObjects = definePass({
  name: 'lower-objects',
  doc: 'Replaces objects that the method makes by the values of their attributes.',
  run: (graph, context) => {
    const accesses = [...allNodes(graph.block)].filter((node) => node.kind === 'prim::GetAttr' || node.kind === 'prim::SetAttr')
    if (accesses.length === 0) return false
    new ObjectLowerer(graph, accesses).run()
    eliminateDeadCode.run(graph, context)
    return true
  },
})

/** One attribute of one object. */
interface Variable {
  readonly name: string
  readonly maker: Node
  readonly type: Type
}
type Values = Map<Variable, Value>

class ObjectLowerer {
  readonly #graph: Graph
  readonly #variables = new Map<Node, Variable>()

  constructor(graph: Graph, accesses: readonly Node[]) {
    this.#graph = graph
    const alias = new AliasAnalysis(graph)
    const byObject = new Map<Location, Map<string, Variable>>()
    // Reads tell the declared type; an assignment may store a narrower one.
    for (const node of [...accesses].sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'prim::GetAttr' ? -1 : 1))) {
      const location = theObject(alias, node)
      const name = String(node.attributes.get('name'))
      let attributes = byObject.get(location)
      if (attributes === undefined) byObject.set(location, (attributes = new Map()))
      let variable = attributes.get(name)
      if (variable === undefined) {
        const type = (node.outputs[0] ?? node.input(1)).type
        attributes.set(name, (variable = { name, maker: (location.origin as Value).node, type }))
      }
      this.#variables.set(node, variable)
    }
  }

  run(): void {
    this.#block(this.#graph.block, new Map())
    for (const node of this.#variables.keys()) node.destroy()
  }

  #block(block: Block, values: Values): void {
    for (const node of block.nodes()) {
      const variable = this.#variables.get(node)
      if (variable !== undefined) {
        if (node.kind === 'prim::SetAttr') values.set(variable, node.input(1))
        else node.output().replaceAllUsesWith(this.#current(values, variable, new Builder(node)))
      } else if (node.kind === 'prim::If') this.#if(node, values)
      else if (node.kind === 'prim::Loop') this.#loop(node, values)
    }
  }

  /** An attribute that nothing was assigned to yet is read on no live path. */
  #current(values: Values, variable: Variable, b: Builder): Value {
    return values.get(variable) ?? b.op('prim::Uninitialized', [], variable.type)
  }

  #if(node: Node, values: Values): void {
    const branches = node.blocks.map((block) => {
      const inside = new Map(values)
      this.#block(block, inside)
      return inside
    })
    const touched = new Set(
      branches.flatMap((inside) => [...inside.keys()].filter((variable) => inside.get(variable) !== values.get(variable))),
    )
    for (const variable of touched) {
      // An object of one branch: nobody outside can mean it without also meaning another.
      if (isInside(variable.maker, node)) continue
      for (const [i, block] of node.blocks.entries()) block.addReturn(this.#current(branches[i]!, variable, Builder.atEnd(block)))
      const [a, b] = node.blocks.map((block) => block.returns.at(-1)!.type)
      values.set(variable, node.addOutput(typesEqual(a!, b!) ? a! : variable.type, variable.name))
    }
  }

  #loop(node: Node, values: Values): void {
    const body = node.blocks[0]!
    const assigned = new Set<Variable>()
    for (const inner of allNodes(body)) {
      const variable = inner.kind === 'prim::SetAttr' ? this.#variables.get(inner) : undefined
      if (variable !== undefined && !isInside(variable.maker, node)) assigned.add(variable)
    }
    const inside = new Map(values)
    for (const variable of assigned) {
      node.addInput(this.#current(values, variable, new Builder(node)))
      inside.set(variable, body.addParam(variable.type, variable.name))
    }
    this.#block(body, inside)
    for (const variable of assigned) {
      body.addReturn(inside.get(variable)!)
      values.set(variable, node.addOutput(variable.type, variable.name))
    }
  }
}

/** The one object that an access means. */
function theObject(alias: AliasAnalysis, node: Node): Location {
  const value = node.input()
  const found = [...alias.locations(value)]
  const [location] = found
  const maker = (location?.origin as Partial<Value> | undefined)?.node
  // What a loop makes anew in every turn is one object only under names that cannot outlive the turn.
  const loop = maker === undefined ? undefined : enclosing(maker).find((outer) => outer.kind === 'prim::Loop')
  const isOne = loop === undefined || staysWithin(value, loop)
  if (location !== undefined && maker?.kind === 'prim::CreateObject' && found.length === 1 && isOne) return location
  fail('PT3024', `attribute '${String(node.attributes.get('name'))}' is accessed on an object that is not known at build time.`, {
    ...(node.range === undefined ? {} : { range: node.range }),
    fix: 'use one object per variable, or keep the data in tuples.',
  })
}

function staysWithin(value: Value, loop: Node): boolean {
  const { node } = value
  if (!isInside(node, loop) || node.block === undefined) return false
  if (node.kind === 'prim::Param') return node.block.owner !== loop
  return (
    node.kind === 'prim::CreateObject' || node.kind === 'prim::If' || node.kind === 'prim::Loop' || node.kind === 'prim::unchecked_cast'
  )
}
