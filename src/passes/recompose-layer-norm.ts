// Layer normalisation over the last axis that a model spells by hand becomes torch's own operator: (x − mean(x))/√(var(x) + ε)·w + b, with the
// variance as a mean of squares or as torch's own. Not the unbiased variance, and not with ε behind the root: these are other functions.
// What it becomes answers to torch.nn.functional.layer_norm.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import { boolType, intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Facts } from '../analysis/facts.ts'
import { factsOf } from './graph-facts.ts'
import { isLastAxis, isSquareMean, lastMeanOf, rootQuotients, vectorBehind, withEpsilon } from './norm-formula.ts'
import { definePass } from './pass.ts'
import { alphaOf, numberOf } from './polynomial.ts'

const PASS = 'recompose-layer-norm'

export const recomposeLayerNorm = definePass({
  name: PASS,
  doc: '(x − mean(x))/√(var(x) + ε)·w + b spelled by hand is LayerNorm.',
  optional: true,
  run: (graph, context) => {
    let changed = false
    const facts = factsOf(graph, context)
    const candidates = [...allNodes(graph.block)].filter(({ kind }) => kind === 'aten::mul' || kind === 'aten::div')
    for (const node of candidates) {
      const found = normalised(node, facts)
      if (found === undefined) continue
      const reason = typeof found === 'string' ? found : obstacle(found.x, facts)
      if (reason !== undefined) {
        context.missed.push({ pass: PASS, reason, ...(node.range === undefined ? {} : { range: node.range }) })
        continue
      }
      const { x, epsilon } = found as Found
      const width = facts.of(x).dims!.at(-1) as number
      const weighted = vectorBehind(node, 'aten::mul', width, facts)
      const shifted = vectorBehind(weighted?.node ?? node, 'aten::add', width, facts)
      const last = shifted?.node ?? weighted?.node ?? node
      const b = Builder.replacing(last)
      const [weight, bias] = [weighted?.vector ?? b.none(), shifted?.vector ?? b.none()]
      const inputs = [x, b.list([b.int(width)], intType), weight, bias, b.constant(epsilon), b.constant(false, boolType)]
      const result = last.output()
      result.replaceAllUsesWith(b.op('aten::layer_norm', inputs, result.type))
      changed = true
    }
    return changed
  },
})

interface Found {
  readonly x: Value
  readonly epsilon: number
}

function obstacle(x: Value, facts: Facts): string | undefined {
  const { dtype, dims } = facts.of(x)
  if (dtype !== 'float32') return `the values are ${dtype ?? 'of a dtype that is not known'}, not float32`
  return typeof dims?.at(-1) === 'number' ? undefined : 'the extent of the last axis is not known'
}

/** (x − mean(x))·(var(x) + ε)^−½; a string where it is that but for one thing. */
function normalised(node: Node, facts: Facts): Found | string | undefined {
  for (const [centred, sum] of rootQuotients(node)) {
    const x = centredOf(centred, facts)
    const found = x === undefined ? undefined : withEpsilon(sum)
    if (x === undefined || found === undefined) continue
    if (isSquareMean(found.power, centred, facts)) return { x, epsilon: found.epsilon }
    const bias = deviates('var', found.power, [x, centred], facts)
    if (bias === true) return { x, epsilon: found.epsilon }
    if (bias === false) return 'the variance is the unbiased one'
  }
  if (node.kind !== 'aten::div') return undefined
  const x = centredOf(node.input(0), facts)
  const found = x === undefined ? undefined : withEpsilon(node.input(1))
  if (x === undefined || found === undefined) return undefined
  return deviates('std', found.power, [x, node.input(0)], facts) === undefined
    ? undefined
    : 'ε is added to the deviation, not to the variance'
}

/** x, where `value` is x − mean(x). */
function centredOf({ node }: Value, facts: Facts): Value | undefined {
  if (node.kind !== 'aten::sub' || alphaOf(node) !== 1) return undefined
  const [x, mean] = node.inputs as [Value, Value]
  return lastMeanOf(mean, x, facts) === x ? x : undefined
}

/** Where `value` is the variance or deviation of one of `of` over its last axis: whether it is that of the whole, not the unbiased one of a sample. */
function deviates(what: 'var' | 'std', { node }: Value, of: readonly Value[], facts: Facts): boolean | undefined {
  if (node.kind !== `aten::${what}` || node.inputs.length !== 4) return undefined
  const [x, axes, correction, keep] = node.inputs as [Value, Value, Value, Value]
  if (!of.includes(x) || !isLastAxis(axes, x, facts) || constantOf(keep) !== true) return undefined
  // `unbiased` is a bool, `correction` a number, 1 when it is None.
  return constantOf(correction) === false || numberOf(correction) === 0
}
