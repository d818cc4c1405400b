// Losses, for models that return one. Reductions: 0 none, 1 mean, 2 sum. Answers to aten/src/ATen/native/{Loss,LossNLL}.cpp.

import type { ScalarType } from '../../ir/scalar-type.ts'
import { isFloatingPoint } from '../../ir/scalar-type.ts'
import type { OnnxBuilder, ResultType } from '../builder.ts'
import { dimAt, type OnnxValue } from '../operand.ts'
import { floatResult, opmath, tensor } from './compute.ts'
import { average } from './reduce.ts'
import { lower, lowers, type LoweringRow } from './row.ts'
import { rankOnly, squeeze } from './spatial.ts'

function reduce(x: OnnxValue, reduction: number, b: OnnxBuilder): OnnxValue {
  return reduction === 0 ? x : reduction === 1 ? average(b, x, undefined, false) : b.op('ReduceSum', [x], { keepdims: 0 }, { dims: [] })
}

interface Pair {
  readonly self: OnnxValue
  readonly target: OnnxValue
  readonly reduction: number
}
/** A loss per element, in the promoted dtype. */
function elementwise(
  { self, target, reduction }: Pair,
  b: OnnxBuilder,
  out: readonly ResultType[],
  loss: (x: OnnxValue, y: OnnxValue) => OnnxValue,
): OnnxValue {
  const dtype = floatResult(out, tensor(self), tensor(target))
  const work = opmath(dtype)
  return b.cast(reduce(loss(b.cast(self, work), b.cast(target, work)), reduction, b), dtype)
}

const number = (x: OnnxValue, value: number, b: OnnxBuilder): OnnxValue => b.scalar(x.dtype, value)
const distance = (x: OnnxValue, y: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Abs', [b.op('Sub', [x, y])])
const square = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Mul', [x, x])
/** log(1 + eˣ) without overflow: max(x, 0) + log(1 + e^−|x|). */
const softplus = (x: OnnxValue, b: OnnxBuilder): OnnxValue =>
  b.op('Add', [
    b.op('Max', [x, number(x, 0, b)]),
    b.op('Log', [b.op('Add', [b.op('Exp', [b.op('Neg', [b.op('Abs', [x])])]), number(x, 1, b)])]),
  ])
/** t·log t, which is 0 at 0. */
const selfEntropy = (t: OnnxValue, b: OnnxBuilder): OnnxValue =>
  b.op('Where', [b.op('Equal', [t, number(t, 0, b)]), number(t, 0, b), b.op('Mul', [t, b.op('Log', [t])])])

interface Classes {
  readonly target: OnnxValue
  readonly weight: OnnxValue | undefined
  readonly reduction: number
  readonly ignore_index: number
}

/** A class per sample: [loss, total weight] from log-probabilities [N, C, …]. `smoothing` spreads a share over all classes. */
function classLoss(logs: OnnxValue, args: Classes, smoothing: number, b: OnnxBuilder): OnnxValue[] {
  const { dtype } = logs
  const single = logs.dims!.length === 1
  const x = single ? b.unsqueeze(logs, [0]) : logs
  const target = b.cast(single ? b.unsqueeze(args.target, [0]) : args.target, 'int64')
  const used = b.op('Not', [b.op('Equal', [target, b.scalar('int64', args.ignore_index)])])
  const index = b.op('Where', [used, target, b.scalar('int64', 0)])
  const rank = x.dims!.length
  const chosen = b.op('GatherElements', [x, b.unsqueeze(index, [1])], { axis: 1 }, rankOnly(rank))
  const weights = args.weight === undefined ? undefined : b.cast(args.weight, dtype)
  const rowWeight =
    weights === undefined ? b.cast(used, dtype) : b.op('Mul', [b.op('Gather', [weights, index], { axis: 0 }), b.cast(used, dtype)])
  // A sample that is left out adds 0, whatever its log-probability.
  const zero = b.scalar(dtype, 0)
  const own = b.op('Where', [used, b.op('Neg', [b.op('Mul', [squeeze(chosen, [1], b), rowWeight])]), zero], {}, rankOnly(rank - 1))
  const total = b.op('ReduceSum', [rowWeight], { keepdims: 0 }, { dims: [] })
  const finish = (loss: OnnxValue): OnnxValue => {
    if (args.reduction === 0) return single ? squeeze(loss, [0], b) : loss
    const sum = b.op('ReduceSum', [loss], { keepdims: 0 }, { dims: [] })
    return args.reduction === 1 ? b.op('Div', [sum, total]) : sum
  }
  if (smoothing === 0) return [finish(own), total]
  const scaled = weights === undefined ? x : b.op('Mul', [x, b.reshapeTo(weights, [1, -1, ...Array.from({ length: rank - 2 }, () => 1)])])
  const all = b.op('Neg', [b.op('ReduceSum', [scaled, b.ints([1])], { keepdims: 0 }, rankOnly(rank - 1))])
  const spread = finish(b.op('Where', [used, all, zero], {}, rankOnly(rank - 1)))
  const share = b.op('Div', [b.scalar(dtype, smoothing), classCount(x, b)])
  return [b.op('Add', [b.op('Mul', [finish(own), b.scalar(dtype, 1 - smoothing)]), b.op('Mul', [spread, share])]), total]
}
const classCount = (x: OnnxValue, b: OnnxBuilder): OnnxValue => {
  const count = dimAt(x, 1)
  return typeof count === 'number' ? b.scalar(x.dtype, count) : b.cast(b.number(b.size(x, 1), 'int64'), x.dtype)
}

/** A probability per class: the mean is over samples, not elements. */
function probabilityLoss(logs: OnnxValue, args: Classes, smoothing: number, b: OnnxBuilder): OnnxValue {
  const { dtype } = logs
  const rank = logs.dims!.length
  const axis = rank === 1 ? 0 : 1
  const given = b.cast(args.target, dtype)
  const count = b.cast(b.number(b.size(logs, axis), 'int64'), dtype)
  const target =
    smoothing === 0
      ? given
      : b.op('Add', [b.op('Mul', [given, b.scalar(dtype, 1 - smoothing)]), b.op('Div', [b.scalar(dtype, smoothing), count])])
  const weights =
    args.weight === undefined
      ? undefined
      : b.reshapeTo(b.cast(args.weight, dtype), [-1, ...Array.from({ length: rank - 1 - axis }, () => 1)])
  const product = b.op('Mul', [logs, target])
  const weighted = weights === undefined ? product : b.op('Mul', [product, weights])
  if (args.reduction === 0) return b.op('Neg', [b.op('ReduceSum', [weighted, b.ints([axis])], { keepdims: 0 }, rankOnly(rank - 1))])
  const sum = b.op('Neg', [b.op('ReduceSum', [weighted], { keepdims: 0 }, { dims: [] })])
  if (args.reduction === 2) return sum
  const samples = b.op('Div', [b.number(b.numel(logs), 'int64'), b.number(b.size(logs, axis), 'int64')])
  return b.op('Div', [sum, b.cast(samples, dtype)])
}

const wide = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.cast(x, opmath(x.dtype))
const back = (values: readonly OnnxValue[], dtype: ScalarType, b: OnnxBuilder): OnnxValue[] => values.map((value) => b.cast(value, dtype))

/** The loss and the weight that it was divided by. */
export function classForward(args: Classes & { readonly self: OnnxValue }, b: OnnxBuilder): OnnxValue[] {
  const [loss, total] = back(classLoss(wide(args.self, b), args, 0, b), args.self.dtype, b)
  // Without a reduction no total is counted.
  return [loss!, args.reduction === 0 ? b.scalar(args.self.dtype, 0) : total!]
}

const CLASSES = { constant: ['reduction', 'ignore_index'], rank: ['self'] } as const

export const lossLowerings: readonly LoweringRow[] = [
  lower('aten::mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor', { constant: ['reduction'] }, (args, b, out) =>
    elementwise(args, b, out, (x, y) => square(b.op('Sub', [x, y]), b)),
  ),
  lower('aten::l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor', { constant: ['reduction'] }, (args, b, out) =>
    elementwise(args, b, out, (x, y) => distance(x, y, b)),
  ),
  lower(
    'aten::smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor',
    { constant: ['reduction', 'beta'] },
    (args, b, out) =>
      elementwise(args, b, out, (x, y) => {
        const d = distance(x, y, b)
        if (args.beta === 0) return d
        const near = b.op('Mul', [square(d, b), number(d, 0.5 / args.beta, b)])
        return b.op('Where', [b.op('Less', [d, number(d, args.beta, b)]), near, b.op('Sub', [d, number(d, args.beta / 2, b)])])
      }),
  ),
  lower(
    'aten::huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor',
    { constant: ['reduction', 'delta'] },
    (args, b, out) =>
      elementwise(args, b, out, (x, y) => {
        const d = distance(x, y, b)
        const far = b.op('Mul', [b.op('Sub', [d, number(d, args.delta / 2, b)]), number(d, args.delta, b)])
        return b.op('Where', [b.op('LessOrEqual', [d, number(d, args.delta, b)]), b.op('Mul', [square(d, b), number(d, 0.5, b)]), far])
      }),
  ),
  lower(
    'aten::kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) -> Tensor',
    { constant: ['reduction'] },
    (args, b, out) =>
      elementwise(args, b, out, (x, y) =>
        args.log_target ? b.op('Mul', [b.op('Exp', [y]), b.op('Sub', [y, x])]) : b.op('Sub', [selfEntropy(y, b), b.op('Mul', [y, x])]),
      ),
  ),
  lower(
    'aten::binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> Tensor',
    { constant: ['reduction'] },
    (args, b, out) =>
      elementwise(args, b, out, (x, y) => {
        // Logarithms are held at −100, as torch does.
        const log = (p: OnnxValue): OnnxValue => b.op('Max', [b.op('Log', [p]), number(x, -100, b)])
        const one = number(x, 1, b)
        const yes = b.op('Mul', [y, log(x)])
        const no = b.op('Mul', [b.op('Sub', [one, y]), log(b.op('Sub', [one, x]))])
        const loss = b.op('Neg', [b.op('Add', [yes, no])])
        return args.weight === undefined ? loss : b.op('Mul', [loss, b.cast(args.weight, x.dtype)])
      }),
  ),
  lower(
    'aten::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=1) -> Tensor',
    { constant: ['reduction'] },
    (args, b, out) =>
      elementwise(args, b, out, (x, y) => {
        // (1 − y)·x + w·log(1 + e^−x), w = 1 + (pos_weight − 1)·y.
        const one = number(x, 1, b)
        const tail = softplus(b.op('Neg', [x]), b)
        const weight =
          args.pos_weight === undefined
            ? undefined
            : b.op('Add', [b.op('Mul', [b.op('Sub', [b.cast(args.pos_weight, x.dtype), one]), y]), one])
        const rest = weight === undefined ? tail : b.op('Mul', [weight, tail])
        const loss = b.op('Add', [b.op('Mul', [b.op('Sub', [one, y]), x]), rest])
        return args.weight === undefined ? loss : b.op('Mul', [loss, b.cast(args.weight, x.dtype)])
      }),
  ),
  lower('aten::soft_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor', { constant: ['reduction'] }, (args, b, out) =>
    elementwise(args, b, out, (x, y) => softplus(b.op('Neg', [b.op('Mul', [x, y])]), b)),
  ),
  ...lowers(
    [
      'aten::nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor',
      'aten::nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor',
      'aten::nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor',
    ],
    CLASSES,
    (args, b) => b.cast(classLoss(wide(args.self, b), args, 0, b)[0]!, args.self.dtype),
  ),
  lower(
    'aten::nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)',
    CLASSES,
    (args, b) => classForward(args, b),
  ),
  lower(
    'aten::cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100, float label_smoothing=0.) -> Tensor',
    { constant: ['reduction', 'ignore_index', 'label_smoothing'], rank: ['self'] },
    (args, b) => {
      const x = wide(args.self, b)
      const logs = b.op('LogSoftmax', [x], { axis: x.dims!.length === 1 ? 0 : 1 })
      const loss = isFloatingPoint(args.target.dtype)
        ? probabilityLoss(logs, args, args.label_smoothing, b)
        : classLoss(logs, args, args.label_smoothing, b)[0]!
      return b.cast(loss, args.self.dtype)
    },
  ),
]
