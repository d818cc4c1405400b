// The ordered list of passes over the emitted model, and their run. The reason for every place in the order stands beside it.

import { eliminateDead } from '../eliminate-dead.ts'
import type { OnnxModel } from '../model.ts'
import { isBlocked } from '../../passes/pass.ts'
import { runCustomOnnxPasses } from './custom-onnx-passes.ts'
import { dropNanChecks } from './drop-nan-checks.ts'
import { fuseConvActivation, fuseGemmActivation } from './fuse-activation.ts'
import { fuseAddRelu } from './fuse-add-relu.ts'
import { fuseHardSwish, fuseSilu } from './fuse-gates.ts'
import { fuseAttention } from './fuse-attention.ts'
import { fuseAttentionProjections } from './fuse-attention-projections.ts'
import { fuseBiasGelu, fuseGelu, fuseQuickGelu } from './fuse-gelu.ts'
import { fuseRmsNorm, fuseSkipLayerNorm } from './fuse-layer-norm.ts'
import { foldShapes } from './fold-shapes.ts'
import { inlineBranches } from './inline-branches.ts'
import { foldScale } from './fold-scale.ts'
import { foldPad } from './fold-pad.ts'
import { foldLinearScale } from './fold-linear-scale.ts'
import { linearToGemm } from './linear-to-gemm.ts'
import { dropZeros } from './drop-zeros.ts'
import { keepLoopCondition } from './keep-loop-condition.ts'
import { gpuKernels } from './gpu-kernels.ts'
import { moveReshapes } from './move-reshapes.ts'
import { moveTransposes } from './move-transposes.ts'
import { shareInitializers } from './share-initializers.ts'
import { conv1dTo2d } from './conv-1d-to-2d.ts'
import { defineOnnxPass, type OnnxPass, type OnnxPassContext } from './onnx-pass.ts'
import { simplifyModel } from './simplify-model.ts'
import { nodesOf } from './values.ts'

const simplify = defineOnnxPass({
  name: 'simplify-model',
  doc: 'Folds arithmetic on tiny constants and views of weights, joins neighbours that are one, and shares what is computed twice.',
  run: (model) => {
    simplifyModel(model)
    return true
  },
})

/** In order. */
export const onnxPasses: readonly OnnxPass[] = [
  // What is computed from equal weights is then seen to be equal, and a fold that would part them is not made.
  shareInitializers,
  // By what lowering knew of every value: what it decides is then simpler for everyone.
  foldShapes,
  // Conditions on extents are constants by now; what runs anyway is simplified with its surroundings.
  inlineBranches,
  // Canonical forms come before patterns.
  simplify,
  // As lowering writes them, before their factors go into weights.
  fuseAttention,
  fuseGelu,
  fuseQuickGelu,
  fuseRmsNorm,
  // An activation then stands behind its convolution.
  moveTransposes,
  // Weights as they will be, before fusions take them along.
  dropZeros,
  foldPad,
  foldScale,
  // With the weights and biases as they will be.
  fuseAttentionProjections,
  fuseBiasGelu,
  // The sum that a normalisation takes along may end in a bias.
  fuseSkipLayerNorm,
  // Before the fusions: a check stands between a pool and what reads it.
  dropNanChecks,
  // Gates before activations: a sigmoid that gates is no activation of its own.
  fuseHardSwish,
  fuseSilu,
  // An activation then joins it as it joins any other.
  conv1dTo2d,
  // The longer pattern first.
  fuseAddRelu,
  fuseConvActivation,
  fuseGemmActivation,
  // Behind the fusions, some of which take a factor as their own.
  foldLinearScale,
  // Behind the fusions, which look for a MatMul and an Add.
  linearToGemm,
  // The Reshapes of the layers before and behind meet.
  moveReshapes,
  // Last: nobody looks for what it leaves.
  gpuKernels,
  keepLoopCondition,
]

/** In place. */
export function optimizeModel(model: OnnxModel, context: OnnxPassContext): void {
  // What they leave is optimised like what lowering says.
  runCustomOnnxPasses(model, context)
  let present = operatorTypes(model)
  for (const pass of onnxPasses) {
    if (pass.wants?.some((type) => present.has(type)) === false) continue
    if (isBlocked(pass, context.blocklist) || !pass.run(model, context)) continue
    eliminateDead(model)
    present = operatorTypes(model)
    context.observe?.(pass, model)
  }
}

const operatorTypes = ({ graph }: OnnxModel): ReadonlySet<string> => new Set([...nodesOf(graph)].map(({ opType }) => opType))
