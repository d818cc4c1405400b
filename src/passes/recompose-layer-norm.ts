// Layer normalisation over the last axis that a model spells by hand becomes torch's own operator: (x − mean(x))/√(var(x) + ε)·w + b, with the
// variance as a mean of squares or as torch's own. Not the unbiased variance, and not with ε behind the root: these are other functions.
// What it becomes answers to torch.nn.functional.layer_norm.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { boolType, intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Facts } from '../analysis/facts.ts'
import { factsOf, forgetFacts } from './graph-facts.ts'
import { isLastAxis, isSquareMean, isVector, lastMeanOf, rootQuotients, vectorBehind, withEpsilon } from './norm-formula.ts'
import { definePass, type Missed } from './pass.ts'
import { alphaOf, numberOf } from './polynomial.ts'

const PASS = 'recompose-layer-norm'

export const recomposeLayerNorm = definePass({
  name: PASS,
  doc: '(x − mean(x))/√(var(x) + ε)·w + b spelled by hand is LayerNorm.',
  optional: true,
  run: (graph, context) => {
    // One may follow another: what is known of the first is known of its formula, and then of the operator.
    for (let changed = false; ; changed = true) {
      const missed: Missed[] = []
      if (recomposed(graph, factsOf(graph, context), missed)) {
        forgetFacts(context)
        continue
      }
      context.missed.push(...missed)
      return changed
    }
  },
})

function recomposed(graph: Graph, facts: Facts, missed: Missed[]): boolean {
  const gone = new Set<Node>()
  const candidates = [...allNodes(graph.block)].filter(({ kind }) => kind === 'aten::mul' || kind === 'aten::div')
  for (const node of candidates) {
    const found = gone.has(node) ? undefined : normalised(node, facts)
    if (found === undefined) continue
    const reason = typeof found === 'string' ? found : obstacle(found.x, facts)
    if (reason !== undefined) {
      missed.push({ pass: PASS, reason, ...(node.range === undefined ? {} : { range: node.range }) })
      continue
    }
    const { x, epsilon, weight } = found as Found
    const width = facts.of(x).dims!.at(-1) as number
    if (weight !== undefined && !isVector(weight, width, facts)) continue
    const weighted = weight === undefined ? vectorBehind(node, 'aten::mul', width, facts) : undefined
    const shifted = vectorBehind(weighted?.node ?? node, 'aten::add', width, facts)
    const last = shifted?.node ?? weighted?.node ?? node
    const b = Builder.replacing(last)
    const vectors = [weight ?? weighted?.vector ?? b.none(), shifted?.vector ?? b.none()]
    const inputs = [x, b.list([b.int(width)], intType), ...vectors, b.constant(epsilon), b.constant(false, boolType)]
    const result = last.output()
    result.replaceAllUsesWith(b.op('aten::layer_norm', inputs, result.type))
    // The next round must not find it again.
    for (const done of new Set([last, weighted?.node ?? node, node])) {
      if (done.output().hasUses) break
      done.destroy()
      gone.add(done)
    }
  }
  return gone.size > 0
}

interface Found {
  readonly x: Value
  readonly epsilon: number
  /** Where it stands before the division. */
  readonly weight?: Value
}

function obstacle(x: Value, facts: Facts): string | undefined {
  const { dtype, dims } = facts.of(x)
  if (dtype !== 'float32') return `the values are ${dtype ?? 'of a dtype that is not known'}, not float32`
  return typeof dims?.at(-1) === 'number' ? undefined : 'the extent of the last axis is not known'
}

/** (x − mean(x))·(var(x) + ε)^−½, or w·(x − mean(x))·…; a string where it is that but for one thing. */
function normalised(node: Node, facts: Facts): Found | string | undefined {
  for (const [numerator, sum] of rootQuotients(node)) {
    const power = withEpsilon(sum)
    if (power === undefined) continue
    for (const [centred, weight] of weightings(numerator)) {
      const x = centredOf(centred, facts)
      if (x === undefined) continue
      const whole = isSquareMean(power.power, centred, facts) || deviates('var', power.power, [x, centred], facts)
      if (whole === true) return { x, epsilon: power.epsilon, ...(weight === undefined ? {} : { weight }) }
      if (whole === false) return 'the variance is the unbiased one'
    }
  }
  if (node.kind !== 'aten::div') return undefined
  const deviation = withEpsilon(node.input(1))
  if (deviation === undefined) return undefined
  for (const [centred] of weightings(node.input(0))) {
    const x = centredOf(centred, facts)
    if (x !== undefined && deviates('std', deviation.power, [x, centred], facts) !== undefined)
      return 'ε is added to the deviation, not to the variance'
  }
  return undefined
}

/** A value as it is, and as a product with either factor. */
function weightings(value: Value): readonly (readonly [centred: Value, weight?: Value])[] {
  const { node } = value
  if (node.kind !== 'aten::mul' || node.inputs.length !== 2 || value.uses.size > 1) return [[value]]
  const [a, b] = node.inputs as [Value, Value]
  return [[value], [a, b], [b, a]]
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
