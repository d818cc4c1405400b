// Host programs keep Python's references, and hand tensors between JavaScript and regions as values: two names of one tensor, or a view and its
// base, cannot both survive that. So writes to tensors that no list, dict or object holds become new values first, as in remove-mutation.ts.

import { AliasAnalysis, type Location } from '../../analysis/alias-analysis.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { CompileError } from '../../diagnostics/compile-error.ts'
import { allNodes } from '../../ir/block.ts'
import { cloneGraph } from '../../ir/clone.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Value } from '../../ir/value.ts'
import { Functionalizer } from '../remove-mutation/functionalizer.ts'
import { Memory } from '../remove-mutation/memory.ts'
import { isIndexList } from './host-types.ts'

/** Trials, each over the whole graph, for groups of tensors of which some cannot be followed. */
const MAX_TRIALS = 64

/** Takes the writes to tensors away that can be followed; the others stay as they are. */
export function functionalizeTensors(graph: Graph): void {
  const groups = candidates(graph, new AliasAnalysis(graph)).map((_, i) => i)
  if (groups.length > 0) rewrite(graph, followed(graph, groups))
}

/** The groups that can be followed together: halves of those that cannot are tried alone, so few bad ones among many cost few trials. */
function followed(graph: Graph, groups: readonly number[]): ReadonlySet<number> {
  let kept: ReadonlySet<number> = new Set()
  const parts = [groups]
  let trials = 0
  for (let part = parts.pop(); part !== undefined && trials < MAX_TRIALS; part = parts.pop(), trials++) {
    const more = new Set([...kept, ...part])
    if (holds(graph, more)) kept = more
    else if (part.length > 1) parts.push(part.slice(part.length >> 1), part.slice(0, part.length >> 1))
  }
  return kept
}

function holds(graph: Graph, chosen: ReadonlySet<number>): boolean {
  try {
    rewrite(cloneGraph(graph), chosen)
    return true
  } catch (error) {
    if (error instanceof CompileError) return false
    throw error
  }
}

function rewrite(graph: Graph, chosen: ReadonlySet<number>): void {
  if (chosen.size === 0) return
  const alias = new AliasAnalysis(graph)
  const written = new Set(candidates(graph, alias).flatMap((group, i) => (chosen.has(i) ? [...group] : [])))
  const functionalizer = new Functionalizer(alias, written)
  const memory = new Memory()
  for (const input of graph.inputs) if (functionalizer.isWritten(input)) functionalizer.own(input, memory)
  functionalizer.block(graph.block, memory)
  functionalizer.takeInputs(graph.block.returnNode, memory)
  for (const node of functionalizer.doomed.reverse()) node.destroy()
}

/** Written tensors that only plain names refer to, those together that one name may stand for. The same for a graph and its copy. */
function candidates(graph: Graph, alias: AliasAnalysis): ReadonlySet<Location>[] {
  const values = valuesOf(graph)
  const free = new Set(alias.written)
  for (const value of values)
    if (coreType(value.type).kind === 'Tensor' ? escapes(value) : isHeld(value, alias))
      for (const location of alias.reach(value)) free.delete(location)
  const tensors = values.filter((value) => coreType(value.type).kind === 'Tensor').map((value) => alias.locations(value))
  // A name that may stand for one that is not free makes the others it may stand for unfree too.
  for (let changed = true; changed;) {
    changed = false
    for (const locations of tensors) {
      const own = [...locations].filter((location) => alias.isWritten(location))
      if (own.every((location) => free.has(location))) continue
      for (const location of own) changed = free.delete(location) || changed
    }
  }
  const groups = new Map<Location, Set<Location>>()
  for (const location of free) groups.set(location, new Set([location]))
  for (const locations of tensors) {
    const own = [...locations].filter((location) => free.has(location))
    const joined = groups.get(own[0]!)
    if (joined === undefined) continue
    for (const location of own.slice(1))
      for (const other of groups.get(location)!) {
        joined.add(other)
        groups.set(other, joined)
      }
  }
  return [...new Set(groups.values())]
}

function valuesOf(graph: Graph): Value[] {
  const values = [...graph.inputs]
  for (const node of allNodes(graph.block)) {
    values.push(...node.outputs)
    for (const nested of node.blocks) values.push(...nested.params)
  }
  return values
}

/** Out of the state or the weights: memory that outlives the call. */
const escapes = ({ node }: Value): boolean => node.kind === 'prim::GetAttr' || node.kind === 'prim::Constant'

/** What holds others by reference; a tuple or list that is made once and never changed only names them. */
function isHeld(value: Value, alias: AliasAnalysis): boolean {
  if (isIndexList(value)) return false
  const made = value.node.kind === 'prim::TupleConstruct' || value.node.kind === 'prim::ListConstruct'
  return !made || alias.hasWriters(value)
}
