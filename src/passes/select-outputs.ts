// Option `outputs`: the result of a method without the parts that nobody asked for. On the inlined graph, before anything else, so that what only
// the rest needs is dead code to every later pass, weights included. A method that returns a NamedTuple or a Dict keeps the named keys, a tuple or
// list the named items in their own order. Parts are looked for where the result is made; what it does not tell is read from the result itself.

import { fail } from '../diagnostics/compile-error.ts'
import { nearest } from '../diagnostics/nearest.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import { annotationText } from '../ir/print-type.ts'
import type { Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'

/** A part of the result: what is left of its path, and the path as the user wrote it. */
interface Wanted {
  readonly rest: string
  readonly path: string
}

/**
 * Leaves of the result of `graph` only what `paths` name: `logits`, `1`, `hidden.0`; a path to a container keeps all of it.
 * @throws CompileError PT3910 for a path that the result does not have, as far as the graph tells
 */
export function selectOutputs(graph: Graph, paths: readonly string[], method: string): void {
  const [result] = graph.outputs
  if (result === undefined) return unknownPath(paths[0] ?? '', method, 'returns nothing', [])
  const selection = new Selection(method)
  const wanted = paths.map((path) => ({ rest: path, path }))
  graph.block.returnNode.setInput(0, selection.pick(Builder.atEnd(graph.block), result, wanted))
}

class Selection {
  readonly #method: string

  constructor(method: string) {
    this.#method = method
  }

  /** `value` with only its wanted parts, made in front of the builder's point. */
  pick(b: Builder, value: Value, wanted: readonly Wanted[]): Value {
    // A container that is named as a whole keeps what else is named of it.
    if (wanted.some(({ rest }) => rest === '')) return value
    const { type, node } = value
    if (node.kind === 'prim::If' && value.uses.size === 1 && (type.kind === 'Tuple' || type.kind === 'Dict'))
      return this.#pickInBranches(node, value, wanted)
    switch (type.kind) {
      case 'Tuple':
        return this.#pickItems(b, value, type.of, type.fields, wanted)
      case 'Dict':
        return this.#pickKeys(b, value, type, wanted)
      case 'List':
        return this.#pickElements(b, value, type.of, wanted)
      case 'Optional':
        return this.#refuse(wanted[0]!, 'may be None', 'name it as a whole')
      default:
        return this.#refuse(wanted[0]!, `is a ${annotationText(type)}, which has no parts`)
    }
  }

  /** The parts of what both branches give; a branch that raises gives whatever the other does. */
  #pickInBranches(node: Node, value: Value, wanted: readonly Wanted[]): Value {
    const { index } = value
    const ended = (block: (typeof node.blocks)[number]): boolean => block.returns[index]!.node.kind === 'prim::Uninitialized'
    if (node.blocks.every(ended)) return value
    const picked = new Map(
      node.blocks.filter((block) => !ended(block)).map((block) => [block, this.pick(Builder.atEnd(block), block.returns[index]!, wanted)]),
    )
    const { type } = [...picked.values()][0]!
    for (const block of node.blocks) block.addReturn(picked.get(block) ?? Builder.atEnd(block).op('prim::Uninitialized', [], type))
    return node.addOutput(type)
  }

  #pickItems(b: Builder, value: Value, types: readonly Type[], fields: readonly string[] | undefined, wanted: readonly Wanted[]): Value {
    const names = fields ?? types.map((_, i) => String(i))
    const groups = this.#group(wanted, names)
    const isMade = value.node.kind === 'prim::TupleConstruct'
    const parts = isMade ? value.node.inputs : b.node('prim::TupleUnpack', [value], types).outputs
    const chosen = names.flatMap((name, i) => (groups.has(name) ? [{ name, part: this.pick(b, parts[i]!, groups.get(name)!) }] : []))
    const of = chosen.map(({ part }) => part.type)
    const kept = chosen.map(({ part }) => part)
    return b.tuple(kept, { kind: 'Tuple', of, ...(fields === undefined ? {} : { fields: chosen.map(({ name }) => name) }) })
  }

  #pickKeys(b: Builder, value: Value, type: Extract<Type, { kind: 'Dict' }>, wanted: readonly Wanted[]): Value {
    const entries = entriesOf(value)
    const names = entries === undefined ? undefined : [...entries.keys()]
    const groups = names === undefined ? groupedByHead(wanted, type.value) : this.#group(wanted, names)
    const items = [...(names ?? groups.keys())].flatMap((name) => {
      const group = groups.get(name)
      if (group === undefined) return []
      const known = entries?.get(name)
      const key = known?.key ?? b.constant(this.#key(name, type.key, group[0]!))
      const item = known?.item ?? b.op('aten::__getitem__', [value, key], type.value)
      return [key, this.pick(b, item, group)]
    })
    const of = items[1]!.type
    // Parts of different structure make no Dict.
    for (let i = 1; i < items.length; i += 2) if (annotationText(items[i]!.type) !== annotationText(of)) this.#refuseParts(wanted)
    return b.op('prim::DictConstruct', items, { ...type, value: of })
  }

  #refuseParts(wanted: readonly Wanted[]): never {
    return this.#refuse(wanted[0]!, 'has neighbours of another structure', 'name the entries of the dict as wholes')
  }

  #key(name: string, type: Type, { path }: Wanted): IValue {
    if (type.kind === 'str') return name
    if (type.kind === 'int' && /^-?\d{1,18}$/.test(name)) return BigInt(name)
    return unknownPath(path, this.#method, `has a dict with keys of type ${annotationText(type)}`, [])
  }

  #pickElements(b: Builder, value: Value, of: Type, wanted: readonly Wanted[]): Value {
    const { node } = value
    // A list that nobody else knows has the length that it was made with.
    const items = node.kind === 'prim::ListConstruct' && value.uses.size === 1 ? node.inputs : undefined
    const groups =
      items === undefined
        ? groupedByHead(wanted, of)
        : this.#group(
            wanted,
            items.map((_, i) => String(i)),
          )
    const chosen = [...groups].sort(([a], [z]) => Number(a) - Number(z))
    return b.tuple(
      chosen.map(([name, group]) => {
        if (!/^\d{1,9}$/.test(name)) unknownPath(group[0]!.path, this.#method, 'has a list there, whose items have numbers', [])
        const item = items?.[Number(name)] ?? b.op('aten::__getitem__', [value, b.int(Number(name))], of)
        return this.pick(b, item, group)
      }),
    )
  }

  /** The wanted parts of each of `names`. A name may hold dots: the longest that fits is meant. */
  #group(wanted: readonly Wanted[], names: readonly string[]): Map<string, Wanted[]> {
    const groups = new Map<string, Wanted[]>()
    const longestFirst = names.toSorted((a, z) => z.length - a.length)
    for (const { rest, path } of wanted) {
      const name = longestFirst.find((one) => rest === one || rest.startsWith(`${one}.`))
      if (name === undefined) {
        const before = path.slice(0, path.length - rest.length)
        unknownPath(
          path,
          this.#method,
          undefined,
          names.map((one) => before + one),
        )
      }
      groups.set(name, [...(groups.get(name) ?? []), { rest: rest.slice(name.length + 1), path }])
    }
    return groups
  }

  #refuse({ rest, path }: Wanted, reason: string, fix = 'name whole results'): never {
    const part = path.slice(0, path.length - rest.length).replace(/\.$/, '')
    const subject = part === '' ? `the result of '${this.#method}'` : `'${part}' of the result of '${this.#method}'`
    return fail('PT3910', `option outputs names ${JSON.stringify(path)}, but ${subject} ${reason}.`, {
      fix: `${fix}, or leave outputs out.`,
    })
  }
}

function unknownPath(path: string, method: string, reason: string | undefined, known: readonly string[]): never {
  const near = nearest(path, known)
  const shown = known.slice(0, 20).map((one) => JSON.stringify(one))
  const list = known.length === 0 ? 'leave outputs out to get the whole result.' : `the parts there are ${shown.join(', ')}.`
  return fail(
    'PT3910',
    `option outputs names ${JSON.stringify(path)}, which the result of '${method}' does not have${reason === undefined ? '' : `: it ${reason}`}.`,
    { fix: near === undefined ? list : `did you mean ${JSON.stringify(near)}?` },
  )
}

/** Of a container whose keys the graph does not tell: up to the first dot, or all of it where the items have no parts. */
function groupedByHead(wanted: readonly Wanted[], item: Type): Map<string, Wanted[]> {
  const hasParts = item.kind === 'Tuple' || item.kind === 'Dict' || item.kind === 'List'
  const groups = new Map<string, Wanted[]>()
  for (const { rest, path } of wanted) {
    const dot = hasParts ? rest.indexOf('.') : -1
    const name = dot === -1 ? rest : rest.slice(0, dot)
    groups.set(name, [...(groups.get(name) ?? []), { rest: rest.slice(name.length + 1), path }])
  }
  return groups
}

interface Entry {
  readonly key: Value
  readonly item: Value
}

/** The entries of a dict that is made and filled in one block, by their keys as text; undefined for any other. Takes the filling away where nobody reads it. */
function entriesOf(value: Value): Map<string, Entry> | undefined {
  const { node } = value
  if (node.kind !== 'prim::DictConstruct') return undefined
  const users = [...value.uses].map(({ user, index }) => ({ user, index }))
  const writes = users.filter(({ user, index }) => user.kind === 'aten::_set_item' && index === 0 && user.block === node.block)
  const reads = users.filter(({ user }) => READS.has(user.kind))
  const returns = users.filter(({ user }) => user.kind === 'prim::Return' && user.block === node.block)
  if (returns.length !== 1 || writes.length + reads.length + returns.length !== users.length) return undefined
  const entries = new Map<string, Entry>()
  const set = (key: Value, item: Value): boolean => {
    const text = key.node.kind === 'prim::Constant' ? keyText(key.node.attributes.get('value')) : undefined
    if (text !== undefined) entries.set(text, { key, item })
    return text !== undefined
  }
  for (let i = 0; i + 1 < node.inputs.length; i += 2) if (!set(node.input(i), node.input(i + 1))) return undefined
  const inOrder = writes.map(({ user }) => user).sort((a, z) => (a.isBefore(z) ? -1 : 1))
  if (!inOrder.every((write) => set(write.input(1), write.input(2)))) return undefined
  if (reads.length === 0) for (const write of inOrder) write.destroy()
  return entries
}

const READS: ReadonlySet<string> = new Set(['aten::__getitem__', 'aten::__contains__', 'aten::len'])

function keyText(key: unknown): string | undefined {
  return typeof key === 'string' || typeof key === 'bigint' ? String(key) : undefined
}
