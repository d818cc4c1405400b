// What verification says of a conversion.

import type { Problem } from '../../diagnostics/compile-error.ts'
import type { Tensor } from '../../ir/tensor.ts'

/** What a pass did to what the model computes. */
export interface VerifiedPass {
  readonly name: string
  readonly doc: string
  /** The blocklist may name it. */
  readonly optional: boolean
  /** Runs of it that changed something, in all methods. */
  readonly changes: number
  /** Runs that changed what onnxruntime is given, and so were compared by running it. */
  readonly compared: number
  /** Greatest difference of a result before and after, in standard deviations of the result before. */
  readonly difference: number
  /**
   * Shortest run of the model as the pass left it, in milliseconds, summed over the methods; undefined where it was not run. Without what
   * onnxruntime makes of the model on loading, which is the last row.
   */
  readonly milliseconds?: number
}

export interface VerifyReport {
  /** Sets of inputs, in all methods. */
  readonly inputs: number
  /** In the order of their first change. */
  readonly passes: readonly VerifiedPass[]
  /** What could not be compared, and why. */
  readonly notices: readonly Problem[]
}

/** A pass that changes what a method computes. */
export interface VerifyFailure {
  readonly method: string
  /** Several, where only the last left a graph that can be run. */
  readonly passes: readonly string[]
  readonly optional: boolean
  /** The inputs that show it. */
  readonly inputs: string
  readonly difference: string
  /** Those inputs. */
  readonly feeds: ReadonlyMap<string, Tensor>
  readonly problem: Problem
  /** Graph or model before and after, as text. */
  readonly before: () => string
  readonly after: () => string
  /** The same as ONNX. */
  readonly models: readonly [before: Uint8Array, after: Uint8Array] | undefined
}
