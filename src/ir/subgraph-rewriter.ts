// Rewrites what a pattern matches into another graph, both given as IR text. Mirrors torch/csrc/jit/passes/subgraph_rewrite.cpp.

import { assert } from '../diagnostics/internal.ts'
import { allNodes } from './block.ts'
import { inlineBlock } from './clone.ts'
import type { Graph } from './graph.ts'
import type { Node } from './node.ts'
import { parseGraph } from './parser.ts'
import { Pattern, type Match } from './pattern.ts'

export interface RewriteRule {
  readonly name: string
  /** `graph(%x : Tensor, …): … return (…)`. Its last node is where matching starts. */
  readonly before: string
  /** Nodes of the match other than the last may have users elsewhere; they stay for those. */
  readonly shared?: boolean
  /** Takes the inputs of `before` and gives its outputs. */
  readonly after: string
  /** True to rewrite, or the reason why not. */
  readonly where?: (match: Match) => true | string
}

/** Why a rule did not fire at a node that its pattern starts at. */
export interface Refusal {
  readonly rule: string
  readonly node: Node
  readonly reason: string
  /** The pattern is there; it was `where` that said no. */
  readonly matched: boolean
}

export class SubgraphRewriter {
  readonly #rules: readonly { readonly rule: RewriteRule; readonly pattern: Pattern; readonly after: Graph }[]

  constructor(rules: readonly RewriteRule[]) {
    this.#rules = rules.map((rule) => {
      const pattern = new Pattern(rule.before, rule.name)
      const after = parseGraph(rule.after, rule.name)
      assert(
        pattern.graph.inputs.length === after.inputs.length && pattern.graph.outputs.length === after.outputs.length,
        `rule '${rule.name}' has other inputs or outputs after than before`,
      )
      return { rule, pattern, after }
    })
  }

  /** Rewrites until nothing matches where it was looked at. `refused` hears of every rule that did not fire at a node of its kind. */
  run(graph: Graph, refused?: (refusal: Refusal) => void): boolean {
    let modified = false
    for (const node of allNodes(graph.block)) {
      for (const { rule, pattern, after } of this.#rules) {
        if (node.kind !== pattern.anchor.kind) continue
        const match = pattern.match(node, rule.shared)
        const verdict = typeof match === 'string' ? match : (rule.where?.(match) ?? true)
        if (typeof match === 'string' || verdict !== true) {
          if (typeof verdict === 'string') refused?.({ rule: rule.name, node, reason: verdict, matched: typeof match !== 'string' })
          continue
        }
        replace(pattern, match, after)
        modified = true
        break
      }
    }
    return modified
  }
}

function replace(pattern: Pattern, { anchor, values, nodes }: Match, after: Graph): void {
  const last = anchor.previous
  const results = inlineBlock(
    after.block,
    pattern.graph.inputs.map((input) => values.get(input)!),
    anchor,
  )
  for (let node = last?.next; node !== undefined && node !== anchor; node = node.next) {
    node.copyMetadata(anchor)
    // Names of the rule's text mean nothing in the graph.
    for (const output of node.outputs)
      output.setDebugName(results.includes(output) ? anchor.output(results.indexOf(output)).debugName : undefined)
  }
  for (const [i, output] of pattern.graph.outputs.entries()) values.get(output)!.replaceAllUsesWith(results[i]!)
  // Users before what they use.
  for (const node of [...nodes.values()].sort((a, b) => (a.isBefore(b) ? 1 : -1)))
    if (!node.outputs.some((output) => output.hasUses)) node.destroy()
}
