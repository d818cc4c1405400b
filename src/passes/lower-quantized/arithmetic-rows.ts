// Sums, products, joins and comparisons of quantized tensors. Answers to BinaryOps.cpp, qmul.cpp, qmatmul.cpp, qconcat.cpp and TensorOperators.cpp.

import { constantOf, constantTensor } from '../../ir/constant.ts'
import { itemOf } from '../../ir/tensor-elements.ts'
import type { Value } from '../../ir/value.ts'
import { centred, dequantize, fixedParams, paramsOf, qparams, qtensor, quantize, toIntegers, type QParams } from './affine.ts'
import { RANGES, type QTensor } from './quantized-value.ts'
import { isNone, itemsOf, onQuantized, quantized, realOf, tensorOf, type Call, type QuantizedRow } from './row.ts'

const maybeRelu = (call: Call, x: Value, on: boolean): Value => (on ? call.emit.op('aten::relu', x) : x)

/** Quantised after a relu: no less than the zero point. */
export function reluOf(call: Call, q: QTensor): QTensor {
  const { emit: e } = call
  const zero = constantTensor(q.zeroPoint)
  const repr =
    zero === undefined
      ? e.op('aten::maximum', q.repr, e.to(q.zeroPoint, RANGES[q.dtype].repr))
      : e.op('aten::clamp', q.repr, itemOf(zero) as bigint, null)
  return { ...q, repr }
}

const number = (call: Call, value: Value): number => {
  const held = constantOf(value)
  const tensor = constantTensor(value)
  const found = tensor === undefined ? held : itemOf(tensor)
  return typeof found === 'number' || typeof found === 'bigint' || typeof found === 'boolean'
    ? Number(found)
    : call.refuse('a number that changes the scale of its result is not known at build time')
}

/** Scale and zero point as torch's doubles and ints. */
function knownParams(call: Call, q: QTensor): { readonly scale: number; readonly zeroPoint: number } {
  const { python } = q
  return python === undefined
    ? { scale: number(call, q.scale), zeroPoint: number(call, q.zeroPoint) }
    : { scale: number(call, python.scale), zeroPoint: number(call, python.zeroPoint) }
}

/** To the nearest, halves to even. */
export function nearest(x: number): number {
  const down = Math.floor(x)
  const rest = x - down
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1
}

/** The zero point moves, and the scale with it where the zero point would leave the range. */
function addScalar(call: Call, q: QTensor, other: number, relu: boolean): QTensor {
  const { emit: e } = call
  const { scale, zeroPoint } = knownParams(call, q)
  const { min, max } = RANGES[q.dtype]
  const steps = nearest(other / scale)
  const moved = zeroPoint - steps
  if (min <= moved && moved <= max) {
    const out = qtensor(q.repr, fixedParams(e, scale, moved, q.dtype))
    return relu ? reluOf(call, out) : out
  }
  const below = moved < min
  const params = fixedParams(e, ((below ? max - moved : moved - min) / (max - min)) * scale, below ? min : max, q.dtype)
  // Through the reals that the kernel makes: (q − z + c)·s.
  const real = e.mul(e.add(centred(e, q), e.real(steps)), q.scale)
  return quantize(e, maybeRelu(call, real, relu), params, 'rounded first')
}

/** The scale grows by the factor; a negative one turns the range around. */
function mulScalar(call: Call, q: QTensor, factor: number, relu: boolean): QTensor {
  const { emit: e } = call
  const { scale, zeroPoint } = knownParams(call, q)
  const { min, max, repr } = RANGES[q.dtype]
  if (factor > 0) {
    const out = qtensor(q.repr, fixedParams(e, factor * scale, zeroPoint, q.dtype))
    return relu ? reluOf(call, out) : out
  }
  if (factor === 0) return qtensor(e.op('aten::mul', q.repr, 0n), fixedParams(e, 1, 0, q.dtype))
  const turned = e.to(e.op('aten::rsub', e.to(q.repr, 'int64'), BigInt(max + min), 1n), repr)
  const out = qtensor(turned, fixedParams(e, -factor * scale, max - (zeroPoint - min), q.dtype))
  return relu ? reluOf(call, out) : out
}

/** Integers are multiplied exactly, then scaled once. */
function mul(call: Call, a: QTensor, b: QTensor, params: QParams, relu: boolean): QTensor {
  const { emit: e } = call
  const products = e.op('aten::mul', centred(e, a), centred(e, b))
  const factor = e.mul(e.mul(a.scale, b.scale), e.inverse(params.scale))
  const out = qtensor(toIntegers(e, e.mul(products, factor), params, 'rounded first'), params)
  return relu ? reluOf(call, out) : out
}

function add(call: Call, a: QTensor, b: QTensor, params: QParams, relu: boolean): QTensor {
  const { emit: e } = call
  return quantize(e, maybeRelu(call, e.add(dequantize(e, a), dequantize(e, b)), relu), params, 'rounded first')
}

function joined(call: Call, list: Value, dim: Value, scale: Value | null, zeroPoint: Value | null, relu: boolean): QTensor {
  const { emit: e } = call
  const items = itemsOf(call, list)
  const [first] = items
  if (first === undefined) return call.refuse('its list of tensors is empty')
  const own = paramsOf(first)
  const params =
    scale === null || isNone(scale)
      ? own
      : qparams(
          e,
          scale,
          zeroPoint === null || isNone(zeroPoint) ? call.refuse('it has a scale and no zero point') : zeroPoint,
          first.dtype,
        )
  const parts = items.map((item) => {
    const same = sameNumber(item.scale, params.scale) && sameNumber(item.zeroPoint, params.zeroPoint)
    const moved = same ? item : quantize(e, dequantize(e, item), params)
    return (relu ? reluOf(call, moved) : moved).repr
  })
  return qtensor(e.op('aten::cat', e.tensors(parts), dim), params)
}
function sameNumber(a: Value, b: Value): boolean {
  if (a === b) return true
  const [x, y] = [constantTensor(a), constantTensor(b)]
  return x !== undefined && y !== undefined && itemOf(x) !== undefined && itemOf(x) === itemOf(y)
}

const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const

export const arithmeticRows: readonly QuantizedRow[] = [
  ...[false, true].flatMap((relu) => {
    const suffix = relu ? '_relu' : ''
    return [
      ...quantized(
        relu
          ? 'quantized::add_relu(Tensor qa, Tensor qb, float scale, int zero_point) -> Tensor qc'
          : [
              'quantized::add(Tensor qa, Tensor qb, float scale, int zero_point) -> Tensor qc',
              '_quantized::add(Tensor qa, Tensor qb, float scale, int zero_point) -> Tensor qc',
            ],
        ({ qa, qb, scale, zero_point }, call) => {
          const a = tensorOf(call, qa)
          return add(call, a, tensorOf(call, qb), qparams(call.emit, scale, zero_point, a.dtype), relu)
        },
      ),
      ...quantized(
        `quantized::mul${suffix}(Tensor qa, Tensor qb, float scale, int zero_point) -> Tensor qc`,
        ({ qa, qb, scale, zero_point }, call) => {
          const a = tensorOf(call, qa)
          return mul(call, a, tensorOf(call, qb), qparams(call.emit, scale, zero_point, a.dtype), relu)
        },
      ),
      ...quantized(
        [
          `quantized::add${suffix}.Scalar(Tensor qa, Scalar b) -> Tensor qc`,
          `quantized::add${suffix}.Scalar2(Scalar b, Tensor qa) -> Tensor qc`,
          `quantized::add_scalar${suffix}(Tensor qa, Scalar b) -> Tensor qc`,
          `quantized::add_scalar${suffix}.Tensor(Tensor qa, Tensor b) -> Tensor qc`,
        ] as const,
        ({ qa, b }, call) => addScalar(call, tensorOf(call, qa), number(call, b), relu),
      ),
      ...quantized(
        [
          `quantized::mul${suffix}.Scalar(Tensor qa, Scalar b) -> Tensor qc`,
          `quantized::mul${suffix}.Scalar2(Scalar b, Tensor qa) -> Tensor qc`,
          `quantized::mul_scalar${suffix}(Tensor qa, Scalar b) -> Tensor qc`,
          `quantized::mul_scalar${suffix}.Tensor(Tensor qa, Tensor b) -> Tensor qc`,
        ] as const,
        ({ qa, b }, call) => mulScalar(call, tensorOf(call, qa), number(call, b), relu),
      ),
      ...quantized(
        `quantized::cat${suffix}(Tensor[] qx, int dim, float? scale, int? zero_point) -> Tensor`,
        ({ qx, dim, scale, zero_point }, call) => joined(call, qx, dim, scale, zero_point, relu),
      ),
    ]
  }),
  ...quantized(
    'quantized::matmul(Tensor qa, Tensor qb, float scale, int zero_point) -> Tensor qc',
    ({ qa, qb, scale, zero_point }, call) => {
      const { emit: e } = call
      const a = tensorOf(call, qa)
      const real = e.op('aten::matmul', dequantize(e, a), dequantize(e, tensorOf(call, qb)))
      return quantize(e, real, qparams(e, scale, zero_point, a.dtype))
    },
  ),
  ...onQuantized('aten::cat(Tensor[] tensors, int dim=0) -> Tensor', ({ tensors, dim }, call) =>
    joined(call, tensors, dim, null, null, false),
  ),
  ...onQuantized('aten::stack(Tensor[] tensors, int dim=0) -> Tensor', ({ tensors, dim }, call) => {
    const { emit: e } = call
    const [first, ...rest] = itemsOf(call, tensors)
    if (first === undefined) return call.refuse('its list of tensors is empty')
    const params = paramsOf(first)
    const parts = rest.map((item) =>
      sameNumber(item.scale, first.scale) && sameNumber(item.zeroPoint, first.zeroPoint) ? item : quantize(e, dequantize(e, item), params),
    )
    return qtensor(e.op('aten::stack', e.tensors([first, ...parts].map(({ repr }) => repr)), dim), params)
  }),
  ...COMPARISONS.flatMap((name) => [
    ...onQuantized(`aten::${name}.Tensor(Tensor self, Tensor other) -> Tensor`, ({ self, other }, call) =>
      call.emit.op(`aten::${name}`, realOf(call, self), realOf(call, other)),
    ),
    ...onQuantized(`aten::${name}.Scalar(Tensor self, Scalar other) -> Tensor`, ({ self, other }, call) =>
      call.emit.op(`aten::${name}`, realOf(call, self), other),
    ),
  ]),
]
