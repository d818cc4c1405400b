// dtype and shape of padding. Lists go from the last axis to the first, two ints each. Mirrors aten/src/ATen/native/PadNd.cpp.

import { dimAdd, type Dim } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimsOf, knownBool } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

export function padded(self: Fact, pad: Fact): Fact {
  const pads = dimsOf(pad)
  if (self.dims === undefined || pads === undefined)
    return tensorFact(
      self.dtype,
      self.dims?.map(() => null),
    )
  const rank = self.dims.length
  return tensorFact(
    self.dtype,
    self.dims.map((dim, axis): Dim => {
      const at = 2 * (rank - 1 - axis)
      return at + 1 < pads.length ? dimAdd(dim, dimAdd(pads[at]!, pads[at + 1]!)) : dim
    }),
  )
}

/** [B, T, …] or [T, B, …] from sequences [Tᵢ, …]. */
function sequences(list: Fact, batchFirst: boolean | undefined): Fact {
  const first = list.items?.[0] ?? list.element
  const rest = first?.dims?.slice(1)
  const lengths = list.items?.map((item) => item.dims?.[0] ?? null)
  const longest = lengths?.every((n) => typeof n === 'number') === true ? Math.max(...(lengths as number[])) : null
  const count = list.items?.length ?? null
  if (rest === undefined || batchFirst === undefined) return tensorFact(first?.dtype, undefined)
  return tensorFact(first?.dtype, batchFirst ? [count, longest, ...rest] : [longest, count, ...rest])
}

export const paddingRules: readonly Rule[] = [
  rule('aten::constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor', ({ self, pad }) => padded(self, pad)),
  ...rules(
    [
      'aten::pad(Tensor self, SymInt[] pad, str mode="constant", float? value=None) -> Tensor',
      'aten::_pad_enum(Tensor self, SymInt[] pad, int mode, float? value=None) -> Tensor',
      'aten::_pad_circular(Tensor self, SymInt[] pad) -> Tensor',
    ],
    ({ self, pad }) => padded(self, pad),
  ),
  ...rules(
    [
      'aten::reflection_pad1d(Tensor self, SymInt[2] padding) -> Tensor',
      'aten::reflection_pad2d(Tensor self, SymInt[4] padding) -> Tensor',
      'aten::reflection_pad3d(Tensor self, SymInt[6] padding) -> Tensor',
      'aten::replication_pad1d(Tensor self, SymInt[2] padding) -> Tensor',
      'aten::replication_pad2d(Tensor self, SymInt[4] padding) -> Tensor',
      'aten::replication_pad3d(Tensor self, SymInt[6] padding) -> Tensor',
    ],
    ({ self, padding }) => padded(self, padding),
  ),
  rule(
    'aten::pad_sequence(Tensor[] sequences, bool batch_first=False, float padding_value=0., str padding_side="right") -> Tensor',
    (args) => sequences(args.sequences, knownBool(args.batch_first)),
  ),
]
