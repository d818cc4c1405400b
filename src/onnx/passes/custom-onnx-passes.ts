// Passes of the user's own, over the emitted model: each is watched as those over graphs are (passes/custom-passes.ts).

import { breaks, guarded } from '../../passes/custom-passes.ts'
import { isBlocked } from '../../passes/pass.ts'
import { eliminateDead } from '../eliminate-dead.ts'
import type { OnnxModel, ValueInfo } from '../model.ts'
import { verifyModel } from '../verify-model.ts'
import type { OnnxPassContext } from './onnx-pass.ts'

const textOf = (infos: readonly ValueInfo[]): string => infos.map(({ name, dtype }) => `${dtype} ${name}`).join(', ')

/**
 * Runs each pass once, in order.
 * @throws CompileError PT3905, PT3906
 */
export function runCustomOnnxPasses(model: OnnxModel, context: OnnxPassContext): void {
  for (const pass of context.passes ?? []) {
    if (isBlocked(pass, context.blocklist)) continue
    const { inputs, outputs } = model.graph
    const before = [textOf(inputs), textOf(outputs)]
    const changed = guarded(pass, () => pass.run(model, context))
    const wrong = verifyModel(model)
    if (wrong !== undefined) breaks(pass, wrong)
    const after = [textOf(model.graph.inputs), textOf(model.graph.outputs)]
    if (after.join(';') !== before.join(';')) breaks(pass, `it takes (${after[0]!}) and gives (${after[1]!})`)
    if (!changed) continue
    eliminateDead(model)
    context.observe?.(pass, model)
  }
}
