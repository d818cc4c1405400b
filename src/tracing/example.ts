// One set of example inputs: a value for every flat input of a captured method. What the user gave is checked against the model; the rest is
// a parameter's default, the saved state, or generated.

import { fail } from '../diagnostics/compile-error.ts'
import type { Dims } from '../ir/dim.ts'
import type { IValue } from '../ir/ivalue.ts'
import { isComplex, isFloatingPoint, type ScalarType } from '../ir/scalar-type.ts'
import { numel, type Tensor } from '../ir/tensor.ts'
import { hasElements, tensorFromElements, type Element } from '../ir/tensor-elements.ts'
import type { Value } from '../ir/value.ts'
import { complexTensor } from '../ops/complex-border.ts'
import { realType } from '../ops/complex-types.ts'
import type { Capture } from '../passes/pipeline.ts'
import { codeFor } from '../passes/containers/choice-rows.ts'
import { exampleFor } from '../passes/signature/example-facts.ts'
import { leavesOf, type Leaf, type Plan } from '../passes/signature/plan.ts'
import { factsOf } from '../passes/graph-facts.ts'
import { useHints } from '../passes/signature/use-hints.ts'
import { generatedSizes, generatedTensor } from './generated-tensor.ts'

/** One tensor or number as options give it. */
export interface ExampleInput {
  readonly data: ArrayLike<number | bigint>
  readonly dims: readonly number[]
  readonly dtype?: ScalarType
}
/** By name of the input, or by position of the parameter. */
export type ExampleInputs = Readonly<Record<string, ExampleInput>>

const ARRAYS: readonly (readonly [new (length: number) => object, ScalarType])[] = [
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int8Array, 'int8'],
  [Int16Array, 'int16'],
  [Int32Array, 'int32'],
  [BigInt64Array, 'int64'],
  [Uint8Array, 'uint8'],
]

/** The dtype that an example tells by itself: plain arrays of numbers tell none. */
export function dtypeOfExample({ data, dtype }: ExampleInput): ScalarType | undefined {
  return dtype ?? ARRAYS.find(([type]) => data instanceof type)?.[1] ?? (typeof data[0] === 'bigint' ? 'int64' : undefined)
}

/** What the inputs of a captured method are in one example. */
export class Example {
  /** Names of inputs that had to be generated, in the order in which they were needed. */
  readonly generated = new Set<string>()
  readonly #values = new Map<Value, IValue>()
  readonly #absent = new Set<Value>()
  readonly #capture: Capture
  readonly #inputs: ExampleInputs

  /** Throws PT3507 for what does not fit. */
  constructor(capture: Capture, inputs: ExampleInputs) {
    this.#capture = capture
    this.#inputs = inputs
    for (const { plan, default: fallback } of capture.params) this.#plan(plan, fallback)
    // The first call: state is what was saved.
    if (capture.state !== undefined) this.#values.set(capture.state.cold.value, true)
    capture.state?.slots.forEach((slot, i) => this.#plan(slot, capture.context.state[i]!.initial))
  }

  /** The value of a graph input. Tensors that nobody gave are made when they are asked for. */
  valueOf(input: Value): IValue {
    const known = this.#values.get(input)
    if (known !== undefined) return known
    const made = this.#generate(input)
    this.#values.set(input, made)
    return made
  }

  #given(id: string): ExampleInput | undefined {
    return exampleFor(this.#inputs, id, this.#capture.params)
  }

  /** Fills in what is known of the leaves of a plan. `fallback` is the default of the whole value. */
  #plan(plan: Plan, fallback: IValue | undefined): void {
    const values = this.#values
    switch (plan.kind) {
      case 'tensor': {
        const given = this.#given(plan.leaf.id)
        if (given !== undefined) values.set(plan.leaf.value, this.#tensor(plan.leaf.id, plan.leaf.value, given))
        else if (isTensor(fallback)) values.set(plan.leaf.value, fallback)
        break
      }
      case 'int':
      case 'float':
      case 'bool': {
        const given = this.#given(plan.leaf.id)
        if (given !== undefined) values.set(plan.leaf.value, scalar(plan.kind, plan.leaf.id, given))
        else if (fallback !== undefined && fallback !== null) values.set(plan.leaf.value, fallback)
        break
      }
      case 'scalars': {
        const given = this.#given(plan.leaf.id)
        const { of } = plan
        if (given !== undefined) {
          const items = Array.from(given.data, (_, i) => scalar(of, plan.leaf.id, { ...given, data: [given.data[i]!], dims: [] }))
          values.set(plan.leaf.value, { kind: 'list', items })
        } else if (isList(fallback)) values.set(plan.leaf.value, fallback)
        break
      }
      case 'choice':
        if (fallback !== undefined && fallback !== null) values.set(plan.leaf.value, BigInt(codeFor(fallback, this.#capture.context)))
        break
      case 'optional': {
        const present =
          [...leavesOf(plan.of)].some(({ id }) => this.#given(id) !== undefined) || (fallback !== undefined && fallback !== null)
        values.set(plan.flag.value, present)
        // None: what would be inside is read by nobody.
        if (!present) for (const { value } of leavesOf(plan.of)) this.#absent.add(value)
        this.#plan(plan.of, fallback)
        break
      }
      case 'tuple':
      case 'record':
      case 'map':
        plan.items.forEach((item, i) => this.#plan(item, isList(fallback) ? fallback.items[i] : undefined))
        break
      case 'tensors':
      case 'constant':
        break
    }
  }

  #dims(value: Value): { readonly dtype: ScalarType; readonly dims: Dims } {
    const { dtype, dims } = this.#capture.inputs.get(value) ?? {}
    return { dtype: dtype ?? 'float32', dims }
  }

  #tensor(id: string, value: Value, given: ExampleInput): Tensor {
    const { dtype, dims } = this.#dims(value)
    const { data, dims: sizes } = given
    if (isComplex(dtype)) {
      // Pairs along a trailing axis, as the page hands them in.
      const pairs = this.#elements(id, realType(dtype), dims === undefined ? undefined : [...dims, 2], given)
      if (sizes.at(-1) !== 2) misfit(id, `has dims [${sizes.join(', ')}], and complex numbers are pairs along a last axis of 2`)
      return complexTensor(pairs, dtype)
    }
    return this.#elements(id, dtype, dims, given)
  }

  #elements(id: string, dtype: ScalarType, dims: Dims, given: ExampleInput): Tensor {
    const { data, dims: sizes } = given
    if (numel(sizes) !== data.length) misfit(id, `has ${data.length} elements, and its dims [${sizes.join(', ')}] say ${numel(sizes)}`)
    if (dims !== undefined && (dims.length !== sizes.length || dims.some((dim, i) => typeof dim === 'number' && dim !== sizes[i])))
      misfit(id, `has dims [${sizes.join(', ')}], and the model takes [${dims.map((dim) => dim ?? '?').join(', ')}]`)
    if (!hasElements(dtype)) misfit(id, `is for an input of dtype ${dtype}, which examples cannot be given for`)
    return tensorFromElements(dtype, sizes, elements(given, id, isFloatingPoint(dtype)))
  }

  #generate(input: Value): IValue {
    const index = this.#capture.graph.inputs.indexOf(input)
    const id = input.debugName ?? `input ${index}`
    const isParameter = this.#capture.params.some(({ plan }) => [...leavesOf(plan)].some(({ value }) => value === input))
    if (isParameter && !this.#absent.has(input)) this.generated.add(id)
    if (this.#capture.params.some(({ plan }) => isChoice(plan, input)))
      return fail('PT3507', `a trace needs the text of input '${id}', which examples cannot hold.`, {
        fix: 'give the parameter a default in the source, or convert with mode: auto.',
      })
    switch (input.type.kind) {
      case 'int':
        return 2n
      case 'float':
      case 'number':
        return 1
      case 'bool':
        return false
      case 'List': {
        const list = this.#capture.params
          .flatMap(({ plan }) => [...tensorLists(plan)])
          .find((leaves) => leaves.some(({ value }) => value === input))
        if (list !== undefined)
          return fail('PT3507', `a trace needs to know how many tensors the list '${list[0]!.id}' has.`, {
            fix: `give example inputs for its items: '${list[0]!.id}.0', '${list[0]!.id}.1', ….`,
          })
        return { kind: 'list', items: [] }
      }
      default: {
        const { dtype, dims } = this.#dims(input)
        const hint = useHints(input, factsOf(this.#capture.graph, this.#capture.context))
        const known = dims ?? Array.from({ length: hint.rank ?? 2 }, (_, axis) => (axis === 1 ? hint.channels : null))
        const sizes = generatedSizes(known)
        if (sizes !== undefined && isComplex(dtype)) return complexTensor(generatedTensor(realType(dtype), [...sizes, 2], index), dtype)
        if (sizes === undefined || !hasElements(dtype))
          return fail('PT3507', `an example for input '${id}' cannot be generated.`, { fix: `give one: exampleInputs: [{ ${id}: … }].` })
        return generatedTensor(dtype, sizes, index)
      }
    }
  }
}

function isChoice(plan: Plan, input: Value): boolean {
  if (plan.kind === 'choice') return plan.leaf.value === input
  return plan.kind === 'optional' ? isChoice(plan.of, input) : 'items' in plan && plan.items.some((item) => isChoice(item, input))
}

/** Lists of tensors whose length is known at run time only. */
function* tensorLists(plan: Plan): Generator<readonly Leaf[], void> {
  if (plan.kind === 'tensors') yield [plan.leaf, plan.ranks, plan.sizes]
  else if (plan.kind === 'optional') yield* tensorLists(plan.of)
  else if ('items' in plan) for (const item of plan.items) yield* tensorLists(item)
}

const isTensor = (value: IValue | undefined): value is Tensor => typeof value === 'object' && value?.kind === 'tensor'
const isList = (value: IValue | undefined): value is Extract<IValue, { kind: 'list' | 'tuple' }> =>
  typeof value === 'object' && (value?.kind === 'list' || value?.kind === 'tuple')

function misfit(id: string, what: string): never {
  return fail('PT3507', `the example of input '${id}' ${what}.`, { fix: 'correct the example, or the declaration of the input.' })
}

/** Numbers of an example as elements of floats or of integers. */
function elements({ data }: ExampleInput, id: string, float: boolean): Element[] {
  return Array.from(data, (item) => {
    if (float) return Number(item)
    if (typeof item === 'number' && !Number.isInteger(item)) misfit(id, `holds ${item}, and the model takes integers`)
    return BigInt(item)
  })
}

function scalar(kind: 'int' | 'float' | 'bool', id: string, given: ExampleInput): IValue {
  if (given.data.length !== 1) misfit(id, `has ${given.data.length} elements, and the model takes one ${kind}`)
  const [element] = elements(given, id, kind === 'float')
  return kind === 'bool' ? element !== 0n : element!
}

/** Throws PT3507 for a name or position that the method does not have. */
export function checkExampleNames(examples: readonly ExampleInputs[], params: Capture['params']): void {
  const names = params.flatMap(({ name, plan }) => [name, ...[...leavesOf(plan)].map(({ id }) => id)])
  for (const name of examples.flatMap((example) => Object.keys(example))) {
    if (names.includes(name) || (/^\d+$/.test(name) && Number(name) < params.length)) continue
    fail(
      'PT3507',
      `the examples have an input ${/^\d+$/.test(name) ? `at position ${name}` : `'${name}'`}, which the model does not have.`,
      {
        fix: `the parameters are ${params.map((param) => `'${param.name}'`).join(', ')}.`,
      },
    )
  }
}
