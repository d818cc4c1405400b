// The one door to tensor arithmetic at build time. Declared here, given to `compile` by its caller (lower, then onnxruntime).

import type { Graph } from '../ir/graph.ts'
import type { Tensor } from '../ir/tensor.ts'

/** Runs a graph of tensors and scalars on concrete tensors; outputs in the graph's order. */
export interface Evaluator {
  run(graph: Graph, inputs: readonly Tensor[]): Promise<readonly Tensor[]>
  /** Throws PT4003 where the graph cannot even be loaded: an operator that does not take a data type. */
  check?(graph: Graph): Promise<void>
  /** Runs an emitted model on each set of inputs by name; its outputs by name. Throws PT4003. */
  runModel?(model: Uint8Array, inputs: readonly ReadonlyMap<string, Tensor>[]): Promise<readonly ReadonlyMap<string, Tensor>[]>
}
