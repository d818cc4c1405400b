// Splits a method into a host program and regions: maximal groups of tensor operators become graphs of their own, and a `host::region` node
// stands for each in what is left, which the loader prints as JavaScript. Lists, dicts and objects keep Python's references on the host;
// a tensor that a region writes comes back from it and is assigned in place (`host::assign`).

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import { enclosing } from '../../analysis/execution-order.ts'
import type { Facts } from '../../analysis/facts.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { isTorchCode } from '../../diagnostics/source-range.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { cloneNode, type ValueMap } from '../../ir/clone.ts'
import { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import { noneType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Fact } from '../../ops/fact.ts'
import { mayOverlap } from '../remove-mutation/expanded.ts'
import { hasOwnEffect } from '../side-effects.ts'
import { withDtype, type DtypeChoices } from './dtype-choices.ts'
import { holdsTensor, isIndexList } from './host-types.ts'
import { addParts, partsOf } from './list-inputs.ts'
import { Sides } from './host-sides.ts'
import { HOLDS_MORE, takeAlong } from './take-along.ts'
import { SharedMemory } from './shared-memory.ts'
import { memoryOf, outerInputs, schedule, type Adopt } from './schedule.ts'

/** One entry point of the emitted graph. */
export interface Region {
  readonly graph: Graph
  /** What is known of each input; where dtypes are open, once for each combination of them that can happen. */
  readonly variants: readonly (readonly Fact[])[]
  /** How many host loops it runs in. */
  readonly loops: number
  /** Ifs and Loops inside of it, as `number` numbers them. */
  readonly compounds: readonly number[]
  /** Tensors that it writes, by the number of their location: to be shared, should it not be able to follow the writes. */
  readonly written: readonly number[]
}

export interface PartitionOptions {
  readonly facts: Facts
  readonly dtypes: DtypeChoices
  /** Ifs and Loops that go to the host whatever they hold, by number. */
  readonly forced: ReadonlySet<number>
  /** Tensors, by the number of their location, that JavaScript knows by several names; see shared-memory.ts. */
  readonly shared: ReadonlySet<number>
  /** Position of each If and Loop in the method before it was split. */
  readonly number: ReadonlyMap<Node, number>
}

/**
 * Splits `graph` in place. Regions are in the order of their nodes.
 * @throws ContestedMemory where tensors have to be added to `shared`; the graph is then of no use any more
 */
export function partition(graph: Graph, options: PartitionOptions): Region[] {
  return new Partitioner(graph, options).run()
}

class Partitioner {
  readonly #graph: Graph
  readonly #options: PartitionOptions
  readonly #alias: AliasAnalysis
  readonly #regions: Region[] = []
  /** What the method works on in place of its arguments. */
  readonly #copies = new Set<Value>()
  /** Where each node was before the graph was split. */
  readonly #places = new Map<Node, { readonly order: number; readonly loops: readonly Node[] }>()
  /** Operators on lists that ended up in different regions, and so belong to the host. */
  readonly #forced = new Set<Node>()
  readonly #shared: SharedMemory

  constructor(graph: Graph, options: PartitionOptions) {
    this.#graph = graph
    this.#options = options
    separateIndexLists(graph)
    this.#alias = new AliasAnalysis(graph)
    this.#shared = new SharedMemory(graph, this.#alias, options.shared)
    for (const node of this.#shared.views) this.#forced.add(node)
    for (const node of allNodes(graph.block))
      this.#places.set(node, { order: this.#places.size, loops: enclosing(node).filter(({ kind }) => kind === 'prim::Loop') })
    for (const [node, number] of options.number) if (options.forced.has(number)) this.#forced.add(node)
  }

  run(): Region[] {
    this.#keepArguments()
    for (;;) {
      const sides = new Sides(this.#graph.block, {
        facts: this.#options.facts,
        alias: this.#alias,
        forced: this.#forced,
        alone: this.#shared.writers,
      })
      if (!this.#splitsLists(this.#graph.block, sides)) {
        this.#block(this.#graph.block, sides, 0)
        return this.#regions
      }
    }
  }

  /** What the caller hands in is never written: the method works on its own copy of it. */
  #keepArguments(): void {
    const b = new Builder(this.#graph.block.paramNode.next!)
    for (const [i, input] of this.#graph.inputs.entries()) {
      if (i === 0 && input.type.kind === 'Class') continue
      if (![...this.#alias.reach(input)].some((location) => this.#alias.isWritten(location))) continue
      const uses = [...input.uses]
      const isTensor = input.type.kind === 'Tensor'
      const copy = b
        .op(isTensor ? 'aten::clone' : 'host::copy', isTensor ? [input, b.none()] : [input], input.type)
        .setDebugName(input.debugName)
      this.#copies.add(copy)
      for (const { user, index } of uses) user.setInput(index, copy)
      this.#adopt(copy, input)
    }
  }

  /** Finds lists that are made in one region and written in another; their nodes are then forced to the host. */
  #splitsLists(block: Block, sides: Sides): boolean {
    const phases = schedule(block, sides, this.#alias, this.#adopt)
    const homes = new Map<object, { readonly phase: number; readonly nodes: Set<Node> }>()
    let split = false
    for (const [node, phase] of phases) {
      if (sides.of(node) !== 'region') continue
      for (const inner of [node, ...node.blocks.flatMap((nested) => [...allNodes(nested)])]) {
        for (const { input } of this.#alias.writes(inner)) {
          if (inner.input(input).type.kind !== 'List') continue
          for (const location of this.#alias.locations(inner.input(input))) {
            const made = makerIn(location.origin, block)
            const known = homes.get(location)
            const home = made === undefined ? -1 : (phases.get(made) ?? -1)
            if (home !== phase || (known !== undefined && known.phase !== phase)) {
              this.#forced.add(inner)
              split = true
            }
            if (known === undefined) homes.set(location, { phase, nodes: new Set([inner]) })
          }
        }
      }
    }
    if (split) return true
    for (const [node] of phases)
      if (sides.of(node) === 'host') for (const nested of node.blocks) if (this.#splitsLists(nested, sides)) return true
    return false
  }

  #block(block: Block, sides: Sides, loops: number): void {
    this.#liftConstants(block, sides)
    const phases = schedule(block, sides, this.#alias, this.#adopt)
    takeAlong(block, phases, sides, this.#alias)
    // What was only wanted for its copies.
    for (const node of block.nodesReversed())
      if (
        sides.isFree(node) &&
        sides.of(node) === 'host' &&
        node.blocks.length === 0 &&
        !hasOwnEffect(node) &&
        !node.outputs.some((output) => output.hasUses)
      ) {
        phases.delete(node)
        node.destroy()
      }
    const order = [...block.nodes()].flatMap((node, i) => (phases.has(node) ? [{ node, phase: phases.get(node)!, i }] : []))
    order.sort((a, b) => a.phase - b.phase || a.i - b.i)
    const groups = new Map<number | Node, Node[]>()
    for (const { node, phase } of order) {
      node.moveBefore(block.returnNode)
      if (phase % 2 === 0) continue
      const key = this.#shared.writerOf(node) ?? phase
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [node])
      else group.push(node)
    }
    for (const group of groups.values()) this.#outline(group, block, sides, loops)
    for (const node of block.nodes())
      for (const nested of node.blocks) this.#block(nested, sides, loops + (node.kind === 'prim::Loop' ? 1 : 0))
  }

  /** A weight that the host hands around comes out of a region like any other tensor. */
  #liftConstants(block: Block, sides: Sides): void {
    for (const node of block.nodes()) {
      if (node.kind !== 'prim::Constant' || !holdsTensor(node.output().type)) continue
      const uses = [...node.output().uses].filter(({ user }) => isNeededOnHost(user, sides))
      if (uses.length === 0) continue
      const copy = this.#graph.create('aten::clone', [node.output(), constantAfter(node, null)], [node.output().type])
      copy.insertAfter(node.next!)
      sides.set(copy, 'region')
      for (const { user, index } of uses) user.setInput(index, copy.output())
    }
  }

  /** Moves `nodes`, which follow on each other as far as the host can see, into a graph of their own. */
  #outline(nodes: readonly Node[], block: Block, sides: Sides, loops: number): void {
    const own = new Set(nodes)
    const inside = (value: Value): boolean => own.has(value.node)
    const graph = new Graph()
    const map: ValueMap = new Map()
    const inputs: Value[] = []
    for (const node of nodes)
      for (const value of outerInputs(node)) {
        if (map.has(value) || inside(value)) continue
        if (value.node.kind === 'prim::Constant') graph.block.append(cloneNode(value.node, graph, map))
        else if (value.node.kind === 'prim::Uninitialized') graph.block.append(cloneNode(value.node, graph, map))
        else if (this.#isKnown(value)) map.set(value, graph.block.append(graph.createConstant(this.#known(value)!, value.type)).output())
        else {
          inputs.push(value)
          const parts = partsOf(value, this.#options.facts.of(value))
          map.set(value, parts === undefined ? graph.addInput(this.#inputType(value), value.debugName) : addParts(graph, value, parts))
        }
      }
    for (const node of nodes) graph.block.append(cloneNode(node, graph, map))
    const outputs = nodes.flatMap((node) =>
      node.outputs.filter((output) => [...output.uses].some(({ user }) => !isWithin(user, own, block))),
    )
    const written = this.#writtenInputs(nodes, inputs)
    const contested = this.#writtenTensors(nodes)
    if (!nodes.some((node) => this.#shared.writers.has(node))) for (const value of outputs) this.#checkView(value, nodes, own, block)
    const results = [...outputs, ...written].map((value) => map.get(value)!)
    const end = Builder.atEnd(graph.block)
    graph.addOutput(results.length === 1 ? results[0]! : results.length === 0 ? end.none() : end.tuple(results))
    const facts = inputs.map((value) => this.#options.facts.of(value))
    const b = new Builder(nodes[0]!)
    // A debugger shows a line of the user's own, if there is one among them.
    const ranges = nodes.flatMap(({ range }) => range ?? [])
    b.range = ranges.find((range) => !isTorchCode(range)) ?? ranges[0]
    const call = b.node(
      'host::region',
      inputs,
      [...outputs, ...written].map(({ type }) => type),
      [['region', BigInt(this.#regions.length)]],
    )
    sides.set(call, 'host')
    // In front of the first node, while users of results are all behind the last.
    for (const [i, output] of outputs.entries()) {
      call.output(i).setDebugName(output.debugName)
      this.#adopt(call.output(i), output)
      output.replaceAllUsesWith(call.output(i))
    }
    const some = nodes.some((node) => this.#shared.writers.has(node) && mayOverlap(node)) ? [b.bool(true)] : []
    for (const [i, value] of written.entries()) b.node('host::assign', [value, call.output(outputs.length + i), ...some], [])
    for (const node of [...nodes].reverse()) node.destroy()
    const compounds = [...this.#options.number].filter(([node]) => own.has(node) || isWithin(node, own, block)).map(([, number]) => number)
    const variants = this.#options.dtypes
      .together(inputs)
      .map((row) => facts.map((fact, i) => (row[i] === undefined ? fact : withDtype(inputs[i]!, fact, row[i]))))
    this.#regions.push({ graph, variants, loops, compounds, written: contested })
  }

  /** A view that leaves its region must not see later writes, nor be written: JavaScript holds it as a tensor of its own. */
  #checkView(value: Value, nodes: readonly Node[], own: ReadonlySet<Node>, block: Block): void {
    // The copy of an argument stands in for it, under all of its names.
    if (this.#copies.has(value)) return
    // A list of views (`unbind`) is one name for each of them.
    const container = this.#alias.locations(value)
    const reached =
      coreType(value.type).kind === 'Tensor' ? container : [...this.#alias.reach(value)].filter((location) => !container.has(location))
    for (const location of reached) {
      if (location.origin === value || !this.#alias.isWritten(location)) continue
      const writer = this.#alias.writersOf(location).find((node) => !isWithin(node, own, block) && this.#mayFollow(value.node, node))
      if (writer === undefined) continue
      const range = writer.range ?? nodes.find((node) => node.range !== undefined)?.range
      this.#shared.add(reached, range)
    }
  }

  /** All that is known of a value holds for the one that takes its place. */
  readonly #adopt: Adopt = (value, like) => {
    this.#alias.adopt(value, like)
    this.#options.facts.set(value, this.#options.facts.of(like))
    this.#options.dtypes.adopt(value, like)
  }

  /** `writer` may run when `maker` has: it stands behind it, or a loop goes around both. */
  #mayFollow(maker: Node, writer: Node): boolean {
    const a = this.#places.get(maker)
    const b = this.#places.get(writer)
    return a === undefined || b === undefined || b.order > a.order || b.loops.some((loop) => a.loops.includes(loop))
  }

  /** A Python number enters as what it is known to be. */
  #inputType(value: Value): Type {
    const { number } = this.#options.facts.of(value)
    return value.type.kind === 'number' && (number === 'int' || number === 'float' || number === 'bool') ? { kind: number } : value.type
  }

  /** A number, text or list of numbers that facts tell: it need not be handed in. */
  #known(value: Value): IValue | undefined {
    return this.#options.facts.of(value).value
  }
  #isKnown(value: Value): boolean {
    const known = this.#known(value)
    return known !== undefined && known !== null && !holdsTensor(value.type) && !this.#alias.hasWriters(value)
  }

  #writtenTensors(nodes: readonly Node[]): number[] {
    const ids = new Set<number>()
    for (const node of nodes)
      for (const inner of [node, ...node.blocks.flatMap((nested) => [...allNodes(nested)])])
        for (const [value, locations] of this.#alias.writtenBy(inner))
          if (coreType(value.type).kind === 'Tensor' && !this.#shared.writers.has(inner)) for (const { id } of locations) ids.add(id)
    return [...ids]
  }

  /** The inputs whose tensors the nodes write. Each must be the only name that this memory comes in by. */
  #writtenInputs(nodes: readonly Node[], inputs: readonly Value[]): Value[] {
    const found = new Set<Value>()
    for (const node of nodes) {
      for (const location of memoryOf(node, this.#alias).written) {
        const names = inputs.filter((value) => this.#alias.reach(value).has(location))
        if (names.length === 0) continue
        const [name] = names
        const isAlone = this.#shared.writers.has(node)
        if (isAlone) for (const { input } of this.#alias.writes(node)) found.add(node.input(input))
        else if (names.length > 1 || name!.type.kind !== 'Tensor') this.#shared.add([location], node.range)
        else found.add(name!)
      }
    }
    return [...found]
  }
}

/** A list of indices for each operator that takes one, in front of it. */
function separateIndexLists(graph: Graph): void {
  for (const node of allNodes(graph.block)) {
    if (node.kind !== 'prim::ListConstruct' || !isIndexList(node.output())) continue
    for (const { user, index } of node.output().uses) user.setInput(index, cloneNode(node, graph, new Map()).insertBefore(user).output())
    node.destroy()
  }
}

/** JavaScript runs the user, and not only to hand its result into regions, which can make it themselves. */
function isNeededOnHost(user: Node, sides: Sides): boolean {
  const seen = new Set<Node>()
  const stack = [user]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node) || !runsOnHost(node, sides)) continue
    seen.add(node)
    if (!sides.isFree(node) || node.blocks.length > 0 || HOLDS_MORE.has(node.kind)) return true
    for (const output of node.outputs) for (const use of output.uses) stack.push(use.user)
  }
  return false
}

/** No region is around the user, nor is it one's part. */
function runsOnHost(user: Node, sides: Sides): boolean {
  for (let at: Node | undefined = user; at !== undefined; at = at.block?.owner) if (sides.of(at) === 'region') return false
  return true
}

const isWithin = (user: Node, own: ReadonlySet<Node>, block: Block): boolean => {
  let at: Node | undefined = user
  while (at !== undefined && at.block !== block) at = at.block?.owner
  return at !== undefined && own.has(at)
}

/** The node of `block` that makes what `origin` names, itself or in its blocks. */
function makerIn(origin: object, block: Block): Node | undefined {
  let at = (origin as Partial<Value>).node
  while (at !== undefined && at.block !== block) at = at.block?.owner
  return at
}

function constantAfter(node: Node, value: null): Value {
  return node.graph.createConstant(value, noneType).insertAfter(node).output()
}
