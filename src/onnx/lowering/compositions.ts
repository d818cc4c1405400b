// Lowerings of operators that are composed of others: their programs run over operands. ops/compositions/ has them.

import { assert } from '../../diagnostics/internal.ts'
import type { FunctionSchema } from '../../ir/function-schema.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { tensorType, type Type } from '../../ir/type.ts'
import { schemaNamed, Unsettled, type Call, type Given, type Handle } from '../../ops/composition.ts'
import { compositions } from '../../ops/compositions/index.ts'
import { constantFact, listFact, numberFact, tensorFact, type Fact } from '../../ops/fact.ts'
import { ruleOf } from '../../ops/rules/index.ts'
import { constantOperand } from '../arguments.ts'
import type { OnnxBuilder } from '../builder.ts'
import { emittedType } from '../data-type.ts'
import type { Operand } from '../operand.ts'
import { forward } from './forward.ts'
import { UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

interface Placed extends Handle {
  readonly operand: Operand
}

/** What an operand tells of itself, as a value of the declared type. */
function factOf(operand: Operand, type: Type): Fact {
  const inner = type.kind === 'Optional' ? type.of : type
  switch (operand.kind) {
    case 'constant':
      return constantFact(operand.value)
    case 'list':
      return listFact(operand.items.map((item) => factOf(item, inner.kind === 'List' ? inner.of : inner)))
    case 'sequence':
      return { element: tensorFact(operand.dtype, operand.dims) }
    default:
      if (inner.kind === 'int' || inner.kind === 'float' || inner.kind === 'bool') return numberFact(inner.kind)
      if (inner.kind === 'number') return numberFact(operand.dtype === 'int64' ? 'int' : operand.dtype === 'bool' ? 'bool' : 'float')
      return operand.constant === undefined
        ? tensorFact(operand.dtype, operand.dims)
        : { ...constantFact(operand.constant), ...tensorFact(operand.dtype, operand.dims) }
  }
}

const isScalar = (value: IValue | undefined): value is bigint | number | boolean =>
  typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'

/** The result as the rule has it: its dtype, and its dims where the row did not tell. */
function settled(operand: Operand, { dtype, dims }: Fact, b: OnnxBuilder): Operand {
  if (operand.kind !== 'tensor') return operand
  const value = dtype === undefined ? operand : b.cast(operand, dtype)
  return dims === undefined ? value : { ...value, dims }
}

class Machine {
  readonly #rows: (schema: string) => LoweringRow | undefined
  readonly #b: OnnxBuilder
  /** Our own arguments by operand, so that an unmet need names one of them. */
  readonly #names: ReadonlyMap<Operand, string>
  constructor(rows: (schema: string) => LoweringRow | undefined, b: OnnxBuilder, names: ReadonlyMap<Operand, string>) {
    this.#rows = rows
    this.#b = b
    this.#names = names
  }

  #place(value: Given<Placed>): Placed {
    if (value === null || typeof value !== 'object') return { fact: constantFact(value), operand: { kind: 'constant', value } }
    if (!Array.isArray(value)) return value as Placed
    const items = (value as readonly Given<Placed>[]).map((item) => this.#place(item))
    return { fact: listFact(items.map(({ fact }) => fact)), operand: { kind: 'list', items: items.map(({ operand }) => operand) } }
  }

  readonly all: Call<Placed>['all'] = (name, ...args) => {
    const schema = schemaNamed(name)
    const b = this.#b
    const placed = schema.args.map((arg, i): Placed => {
      const value = args[i]
      assert(value !== undefined || arg.default !== undefined, `${name} is given no ${arg.name}`)
      return value === undefined ? { fact: constantFact(arg.default!), operand: constantOperand(arg.default!, b) } : this.#place(value)
    })
    const inferred = ruleOf(schema.text)?.infer(Object.fromEntries(schema.args.map((arg, i) => [arg.name, placed[i]!.fact])) as never) ?? {}
    const facts = Array.isArray(inferred) ? (inferred as readonly Fact[]) : [inferred as Fact]
    if (facts.length > 0 && facts.every(({ value }) => isScalar(value)))
      return facts.map((fact) => ({ fact, operand: { kind: 'constant', value: fact.value! } }))
    const operands = this.#lower(schema, placed, facts)
    return operands.map((operand, i) => {
      const fact = facts[i] ?? {}
      return { fact: { ...factOf(operand, schema.returns[i]!.type), ...fact }, operand: settled(operand, fact, b) }
    })
  }

  readonly items: Call<Placed>['items'] = ({ operand }, argument) => {
    if (operand.kind !== 'list') throw new Unsettled(argument, 'a list of known length')
    return operand.items.map((item) => ({ fact: factOf(item, tensorType), operand: item }))
  }

  #lower(schema: FunctionSchema, args: readonly Placed[], facts: readonly Fact[]): readonly Operand[] {
    const row = this.#rows(schema.text)
    assert(row !== undefined, `no lowering for ${schema.text}`)
    const out = schema.returns.map(({ type }, i): ResultInfo => {
      const { dtype, dims } = facts[i] ?? {}
      return { type, ...(dtype === undefined ? {} : { dtype: emittedType(dtype) }), ...(dims === undefined ? {} : { dims }) }
    })
    const operands = args.map(({ operand }) => operand)
    const own = (argument: string): string => {
      const operand = operands[schema.args.findIndex(({ name }) => name === argument)]
      return (operand === undefined ? undefined : this.#names.get(operand)) ?? [...this.#names.values()][0]!
    }
    const lowered = forward(row, schema, operands, this.#b, out, own)
    return Array.isArray(lowered) ? (lowered as readonly Operand[]) : [lowered as Operand]
  }
}

/** A row for each composition. `rows` finds the rows of what it is composed of. */
export function compositionLowerings(rows: (schema: string) => LoweringRow | undefined): LoweringRow[] {
  return compositions().map((composition) => {
    const schema = schemaNamed(composition.schema.slice(0, composition.schema.indexOf('(')))
    const build = (own: Readonly<Record<string, Operand>>, b: OnnxBuilder): readonly Operand[] => {
      const machine = new Machine(rows, b, new Map(schema.args.map(({ name }) => [own[name]!, name])))
      const call: Call<Placed> = Object.assign((...args: Parameters<Call<Placed>>) => machine.all(...args)[0]!, {
        all: machine.all,
        items: machine.items,
      })
      const args = schema.args.map(({ name, type }) => [name, { fact: factOf(own[name]!, type), operand: own[name]! }] as const)
      try {
        const results = composition.build(Object.fromEntries(args), call)
        return (Array.isArray(results) ? (results as readonly Placed[]) : [results as Placed]).map(({ operand }) => operand)
      } catch (error) {
        if (error instanceof Unsettled) throw new UnmetNeed(error.argument, error.message)
        throw error
      }
    }
    return { schema: schema.text, needs: { operand: schema.args.map(({ name }) => name) }, build: build as LoweringRow['build'] }
  })
}
