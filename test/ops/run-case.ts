// Runs one operator case the way a model goes: IR text → facts → folding → ONNX → onnxruntime-web. Each case runs with its inputs' own
// dims declared, and with the rank alone known, so that rows are proved right for dynamic dims.

import { annotate, inferFacts } from '../../src/analysis/facts.ts'
import { Builder } from '../../src/ir/builder.ts'
import type { Dims } from '../../src/ir/dim.ts'
import type { Graph } from '../../src/ir/graph.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { readElements, scalarTensor, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { tensorTypeOf, type Type } from '../../src/ir/type.ts'
import type { Value } from '../../src/ir/value.ts'
import { verify } from '../../src/ir/verifier.ts'
import { lowerQuantized } from '../../src/passes/lower-quantized.ts'
import { passContext } from '../../src/passes/pass.ts'
import { eliminateDead } from '../../src/onnx/eliminate-dead.ts'
import { encodeModel } from '../../src/onnx/encode.ts'
import { realTensor } from '../../src/ops/complex-border.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../src/onnx/evaluator.ts'
import { lowerGraph } from '../../src/onnx/lower-graph.ts'
import { foldShapes } from '../../src/onnx/passes/fold-shapes.ts'
import { simplifyModel } from '../../src/onnx/passes/simplify-model.ts'
import { tensorFact, type Fact } from '../../src/ops/fact.ts'
import { lowerComplex } from '../../src/passes/lower-complex/lower-complex.ts'
import { loadOrt } from '../support/ort.ts'

/** `dynamic`: ranks alone, with a symbol for each extent; `unknown`: without; `unranked`: not even ranks; `weights`: static, and every tensor but the first is a constant of the graph. */
export type DimsMode = 'static' | 'dynamic' | 'unknown' | 'unranked' | 'weights'

/** Outputs of the graph text on onnxruntime-web, shaped like `expected`. Throws what the compiler throws. */
export async function runCase(text: string, inputs: readonly IValue[], expected: readonly IValue[], mode: DimsMode): Promise<IValue[]> {
  const graph = parseGraph(text)
  const feeds = bindInputs(graph, inputs, mode)
  const leaves = expected.map((value) => countLeaves(value))
  flattenOutputs(graph, expected)
  lowerQuantized.run(graph, passContext())
  const context = passContext()
  for (const { value, fact } of feeds) context.inputs.set(value, fact)
  lowerComplex.run(graph, context)
  const facts = inferFacts(graph, { inputs: context.inputs })
  annotate(graph, facts)
  verify(graph)
  const names = graph.outputs.map((_, i) => `o${i}`)
  const model = lowerGraph(graph, { inputNames: graph.inputs.map((_, i) => `i${i}`), outputNames: names })
  foldShapes.run(model, { missed: [] })
  simplifyModel(model)
  eliminateDead(model)
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(encodeModel(model))
  try {
    const results = await session.run(
      Object.fromEntries(feeds.map(({ tensor }, i) => [`i${i}`, toOnnxTensor(ort, realTensor(tensor))])) as Record<string, never>,
    )
    const tensors = names.map((name) => fromOnnxTensor(results[name]!))
    let at = 0
    return expected.map((value, i) => rebuild(value, tensors.slice(at, (at += leaves[i]!))))
  } finally {
    await session.release()
  }
}

interface Feed {
  readonly value: Value
  readonly fact: Fact
  readonly tensor: Tensor
}

/** Tensors, numbers and lists of numbers become feeds; other inputs become constants, as the pipeline makes of them. */
function bindInputs(graph: Graph, inputs: readonly IValue[], mode: DimsMode): Feed[] {
  const feeds: Feed[] = []
  for (const [i, value] of [...graph.inputs].entries()) {
    const given = inputs[i]!
    const tensor = runtimeTensor(given)
    if (tensor === undefined || (mode === 'weights' && feeds.length > 0)) {
      const constant = Builder.atEnd(graph.block)
      constant.point = graph.block.paramNode.next!
      value.replaceAllUsesWith(constant.constant(given, value.type))
      continue
    }
    const dims = dimsIn(mode, tensor.sizes, i)
    if (value.type.kind === 'Tensor') value.type = tensorTypeOf(tensor.dtype, dims)
    feeds.push({ value, tensor, fact: value.type.kind === 'Tensor' ? tensorFact(tensor.dtype, dims) : {} })
  }
  for (let i = graph.inputs.length - 1; i >= 0; i--)
    if (!feeds.some((feed) => feed.value === graph.inputs[i])) graph.block.paramNode.eraseOutput(i)
  return feeds
}

function dimsIn(mode: DimsMode, sizes: readonly number[], input: number): Dims {
  switch (mode) {
    case 'unranked':
      return undefined
    case 'unknown':
      return sizes.map(() => null)
    case 'dynamic':
      return sizes.map((_, axis) => `d${input}_${axis}`)
    default:
      return sizes
  }
}

function runtimeTensor(value: IValue): Tensor | undefined {
  if (value === null) return undefined
  if (typeof value === 'bigint') return scalarTensor('int64', value)
  if (typeof value === 'number') return scalarTensor('float64', value)
  if (typeof value === 'boolean') return scalarTensor('bool', value)
  if (typeof value !== 'object') return undefined
  if (value.kind === 'tensor') return value
  if (value.kind !== 'list') return undefined
  const [first] = value.items
  const dtype =
    typeof first === 'bigint' ? 'int64' : typeof first === 'number' ? 'float64' : typeof first === 'boolean' ? 'bool' : undefined
  return dtype === undefined ? undefined : tensorFromElements(dtype, [value.items.length], value.items as bigint[])
}

const isContainer = (value: IValue): value is Extract<IValue, { kind: 'list' | 'tuple' }> =>
  value !== null && typeof value === 'object' && (value.kind === 'list' || value.kind === 'tuple')
const ofNumbers = (type: Type): boolean =>
  type.kind === 'List' && (type.of.kind === 'int' || type.of.kind === 'float' || type.of.kind === 'bool')

function countLeaves(value: IValue): number {
  if (!isContainer(value)) return 1
  const items: readonly IValue[] = value.items
  return items.length > 0 &&
    items.every((item) => !isContainer(item) && (item === null || typeof item !== 'object')) &&
    value.kind === 'list'
    ? 1
    : items.reduce<number>((n, item) => n + countLeaves(item), 0)
}

/** Lists and tuples of tensors are unpacked, since graph outputs are tensors. */
function flattenOutputs(graph: Graph, expected: readonly IValue[]): void {
  const b = Builder.atEnd(graph.block)
  const leaves = (value: Value, like: IValue): Value[] => {
    if (!isContainer(like) || ofNumbers(value.type)) return [value]
    const types: readonly Type[] =
      value.type.kind === 'Tuple' ? value.type.of : like.items.map(() => (value.type.kind === 'List' ? value.type.of : { kind: 'Tensor' }))
    const node = b.node(value.type.kind === 'Tuple' ? 'prim::TupleUnpack' : 'prim::ListUnpack', [value], types)
    return node.outputs.flatMap((output, i) => leaves(output, like.items[i]!))
  }
  const outputs = graph.outputs.flatMap((value, i) => leaves(value, expected[i]!))
  graph.block.returnNode.removeAllInputs()
  for (const value of outputs) graph.addOutput(value)
}

/** Tensors back in the structure of the golden; Python numbers are told by the golden's own kind. */
function rebuild(like: IValue, tensors: Tensor[]): IValue {
  if (isContainer(like) && countLeaves(like) !== 1) {
    const items = like.items.map((item) => rebuild(item, tensors.splice(0, countLeaves(item))))
    return { kind: like.kind, items }
  }
  const [tensor] = tensors
  if (isContainer(like) && like.kind === 'list' && typeof like.items[0] !== 'object') return { kind: 'list', items: readElements(tensor!) }
  if (isContainer(like)) return { kind: like.kind, items: like.items.length === 0 ? [] : [rebuild(like.items[0]!, tensors)] }
  return like !== null && typeof like === 'object' ? tensor! : readElements(tensor!)[0]!
}
