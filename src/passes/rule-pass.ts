// Passes that are rewrite rules: each rule is a graph before and a graph after, and an example that a test runs.

import { SubgraphRewriter, type RewriteRule } from '../ir/subgraph-rewriter.ts'
import { definePass, type Pass } from './pass.ts'

export interface Rule extends RewriteRule {
  /** Graph texts: what the rule makes of the first is the second. */
  readonly example: { readonly before: string; readonly after: string }
}

export interface RulePass extends Pass {
  readonly rules: readonly Rule[]
}

export function defineRulePass(name: string, doc: string, rules: readonly Rule[]): RulePass {
  let rewriter: SubgraphRewriter | undefined
  return { ...definePass({ name, doc, run: (graph) => (rewriter ??= new SubgraphRewriter(rules)).run(graph) }), rules }
}
