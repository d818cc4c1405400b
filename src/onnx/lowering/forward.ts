// Rows that are built from other rows: an operator that another one serves for, with or without something around it.

import { assert } from '../../diagnostics/internal.ts'
import { qualifiedName, type FunctionSchema } from '../../ir/function-schema.ts'
import { tensorType } from '../../ir/type.ts'
import { schemasOf } from '../../ops/schema-of.ts'
import { constantOperand, rowArguments } from '../arguments.ts'
import type { OnnxBuilder, ResultType } from '../builder.ts'
import type { Operand, OnnxValue } from '../operand.ts'
import { UnmetNeed, type Lowered, type LoweringRow, type ResultInfo } from './row.ts'

/** Builds another operator's row; what it lacks is told by our own argument's name. */
export function forward(
  row: LoweringRow,
  schema: FunctionSchema,
  operands: readonly Operand[],
  b: OnnxBuilder,
  out: readonly ResultInfo[],
  ownName: (argument: string) => string,
): Lowered {
  try {
    return row.build(rowArguments(row, schema, operands, b) as never, b, out)
  } catch (error) {
    throw error instanceof UnmetNeed ? new UnmetNeed(ownName(error.argument), error.message) : error
  }
}

/** The operator `aten::conv2d` of a family: arguments by name, the others by default. Gives its first result, a tensor. Looked up at its first call. */
export function callOf(rows: readonly LoweringRow[], name: string) {
  let found: { readonly schema: FunctionSchema; readonly row: LoweringRow } | undefined
  const target = () => {
    const schema = schemasOf(name.split('.')[0]!).find((candidate) => qualifiedName(candidate) === name)
    assert(schema !== undefined, `torch has no ${name}`)
    const row = rows.find((candidate) => candidate.schema === schema.text)
    assert(row !== undefined, `no lowering for ${name}`)
    return { schema, row }
  }
  return (args: Readonly<Record<string, Operand | undefined>>, b: OnnxBuilder, out: ResultType = {}): OnnxValue => {
    const { schema, row } = (found ??= target())
    const operands = schema.args.map((arg) => args[arg.name] ?? constantOperand(arg.default ?? null, b))
    const lowered = forward(row, schema, operands, b, [{ type: tensorType, ...out }], (argument) => argument)
    const first = Array.isArray(lowered) ? (lowered as readonly Operand[])[0]! : (lowered as Operand)
    assert(first.kind === 'tensor', `${name} gives a tensor`)
    return first
  }
}
