// oneDNN's layers with a function of one argument, or with another operand, behind them: what frozen and compiled CPU graphs hold.
// Weights keep their shape; an order of memory that only oneDNN reads is not told from it. Answers to aten/src/ATen/native/mkldnn/{Conv,Linear}.cpp.

import { absent, compose, composes, Unsettled, type Call, type Composition, type Handle } from '../composition.ts'

function textOf(value: Handle, argument: string): string | undefined {
  const { value: text } = value.fact
  if (text === null) return undefined
  if (typeof text !== 'string') throw new Unsettled(argument, 'to be known at build time')
  return text
}

/** Name → operator, and how many numbers it takes. */
const UNARY: ReadonlyMap<string, readonly [operator: string, scalars: number]> = new Map([
  ['relu', ['aten::relu', 0]],
  ['sigmoid', ['aten::sigmoid', 0]],
  ['tanh', ['aten::tanh', 0]],
  ['swish', ['aten::silu', 0]],
  ['hardswish', ['aten::hardswish', 0]],
  ['hardsigmoid', ['aten::hardsigmoid', 0]],
  ['leaky_relu', ['aten::leaky_relu', 1]],
  ['hardtanh', ['aten::hardtanh', 2]],
])
function behind<V extends Handle>(x: V, attr: V, scalars: V, algorithm: V, call: Call<V>): V {
  const name = textOf(attr, 'attr')
  if (name === undefined || name === 'none') return x
  if (name === 'gelu') return call('aten::gelu', x, textOf(algorithm, 'algorithm') ?? 'none')
  const found = UNARY.get(name)
  if (found === undefined) throw new Unsettled('attr', `a function that oneDNN has, found ${name}`)
  return call(found[0], x, ...call.items(scalars, 'scalars').slice(0, found[1]))
}
function beside<V extends Handle>(x: V, other: V, attr: V, alpha: V | bigint, call: Call<V>): V {
  const name = textOf(attr, 'binary_attr')
  if (name !== 'add' && name !== 'sub' && name !== 'mul' && name !== 'div')
    throw new Unsettled('binary_attr', `add, sub, mul or div, found ${name ?? 'None'}`)
  return name === 'add' || name === 'sub' ? call(`aten::${name}.Tensor`, x, other, alpha) : call(`aten::${name}.Tensor`, x, other)
}

export const mkldnnCompositions: readonly Composition[] = [
  compose(
    'mkldnn::_linear_pointwise(Tensor X, Tensor W, Tensor? B, str attr, Scalar?[] scalars, str? algorithm) -> Tensor Y',
    ({ X, W, B, attr, scalars, algorithm }, call) => behind(call('aten::linear', X, W, B), attr, scalars, algorithm, call),
  ),
  compose(
    'mkldnn::_linear_pointwise.binary(Tensor X, Tensor other, Tensor W, Tensor? B, str attr) -> Tensor Y',
    ({ X, other, W, B, attr }, call) => beside(call('aten::linear', X, W, B), other, attr, 1n, call),
  ),
  compose(
    'mkldnn::_convolution_pointwise(Tensor X, Tensor W, Tensor? B, int[] padding, int[] stride, int[] dilation, int groups, str attr, Scalar?[] scalars, str? algorithm) -> Tensor Y',
    ({ X, W, B, padding, stride, dilation, groups, attr, scalars, algorithm }, call) =>
      behind(call('aten::convolution', X, W, B, stride, padding, dilation, false, [], groups), attr, scalars, algorithm, call),
  ),
  compose(
    'mkldnn::_convolution_pointwise.binary(Tensor X, Tensor other, Tensor W, Tensor? B, int[] padding, int[] stride, int[] dilation, int groups, str binary_attr, Scalar? alpha, str? unary_attr, Scalar?[] unary_scalars, str? unary_algorithm) -> Tensor Y',
    ({ X, other, W, B, padding, stride, dilation, groups, binary_attr, alpha, unary_attr, unary_scalars, unary_algorithm }, call) => {
      const product = call('aten::convolution', X, W, B, stride, padding, dilation, false, [], groups)
      const sum = beside<typeof X>(product, other, binary_attr, absent(alpha) ? 1n : alpha, call)
      return behind(sum, unary_attr, unary_scalars, unary_algorithm, call)
    },
  ),
  ...composes(['mkldnn::_reorder_linear_weight(Tensor self, int? batch_size=None) -> Tensor Y'], ({ self }, call) =>
    call('aten::clone', self),
  ),
  ...composes(
    [
      'mkldnn::_reorder_convolution_weight(Tensor self, int[2] padding=0, int[2] stride=1, int[2] dilation=1, int groups=1, int[]? input_size=None) -> Tensor Y',
    ],
    ({ self }, call) => call('aten::clone', self),
  ),
]
