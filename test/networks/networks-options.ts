// What a network needs declared, and why; which are refused, and with which code.

import type { ModelOptions } from '../../src/compiler/types.ts'

export const declared: ReadonlyMap<string, ModelOptions> = new Map<string, ModelOptions>([
  // The mask is only ever cast to float32: any dtype would do, and torch's default is assumed. The goldens hand in int64, as tokenizers do.
  ['bert-scriptable.scripted', { inputs: { attention_mask: { dtype: 'int64' } } }],
  // A scripted transform takes signals with a batch and without.
  ['denoiser.scripted', { inputs: { wave: { shape: ['n', 't'] } } }],
  ['mel-spectrogram.scripted', { inputs: { wave: { shape: ['n', 't'] } } }],
  ['griffin-lim.scripted', { inputs: { spec: { shape: ['n', 33, 't'] } } }],
  ['written-parts.scripted', { inputs: { z: { shape: ['n', 4] } } }],
  ['fnet.scripted', { inputs: { x: { shape: ['n', 't', 16] } } }],
])

export const refused: ReadonlyMap<string, string> = new Map()
