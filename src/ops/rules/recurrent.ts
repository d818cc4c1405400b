// dtype and shape of recurrent layers, cells and packed sequences. Mirrors aten/src/ATen/native/{RNN,PackedSequence}.cpp.

import { dimMul, type Dim } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { knownBool, knownInt, same } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** Last extent of a state [layers·directions, B, H]. */
const hiddenSize = (state: Fact | undefined): Dim => state?.dims?.at(-1) ?? null

function features(state: Fact | undefined, bidirectional: Fact): Dim {
  const both = knownBool(bidirectional)
  return both === undefined ? null : dimMul(hiddenSize(state), both ? 2 : 1)
}

/** The sequence of outputs: the input's with its last extent replaced. */
function outputs(input: Fact, state: Fact | undefined, bidirectional: Fact): Fact {
  return tensorFact(input.dtype, input.dims === undefined ? undefined : [...input.dims.slice(0, -1), features(state, bidirectional)])
}

export const recurrentRules: readonly Rule[] = [
  rule(
    'aten::lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor, Tensor)',
    ({ input, hx, bidirectional }) => [outputs(input, hx.items?.[0], bidirectional), same(hx.items?.[0] ?? {}), same(hx.items?.[1] ?? {})],
  ),
  rule(
    'aten::lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor, Tensor)',
    ({ data, hx, bidirectional }) => [outputs(data, hx.items?.[0], bidirectional), same(hx.items?.[0] ?? {}), same(hx.items?.[1] ?? {})],
  ),
  ...rules(
    [
      'aten::gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)',
      'aten::rnn_tanh.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)',
      'aten::rnn_relu.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)',
    ],
    ({ input, hx, bidirectional }) => [outputs(input, hx, bidirectional), same(hx)],
  ),
  ...rules(
    [
      'aten::gru.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)',
      'aten::rnn_tanh.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)',
      'aten::rnn_relu.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)',
    ],
    ({ data, hx, bidirectional }) => [outputs(data, hx, bidirectional), same(hx)],
  ),
  rule(
    'aten::lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor, Tensor)',
    ({ hx }) => [same(hx.items?.[0] ?? {}), same(hx.items?.[1] ?? {})],
  ),
  ...rules(
    [
      'aten::gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor',
      'aten::rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor',
      'aten::rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor',
    ],
    ({ hx }) => same(hx),
  ),
  rule('aten::_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first) -> (Tensor, Tensor)', ({ input }) => [
    tensorFact(input.dtype, input.dims === undefined ? undefined : [null, ...input.dims.slice(2)]),
    tensorFact('int64', [null]),
  ]),
  rule(
    'aten::_pad_packed_sequence(Tensor data, Tensor batch_sizes, bool batch_first, Scalar padding_value, int total_length) -> (Tensor, Tensor)',
    ({ data, batch_first, total_length }) => {
      const total = knownInt(total_length)
      const first = knownBool(batch_first)
      const time = total !== undefined && total > 0 ? total : null
      const lead = first === undefined ? [null, null] : first ? [null, time] : [time, null]
      return [tensorFact(data.dtype, data.dims === undefined ? undefined : [...lead, ...data.dims.slice(1)]), tensorFact('int64', [null])]
    },
  ),
]
