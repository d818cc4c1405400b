// Recurrent layers: one LSTM, GRU or RNN node per layer, both directions in one. What those kernels lack (projections, float64, a hidden
// size known only at run time) is a Scan over the cell. Answers to aten/src/ATen/native/RNN.cpp, ONNX LSTM-14, GRU-14, RNN-14.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, TensorListOperand } from '../operand.ts'
import { opmath } from './compute.ts'
import { dropped } from './dropout.ts'
import { gateBiases, gateWeights, type CellKind } from './gates.ts'
import { packed, timeFirst, unpacked } from './packed-sequence.ts'
import { cellStep, scanLayer, type CellWeights } from './recurrent-cell.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

interface Layers {
  readonly kind: CellKind
  /** Of RNN. */
  readonly activation: 'Tanh' | 'Relu'
  readonly weights: readonly OnnxValue[]
  readonly hasBiases: boolean
  readonly layers: number
  readonly bidirectional: boolean
  /** Of what goes from layer to layer. */
  readonly dropout: number
}

/** Tensors of a list of known length. */
function tensors(list: TensorListOperand, name: string): OnnxValue[] {
  if (list.kind !== 'list') throw new UnmetNeed(name, 'a list of known length')
  return list.items.map((item) => {
    if (item.kind !== 'tensor') throw new UnmetNeed(name, 'a list of tensors')
    return item
  })
}

/** The parameters of one layer, by direction. Per direction: two weights, two biases if any, a projection if any. */
function layerWeights({ weights, hasBiases, layers, bidirectional }: Layers, layer: number): CellWeights[] {
  const directions = bidirectional ? 2 : 1
  const each = weights.length / (layers * directions)
  return Array.from({ length: directions }, (_, d): CellWeights => {
    const [input, recurrent, ...rest] = weights.slice((layer * directions + d) * each, (layer * directions + d + 1) * each)
    const projection = rest.length === (hasBiases ? 3 : 1) ? rest.at(-1) : undefined
    return {
      input: input!,
      recurrent: recurrent!,
      ...(hasBiases ? { biases: [rest[0]!, rest[1]!] as const } : {}),
      ...(projection === undefined ? {} : { projection }),
    }
  })
}

interface Result {
  /** [T, B, directions·H]. */
  readonly output: OnnxValue
  /** [directions, B, H] each. */
  readonly states: readonly OnnxValue[]
}

/** One node; undefined where the kernels lack the form. */
function kernelLayer(
  x: OnnxValue,
  cells: readonly CellWeights[],
  states: readonly OnnxValue[],
  lengths: OnnxValue | undefined,
  of: Layers,
  b: OnnxBuilder,
): Result | undefined {
  const hidden = cells[0]!.recurrent.dims?.[1]
  if (typeof hidden !== 'number' || cells[0]!.projection !== undefined || x.dtype === 'float64') return undefined
  const { kind } = of
  const results = b.ops(
    kind,
    [
      x,
      gateWeights(
        cells.map((cell) => cell.input),
        kind,
        b,
      ),
      gateWeights(
        cells.map((cell) => cell.recurrent),
        kind,
        b,
      ),
      of.hasBiases
        ? gateBiases(
            cells.map((cell) => cell.biases!),
            kind,
            b,
          )
        : undefined,
      lengths === undefined ? undefined : b.cast(lengths, 'int32'),
      ...states,
    ],
    {
      hidden_size: hidden,
      direction: of.bidirectional ? 'bidirectional' : 'forward',
      layout: 0,
      ...(kind === 'GRU' ? { linear_before_reset: 1 } : {}),
      ...(kind === 'RNN' ? { activations: cells.map(() => of.activation) } : {}),
    },
    [rankOnly(4), ...states.map((state) => ({ dtype: x.dtype, dims: state.dims }))],
  )
  const [y, ...last] = results
  const output = of.bidirectional
    ? b.op('Reshape', [b.transpose(y!, [0, 2, 1, 3]), b.ints([0, 0, -1])], { allowzero: 0 }, rankOnly(3))
    : b.op('Squeeze', [y!, b.ints([1])], {}, rankOnly(3))
  return { output, states: last }
}

/** Every layer on [T, B, n]; states are [layers·directions, B, H]. */
function stack(input: OnnxValue, states: readonly OnnxValue[], lengths: OnnxValue | undefined, of: Layers, b: OnnxBuilder): OnnxValue[] {
  const directions = of.bidirectional ? 2 : 1
  let x = input
  const ends: (readonly OnnxValue[])[] = []
  for (let layer = 0; layer < of.layers; layer++) {
    const own = states.map((state) =>
      of.layers === 1
        ? state
        : b.op(
            'Slice',
            [state, b.ints([layer * directions]), b.ints([(layer + 1) * directions]), b.ints([0]), b.ints([1])],
            {},
            { dims: state.dims === undefined ? undefined : [directions, ...state.dims.slice(1)] },
          ),
    )
    const cells = layerWeights(of, layer).map((cell) => widened(cell, x, b))
    const result = kernelLayer(x, cells, own, lengths, of, b) ?? scanLayer(of.kind, of.activation, x, cells, own, lengths, b)
    x = layer + 1 < of.layers ? dropped(result.output, of.dropout, b) : result.output
    ends.push(result.states)
  }
  const last = states.map((state, i) =>
    of.layers === 1
      ? ends[0]![i]!
      : b.op(
          'Concat',
          ends.map((end) => end[i]!),
          { axis: 0 },
          { dims: state.dims },
        ),
  )
  return [x, ...last]
}

/** Weights in the dtype that is computed in. */
function widened(cell: CellWeights, x: OnnxValue, b: OnnxBuilder): CellWeights {
  const cast = (w: OnnxValue): OnnxValue => b.cast(w, x.dtype)
  return {
    input: cast(cell.input),
    recurrent: cast(cell.recurrent),
    ...(cell.biases === undefined ? {} : { biases: [cast(cell.biases[0]), cast(cell.biases[1])] as const }),
    ...(cell.projection === undefined ? {} : { projection: cast(cell.projection) }),
  }
}

interface Form {
  readonly input: OnnxValue
  readonly states: readonly OnnxValue[]
  readonly params: TensorListOperand
  readonly dropout: number
  readonly train: boolean
}

function layersOf(
  kind: CellKind,
  activation: 'Tanh' | 'Relu',
  args: Form & { has_biases: boolean; num_layers: number; bidirectional: boolean },
): Layers {
  return {
    kind,
    activation,
    weights: tensors(args.params, 'params'),
    hasBiases: args.has_biases,
    layers: args.num_layers,
    bidirectional: args.bidirectional,
    dropout: args.train ? args.dropout : 0,
  }
}

/** A padded batch. */
function fromInput(args: Form & { batch_first: boolean }, of: Layers, b: OnnxBuilder): OnnxValue[] {
  const { dtype } = args.input
  const work = opmath(dtype)
  const x = b.cast(args.batch_first ? timeFirst(args.input, b) : args.input, work)
  const [output, ...states] = stack(
    x,
    args.states.map((state) => b.cast(state, work)),
    undefined,
    of,
    b,
  )
  return [args.batch_first ? timeFirst(output!, b) : output!, ...states].map((value) => b.cast(value, dtype))
}

/** A packed batch: padded for the kernels, and packed again. */
function fromData(args: Form, batchSizes: OnnxValue, of: Layers, b: OnnxBuilder): OnnxValue[] {
  const { dtype } = args.input
  const work = opmath(dtype)
  const { padded, mask, lengths } = unpacked(b.cast(args.input, work), batchSizes, b)
  const [output, ...states] = stack(
    padded,
    args.states.map((state) => b.cast(state, work)),
    lengths,
    of,
    b,
  )
  return [packed(output!, mask, b), ...states].map((value) => b.cast(value, dtype))
}

const INPUT = { constant: ['num_layers', 'dropout'], rank: ['input'] } as const
const DATA = { constant: ['num_layers', 'dropout'], rank: ['data'] } as const

export const recurrentLowerings: readonly LoweringRow[] = [
  lower(
    'aten::lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor, Tensor)',
    INPUT,
    (args, b) => {
      const form = { ...args, states: tensors(args.hx, 'hx') }
      return fromInput(form, layersOf('LSTM', 'Tanh', form), b)
    },
  ),
  lower(
    'aten::lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor, Tensor)',
    DATA,
    (args, b) => {
      const form = { ...args, input: args.data, states: tensors(args.hx, 'hx') }
      return fromData(form, args.batch_sizes, layersOf('LSTM', 'Tanh', form), b)
    },
  ),
  lower(
    'aten::gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)',
    INPUT,
    (args, b) => fromInput({ ...args, states: [args.hx] }, layersOf('GRU', 'Tanh', { ...args, states: [args.hx] }), b),
  ),
  lower(
    'aten::gru.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)',
    DATA,
    (args, b) => {
      const form = { ...args, input: args.data, states: [args.hx] }
      return fromData(form, args.batch_sizes, layersOf('GRU', 'Tanh', form), b)
    },
  ),
  lower(
    'aten::rnn_tanh.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)',
    INPUT,
    (args, b) => fromInput({ ...args, states: [args.hx] }, layersOf('RNN', 'Tanh', { ...args, states: [args.hx] }), b),
  ),
  lower(
    'aten::rnn_tanh.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)',
    DATA,
    (args, b) => {
      const form = { ...args, input: args.data, states: [args.hx] }
      return fromData(form, args.batch_sizes, layersOf('RNN', 'Tanh', form), b)
    },
  ),
  lower(
    'aten::rnn_relu.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)',
    INPUT,
    (args, b) => fromInput({ ...args, states: [args.hx] }, layersOf('RNN', 'Relu', { ...args, states: [args.hx] }), b),
  ),
  lower(
    'aten::rnn_relu.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)',
    DATA,
    (args, b) => {
      const form = { ...args, input: args.data, states: [args.hx] }
      return fromData(form, args.batch_sizes, layersOf('RNN', 'Relu', form), b)
    },
  ),
  lower(
    'aten::lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor, Tensor)',
    (args, b) => cell('LSTM', 'Tanh', args.input, tensors(args.hx, 'hx'), args, b),
  ),
  lower('aten::gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor', (args, b) =>
    cell('GRU', 'Tanh', args.input, [args.hx], args, b),
  ),
  lower(
    'aten::rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor',
    (args, b) => cell('RNN', 'Tanh', args.input, [args.hx], args, b),
  ),
  lower(
    'aten::rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor',
    (args, b) => cell('RNN', 'Relu', args.input, [args.hx], args, b),
  ),
]

interface CellArgs {
  readonly w_ih: OnnxValue
  readonly w_hh: OnnxValue
  readonly b_ih: OnnxValue | undefined
  readonly b_hh: OnnxValue | undefined
}
function cell(
  kind: CellKind,
  activation: 'Tanh' | 'Relu',
  input: OnnxValue,
  states: readonly OnnxValue[],
  args: CellArgs,
  b: OnnxBuilder,
): OnnxValue[] {
  const work = opmath(input.dtype)
  const { w_ih, w_hh, b_ih, b_hh } = args
  const biases = b_ih === undefined || b_hh === undefined ? {} : { biases: [b.cast(b_ih, work), b.cast(b_hh, work)] as const }
  const weights: CellWeights = { input: b.cast(w_ih, work), recurrent: b.cast(w_hh, work), ...biases }
  const next = cellStep(
    kind,
    activation,
    b.cast(input, work),
    states.map((state) => b.cast(state, work)),
    weights,
    b,
  )
  return next.map((value) => b.cast(value, input.dtype))
}
