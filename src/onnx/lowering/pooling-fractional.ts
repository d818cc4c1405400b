// Fractional max pooling: windows begin where the samples say, ⌊(i + u)·α⌋ − ⌊u·α⌋ with α = (n − k)/(o − 1), the last at n − k.
// Answers to aten/src/ATen/native/FractionalMaxPool{2,3}d.cpp.

import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { like } from './compute.ts'
import { intOp } from './int-math.ts'
import { lower, type LoweringRow } from './row.ts'
import { rankOnly, squeeze } from './spatial.ts'

interface Pool {
  readonly self: OnnxValue
  readonly kernel_size: readonly number[]
  readonly output_size: readonly number[]
  readonly random_samples: OnnxValue
}

/** First positions of the windows of one axis for each plane, [N, C, o]. */
function starts(sample: OnnxValue, extent: ScalarOperand, kernel: number, count: number, b: OnnxBuilder): OnnxValue {
  const { dtype } = sample
  const last = b.number(intOp(b, 'Sub', extent, kernel), 'int64')
  const whole = b.op('Add', [b.op('Mul', [b.cast(b.unsqueeze(sample, [2]), 'int64'), b.scalar('int64', 0)]), last], {}, rankOnly(3))
  if (count === 1) return whole
  const alpha = b.op('Div', [b.cast(last, dtype), b.scalar(dtype, count - 1)], {}, { dims: [] })
  const line = b.elements(dtype, [count - 1], range(count - 1))
  const floor = (x: OnnxValue): OnnxValue => b.cast(x, 'int64')
  const u = b.unsqueeze(sample, [2])
  const steps = b.op('Sub', [floor(b.op('Mul', [b.op('Add', [line, u]), alpha])), floor(b.op('Mul', [u, alpha]))], {}, rankOnly(3))
  return b.op('Concat', [steps, whole], { axis: 2 }, rankOnly(3))
}

function fractionalPool({ self, kernel_size: kernel, output_size: size, random_samples }: Pool, b: OnnxBuilder): OnnxValue[] {
  const n = kernel.length
  const unbatched = self.dims!.length === n + 1
  const x = unbatched ? b.unsqueeze(self, [0]) : self
  const samples = b.cast(random_samples, x.dtype)
  // Places in the plane, [N, C, o₁, …, k₁, …], row-major, built axis by axis. Of a plane the samples come last axis first; of a volume in order.
  let place: OnnxValue | undefined
  for (const axis of range(n)) {
    const sample = b.op('Gather', [samples, b.scalar('int64', n === 2 ? 1 - axis : axis)], { axis: 2 }, rankOnly(2))
    const first = starts(sample, b.size(x, axis + 2), kernel[axis]!, size[axis]!, b)
    const spread = b.unsqueeze(
      first,
      range(2 * n)
        .filter((i) => i !== axis)
        .map((i) => i + 2),
    )
    const within = b.elements(
      'int64',
      range(n).map((i) => (i === axis ? kernel[axis]! : 1)),
      range(kernel[axis]!).map(BigInt),
    )
    const at = b.op('Add', [spread, within], {}, rankOnly(2 * n + 2))
    place =
      place === undefined ? at : b.op('Add', [b.op('Mul', [place, b.number(b.size(x, axis + 2), 'int64')]), at], {}, rankOnly(2 * n + 2))
  }
  const head = b.op('Slice', [b.shape(x), b.ints([0]), b.ints([2]), b.ints([0])], {}, { dims: [2] })
  const shaped = (value: OnnxValue, tail: readonly number[]): OnnxValue =>
    b.op(
      'Reshape',
      [value, b.op('Concat', [head, b.ints(tail)], { axis: 0 }, { dims: [2 + tail.length] })],
      { allowzero: 0 },
      rankOnly(2 + tail.length),
    )
  const windows = kernel.reduce((p, k) => p * k, 1)
  const count = size.reduce((p, o) => p * o, 1)
  const index = shaped(place!, [count * windows])
  const values = b.op('GatherElements', [shaped(x, [-1]), index], { axis: 2 }, rankOnly(3))
  const [grid, places] = [values, index].map((value) => shaped(value, [...size, windows])) as [OnnxValue, OnnxValue]
  // NaN is greater than all: the last of them.
  const nan = b.cast(b.op('IsNaN', [grid]), 'int32')
  const some = b.cast(b.op('ReduceMax', [nan, b.ints([n + 2])], { keepdims: 1 }, rankOnly(n + 3)), 'bool')
  const arg = (from: OnnxValue, latest: number): OnnxValue =>
    b.op('ArgMax', [from], { axis: n + 2, keepdims: 1, select_last_index: latest }, rankOnly(n + 3))
  const clean = b.op('Where', [b.op('IsNaN', [grid]), like(b, grid, -Infinity), grid], {}, rankOnly(n + 3))
  const best = b.op('Where', [some, arg(nan, 1), arg(clean, 0)], {}, rankOnly(n + 3))
  return [grid, places].map((value) => {
    const picked = squeeze(b.op('GatherElements', [value, best], { axis: n + 2 }, rankOnly(n + 3)), [n + 2], b)
    return unbatched ? squeeze(picked, [0], b) : picked
  })
}

const NEEDS = { constant: ['kernel_size', 'output_size'], rank: ['self'] } as const

export const fractionalPoolingLowerings: readonly LoweringRow[] = [
  lower(
    'aten::fractional_max_pool2d(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples) -> (Tensor, Tensor)',
    NEEDS,
    fractionalPool,
  ),
  lower(
    'aten::fractional_max_pool3d(Tensor self, int[3] kernel_size, int[3] output_size, Tensor random_samples) -> (Tensor, Tensor)',
    NEEDS,
    fractionalPool,
  ),
]
