// Passes that are rewrite rules: each rule is a graph before and a graph after, and an example that a test runs.

import { SubgraphRewriter, type RewriteRule } from '../ir/subgraph-rewriter.ts'
import { definePass, type Pass, type PassInfo } from './pass.ts'

export interface Rule extends RewriteRule {
  /** Graph texts: what the rule makes of the first is the second. Each of ours has one. */
  readonly example?: { readonly before: string; readonly after: string }
}

export interface RulePass extends Pass {
  readonly rules: readonly Rule[]
}

/** `more`: see PassInfo. Where a rule's `where` says why it does not fire, the report has it. */
export function defineRulePass(name: string, doc: string, rules: readonly Rule[], more: Omit<PassInfo, 'name' | 'doc'> = {}): RulePass {
  let rewriter: SubgraphRewriter | undefined
  const pass = definePass({
    ...more,
    name,
    doc,
    run: (graph, { missed }) =>
      (rewriter ??= new SubgraphRewriter(rules)).run(graph, ({ node: { range }, reason, matched }) => {
        if (matched) missed.push({ pass: name, reason, ...(range === undefined ? {} : { range }) })
      }),
  })
  return { ...pass, rules }
}
