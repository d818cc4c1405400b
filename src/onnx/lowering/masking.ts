// Positions and masks: nonzero and its forms, masked_select, masked_scatter. ONNX NonZero-13, Compress-11, ScatterND-18.

import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, Operand } from '../operand.ts'
import { broadcastAll } from './broadcasting.ts'
import { vectorOf } from './int-math.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'

/** Positions of elements that are not zero, [n, rank]; a 0-d tensor has positions of no coordinates. */
function nonzero(x: OnnxValue, b: OnnxBuilder): OnnxValue {
  const rank = x.dims!.length
  const truth = b.cast(x, 'bool')
  const found = b.op('NonZero', [rank === 0 ? b.reshapeTo(truth, [1]) : truth], {}, { dims: [Math.max(1, rank), null] })
  const rows = b.transpose(found, [1, 0])
  return rank > 0 ? rows : b.op('Slice', [rows, b.ints([0]), b.ints([0]), b.ints([1])], {}, { dims: [null, 0] })
}

/** One vector of positions for each axis. */
function coordinates(x: OnnxValue, length: number | undefined, b: OnnxBuilder): Operand {
  const wide = x.dims?.length === 0 ? b.reshapeTo(x, [1]) : x
  // `rows, columns = torch.where(…)` tells the rank, too.
  const rank = wide.dims?.length ?? length
  if (rank === undefined) throw new UnmetNeed('condition', 'its rank to be known')
  const found = b.op('NonZero', [b.cast(wide, 'bool')], {}, { dims: [rank, null] })
  return {
    kind: 'list',
    items: range(rank).map((axis) => b.op('Gather', [found, b.scalar('int64', axis)], { axis: 0 }, { dims: [null] })),
  }
}

export const maskingLowerings: readonly LoweringRow[] = [
  lower('aten::nonzero(Tensor self) -> Tensor', { rank: ['self'] }, ({ self }, b) => nonzero(self, b)),
  lower('aten::argwhere(Tensor self) -> Tensor', { rank: ['self'] }, ({ self }, b) => nonzero(self, b)),
  lower('aten::nonzero_numpy(Tensor self) -> Tensor[]', { rank: ['self'] }, ({ self }, b) => coordinates(self, undefined, b)),
  lower('aten::where(Tensor condition) -> Tensor[]', ({ condition }, b, [out]) => coordinates(condition, out?.length, b)),
  lower(
    'aten::nonzero_static(Tensor self, *, SymInt size, int fill_value=-1) -> Tensor',
    { constant: ['fill_value'], rank: ['self'] },
    ({ self, size, fill_value }, b, [out]) => {
      const width = self.dims!.length
      const shape = b.op('Concat', [vectorOf(b, size), b.ints([width])], { axis: 0 }, { dims: [2] })
      const filler = b.op('Expand', [b.scalar('int64', fill_value), shape], {}, { dims: [null, width] })
      const all = b.op('Concat', [nonzero(self, b), filler], { axis: 0 }, { dims: [null, width] })
      return b.op('Slice', [all, b.ints([0]), vectorOf(b, size), b.ints([0])], {}, out)
    },
  ),
  lower('aten::masked_select(Tensor self, Tensor mask) -> Tensor', { rank: ['self', 'mask'] }, ({ self, mask }, b) => {
    const [x, m] = broadcastAll([self, b.cast(mask, 'bool')], b) as [OnnxValue, OnnxValue]
    return b.op('Compress', [b.reshapeTo(x, [-1]), b.reshapeTo(m, [-1])], { axis: 0 }, { dims: [null] })
  }),
  lower(
    'aten::masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor',
    { rank: ['self', 'mask'] },
    ({ self, mask, source }, b) => {
      const [x, m] = broadcastAll([self, b.cast(mask, 'bool')], b) as [OnnxValue, OnnxValue]
      const where = b.transpose(b.op('NonZero', [b.reshapeTo(m, [-1])], {}, { dims: [1, null] }), [1, 0])
      const count = b.op('Slice', [b.shape(where), b.ints([0]), b.ints([1]), b.ints([0])], {}, { dims: [1] })
      const updates = b.op('Slice', [b.reshapeTo(b.cast(source, self.dtype), [-1]), b.ints([0]), count, b.ints([0])], {}, { dims: [null] })
      const put = b.op('ScatterND', [b.reshapeTo(x, [-1]), where, updates], { reduction: 'none' }, { dims: [null] })
      return b.op('Reshape', [put, b.shape(x)], { allowzero: 1 }, { dims: x.dims })
    },
  ),
]
