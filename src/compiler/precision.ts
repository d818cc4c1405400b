// Options precision, prune and calibration on an optimised model: what is stored smaller, and what that costs, for the report.

import type { Problem } from '../diagnostics/compile-error.ts'
import type { IObject } from '../ir/ivalue.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { quantizeModel } from '../onnx/quantize/quantize-model.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import type { CompileOptions } from './compile.ts'
import { weightPaths } from './weight-paths.ts'

export interface AppliedPrecision {
  readonly notices: readonly Problem[]
}

/** In place. */
export async function applyPrecision(
  model: OnnxModel,
  options: CompileOptions,
  root: IObject,
  evaluator: Evaluator | undefined,
): Promise<AppliedPrecision> {
  const { precision = 'fp32', device } = options
  if (precision === 'fp32') return { notices: [] }
  const notices = quantizeModel(model, { precision, device, pathOf: weightPaths(root) })
  return { notices }
}
