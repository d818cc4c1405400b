// Normalisation over the last axis that a model spells by hand becomes torch's own operator: x·rsqrt(mean(x²) + ε)·w is RMSNorm.
// As T5 and Llama write it; in float32, where the casts that they write are gone. What it becomes answers to torch.nn.functional.rms_norm.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Node } from '../ir/node.ts'
import { intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Facts } from '../analysis/facts.ts'
import { factsOf } from './graph-facts.ts'
import { isSquareMean, rootQuotients, vectorBehind, withEpsilon } from './norm-formula.ts'
import { definePass } from './pass.ts'

const PASS = 'recompose-rms-norm'

export const recomposeRmsNorm = definePass({
  name: PASS,
  doc: 'x·rsqrt(mean(x²) + ε)·w spelled by hand is RMSNorm.',
  optional: true,
  run: (graph, context) => {
    let changed = false
    const facts = factsOf(graph, context)
    const candidates = [...allNodes(graph.block)].filter(({ kind }) => kind === 'aten::mul' || kind === 'aten::div')
    for (const node of candidates) {
      const found = normalised(node, facts)
      if (found === undefined) continue
      const { x, epsilon } = found
      const { dtype, dims } = facts.of(x)
      const width = dims?.at(-1)
      const reason =
        dtype !== 'float32'
          ? `the values are ${dtype ?? 'of a dtype that is not known'}, not float32`
          : typeof width !== 'number'
            ? 'the extent of the last axis is not known'
            : undefined
      if (reason !== undefined) {
        context.missed.push({ pass: PASS, reason, ...(node.range === undefined ? {} : { range: node.range }) })
        continue
      }
      const weighted = vectorBehind(node, 'aten::mul', width as number, facts)
      const last = weighted?.node ?? node
      const b = Builder.replacing(last)
      const inputs = [x, b.list([b.int(width as number)], intType), weighted?.vector ?? b.none(), b.constant(epsilon)]
      const result = last.output()
      result.replaceAllUsesWith(b.op('aten::rms_norm', inputs, result.type))
      changed = true
    }
    return changed
  },
})

/** x·(mean(x², −1, keepdim) + ε)^−½, as a product or as a quotient. */
function normalised(node: Node, facts: Facts): { readonly x: Value; readonly epsilon: number } | undefined {
  for (const [x, sum] of rootQuotients(node)) {
    const found = withEpsilon(sum)
    if (found !== undefined && isSquareMean(found.power, x, facts)) return { x, epsilon: found.epsilon }
  }
  return undefined
}
