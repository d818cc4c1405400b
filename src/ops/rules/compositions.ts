// Rules of operators that are composed of others: their programs run over facts. ops/compositions/ has them.

import { assert } from '../../diagnostics/internal.ts'
import { schemaNamed, Unsettled, type Call, type Given, type Handle } from '../composition.ts'
import { compositions } from '../compositions/index.ts'
import { constantFact, listFact, type Fact } from '../fact.ts'
import type { Rule } from '../rule.ts'

function given(value: Given<Handle>): Fact {
  if (value === null || typeof value !== 'object') return constantFact(value)
  return Array.isArray(value) ? listFact((value as readonly Given<Handle>[]).map(given)) : (value as Handle).fact
}

/** A rule for each composition. `ruleOf` finds the rules of what it is composed of. */
export function compositionRules(ruleOf: (schema: string) => Rule | undefined): Rule[] {
  const all: Call<Handle>['all'] = (name, ...args) => {
    const schema = schemaNamed(name)
    const facts = schema.args.map((arg, i) => {
      const value = args[i]
      assert(value !== undefined || arg.default !== undefined, `${name} is given no ${arg.name}`)
      return [arg.name, value === undefined ? constantFact(arg.default!) : given(value)] as const
    })
    const result = ruleOf(schema.text)?.infer(Object.fromEntries(facts) as never) ?? {}
    const each = Array.isArray(result) ? (result as readonly Fact[]) : [result as Fact]
    return schema.returns.map((_, i) => ({ fact: each[i] ?? {} }))
  }
  const call: Call<Handle> = Object.assign((...args: Parameters<typeof all>) => all(...args)[0]!, {
    all,
    items({ fact: { items } }: Handle, argument: string): readonly Handle[] {
      if (items === undefined) throw new Unsettled(argument, 'a list of known length')
      return items.map((fact) => ({ fact }))
    },
  })
  return compositions().map(({ schema, build }) => {
    const infer = (own: Readonly<Record<string, Fact>>): readonly Fact[] => {
      try {
        const results = build(Object.fromEntries(Object.entries(own).map(([name, fact]) => [name, { fact }])), call)
        return (Array.isArray(results) ? (results as readonly Handle[]) : [results as Handle]).map(({ fact }) => fact)
      } catch (error) {
        if (error instanceof Unsettled) return []
        throw error
      }
    }
    return { schema, infer: infer as Rule['infer'] }
  })
}
