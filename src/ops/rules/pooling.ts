// dtype and shape of pooling. Mirrors aten/src/ATen/native/Pool.h, AdaptiveAveragePooling.cpp, AdaptiveMaxPooling2d.cpp.

import type { Dim } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimsOf, knownBool } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { ceilWindowCount, spread, spreadInts, windowCount } from './spatial.ts'

interface PoolArgs {
  readonly self: Fact
  readonly kernel_size: Fact
  readonly stride: Fact
  readonly padding: Fact
  readonly dilation?: Fact
  readonly ceil_mode: Fact
}

/** The last n axes pooled, those before kept. An empty stride is the kernel. */
function pooled(args: PoolArgs, n: number): Fact {
  const { self, ceil_mode } = args
  if (self.dims === undefined) return tensorFact(self.dtype, undefined)
  const kernel = spreadInts(args.kernel_size, n)
  const stride = args.stride.items?.length === 0 ? kernel : spreadInts(args.stride, n)
  const padding = spreadInts(args.padding, n)
  const dilation = args.dilation === undefined ? undefined : spreadInts(args.dilation, n)
  const ceil = knownBool(ceil_mode)
  const spatial = self.dims.slice(-n).map((extent, i): Dim => {
    const [k, s, p] = [kernel?.[i] ?? null, stride?.[i] ?? null, padding?.[i] ?? null]
    const d = args.dilation === undefined ? 1 : (dilation?.[i] ?? null)
    if (ceil === undefined) return null
    return ceil ? ceilWindowCount(extent, k, s, p, d) : windowCount(extent, k, s, p === null ? null : 2 * p, d)
  })
  return tensorFact(self.dtype, [...self.dims.slice(0, -n), ...spatial])
}

/** The last n axes have the sizes asked for. */
function adaptive(self: Fact, output: Fact, n: number): Fact {
  const sizes = dimsOf(output)
  if (self.dims === undefined) return tensorFact(self.dtype, undefined)
  const spatial = sizes === undefined ? Array.from({ length: n }, () => null) : spread(sizes, n)
  return tensorFact(self.dtype, [...self.dims.slice(0, -n), ...spatial])
}

const withIndices = (values: Fact): Fact[] => [values, tensorFact('int64', values.dims)]

export const poolingRules: readonly Rule[] = [
  rule(
    'aten::max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> Tensor',
    (args) => pooled(args, 1),
  ),
  rule(
    'aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor',
    (args) => pooled(args, 2),
  ),
  rule(
    'aten::max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor',
    (args) => pooled(args, 3),
  ),
  rule(
    'aten::max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> (Tensor, Tensor)',
    (args) => withIndices(pooled(args, 1)),
  ),
  rule(
    'aten::max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)',
    (args) => withIndices(pooled(args, 2)),
  ),
  rule(
    'aten::max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)',
    (args) => withIndices(pooled(args, 3)),
  ),
  rule(
    'aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> Tensor',
    (args) => pooled(args, 1),
  ),
  rule(
    'aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor',
    (args) => pooled(args, 2),
  ),
  rule(
    'aten::avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor',
    (args) => pooled(args, 3),
  ),
  rule('aten::adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor', ({ self, output_size }) => adaptive(self, output_size, 1)),
  ...rules(
    [
      'aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor',
      'aten::_adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor',
    ],
    ({ self, output_size }) => adaptive(self, output_size, 2),
  ),
  ...rules(
    [
      'aten::adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor',
      'aten::_adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor',
    ],
    ({ self, output_size }) => adaptive(self, output_size, 3),
  ),
  rule('aten::adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)', ({ self, output_size }) =>
    withIndices(adaptive(self, output_size, 1)),
  ),
  rule('aten::adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)', ({ self, output_size }) =>
    withIndices(adaptive(self, output_size, 2)),
  ),
  rule('aten::adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)', ({ self, output_size }) =>
    withIndices(adaptive(self, output_size, 3)),
  ),
  rule('aten::max_unpool2d(Tensor self, Tensor indices, SymInt[2] output_size) -> Tensor', ({ self, output_size }) =>
    adaptive(self, output_size, 2),
  ),
  rule(
    'aten::max_unpool3d(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding) -> Tensor',
    ({ self, output_size }) => adaptive(self, output_size, 3),
  ),
]
