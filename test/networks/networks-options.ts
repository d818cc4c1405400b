// What a network needs declared, and why; which are refused, and with which code.

import type { ModelOptions } from '../../src/compiler/types.ts'

export const declared: ReadonlyMap<string, ModelOptions> = new Map<string, ModelOptions>([
  // The mask is only ever cast to float32: any dtype would do, and torch's default is assumed. The goldens hand in int64, as tokenizers do.
  ['bert-scriptable.scripted', { inputs: { attention_mask: { dtype: 'int64' } } }],
])

export const refused: ReadonlyMap<string, string> = new Map()
