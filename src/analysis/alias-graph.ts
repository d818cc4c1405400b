// Points-to constraints of a Graph: one rule for every schema, read from its alias annotations, and one for each kind of node without a schema.
// Mirrors AliasDb::analyzeImpl in torch/csrc/jit/ir/alias_analysis.cpp; differs in that graph inputs are taken not to overlap one another.

import type { Block } from '../ir/block.ts'
import { constantOf } from '../ir/constant.ts'
import type { AliasInfo, FunctionSchema } from '../ir/function-schema.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Tensor } from '../ir/tensor.ts'
import { typesEqual, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { gradientOnly, undeclaredAliases } from './alias-exceptions.ts'
import { coreType, isContainerType, isMutableType } from './mutable-type.ts'
import { PointsTo, type Constraint, type Edge, type Location, type Variable } from './points-to.ts'

/** A place where a reference is passed on: into a container, through a phi, out of a container, through what may be a copy. */
export interface ReferenceEdge extends Edge {
  /** From here on both names exist. */
  readonly site: Node
  readonly source: Value
}

/** One input that a node writes; `elements`: what it holds is written, not the container. */
export interface Write {
  readonly input: number
  readonly elements: boolean
}

export class AliasGraph {
  readonly pointsTo: PointsTo = new PointsTo()
  readonly writes: Map<Node, readonly Write[]> = new Map()
  /** `store:i`, `load:k`, `view:k` of a node, `block:k` of an If, `init:k` and `next:k` of a Loop. */
  readonly edges: Map<Node, Map<string, ReferenceEdge>> = new Map()
  readonly #variables = new Map<Value, Variable>()
  readonly #constants = new Map<object, Location>()
  readonly #attributes = new Map<string, Variable>()
  #selfIsKnown = false

  constructor(graph: Graph, self?: IObject) {
    for (const [i, input] of graph.inputs.entries()) {
      if (i === 0 && self !== undefined) {
        this.#selfIsKnown = true
        this.#seedIValue(this.variable(input), self)
      } else this.#fresh(input, input.type, this.variable(input))
    }
    this.#block(graph.block)
  }

  variable(value: Value): Variable {
    let variable = this.#variables.get(value)
    if (variable === undefined) {
      variable = this.pointsTo.variable()
      this.#variables.set(value, variable)
    }
    return variable
  }
  /** `value` came to be after the analysis, as another name for what `like` refers to. */
  adopt(value: Value, like: Value): void {
    this.#variables.set(value, this.variable(like))
  }
  values(): IterableIterator<[Value, Variable]> {
    return this.#variables.entries()
  }
  edge(node: Node, key: string): ReferenceEdge | undefined {
    return this.edges.get(node)?.get(key)
  }
  /** The Location of a constant: one for each storage, list, dict or object. */
  constantLocation(value: IValue): Location | undefined {
    return value !== null && typeof value === 'object' ? this.#constants.get(constantKey(value)) : undefined
  }

  #block(block: Block): void {
    for (const node of block.nodes()) this.#node(node)
  }

  #node(node: Node): void {
    const rule = byKind.get(node.kind)
    if (rule !== undefined) {
      rule(this, node)
      return
    }
    const schema = schemaOf(node)
    if (schema === undefined) this.#unknown(node)
    else this.#schema(node, schema)
  }

  /** An operator that nobody describes: its results may share memory with its arguments. */
  #unknown(node: Node): void {
    for (const output of node.outputs) {
      if (!isMutableType(output.type)) continue
      this.fresh(output)
      for (const input of node.inputs) if (isMutableType(input.type)) this.copy(input, output)
    }
  }

  #schema(node: Node, schema: FunctionSchema): void {
    const sets = new Map<string, Variable[]>()
    const join = (names: readonly string[], variable: Variable): void => {
      for (const name of names) {
        const list = sets.get(name)
        if (list === undefined) sets.set(name, [variable])
        else list.push(variable)
      }
    }
    const writes: Write[] = []
    const entering: number[] = []
    for (const [i, input] of node.inputs.entries()) {
      const alias = schema.args[Math.min(i, schema.args.length - 1)]?.alias
      if (alias === undefined || i >= schema.args.length || !isMutableType(input.type)) continue
      join(alias.before, this.variable(input))
      if (alias.after.includes('*') && !alias.before.includes('*')) entering.push(i)
      if (alias.isWrite && !gradientOnly.has(node.kind) && !(node.kind === 'aten::update' && i > 0))
        writes.push({ input: i, elements: false })
      if (alias.contained !== undefined) {
        const elements = this.pointsTo.variable()
        this.pointsTo.add({ kind: 'load', from: this.variable(input), field: '*', to: elements })
        join(alias.contained.before, elements)
        if (alias.contained.isWrite) writes.push({ input: i, elements: true })
      }
    }
    if (writes.length > 0) this.writes.set(node, writes)
    for (const { input } of writes) {
      const container = node.input(input)
      if (!isContainerType(container.type)) continue
      for (const i of entering) if (i !== input) this.store(node, `store:${i}`, node.input(i), container, '*')
      // extend and update: what the other container holds is held by both.
      for (const [i, other] of node.inputs.entries())
        if (i !== input && isContainerType(other.type) && !entering.includes(i)) this.spill(node, `store:${i}`, other, container)
    }
    for (const [k, output] of node.outputs.entries()) {
      if (!isMutableType(output.type)) continue
      const alias = schema.returns[Math.min(k, schema.returns.length - 1)]?.alias
      if (undeclaredAliases.has(node.kind)) this.#undeclared(node, k)
      else if (alias === undefined) this.#freshResult(node, k)
      else this.#aliasResult(node, k, alias, sets)
    }
  }

  #aliasResult(node: Node, k: number, alias: AliasInfo, sets: ReadonlyMap<string, readonly Variable[]>): void {
    const output = node.output(k)
    const to = this.variable(output)
    const edge = this.makeEdge(node, `view:${k}`, node.inputs[0] ?? output)
    for (const name of alias.before) {
      if (name === '*') this.#extract(node, k)
      else if (sets.has(name)) for (const from of sets.get(name)!) this.pointsTo.add({ kind: 'copy', from, to, edge })
      else this.fresh(output)
    }
    if (alias.contained === undefined) return
    this.fresh(output, false)
    for (const name of alias.contained.before) {
      for (const from of sets.get(name) ?? []) this.pointsTo.add({ kind: 'store', from, field: '*', to, edge })
      if (name === '*' || !sets.has(name)) this.#spillAll(node, k)
    }
  }

  #undeclared(node: Node, k: number): void {
    const output = node.output(k)
    this.fresh(output)
    const edge = this.makeEdge(node, `view:${k}`, node.input())
    for (const input of node.inputs) {
      if (!isMutableType(input.type)) continue
      const from = this.variable(input)
      const to = this.variable(output)
      if (!isContainerType(input.type))
        this.pointsTo.add({ kind: isContainerType(output.type) ? 'store' : 'copy', field: '*', from, to, edge })
      else this.spill(node, `view:${k}`, input, output)
    }
  }

  /** A fresh result. A fresh container holds what the containers among the arguments hold. */
  #freshResult(node: Node, k: number): void {
    const output = node.output(k)
    this.fresh(output, !isContainerType(output.type))
    if (isContainerType(output.type)) this.#spillAll(node, k)
  }

  /** `t(*)`: something out of the containers among the arguments, or an argument of that type (a default). */
  #extract(node: Node, k: number): void {
    const output = node.output(k)
    const edge = this.makeEdge(node, `load:${k}`, node.inputs[0] ?? output)
    for (const input of node.inputs) {
      if (!isMutableType(input.type)) continue
      if (elementTypes(input.type).some((type) => typesEqual(coreType(type), coreType(output.type))))
        this.pointsTo.add({ kind: 'load', from: this.variable(input), field: '*', to: this.variable(output), edge })
      else if (typesEqual(coreType(input.type), coreType(output.type)))
        this.pointsTo.add({ kind: 'copy', from: this.variable(input), to: this.variable(output), edge })
      else if (isContainerType(output.type)) {
        this.fresh(output, false)
        this.spill(node, `load:${k}`, input, output)
      }
    }
  }

  #spillAll(node: Node, k: number): void {
    for (const input of node.inputs) if (isContainerType(input.type)) this.spill(node, `load:${k}`, input, node.output(k))
  }

  /** What `from` holds, at any depth, is held by `to` too. */
  spill(node: Node, key: string, from: Value, to: Value): void {
    const edge = this.makeEdge(node, key, from)
    const elements = this.pointsTo.variable()
    this.#gather(this.variable(from), from.type, typesWithin(to.type), elements, edge, 0)
    this.#hold(elements, to.type, this.variable(to), edge, 0)
  }
  /** `dict(pairs)` holds what the pairs hold, and no pair. */
  #gather(source: Variable, type: Type, wanted: readonly Type[], elements: Variable, edge: Edge, depth: number): void {
    const core = coreType(type)
    const inner = elementTypes(core)
    for (const [i, field] of fieldsOf(core).entries()) {
      const isOpened = (held: Type): boolean =>
        depth < 4 && coreType(held).kind === 'Tuple' && !wanted.some((one) => typesEqual(coreType(one), coreType(held)))
      const opened = (core.kind === 'Tuple' ? [inner[i]!] : inner).filter(isOpened)
      if (opened.length === 0) this.pointsTo.add({ kind: 'load', from: source, field, to: elements, edge })
      for (const held of opened) {
        const nested = this.pointsTo.variable()
        this.pointsTo.add({ kind: 'load', from: source, field, to: nested, edge })
        this.#gather(nested, held, wanted, elements, edge, depth + 1)
      }
    }
  }
  #hold(elements: Variable, type: Type, to: Variable, edge: Edge, depth: number): void {
    const core = coreType(type)
    for (const field of fieldsOf(core)) {
      this.pointsTo.add({ kind: 'store', from: elements, field, to, edge })
      for (const inner of elementTypes(core)) {
        if (depth > 4 || !isContainerType(inner)) continue
        // A container within: `items()` gives tuples of what the dict holds.
        const nested = this.pointsTo.variable()
        this.pointsTo.seed(nested, this.pointsTo.location({}))
        this.pointsTo.add({ kind: 'store', from: nested, field, to, edge })
        this.#hold(elements, inner, nested, edge, depth + 1)
      }
    }
  }

  makeEdge(node: Node, key: string, source: Value, site: Node = node): ReferenceEdge {
    let edges = this.edges.get(node)
    if (edges === undefined) this.edges.set(node, (edges = new Map()))
    let edge = edges.get(key)
    if (edge === undefined) edges.set(key, (edge = { constraints: [], site, source }))
    return edge
  }
  copy(from: Value, to: Value, edge?: Edge): void {
    if (isMutableType(from.type)) this.#add({ kind: 'copy', from: this.variable(from), to: this.variable(to) }, edge)
  }
  store(node: Node, key: string, from: Value, container: Value, field: string): void {
    if (!isMutableType(from.type)) return
    this.#add({ kind: 'store', from: this.variable(from), field, to: this.variable(container) }, this.makeEdge(node, key, from))
  }
  load(node: Node, key: string, container: Value, field: string, to: Value): void {
    if (!isMutableType(to.type)) return
    this.#add({ kind: 'load', from: this.variable(container), field, to: this.variable(to) }, this.makeEdge(node, key, container))
  }
  #add(constraint: Constraint, edge: Edge | undefined): void {
    this.pointsTo.add(edge === undefined ? constraint : { ...constraint, edge })
  }
  /** `output` is new memory; with `contents`, so is all that it holds. */
  fresh(output: Value, contents = true): void {
    if (!isMutableType(output.type)) return
    if (contents) this.#fresh(output, output.type, this.variable(output))
    else this.pointsTo.seed(this.variable(output), this.pointsTo.location(output))
  }
  #fresh(origin: object, type: Type, variable: Variable): void {
    if (!isMutableType(type)) return
    const location = this.pointsTo.location(origin)
    this.pointsTo.seed(variable, location)
    const core = coreType(type)
    const inner = elementTypes(core)
    for (const [i, field] of fieldsOf(core).entries())
      this.#fresh({}, core.kind === 'Tuple' ? inner[i]! : inner.at(-1)!, this.pointsTo.field(location, field))
  }

  constant(output: Value): void {
    const value = constantOf(output)
    if (value !== undefined) this.#seedIValue(this.variable(output), value)
  }
  #seedIValue(variable: Variable, value: IValue): void {
    const stack: [Variable, IValue][] = [[variable, value]]
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      const [to, held] = item
      if (held === null || typeof held !== 'object') continue
      if (held.kind === 'complex' || held.kind === 'device' || held.kind === 'enum') continue
      const key = constantKey(held)
      let location = this.#constants.get(key)
      if (location === undefined) {
        this.#constants.set(key, (location = this.pointsTo.location(key)))
        const children: readonly (readonly [string, IValue])[] =
          held.kind === 'list'
            ? held.items.map((v) => ['*', v] as const)
            : held.kind === 'dict'
              ? held.entries.map(([, v]) => ['*', v] as const)
              : held.kind === 'tuple'
                ? held.items.map((v, i) => [`#${i}`, v] as const)
                : held.kind === 'object'
                  ? [...held.attributes].map(([name, v]) => [`.${name}`, v] as const)
                  : []
        for (const [field, child] of children) stack.push([this.pointsTo.field(location, field), child])
      }
      this.pointsTo.seed(to, location)
    }
  }

  /** An attribute of an object whose contents are not known: anything that fits. */
  attribute(node: Node): void {
    const output = node.output()
    if (!isMutableType(output.type)) return
    const name = String(node.attributes.get('name'))
    this.load(node, 'load:0', node.input(), `.${name}`, output)
    if (this.#selfIsKnown || node.input().node.kind === 'prim::CreateObject') return
    let variable = this.#attributes.get(name)
    if (variable === undefined) {
      this.#attributes.set(name, (variable = this.pointsTo.variable()))
      this.#fresh(node, output.type, variable)
    }
    this.pointsTo.add({ kind: 'copy', from: variable, to: this.variable(output) })
  }

  /** Nested blocks; the phis are the caller's. */
  block(block: Block): void {
    this.#block(block)
  }
}

/** Tensors alias exactly when they share a storage. */
const constantKey = (value: Tensor | Extract<IValue, { readonly kind: string }>): object =>
  value.kind === 'tensor' ? value.storage : value

function fieldsOf(type: Type): readonly string[] {
  const core = coreType(type)
  if (core.kind === 'List' || core.kind === 'Dict' || core.kind === 'AnyList') return ['*']
  return core.kind === 'Tuple' ? core.of.map((_, i) => `#${i}`) : []
}
function elementTypes(type: Type): readonly Type[] {
  const core = coreType(type)
  switch (core.kind) {
    case 'List':
      return [core.of]
    case 'Dict':
      return [core.key, core.value]
    case 'Tuple':
      return core.of
    default:
      return []
  }
}

/** All that a container may hold, at any depth. */
function typesWithin(type: Type, depth = 0): readonly Type[] {
  return depth > 4 ? [] : elementTypes(type).flatMap((inner) => [inner, ...typesWithin(inner, depth + 1)])
}

type Rule = (graph: AliasGraph, node: Node) => void

const alias: Rule = (graph, node) => graph.copy(node.input(), node.output())
const elementsOf =
  (field: (k: number) => string): Rule =>
  (graph, node) => {
    for (const [k, output] of node.outputs.entries()) graph.load(node, `load:${k}`, node.input(), field(k), output)
  }

const byKind: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['prim::Constant', (graph, node) => graph.constant(node.output())],
  ['prim::unchecked_cast', alias],
  ['prim::unchecked_unwrap_optional', alias],
  ['aten::_unwrap_optional', alias],
  ['aten::wait', alias],
  [
    'prim::ListConstruct',
    (graph, node) => {
      graph.fresh(node.output(), false)
      for (const [i, input] of node.inputs.entries()) graph.store(node, `store:${i}`, input, node.output(), '*')
    },
  ],
  [
    'prim::DictConstruct',
    (graph, node) => {
      graph.fresh(node.output(), false)
      for (const [i, input] of node.inputs.entries()) graph.store(node, `store:${i}`, input, node.output(), '*')
    },
  ],
  [
    'prim::TupleConstruct',
    (graph, node) => {
      graph.fresh(node.output(), false)
      for (const [i, input] of node.inputs.entries()) graph.store(node, `store:${i}`, input, node.output(), `#${i}`)
    },
  ],
  ['prim::ListUnpack', elementsOf(() => '*')],
  ['prim::TupleUnpack', elementsOf((k) => `#${k}`)],
  [
    'prim::TupleIndex',
    (graph, node) => {
      const type = coreType(node.input().type)
      const index = constantOf(node.input(1))
      const count = type.kind === 'Tuple' ? type.of.length : 0
      const at = typeof index === 'bigint' ? Number(index) : undefined
      for (let i = 0; i < count; i++)
        if (at === undefined || i === (at < 0 ? at + count : at)) graph.load(node, 'load:0', node.input(), `#${i}`, node.output())
    },
  ],
  [
    'prim::TupleSlice',
    (graph, node) => {
      graph.fresh(node.output(), false)
      graph.spill(node, 'load:0', node.input(), node.output())
    },
  ],
  ['prim::CreateObject', (graph, node) => graph.fresh(node.output(), false)],
  ['prim::GetAttr', (graph, node) => graph.attribute(node)],
  [
    'prim::SetAttr',
    (graph, node) => {
      graph.writes.set(node, [{ input: 0, elements: false }])
      graph.store(node, 'store:1', node.input(1), node.input(), `.${String(node.attributes.get('name'))}`)
    },
  ],
  [
    'prim::If',
    (graph, node) => {
      for (const [b, block] of node.blocks.entries()) {
        graph.block(block)
        for (const [k, value] of block.returns.entries())
          if (isMutableType(value.type)) graph.copy(value, node.output(k), graph.makeEdge(node, `${b}:${k}`, value, block.returnNode))
      }
    },
  ],
  [
    'prim::Loop',
    (graph, node) => {
      const body = node.blocks[0]!
      for (let k = 0; k < node.outputs.length; k++) {
        const init = node.input(k + 2)
        const param = body.params[k + 1]!
        if (isMutableType(init.type)) graph.copy(init, param, graph.makeEdge(node, `init:${k}`, init))
        graph.copy(param, node.output(k))
      }
      graph.block(body)
      for (let k = 0; k < node.outputs.length; k++) {
        const next = body.returns[k + 1]!
        if (isMutableType(next.type)) graph.copy(next, body.params[k + 1]!, graph.makeEdge(node, `next:${k}`, next, body.returnNode))
      }
    },
  ],
])
