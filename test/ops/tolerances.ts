// Operators whose numbers may differ from torch's by more than torch.testing.assert_close's defaults, each with the reason.

import type { Tolerance } from '../support/leaf.ts'

const looser: ReadonlyMap<string, Tolerance> = new Map()

/** The tolerance of an operator (`aten::gelu`), when it is on the list. */
export function toleranceOf(op: string): Tolerance | undefined {
  return looser.get(op)
}
