// What was put into each list and dict that the code makes, container by container, and into dicts key by key. The alias sets of what comes out
// hold all that shares a container with it somewhere: the labels beside the boxes of a dict, though a list holds the boxes alone.

import type { AliasAnalysis, Location } from '../../analysis/alias-analysis.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Node } from '../../ir/node.ts'
import { Value } from '../../ir/value.ts'

export interface Put {
  readonly value: Value
  /** Of a dict: the key, where it is a constant. */
  readonly key: string | undefined
}

/** Writers of lists and dicts that put in no more than what they are handed. */
const FOLLOWED = new Set(
  ['append', 'insert', '_set_item', 'setdefault', 'pop', 'popitem', 'remove', 'clear', 'Delete', 'reverse'].map((name) => `aten::${name}`),
)

/** They give an element of their first argument, as it was put in. */
const ELEMENTS = new Set(['aten::__getitem__', 'aten::pop', 'prim::ListUnpack'])

export class Puts {
  readonly #alias: AliasAnalysis
  readonly #puts = new Map<Location, Put[]>()

  /** `stores`: all nodes that put something somewhere. */
  constructor(stores: readonly Node[], alias: AliasAnalysis) {
    this.#alias = alias
    for (const store of stores) {
      const container = containerOf(store)
      if (container === undefined) continue
      const puts = store.inputs.flatMap((value, index): Put[] =>
        coreType(value.type).kind === 'Tensor' && value.node.kind !== 'prim::Uninitialized' ? [{ value, key: keyOf(store, index) }] : [],
      )
      for (const location of alias.locations(container)) {
        const known = this.#puts.get(location)
        if (known === undefined) this.#puts.set(location, puts)
        else this.#puts.set(location, [...known, ...puts])
      }
    }
  }

  /** The tensors that `value` can be, taken out of a list or dict; undefined where that is not known. */
  of({ node }: Value): readonly Put[] | undefined {
    if (!ELEMENTS.has(node.kind)) return undefined
    const [container] = node.inputs
    if (container!.type.kind === 'List') return this.into(container!)
    return node.kind === 'aten::__getitem__' && container!.type.kind === 'Dict' ? this.#under(container!, node.input(1)) : undefined
  }

  /** All tensors in a list or dict; undefined where others may have put some in. */
  into(container: Value): readonly Put[] | undefined {
    const found = new Set<Put>()
    for (const location of this.#alias.locations(container)) {
      const { origin } = location
      const isMadeHere =
        origin instanceof Value && (origin.node.kind === 'prim::ListConstruct' || origin.node.kind === 'prim::DictConstruct')
      if (!isMadeHere || !this.#alias.writersOf(location).every(({ kind }) => FOLLOWED.has(kind))) return undefined
      for (const put of this.#puts.get(location) ?? []) found.add(put)
    }
    return [...found]
  }

  #under(dict: Value, key: Value): readonly Put[] | undefined {
    const all = this.into(dict)
    const wanted = constantOf(key)
    return typeof wanted === 'string' ? all?.filter((put) => put.key === undefined || put.key === wanted) : all
  }
}

/** What the node puts its arguments into: a list or dict, made by it or there before. */
function containerOf(store: Node): Value | undefined {
  if (store.kind === 'prim::ListConstruct' || store.kind === 'prim::DictConstruct') return store.output()
  const [first] = store.inputs
  return first?.type.kind === 'List' || first?.type.kind === 'Dict' ? first : undefined
}

/** The constant key under which a node puts an input of its into a dict. */
function keyOf(node: Node, index: number): string | undefined {
  const isValue = node.kind === 'prim::DictConstruct' ? index % 2 === 1 : node.kind === 'aten::_set_item' && index === 2
  const isDict = node.kind === 'prim::DictConstruct' || node.inputs[0]?.type.kind === 'Dict'
  const key = isValue && isDict ? constantOf(node.input(index - 1)) : undefined
  return typeof key === 'string' ? key : undefined
}
