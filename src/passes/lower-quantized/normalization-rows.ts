// Normalisation of quantized tensors: on reals, then quantised. Answers to qbatch_norm.cpp and qnormalization.cpp.

import type { Value } from '../../ir/value.ts'
import { dequantize, qparams, quantize } from './affine.ts'
import { quantized, tensorOf, type Call, type QuantizedRow } from './row.ts'

type Given = Readonly<Record<string, Value>>

function row(schema: string, input: string, f: (x: Value, args: Given, call: Call) => Value): QuantizedRow[] {
  return quantized(schema, (given, call) => {
    const args = given as unknown as Given
    const q = tensorOf(call, args[input]!)
    const params = qparams(call.emit, args['output_scale']!, args['output_zero_point']!, q.dtype)
    return quantize(call.emit, f(dequantize(call.emit, q), args, call), params, 'rounded first')
  })
}
const OUT = 'float output_scale, int output_zero_point) -> Tensor'
const AFFINE = 'Tensor? weight, Tensor? bias'

export const normalizationRows: readonly QuantizedRow[] = [
  ...['', '1d', '2d', '3d'].flatMap((dims) =>
    ['', '_relu'].flatMap((relu) =>
      row(
        `quantized::batch_norm${dims}${relu}(Tensor qx, ${AFFINE}, Tensor mean, Tensor var, float eps, ${OUT}`,
        'qx',
        (x, args, { emit }) => {
          const { weight, bias, mean, var: variance, eps } = args
          const y = emit.op('aten::batch_norm', x, weight!, bias!, mean!, variance!, false, 0, eps!, false)
          return relu === '' ? y : emit.op('aten::relu', y)
        },
      ),
    ),
  ),
  ...row(`quantized::layer_norm(Tensor input, int[] normalized_shape, ${AFFINE}, float eps, ${OUT}`, 'input', (x, args, { emit }) =>
    emit.op('aten::layer_norm', x, args['normalized_shape']!, args['weight']!, args['bias']!, args['eps']!, false),
  ),
  ...row(`quantized::group_norm(Tensor input, int num_groups, ${AFFINE}, float eps, ${OUT}`, 'input', (x, args, { emit }) =>
    emit.op('aten::group_norm', x, args['num_groups']!, args['weight']!, args['bias']!, args['eps']!, false),
  ),
  ...row(`quantized::instance_norm(Tensor input, ${AFFINE}, float eps, ${OUT}`, 'input', (x, args, { emit }) =>
    emit.op('aten::instance_norm', x, args['weight']!, args['bias']!, null, null, true, 0, args['eps']!, false),
  ),
]
