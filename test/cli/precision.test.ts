// What convert prints of option precision.

import { describe, expect, it } from 'vitest'
import { precisionLines } from '../../src/cli/report.ts'

const outputs = [
  { output: 'logits', max: 0.1234, mean: 0.01, scale: 1.5, cosine: 0.99991, top1: 0.75 },
  { output: 'hidden_state', max: 0.02, mean: 0.001, scale: 1, cosine: 1 },
]

describe('the table of precision', () => {
  it('has bytes by dtype and the errors of each output', () => {
    const error = { on: 'exampleInputs', inputs: 4, outputs } as const
    expect(precisionLines({ precision: { bytes: { float32: 4000, int8: 120_000 }, error } })).toEqual([
      'weights   int8 120 kB, float32 4.00 kB',
      'error against fp32, on 4 sets of exampleInputs:',
      '  output             max      mean       rms    cosine  top-1',
      '  logits          1.2e-1    1.0e-2    1.5e+0  0.999910  75 %',
      '  hidden_state    2.0e-2    1.0e-3    1.0e+0  1.000000',
    ])
  })

  it('says what was pruned, and why nothing was measured', () => {
    const sparsity = [
      { path: 'a', elements: 100, zeros: 50 },
      { path: 'b', elements: 300, zeros: 50 },
    ]
    expect(precisionLines({ precision: { bytes: { float32: 10 }, error: { notMeasured: 'there is no runtime' }, sparsity } })).toEqual([
      'weights   float32 10 B',
      'pruned    100 of 400 weights are zero (25.0 %)',
      '   16.7 % of 300  b',
      '   50.0 % of 100  a',
      'error     not measured: there is no runtime',
    ])
    const how = { convolutions: { inBytes: 3, slowerInBytes: 1 }, correctedBiases: 4 }
    expect(precisionLines({ precision: { bytes: { int8: 10 }, error: { notMeasured: '' }, ...how } }).slice(1, -1)).toEqual([
      'static    3 convolutions in bytes; 1 that would be slower so stay in floats',
      'biases    4 take back shifts of the mean',
    ])
    const layers = Array.from({ length: 20 }, (_, i) => ({ path: `l${i}`, elements: 10 + i, zeros: 5 }))
    const lines = precisionLines({ precision: { bytes: {}, error: { notMeasured: '' }, sparsity: layers } })
    expect(lines.slice(2, -1)).toHaveLength(13)
    expect(lines.at(-2)).toBe('  and 8 smaller ones')
    expect(precisionLines({})).toEqual([])
  })
})
