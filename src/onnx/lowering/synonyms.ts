// Lowerings of operators that are another one under another name: ops/synonyms.ts has the table.

import { assert } from '../../diagnostics/internal.ts'
import { synonyms } from '../../ops/synonyms.ts'
import { constantOperand } from '../arguments.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { Operand } from '../operand.ts'
import { forward } from './forward.ts'
import type { Lowered, LoweringRow, ResultInfo } from './row.ts'

/** A row for each synonym of an operator that has one. */
export function synonymLowerings(rows: readonly LoweringRow[]): LoweringRow[] {
  const bySchema = new Map(rows.map((row) => [row.schema, row]))
  return synonyms().map(({ schema, of, args }) => {
    const row = bySchema.get(of.text)
    assert(row !== undefined, `no lowering for ${of.text}`)
    const build = (own: Readonly<Record<string, Operand>>, b: OnnxBuilder, out: readonly ResultInfo[]): Lowered => {
      const operands = args.map((arg) => ('name' in arg ? own[arg.name]! : constantOperand(arg.value, b)))
      return forward(row, of, operands, b, out, (argument) => {
        const source = args[of.args.findIndex(({ name }) => name === argument)]
        return source !== undefined && 'name' in source ? source.name : argument
      })
    }
    return { schema: schema.text, needs: { operand: schema.args.map(({ name }) => name) }, build: build as LoweringRow['build'] }
  })
}
