// Convolutions: integer sums of products, exact in 32 bits, then requantised like linear layers. Transposed ones, and weights with zero points
// of their own per channel, are summed in float32 over the integers. Answers to qconv.cpp and qconv_dynamic.cpp.

import { constantTensor } from '../../ir/constant.ts'
import type { Value } from '../../ir/value.ts'
import { centred, chooseParams, dequantize, isZero, qparams, quantize, unsigned, type QParams } from './affine.ts'
import type { Emit } from './emit.ts'
import { requantized } from './linear-rows.ts'
import { isNone, packedOf, plain, quantized, realOf, tensorOf, weightOf, type Call, type QuantizedRow } from './row.ts'
import type { Packed, QTensor } from './quantized-value.ts'

const CONV2D = '__torch__.torch.classes.quantized.Conv2dPackedParamsBase'
const CONV3D = '__torch__.torch.classes.quantized.Conv3dPackedParamsBase'

/** A vector over channels, to be broadcast along axis 1 of n spatial axes. */
function channels(e: Emit, vector: Value, n: number): Value {
  return constantTensor(vector)?.sizes.length === 0 ? vector : e.op('aten::view', vector, [1, -1, ...Array<number>(n).fill(1)])
}

function sums(call: Call, x: QTensor, weight: QTensor, n: number, packed: Packed): Value {
  const { emit: e } = call
  const isTransposed = packed.operator.includes('transpose')
  const [stride, padding, ...rest] = packed.args.slice(2).map((arg) => plain(call, arg))
  if (isTransposed) {
    const [outputPadding, dilation, groups] = rest
    return e.op(`aten::conv_transpose${n}d`, centred(e, x), centred(e, weight), null, stride!, padding!, outputPadding!, groups!, dilation!)
  }
  const [dilation, groups] = rest
  if (weight.axis !== undefined && !isZero(weight.zeroPoint))
    return e.op(`aten::conv${n}d`, centred(e, x), centred(e, weight), null, stride!, padding!, dilation!, groups!)
  const a = unsigned(e, x)
  const w = unsigned(e, weight.axis === undefined ? weight : { ...weight, zeroPoint: e.real(0) })
  const zero = weight.axis === undefined ? w.zeroPoint : e.to(e.real(weight.dtype === 'qint8' ? 128 : 0), 'uint8')
  return e.float(e.op('functional::conv_integer', a.repr, w.repr, a.zeroPoint, zero, stride!, padding!, dilation!, groups!))
}

/** The convolution of a quantized input: reals. */
function convReal(call: Call, x: QTensor, packed: Packed, n: number): Value {
  const { emit: e } = call
  const weight = weightOf(call, packed)
  // An axis other than the output channels does not exist in any kernel of torch's.
  const real = e.mul(sums(call, x, weight, n, packed), channels(e, e.mul(x.scale, weight.scale), n))
  const bias = plain(call, packed.args[1])
  return isNone(bias) ? real : e.add(real, e.op('aten::view', bias, [1, -1, ...Array<number>(n).fill(1)]))
}

/** Native objects of one-dimensional convolutions hold two axes, the first of extent 1. */
function spatial(call: Call, packed: Packed, n: number): { readonly n: number; readonly lifted: boolean } {
  const own = Number(/(\d)d_prepack$/.exec(packed.operator)?.[1] ?? n)
  if (own === n) return { n, lifted: false }
  return own === 2 && n === 1 ? { n: 2, lifted: true } : call.refuse(`its weights are those of a ${own}-dimensional convolution`)
}

function run(call: Call, x: QTensor, packed: Packed, n: number, finish: (real: Value) => Value, params: QParams): QTensor {
  const { emit: e } = call
  const { n: axes, lifted } = spatial(call, packed, n)
  const input = lifted ? { ...x, repr: e.op('aten::unsqueeze', x.repr, 2n) } : x
  const result = requantized(
    call,
    finish(convReal(call, input, packed, axes)),
    params,
    packed.operator.includes('transpose') ? 'rounded first' : 'zero point first',
  )
  return lifted ? { ...result, repr: e.op('aten::squeeze', result.repr, 2n) } : result
}

type Names = 'qx' | 'packed_weight' | 'weight' | 'output_scale' | 'output_zero_point' | 'qaccum'
type Args = Readonly<Record<Names, Value>>

function staticRow(schema: string, n: number, finish: (real: Value, call: Call, args: Args) => Value): QuantizedRow[] {
  return quantized(schema, (given, call) => {
    const args = given as unknown as Args
    const x = tensorOf(call, args.qx)
    const params = qparams(call.emit, args.output_scale, args.output_zero_point, x.dtype)
    return run(call, x, packedOf(call, args.packed_weight ?? args.weight), n, (real) => finish(real, call, args), params)
  })
}

const OUT = 'float output_scale, int output_zero_point) -> Tensor'
const OLD = 'int[] stride, int[] padding, int[] dilation, int groups, '
const relu = (real: Value, call: Call): Value => call.emit.op('aten::relu', real)
const keep = (real: Value): Value => real

export const convolutionRows: readonly QuantizedRow[] = [
  ...[1, 2, 3].flatMap((n) => {
    const type = n === 3 ? CONV3D : CONV2D
    return [
      ...(
        [
          ['', keep],
          ['_relu', relu],
        ] as const
      ).flatMap(([suffix, finish]) =>
        n === 1
          ? staticRow(`quantized::conv1d${suffix}(Tensor qx, ${type} packed_weight, ${OUT}`, n, finish)
          : [
              ...staticRow(`quantized::conv${n}d${suffix}.new(Tensor qx, ${type} packed_weight, ${OUT}`, n, finish),
              ...staticRow(`quantized::conv${n}d${suffix}(Tensor qx, ${type} weight, ${OLD}${OUT}`, n, finish),
              ...(n === 2 ? staticRow(`_quantized::conv2d${suffix}(Tensor qx, ${type} packed_weight, ${OUT}`, n, finish) : []),
            ],
      ),
      ...['', '_transpose'].flatMap((transposed) =>
        quantized(
          `quantized::conv${transposed}${n}d_dynamic(Tensor qx, ${type} packed_weight, bool reduce_range=False) -> Tensor`,
          ({ qx, packed_weight, reduce_range }, call) => {
            const { emit: e } = call
            // Results are quantised like the input, and made reals again.
            const params = chooseParams(e, qx, 'quint8', reduce_range)
            return dequantize(e, run(call, quantize(e, qx, params), packedOf(call, packed_weight), n, keep, params))
          },
        ),
      ),
      ...staticRow(`quantized::conv_transpose${n}d(Tensor qx, ${type} packed_weight, ${OUT}`, n, keep),
      ...(n === 3 ? [] : staticRow(`_quantized::conv_transpose${n}d(Tensor qx, ${type} packed_weight, ${OUT}`, n, keep)),
    ]
  }),
  ...(
    [
      ['', keep],
      ['_relu', relu],
    ] as const
  ).flatMap(([suffix, finish]) =>
    staticRow(`quantized::conv2d_add${suffix}(Tensor qx, Tensor qaccum, ${CONV2D} packed_weight, ${OUT}`, 2, (real, call, args) =>
      finish(call.emit.add(real, realOf(call, args.qaccum)), call),
    ),
  ),
]
