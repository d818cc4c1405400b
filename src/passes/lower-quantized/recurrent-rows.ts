// Recurrent layers and cells with packed weights: dynamic linear layers, the one on the input for all steps at once, the one on the hidden state
// in every step. Answers to QuantizedCellParamsDynamic, QuantizedCellParamsFP16 and FullLayer in aten/src/ATen/native/RNN.cpp.

import { constantOf } from '../../ir/constant.ts'
import { Builder } from '../../ir/builder.ts'
import { intType, listOf, tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { Emit } from './emit.ts'
import { dynamicLinear, halfLinear } from './linear-rows.ts'
import type { Packed } from './quantized-value.ts'
import { packedOf, plain, quantized, type Call, type QuantizedRow } from './row.ts'
import { OF_OPERATOR } from '../pass.ts'

type Linear = (call: Call, x: Value) => Value
interface Weights {
  readonly input: Linear
  readonly hidden: Linear
}

function dynamic(packed: Packed, reduceRange: Value | boolean): Linear {
  return packed.operator.endsWith('_fp16')
    ? (call, x) => halfLinear(call, x, plain(call, packed.args[0]), plain(call, packed.args[1]))
    : (call, x) => dynamicLinear(call, x, packed, reduceRange)
}

/** The two linear layers of a cell's packed parameters. */
function weightsOf(call: Call, cell: Packed): Weights {
  const [input, hidden, , , reduceRange] = cell.args
  if (
    input === undefined ||
    hidden === undefined ||
    !('kind' in input && input.kind === 'packed') ||
    !('kind' in hidden && hidden.kind === 'packed')
  )
    return call.refuse('its cells are packed in a form that no dynamic layer has')
  const range = reduceRange === undefined ? false : plain(call, reduceRange)
  return { input: dynamic(input, range), hidden: dynamic(hidden, range) }
}

// Cells always use seven bits of their inputs; layers as their parameters say.
type Kind = 'lstm' | 'gru' | 'rnn_tanh' | 'rnn_relu'

/** One step: the state after it, hidden first. `gates` is the input's part of the gates. */
function step(call: Call, kind: Kind, gates: Value, state: readonly Value[], hidden: Linear): Value[] {
  const { emit: e } = call
  const [h] = state as [Value]
  const own = hidden(call, h)
  const parts = (x: Value, count: number): readonly Value[] =>
    e.b.node('prim::ListUnpack', [e.typed(listOf(tensorType), 'aten::chunk', x, BigInt(count), 1n)], Array(count).fill(tensorType)).outputs
  const mul = (a: Value, b: Value): Value => e.op('aten::mul', a, b)
  if (kind === 'lstm') {
    const [i, f, g, o] = parts(e.add(own, gates), 4) as [Value, Value, Value, Value]
    const [sigmoid, tanh] = [(x: Value) => e.op('aten::sigmoid', x), (x: Value) => e.op('aten::tanh', x)]
    const c = e.add(mul(sigmoid(f), state[1]!), mul(sigmoid(i), tanh(g)))
    return [mul(sigmoid(o), tanh(c)), c]
  }
  if (kind === 'gru') {
    const [ri, zi, ni] = parts(gates, 3) as [Value, Value, Value]
    const [rh, zh, nh] = parts(own, 3) as [Value, Value, Value]
    const reset = e.op('aten::sigmoid', e.add(ri, rh))
    const update = e.op('aten::sigmoid', e.add(zi, zh))
    const fresh = e.op('aten::tanh', e.add(ni, mul(nh, reset)))
    return [e.add(mul(e.sub(h, fresh), update), fresh)]
  }
  return [e.op(kind === 'rnn_tanh' ? 'aten::tanh' : 'aten::relu', e.add(own, gates))]
}

/** Runs over one layer's input in one direction: all outputs, and the last state. */
type Run = (call: Call, kind: Kind, x: Value, initial: readonly Value[], weights: Weights, backwards: boolean) => [Value, readonly Value[]]

/** A loop that carries the state and the list of what `turn` gives: the next state and the output to add. */
function loopOver(
  call: Call,
  count: Value,
  initial: readonly Value[],
  atFront: boolean,
  turn: (inside: Call, i: Value, state: readonly Value[]) => readonly [readonly Value[], Value],
): [Value, readonly Value[]] {
  const { emit: e } = call
  const tensors = listOf(tensorType)
  const before = [...initial, e.b.op('prim::ListConstruct', [], tensors)]
  const loop = e.b.loop(count)
  loop.attributes.set(OF_OPERATOR, true)
  const body = loop.blocks[0]!
  const [i] = body.params as [Value]
  const carried = before.map((value, at) => {
    loop.addInput(value)
    return body.addParam(at < initial.length ? tensorType : tensors)
  })
  const inside: Call = { ...call, emit: new Emit(Builder.atEnd(body)) }
  const [next, output] = turn(inside, i, carried.slice(0, -1))
  body.addReturn(inside.emit.b.bool(true))
  for (const value of next) body.addReturn(value)
  const list = carried.at(-1)!
  body.addReturn(
    atFront
      ? inside.emit.typed(tensors, 'functional::insert', list, 0n, output)
      : inside.emit.typed(tensors, 'functional::append', list, output),
  )
  const results = carried.map((_, at) => loop.addOutput(at < initial.length ? tensorType : tensors))
  return [results.at(-1)!, results.slice(0, -1)]
}

/** Over [T, B, …]. */
const overSteps: Run = (call, kind, x, initial, weights, backwards) => {
  const { emit: e } = call
  const gates = weights.input(call, backwards ? e.op('aten::flip', x, [0]) : x)
  const count = e.typed(intType, 'aten::size', x, 0n)
  const [list, last] = loopOver(call, count, initial, false, (inside, i, state) => {
    const next = step(inside, kind, inside.emit.op('aten::select', gates, 0n, i), state, weights.hidden)
    return [next, next[0]!]
  })
  const outputs = e.op('aten::stack', list, 0n)
  return [backwards ? e.op('aten::flip', outputs, [0]) : outputs, last]
}

/**
 * Over the rows of packed sequences. A step has the sequences that are alive in it alone: their inputs and states are quantised together,
 * and the states of the others wait.
 */
function overRows(batchSizes: Value): Run {
  return (call, kind, data, initial, weights, backwards) => {
    const { emit: e } = call
    const gates = weights.input(call, data)
    const ends = e.op('aten::cumsum', batchSizes, 0n, null)
    const count = e.typed(intType, 'aten::size', batchSizes, 0n)
    const final = e.typed(intType, 'aten::sub', count, 1n)
    const [list, last] = loopOver(call, count, initial, backwards, (inside, i, state) => {
      const { emit } = inside
      const at = backwards ? emit.typed(intType, 'aten::sub', final, i) : i
      const [alive, end] = [batchSizes, ends].map((x) => emit.typed(intType, 'aten::Int', emit.op('aten::select', x, 0n, at)))
      const start = emit.typed(intType, 'aten::sub', end!, alive!)
      const rows = emit.op('aten::slice', gates, 0n, start, end!, 1n)
      const own = state.map((value) => emit.op('aten::slice', value, 0n, 0n, alive!, 1n))
      const next = step(inside, kind, rows, own, weights.hidden)
      const waiting = state.map((value) => emit.op('aten::slice', value, 0n, alive!, null, 1n))
      return [next.map((value, k) => emit.op('aten::cat', emit.tensors([value, waiting[k]!]), 0n)), next[0]!]
    })
    return [e.op('aten::cat', list, 0n), last]
  }
}

interface LayerArgs {
  readonly params: Value
  readonly num_layers: Value
  readonly bidirectional: Value
}

/** All layers. Dropout between them is for training. */
function layers(call: Call, kind: Kind, args: LayerArgs, input: Value, initial: readonly Value[], run: Run): Value[] {
  const { emit: e } = call
  const both = constantOf(args.bidirectional) === true
  const count = constantOf(args.num_layers)
  const cells = call.of(args.params)
  if (typeof count !== 'bigint' || cells?.kind !== 'items') return call.refuse('its layers are not known at build time')
  const directions = both ? [false, true] : [false]
  if (cells.items.length !== Number(count) * directions.length) return call.refuse('it has another number of cells than of layers')
  let x = input
  const last: Value[][] = initial.map(() => [])
  for (let layer = 0; layer < Number(count); layer++) {
    const outputs = directions.map((backwards, d) => {
      const at = layer * directions.length + d
      const cell = cells.items[at]!
      if (!('kind' in cell && cell.kind === 'packed')) return call.refuse('its cells are not packed weights')
      const state = initial.map((value) => e.op('aten::select', value, 0n, BigInt(at)))
      const [output, end] = run(call, kind, x, state, weightsOf(call, cell), backwards)
      for (const [k, value] of end.entries()) last[k]!.push(value)
      return output
    })
    x = outputs.length === 1 ? outputs[0]! : e.op('aten::cat', e.tensors(outputs), -1n)
  }
  return [x, ...last.map((states) => e.op('aten::stack', e.tensors(states), 0n))]
}

/** On a padded batch. */
function onInput(
  call: Call,
  kind: Kind,
  args: LayerArgs & { readonly input: Value; readonly batch_first: Value },
  initial: readonly Value[],
): Value[] {
  const batchFirst = constantOf(args.batch_first) === true
  const turned = (x: Value): Value => (batchFirst ? call.emit.op('aten::transpose', x, 0n, 1n) : x)
  const [output, ...states] = layers(call, kind, args, turned(args.input), initial, overSteps)
  return [turned(output!), ...states]
}

/** The two tensors of a list of states. */
function pair(call: Call, list: Value): readonly [Value, Value] {
  const { emit: e } = call
  const [h, c] = [0n, 1n].map((i) => e.op('aten::__getitem__', list, i))
  return [h!, c!]
}

const PARAMS =
  '__torch__.torch.classes.rnn.CellParamsBase[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional'
const LINEAR = '__torch__.torch.classes.quantized.LinearPackedParamsBase'

export const recurrentRows: readonly QuantizedRow[] = [
  ...quantized(
    `aten::quantized_lstm.input(Tensor input, Tensor[] hx, ${PARAMS}, bool batch_first, *, ScalarType? dtype=None, bool use_dynamic=False) -> (Tensor, Tensor, Tensor)`,
    (args, call) => onInput(call, 'lstm', args, pair(call, args.hx)),
  ),
  ...quantized(`aten::quantized_gru.input(Tensor input, Tensor hx, ${PARAMS}, bool batch_first) -> (Tensor, Tensor)`, (args, call) =>
    onInput(call, 'gru', args, [args.hx]),
  ),
  ...quantized(
    `aten::quantized_lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, ${PARAMS}, *, ScalarType? dtype=None, bool use_dynamic=False) -> (Tensor, Tensor, Tensor)`,
    (args, call) => layers(call, 'lstm', args, args.data, pair(call, args.hx), overRows(args.batch_sizes)),
  ),
  ...quantized(`aten::quantized_gru.data(Tensor data, Tensor batch_sizes, Tensor hx, ${PARAMS}) -> (Tensor, Tensor)`, (args, call) =>
    layers(call, 'gru', args, args.data, [args.hx], overRows(args.batch_sizes)),
  ),
  ...quantized(
    `quantized::quantized_lstm_cell_dynamic(Tensor input, Tensor[] hx, ${LINEAR} w_ih, ${LINEAR} w_hh, Tensor bias_ih, Tensor bias_hh) -> (Tensor, Tensor)`,
    ({ input, hx, w_ih, w_hh }, call) => {
      const gates = dynamic(packedOf(call, w_ih), true)(call, input)
      return step(call, 'lstm', gates, pair(call, hx), dynamic(packedOf(call, w_hh), true))
    },
  ),
  ...(['gru', 'rnn_relu', 'rnn_tanh'] as const).flatMap((kind) =>
    quantized(
      `quantized::quantized_${kind}_cell_dynamic(Tensor input, Tensor hx, ${LINEAR} w_ih, ${LINEAR} w_hh, Tensor b_ih, Tensor b_hh) -> Tensor`,
      (given, call) => {
        const { input, hx, w_ih, w_hh } = given as unknown as Readonly<Record<'input' | 'hx' | 'w_ih' | 'w_hh', Value>>
        const gates = dynamic(packedOf(call, w_ih), true)(call, input)
        return step(call, kind, gates, [hx], dynamic(packedOf(call, w_hh), true))[0]!
      },
    ),
  ),
]
