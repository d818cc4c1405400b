// A pass over the emitted model: for what only ONNX, and the kernels of the runtime, know. Same names, documents and blocklist as the passes
// over the graph (passes/pass.ts).

import type { Missed, PassInfo } from '../../passes/pass.ts'
import type { OnnxModel } from '../model.ts'

export interface OnnxPassContext {
  /** Where the model is to run; undefined: on either. */
  readonly device?: 'wasm' | 'webgpu'
  readonly blocklist?: ReadonlySet<string>
  /** Weights are to be stored in fewer bytes: each stays the weight of a product of its own. */
  readonly keepsProducts?: boolean
  /** Passes of the user's own. */
  readonly passes?: readonly OnnxPass[]
  /** Why optimisations did not apply where they nearly did. */
  readonly missed: Missed[]
  /** Sees the model after every pass that changed it. */
  readonly observe?: (pass: PassInfo, model: OnnxModel) => void
}

export interface OnnxPass extends PassInfo {
  /** Tells it from a pass over a graph. */
  readonly over: 'model'
  /** Model texts (print-model.ts): what the pass makes of the first is the second. Shown in the documents, and executed by a test. */
  readonly example?: { readonly before: string; readonly after: string }
  /** Operator types, of any domain: in a model that has none of them there is nothing to do. */
  readonly wants?: readonly string[]
  /** In place; true when the model changed. Nodes that nothing reads any more may stay: they are removed behind each pass. */
  readonly run: (model: OnnxModel, context: OnnxPassContext) => boolean
}

export function defineOnnxPass(pass: Omit<OnnxPass, 'over'>): OnnxPass {
  return { ...pass, over: 'model' }
}
