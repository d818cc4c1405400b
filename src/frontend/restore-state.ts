// Objects whose class defines `__setstate__` are saved as what their `__getstate__` returned: here that method runs, on the saved values, so
// that the attributes are there. It runs what quantized modules write in it: reads, branches and loops on known values, assignments of
// attributes, and packing of weights, which gives an object that remembers the call. Answers to the obj loader of torch/csrc/jit/serialization/import.cpp.

import { structuralFacts } from '../analysis/facts-structure.ts'
import { fail } from '../diagnostics/compile-error.ts'
import type { Block } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { constantFact, unknown, type Fact } from '../ops/fact.ts'
import { ruleOf } from '../ops/rules/index.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { attributePaths } from '../passes/module-attributes.ts'
import { PACKED_ARGS, PACKING } from '../passes/lower-quantized/packed.ts'

/** Operations that all methods of an archive may take together: real ones take a few dozen each. */
const MAX_STEPS = 1_000_000
const NATIVE = '__torch__.torch.classes.'

/** Runs `__setstate__` of every object under `root` that has a saved state. `methodOf` gives its inlined graph. */
export function restoreState(root: IObject, methodOf: (className: string) => Graph | undefined): void {
  const budget = { steps: MAX_STEPS }
  const done = new Set<IObject>()
  // Restoring one object may bring others to light.
  for (;;) {
    const waiting = [...attributePaths(root).keys()].filter(
      (object) => object.state !== undefined && !object.className.startsWith(NATIVE) && !done.has(object),
    )
    if (waiting.length === 0) return
    for (const object of waiting) {
      done.add(object)
      const graph = methodOf(object.className)
      if (graph !== undefined) new Run(object, graph, budget).run()
    }
  }
}

class Run {
  readonly #known = new Map<Value, IValue>()
  readonly #object: IObject
  readonly #graph: Graph
  readonly #budget: { steps: number }

  constructor(object: IObject, graph: Graph, budget: { steps: number }) {
    this.#object = object
    this.#graph = graph
    this.#budget = budget
  }

  run(): void {
    const [self, state] = this.#graph.inputs
    if (self === undefined || state === undefined) return
    this.#known.set(self, this.#object)
    this.#known.set(state, this.#object.state ?? null)
    this.#block(this.#graph.block)
  }

  #refuse(node: Node, why: string): never {
    return fail('PT3131', `the state of ${this.#object.className} cannot be restored: ${why}.`, {
      ...(node.range === undefined ? {} : { range: node.range }),
      fix: 'only what can be computed from saved values while the file is read may stand in __setstate__.',
    })
  }

  #value(value: Value, user: Node, what: string): IValue {
    const found = this.#known.get(value)
    return found === undefined ? this.#refuse(user, `${what} is not known when the file is read`) : found
  }

  #set(values: readonly Value[], results: readonly (IValue | undefined)[]): void {
    for (const [i, value] of values.entries()) {
      const result = results[i]
      if (result === undefined) this.#known.delete(value)
      else this.#known.set(value, result)
    }
  }

  #block(block: Block): void {
    for (const node of block.nodes()) {
      if (--this.#budget.steps < 0) this.#refuse(node, `it takes more than ${MAX_STEPS} operations`)
      this.#node(node)
    }
  }

  #node(node: Node): void {
    switch (node.kind) {
      case 'prim::GetAttr':
        return this.#set(node.outputs, [this.#holder(node).attributes.get(nameOf(node))])
      case 'prim::SetAttr':
        this.#holder(node).attributes.set(nameOf(node), this.#value(node.input(1), node, `'${nameOf(node)}'`))
        return
      case 'prim::If': {
        const block = node.blocks[this.#value(node.input(), node, 'a condition') === true ? 0 : 1]!
        this.#block(block)
        return this.#set(
          node.outputs,
          block.returns.map((value) => this.#known.get(value)),
        )
      }
      case 'prim::Loop':
        return this.#loop(node)
      case 'prim::RaiseException':
        return this.#refuse(node, 'its own code raises an exception')
      case 'aten::append': {
        const list = this.#value(node.input(), node, 'a list')
        if (typeof list === 'object' && list?.kind === 'list') list.items.push(this.#value(node.input(1), node, 'an item'))
        return this.#set(node.outputs, [list])
      }
      case 'prim::ListConstruct':
      case 'prim::TupleConstruct': {
        const items = node.inputs.map((value) => this.#known.get(value))
        if (items.includes(undefined)) return this.#set(node.outputs, [])
        return this.#set(node.outputs, [{ kind: node.kind === 'prim::ListConstruct' ? 'list' : 'tuple', items: items as IValue[] }])
      }
    }
    const packed = this.#packed(node)
    this.#set(node.outputs, packed === undefined ? this.#facts(node).map(({ value }) => value) : [packed])
  }

  #holder(node: Node): IObject {
    const object = this.#value(node.input(), node, 'an object')
    return typeof object === 'object' && object?.kind === 'object'
      ? object
      : this.#refuse(node, 'an attribute is read of what is no object')
  }

  #loop(node: Node): void {
    const body = node.blocks[0]!
    const trips = this.#value(node.input(), node, 'the count of a loop')
    let going = this.#value(node.input(1), node, 'a condition')
    let carried = node.inputs.slice(2).map((value) => this.#known.get(value))
    for (let i = 0n; typeof trips === 'bigint' && i < trips && going === true; i++) {
      if (--this.#budget.steps < 0) this.#refuse(node, `it takes more than ${MAX_STEPS} operations`)
      this.#set(body.params, [i, ...carried])
      this.#block(body)
      going = this.#value(body.returns[0]!, node, 'a condition')
      carried = body.returns.slice(1).map((value) => this.#known.get(value))
    }
    this.#set(node.outputs, carried)
  }

  /** `quantized::conv2d_prepack(weight, bias, …)`: an object of the native class that says how it was made. */
  #packed(node: Node): IObject | undefined {
    const type = node.outputs.length === 1 ? node.output().type : undefined
    if (type?.kind !== 'Class' || !type.name.startsWith(NATIVE) || !node.kind.startsWith('quantized::')) return undefined
    const args = node.inputs.map((value) => this.#value(value, node, 'an argument of a packing operator'))
    return {
      kind: 'object',
      className: type.name,
      attributes: new Map<string, IValue>([
        [PACKING, node.kind],
        [PACKED_ARGS, { kind: 'tuple', items: args }],
      ]),
    }
  }

  #facts(node: Node): readonly Fact[] {
    const of = (value: Value): Fact => {
      const known = this.#known.get(value)
      return known === undefined ? unknown : constantFact(known)
    }
    const structural = structuralFacts(node, { of })
    if (structural !== undefined) return structural
    const schema = schemaOf(node)
    const rule = schema === undefined ? undefined : ruleOf(schema.text)
    if (schema === undefined || rule === undefined) return []
    const args = Object.create(null) as Record<string, Fact>
    for (const [i, { name }] of schema.args.entries()) args[name] = of(node.input(i))
    if (schema.isVararg) args['...'] = { items: node.inputs.slice(schema.args.length).map(of) }
    const result = rule.infer(args as never)
    return Array.isArray(result) ? (result as readonly Fact[]) : [result as Fact]
  }
}

const nameOf = (node: Node): string => String(node.attributes.get('name'))
