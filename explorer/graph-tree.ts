// The drawn graph by its modules: a tree whose leaves are nodes. A module that is closed is drawn as one box; which are open at first is chosen so that
// the picture can be taken in, brothers alike.

import type { Drawing, DrawnNode } from '../src/compiler/explore/types.ts'

export interface Leaf {
  readonly kind: 'node'
  readonly id: string
  readonly node: DrawnNode
}
export interface Group {
  readonly kind: 'group'
  readonly id: string
  /** Path of the module, below that of the group around it. */
  readonly label: string
  readonly path: string
  readonly children: readonly Item[]
  /** Nodes in it and in what is in it. */
  readonly size: number
}
export type Item = Leaf | Group

interface Draft {
  readonly path: string
  readonly parts: Map<string, Draft>
  readonly items: (Leaf | Draft)[]
}

/** Parts of a path that become boxes within boxes. */
const MAX_DEPTH = 24

export function graphTree(drawing: Drawing): Group {
  const root: Draft = { path: '', parts: new Map(), items: [] }
  for (const [i, node] of drawing.nodes.entries()) {
    let at = root
    const parts = node.module === '' ? [] : node.module.split('.').slice(0, MAX_DEPTH)
    for (const part of parts) {
      let next = at.parts.get(part)
      if (next === undefined) {
        next = { path: at.path === '' ? part : `${at.path}.${part}`, parts: new Map(), items: [] }
        at.parts.set(part, next)
        at.items.push(next)
      }
      at = next
    }
    at.items.push({ kind: 'node', id: `node ${i}`, node })
  }
  return grouped(root, '')
}

const isDraft = (item: Leaf | Draft): item is Draft => 'parts' in item

function grouped(draft: Draft, above: string): Group {
  const children = draft.items.map((item): Item => {
    if (!isDraft(item)) return item
    // A module of one thing is that thing.
    let at = item
    while (at.items.length === 1 && isDraft(at.items[0]!)) at = at.items[0]
    return at.items.length === 1 ? (at.items[0] as Leaf) : grouped(at, draft.path)
  })
  return {
    kind: 'group',
    id: `group ${draft.path}`,
    label: above === '' ? draft.path : draft.path.slice(above.length + 1),
    path: draft.path,
    children,
    size: children.reduce((sum, item) => sum + (item.kind === 'node' ? 1 : item.size), 0),
  }
}

/** Boxes that a picture may have at first. */
const READABLE = 64

/** The groups to be open at first: level by level, as long as the picture stays readable. */
export function openAtFirst(root: Group): Set<string> {
  const open = new Set([root.id])
  let level: readonly Group[] = [root]
  let visible = root.children.length
  while (level.length > 0) {
    const next = level.flatMap(({ children }) => children).filter((item) => item.kind === 'group')
    const more = next.reduce((sum, { children }) => sum + children.length - 1, 0)
    if (next.length === 0 || visible + more > READABLE) break
    for (const { id } of next) open.add(id)
    visible += more
    level = next
  }
  return open
}

/** Every group, outermost first. */
export function* groupsOf(root: Group): Generator<Group, void> {
  const pending = [root]
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    yield group
    for (const child of group.children) if (child.kind === 'group') pending.push(child)
  }
}
