// The forms of loops that JavaScript has of its own: over the items of a list, over a range, and while a condition holds. A prim::Loop has one
// form for all; what it was is seen from what its body does. Answers to emitLoopCommon in torch/csrc/jit/frontend/ir_emitter.cpp.

import { allNodes } from '../../ir/block.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Node } from '../../ir/node.ts'
import { typesEqual, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { HostClasses } from './classes.ts'
import { isStructural, operationOf } from './operation.ts'

/** What a while loop has as its number of turns, and anything near it. */
const ENDLESS = 2n ** 62n
// A condition is a small tree.
const MAX_DEPTH = 12

const noClasses = new HostClasses()

export const isTrue = (value: Value): boolean => constantOf(value) === true

/** The number of turns; undefined where only the condition ends the loop. */
export function turns(loop: Node): Value | undefined {
  const limit = constantOf(loop.input(0))
  return typeof limit === 'bigint' && limit >= ENDLESS ? undefined : loop.input(0)
}

/** Runs to its end: no condition ends it early. */
function isCounted(loop: Node): boolean {
  return turns(loop) !== undefined && isTrue(loop.input(1)) && isTrue(loop.blocks[0]!.returns[0]!)
}

const onlyUse = (value: Value): Node | undefined => (value.uses.size === 1 ? [...value.uses][0]!.user : undefined)

/** Whether a node may change a list of this type: what it writes is its first input. */
function writes(node: Node, type: Type): boolean {
  if (node.kind === 'host::region' || isStructural(node.kind) || operationOf(node, noClasses)?.effect !== 'write') return false
  const written = node.inputs[0]?.type
  return written?.kind === 'List' && typesEqual(written, type)
}

/** What a loop is in JavaScript. */
export interface LoopForm {
  readonly items: Items | undefined
  readonly span: Span | undefined
  readonly test: WhileCondition | undefined
  /** Nodes that its head takes the place of. */
  readonly skip: readonly Node[]
}

export function loopForm(loop: Node): LoopForm {
  const items = forOf(loop)
  const span = items === undefined ? range(loop) : undefined
  const test = whileCondition(loop)
  return { items, span, test, skip: [items, span, test].flatMap((form) => form?.skip ?? []) }
}

interface Items {
  readonly list: Value
  readonly item: Value
  /** What takes the item apart, if that is all that happens to it. */
  readonly unpack: Node | undefined
  readonly skip: readonly Node[]
}

/** `for x in items`, when the body changes no list. */
function forOf(loop: Node): Items | undefined {
  if (!isCounted(loop)) return undefined
  const length = loop.input(0).node
  const body = loop.blocks[0]!
  const get = onlyUse(body.params[0]!)
  if (length.kind !== 'aten::len' || get?.kind !== 'aten::__getitem__' || get.block !== body || get.input(1) !== body.params[0])
    return undefined
  const list = length.input()
  if (list.type.kind !== 'List' || get.input() !== list || onlyUse(loop.input(0)) !== loop || length.block !== loop.block) return undefined
  // The item is read in its turn: nothing may have changed it.
  for (const node of allNodes(body)) if (writes(node, list.type)) return undefined
  for (let node = length.next!; node !== loop; node = node.next!) if (writes(node, list.type) || node.blocks.length > 0) return undefined
  const item = get.output()
  const parts = onlyUse(item)
  const unpack = parts?.kind === 'prim::TupleUnpack' && parts.block === body ? parts : undefined
  return { list, item, unpack, skip: [length, get, ...(unpack === undefined ? [] : [unpack])] }
}

interface Span {
  readonly from: Value
  readonly to: Value | bigint
  readonly step: bigint
  readonly index: Value
  readonly skip: readonly Node[]
}

/** `for i in range(from, to, step)`, with a step that is known. */
function range(loop: Node): Span | undefined {
  if (!isCounted(loop)) return undefined
  const length = loop.input(0).node
  const body = loop.blocks[0]!
  const derive = onlyUse(body.params[0]!)
  if (derive?.kind !== 'aten::__derive_index' || derive.block !== body || derive.input(0) !== body.params[0]) return undefined
  const from = derive.input(1)
  const [start, step, count] = [from, derive.input(2), loop.input(0)].map(constantOf)
  if (typeof step !== 'bigint' || step === 0n) return undefined
  if (typeof start === 'bigint' && typeof count === 'bigint')
    return { from, to: start + step * (count < 0n ? 0n : count), step, index: derive.output(), skip: [derive] }
  if (length.kind !== 'aten::__range_length' || onlyUse(loop.input(0)) !== loop || length.block !== loop.block) return undefined
  if (constantOf(length.input(2)) !== step) return undefined
  if (length.input() !== from && (start === undefined || constantOf(length.input()) !== start)) return undefined
  // The ends are evaluated where the loop begins.
  for (let node = length.next!; node !== loop; node = node.next!) if (!isMovable(node)) return undefined
  return { from, to: length.input(1), step, index: derive.output(), skip: [length, derive] }
}

const isMovable = (node: Node): boolean =>
  node.kind === 'prim::Constant' ||
  node.kind === 'prim::Uninitialized' ||
  (node.blocks.length === 0 && !isStructural(node.kind) && operationOf(node, noClasses)?.effect === 'pure')

export interface WhileCondition {
  /** As it is at the end of a turn. */
  readonly value: Value
  /** The parameter that is what this value becomes. */
  readonly leaf: (value: Value) => Value | undefined
  /** Which carried variables it reads. */
  readonly carried: ReadonlySet<number>
  readonly skip: readonly Node[]
}

/** `while condition`: the same expression before the first turn and at the end of each, of what is carried. */
function whileCondition(loop: Node): WhileCondition | undefined {
  const body = loop.blocks[0]!
  const [again, ...next] = body.returns as [Value, ...Value[]]
  const inits = loop.inputs.slice(2)
  const [before, after] = [new Set<Node>(), new Set<Node>()]
  const leaves = new Map<Value, number>()
  const carried = (a: Value, b: Value): boolean => {
    const i = next.findIndex((value, at) => value === b && same(inits[at]!, a))
    if (i === -1 || (leaves.get(b) ?? i) !== i) return false
    leaves.set(b, i)
    return true
  }
  const matches = (a: Value, b: Value, depth: number): boolean => {
    if (carried(a, b)) return true
    if (constantOf(a) !== undefined || constantOf(b) !== undefined) return same(a, b)
    if (a === b) return true
    const [x, y] = [a.node, b.node]
    if (depth > MAX_DEPTH || x.kind !== y.kind || x.block !== loop.block || y.block !== body || x.outputs.length !== 1) return false
    if (onlyUse(a) === undefined || onlyUse(b) === undefined || x.inputs.length !== y.inputs.length) return false
    if (isStructural(x.kind)) return false
    const operation = operationOf(x, noClasses)
    if (operation === undefined || operation.effect === 'write' || x.attributes.size > 0) return false
    before.add(x)
    after.add(y)
    return x.inputs.every((input, i) => matches(input, y.input(i), depth + 1))
  }
  if (isTrue(again) || constantOf(loop.input(1)) !== undefined || !matches(loop.input(1), again, 0)) return undefined
  if (!isLast(before, loop) || !isLast(after, body.returnNode)) return undefined
  const leaf = (value: Value): Value | undefined => (leaves.has(value) ? body.params[leaves.get(value)! + 1] : undefined)
  return { value: again, leaf, carried: new Set(leaves.values()), skip: [...before, ...after] }
}

function same(a: Value, b: Value): boolean {
  const constant = constantOf(a)
  return a === b || (constant !== undefined && constant === constantOf(b) && a.type.kind === b.type.kind)
}

/** Nothing but pure operators stands between these nodes and `end`. */
function isLast(nodes: ReadonlySet<Node>, end: Node): boolean {
  const open = new Set(nodes)
  for (let node = end.previous!; open.size > 0 && node.kind !== 'prim::Param'; node = node.previous!) {
    if (open.delete(node)) continue
    if (!isMovable(node)) return false
  }
  return open.size === 0
}
