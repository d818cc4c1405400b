// Constant tensors: what is computed from weights alone is computed at build time, by the Evaluator. Asynchronous, hence no Pass; runs once,
// behind the pipeline. Mirrors torch/csrc/jit/passes/frozen_graph_optimizations.cpp's reliance on constant propagation.

import { annotate, inferFacts, type Facts } from '../analysis/facts.ts'
import { CompileError } from '../diagnostics/compile-error.ts'
import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { cloneNode, type ValueMap } from '../ir/clone.ts'
import { isConstant } from '../ir/constant.ts'
import { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { scalarTypeInfo } from '../ir/scalar-type.ts'
import { numel, type Tensor } from '../ir/tensor.ts'
import type { Value } from '../ir/value.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import { schemaOf } from '../ops/schema-of.ts'
import type { PassInfo } from './pass.ts'
import { hasOwnEffect, isRandom } from './side-effects.ts'

// A constant replaces the code that makes it; beyond this the code is the better form.
const MAX_BYTES = 64 * 1024 * 1024
/** All that is computed on the way to a value. */
const MAX_WORK_BYTES = 4 * MAX_BYTES
/** A result may be this much larger than what it is computed from, and small ones as large as they like. */
const MAX_GROWTH = 2
const SMALL_BYTES = 64 * 1024

/** What observers know it by. */
export const tensorFolding: PassInfo = { name: 'fold-tensors', doc: 'Computes at build time what weights alone decide.' }

/** Replaces constant tensor subgraphs by their values. Operators that the evaluator does not know stay. True when something changed. */
export async function foldTensors(graph: Graph, evaluator: Evaluator): Promise<boolean> {
  const facts = inferFacts(graph)
  const constant = constantNodes(graph)
  const wanted = [...worthwhileValues(graph, facts, constant)]
  if (wanted.length === 0) return false
  const values = (await evaluate(wanted, evaluator)) ?? (await evaluateEach(wanted, evaluator))
  for (const [value, tensor] of values) {
    const folded = Builder.replacing(value.node).constant(tensor)
    folded.setDebugName(value.debugName)
    value.replaceAllUsesWith(folded)
  }
  return values.size > 0
}

/** Nodes whose inputs are all known at build time. */
function constantNodes(graph: Graph): ReadonlySet<Node> {
  const constant = new Set<Node>()
  for (const node of allNodes(graph.block)) {
    if (
      node.blocks.length > 0 ||
      isRandom(node) ||
      hasOwnEffect(node) ||
      node.kind === 'prim::Uninitialized' ||
      node.kind === 'prim::Constant'
    )
      continue
    if (node.inputs.length === 0 && node.kind !== 'prim::ListConstruct') continue
    if (node.kind !== 'prim::ListConstruct' && schemaOf(node) === undefined) continue
    if (node.inputs.every((value) => isConstant(value) || constant.has(value.node))) constant.add(node)
  }
  return constant
}

function bytesOf(value: Value, facts: Facts): number | undefined {
  const { dtype, dims } = facts.of(value)
  if (dtype === undefined || dims === undefined || dims.some((dim) => typeof dim !== 'number')) return undefined
  return numel(dims as readonly number[]) * scalarTypeInfo(dtype).bytes
}

// A factory and a cast: as short in the graph as a constant would be.
const SHORT = 2
/** What long chains make out of nothing, masks mostly, may take this share of the graph's weights: it is downloaded instead of computed. */
const SHARE = 1 / 100

/**
 * Constant values that code which stays reads. Where one is too large, those that it is made from are looked at in its place: of a mask, the
 * regions that are compared.
 */
function worthwhileValues(graph: Graph, facts: Facts, constant: ReadonlySet<Node>): ReadonlySet<Value> {
  const budget = { bytes: weightBytes(graph, facts) * SHARE }
  const wanted = new Set<Value>()
  const looked = new Set<Value>()
  const pending = [...constant]
    .flatMap(({ outputs }) => outputs.filter(({ uses }) => [...uses].some(({ user }) => !constant.has(user))))
    .reverse()
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (looked.has(value)) continue
    looked.add(value)
    if (value.type.kind === 'Tensor' && worthwhile(value, facts, constant, budget)) wanted.add(value)
    else if (value.type.kind === 'Tensor' || value.node.kind === 'prim::ListConstruct')
      pending.push(...value.node.inputs.filter(({ node }) => constant.has(node)))
  }
  return wanted
}

function weightBytes(graph: Graph, facts: Facts): number {
  let bytes = 0
  for (const { kind, outputs } of allNodes(graph.block))
    if (kind === 'prim::Constant' && outputs[0]?.type.kind === 'Tensor') bytes += bytesOf(outputs[0], facts) ?? 0
  return bytes
}

/** Computed from weights, or by a chain that is longer than its value; of known size, and not much larger than what it comes from. */
function worthwhile(value: Value, facts: Facts, constant: ReadonlySet<Node>, budget: { bytes: number }): boolean {
  const bytes = bytesOf(value, facts)
  if (bytes === undefined || bytes > MAX_BYTES) return false
  const chain = sources(value, constant)
  // A small value may come from a huge one: `zeros([10 ** 18]).sum()`.
  let work = 0
  for (const node of chain) for (const output of node.outputs) if (output.type.kind === 'Tensor') work += bytesOf(output, facts) ?? Infinity
  if (work > MAX_WORK_BYTES) return false
  let from = 0
  for (const node of chain)
    for (const input of node.inputs) if (isConstant(input) && input.type.kind === 'Tensor') from += bytesOf(input, facts) ?? 0
  if (bytes <= SMALL_BYTES) return from > 0 || operators(chain) > SHORT
  if (bytes <= from * MAX_GROWTH) return true
  if (operators(chain) <= SHORT || bytes > budget.bytes) return false
  budget.bytes -= bytes
  return true
}
const operators = (nodes: ReadonlySet<Node>): number => [...nodes].filter(({ kind }) => kind !== 'prim::ListConstruct').length

/** The constant nodes that a value is computed by. */
function sources(value: Value, constant: ReadonlySet<Node>): ReadonlySet<Node> {
  const found = new Set<Node>([value.node])
  for (const node of found) for (const input of node.inputs) if (constant.has(input.node)) found.add(input.node)
  return found
}

async function evaluate(wanted: readonly Value[], evaluator: Evaluator): Promise<ReadonlyMap<Value, Tensor> | undefined> {
  const graph = new Graph()
  const map: ValueMap = new Map()
  const place = (node: Node): void => {
    // Depth is that of an expression over weights; each node is placed once.
    const pending = [node]
    while (pending.length > 0) {
      const top = pending.at(-1)!
      const missing = top.inputs.filter((value) => !map.has(value))
      if (missing.length === 0) {
        if (!top.outputs.every((output) => map.has(output))) graph.block.append(cloneNode(top, graph, map))
        pending.pop()
      } else pending.push(...missing.map((value) => value.node))
    }
  }
  for (const value of wanted) {
    place(value.node)
    graph.addOutput(map.get(value)!)
  }
  annotate(graph, inferFacts(graph))
  try {
    const tensors = await evaluator.run(graph, [])
    return new Map(wanted.map((value, i) => [value, tensors[i]!]))
  } catch (error) {
    if (error instanceof CompileError) return undefined
    throw error
  }
}

/** One at a time: one operator that cannot be evaluated must not keep the others. */
async function evaluateEach(wanted: readonly Value[], evaluator: Evaluator): Promise<ReadonlyMap<Value, Tensor>> {
  const values = new Map<Value, Tensor>()
  for (const value of wanted) for (const [key, tensor] of (await evaluate([value], evaluator)) ?? []) values.set(key, tensor)
  return values
}
