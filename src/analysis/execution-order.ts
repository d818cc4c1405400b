// Which of two nodes may run before which, with branches and loops in mind.

import type { Node } from '../ir/node.ts'

/** The nodes that enclose `node`, innermost first. */
export function enclosing(node: Node): Node[] {
  const out: Node[] = []
  for (let owner = node.block?.owner; owner !== undefined; owner = owner.block?.owner) out.push(owner)
  return out
}

export function isInside(node: Node, outer: Node): boolean {
  for (let owner = node.block?.owner; owner !== undefined; owner = owner.block?.owner) if (owner === outer) return true
  return false
}

/** Loops whose body holds both nodes. */
export function commonLoops(a: Node, b: Node): Node[] {
  const loops = new Set(enclosing(a).filter((node) => node.kind === 'prim::Loop'))
  return enclosing(b).filter((node) => loops.has(node))
}

/** They are in different branches of one If. */
function areExclusive(a: Node, b: Node): boolean {
  const branches = new Map<Node, object>()
  for (let block = a.block; block?.owner !== undefined; block = block.owner.block) branches.set(block.owner, block)
  for (let block = b.block; block?.owner !== undefined; block = block.owner.block) {
    const other = branches.get(block.owner)
    if (other !== undefined) return other !== block
  }
  return false
}

/** `a` may run, and `b` after it, in one pass through the code, no loop going round. */
export function precedes(a: Node, b: Node): boolean {
  return a !== b && a.isBefore(b) && !areExclusive(a, b)
}
