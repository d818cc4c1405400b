// Activations that a model spells by hand become torch's own operators: GELU by erf, tanh or sigmoid, SiLU, Hardswish. All are p(x) + q(x)·g(r(x))
// with a gate g and polynomials p, q, r, so one walk from the gate finds every spelling. What they become answers to
// torch.nn.functional's formulas.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { factsOf } from './graph-facts.ts'
import { definePass, type Pass, type PassContext } from './pass.ts'
import { alphaOf, isAlike, numberOf, polynomialOf, product, sum, variablesOf, type Polynomial } from './polynomial.ts'

interface Formula {
  readonly isGate: (node: Node) => boolean
  /** What goes into the gate. */
  readonly inner: Polynomial
  /** p and q. */
  readonly plain: Polynomial
  readonly gated: Polynomial
  readonly build: (b: Builder, x: Value, like: Value) => Value
}

const kind = (name: string) => (node: Node) => node.kind === `aten::${name}`
const between0And6 = (node: Node): boolean =>
  node.kind === 'aten::relu6' ||
  ((node.kind === 'aten::hardtanh' || node.kind === 'aten::clamp') && numberOf(node.input(1)) === 0 && numberOf(node.input(2)) === 6)

const K = Math.sqrt(2 / Math.PI)
const gelu = (approximate: string) => (b: Builder, x: Value, like: Value) => b.op('aten::gelu', [x, b.constant(approximate)], like.type)
const unary = (name: string) => (b: Builder, x: Value, like: Value) => b.op(`aten::${name}`, [x], like.type)

const GELU: readonly Formula[] = [
  { isGate: kind('erf'), inner: [0, Math.SQRT1_2], plain: [0, 0.5], gated: [0, 0.5], build: gelu('none') },
  { isGate: kind('tanh'), inner: [0, K, 0, K * 0.044715], plain: [0, 0.5], gated: [0, 0.5], build: gelu('tanh') },
  // ½(1 + tanh z) is sigmoid(2z).
  { isGate: kind('sigmoid'), inner: [0, 2 * K, 0, 2 * K * 0.044715], plain: [], gated: [0, 1], build: gelu('tanh') },
]
const SILU: readonly Formula[] = [{ isGate: kind('sigmoid'), inner: [0, 1], plain: [], gated: [0, 1], build: unary('silu') }]
const HARDSWISH: readonly Formula[] = [
  { isGate: between0And6, inner: [3, 1], plain: [], gated: [0, 1 / 6], build: unary('hardswish') },
  { isGate: kind('hardsigmoid'), inner: [0, 1], plain: [], gated: [0, 1], build: unary('hardswish') },
]

export const recomposeGelu = recompose(
  'recompose-gelu',
  'GELU spelled by hand, with erf, tanh or sigmoid, is an operator of its own.',
  GELU,
)
export const recomposeSilu = recompose('recompose-silu', 'x·sigmoid(x) is SiLU.', SILU)
export const recomposeHardswish = recompose('recompose-hardswish', 'x·relu6(x + 3)/6, and x·hardsigmoid(x), are Hardswish.', HARDSWISH)

function recompose(name: string, doc: string, formulas: readonly Formula[]): Pass {
  return definePass({
    name,
    doc,
    optional: true,
    run: (graph, context) => {
      const gates = [...allNodes(graph.block)].flatMap((node) => {
        const matching = formulas.filter(({ isGate }) => isGate(node))
        return matching.length === 0 ? [] : [{ node, matching }]
      })
      return gates.filter(({ node, matching }) => matching.some((formula) => rewrite(graph, node, formula, name, context))).length > 0
    },
  })
}

function rewrite(graph: Graph, gate: Node, formula: Formula, pass: string, context: PassContext): boolean {
  const x = variablesOf(gate.input()).find((one) => {
    const inner = polynomialOf(gate.input(), one)
    return inner !== undefined && isAlike(inner, formula.inner)
  })
  if (x === undefined) return false
  const result = resultOf(gate.output(), x, formula)
  if (typeof result === 'string') {
    // A gate by itself is no spelling of anything.
    if (formula.inner.length > 2) context.missed.push({ pass, reason: result, ...(gate.range === undefined ? {} : { range: gate.range }) })
    return false
  }
  // Types say it where inference did before; facts of the graph as it was are good for what is still there.
  const facts = factsOf(graph, context)
  const { dtype } = facts.of(x)
  if (dtype !== 'float32' || facts.of(result).dtype !== dtype) {
    const reason = `the values are ${dtype === undefined ? 'of a dtype that is not known' : dtype}, not float32`
    context.missed.push({ pass, reason, ...(gate.range === undefined ? {} : { range: gate.range }) })
    return false
  }
  const value = formula.build(Builder.replacing(result.node), x, result)
  result.replaceAllUsesWith(value)
  return true
}

/** Where, behind the gate, the whole formula is reached. */
function resultOf(gate: Value, x: Value, { plain, gated }: Formula): Value | string {
  let [p, q]: [Polynomial, Polynomial] = [[], [1]]
  let at = gate
  while (!isAlike(p, plain) || !isAlike(q, gated)) {
    const [use] = at.uses
    if (use === undefined || at.uses.size > 1) return 'a part of the formula is used elsewhere too'
    const { user } = use
    if (user.block !== gate.node.block || user.outputs.length !== 1) return 'the formula ends differently'
    const isFirst = user.input(0) === at
    const other = user.inputs.length < 2 ? undefined : polynomialOf(user.input(isFirst ? 1 : 0), x)
    if (other === undefined) return 'the formula ends differently'
    if (user.kind === 'aten::mul') [p, q] = [product(p, other), product(q, other)]
    else if (user.kind === 'aten::div' && isFirst && user.inputs.length === 2 && other.length === 1)
      [p, q] = [product(p, [1 / other[0]!]), product(q, [1 / other[0]!])]
    else if (user.kind === 'aten::add' && alphaOf(user) === 1) p = sum(p, other)
    else return 'the formula ends differently'
    if (p.length > 5 || q.length > 5) return 'the formula ends differently'
    at = user.output()
  }
  return at
}
