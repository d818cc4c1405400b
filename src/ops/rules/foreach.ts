// Rules of _foreach operators: the rule of one tensor for every tensor of a list. ops/foreach.ts has the table.

import { assert } from '../../diagnostics/internal.ts'
import { constantFact, listFact, unknown, type Fact } from '../fact.ts'
import { foreachOperators } from '../foreach.ts'
import type { Rule } from '../rule.ts'

export function foreachRules(rules: readonly Rule[]): Rule[] {
  const bySchema = new Map(rules.map((rule) => [rule.schema, rule]))
  return foreachOperators().map(({ schema, of, args }) => {
    const rule = bySchema.get(of.text)
    assert(rule !== undefined, `no rule for ${of.text}`)
    const infer = (own: Readonly<Record<string, Fact>>): Fact => {
      const count = args.map((arg) => ('name' in arg && arg.each ? own[arg.name]!.items?.length : undefined)).find((n) => n !== undefined)
      if (count === undefined) return unknown
      const one = (i: number): Fact => {
        const facts = args.map((arg): Fact =>
          'name' in arg ? (arg.each ? (own[arg.name]!.items?.[i] ?? unknown) : own[arg.name]!) : constantFact(arg.value),
        )
        const result = rule.infer(Object.fromEntries(of.args.map(({ name }, k) => [name, facts[k]!])) as never)
        return (Array.isArray(result) ? result[0] : result) as Fact
      }
      return listFact(Array.from({ length: count }, (_, i) => one(i)))
    }
    return { schema: schema.text, infer: infer as Rule['infer'] }
  })
}
