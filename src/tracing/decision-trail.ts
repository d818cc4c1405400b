// Makes a graph tell how it went: one more output for each place in the source that has an If or Loop, a number that is another one whenever
// the branches taken there, or the turns made, were others. Equal numbers mean equal ways, save for chance (they wrap around at 64 bits).

import type { Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { formatPlace, userRange, type SourceRange } from '../diagnostics/source-range.ts'

/** The place of a decision, as the report names it. Inlined and unrolled copies share it. */
export const placeOf = (range: SourceRange): string => formatPlace(userRange(range))

// A polynomial in this base: order and count of what happened both count.
const BASE = 31n

/** Place → its number, 0 where control never came by. Blocks nest no deeper than `limit-nesting` leaves them. */
type Trail = Map<string, Value>

/** Adds the outputs behind those of the graph; gives the places in their order. */
export function leaveTrail(graph: Graph): string[] {
  const trail = ofBlock(graph.block)
  for (const value of trail.values()) graph.addOutput(value)
  return [...trail.keys()]
}

function ofBlock(block: Block): Trail {
  const trail: Trail = new Map()
  for (const node of block.nodes()) {
    const inner = node.kind === 'prim::If' ? ofBranches(node) : node.kind === 'prim::Loop' ? ofLoop(node) : undefined
    if (inner === undefined || inner.size === 0) continue
    const b = new Builder(node.next!)
    for (const [place, value] of inner) {
      const before = trail.get(place)
      trail.set(place, before === undefined ? value : behind(b, before, value))
    }
  }
  return trail
}

const behind = (b: Builder, before: Value, next: Value): Value =>
  b.op('aten::add', [b.op('aten::mul', [before, b.int(BASE)], intType), next], intType)

function ofBranches(node: Node): Trail {
  const sides = node.blocks.map(ofBlock)
  const own = node.range === undefined ? undefined : placeOf(node.range)
  const places = new Set(own === undefined ? [] : [own])
  for (const side of sides) for (const place of side.keys()) places.add(place)
  const trail: Trail = new Map()
  for (const place of places) {
    for (const [i, block] of node.blocks.entries()) {
      const b = Builder.atEnd(block)
      const inside = sides[i]!.get(place) ?? b.int(0)
      block.addReturn(place === own ? behind(b, inside, b.int(i + 1)) : inside)
    }
    trail.set(place, node.addOutput(intType))
  }
  return trail
}

function ofLoop(node: Node): Trail {
  const body = node.blocks[0]!
  const inside = ofBlock(body)
  const own = node.range === undefined ? undefined : placeOf(node.range)
  const trail: Trail = new Map()
  for (const place of new Set([...(own === undefined ? [] : [own]), ...inside.keys()])) {
    // A loop that makes no turn was come by, too.
    node.addInput(new Builder(node).int(place === own ? 1 : 0))
    const carried = body.addParam(intType)
    const b = Builder.atEnd(body)
    let next: Value = carried
    const turn = inside.get(place)
    if (turn !== undefined) next = behind(b, next, turn)
    if (place === own) next = b.op('aten::add', [next, b.int(1)], intType)
    body.addReturn(next)
    trail.set(place, node.addOutput(intType))
  }
  return trail
}
