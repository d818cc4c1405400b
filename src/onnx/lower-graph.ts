// Graph → ONNX: walks the nodes, hands each operator to its row, and gathers every problem. Control flow is in lower-control-flow.ts.
// Takes the flat, functional graph that the pipeline leaves: inputs and outputs are tensors, Python numbers or lists of numbers.

import { CompileError, type Problem } from '../diagnostics/compile-error.ts'
import type { Block } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import { allNodes } from '../ir/block.ts'
import type { Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { constantOperand, rowArguments } from './arguments.ts'
import { OnnxBuilder } from './builder.ts'
import { emittedType } from './data-type.ts'
import { dummy, emittedShape } from './emitted-shape.ts'
import { lowerIf, lowerLoop } from './lower-control-flow.ts'
import { loweringOf } from './lowering/index.ts'
import { UnmetNeed, type ResultInfo } from './lowering/row.ts'
import type { OnnxModel, ValueInfo, ValueSource } from './model.ts'
import type { Operand, OnnxValue } from './operand.ts'
import { unmetNeed, unsupportedOperators } from './problems.ts'

export interface LowerOptions {
  readonly opset?: number
  /** Names of graph inputs and outputs, in order; default: debug names. */
  readonly inputNames?: readonly string[]
  readonly outputNames?: readonly string[]
}

/** A graph with the names its inputs and outputs shall have. */
export interface Entry extends LowerOptions {
  readonly graph: Graph
}

/** Throws CompileError with all problems of the graph at once. */
export function lowerGraph(graph: Graph, options: LowerOptions = {}): OnnxModel {
  requireRows([graph])
  const builder = OnnxBuilder.create(options.opset ?? 18)
  const entry: Entry = { graph, ...options }
  const inputs = entryInputs(entry)
  const results = lowerEntry(entry, inputs, builder)
  const outputs = results.map((result, i): ValueInfo => {
    const name = options.outputNames?.[i] ?? graph.outputs[i]!.debugName ?? `output.${i}`
    builder.emit('Identity', [result.name], [name], {})
    return { name, dtype: result.dtype, dims: result.dims }
  })
  return finishModel(builder, inputs, outputs)
}

/** Refuses graphs with operators that have no row: all of them at once. */
export function requireRows(graphs: readonly Graph[]): void {
  const unsupported = unsupportedOperators(graphs.flatMap(missingRows))
  if (unsupported.length > 0) throw new CompileError(unsupported as [Problem, ...Problem[]])
}

export function entryInputs({ graph, inputNames }: Entry): ValueInfo[] {
  return graph.inputs.map((value, i): ValueInfo => {
    const shape = emittedShape(value.type)
    const name = inputNames?.[i] ?? value.debugName ?? `input.${i}`
    // An extent without a name reads as 2^32 − 1 in onnxruntime-web's metadata.
    return { name, dtype: shape?.dtype ?? 'float32', dims: shape?.dims?.map((dim, axis) => dim ?? `${name}_${axis}`) }
  })
}

/** Lowers one entry's graph into `builder`; gives its outputs as tensors. */
export function lowerEntry({ graph }: Entry, inputs: readonly ValueInfo[], builder: OnnxBuilder): OnnxValue[] {
  const lowering = new Lowering(graph)
  graph.inputs.forEach((value, i) =>
    lowering.bind(
      value,
      builder.note<OnnxValue>({ kind: 'tensor', name: inputs[i]!.name, dtype: inputs[i]!.dtype, dims: inputs[i]!.dims }),
    ),
  )
  lowering.block(graph.block, builder)
  lowering.throwProblems()
  return graph.outputs.map((value) => lowering.asTensor(lowering.operand(value), value.type, builder))
}

export function finishModel(builder: OnnxBuilder, inputs: readonly ValueInfo[], results: readonly ValueInfo[]): OnnxModel {
  let outputs = results
  if (outputs.length === 0) {
    // A method whose result is all known at build time: onnxruntime refuses a graph without values.
    outputs = [{ name: 'none', dtype: 'bool', dims: [] }]
    builder.emit('Identity', [builder.scalar('bool', false).name], ['none'], {})
  }
  return {
    graph: {
      kind: 'graph',
      name: 'forward',
      nodes: builder.nodes,
      inputs: [...inputs],
      outputs: [...outputs],
      initializers: builder.initializers,
    },
    opset: builder.opset,
    types: builder.types,
    origins: builder.origins,
    sources: builder.sources,
  }
}

/** Node kinds that the driver itself knows. */
const STRUCTURAL = new Map<string, (node: Node, lowering: Lowering, b: OnnxBuilder) => void>([
  ['prim::If', lowerIf],
  ['prim::Loop', lowerLoop],
  [
    'prim::Constant',
    (node, lowering, b) =>
      lowering.bind(node.output(), constantOperand((node.attributes.get('value') ?? null) as IValue, b, node.output().debugName)),
  ],
  ['prim::ListConstruct', constructList],
  ['prim::TupleConstruct', constructList],
  ['prim::ListUnpack', unpackList],
  ['prim::TupleUnpack', unpackList],
  ['prim::OfRank', (node, lowering, b) => lowering.bindResult(node.output(), lowering.operand(node.input()), node, b)],
  ['prim::Uninitialized', (node, lowering, b) => lowering.bind(node.output(), dummy(node.output().type, b))],
  ...['prim::unchecked_cast', 'prim::unchecked_unwrap_optional', 'aten::_unwrap_optional'].map(
    (kind): [string, (node: Node, lowering: Lowering) => void] => [
      kind,
      (node, lowering) => lowering.bind(node.output(), lowering.operand(node.input())),
    ],
  ),
])

function constructList(node: Node, lowering: Lowering): void {
  lowering.bind(node.output(), { kind: 'list', items: node.inputs.map((value) => lowering.operand(value)) })
}

function unpackList(node: Node, lowering: Lowering, b: OnnxBuilder): void {
  const list = lowering.operand(node.input())
  for (const [i, output] of node.outputs.entries()) {
    if (list.kind === 'list' && list.items[i] !== undefined) lowering.bind(output, list.items[i])
    else if (list.kind === 'sequence') {
      const item = b.op('SequenceAt', [list, b.scalar('int64', i)], {}, { dtype: list.dtype, dims: list.dims })
      lowering.bindResult(output, item, node, b)
    } else if (list.kind === 'tensor') lowering.bind(output, b.op('Gather', [list, b.scalar('int64', i)], { axis: 0 }, { dims: [] }))
    else throw new UnmetNeed('list', `${node.outputs.length} elements`)
  }
}

/** The length that unpacking asks of a list. */
function unpackedLength(list: Value): { readonly length?: number } {
  for (const { user } of list.uses) if (user.kind === 'prim::ListUnpack') return { length: user.outputs.length }
  return {}
}

function missingRows(graph: Graph): Node[] {
  const missing: Node[] = []
  for (const node of allNodes(graph.block)) {
    if (STRUCTURAL.has(node.kind)) continue
    const schema = schemaOf(node)
    if (schema === undefined || loweringOf(schema.text) === undefined) missing.push(node)
  }
  return missing
}

const sourceOf = ({ range, scope }: Node): ValueSource => ({
  ...(range === undefined ? {} : { range }),
  ...(scope === undefined ? {} : { scope }),
})

/** State of one lowering: operands of values, and problems found on the way. */
export class Lowering {
  readonly #graph: Graph
  readonly #operands = new Map<Value, Operand>()
  readonly #problems: Problem[] = []

  constructor(graph: Graph) {
    this.#graph = graph
  }

  bind(value: Value, operand: Operand): void {
    this.#operands.set(value, operand)
  }
  operand(value: Value): Operand {
    return this.#operands.get(value) ?? { kind: 'constant', value: null }
  }
  throwProblems(): void {
    if (this.#problems.length > 0) throw new CompileError(this.#problems as [Problem, ...Problem[]])
  }

  block(block: Block, b: OnnxBuilder): void {
    for (const node of block.nodes()) b.from(sourceOf(node), () => this.#node(node, b))
  }

  #node(node: Node, b: OnnxBuilder): void {
    try {
      const structural = STRUCTURAL.get(node.kind)
      if (structural === undefined) this.#operator(node, b)
      else structural(node, this, b)
    } catch (error) {
      if (!(error instanceof UnmetNeed)) throw error
      this.#problems.push(unmetNeed(this.#graph, node, error))
      // Go on with stand-ins, so that all problems are found in one run.
      for (const output of node.outputs) this.bind(output, dummy(output.type, b))
    }
  }

  #operator(node: Node, b: OnnxBuilder): void {
    const schema = schemaOf(node)!
    const row = loweringOf(schema.text)!
    const args = rowArguments(
      row,
      schema,
      node.inputs.map((value) => this.operand(value)),
      b,
    )
    const out = node.outputs.map((value): ResultInfo => {
      const { type } = value
      return type.kind === 'Tensor'
        ? {
            type,
            ...(type.dtype === undefined ? {} : { dtype: emittedType(type.dtype) }),
            ...(type.dims === undefined ? {} : { dims: type.dims }),
          }
        : { type, ...unpackedLength(value) }
    })
    const lowered = row.build(args as never, b, out)
    const results = Array.isArray(lowered) ? (lowered as readonly Operand[]) : [lowered as Operand]
    for (const [i, value] of node.outputs.entries()) this.bindResult(value, results[i] ?? { kind: 'constant', value: null }, node, b)
  }

  /** Binds a result with the dtype and dims that facts promise for it. */
  bindResult(value: Value, operand: Operand, node: Node, b: OnnxBuilder): void {
    if (operand.kind !== 'tensor' || value.type.kind !== 'Tensor') return this.bind(value, operand)
    const promised = emittedShape(value.type)!
    const dims =
      promised.dims === undefined
        ? operand.dims
        : operand.dims?.length === promised.dims.length
          ? promised.dims.map((dim, i) => dim ?? operand.dims![i]!)
          : promised.dims
    const typed = value.type.dtype === undefined ? operand : b.cast(operand, promised.dtype)
    const named: OnnxValue = { ...typed, dims }
    this.bind(value, named)
    // What facts tell of a branch alone is no type of the value, which has one name everywhere.
    if (node.kind !== 'prim::OfRank') b.note<OnnxValue>(named)
    if (node.scope !== undefined && value.debugName === undefined) value.setDebugName(node.scope)
  }

  /** An operand as one tensor of the type's dtype: numbers become constants, lists of numbers 1-d tensors. */
  asTensor(operand: Operand, type: Type, b: OnnxBuilder): OnnxValue {
    const shape = emittedShape(type)
    if (operand.kind === 'tensor')
      return shape === undefined || (type.kind === 'Tensor' && type.dtype === undefined) || type.kind === 'number'
        ? operand
        : b.cast(operand, shape.dtype)
    if (operand.kind === 'constant') {
      const { value } = operand
      if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
        return b.scalar(
          type.kind === 'number'
            ? typeof value === 'bigint'
              ? 'int64'
              : typeof value === 'number'
                ? 'float64'
                : 'bool'
            : (shape?.dtype ?? 'int64'),
          value,
        )
      const stand = dummy(type, b)
      if (stand.kind === 'tensor') return stand
      throw new UnmetNeed('output', 'a tensor')
    }
    if (operand.kind === 'list' && shape !== undefined) {
      if (shape.dtype === 'int64') return b.concatScalars(operand.items)
      const items = operand.items.map((item) => b.reshapeTo(this.asTensor(item, type.kind === 'List' ? type.of : type, b), [1]))
      return items.length === 0 ? b.elements(shape.dtype, [0], []) : b.op('Concat', items, { axis: 0 }, { dims: [items.length] })
    }
    throw new UnmetNeed('output', 'a tensor')
  }
}
