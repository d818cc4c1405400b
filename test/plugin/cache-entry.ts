// Cache entries that can be told from their key: the graph of key `i` is a large block of bytes made from `i`.

import { sha256 } from '../../src/plugin/canonical.ts'
import type { CompiledModel } from '../../src/plugin/compiled-model.ts'

export const keyOf = (i: number): string => sha256(`key ${i}`)

export function entry(i: number, size = 300_000): CompiledModel {
  const graph = new Uint8Array(size).map((_, at) => (at * 31 + i) & 0xff)
  return {
    graph,
    sha256: sha256(graph),
    signatures: [
      {
        name: 'forward',
        params: [{ name: 'low', spec: { kind: 'float', id: 'low', dtype: 'float64' }, default: [-Infinity, Infinity, NaN, -0, 1.5] }],
        result: { kind: 'constant', value: null },
      },
    ],
    dts: `export declare const number: ${i}\n`,
    report: {
      file: `net${i}.pt`,
      mode: 'auto',
      training: 'eval',
      methods: [],
      inputs: [],
      outputs: [],
      operators: {},
      bytesIn: i,
      bytesOut: size,
      parameters: 0,
      weights: [],
      decisions: [],
      passes: [],
      lints: [],
      notices: [],
      stages: [],
    },
  }
}
