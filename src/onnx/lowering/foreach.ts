// Lowerings of _foreach operators: the row of one tensor for every tensor of a list of known length. ops/foreach.ts has the table.

import { assert } from '../../diagnostics/internal.ts'
import { tensorType } from '../../ir/type.ts'
import { foreachOperators } from '../../ops/foreach.ts'
import { constantFact, tensorFact, type Fact } from '../../ops/fact.ts'
import { ruleOf } from '../../ops/rules/index.ts'
import { constantOperand } from '../arguments.ts'
import type { OnnxBuilder } from '../builder.ts'
import { emittedType } from '../data-type.ts'
import type { ListOperand, Operand } from '../operand.ts'
import { forward } from './forward.ts'
import { UnmetNeed, type LoweringRow } from './row.ts'

function factOf(operand: Operand): Fact {
  if (operand.kind === 'constant') return constantFact(operand.value)
  return operand.kind === 'tensor' ? tensorFact(operand.dtype, operand.dims) : {}
}

export function foreachLowerings(rows: readonly LoweringRow[]): LoweringRow[] {
  const bySchema = new Map(rows.map((row) => [row.schema, row]))
  return foreachOperators().map(({ schema, of, args }) => {
    const row = bySchema.get(of.text)
    assert(row !== undefined, `no lowering for ${of.text}`)
    const build = (own: Readonly<Record<string, Operand>>, b: OnnxBuilder): ListOperand => {
      const lists = args.flatMap((arg) => ('name' in arg && arg.each ? [arg.name] : []))
      const lengths = lists.map((name) => {
        const list = own[name]!
        if (list.kind !== 'list') throw new UnmetNeed(name, 'a list of known length')
        return list.items.length
      })
      const items = Array.from({ length: Math.min(...lengths) }, (_, i): Operand => {
        const operands = args.map((arg): Operand =>
          'name' in arg ? (arg.each ? (own[arg.name] as ListOperand).items[i]! : own[arg.name]!) : constantOperand(arg.value, b),
        )
        const facts = Object.fromEntries(of.args.map(({ name }, k) => [name, factOf(operands[k]!)]))
        const result = ruleOf(of.text)?.infer(facts as never)
        const { dtype, dims } = ((Array.isArray(result) ? result[0] : result) ?? {}) as Fact
        const out = {
          type: tensorType,
          ...(dtype === undefined ? {} : { dtype: emittedType(dtype) }),
          ...(dims === undefined ? {} : { dims }),
        }
        const lowered = forward(row, of, operands, b, [out], (argument) => argument)
        const first = (Array.isArray(lowered) ? lowered[0] : lowered) as Operand
        return first.kind === 'tensor' && dtype !== undefined ? { ...b.cast(first, dtype), dims: dims ?? first.dims } : first
      })
      return { kind: 'list', items }
    }
    return { schema: schema.text, needs: { operand: schema.args.map(({ name }) => name) }, build: build as LoweringRow['build'] }
  })
}
