// What is known of tensors that come out of lists, dicts, objects and state: no more than of everything that may have been put in there.
// Flow-insensitive, over the points-to sets of the alias analysis; facts of straight-line values come from analysis/facts.ts.

import { AliasAnalysis, type Location } from '../../analysis/alias-analysis.ts'
import { inferFacts, type Facts } from '../../analysis/facts.ts'
import { factOfType, join } from '../../analysis/facts-lattice.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import type { Tensor } from '../../ir/tensor.ts'
import type { Type } from '../../ir/type.ts'
import { Value } from '../../ir/value.ts'
import { tensorFact, unknown, type Fact } from '../../ops/fact.ts'
import type { PassContext } from '../pass.ts'
import { symbols } from '../signature/input-facts.ts'
import { DtypeChoices, withDtype, type Assignment } from './dtype-choices.ts'
import { holdsTensor } from './host-types.ts'
import { Puts, type Put } from './puts.ts'

/** Each round carries facts through one more container. */
const MAX_ROUNDS = 12

export interface HostFacts {
  readonly facts: Facts
  /** What facts leave open of dtypes. Asked for while the graph is as it was. */
  readonly choices: () => DtypeChoices
}

/** The facts of a graph that still writes in place; `assumed` stands for tensors in containers that the caller hands in. */
export function hostFacts(graph: Graph, { inputs, state }: Pick<PassContext, 'inputs' | 'state'>, assumed: Fact): HostFacts {
  const contents = new Contents(graph, state, (input) => inputs.get(input)?.element ?? assumed)
  const infer = (refine: (value: Value, fact: Fact) => Fact = contents.refine): Facts =>
    inferFacts(graph, { inputs, mutable: contents.isWritten, keepsLength: contents.keepsLength, keepsItems: contents.keepsItems, refine })
  // What is not known yet is left out at first, or a value that goes around through a container would never become known.
  let facts = infer()
  for (let round = 0; round < MAX_ROUNDS && contents.learn(facts, false); round++) facts = infer()
  // Then all count, until what is told of contents follows from itself: ranks told too soon go.
  contents.learn(facts, true)
  facts = infer()
  let settled = false
  for (let round = 0; round < MAX_ROUNDS && !settled; round++) {
    settled = !contents.learn(facts, true)
    if (!settled) facts = infer()
  }
  if (!settled) {
    contents.forgetDims()
    facts = infer()
  }
  const assume = (assigned: Assignment): Facts =>
    infer((value, fact) => {
      const refined = contents.refine(value, fact)
      const dtype = assigned.get(value)
      return dtype === undefined ? refined : withDtype(value, refined, dtype)
    })
  return { facts, choices: () => new DtypeChoices(graph, { alias: contents.alias, facts, assume, stored: contents.stored }) }
}

const STORES = new Set([
  'prim::ListConstruct',
  'prim::DictConstruct',
  'prim::TupleConstruct',
  'prim::SetAttr',
  'aten::append',
  'aten::insert',
  'aten::_set_item',
  'aten::setdefault',
])

/** Give a value as it was put in. */
const TAKES = new Set([
  'prim::GetAttr',
  'prim::ListUnpack',
  'prim::TupleUnpack',
  'prim::TupleIndex',
  'aten::__getitem__',
  'aten::get',
  'aten::pop',
])

class Contents {
  readonly alias: AliasAnalysis
  readonly #state: PassContext['state']
  readonly #stores: readonly Node[]
  /** Containers that come from outside: parameters, and state by its attribute. */
  readonly #outside: { readonly reach: ReadonlySet<Location>; readonly facts: readonly Fact[] }[] = []
  #stored = new Map<Location, Fact>()
  readonly #puts: Puts
  /** Of each value that was put somewhere. */
  #learnt = new Map<Value, Fact>()
  #isRanked = true
  /** A rank that is not known yet does not hide the others. */
  #isOptimistic = true
  /** Of lists of numbers that are held by others: how long each is, when that is known; null otherwise. */
  #lengths = new Map<Location, number | null>()
  /** Facts of values that left their container. */
  readonly #assigned = new Map<string, Fact>()

  constructor(graph: Graph, state: PassContext['state'], assumed: (input: Value) => Fact) {
    this.alias = new AliasAnalysis(graph)
    this.#state = state
    const nodes = [...allNodes(graph.block)]
    this.#stores = nodes.filter((node) => STORES.has(node.kind))
    this.#puts = new Puts(this.#stores, this.alias)
    for (const [i, input] of graph.inputs.entries())
      if (!(i === 0 && input.type.kind === 'Class') && coreType(input.type).kind !== 'Tensor')
        this.#outside.push({ reach: this.alias.reach(input), facts: [assumed(input)] })
    for (const node of nodes) {
      if (node.kind !== 'prim::GetAttr') continue
      const initial = this.#initial(node)
      if (initial !== undefined && coreType(node.output().type).kind !== 'Tensor')
        this.#outside.push({ reach: this.alias.reach(node.output()), facts: factsOfContents(initial, node) })
    }
  }

  readonly isWritten = (value: Value): boolean => this.alias.reachesWritten(value)
  readonly keepsLength = (value: Value): boolean =>
    elementOf(value.type) !== undefined && this.alias.writers(value).every(({ kind }) => kind === 'aten::_set_item')
  readonly keepsItems = (value: Value): boolean => !this.alias.hasWriters(value)

  #initial(node: Node): IValue | undefined {
    return this.#state.find(({ attribute }) => attribute === node.attributes.get('name'))?.initial
  }

  /** What may have been put where `value` was taken from: a container, an attribute; for a list, what it may hold. */
  readonly stored = (value: Value): { readonly values: readonly Value[]; readonly facts: readonly Fact[] } => {
    if (value.node.kind === 'prim::GetAttr' && coreType(value.type).kind === 'Tensor') {
      const name = value.node.attributes.get('name')
      const values = this.#stores.flatMap((node) =>
        node.kind === 'prim::SetAttr' && node.attributes.get('name') === name ? [node.input(1)] : [],
      )
      const initial = this.#initial(value.node)
      return { values, facts: initial === undefined || initial === null ? [] : factsOfContents(initial, value.node) }
    }
    const isContainer = ['List', 'Dict'].includes(coreType(value.type).kind)
    const puts = isContainer ? this.#puts.into(value) : this.#puts.of(value)
    if (puts !== undefined) return { values: puts.map((put) => put.value), facts: [] }
    const own = this.alias.locations(value)
    const locations = isContainer ? new Set([...this.alias.reach(value)].filter((location) => !own.has(location))) : own
    const isOf = (other: Value): boolean => [...this.alias.locations(other)].some((location) => locations.has(location))
    return {
      values: this.#stores.flatMap(({ inputs }) => inputs.filter((input) => coreType(input.type).kind === 'Tensor' && isOf(input))),
      facts: [
        ...this.#outside.filter(({ reach }) => [...locations].some((location) => reach.has(location))).flatMap(({ facts }) => facts),
        ...[...locations].flatMap(({ origin }) => (isSavedTensor(origin) ? [tensorFact(origin.dtype, undefined)] : [])),
      ],
    }
  }

  /** Takes in what the values that were put somewhere are; those of unknown dtype or rank count only when `all` do. False when nothing is new. */
  learn(facts: Facts, all: boolean): boolean {
    const stored = new Map<Location, Fact>()
    const lengths = new Map<Location, number | null>()
    const learnt = new Map<Value, Fact>()
    this.#isOptimistic = !all
    for (const node of this.#stores)
      for (const value of node.inputs) {
        if (elementOf(value.type) !== undefined && value.node.kind !== 'prim::Uninitialized')
          this.#learnLength(value, facts.of(value), all, lengths)
        if (coreType(value.type).kind !== 'Tensor' || value.node.kind === 'prim::Uninitialized') continue
        const fact = facts.of(value)
        if (fact.value === null || (!all && fact.dtype === undefined)) continue
        if (node.kind === 'prim::SetAttr') this.#assign(String(node.attributes.get('name')), fact)
        learnt.set(value, fact)
        for (const location of this.alias.locations(value))
          stored.set(location, stored.has(location) ? this.#join(stored.get(location)!, fact) : fact)
      }
    const same =
      learnt.size === this.#learnt.size &&
      [...learnt].every(([value, fact]) => isSame(this.#learnt.get(value), fact)) &&
      stored.size === this.#stored.size &&
      [...stored].every(([location, fact]) => isSame(this.#stored.get(location), fact)) &&
      lengths.size === this.#lengths.size &&
      [...lengths].every(([location, length]) => this.#lengths.get(location) === length)
    this.#learnt = learnt
    this.#stored = stored
    this.#lengths = lengths
    return !same
  }
  #learnLength(list: Value, { items }: Fact, all: boolean, lengths: Map<Location, number | null>): void {
    if (items === undefined && !all) return
    const length = items !== undefined && this.keepsLength(list) ? items.length : null
    for (const location of this.alias.locations(list))
      lengths.set(location, lengths.has(location) && lengths.get(location) !== length ? null : length)
  }
  /** A list of numbers that was put somewhere and taken out: as long as it was, if nobody else's can be there. */
  #lengthOf(value: Value): number | undefined {
    if (!TAKES.has(value.node.kind) || value.node.kind === 'prim::GetAttr' || !this.keepsLength(value)) return undefined
    const locations = [...this.alias.locations(value)]
    const [length, ...others] = new Set(
      locations.map((location) => (this.#outside.some(({ reach }) => reach.has(location)) ? null : this.#lengths.get(location))),
    )
    return others.length === 0 ? (length ?? undefined) : undefined
  }
  /** What is stored keeps its dtype alone. */
  forgetDims(): void {
    this.#isRanked = false
    this.#lengths.clear()
  }
  #assign(name: string, fact: Fact): void {
    const before = this.#assigned.get(name)
    this.#assigned.set(name, before === undefined ? fact : this.#join(before, fact))
  }

  readonly refine = (value: Value, fact: Fact): Fact => {
    const core = coreType(value.type)
    if (core.kind === 'Tensor') {
      // Of others their operator tells: what is stored of them was learnt from themselves, and would keep alive what was told too soon.
      if (!TAKES.has(value.node.kind)) return fact
      // What an operator makes shares its memory with what is stored, not its shape: only what was taken out is what was put in.
      const isTaken = value.node.kind === 'prim::GetAttr' || this.#holdsWhatWasPut(value.node.input(0))
      if (fact.value !== undefined || (fact.dtype !== undefined && (fact.dims !== undefined || !isTaken))) return fact
      const found =
        value.node.kind === 'prim::GetAttr'
          ? this.#attribute(value.node)
          : this.#joined(this.#factsOfPuts(this.#puts.of(value)) ?? this.#factsAt(this.alias.locations(value)))
      return found === undefined
        ? fact
        : { ...fact, ...tensorFact(fact.dtype ?? found.dtype, fact.dims ?? (isTaken ? this.#dims(found) : undefined)) }
    }
    const numbers = elementOf(core)
    if (numbers !== undefined && fact.items === undefined) {
      const length = this.#lengthOf(value)
      return length === undefined ? fact : { ...fact, items: Array.from({ length }, () => factOfType(numbers)) }
    }
    if (core.kind === 'List' && core.of.kind === 'Tensor' && fact.items === undefined && fact.element?.dims === undefined) {
      const own = this.alias.locations(value)
      const reached = (): Set<Location> => new Set([...this.alias.reach(value)].filter((location) => !own.has(location)))
      const found = this.#joined(this.#factsOfPuts(this.#puts.into(value)) ?? this.#factsAt(reached()))
      return found === undefined
        ? fact
        : { ...fact, element: tensorFact(fact.element?.dtype ?? found.dtype, this.#holdsWhatWasPut(value) ? this.#dims(found) : undefined) }
    }
    return fact
  }

  /** Of values that were put somewhere; those that are not known yet are left out. */
  #factsOfPuts(puts: readonly Put[] | undefined): readonly Fact[] | undefined {
    return puts?.flatMap(({ value }) => this.#learnt.get(value) ?? [])
  }

  /** Not a list that an operator made of views of one tensor. */
  #holdsWhatWasPut(container: Value): boolean {
    return [...this.alias.locations(container)].every(
      ({ origin }) =>
        !(origin instanceof Value) ||
        STORES.has(origin.node.kind) ||
        origin.node.inputs.every(({ type }) => coreType(type).kind !== 'Tensor'),
    )
  }

  #join(a: Fact, b: Fact): Fact {
    const joined = join(a, b)
    const dims = a.dims === undefined ? b.dims : b.dims === undefined ? a.dims : undefined
    return this.#isOptimistic && dims !== undefined ? { ...joined, dims } : joined
  }

  #dims({ dims }: Fact): Fact['dims'] {
    return this.#isRanked ? loose(dims) : undefined
  }

  #attribute(node: Node): Fact | undefined {
    const initial = this.#initial(node)
    const assigned = this.#assigned.get(String(node.attributes.get('name')))
    const saved = initial === undefined || initial === null ? undefined : factsOfContents(initial, node).reduce(join)
    return saved === undefined ? assigned : assigned === undefined ? saved : this.#join(saved, assigned)
  }

  #factsAt(locations: ReadonlySet<Location>): readonly Fact[] {
    return [...locations].flatMap((location) => [
      ...(this.#stored.has(location) ? [this.#stored.get(location)!] : []),
      ...this.#outside.filter(({ reach }) => reach.has(location)).flatMap(({ facts }) => facts),
    ])
  }
  #joined(facts: readonly Fact[]): Fact | undefined {
    return facts.length === 0 ? undefined : facts.reduce((a, b) => this.#join(a, b))
  }
}

const isSame = (a: Fact | undefined, b: Fact): boolean =>
  a !== undefined && a.dtype === b.dtype && `${loose(a.dims)}` === `${loose(b.dims)}`

/** The numbers that a list of them holds. */
function elementOf(type: Type): Type | undefined {
  const core = coreType(type)
  return core.kind === 'List' && ['int', 'float', 'bool'].includes(core.of.kind) ? core.of : undefined
}

/** Extents of different turns and calls are not the same extent, whatever they are called. */
const loose = (dims: Fact['dims']): Fact['dims'] => dims?.map((dim) => (typeof dim === 'number' ? dim : null))

const isSavedTensor = (origin: object): origin is Tensor => 'kind' in origin && origin.kind === 'tensor'

/** The tensors that a saved value holds; never none. */
function factsOfContents(value: IValue, node: Node): readonly Fact[] {
  const tensors: Tensor[] = []
  const stack: IValue[] = [value]
  for (let held = stack.pop(); held !== undefined; held = stack.pop()) {
    if (held === null || typeof held !== 'object') continue
    if (held.kind === 'tensor') tensors.push(held)
    else if (held.kind === 'list' || held.kind === 'tuple') stack.push(...held.items)
    else if (held.kind === 'dict') stack.push(...held.entries.flat())
  }
  if (tensors.length === 0) return [holdsTensor(node.output().type) ? {} : unknown]
  // What is assigned later may have other extents; the rank is taken to stay.
  return tensors.map(({ dtype, sizes }) => tensorFact(dtype, symbols(String(node.attributes.get('name')), sizes.length)))
}
