// One step of a recurrent cell, and a layer as a Scan of it. Equations: torch.nn.LSTM, GRU, RNN.

import type { OnnxBuilder } from '../builder.ts'
import type { ValueInfo } from '../model.ts'
import type { OnnxValue } from '../operand.ts'
import type { CellKind } from './gates.ts'
import { rankOnly, squeeze } from './spatial.ts'

/** Of one direction, in torch's layout and gate order. */
export interface CellWeights {
  readonly input: OnnxValue
  readonly recurrent: OnnxValue
  readonly biases?: readonly [OnnxValue, OnnxValue]
  /** Of LSTM with proj_size: [P, H]. */
  readonly projection?: OnnxValue
}

const transposed = (w: OnnxValue, b: OnnxBuilder): OnnxValue => b.transpose(w, [1, 0])
function linear(x: OnnxValue, weight: OnnxValue, bias: OnnxValue | undefined, b: OnnxBuilder): OnnxValue {
  const product = b.op('MatMul', [x, transposed(weight, b)], {}, { dims: x.dims === undefined ? undefined : rankOnly(x.dims.length).dims })
  return bias === undefined ? product : b.op('Add', [product, bias])
}
function chunks(x: OnnxValue, count: number, b: OnnxBuilder): OnnxValue[] {
  return b.ops(
    'Split',
    [x],
    { axis: -1, num_outputs: count },
    Array.from({ length: count }, () => ({ dims: x.dims?.map(() => null) })),
  )
}

/** [h'] or [h', c'] from [h] or [h, c]. */
export function cellStep(
  kind: CellKind,
  activation: 'Tanh' | 'Relu',
  x: OnnxValue,
  states: readonly OnnxValue[],
  weights: CellWeights,
  b: OnnxBuilder,
): OnnxValue[] {
  const [h, c] = states as [OnnxValue, OnnxValue?]
  const fromInput = linear(x, weights.input, weights.biases?.[0], b)
  const fromState = linear(h, weights.recurrent, weights.biases?.[1], b)
  if (kind === 'GRU') {
    const [xr, xz, xn] = chunks(fromInput, 3, b) as [OnnxValue, OnnxValue, OnnxValue]
    const [hr, hz, hn] = chunks(fromState, 3, b) as [OnnxValue, OnnxValue, OnnxValue]
    const reset = b.op('Sigmoid', [b.op('Add', [xr, hr])])
    const update = b.op('Sigmoid', [b.op('Add', [xz, hz])])
    const candidate = b.op('Tanh', [b.op('Add', [xn, b.op('Mul', [reset, hn])])])
    return [b.op('Add', [candidate, b.op('Mul', [update, b.op('Sub', [h, candidate])])])]
  }
  const sum = b.op('Add', [fromInput, fromState])
  if (kind === 'RNN') return [b.op(activation, [sum])]
  const [i, f, g, o] = chunks(sum, 4, b) as [OnnxValue, OnnxValue, OnnxValue, OnnxValue]
  const kept = b.op('Mul', [b.op('Sigmoid', [f]), c!])
  const cell = b.op('Add', [kept, b.op('Mul', [b.op('Sigmoid', [i]), b.op('Tanh', [g])])])
  const hidden = b.op('Mul', [b.op('Sigmoid', [o]), b.op('Tanh', [cell])])
  return [weights.projection === undefined ? hidden : linear(hidden, weights.projection, undefined, b), cell]
}

/** One direction over [T, B, n]: outputs [T, B, H] and last states [B, H]. A step beyond a sequence's length leaves its state as it is. */
function scanDirection(
  kind: CellKind,
  activation: 'Tanh' | 'Relu',
  x: OnnxValue,
  weights: CellWeights,
  states: readonly OnnxValue[],
  mask: OnnxValue | undefined,
  reverse: boolean,
  b: OnnxBuilder,
): OnnxValue[] {
  const body = b.scope()
  const param = (like: OnnxValue, dims: null[]): OnnxValue => ({ kind: 'tensor', name: b.freshName(), dtype: like.dtype, dims })
  // The runtime wants the ranks of a body that it cannot infer itself.
  const info = (value: OnnxValue): ValueInfo => ({ name: value.name, dtype: value.dtype, dims: [null, null] })
  const before = states.map((state) => param(state, [null, null]))
  const step = param(x, [null, null])
  const alive = mask === undefined ? undefined : param(mask, [null, null])
  const next = cellStep(kind, activation, step, before, weights, body).map((value, i) =>
    alive === undefined ? value : body.op('Where', [alive, value, before[i]!]),
  )
  const given = [...next, next[0]!].map((value) => body.op('Identity', [value], {}, { dims: [null, null] }))
  const scanned = mask === undefined ? [x] : [x, mask]
  const graph = body.subgraph('step', [...before, step, ...(alive === undefined ? [] : [alive])].map(info), given.map(info))
  const results = b.ops(
    'Scan',
    [...states, ...scanned],
    {
      body: graph,
      num_scan_inputs: scanned.length,
      scan_input_directions: scanned.map(() => (reverse ? 1 : 0)),
      scan_output_directions: [reverse ? 1 : 0],
    },
    [...states.map(() => ({ dtype: x.dtype, ...rankOnly(2) })), { dtype: x.dtype, ...rankOnly(3) }],
  )
  return [results.at(-1)!, ...results.slice(0, -1)]
}

/** A layer in both directions, as a Scan each. */
export function scanLayer(
  kind: CellKind,
  activation: 'Tanh' | 'Relu',
  x: OnnxValue,
  cells: readonly CellWeights[],
  states: readonly OnnxValue[],
  lengths: OnnxValue | undefined,
  b: OnnxBuilder,
): { output: OnnxValue; states: OnnxValue[] } {
  const mask =
    lengths === undefined
      ? undefined
      : b.unsqueeze(
          b.op('Less', [
            b.unsqueeze(
              b.op('Range', [b.scalar('int64', 0), b.number(b.size(x, 0), 'int64'), b.scalar('int64', 1)], {}, { dims: [null] }),
              [1],
            ),
            lengths,
          ]),
          [2],
        )
  const directions = cells.map((weights, d) => {
    const own = states.map((state) => {
      const slice = b.op('Slice', [state, b.ints([d]), b.ints([d + 1]), b.ints([0]), b.ints([1])], {}, rankOnly(3))
      return squeeze(slice, [0], b)
    })
    return scanDirection(kind, activation, x, weights, own, mask, d === 1, b)
  })
  const outputs = directions.map((results) => results[0]!)
  return {
    output: outputs.length === 1 ? outputs[0]! : b.op('Concat', outputs, { axis: 2 }, rankOnly(3)),
    states: states.map((_, i) => {
      const ends = directions.map((results) => b.unsqueeze(results[i + 1]!, [0]))
      return ends.length === 1 ? ends[0]! : b.op('Concat', ends, { axis: 0 }, rankOnly(3))
    }),
  }
}
