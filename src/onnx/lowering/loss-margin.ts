// Margin, ranking and count losses, and distances of all pairs. Reductions: 0 none, 1 mean, 2 sum.
// Answers to aten/src/ATen/native/Loss.cpp, LossMultiMargin.cpp, LossMultiLabelMargin.cpp and Distance.cpp.

import type { OnnxBuilder, ResultType } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'
import { floatResult, like, opmath, tensor } from './compute.ts'
import { countTo } from './int-math.ts'
import { classForward } from './loss.ts'
import { average, vectorNorm } from './reduce.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly, squeeze } from './spatial.ts'

export function reduceLoss(x: OnnxValue, reduction: number, b: OnnxBuilder): OnnxValue {
  return reduction === 0 ? x : reduction === 1 ? average(b, x, undefined, false) : b.op('ReduceSum', [x], { keepdims: 0 }, { dims: [] })
}

/** `build` in a float dtype that holds all operands, float16 widened; then the reduction. */
function loss(
  values: readonly OnnxValue[],
  reduction: number,
  b: OnnxBuilder,
  out: readonly ResultType[],
  build: (...values: OnnxValue[]) => OnnxValue,
): OnnxValue {
  const dtype = floatResult(out, ...values.map(tensor))
  const work = opmath(dtype)
  return b.cast(reduceLoss(build(...values.map((value) => b.cast(value, work))), reduction, b), dtype)
}

const sumLast = (x: OnnxValue, b: OnnxBuilder): OnnxValue =>
  b.op('ReduceSum', [x, b.ints([-1])], { keepdims: 0 }, x.dims === undefined ? {} : { dims: x.dims.slice(0, -1) })
const positive = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Relu', [x])
const equals = (x: OnnxValue, value: number, b: OnnxBuilder): OnnxValue => b.op('Equal', [x, like(b, x, value)])

/** (Σ|x − y + ε|^p)^(1/p) over the last axis. */
const distance = (x: OnnxValue, y: OnnxValue, p: number, eps: number, b: OnnxBuilder): OnnxValue =>
  vectorNorm(b, b.op('Add', [b.op('Sub', [x, y]), like(b, x, eps)]), p, [-1], false)

/** [N, C] and [N] of [C] and a number. */
function rowsOf(x: OnnxValue, b: OnnxBuilder): OnnxValue {
  return x.dims!.length >= 2 ? x : b.reshapeTo(x, [1, -1])
}
/** Of one sample without a batch: a number. */
const perSample = (x: OnnxValue, self: OnnxValue, reduction: number, b: OnnxBuilder): OnnxValue =>
  reduction === 0 && self.dims!.length < 2 ? squeeze(x, [0], b) : x

interface MultiLabel {
  readonly self: OnnxValue
  readonly target: OnnxValue
  readonly reduction: number
}
/** Σ over targets j and all others i of max(0, 1 − x_j + x_i) / C. Targets end at the first −1. Gives the loss and which classes are targets. */
function multiLabelMargin({ self, target, reduction }: MultiLabel, b: OnnxBuilder): OnnxValue[] {
  const x = rowsOf(b.cast(self, opmath(self.dtype)), b)
  const labels = rowsOf(b.cast(target, 'int64'), b)
  const ended = b.op('CumSum', [b.cast(b.op('Less', [labels, b.scalar('int64', 0)]), 'int64'), b.scalar('int64', 1)], {}, rankOnly(2))
  const used = b.op('Equal', [ended, b.scalar('int64', 0)], {}, rankOnly(2))
  // [N, j, class]
  const chosen = b.op('And', [b.op('Equal', [b.unsqueeze(labels, [2]), countTo(b, b.size(x, 1))], {}, rankOnly(3)), b.unsqueeze(used, [2])])
  const isTarget = b.op('ReduceMax', [b.cast(chosen, x.dtype), b.ints([1])], { keepdims: 0 }, rankOnly(2))
  const safe = b.op('Where', [used, labels, b.scalar('int64', 0)], {}, rankOnly(2))
  const own = b.op('GatherElements', [x, safe], { axis: 1 }, rankOnly(2))
  const gap = positive(b.op('Sub', [b.op('Add', [b.unsqueeze(x, [1]), like(b, x, 1)]), b.unsqueeze(own, [2])], {}, rankOnly(3)), b)
  const weight = b.op('Mul', [b.cast(b.unsqueeze(used, [2]), x.dtype), b.unsqueeze(b.op('Sub', [like(b, x, 1), isTarget]), [1])])
  const total = b.op('ReduceSum', [b.op('Mul', [gap, weight]), b.ints([1, 2])], { keepdims: 0 }, rankOnly(1))
  const each = b.op('Div', [total, b.cast(b.number(b.size(x, 1), 'int64'), x.dtype)])
  const marks =
    self.dims!.length < 2 || target.dims!.length < 2
      ? b.op('Reshape', [isTarget, b.shape(target)], { allowzero: 1 }, { dims: target.dims })
      : isTarget
  return [b.cast(reduceLoss(perSample(each, self, reduction, b), reduction, b), self.dtype), b.cast(marks, self.dtype)]
}

/** Distances of every row to every later one. */
function pairDistances(self: OnnxValue, p: number, b: OnnxBuilder): OnnxValue {
  const x = b.cast(self, opmath(self.dtype))
  const all = vectorNorm(b, b.op('Sub', [b.unsqueeze(x, [1]), b.unsqueeze(x, [0])], {}, rankOnly(3)), p, [-1], false)
  const count = b.size(self, 0)
  const line = countTo(b, count)
  const upper = b.op('Less', [b.unsqueeze(line, [1]), b.unsqueeze(line, [0])], {}, rankOnly(2))
  return b.cast(b.op('Compress', [b.reshapeTo(all, [-1]), b.reshapeTo(upper, [-1])], { axis: 0 }, { dims: [null] }), self.dtype)
}

export const marginLossLowerings: readonly LoweringRow[] = [
  lower(
    'aten::cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor',
    { constant: ['margin', 'reduction'] },
    ({ input1, input2, target, margin, reduction }, b, out) =>
      loss([input1, input2], reduction, b, out, (x, y) => {
        const square = (v: OnnxValue): OnnxValue => b.op('Add', [sumLast(b.op('Mul', [v, v]), b), like(b, v, 1e-12)])
        const cosine = b.op('Div', [sumLast(b.op('Mul', [x, y]), b), b.op('Sqrt', [b.op('Mul', [square(x), square(y)])])])
        const zero = like(b, x, 0)
        const alike = b.op('Where', [equals(target, 1, b), b.op('Sub', [like(b, x, 1), cosine]), zero])
        const apart = b.op('Where', [equals(target, -1, b), positive(b.op('Sub', [cosine, like(b, x, margin)]), b), zero])
        return b.op('Add', [alike, apart])
      }),
  ),
  lower(
    'aten::hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=1) -> Tensor',
    { constant: ['margin', 'reduction'] },
    ({ self, target, margin, reduction }, b, out) =>
      loss([self], reduction, b, out, (x) => {
        const zero = like(b, x, 0)
        const near = b.op('Where', [equals(target, 1, b), zero, positive(b.op('Sub', [like(b, x, margin), x]), b)])
        return b.op('Add', [near, b.op('Where', [equals(target, -1, b), zero, x])])
      }),
  ),
  lower(
    'aten::margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor',
    { constant: ['margin', 'reduction'] },
    ({ input1, input2, target, margin, reduction }, b, out) =>
      loss([input1, input2, target], reduction, b, out, (x, y, t) =>
        positive(b.op('Add', [b.op('Mul', [b.op('Neg', [t]), b.op('Sub', [x, y])]), like(b, x, margin)]), b),
      ),
  ),
  lower(
    'aten::triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1., float p=2., float eps=9.9999999999999995e-07, bool swap=False, int reduction=1) -> Tensor',
    { constant: ['margin', 'p', 'eps', 'reduction'] },
    ({ anchor, positive: like1, negative, margin, p, eps, swap, reduction }, b, out) =>
      loss([anchor, like1, negative], reduction, b, out, (a, x, y) => {
        const far = distance(a, y, p, eps, b)
        const other = swap ? b.op('Min', [far, distance(x, y, p, eps, b)]) : far
        return positive(b.op('Sub', [b.op('Add', [distance(a, x, p, eps, b), like(b, a, margin)]), other]), b)
      }),
  ),
  lower(
    'aten::poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction) -> Tensor',
    { constant: ['eps', 'reduction'] },
    ({ input, target, log_input, full, eps, reduction }, b, out) =>
      loss([input, target], reduction, b, out, (x, t) => {
        const rate = log_input ? b.op('Exp', [x]) : x
        const log = log_input ? x : b.op('Log', [b.op('Add', [x, like(b, x, eps)])])
        const base = b.op('Sub', [rate, b.op('Mul', [t, log])])
        if (!full) return base
        // Stirling: t·log t − t + ½·log 2πt, where t > 1.
        const stirling = b.op('Add', [
          b.op('Sub', [b.op('Mul', [t, b.op('Log', [t])]), t]),
          b.op('Mul', [b.op('Log', [b.op('Mul', [t, like(b, t, 2 * Math.PI)])]), like(b, t, 0.5)]),
        ])
        return b.op('Add', [base, b.op('Where', [b.op('LessOrEqual', [t, like(b, t, 1)]), like(b, t, 0), stirling])])
      }),
  ),
  lower(
    'aten::multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=1) -> Tensor',
    { constant: ['p', 'margin', 'reduction'], rank: ['self', 'target'] },
    ({ self, target, p, margin, weight, reduction }, b) => {
      if (p !== 1 && p !== 2) throw new UnmetNeed('p', 'to be 1 or 2')
      const x = rowsOf(b.cast(self, opmath(self.dtype)), b)
      const labels = b.reshapeTo(b.cast(target, 'int64'), [-1, 1])
      const own = b.op('GatherElements', [x, labels], { axis: 1 }, rankOnly(2))
      const gap = positive(b.op('Add', [b.op('Sub', [x, own]), like(b, x, margin)]), b)
      const powered = p === 1 ? gap : b.op('Mul', [gap, gap])
      const weighted =
        weight === undefined ? powered : b.op('Mul', [powered, b.op('Gather', [b.cast(weight, x.dtype), labels], { axis: 0 }, rankOnly(2))])
      const isOwn = b.op('Equal', [countTo(b, b.size(x, 1)), labels], {}, rankOnly(2))
      const others = b.op('Where', [isOwn, like(b, x, 0), weighted], {}, rankOnly(2))
      const each = b.op('ReduceMean', [others, b.ints([1])], { keepdims: 0 }, rankOnly(1))
      const shaped = reduction === 0 && target.dims!.length === 0 ? squeeze(each, [0], b) : each
      return b.cast(reduceLoss(shaped, reduction, b), self.dtype)
    },
  ),
  lower(
    'aten::multilabel_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor',
    { constant: ['reduction'], rank: ['self', 'target'] },
    (args, b) => multiLabelMargin(args, b)[0]!,
  ),
  lower(
    'aten::multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor output, Tensor is_target)',
    { constant: ['reduction'], rank: ['self', 'target'] },
    (args, b) => multiLabelMargin(args, b),
  ),
  lower(
    'aten::nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)',
    { constant: ['reduction', 'ignore_index'], rank: ['self'] },
    (args, b) => classForward(args, b),
  ),
  lower('aten::pdist(Tensor self, float p=2.) -> Tensor', { constant: ['p'] }, ({ self, p }, b) => pairDistances(self, p, b)),
  lower('aten::_pdist_forward(Tensor self, float p=2.) -> Tensor', { constant: ['p'] }, ({ self, p }, b) => pairDistances(self, p, b)),
]
