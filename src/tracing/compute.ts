// Values of a graph on one example: the slice that computes them, specialised to the example's numbers and shapes, folded as far as our own
// tables go and run by the Evaluator where tensors remain.

import { annotate } from '../analysis/facts.ts'
import { CompileError, fail } from '../diagnostics/compile-error.ts'
import { Builder } from '../ir/builder.ts'
import { constantList, constantOf } from '../ir/constant.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Tensor } from '../ir/tensor.ts'
import { readElements } from '../ir/tensor-elements.ts'
import type { Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import { tensorFact } from '../ops/fact.ts'
import { resolveOptionals } from '../passes/containers/resolve-optionals.ts'
import { eliminateDeadCode } from '../passes/eliminate-dead-code.ts'
import { factsOf, forgetFacts } from '../passes/graph-facts.ts'
import { passContext } from '../passes/pass.ts'
import { runPasses } from '../passes/pass-manager.ts'
import { simplify, type Capture } from '../passes/pipeline.ts'
import { isRandom } from '../passes/side-effects.ts'
import type { Example } from './example.ts'
import { sliceOf } from './slice.ts'

/** What is computed of the graph. `turns` of a loop: how often its body runs, up to a limit. */
export type Wanted =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'turns'; readonly loop: Node; readonly limit: number }

/** Values that were computed before: slices end at them. */
export type KnownValues = Map<Value, IValue>

/**
 * The wanted values on the example, in order: Python scalars, lists of them, tensors.
 * @throws CompileError where the slice cannot be lowered (PT4…) or run (PT3508), or needs an evaluator that is not there (PT3504).
 */
export async function compute(
  wanted: readonly Wanted[],
  { graph, context }: Capture,
  example: Example,
  known: KnownValues,
  evaluator: Evaluator | undefined,
): Promise<IValue[]> {
  const roots = wanted.flatMap((item) => (item.kind === 'value' ? [item.value] : item.loop.inputs))
  // The slice of a loop's turns holds the loop itself.
  const loops = wanted.flatMap((item) => (item.kind === 'turns' ? [item.loop] : []))
  const slice = sliceOf(roots, loops, graph.block, (value) => known.has(value))
  const random = slice.nodes.find((node) => isRandom(node))
  if (random !== undefined)
    fail('PT3510', 'random numbers decide control flow here: a trace would freeze one throw of the dice.', {
      ...(random.range === undefined ? {} : { range: random.range }),
      fix: 'convert with mode: script.',
    })

  for (const item of wanted) {
    if (item.kind === 'value') slice.graph.addOutput(slice.map.get(item.value)!)
    else slice.graph.addOutput(countTurns(slice.copies.get(item.loop)!, item.limit))
  }
  const inner = { ...passContext(), choices: context.choices }
  const tensors = new Map<Value, Tensor>()
  const front = new Builder(slice.graph.block.paramNode.next!)
  slice.inputs.forEach((original, i) => {
    const input = slice.graph.inputs[i]!
    const value = known.get(original) ?? example.valueOf(original)
    if (isTensor(value)) {
      tensors.set(input, value)
      inner.inputs.set(input, tensorFact(value.dtype, value.sizes))
    } else input.replaceAllUsesWith(front.constant(value, input.type))
  })
  simplify(slice.graph, inner)
  if (runPasses(slice.graph, [resolveOptionals], inner)) simplify(slice.graph, inner)

  const results: (IValue | undefined)[] = slice.graph.outputs.map(constantValue)
  if (!results.includes(undefined)) return results as IValue[]
  const types = slice.graph.outputs.map(({ type }) => type)
  const open = results.flatMap((result, i) => (result === undefined ? [i] : []))
  const rest = open.map((i) => slice.graph.outputs[i]!)
  slice.graph.block.returnNode.removeAllInputs()
  for (const value of rest) slice.graph.addOutput(value)
  runPasses(slice.graph, [eliminateDeadCode], inner)
  for (let i = slice.graph.inputs.length - 1; i >= 0; i--) if (!slice.graph.inputs[i]!.hasUses) slice.graph.block.paramNode.eraseOutput(i)
  forgetFacts(inner)
  annotate(slice.graph, factsOf(slice.graph, inner))
  if (evaluator === undefined)
    fail('PT3504', 'tensors decide control flow here, and there is no evaluator to compute them on the example inputs.', {
      ...placeOf(slice.nodes),
      fix: 'give compile an evaluator, or convert with mode: auto.',
    })
  const computed = await runEvaluator(
    evaluator,
    slice.graph,
    slice.graph.inputs.map((input) => tensors.get(input)!),
    slice.nodes,
  )
  open.forEach((at, i) => (results[at] = pythonValue(computed[i]!, types[at]!)))
  return results as IValue[]
}

async function runEvaluator(
  evaluator: Evaluator,
  graph: Parameters<Evaluator['run']>[0],
  inputs: readonly Tensor[],
  nodes: readonly Node[],
): Promise<readonly Tensor[]> {
  try {
    return await evaluator.run(graph, inputs)
  } catch (error) {
    if (!(error instanceof CompileError) || error.code !== 'PT4003') throw error
    const [line = ''] = error.problems[0].message.split('\n')
    return fail('PT3508', `the model does not run on the example inputs: ${line}`, {
      ...placeOf(nodes),
      fix: 'give exampleInputs that the model accepts.',
    })
  }
}

const placeOf = (nodes: readonly Node[]): { readonly range?: NonNullable<Node['range']> } => {
  const range = nodes.findLast((node) => node.range !== undefined)?.range
  return range === undefined ? {} : { range }
}

/** Gives the loop one more carried value, its number of turns, and ends it behind `limit` of them. */
function countTurns(loop: Node, limit: number): Value {
  const body = loop.blocks[0]!
  loop.addInput(new Builder(loop).int(0))
  const count = body.addParam({ kind: 'int' })
  const end = Builder.atEnd(body)
  const next = end.op('aten::add', [count, end.int(1)], { kind: 'int' })
  const isBelow = end.op('aten::lt', [next, end.int(limit)], { kind: 'bool' })
  const go = body.returns[0]!
  body.returnNode.setInput(0, end.op('aten::__and__', [go, isBelow], { kind: 'bool' }))
  body.addReturn(next)
  return loop.addOutput({ kind: 'int' })
}

const isTensor = (value: IValue): value is Tensor => value !== null && typeof value === 'object' && value.kind === 'tensor'

function constantValue(value: Value): IValue | undefined {
  const constant = constantOf(value)
  if (constant !== undefined) return constant
  const items = constantList(value)
  return items === undefined ? undefined : { kind: 'list', items: [...items] }
}

/** A tensor of the evaluator as the Python value that it stands for. */
function pythonValue(tensor: Tensor, type: Type): IValue {
  if (type.kind === 'Tensor') return tensor
  const wanted = type.kind === 'List' ? type.of.kind : type.kind
  const items = readElements(tensor).map((element): IValue => {
    if (wanted === 'bool') return element === true || (element !== false && Number(element) !== 0)
    if (wanted === 'int') return typeof element === 'bigint' ? element : BigInt(Math.trunc(Number(element)))
    return wanted === 'float' ? Number(element) : element
  })
  return type.kind === 'List' ? { kind: 'list', items } : items[0]!
}
