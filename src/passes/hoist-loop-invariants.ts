// Loop-invariant code: what is the same in every turn is computed once, in front of the loop. A loop may run no turn at all: unless it is known
// to run, only what cannot fail moves. The rules of what cannot fail answer to the operators' own checks of shapes and dtypes.

import type { Facts } from '../analysis/facts.ts'
import type { Block } from '../ir/block.ts'
import type { Dims } from '../ir/dim.ts'
import type { Node } from '../ir/node.ts'
import { isFloatingPoint } from '../ir/scalar-type.ts'
import type { Value } from '../ir/value.ts'
import { knownInt } from '../ops/facts.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { factsOf } from './graph-facts.ts'
import { definePass, type PassContext } from './pass.ts'
import { hasOwnEffect, isRandom } from './side-effects.ts'

const NAME = 'hoist-loop-invariants'

export const hoistLoopInvariants = definePass({
  name: NAME,
  doc: 'Moves what is the same in every turn of a loop in front of it.',
  optional: true,
  example: {
    before: `graph(%x : Float(2, 2), %n : int):
  %true : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %y : Tensor = prim::Loop(%n, %true, %x)
    block0(%i : int, %carried : Tensor):
      %s : Tensor = aten::sigmoid(%x)
      %next : Tensor = aten::add(%carried, %s, %one)
      -> (%true, %next)
  return (%y)`,
    after: `graph(%x : Float(2, 2),
      %n : int):
  %true : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %s : Tensor = aten::sigmoid(%x)
  %y : Tensor = prim::Loop(%n, %true, %x)
    block0(%i : int, %carried : Tensor):
      %next : Tensor = aten::add(%carried, %s, %one)
      -> (%true, %next)
  return (%y)`,
  },
  run: (graph, context) => {
    const facts = factsOf(graph, context)
    /** Blocks nest as deep as the model's own control flow. Inner loops first: what leaves them may leave the outer ones. */
    const visit = (block: Block): boolean => {
      let changed = false
      for (const node of block.nodes()) {
        for (const nested of node.blocks) changed = visit(nested) || changed
        if (node.kind === 'prim::Loop') changed = hoist(node, facts, context) || changed
      }
      return changed
    }
    return visit(graph.block)
  },
})

function hoist(loop: Node, facts: Facts, { missed }: PassContext): boolean {
  const body = loop.blocks[0]!
  const turns = facts.of(loop.input(0)).value
  const runs = typeof turns === 'bigint' && turns > 0n && facts.of(loop.input(1)).value === true
  const isOutside = (value: Value): boolean => value.node.block !== body
  const isInvariant = (value: Value): boolean => isOutside(value) || value.node.kind === 'prim::Constant'
  let changed = false
  for (const node of body.nodes()) {
    if (node.blocks.length > 0 || node.kind === 'prim::Constant' || node.inputs.length === 0 || !node.inputs.every(isInvariant)) continue
    if (!isPure(node)) continue
    if (!runs && !cannotFail(node, facts)) {
      if (node.outputs.some(({ type }) => type.kind === 'Tensor'))
        missed.push({
          pass: NAME,
          reason: `${node.kind} is the same in every turn, but could fail in a loop that runs none`,
          ...(node.range === undefined ? {} : { range: node.range }),
        })
      continue
    }
    for (const input of node.inputs) if (!isOutside(input)) input.node.moveBefore(loop)
    node.moveBefore(loop)
    changed = true
  }
  return changed
}

function isPure(node: Node): boolean {
  if (node.kind === 'prim::ListConstruct') return true
  return schemaOf(node) !== undefined && !hasOwnEffect(node) && !isRandom(node)
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' ').map((name) => `aten::${name}`))

/** Of any tensor, of any shape. */
const UNARY = words(
  'abs neg relu relu6 sigmoid tanh exp expm1 log log1p sqrt rsqrt sin cos erf gelu silu hardswish hardsigmoid softplus leaky_relu elu selu floor ceil round sign square t detach contiguous clone',
)
/** Of two that broadcast. */
const BINARY = words('add sub rsub mul maximum minimum eq ne lt le gt ge logical_and logical_or where')
/** With an axis that a tensor of known rank is known to have. */
const ALONG_AXIS = words('softmax log_softmax cumsum')

function cannotFail(node: Node, facts: Facts): boolean {
  const dims = (i: number): Dims => facts.of(node.input(i)).dims
  if (node.kind === 'prim::ListConstruct') return true
  if (UNARY.has(node.kind)) return node.kind !== 'aten::t' || (dims(0)?.length ?? 3) <= 2
  const tensors = node.inputs.filter(({ type }) => type.kind === 'Tensor')
  // Numbers do not wrap, and do not divide.
  if (BINARY.has(node.kind)) return broadcast(tensors.map((value) => facts.of(value).dims))
  if (node.kind === 'aten::div' && node.inputs.length === 2) {
    const floats = facts.of(node.output()).dtype
    return floats !== undefined && isFloatingPoint(floats) && tensors.length > 0 && broadcast(tensors.map((value) => facts.of(value).dims))
  }
  if (ALONG_AXIS.has(node.kind)) {
    const [rank, axis] = [dims(0)?.length, knownInt(facts.of(node.input(1)))]
    return rank !== undefined && axis !== undefined && axis < rank && axis >= -rank
  }
  if (node.kind === 'aten::linear') return contracts(dims(0)?.at(-1), dims(1)?.at(-1)) && dims(1)?.length === 2 && fitsBias(node, facts)
  if (node.kind === 'aten::matmul' || node.kind === 'aten::mm') {
    const [a, b] = [dims(0), dims(1)]
    return a?.length === 2 && b?.length === 2 && contracts(a[1], b[0])
  }
  return false
}

/** Extents that are the same, or 1, column by column. */
function broadcast(shapes: readonly Dims[]): boolean {
  if (shapes.includes(undefined)) return shapes.length === 1
  const known = shapes as (readonly (number | string | null)[])[]
  const rank = Math.max(0, ...known.map(({ length }) => length))
  for (let i = 1; i <= rank; i++) {
    const column = new Set(known.map((one) => one.at(-i)).filter((dim) => dim !== undefined && dim !== 1))
    if (column.size > 1 || (column.has(null) && known.length > 1)) return false
  }
  return true
}

const contracts = (a: number | string | null | undefined, b: number | string | null | undefined): boolean =>
  a !== undefined && a !== null && a === b

function fitsBias(node: Node, facts: Facts): boolean {
  const bias = node.inputs[2]
  if (bias === undefined || facts.of(bias).value === null) return true
  const [of, out] = [facts.of(bias).dims, facts.of(node.input(1)).dims?.[0]]
  return of?.length === 1 && of[0] === out && out !== null
}
