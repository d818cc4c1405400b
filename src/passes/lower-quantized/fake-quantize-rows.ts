// Fake quantisation: reals rounded to the grid of a quantizer, as quantization-aware training leaves it in a model.
// Answers to aten/src/ATen/native/quantized/FakeQuantPerTensorAffine.cpp, FakeQuantPerChannelAffine.cpp and fused_obs_fake_quant.cpp.

import { constantOf, constantTensor } from '../../ir/constant.ts'
import { itemOf } from '../../ir/tensor-elements.ts'
import type { Value } from '../../ir/value.ts'
import type { Emit } from './emit.ts'
import { quantized, type Call, type QuantizedRow } from './row.ts'

interface Grid {
  readonly scale: Value
  readonly zeroPoint: Value
  readonly min: Value
  readonly max: Value
  /** Zero points that are floats are added before rounding. */
  readonly floatZeroPoint?: boolean
}

/** (clamp(round(x/s) + z, min, max) − z)·s, and where nothing was cut off. */
function fake(e: Emit, x: Value, { scale, zeroPoint, min, max, floatZeroPoint = false }: Grid): readonly [Value, Value] {
  const scaled = e.mul(x, e.inverse(scale))
  const steps = floatZeroPoint ? e.op('aten::round', e.add(scaled, zeroPoint)) : e.add(e.op('aten::round', scaled), zeroPoint)
  const kept = e.op('aten::logical_and', e.op('aten::ge', steps, min), e.op('aten::le', steps, max))
  return [e.mul(e.sub(e.op('aten::clamp', steps, min, max), zeroPoint), scale), kept]
}

function channelwise(
  call: Call,
  x: Value,
  scale: Value,
  zeroPoint: Value,
  axis: Value,
  min: Value,
  max: Value,
  floatZeroPoint = false,
): readonly [Value, Value] {
  const { emit: e } = call
  const turn = (value: Value): Value => e.op('aten::transpose', value, axis, -1n)
  const [value, mask] = fake(e, turn(x), { scale: e.float(scale), zeroPoint: e.float(zeroPoint), min, max, floatZeroPoint })
  return [turn(value), turn(mask)]
}

const isFloat = (value: Value): boolean =>
  (constantTensor(value)?.dtype ?? (value.type.kind === 'Tensor' ? value.type.dtype : undefined))?.startsWith('float') === true

const scalar = (e: Emit, value: Value): Value => e.float(e.op('aten::reshape', value, e.value([])))

/** A flag tensor of a module: known, since modules in evaluation do not write it. */
function flag(call: Call, value: Value): boolean {
  const tensor = constantTensor(value)
  // Tests and traces write a flag as the number it is made of.
  const made = value.node.kind === 'aten::scalar_tensor' ? constantOf(value.node.input()) : undefined
  const found = tensor === undefined ? made : itemOf(tensor)
  return found === undefined || typeof found === 'object'
    ? call.refuse('whether it observes is not known at build time')
    : Number(found) !== 0
}

const PARAMS = 'Tensor scale, Tensor zero_point'
const RANGE = 'int quant_min, int quant_max'
const OBSERVED =
  'Tensor self, Tensor observer_on, Tensor fake_quant_on, Tensor running_min, Tensor running_max, Tensor scale, Tensor zero_point, float averaging_const, int quant_min, int quant_max, int ch_axis, bool per_row_fake_quant=False, bool symmetric_quant=False'

export const fakeQuantizeRows: readonly QuantizedRow[] = [
  ...quantized(
    `aten::fake_quantize_per_tensor_affine(Tensor self, float scale, int zero_point, ${RANGE}) -> Tensor`,
    ({ self, scale, zero_point, quant_min, quant_max }, { emit: e }) =>
      fake(e, self, { scale: e.scalar(scale, 'float32'), zeroPoint: e.scalar(zero_point, 'float32'), min: quant_min, max: quant_max })[0],
  ),
  ...quantized(
    `aten::fake_quantize_per_tensor_affine_cachemask(Tensor self, float scale, int zero_point, ${RANGE}) -> (Tensor output, Tensor mask)`,
    ({ self, scale, zero_point, quant_min, quant_max }, { emit: e }) =>
      fake(e, self, { scale: e.scalar(scale, 'float32'), zeroPoint: e.scalar(zero_point, 'float32'), min: quant_min, max: quant_max }),
  ),
  ...quantized(
    `aten::fake_quantize_per_tensor_affine.tensor_qparams(Tensor self, ${PARAMS}, ${RANGE}) -> Tensor`,
    ({ self, scale, zero_point, quant_min, quant_max }, { emit: e }) =>
      fake(e, self, { scale: scalar(e, scale), zeroPoint: scalar(e, zero_point), min: quant_min, max: quant_max })[0],
  ),
  ...quantized(
    `aten::_fake_quantize_per_tensor_affine_cachemask_tensor_qparams(Tensor self, ${PARAMS}, Tensor fake_quant_enabled, ${RANGE}) -> (Tensor output, Tensor mask)`,
    ({ self, scale, zero_point, fake_quant_enabled, quant_min, quant_max }, call) => {
      const { emit: e } = call
      if (!flag(call, fake_quant_enabled)) return [self, e.op('aten::ones_like', self, 11n, null, null, null, null)]
      return fake(e, self, { scale: scalar(e, scale), zeroPoint: scalar(e, zero_point), min: quant_min, max: quant_max })
    },
  ),
  ...quantized(
    `aten::fake_quantize_per_channel_affine(Tensor self, ${PARAMS}, int axis, ${RANGE}) -> Tensor`,
    ({ self, scale, zero_point, axis, quant_min, quant_max }, call) =>
      channelwise(call, self, scale, zero_point, axis, quant_min, quant_max, isFloat(zero_point))[0],
  ),
  ...quantized(
    `aten::fake_quantize_per_channel_affine_cachemask(Tensor self, ${PARAMS}, int axis, ${RANGE}) -> (Tensor output, Tensor mask)`,
    ({ self, scale, zero_point, axis, quant_min, quant_max }, call) =>
      channelwise(call, self, scale, zero_point, axis, quant_min, quant_max, isFloat(zero_point)),
  ),
  // Learnable ones keep their zero point as a float, and round and clamp it themselves.
  ...quantized(
    `aten::_fake_quantize_learnable_per_tensor_affine(Tensor self, ${PARAMS}, ${RANGE}, float grad_factor=1.) -> Tensor`,
    ({ self, scale, zero_point, quant_min, quant_max }, { emit: e }) =>
      fake(e, self, {
        scale: scalar(e, scale),
        zeroPoint: settled(e, scalar(e, zero_point), quant_min, quant_max),
        min: quant_min,
        max: quant_max,
      })[0],
  ),
  ...quantized(
    `aten::_fake_quantize_learnable_per_channel_affine(Tensor self, ${PARAMS}, int axis, ${RANGE}, float grad_factor=1.) -> Tensor`,
    ({ self, scale, zero_point, axis, quant_min, quant_max }, call) =>
      channelwise(call, self, scale, settled(call.emit, zero_point, quant_min, quant_max), axis, quant_min, quant_max)[0],
  ),
  ...quantized(
    `aten::_fused_moving_avg_obs_fq_helper_functional(${OBSERVED}) -> (Tensor output, Tensor mask, Tensor running_min_out, Tensor running_max_out, Tensor scale_out, Tensor zero_point_out)`,
    (
      { self, observer_on, fake_quant_on, running_min, running_max, scale, zero_point, quant_min, quant_max, ch_axis, per_row_fake_quant },
      call,
    ) => {
      const { emit: e } = call
      if (flag(call, observer_on)) return call.refuse('it still observes: call torch.ao.quantization.disable_observer on the model')
      const rest = [running_min, running_max, scale, zero_point]
      if (!flag(call, fake_quant_on)) return [self, e.op('aten::ones_like', self, 11n, null, null, null, null), ...rest]
      const made =
        constantOf(per_row_fake_quant) === true
          ? channelwise(call, self, scale, zero_point, ch_axis, quant_min, quant_max)
          : fake(e, self, { scale: scalar(e, scale), zeroPoint: scalar(e, zero_point), min: quant_min, max: quant_max })
      return [...made, ...rest]
    },
  ),
]

const settled = (e: Emit, zeroPoint: Value, min: Value, max: Value): Value => e.op('aten::clamp', e.op('aten::round', zeroPoint), min, max)
