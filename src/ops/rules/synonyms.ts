// Rules of operators that are another one under another name: ops/synonyms.ts has the table.

import { assert } from '../../diagnostics/internal.ts'
import { constantFact, type Fact } from '../fact.ts'
import type { Rule } from '../rule.ts'
import { synonyms } from '../synonyms.ts'

type Named = Readonly<Record<string, Fact>>

/** A rule for each synonym of an operator that has one. */
export function synonymRules(rules: readonly Rule[]): Rule[] {
  const bySchema = new Map(rules.map((rule) => [rule.schema, rule]))
  return synonyms().map(({ schema, of, args }) => {
    const rule = bySchema.get(of.text)
    assert(rule !== undefined, `no rule for ${of.text}`)
    const infer = (own: Named): ReturnType<Rule['infer']> =>
      rule.infer(
        Object.fromEntries(
          of.args.map(({ name }, i) => [name, 'name' in args[i]! ? own[args[i].name]! : constantFact(args[i]!.value)]),
        ) as never,
      )
    return { schema: schema.text, infer: infer as Rule['infer'] }
  })
}
