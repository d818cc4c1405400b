// Graph inputs of any Python type become primitive ones: tensors, numbers, bools and lists of numbers; the Python value is put together
// again in front of the graph, and later passes dissolve it. State enters the same way, behind a flag that says `cold`.

import { fail } from '../../diagnostics/compile-error.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf as constantValue } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import { annotationText } from '../../ir/print-type.ts'
import { boolType, intType, listOf, tensorType, type Type } from '../../ir/type.ts'
import { tensorFact, type Fact } from '../../ops/fact.ts'
import type { Value } from '../../ir/value.ts'
import { elementOf } from '../../ops/rules/list.ts'
import type { PassContext } from '../pass.ts'
import { codeFor } from '../containers/choice-rows.ts'
import { choose, makeOptional } from '../containers/optional-nodes.ts'
import { constantOf, type Leaf, type Names, type Plan } from './plan.ts'
import { sequenceOfFlat } from './tensor-lists.ts'

/** A parameter of the method as its schema has it. */
export interface MethodParam {
  readonly name: string
  readonly default?: IValue
}

export interface ParamPlan {
  readonly name: string
  readonly plan: Plan
  readonly default?: IValue
}

export interface StatePlan {
  readonly cold: Leaf
  /** One plan for each slot of the context, in order. */
  readonly slots: readonly Plan[]
}

/** What flattening inputs needs to know of options. */
export interface FlattenOptions {
  readonly params: readonly MethodParam[]
  /** Declared inputs by leaf name: tells the keys of a Dict, too. */
  readonly declared: ReadonlySet<string>
  /** How many tensors a list of tensors has, where that is fixed. */
  readonly lengthOf?: (id: string) => number | undefined
  /** What is known of each parameter, in order. */
  readonly facts?: readonly Fact[]
}

export function flattenInputs(
  graph: Graph,
  context: PassContext,
  names: Names,
  options: FlattenOptions,
): { params: ParamPlan[]; state?: StatePlan } {
  const old = [...graph.inputs]
  const states = context.state.map((slot) => old[slot.input]!)
  const flattener = new Flattener(graph, context, names, options)
  const params = old
    .filter((value) => !states.includes(value))
    .map((value, i): ParamPlan => {
      const param = options.params[i]
      const name = param?.name ?? (value.debugName ?? `input${i}`).replace(/\.\d+$/, '')
      const { plan, value: whole } = flattener.input(value.type, names.take(name), value, param?.default, options.facts?.[i])
      value.replaceAllUsesWith(whole)
      return { name, plan, ...(param?.default === undefined ? {} : { default: param.default }) }
    })
  const state = states.length === 0 ? undefined : flattener.state(context, states)
  for (let i = graph.inputs.length - 1; i >= 0; i--) if (!flattener.made.has(graph.inputs[i]!)) graph.block.paramNode.eraseOutput(i)
  return { params, ...(state === undefined ? {} : { state }) }
}

class Flattener {
  readonly #graph: Graph
  readonly #context: PassContext
  readonly #names: Names
  readonly #declared: ReadonlySet<string>
  readonly #lengthOf: FlattenOptions['lengthOf']
  readonly #builder: Builder
  readonly made = new Set<Value>()
  #isState = false

  constructor(graph: Graph, context: PassContext, names: Names, { declared, lengthOf }: FlattenOptions) {
    this.#graph = graph
    this.#context = context
    this.#names = names
    this.#declared = declared
    this.#lengthOf = lengthOf
    // In front of everything else, each value behind the ones it is made of.
    this.#builder = new Builder(graph.block.paramNode.next!)
  }

  #leaf(type: Type, id: string): Leaf {
    const value = this.#graph.addInput(type, id)
    this.made.add(value)
    return { id, value }
  }

  /** `id` is taken already; further names come from it. `old` is looked at for its uses. */
  input(type: Type, id: string, old: Value | undefined, fallback?: IValue, fact?: Fact): { readonly plan: Plan; readonly value: Value } {
    const b = this.#builder
    switch (type.kind) {
      case 'Tensor':
      case 'int':
      case 'float':
      case 'bool': {
        const leaf = this.#leaf(type, id)
        return { plan: { kind: type.kind === 'Tensor' ? 'tensor' : type.kind, leaf }, value: leaf.value }
      }
      case 'complex': {
        // Its two parts.
        const leaf = this.#leaf({ kind: 'Tensor', dtype: 'complex128', dims: [] }, id)
        this.#context.inputs.set(leaf.value, tensorFact('complex128', []))
        return { plan: { kind: 'tensor', leaf }, value: b.op('aten::ComplexImplicit', [leaf.value], type) }
      }
      case 'number': {
        const leaf = this.#leaf({ kind: 'float' }, id)
        return { plan: { kind: 'float', leaf }, value: leaf.value }
      }
      case 'None':
        return { plan: { kind: 'constant', value: null }, value: b.none() }
      case 'Device':
        return { plan: { kind: 'constant', value: 'cpu' }, value: b.constant({ kind: 'device', name: 'cpu' }) }
      case 'Enum':
        return this.#enum(type, id)
      case 'str': {
        // Text that the code works on, rather than compares, is what it is by default.
        if (fallback !== undefined && fallback !== null && old !== undefined && !isCompared(old))
          return { plan: { kind: 'constant', value: constantOf(fallback) }, value: b.constant(fallback, type) }
        // The default is one of the values that may come.
        if (fallback !== undefined && fallback !== null) codeFor(fallback, this.#context)
        const leaf = this.#leaf(intType, id)
        return { plan: { kind: 'choice', leaf }, value: choose(b, leaf.value, type) }
      }
      case 'Optional': {
        const flag = this.#leaf(boolType, this.#names.take(`${id}.present`))
        const { plan, value } = this.input(type.of, id, undefined, undefined, fact)
        return { plan: { kind: 'optional', flag, of: plan }, value: makeOptional(b, flag.value, value, type) }
      }
      case 'Tuple': {
        const items = type.of.map((item, i) =>
          this.input(item, this.#names.take(`${id}.${type.fields?.[i] ?? i}`), undefined, undefined, fact?.items?.[i]),
        )
        const plans = items.map(({ plan }) => plan)
        const plan: Plan = type.fields === undefined ? { kind: 'tuple', items: plans } : { kind: 'record', keys: type.fields, items: plans }
        return {
          plan,
          value: b.tuple(
            items.map(({ value }) => value),
            type,
          ),
        }
      }
      case 'List':
        return this.#list(type.of, type, id, fact)
      case 'Dict':
        return this.#dict(type, id, old)
      default:
        return fail('PT3101', `parameter '${id}' is of type ${annotationText(type)}, which a page cannot hand in.`, {
          fix:
            fallback === undefined
              ? 'give the method tensors, numbers, strings, or tuples, lists, dicts and Optionals of them.'
              : 'remove the parameter from the method.',
        })
    }
  }

  /** The place of the member among all: whatever the code does with it is known for each. */
  #enum(type: Extract<Type, { kind: 'Enum' }>, id: string): { readonly plan: Plan; readonly value: Value } {
    const members = this.#context.enumOf?.(type.name) ?? []
    const leaf = this.#leaf(intType, id)
    const b = this.#builder
    const codes = members.map((member) => codeFor(member, this.#context))
    // State leaves as a place in the whole table.
    if (this.#isState) return { plan: { kind: 'choice', leaf }, value: choose(b, leaf.value, type) }
    const table = codes.every((code, i) => code === i)
      ? leaf.value
      : b.op(
          'aten::__getitem__',
          [
            b.list(
              codes.map((code) => b.int(code)),
              intType,
            ),
            leaf.value,
          ],
          intType,
        )
    return { plan: { kind: 'choice', leaf, of: members }, value: choose(b, table, type) }
  }

  #list(of: Type, type: Type, id: string, fact: Fact = {}): { readonly plan: Plan; readonly value: Value } {
    if (of.kind === 'int' || of.kind === 'float' || of.kind === 'bool') {
      const leaf = this.#leaf(type, id)
      return { plan: { kind: 'scalars', of: of.kind, leaf }, value: leaf.value }
    }
    if (of.kind === 'Tensor') {
      const length = this.#lengthOf?.(id)
      if (length !== undefined) {
        const items = Array.from({ length }, (_, i) => this.input(of, this.#names.take(`${id}.${i}`), undefined))
        const parts = items.map(({ value }) => value)
        return { plan: { kind: 'tuple', items: items.map(({ plan }) => plan) }, value: this.#builder.list(parts, of) }
      }
      const leaf = this.#leaf(tensorType, id)
      const ranks = this.#leaf(listOf(intType), this.#names.take(`${id}.ranks`))
      const sizes = this.#leaf(listOf(intType), this.#names.take(`${id}.sizes`))
      // Flat, whatever the tensors are: what is fed in place of a state that is not there yet must be it too.
      this.#context.inputs.set(leaf.value, tensorFact(undefined, [`${id}_numel`]))
      return {
        plan: { kind: 'tensors', leaf, ranks, sizes },
        value: sequenceOfFlat(this.#builder, leaf.value, ranks.value, sizes.value, elementOf(fact).dims),
      }
    }
    return fail('PT3101', `parameter '${id}' is a list of ${annotationText(of)}; lists of tensors and of numbers can be handed in.`, {
      fix: 'hand the parts in as separate lists.',
    })
  }

  /** The keys are those that the options declare (`x.key`), or those that the code asks for. */
  #dict(type: Extract<Type, { kind: 'Dict' }>, id: string, old: Value | undefined): { readonly plan: Plan; readonly value: Value } {
    const b = this.#builder
    const declared = [...this.#declared].filter((name) => name.startsWith(`${id}.`)).map((name) => name.slice(id.length + 1))
    const asked = declared.length > 0 ? declared.map((key): AskedKey => ({ key, required: true })) : askedKeys(old)
    if (type.key.kind !== 'str' || asked === undefined || asked.length === 0)
      fail('PT3102', `the keys of parameter '${id}' (${annotationText(type)}) cannot be told from the code.`, {
        fix: `declare them: inputs: { '${id}.key': { dtype: 'float32' } } with one line for each key.`,
      })
    const items = asked.map(({ key, required }) => {
      const name = this.#names.take(`${id}.${key}`)
      const { plan, value } = this.input(type.value, name, undefined)
      if (required) return { plan, value, present: undefined }
      const flag = this.#leaf(boolType, this.#names.take(`${name}.present`))
      return { plan: { kind: 'optional', flag, of: plan } satisfies Plan, value, present: flag.value }
    })
    const keys = asked.map(({ key }) => key)
    const plan: Plan = { kind: 'record', keys, items: items.map((item) => item.plan) }
    if (items.some(({ present }) => present !== undefined)) {
      for (const [i, { value, present }] of items.entries()) answer(old!, keys[i]!, value, present ?? b.bool(true), type.value)
      // Every use has been answered: an empty dict stands for what nobody reads.
      return { plan, value: b.op('prim::DictConstruct', [], type) }
    }
    const pairs = items.flatMap(({ value }, i) => [b.constant(keys[i]!), value])
    return { plan, value: b.op('prim::DictConstruct', pairs, type) }
  }

  state(context: PassContext, old: readonly Value[]): StatePlan {
    const cold = this.#leaf(boolType, this.#names.take('cold'))
    const slots = context.state.map((slot, i) => {
      this.#isState = true
      const { plan, value } = this.input(slot.type, this.#names.take(slot.attribute), old[i])
      this.#isState = false
      // The saved value on the first call, what was carried on later ones.
      const b = this.#builder
      const node = b.if(cold.value, [slot.type])
      node.blocks[0]!.addReturn(Builder.atEnd(node.blocks[0]!).constant(slot.initial, slot.initial === null ? undefined : slot.type))
      node.blocks[1]!.addReturn(value)
      old[i]!.replaceAllUsesWith(node.output())
      return plan
    })
    return { cold, slots }
  }
}

const COMPARISONS = new Set(['aten::eq', 'aten::ne', 'aten::__is__', 'aten::__isnot__', 'aten::__contains__'])

/** The code compares the string, or hands it on to where it may be. */
function isCompared(value: Value): boolean {
  const { uses } = value
  return (
    uses.size === 0 ||
    [...uses].some(({ user }) => COMPARISONS.has(user.kind)) ||
    [...uses].every(({ user }) => user.kind === 'prim::Return' || user.kind === 'prim::Loop')
  )
}

interface AskedKey {
  readonly key: string
  /** The code takes it for granted: it is never asked whether the key is there. */
  readonly required: boolean
}

const keyOf = (user: Node): string | undefined => {
  const key = user.inputs[1] === undefined ? undefined : constantValue(user.input(1))
  return typeof key === 'string' ? key : undefined
}

/** The constant keys that a Dict is read by, when it is used for nothing else. */
function askedKeys(dict: Value | undefined): AskedKey[] | undefined {
  const keys = new Map<string, boolean>()
  for (const { user } of dict?.uses ?? []) {
    const key = keyOf(user)
    const asks = user.kind === 'aten::__contains__' || user.kind === 'aten::get'
    if (key === undefined || (!asks && user.kind !== 'aten::__getitem__')) return undefined
    keys.set(key, (keys.get(key) ?? true) && !asks)
  }
  return [...keys].map(([key, required]) => ({ key, required })).sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Answers the reads of one key of a Dict parameter: its value, whether it is there, or what `get` makes of it. */
function answer(dict: Value, key: string, value: Value, present: Value, type: Type): void {
  const users = [...dict.uses].map(({ user }) => user).filter((user) => keyOf(user) === key)
  for (const user of users) {
    const b = Builder.replacing(user)
    let result = user.kind === 'aten::__contains__' ? present : value
    if (user.kind === 'aten::get') {
      const fallback = user.inputs[2]
      if (fallback === undefined) result = makeOptional(b, present, value, user.output().type)
      else {
        const node = b.if(present, [type])
        node.blocks[0]!.addReturn(value)
        node.blocks[1]!.addReturn(fallback)
        result = node.output()
      }
    }
    user.output().replaceAllUsesWith(result)
    user.destroy()
  }
}
