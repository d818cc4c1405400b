// Alias analysis of a Graph: what may share memory, what is written and by whom, and whether a reference may be replaced by a copy.
// Mirrors torch/csrc/jit/ir/alias_analysis.cpp; unlike it, answers in terms of program points, so that passes can prove single cases.

import type { Graph } from '../ir/graph.ts'
import type { IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { maybeViews, metadataReaders } from './alias-exceptions.ts'
import { AliasGraph, type ReferenceEdge } from './alias-graph.ts'
import { commonLoops, isInside, precedes } from './execution-order.ts'
import { mark, type Constraint, type Location, type Solution, type Variable } from './points-to.ts'

export type { Location } from './points-to.ts'
export type { ReferenceEdge, Write } from './alias-graph.ts'

/** Something done to a Location at a node, through a value. */
interface Access {
  readonly node: Node
  readonly value: Value
}

export interface AliasOptions {
  /** The object that the graph's first input stands for, when the archive's values are at hand. */
  readonly self?: IObject
}

const noLocations: ReadonlySet<Location> = new Set()

export class AliasAnalysis {
  readonly #graph: AliasGraph
  readonly #solution: Solution
  readonly #writers = new Map<Location, Access[]>()
  readonly #readers = new Map<Location, Access[]>()

  constructor(graph: Graph, options: AliasOptions = {}) {
    this.#graph = new AliasGraph(graph, options.self)
    this.#solution = this.#graph.pointsTo.solve()
    for (const node of this.#graph.writes.keys())
      for (const [value, locations] of this.writtenBy(node))
        for (const location of locations) push(this.#writers, location, { node, value })
    // Now, not when first asked: passes ask while they rewrite.
    if (this.#writers.size === 0) return
    for (const [value] of this.#graph.values())
      for (const use of value.uses)
        for (const location of this.#readAt(use.user, use.index, value))
          if (this.#writers.has(location)) push(this.#readers, location, { node: use.user, value })
  }

  /** `value` came to be after the analysis, as another name for what `like` refers to. */
  adopt(value: Value, like: Value): void {
    this.#graph.adopt(value, like)
  }
  /** What a value may refer to itself. */
  locations(value: Value): ReadonlySet<Location> {
    return this.#solution.pointsTo(this.#graph.variable(value))
  }
  /** What it may refer to, itself or through what it holds. */
  reach(value: Value): ReadonlySet<Location> {
    return this.#solution.reach(this.#graph.variable(value))
  }
  /** What a location holds, at any depth, and itself. */
  reachOf(location: Location): ReadonlySet<Location> {
    const out = new Set([location])
    for (const field of location.fields.values()) for (const inner of this.#solution.reach(field)) out.add(inner)
    return out
  }
  mayAlias(a: Value, b: Value): boolean {
    return overlap(this.locations(a), this.locations(b))
  }
  /** Also true when one holds the other, or both hold the same. */
  mayContainAlias(a: Value, b: Value): boolean {
    return overlap(this.reach(a), this.reach(b))
  }
  constantLocation(value: IValue): Location | undefined {
    return this.#graph.constantLocation(value)
  }

  /**
   * The one value that owns the memory of a tensor, and the views between them, outermost last. Undefined when it may be one of
   * several, or when a view may be a copy.
   */
  baseAndViews(value: Value): { readonly base: Value; readonly views: readonly Node[] } | undefined {
    const views: Node[] = []
    let base = value
    for (;;) {
      const { node, index } = base
      const edge = this.edge(node, `view:${index}`)
      const isView = edge !== undefined && edge.constraints.length > 0
      if (!isView && !identities.has(node.kind)) break
      if (maybeViews.has(node.kind)) return undefined
      // An in-place operator's result is its argument, not a view of it.
      if (!this.#graph.writes.has(node)) views.push(node)
      base = node.input()
    }
    return this.locations(base).size === 1 && ownsMemory(base) ? { base, views: views.reverse() } : undefined
  }

  /** Locations that some node writes. */
  get written(): ReadonlySet<Location> {
    return new Set(this.#writers.keys())
  }
  isWritten(location: Location): boolean {
    return this.#writers.has(location)
  }
  hasWriters(value: Value): boolean {
    return [...this.locations(value)].some((location) => this.#writers.has(location))
  }
  /** Some of what the value refers to, itself or through what it holds, is written somewhere. */
  reachesWritten(value: Value): boolean {
    if (this.#writers.size === 0) return false
    for (const location of this.reach(value)) if (this.#writers.has(location)) return true
    return false
  }
  /** Nodes that may write what `value` refers to. */
  writers(value: Value): Node[] {
    return [...new Set([...this.locations(value)].flatMap((location) => (this.#writers.get(location) ?? []).map((access) => access.node)))]
  }
  writersOf(location: Location): Node[] {
    return (this.#writers.get(location) ?? []).map((access) => access.node)
  }
  /** Positions of the inputs that `node` writes. */
  writes(node: Node): readonly { readonly input: number; readonly elements: boolean }[] {
    return this.#graph.writes.get(node) ?? []
  }
  /** The values that `node` writes through, and what it may write. */
  writtenBy(node: Node): [Value, ReadonlySet<Location>][] {
    return this.writes(node).map(({ input, elements }) => {
      const value = node.input(input)
      const outer = this.locations(value)
      return [value, elements ? new Set([...this.reach(value)].filter((location) => !outer.has(location))) : outer]
    })
  }
  edge(node: Node, key: string): ReferenceEdge | undefined {
    return this.#graph.edge(node, key)
  }

  /**
   * True when a copy in place of the reference at `edge` cannot be told from it: no write, through either name, is followed by a read
   * through the other.
   */
  isSeparable(edge: ReferenceEdge | undefined): boolean {
    if (edge === undefined) return true
    const contested = [...this.reach(edge.source)].filter((location) => this.#writers.has(location))
    if (contested.length === 0) return true
    const constraints = this.#constraintsOn(contested)
    const without = this.#graph.pointsTo.solve({ constraints, without: edge })
    const through = this.#graph.pointsTo.solve({ constraints, marked: targets(edge, this.#solution) })
    const variable = (value: Value): Variable => this.#graph.variable(value)
    for (const location of contested) {
      const isOld = (value: Value): boolean => without.reach(variable(value)).has(location)
      const isNew = (value: Value): boolean => through.reach(variable(value)).has(mark)
      const after = (access: Access): boolean => precedes(edge.site, access.node) || this.#comesRound(edge.site, access, location)
      const writes = this.#writers.get(location)!.filter(after)
      if (writes.length === 0) continue
      const reads = (this.#readers.get(location) ?? []).filter(after)
      for (const write of writes) {
        for (const read of reads) {
          if (!precedes(write.node, read.node) && commonLoops(write.node, read.node).length === 0) continue
          if ((isNew(write.value) && isOld(read.value)) || (isOld(write.value) && isNew(read.value))) return false
        }
      }
    }
    return true
  }

  readonly #byLocation = new Map<Location, Constraint[]>()
  /** The constraints that references to these written locations, or to what holds them, are passed on by. */
  #constraintsOn(locations: readonly Location[]): Set<Constraint> {
    if (this.#byLocation.size === 0)
      for (const constraint of this.#graph.pointsTo.constraints) {
        const reached = new Set([...this.#solution.reach(constraint.from), ...this.#solution.reach(constraint.to)])
        for (const location of reached) if (this.#writers.has(location)) push(this.#byLocation, location, constraint)
      }
    return new Set(locations.flatMap((location) => this.#byLocation.get(location) ?? []))
  }

  /** A later iteration of a loop around both still meets the same memory through this access. */
  #comesRound(site: Node, access: Access, location: Location): boolean {
    return commonLoops(site, access.node).some((loop) => this.#holdsOld(access.value, location, loop))
  }
  readonly #old = new Map<Node, Map<Location, Solution | true>>()
  /** In an iteration of `loop`, `value` may refer to what an earlier iteration made. */
  #holdsOld(value: Value, location: Location, loop: Node): boolean {
    let byLocation = this.#old.get(loop)
    if (byLocation === undefined) this.#old.set(loop, (byLocation = new Map()))
    let old = byLocation.get(location)
    if (old === undefined) {
      byLocation.set(location, (old = this.#oldIn(location, loop)))
    }
    return old === true || old.reach(this.#graph.variable(value)).has(mark)
  }
  #oldIn(location: Location, loop: Node): Solution | true {
    const origin = location.origin as Partial<Value>
    const maker = origin.node
    if (maker === undefined || !isInside(maker, loop)) return true
    const carriers: Variable[] = []
    const body = loop.blocks[0]!
    for (const [value, variable] of this.#graph.values()) {
      const outside = !isInside(value.node, loop)
      if ((outside || value.node === body.paramNode) && this.#solution.reach(variable).has(location)) carriers.push(variable)
    }
    return this.#graph.pointsTo.solve({ constraints: this.#constraintsOn([location]), marked: carriers })
  }

  /** Locations whose contents `user` reads through its input `index`. Passing a reference on reads nothing. */
  #readAt(user: Node, index: number, value: Value): ReadonlySet<Location> {
    if (metadataReaders.has(user.kind)) return noLocations
    switch (user.kind) {
      case 'prim::Return':
        return user.block!.owner === undefined ? this.reach(value) : noLocations
      case 'prim::If':
      case 'prim::Loop':
      case 'prim::ListConstruct':
      case 'prim::TupleConstruct':
      case 'prim::DictConstruct':
      case 'prim::SetAttr':
      case 'prim::unchecked_cast':
      case 'aten::_unwrap_optional':
      case 'prim::unchecked_unwrap_optional':
        return noLocations
      case 'prim::ListUnpack':
      case 'prim::TupleUnpack':
      case 'prim::TupleIndex':
      case 'prim::TupleSlice':
      case 'prim::GetAttr':
      case 'aten::__getitem__':
        return this.locations(value)
    }
    const edges = this.#graph.edges.get(user)
    if (edges?.has(`store:${index}`) === true) {
      // An element that enters a container: only containers that are spilled into another are read.
      const field = edges.get(`store:${index}`)!
      return field.source === value && field.constraints.some((c) => c.kind === 'load') ? this.locations(value) : noLocations
    }
    if (index === 0 && edges?.has('view:0') === true && !this.#graph.writes.has(user)) return noLocations
    return this.reach(value)
  }
}

const identities = new Set(['prim::unchecked_cast', 'prim::unchecked_unwrap_optional', 'aten::_unwrap_optional', 'aten::wait'])

/** Made here: not handed on by control flow, and not taken out of a container. */
function ownsMemory({ node }: Value): boolean {
  if (node.kind === 'prim::Param') return node.block?.owner === undefined
  return ![
    'prim::If',
    'prim::Loop',
    'prim::ListUnpack',
    'prim::TupleUnpack',
    'prim::TupleIndex',
    'aten::__getitem__',
    'prim::GetAttr',
  ].includes(node.kind)
}

/** Variables that the edge's constraints fill. */
function targets(edge: ReferenceEdge, solution: Solution): Variable[] {
  return edge.constraints.flatMap((constraint) =>
    constraint.kind === 'store'
      ? [...solution.pointsTo(constraint.to)].flatMap((location) => location.fields.get(constraint.field) ?? [])
      : [constraint.to],
  )
}

function overlap(a: ReadonlySet<Location>, b: ReadonlySet<Location>): boolean {
  for (const location of a) if (b.has(location)) return true
  return false
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
