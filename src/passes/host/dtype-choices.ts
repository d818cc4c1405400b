// Which data types tensors may have at run time where no fact tells one: the results of branches and loops of different dtypes, and what comes out
// of containers that hold several. Everything else follows from these origins by the operators' rules, so values are told together: only
// combinations that can happen. Sound within one turn of each loop, since no value of another turn can be seen.

import type { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import type { Facts } from '../../analysis/facts.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { fail } from '../../diagnostics/compile-error.ts'
import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import type { Value } from '../../ir/value.ts'
import type { Fact } from '../../ops/fact.ts'
import { promoteTypes } from '../../ops/promotion.ts'

// One region is compiled once for each combination; more worlds than these are not looked through.
const MAX_COMBINATIONS = 16
const MAX_WORLDS = 256

export type Assignment = ReadonlyMap<Value, ScalarType>

export interface DtypeSource {
  readonly alias: AliasAnalysis
  /** Facts that hold without any assumption. */
  readonly facts: Facts
  /** Facts where some values are taken to have a dtype. */
  readonly assume: (assigned: Assignment) => Facts
  /** What may have been put where a value was taken from. */
  readonly stored: (value: Value) => { readonly values: readonly Value[]; readonly facts: readonly Fact[] }
}

/** What a value's dtype depends on, and its dtype for each row of choices. */
interface Table {
  readonly origins: readonly Value[]
  readonly rows: ReadonlyMap<string, ScalarType | undefined>
}

/** A tensor's dtype, or that of a list's elements. */
export function dtypeOf({ dtype, element, items }: Fact): ScalarType | undefined {
  if (dtype !== undefined) return dtype
  if (element?.dtype !== undefined) return element.dtype
  const [first, ...rest] = items ?? []
  return first !== undefined && rest.every((item) => item.dtype === first.dtype) ? first.dtype : undefined
}

/** `fact` with the dtype that `dtypeOf` then tells. */
export function withDtype(value: Value, fact: Fact, dtype: ScalarType): Fact {
  if (coreType(value.type).kind !== 'List') return { ...fact, dtype }
  const { items } = fact
  return {
    ...fact,
    element: { ...fact.element, dtype },
    ...(items === undefined ? {} : { items: items.map((item) => ({ ...item, dtype: item.dtype ?? dtype })) }),
  }
}

function isContainer({ type }: Value): boolean {
  const core = coreType(type)
  return (core.kind === 'List' && core.of.kind === 'Tensor') || (core.kind === 'Dict' && core.value.kind === 'Tensor')
}

export class DtypeChoices {
  readonly #source: DtypeSource
  readonly #alternatives = new Map<Value, Set<ScalarType>>()
  readonly #tables = new Map<Value, Table | undefined>()
  readonly #worlds = new Map<string, Facts>()
  readonly #numbers = new Map<Value, number>()
  /** Of lists and dicts: what their tensors may be. */
  readonly #contents = new Map<Value, readonly ScalarType[]>()

  constructor(graph: Graph, source: DtypeSource) {
    this.#source = source
    const values: Value[] = []
    for (const node of allNodes(graph.block)) {
      values.push(...node.outputs)
      for (const block of node.blocks) values.push(...block.params)
    }
    const open = values.filter((value) => this.#isOpen(value))
    const origins = open.filter((value) => this.#isOrigin(value))
    const containers = values.filter((value) => isContainer(value) && dtypeOf(source.facts.of(value)) === undefined)
    if (origins.length > 0) this.#settle(origins, open)
    // While the graph is whole: what is split has other names.
    for (const value of containers) this.#contents.set(value, this.#contentsOf(value))
  }

  /** What origins may be, and what follows from each choice. */
  #settle(origins: readonly Value[], open: readonly Value[]): void {
    for (const origin of origins) this.#alternatives.set(origin, new Set())
    for (let changed = true; changed;) {
      changed = false
      for (const origin of origins) {
        const found = this.#alternatives.get(origin)!
        const before = found.size
        for (const dtype of this.#sourcesOf(origin)) found.add(dtype)
        // Tensors of several dtypes in one list are promoted where they are joined.
        if (coreType(origin.type).kind === 'List') for (const a of found) for (const b of found) found.add(promoteTypes(a, b))
        changed ||= found.size > before
      }
    }
    for (const value of open) if (value.hasUses) this.#tables.set(value, this.#table(value))
    this.#worlds.clear()
  }

  /** `value` is another name for `like`. */
  adopt(value: Value, like: Value): void {
    const known = this.#tables.get(like)
    if (known !== undefined) this.#tables.set(value, known)
    const contents = this.#contents.get(like)
    if (contents !== undefined) this.#contents.set(value, contents)
  }

  /** The dtypes that the values may have at one time, each row as long as `values`. Undefined in a row: nothing is known. */
  together(values: readonly Value[]): readonly (readonly (ScalarType | undefined)[])[] {
    const tables = values.map((value) => this.#tables.get(value))
    const origins = [...new Set(tables.flatMap((table) => table?.origins ?? []))]
    const found = new Map<string, readonly (ScalarType | undefined)[]>()
    for (const world of this.#product(origins) ?? tooMany(values)) {
      const row = tables.map((table) => table?.rows.get(this.#key(table.origins, world)))
      found.set(row.join(), row)
    }
    // An origin that nothing is put into has no dtype to tell: the region is there all the same, as what its facts say.
    if (found.size === 0) return [values.map(() => undefined)]
    return found.size > MAX_COMBINATIONS ? tooMany(values) : [...found.values()]
  }

  /** What a single value may be; none where a fact tells it. */
  of(value: Value): readonly ScalarType[] {
    return [...new Set(this.#tables.get(value)?.rows.values())].filter((dtype) => dtype !== undefined)
  }

  /** What a tensor may be, or the tensors that a list or dict holds; none where nothing tells. */
  held(value: Value): readonly ScalarType[] {
    const fact = this.#source.facts.of(value)
    const known = dtypeOf(fact)
    if (known !== undefined) return [known]
    if (coreType(value.type).kind === 'Tensor') return this.of(value)
    const items = fact.items?.map(({ dtype }) => dtype)
    if (items?.every((dtype) => dtype !== undefined) === true) return [...new Set(items)]
    return this.#contents.get(value) ?? []
  }

  #contentsOf(value: Value): readonly ScalarType[] {
    const { values, facts } = this.#source.stored(value)
    return [...new Set([...values.flatMap((held) => this.held(held)), ...facts.flatMap(({ dtype }) => dtype ?? [])])]
  }

  /** Holds a tensor of a dtype that nothing tells. */
  #isOpen(value: Value): boolean {
    const type = coreType(value.type)
    const fact = this.#source.facts.of(value)
    const isTensor = type.kind === 'Tensor' || (type.kind === 'List' && type.of.kind === 'Tensor')
    return isTensor && fact.value === undefined && dtypeOf(fact) === undefined && value.node.kind !== 'prim::Uninitialized'
  }

  /** No operator says what its dtype is: it was handed on. */
  #isOrigin(value: Value): boolean {
    const { node } = value
    const { alias } = this.#source
    if (node.kind === 'prim::If' || node.kind === 'prim::Loop' || node.kind === 'prim::Param') return true
    if (coreType(value.type).kind === 'List' && (node.kind === 'aten::add' || alias.reachesWritten(value))) return true
    const locations = alias.locations(value)
    if ([...locations].some(({ origin }) => origin === value)) return false
    return node.inputs.some((input) => {
      const { kind } = coreType(input.type)
      const isContainer = kind !== 'Tensor' && (kind !== 'Tuple' || input.node.kind !== 'prim::TupleConstruct')
      return isContainer && alias.mayContainAlias(input, value)
    })
  }

  *#sourcesOf(origin: Value): Generator<ScalarType> {
    const { node, index } = origin
    const owner = node.kind === 'prim::Param' ? node.block?.owner : node
    const carried = node.kind === 'prim::Param' ? index - 1 : index
    if (owner?.kind === 'prim::If') for (const block of owner.blocks) yield* this.#dtypes(block.returns[index]!)
    else if (owner?.kind === 'prim::Loop') {
      yield* this.#dtypes(owner.input(carried + 2))
      yield* this.#dtypes(owner.blocks[0]!.returns[carried + 1]!)
    } else {
      const { values, facts } = this.#source.stored(origin)
      // `d.get(key, x)` may be x.
      const given = node.inputs.filter(({ type }) => coreType(type).kind === 'Tensor')
      for (const value of [...values, ...given]) yield* this.#dtypes(value)
      for (const fact of facts) {
        const dtype = dtypeOf(fact)
        if (dtype !== undefined) yield dtype
      }
    }
  }

  *#dtypes(value: Value): Generator<ScalarType> {
    const known = dtypeOf(this.#source.facts.of(value))
    if (known !== undefined) yield known
    else for (const dtype of this.#table(value)?.rows.values() ?? []) if (dtype !== undefined) yield dtype
  }

  /** Undefined: too many. */
  #table(value: Value): Table | undefined {
    const origins = this.#originsOf(value)
    const worlds = this.#product(origins)
    if (worlds === undefined) return undefined
    return { origins, rows: new Map(worlds.map((world) => [this.#key(origins, world), dtypeOf(this.#world(world).of(value))])) }
  }

  /** Origins that the value is computed from. */
  #originsOf(value: Value): Value[] {
    const found = new Set<Value>()
    const seen = new Set<Value>()
    const stack = [value]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      if (this.#alternatives.has(at)) found.add(at)
      else if (dtypeOf(this.#source.facts.of(at)) === undefined && at.node.kind !== 'prim::Param') stack.push(...at.node.inputs)
    }
    return [...found]
  }

  /** Every choice of one alternative for each origin. */
  #product(origins: readonly Value[]): Assignment[] | undefined {
    let worlds: Map<Value, ScalarType>[] = [new Map()]
    for (const origin of origins) {
      const alternatives = [...(this.#alternatives.get(origin) ?? [])]
      if (worlds.length * alternatives.length > MAX_WORLDS) return undefined
      worlds = worlds.flatMap((world) => alternatives.map((dtype) => new Map(world).set(origin, dtype)))
    }
    return worlds
  }

  #world(assigned: Assignment): Facts {
    const key = this.#key([...assigned.keys()], assigned)
    let facts = this.#worlds.get(key)
    if (facts === undefined) this.#worlds.set(key, (facts = this.#source.assume(assigned)))
    return facts
  }

  #key(origins: readonly Value[], world: Assignment): string {
    const number = (value: Value): number => {
      if (!this.#numbers.has(value)) this.#numbers.set(value, this.#numbers.size)
      return this.#numbers.get(value)!
    }
    return origins
      .map((origin) => `${number(origin)} ${world.get(origin)}`)
      .toSorted()
      .join()
  }
}

function tooMany(values: readonly Value[]): never {
  const range = values.find(({ node }) => node.range !== undefined)?.node.range
  return fail('PT3151', `tensors that go into one computation may have more than ${MAX_COMBINATIONS} combinations of data types.`, {
    ...(range === undefined ? {} : { range }),
    fix: 'cast them to one dtype with .to(…) where they are made.',
  })
}
