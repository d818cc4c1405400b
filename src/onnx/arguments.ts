// Arguments of a lowering row: operands of a node's inputs, as the row's schema and needs ask for them.

import type { FunctionSchema } from '../ir/function-schema.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Type } from '../ir/type.ts'
import type { OnnxBuilder } from './builder.ts'
import { onnxDataType } from './data-type.ts'
import { UnmetNeed, type LoweringRow } from './lowering/row.ts'
import { constantNumber, type Operand, type OnnxValue } from './operand.ts'

/** Arguments by name. Throws UnmetNeed naming the argument that is not known enough. */
export function rowArguments(
  row: LoweringRow,
  schema: FunctionSchema,
  operands: readonly Operand[],
  b: OnnxBuilder,
): Record<string, unknown> {
  const args: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [i, { name, type }] of schema.args.entries()) {
    const operand = operands[i]!
    args[name] = row.needs.operand?.includes(name)
      ? operand
      : row.needs.constant?.includes(name)
        ? plainValue(name, type, operand)
        : argument(name, type, operand, b)
    if (row.needs.rank?.includes(name)) requireRank(name, args[name])
  }
  if (schema.isVararg) args['...'] = operands.slice(schema.args.length)
  return args
}

const isNone = (operand: Operand): boolean => operand.kind === 'constant' && operand.value === null

function argument(name: string, type: Type, operand: Operand, b: OnnxBuilder): unknown {
  switch (type.kind) {
    case 'Optional':
      return isNone(operand) ? undefined : argument(name, type.of, operand, b)
    case 'Tensor':
      return tensorOperand(name, operand, b)
    case 'bool':
    case 'str':
    case 'Device':
      return plainValue(name, type, operand)
    case 'List':
      if (type.of.kind === 'bool') return plainValue(name, type, operand)
      if (type.of.kind === 'Optional' && type.of.of.kind === 'Tensor') {
        if (operand.kind !== 'list') throw new UnmetNeed(name, 'a list of tensors of known length')
        return operand.items.map((item) => (isNone(item) ? undefined : tensorOperand(name, item, b)))
      }
      return operand
    default:
      return operand
  }
}

/** A tensor argument: also a Python number where torch wraps it. */
function tensorOperand(name: string, operand: Operand, b: OnnxBuilder): OnnxValue {
  if (operand.kind === 'tensor') return operand
  if (operand.kind === 'constant' && constantNumber(operand) !== undefined)
    return b.scalar(
      typeof operand.value === 'bigint' ? 'int64' : typeof operand.value === 'boolean' ? 'bool' : 'float64',
      operand.value as bigint | number | boolean,
    )
  throw new UnmetNeed(name, `a tensor, found ${operand.kind === 'constant' ? describe(operand.value) : `a ${operand.kind}`}`)
}

const describe = (value: IValue): string => (value === null ? 'None' : typeof value === 'object' ? value.kind : String(value))

/** The plain JavaScript value of a constant argument: numbers, booleans, strings and arrays of them. */
function plainValue(name: string, type: Type, operand: Operand): unknown {
  if (isNone(operand)) return undefined
  if (type.kind === 'Optional') return plainValue(name, type.of, operand)
  if (operand.kind === 'constant') {
    const { value } = operand
    if (typeof value === 'bigint') return Number(value)
    if (value !== null && typeof value === 'object' && value.kind === 'device') return value.name
    if (typeof value !== 'object') return value
  }
  if (operand.kind === 'list') return operand.items.map((item) => plainValue(name, type.kind === 'List' ? type.of : type, item))
  throw new UnmetNeed(name, 'to be known at build time')
}

function requireRank(name: string, argument: unknown): void {
  const values: unknown[] = Array.isArray(argument) ? argument : [argument]
  for (const value of values) {
    if (value === undefined || typeof value !== 'object' || value === null) continue
    const operand = value as Operand
    if (operand.kind === 'tensor' && operand.dims === undefined) throw new UnmetNeed(name, 'its rank to be known')
    if (operand.kind === 'sequence' && operand.dims === undefined) throw new UnmetNeed(name, 'the rank of its tensors to be known')
    if (operand.kind === 'list') requireRank(name, operand.items)
  }
}

/** A build-time constant as an operand: tensors become initializers. */
export function constantOperand(value: IValue, b: OnnxBuilder, origin?: string): Operand {
  if (value !== null && typeof value === 'object') {
    if (value.kind === 'tensor' && onnxDataType(value.dtype) !== undefined) return b.constant(value, origin)
    if (value.kind === 'list' || value.kind === 'tuple') return { kind: 'list', items: value.items.map((item) => constantOperand(item, b)) }
  }
  return { kind: 'constant', value }
}
