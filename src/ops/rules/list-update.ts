// Facts of the functional forms of operators that write lists. Their schemas are in schemas/functional.ts.

import { listFact, unknown, type Fact } from '../fact.ts'
import { joinFacts, knownInt } from '../facts.ts'
import type { Rule } from '../rule.ts'
import { elementOf, joined, repeated, someList } from './list.ts'
import { row, type NamedFacts } from './scalar-row.ts'

// A list that grows past this is not told item by item.
const MAX_ITEMS = 10_000

/** A list with one more element somewhere. */
const withElement = (list: Fact, el: Fact): Fact => (list.items?.length === 0 ? someList(el) : someList(joinFacts(elementOf(list), el)))

function put(list: Fact, at: number | undefined, removed: number, ...el: Fact[]): Fact {
  if (list.items === undefined || at === undefined || list.items.length >= MAX_ITEMS)
    return el.length === 0 ? someList(elementOf(list)) : withElement(list, el[0]!)
  return listFact([...list.items.slice(0, at), ...el, ...list.items.slice(at + removed)])
}

/** A place in a list of known length, counted from the front. */
function place(list: Fact, index: Fact): number | undefined {
  const i = knownInt(index)
  const n = list.items?.length
  if (i === undefined || n === undefined) return undefined
  return i < 0 ? i + n : i
}
/** As `place`, when there is an element. */
function filled(list: Fact, index: Fact): number | undefined {
  const at = place(list, index)
  return at !== undefined && at >= 0 && at < list.items!.length ? at : undefined
}

function insert({ self, idx, el }: NamedFacts): Fact {
  const at = place(self!, idx!)
  return put(self!, at === undefined ? undefined : Math.min(Math.max(at, 0), self!.items!.length), 0, el!)
}
const element = ({ self, idx }: NamedFacts): Fact => {
  const at = filled(self!, idx!)
  return at === undefined ? elementOf(self!) : self!.items![at]!
}
const removed = ({ self, idx }: NamedFacts): Fact => put(self!, filled(self!, idx!), 1)

export const listUpdateRules: readonly Rule[] = [
  row('functional::append.t(t[] self, t el) -> t[]', ({ self, el }) => put(self!, self!.items?.length, 0, el!)),
  row('functional::extend.t(t[] self, t[] other) -> t[]', ({ self, other }) => joined(self!, other!)),
  row('functional::add_.t(t[] self, t[] b) -> t[]', ({ self, b }) => joined(self!, b!)),
  row('functional::mul_.t(t[] l, int n) -> t[]', ({ l, n }) => repeated(l!, n!)),
  row('functional::insert.t(t[] self, int idx, t el) -> t[]', insert),
  row('functional::pop.t(t[] self, int idx=-1) -> (t[] self, t el)', (args) => [removed(args), element(args)]),
  row('functional::Delete.t(t[] self, int idx) -> t[]', removed),
  row('functional::_set_item.t(t[] l, int idx, t el) -> t[]', ({ l, idx, el }) => {
    const at = filled(l!, idx!)
    // Some element is another one now: which, is not known.
    if (at === undefined) return l!.items === undefined ? withElement(l!, el!) : { items: l!.items.map((item) => joinFacts(item, el!)) }
    return put(l!, at, 1, el!)
  }),
  row('functional::clear.t(t[] self) -> t[]', () => listFact([])),
  row('functional::reverse.t(t[] self) -> t[]', ({ self }) => (self!.items === undefined ? self! : listFact(self!.items.toReversed()))),
  ...['int', 'float', 'bool', 'str'].flatMap((type) => [
    row(`functional::remove.${type}(${type}[] self, ${type} el) -> ${type}[]`, ({ self }) => someList(elementOf(self!))),
    row(`functional::sort.${type}(${type}[] self, bool reverse=False) -> ${type}[]`, ({ self }) =>
      self!.items === undefined ? someList(elementOf(self!)) : { items: self!.items.map(() => elementOf(self!)) },
    ),
  ]),
  row('functional::remove.Tensor(Tensor[] self, Tensor el) -> Tensor[]', ({ self }) => someList(elementOf(self!))),
  row('functional::sort.Tensor(Tensor[] self, bool reverse=False) -> Tensor[]', ({ self }) =>
    self!.items === undefined ? someList(elementOf(self!)) : { items: self!.items.map(() => elementOf(self!)) },
  ),
  row('functional::sort.any(t[] self, bool reverse=False) -> t[]', () => unknown),
]
