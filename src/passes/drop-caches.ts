// `if key not in self.cache: self.cache[key] = f(weights)`, then `self.cache[key]`: a table kept for speed. Its entries depend on nothing
// that changes, so a call gives the same whether it finds one or makes it: the value takes the place of the look-up, and no state remains.
// Only where the attribute is used for nothing else, and every place that fills it is the same line of the model.

import { AliasAnalysis } from '../analysis/alias-analysis.ts'
import { allNodes, type Block } from '../ir/block.ts'
import { constantOf } from '../ir/constant.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { factsOf } from './graph-facts.ts'
import { attributePaths, holders } from './module-attributes.ts'
import { definePass, type PassContext } from './pass.ts'
import { hasEffect, isRandom } from './side-effects.ts'

export const dropCaches = definePass({
  name: 'drop-caches',
  doc: 'Replaces look-ups in a dict that only remembers what is computed from weights by the computation.',
  run: (graph, context) => {
    if (context.self === undefined) return false
    let changed = false
    const elsewhere = new Set(context.changed?.map(({ attribute }) => attribute))
    for (const [path, cache] of cachesOf(graph, context.self)) if (!elsewhere.has(path) && drop(cache, graph, context)) changed = true
    return changed
  },
})

/** The reads of each attribute that is a Dict, by its path. */
function cachesOf(graph: Graph, self: IObject): Map<string, Cache> {
  const objects = new Map<Value, IObject>()
  if (graph.inputs[0] !== undefined) objects.set(graph.inputs[0], self)
  const paths = attributePaths(self)
  const found = new Map<string, Cache>()
  for (const node of allNodes(graph.block)) {
    const object = node.kind === 'prim::GetAttr' ? objects.get(node.input()) : undefined
    const held = object?.attributes.get(String(node.attributes.get('name')))
    if (object === undefined || held === null || typeof held !== 'object') continue
    if (held.kind === 'object') objects.set(node.output(), held)
    if (held.kind !== 'dict') continue
    const path = [paths.get(object), String(node.attributes.get('name'))].filter(Boolean).join('.')
    const cache = found.get(path) ?? { reads: [], saved: held.entries.map(([key]) => key) }
    cache.reads.push(node)
    found.set(path, cache)
  }
  return found
}

interface Cache {
  readonly reads: Node[]
  /** The keys that the file holds entries of. */
  readonly saved: readonly IValue[]
}

/** One place that fills the table: the If, what it stores under which key. */
interface Site {
  readonly branch: Node
  readonly filling: Block
  readonly key: Value
  readonly store: Node
}

function drop({ reads, saved }: Cache, graph: Graph, context: PassContext): boolean {
  const users = reads.flatMap((read) => [...read.output().uses].map(({ user, index }) => ({ user, index })))
  if (users.some(({ index }) => index !== 0)) return false
  const nodes = users.map(({ user }) => user)
  const sites = nodes.filter(({ kind }) => kind === 'aten::__contains__').map((node) => siteOf(node, reads))
  const [first] = sites
  if (first === undefined || sites.some((site) => site === undefined)) return false
  const all = sites as Site[]
  if (all.some(({ store }) => store.range?.start !== first.store.range?.start || store.range?.source !== first.store.range?.source))
    return false
  const facts = factsOf(graph, context)
  const same = (a: Value, b: Value): boolean => {
    const [x, y] = [a, b].map((value): IValue | undefined => constantOf(value) ?? facts.of(value).value)
    return a === b || (typeof x === 'string' && x === y)
  }
  const stores = new Set(all.map(({ store }) => store))
  const lookUps: { readonly node: Node; readonly site: Site }[] = []
  for (const node of nodes) {
    if (node.kind === 'aten::__contains__' || stores.has(node)) continue
    // Behind the If in its block: then the entry is there, and is this one's.
    if (node.kind !== 'aten::__getitem__') return false
    const site = all.find(({ branch, key }) => branch.block === node.block && branch.isBefore(node) && same(key, node.input(1)))
    if (site === undefined) return false
    lookUps.push({ node, site })
  }
  if (!areFixed(all, graph, context)) return false
  if (saved.length > 0) {
    // What was saved is what torch gives; it must be all that is asked for, and then nothing is ever stored.
    const known = (value: Value): IValue | undefined => constantOf(value) ?? facts.of(value).value
    if (all.some(({ key }) => !saved.includes(known(key) ?? null))) return false
    for (const { branch } of all) branch.destroy()
    return true
  }
  for (const { branch, filling, store } of all) {
    for (const node of filling.nodes()) if (node !== store) node.moveBefore(branch)
    for (const { node, site } of lookUps) if (site.store === store) node.output().replaceAllUsesWith(store.input(2))
  }
  for (const { node } of lookUps) node.destroy()
  for (const { branch } of all) branch.destroy()
  for (const node of nodes) if (node.kind === 'aten::__contains__') dropUnused(node)
  for (const read of reads) if (!read.output().hasUses) read.destroy()
  return true
}

/** `if not (key in cache): …; cache[key] = value` and nothing else; folding writes it as an If without the `not`. */
function siteOf(contains: Node, reads: readonly Node[]): Site | undefined {
  const key = contains.input(1)
  const only = (value: Value): Node | undefined => (value.uses.size === 1 ? [...value.uses][0]!.user : undefined)
  let branch = only(contains.output())
  const negated = branch?.kind === 'aten::__not__'
  if (negated) branch = only(branch!.output())
  if (branch?.kind !== 'prim::If' || branch.outputs.length > 0) return undefined
  const [filling, empty] = (negated ? branch.blocks : [...branch.blocks].reverse()) as [Block, Block]
  const store = filling.returnNode.previous!
  if (!empty.isEmpty || store.kind !== 'aten::_set_item' || store.input(1) !== key || !reads.includes(store.input(0).node)) return undefined
  return [...filling.nodes()].every((node) => node.blocks.length === 0) ? { branch, filling, key, store } : undefined
}

/** Computed from constants and attributes that nothing changes, without effect and without chance. */
function areFixed(sites: readonly Site[], graph: Graph, { self }: PassContext): boolean {
  const seen = new Set<Node>()
  const names = new Set<IValue>()
  const stack = sites.map(({ store }) => store.input(2).node)
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node) || node.kind === 'prim::Constant') continue
    seen.add(node)
    if (node.kind === 'prim::GetAttr') {
      names.add(String(node.attributes.get('name')))
      continue
    }
    if (node.kind === 'prim::Param' || node.blocks.length > 0 || hasEffect(node) || isRandom(node)) return false
    stack.push(...node.inputs.map((input) => input.node))
  }
  const alias = new AliasAnalysis(graph, { self: self! })
  const written = holders(self!, (value) => {
    const location = alias.constantLocation(value)
    return location !== undefined && alias.writersOf(location).length > 0
  })
  if (written.flat().some(({ path }) => names.has(path.slice(path.lastIndexOf('.') + 1)))) return false
  return ![...allNodes(graph.block)].some((node) => node.kind === 'prim::SetAttr' && names.has(String(node.attributes.get('name'))))
}

function dropUnused(contains: Node): void {
  for (const { user } of contains.output().uses) if (!user.output().hasUses) user.destroy()
  if (!contains.output().hasUses) contains.destroy()
}
