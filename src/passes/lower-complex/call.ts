// Call: one operator of complex values as its row sees it. Overloads differ in what is a tensor and what a Python number; here both are pairs.

import type { Problem } from '../../diagnostics/compile-error.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { qualifiedName, type FunctionSchema } from '../../ir/function-schema.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import { isComplex, type ScalarType } from '../../ir/scalar-type.ts'
import { floatType, tensorType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { fail } from '../../diagnostics/compile-error.ts'
import type { Fact } from '../../ops/fact.ts'
import { knownInts, promoted } from '../../ops/facts.ts'
import { pair, type Pair } from './pair.ts'
import { isNumber, partType, type RealOps } from './real-ops.ts'

export class Call {
  readonly node: Node
  readonly schema: FunctionSchema
  readonly e: RealOps
  readonly notices: Problem[] = []
  readonly #pairOf: (value: Value) => Pair
  readonly #isComplex: (value: Value) => boolean

  constructor(node: Node, schema: FunctionSchema, e: RealOps, pairOf: (value: Value) => Pair, complex: (value: Value) => boolean) {
    this.node = node
    this.schema = schema
    this.e = e
    this.#pairOf = pairOf
    this.#isComplex = complex
  }

  // Arguments

  /** An argument as it stands; None where the schema has no such argument. */
  value(name: string): Value {
    return this.node.inputs[this.schema.args.findIndex((arg) => arg.name === name)] ?? this.e.none()
  }
  has(name: string): boolean {
    const at = this.schema.args.findIndex((arg) => arg.name === name)
    return at !== -1 && this.fact(this.node.input(at)).value !== null
  }
  fact(value: Value): Fact {
    return this.e.of(value)
  }
  /** What is known of an argument at build time; undefined where nothing is. */
  known(name: string): IValue | undefined {
    return this.fact(this.value(name)).value
  }
  flag(name: string): boolean {
    const known = this.known(name)
    return typeof known === 'boolean' ? known : this.unmet(name)
  }
  /** None is undefined. */
  int(name: string): number | undefined {
    const known = this.known(name)
    if (known === null) return undefined
    return typeof known === 'bigint' || typeof known === 'boolean' ? Number(known) : this.unmet(name)
  }
  ints(name: string): readonly number[] | undefined {
    const fact = this.fact(this.value(name))
    if (fact.value === null) return undefined
    return typeof fact.value === 'bigint' ? [Number(fact.value)] : (knownInts(fact) ?? this.unmet(name))
  }
  text(name: string): string | undefined {
    const known = this.known(name)
    return typeof known === 'string' ? known : known === null ? undefined : this.unmet(name)
  }
  unmet(name: string): never {
    return fail('PT4002', `${qualifiedName(this.schema)} needs argument '${name}' to be known at build time.`, {
      ...(this.node.range === undefined ? {} : { range: this.node.range }),
      fix: 'make it a constant, or an attribute of the module.',
    })
  }
  /** Refuses a real tensor where torch does. */
  complex(name: string): Pair {
    if (this.isComplex(name)) return this.pair(name)
    return fail('PT4002', `${qualifiedName(this.schema)} needs a complex tensor (argument '${name}'), and this one is taken as real.`, {
      ...(this.node.range === undefined ? {} : { range: this.node.range }),
      fix: "declare the input that it comes from: inputs: { x: { dtype: 'complex64' } }.",
    })
  }
  isComplex(name: string): boolean {
    return this.#isComplex(this.value(name))
  }

  /** The parts of an argument in the dtype that is computed in; a number beside tensors is a 0-d tensor. */
  pair(name: string, dtype: ScalarType = this.work): Pair {
    return this.#cast(this.#pairOf(this.value(name)), dtype)
  }
  pairAt(index: number, dtype: ScalarType = this.work): Pair {
    return this.#cast(this.#pairOf(this.node.input(index)), dtype)
  }
  /** As they are. */
  rawPair(value: Value): Pair {
    return this.#pairOf(value)
  }
  #cast({ re, im }: Pair, dtype: ScalarType): Pair {
    const part = (value: Value | undefined): Value | undefined =>
      value === undefined || value.type.kind === 'List' || (isNumber(value) && this.isScalar) ? value : this.e.cast(value, dtype)
    return pair(part(re), part(im))
  }

  // Results

  /** An operator on Python numbers alone. */
  get isScalar(): boolean {
    return this.node.inputs.every(isNumber)
  }
  get out(): ScalarType | undefined {
    const fact = this.fact(this.node.output())
    return fact.dtype ?? fact.items?.[0]?.dtype ?? fact.element?.dtype
  }
  get isComplexOut(): boolean {
    const { out } = this
    return out !== undefined && isComplex(out)
  }
  /** The dtype of the parts of the result, or of what it is computed from. */
  get work(): ScalarType {
    const { out } = this
    if (out !== undefined && isComplex(out)) return partType(out)
    const facts = this.schema.args.flatMap((arg, i) => (isTensorType(arg.type) ? [this.fact(this.node.input(i))] : []))
    return partType(promoted(...facts.filter((fact) => fact.dtype !== undefined)))
  }

  /** The operator itself once more, with other inputs, its parts as results. */
  again(
    inputOf: (name: string, value: Value, type: Type) => Value,
    types: readonly Type[] = this.node.outputs.map(({ type }) => realOf(type)),
  ): Node {
    const inputs = this.schema.args.map((arg, i) => inputOf(arg.name, this.node.input(i), coreType(arg.type)))
    const node = this.e.builder.graph.create(this.node.kind, inputs, types)
    node.schema = this.schema
    return this.e.insert(node)
  }
}

const isTensorType = (type: Type): boolean => coreType(type).kind === 'Tensor'

/** The type of a part. */
export function realOf(type: Type): Type {
  switch (type.kind) {
    case 'List':
    case 'Optional':
      return { kind: type.kind, of: realOf(type.of) }
    case 'number':
    case 'complex':
      return floatType
    case 'Tensor':
      return tensorType
    default:
      return type
  }
}
