// Weights of recurrent layers as ONNX wants them: gate blocks reordered, directions stacked. Constant weights are rearranged here and now,
// so that the file holds them once, in the order in which they are used.

import { contiguousBytes, tensorOf } from '../../ir/tensor.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'

export type CellKind = 'LSTM' | 'GRU' | 'RNN'

/** torch's blocks in ONNX's order: LSTM i,f,g,o → i,o,f,c; GRU r,z,n → z,r,h. */
const GATES: Readonly<Record<CellKind, readonly number[]>> = { LSTM: [0, 3, 1, 2], GRU: [1, 0, 2], RNN: [0] }

/** Blocks along axis 0 in another order. */
function reordered(x: OnnxValue, order: readonly number[], b: OnnxBuilder): OnnxValue {
  if (order.length === 1) return x
  if (x.constant !== undefined) {
    const bytes = contiguousBytes(x.constant)
    const block = bytes.length / order.length
    const out = new Uint8Array(bytes.length)
    order.forEach((from, to) => out.set(bytes.subarray(from * block, (from + 1) * block), to * block))
    return b.constant(tensorOf(x.constant.dtype, x.constant.sizes, out), b.origins.get(x.name))
  }
  const blocks = b.ops(
    'Split',
    [x],
    { axis: 0, num_outputs: order.length },
    order.map(() => ({ dims: x.dims?.map((dim, i) => (i === 0 ? null : dim)) })),
  )
  return b.op(
    'Concat',
    order.map((from) => blocks[from]!),
    { axis: 0 },
    { dims: x.dims },
  )
}

/** [rows, …] of each direction → [directions, rows, …]. */
export function stacked(parts: readonly OnnxValue[], b: OnnxBuilder): OnnxValue {
  const dims = parts[0]!.dims === undefined ? undefined : [parts.length, ...parts[0]!.dims]
  const constants = parts.map((part) => part.constant)
  if (constants.every((constant) => constant !== undefined)) {
    const chunks = constants.map((constant) => contiguousBytes(constant))
    const out = new Uint8Array(chunks.reduce((n, chunk) => n + chunk.length, 0))
    chunks.reduce((at, chunk) => (out.set(chunk, at), at + chunk.length), 0)
    return b.constant(tensorOf(constants[0]!.dtype, [parts.length, ...constants[0]!.sizes], out), b.origins.get(parts[0]!.name))
  }
  const wide = parts.map((part) => b.unsqueeze(part, [0]))
  return wide.length === 1 ? wide[0]! : b.op('Concat', wide, { axis: 0 }, { dims })
}

/** W or R: [directions, gates·H, n]. */
export function gateWeights(parts: readonly OnnxValue[], kind: CellKind, b: OnnxBuilder): OnnxValue {
  return stacked(
    parts.map((part) => reordered(part, GATES[kind], b)),
    b,
  )
}

/** B: input and recurrent biases of each direction side by side, [directions, 2·gates·H]. */
export function gateBiases(pairs: readonly (readonly [OnnxValue, OnnxValue])[], kind: CellKind, b: OnnxBuilder): OnnxValue {
  const joined = pairs.map((pair) => {
    const [input, recurrent] = pair.map((part) => reordered(part, GATES[kind], b)) as [OnnxValue, OnnxValue]
    if (input.constant === undefined || recurrent.constant === undefined)
      return b.op('Concat', [input, recurrent], { axis: 0 }, { dims: [null] })
    const both = stacked([input, recurrent], b).constant!
    return b.constant(tensorOf(both.dtype, [both.sizes[0]! * both.sizes[1]!], contiguousBytes(both)))
  })
  return stacked(joined, b)
}
