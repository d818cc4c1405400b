// Who runs each node: generated JavaScript ('host'), or a region of the graph ('region'). An If or Loop goes to the host when something inside
// of it must; what either side could run goes where its operands are.

import type { AliasAnalysis, Location } from '../../analysis/alias-analysis.ts'
import type { Facts } from '../../analysis/facts.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Node } from '../../ir/node.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { crosses, HOST_KINDS, isFlexible, isIndexList } from './host-types.ts'

/** `either`: nothing in it decides. */
export type Side = 'host' | 'region' | 'either'

export interface SideOptions {
  readonly facts: Facts
  readonly alias: AliasAnalysis
  /** Nodes that must go to the host for reasons of their own: a region could not be made of them. */
  readonly forced: ReadonlySet<Node>
  /** Nodes that are regions of their own, and so in no other one. */
  readonly alone: ReadonlySet<Node>
}

const isConstant = (value: Value): boolean => value.node.kind === 'prim::Constant'

export class Sides {
  readonly #sides = new Map<Node, Side>()
  readonly #free = new Set<Node>()
  readonly #options: SideOptions
  /** Lists and dicts that JavaScript has a name for: whoever writes or reads them runs there. */
  readonly #hostMemory = new Set<Location>()

  constructor(block: Block, options: SideOptions) {
    this.#options = options
    this.#findHostMemory(block)
    for (const node of block.nodes()) this.#visit(node)
    this.#keepListsWhole(block)
  }

  /** A list that is filled for an operator of a region is made and filled there too, when nobody else knows it. */
  #keepListsWhole(block: Block): void {
    const { alias, forced } = this.#options
    const users = new Map<Location, Set<Node>>()
    for (const node of allNodes(block))
      for (const value of [...node.inputs, ...node.outputs]) {
        if (value.type.kind !== 'List') continue
        for (const location of alias.locations(value)) {
          if (!alias.isWritten(location)) continue
          const nodes = users.get(location)
          if (nodes === undefined) users.set(location, new Set([node]))
          else nodes.add(node)
        }
      }
    for (const nodes of users.values()) {
      const sides = [...nodes].map((node) => this.of(node))
      if (sides.includes('host') || !sides.includes('region') || [...nodes].some((node) => forced.has(node))) continue
      for (const node of nodes) if (this.of(node) === 'either') this.#sides.set(node, 'region')
    }
  }

  of(node: Node): Side {
    return this.#sides.get(node) ?? 'either'
  }
  /** Either side could have run it. */
  isFree(node: Node): boolean {
    return this.#free.has(node)
  }
  isAlone(node: Node): boolean {
    return this.#options.alone.has(node)
  }
  set(node: Node, side: Side): void {
    this.#sides.set(node, side)
  }

  /** Memory that containers of a kind no region takes reach, and the containers that forced nodes write. */
  #findHostMemory(block: Block): void {
    const { alias, forced } = this.#options
    const values: Value[] = [...block.params]
    for (const node of allNodes(block)) {
      values.push(...node.outputs)
      for (const nested of node.blocks) values.push(...nested.params)
      if (forced.has(node)) for (const [, locations] of alias.writtenBy(node)) for (const location of locations) this.#add(location)
    }
    for (const value of values)
      if (!crosses(value.type) && !isIndexList(value) && !isConstant(value)) for (const location of alias.reach(value)) this.#add(location)
  }
  #add(location: Location): void {
    if (this.#options.alias.isWritten(location)) this.#hostMemory.add(location)
  }

  #visit(node: Node): Side {
    const nested = node.blocks.flatMap((block) => [...block.nodes()].map((inner) => this.#visit(inner)))
    const holdsAlone = node.blocks.some((block) => [...block.nodes()].some((inner) => this.isAlone(inner)))
    const side = holdsAlone ? 'host' : this.#own(node, nested)
    this.#sides.set(node, side)
    if (side === 'either') this.#free.add(node)
    return side
  }

  #own(node: Node, nested: readonly Side[]): Side {
    if (node.kind === 'prim::Constant') return 'either'
    if (this.#options.forced.has(node) || nested.includes('host') || this.#mustBeHost(node)) return 'host'
    if (node.blocks.length > 0) return nested.includes('region') ? 'region' : 'either'
    return isFlexible(node) ? 'either' : 'region'
  }

  #mustBeHost(node: Node): boolean {
    if (node.kind === 'prim::RaiseException') return constantOf(node.input()) === undefined
    if (HOST_KINDS.has(node.kind)) return true
    if (node.outputs.some(isIndexList)) return false
    if (this.#hasWrittenItems(node)) return true
    if (node.outputs.some(({ type }) => !crosses(type) && type.kind !== 'None' && type.kind !== 'Device')) return true
    if (
      node.inputs.some(
        (value) => !isConstant(value) && !crosses(value.type) && !isIndexList(value) && !['None', 'Device'].includes(value.type.kind),
      )
    )
      return true
    if (node.kind === 'prim::If' || node.kind === 'prim::Loop') return this.#differs(node)
    return this.#touchesHostList(node)
  }

  /** A list made of a list, of tensors that are written: they must stay the same tensors, and out of a region come others. */
  #hasWrittenItems(node: Node): boolean {
    const { alias } = this.#options
    if (node.inputs[0]?.type.kind !== 'List' || node.blocks.length > 0) return false
    // Views of a tensor (`unbind`) are made in a region, and seen as such only there.
    if (node.kind === 'aten::list' && node.input(0).node.inputs[0]?.type.kind === 'Tensor') return false
    return node.outputs.some((output) => {
      if (output.type.kind !== 'List' || output.type.of.kind !== 'Tensor') return false
      const own = alias.locations(output)
      return [...alias.reach(output)].some((location) => !own.has(location) && alias.isWritten(location))
    })
  }

  /** A list that the host has a name for is made, written and read element by element there; a tensor operator may take it as it is. */
  #touchesHostList(node: Node): boolean {
    const { alias } = this.#options
    const touches = (value: Value): boolean =>
      value.type.kind === 'List' && [...alias.locations(value)].some((location) => this.#hostMemory.has(location))
    return (
      alias.writes(node).some(({ input }) => touches(node.input(input))) ||
      (isFlexible(node) && [...node.inputs, ...node.outputs].some(touches))
    )
  }

  /** Branches, or turns, that give tensors of different dtypes: ONNX types an output once. */
  #differs(node: Node): boolean {
    const { facts } = this.#options
    const conflict = (a: Value, b: Value, type: Type): boolean => {
      if (a.node.kind === 'prim::Uninitialized' || b.node.kind === 'prim::Uninitialized') return false
      const x = facts.of(a)
      const y = facts.of(b)
      if (type.kind === 'Tensor' || type.kind === 'Optional') return x.dtype !== undefined && y.dtype !== undefined && x.dtype !== y.dtype
      return type.kind === 'number' && x.number !== undefined && y.number !== undefined && x.number !== y.number
    }
    if (node.kind === 'prim::If')
      return node.outputs.some((output, i) => conflict(node.blocks[0]!.returns[i]!, node.blocks[1]!.returns[i]!, output.type))
    return node.outputs.some((output, i) => conflict(node.input(i + 2), node.blocks[0]!.returns[i + 1]!, output.type))
  }
}
