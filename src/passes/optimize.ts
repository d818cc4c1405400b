// Optimisations of a method's graph: for speed and size alone, on canonical forms. The reason for every place in the order stands beside it.
// What only ONNX or a kernel of the runtime knows is for onnx/passes/.

import type { Graph } from '../ir/graph.ts'
import { runCustomPasses } from './custom-passes.ts'
import { detachFactories } from './detach-factories.ts'
import { eliminateDeadCode } from './eliminate-dead-code.ts'
import { equalBranches } from './equal-branches.ts'
import { foldConvBatchNorm } from './fold-conv-batch-norm.ts'
import { hoistLoopInvariants } from './hoist-loop-invariants.ts'
import type { Pass, PassContext } from './pass.ts'
import { runPasses } from './pass-manager.ts'
import { recomposeGelu, recomposeHardswish, recomposeSilu } from './recompose-activations.ts'
import { recomposeLayerNorm } from './recompose-layer-norm.ts'
import { recomposeRmsNorm } from './recompose-rms-norm.ts'

export const optimizations: readonly Pass[] = [
  // What is left of them is optimised with its surroundings.
  equalBranches,
  // What it makes constant is folded behind the pipeline.
  detachFactories,
  foldConvBatchNorm,
  // GELU by a sigmoid before SiLU, which takes any.
  recomposeGelu,
  recomposeSilu,
  recomposeHardswish,
  // A layer normalisation has the root of mean squares in it.
  recomposeLayerNorm,
  recomposeRmsNorm,
  // What others made of the bodies counts.
  hoistLoopInvariants,
]

/** The user's passes come first: what they leave is optimised like what the model says. */
export function optimize(graph: Graph, context: PassContext, simplify: () => void): void {
  if (context.passes !== undefined && runCustomPasses(graph, context.passes, context)) simplify()
  if (runPasses(graph, optimizations, context)) runPasses(graph, [eliminateDeadCode], context)
}
