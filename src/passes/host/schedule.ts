// Orders one block that the host runs into phases: host code, a region, host code, a region, … A node goes into the earliest phase that its
// operands and the memory it touches allow, so regions are as few as the values that the host must read between them demand.

import type { AliasAnalysis, Location } from '../../analysis/alias-analysis.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import { cloneNode } from '../../ir/clone.ts'
import type { Sides } from './host-sides.ts'
import { isIndexList, isStructure, makesListOfItems } from './host-types.ts'
import { isMovable } from './views-at-users.ts'

/** Even phases are host code, odd ones regions. */
export type Phases = Map<Node, number>

/** Tells that all that is known of `like` holds for `value`, which was made from it. */
export type Adopt = (value: Value, like: Value) => void

/** Says for every node of the block in which phase it runs; sets the side of those that either could run. */
export function schedule(block: Block, sides: Sides, alias: AliasAnalysis, adopt: Adopt): Phases {
  new Scheduler(block, sides, alias).assign()
  handOverParts(block, sides, alias, adopt)
  const phases = new Scheduler(block, sides, alias).assign()
  return besideUsers(block, delayed(block, phases, sides, alias), sides, alias)
}

/** Lists of indices and views of what is written never leave a region: each goes where the operator that takes it is, its one user. */
function besideUsers(block: Block, phases: Map<Node, number>, sides: Sides, alias: AliasAnalysis): Phases {
  for (const node of [...phases.keys()].reverse()) {
    if (sides.of(node) === 'host') continue
    if (!node.outputs.some(isIndexList) && !(isMovable(node, alias) && node.output().uses.size === 1)) continue
    const [use] = node.output().uses
    const user = use === undefined ? undefined : ancestorIn(use.user, block)
    if (user !== undefined && (phases.get(user) ?? 0) % 2 === 1) phases.set(node, phases.get(user)!)
  }
  return phases
}

// Operators that raise by themselves: their order with explicit exceptions is what a caller sees.
const RAISING = /^aten::(__getitem__|_set_item|pop|popitem|remove|index|Delete|Int|Float|div|floordiv|remainder|ord|chr|insert)$/

class Scheduler {
  readonly #block: Block
  readonly #sides: Sides
  readonly #alias: AliasAnalysis
  readonly #phases = new Map<Node, number>()
  readonly #lastWrite = new Map<Location, Node>()
  readonly #touchedSince = new Map<Location, Node[]>()
  #lastRaise: Node | undefined

  constructor(block: Block, sides: Sides, alias: AliasAnalysis) {
    this.#block = block
    this.#sides = sides
    this.#alias = alias
  }

  assign(): Map<Node, number> {
    for (const node of this.#block.nodes()) if (node.kind !== 'prim::Constant') this.#place(node)
    return this.#phases
  }

  #place(node: Node): void {
    const before = this.#dependencies(node)
    let side = this.#sides.of(node)
    if (side === 'either') {
      const regions = before.filter((other) => this.#sides.of(other) === 'region')
      const latest = Math.max(-1, ...regions.map((other) => this.#phases.get(other)!))
      side = latest >= 0 && this.#earliest(before, 'region') === latest ? 'region' : 'host'
      this.#sides.set(node, side)
    }
    this.#phases.set(node, this.#earliest(before, side, node))
  }

  #earliest(before: readonly Node[], side: 'host' | 'region', node?: Node): number {
    let phase = side === 'host' ? 0 : 1
    for (const other of before) {
      const isSame = this.#sides.of(other) === side
      const isApart = isSame && side === 'region' && (this.#sides.isAlone(other) || (node !== undefined && this.#sides.isAlone(node)))
      phase = Math.max(phase, this.#phases.get(other)! + (isApart ? 2 : isSame ? 0 : 1))
    }
    return phase
  }

  /** Nodes of the block that must run before `node`: what it reads, and what touched the memory it touches. */
  #dependencies(node: Node): Node[] {
    const before = new Set<Node>()
    for (const value of outerInputs(node)) if (this.#phases.has(value.node)) before.add(value.node)
    const { touched, written } = memoryOf(node, this.#alias)
    for (const location of touched) {
      const writer = this.#lastWrite.get(location)
      if (writer !== undefined) before.add(writer)
      if (written.has(location)) {
        for (const other of this.#touchedSince.get(location) ?? []) before.add(other)
        this.#touchedSince.set(location, [])
        this.#lastWrite.set(location, node)
      }
      const list = this.#touchedSince.get(location)
      if (list === undefined) this.#touchedSince.set(location, [node])
      else list.push(node)
    }
    const raises = [node, ...node.blocks.flatMap((block) => [...allNodes(block)])].some(({ kind }) => kind === 'prim::RaiseException')
    if (this.#lastRaise !== undefined && (raises || RAISING.test(node.kind))) before.add(this.#lastRaise)
    if (raises) this.#lastRaise = node
    before.delete(node)
    return [...before]
  }
}

/** Values from outside that a node reads, those inside of its blocks too. */
export function outerInputs(node: Node): Set<Value> {
  const values = new Set<Value>(node.inputs)
  if (node.blocks.length === 0) return values
  const inner = new Set<Value>()
  for (const block of node.blocks) {
    for (const param of block.params) inner.add(param)
    for (const nested of allNodes(block)) {
      for (const output of nested.outputs) inner.add(output)
      for (const deeper of nested.blocks) for (const param of deeper.params) inner.add(param)
    }
  }
  const add = (value: Value): void => void (inner.has(value) || values.add(value))
  for (const block of node.blocks) {
    block.returns.forEach(add)
    for (const nested of allNodes(block)) {
      nested.inputs.forEach(add)
      for (const deeper of nested.blocks) deeper.returns.forEach(add)
    }
  }
  return values
}

/** Written memory that a node touches, and the part of it that the node itself writes. */
export function memoryOf(node: Node, alias: AliasAnalysis): { readonly touched: Set<Location>; readonly written: Set<Location> } {
  const touched = new Set<Location>()
  const written = new Set<Location>()
  for (const inner of [node, ...node.blocks.flatMap((block) => [...allNodes(block)])]) {
    for (const value of [...inner.inputs, ...inner.outputs])
      for (const location of alias.reach(value)) if (alias.isWritten(location)) touched.add(location)
    for (const [, locations] of alias.writtenBy(inner)) for (const location of locations) written.add(location)
  }
  return { touched, written }
}

/** Tuples and lists that a region would only put together for the host to take apart are made by the host, of the same parts. */
function handOverParts(block: Block, sides: Sides, alias: AliasAnalysis, adopt: Adopt): void {
  for (const node of [...block.nodes()].reverse()) {
    if (!(isStructure(node) || makesListOfItems(node)) || sides.of(node) !== 'region') continue
    if (node.outputs.some((output) => [...alias.locations(output)].some((location) => alias.isWritten(location)))) continue
    const hostUses = node.outputs.flatMap((output) => [...output.uses].filter(({ user }) => isHostUse(user, block, sides)))
    if (hostUses.length === 0) continue
    const copy = cloneNode(node, block.graph, new Map()).insertAfter(node)
    sides.set(copy, 'host')
    node.outputs.forEach((output, i) => adopt(copy.output(i), output))
    for (const { user, index } of hostUses) user.setInput(index, copy.output(user.input(index).index))
    if (node.outputs.every((output) => !output.hasUses)) node.destroy()
  }
}

/** The user runs in JavaScript: a host node of this block or of a block inside of one, or the end of a block. */
export function isHostUse(user: Node, block: Block, sides: Sides): boolean {
  let at = user
  while (at.block !== block) {
    const owner = at.block?.owner
    if (owner === undefined) return true
    at = owner
  }
  return at.kind === 'prim::Return' || sides.of(at) === 'host'
}

/** A region all of whose results are wanted only later joins the one behind it. */
function delayed(block: Block, phases: Map<Node, number>, sides: Sides, alias: AliasAnalysis): Map<Node, number> {
  const last = Math.max(0, ...phases.values())
  for (let phase = 1; phase + 2 <= last; phase += 2) {
    const nodes = [...phases].filter(([, at]) => at === phase).map(([node]) => node)
    const free = nodes.every((node) => {
      const still = memoryOf(node, alias).touched.size === 0
      return (
        still &&
        node.outputs.every((output) =>
          [...output.uses].every(({ user }) => {
            const at = ancestorIn(user, block)
            return at !== undefined && sides.of(at) === 'region' && at.kind !== 'prim::Return' && phases.get(at)! >= phase
          }),
        )
      )
    })
    if (free && nodes.length > 0) for (const node of nodes) phases.set(node, phase + 2)
  }
  return phases
}

function ancestorIn(user: Node, block: Block): Node | undefined {
  let at: Node | undefined = user
  while (at !== undefined && at.block !== block) at = at.block?.owner
  return at
}
