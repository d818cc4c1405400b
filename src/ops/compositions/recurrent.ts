// Recurrent layers and cells under the names that back ends have for them. Their weights come in torch's order of gates.
// Answers to aten/src/ATen/native/{cudnn,miopen,mkldnn}/RNN*.cpp and native/cuda/RNN.cu.

import { absent, boolOf, compose, intOf, Unsettled, type Call, type Composition, type Given, type Handle } from '../composition.ts'

/** miopenRNNMode_t, which cuDNN's agrees with. */
const MODES = ['rnn_relu', 'rnn_tanh', 'lstm', 'gru'] as const

interface Layers<V> {
  readonly input: V
  readonly weight: V
  readonly weight_stride0: V
  readonly hx: V
  readonly cx: V
  readonly mode: V
  readonly num_layers: V
  readonly batch_first: V
  readonly bidirectional: V
  readonly batch_sizes: V
}

/** Output, last hidden and last cell state; without a cell the third has no value. */
function layers<V extends Handle>(of: Layers<V>, call: Call<V>): readonly V[] {
  const mode = MODES[intOf(of.mode, 'mode')]
  if (mode === undefined) throw new Unsettled('mode', 'one of 0 … 3')
  // Two weights, two biases, a projection.
  const biases = intOf(of.weight_stride0, 'weight_stride0') >= 4
  const states: Given<V> = mode === 'lstm' ? [of.hx, of.cx] : of.hx
  const rest: Given<V>[] = [of.weight, biases, of.num_layers, 0, false, of.bidirectional]
  const sizes = call.items(of.batch_sizes, 'batch_sizes')
  if (sizes.length === 0) return call.all(`aten::${mode}.input`, of.input, states, ...rest, of.batch_first)
  const each = sizes.map((size) => call('aten::tensor.int', size))
  return call.all(`aten::${mode}.data`, of.input, call('aten::stack', each), states, ...rest)
}

/** Gates of a fused cell: those from the input and from the state, with their biases. */
function gates<V extends Handle>(fromInput: V, fromState: V, inputBias: V, stateBias: V, call: Call<V>): V[] {
  const plus = (x: V, bias: V): V => (absent(bias) ? x : call('aten::add.Tensor', x, bias))
  return [plus(fromInput, inputBias), plus(fromState, stateBias)]
}
/** Blocks of the last axis of [B, n·H]. */
function parts<V extends Handle>(x: V, n: number, call: Call<V>): readonly V[] {
  const blocks = call('aten::unflatten.int', x, 1n, [BigInt(n), -1n])
  return Array.from({ length: n }, (_, i) => call('aten::select.int', blocks, 1n, BigInt(i)))
}

export const recurrentCompositions: readonly Composition[] = [
  compose(
    'aten::_cudnn_rnn(Tensor input, Tensor[] weight, int weight_stride0, Tensor? weight_buf, Tensor hx, Tensor? cx, int mode, SymInt hidden_size, SymInt proj_size, int num_layers, bool batch_first, float dropout, bool train, bool bidirectional, SymInt[] batch_sizes, Tensor? dropout_state) -> (Tensor, Tensor, Tensor, Tensor, Tensor)',
    layers,
  ),
  compose(
    'aten::miopen_rnn(Tensor input, Tensor[] weight, int weight_stride0, Tensor hx, Tensor? cx, int mode, int hidden_size, int num_layers, bool batch_first, float dropout, bool train, bool bidirectional, int[] batch_sizes, Tensor? dropout_state) -> (Tensor, Tensor, Tensor, Tensor, Tensor)',
    layers,
  ),
  compose(
    'aten::_lstm_mps(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)',
    ({ input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first }, call) =>
      call.all('aten::lstm.input', input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first),
  ),
  // One layer in one direction, time first.
  compose(
    'aten::mkldnn_rnn_layer(Tensor input, Tensor weight0, Tensor weight1, Tensor weight2, Tensor weight3, Tensor hx_, Tensor cx_, bool reverse, int[] batch_sizes, int mode, int hidden_size, int num_layers, bool has_biases, bool bidirectional, bool batch_first, bool train) -> (Tensor, Tensor, Tensor, Tensor)',
    ({ input, weight0, weight1, weight2, weight3, hx_, cx_, reverse, mode, has_biases }, call) => {
      if (intOf(mode, 'mode') !== 2) throw new Unsettled('mode', '2, an LSTM')
      const backwards = boolOf(reverse, 'reverse')
      const turned = (x: typeof input): typeof input => (backwards ? call('aten::flip', x, [0n]) : x)
      const biases = boolOf(has_biases, 'has_biases')
      const weights = biases ? [weight0, weight1, weight2, weight3] : [weight0, weight1]
      const [output, ...states] = call.all('aten::lstm.input', turned(input), [hx_, cx_], weights, biases, 1n, 0, false, false, false)
      return [turned(output!), ...states]
    },
  ),
  compose(
    'aten::_thnn_fused_lstm_cell(Tensor input_gates, Tensor hidden_gates, Tensor cx, Tensor? input_bias=None, Tensor? hidden_bias=None) -> (Tensor, Tensor, Tensor)',
    ({ input_gates, hidden_gates, cx, input_bias, hidden_bias }, call) => {
      const [x, h] = gates(input_gates, hidden_gates, input_bias, hidden_bias, call)
      const [i, f, g, o] = parts(call('aten::add.Tensor', x!, h!), 4, call).map((gate, k) =>
        call(k === 2 ? 'aten::tanh' : 'aten::sigmoid', gate),
      )
      const cell = call('aten::add.Tensor', call('aten::mul.Tensor', f!, cx), call('aten::mul.Tensor', i!, g!))
      const hidden = call('aten::mul.Tensor', o!, call('aten::tanh', cell))
      return [hidden, cell, call('aten::cat', [i!, f!, g!, o!], 1n)]
    },
  ),
  compose(
    'aten::_thnn_fused_gru_cell(Tensor input_gates, Tensor hidden_gates, Tensor hx, Tensor? input_bias=None, Tensor? hidden_bias=None) -> (Tensor, Tensor)',
    ({ input_gates, hidden_gates, hx, input_bias, hidden_bias }, call) => {
      const [x, h] = gates(input_gates, hidden_gates, input_bias, hidden_bias, call)
      const [xr, xz, xn] = parts(x!, 3, call)
      const [hr, hz, hn] = parts(h!, 3, call)
      const reset = call('aten::sigmoid', call('aten::add.Tensor', xr!, hr!))
      const update = call('aten::sigmoid', call('aten::add.Tensor', xz!, hz!))
      const candidate = call('aten::tanh', call('aten::add.Tensor', xn!, call('aten::mul.Tensor', reset, hn!)))
      const away = call('aten::sub.Tensor', hx, candidate)
      return [call('aten::add.Tensor', candidate, call('aten::mul.Tensor', update, away))]
    },
  ),
]
