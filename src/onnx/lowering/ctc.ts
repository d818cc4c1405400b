// CTC loss: −log Σ over alignments, by the forward recursion over time, as a Scan. Answers to aten/src/ATen/native/LossCTC.cpp.
// α'(s) = log(e^α(s) + e^α(s−1) + e^α(s−2)·[label differs from the one before]) + log p(s), on labels with blanks between them.

import type { OnnxBuilder } from '../builder.ts'
import type { ValueInfo } from '../model.ts'
import type { OnnxValue, ScalarListOperand } from '../operand.ts'
import { like } from './compute.ts'
import { countTo, intOp } from './int-math.ts'
import { reduceLoss } from './loss-margin.ts'
import { lower, type LoweringRow } from './row.ts'
import { rankOnly, squeeze } from './spatial.ts'

interface Ctc {
  readonly log_probs: OnnxValue
  readonly targets: OnnxValue
  readonly input_lengths: OnnxValue | ScalarListOperand
  readonly target_lengths: OnnxValue | ScalarListOperand
  readonly blank: number
  readonly zero_infinity: boolean
}
interface Nll {
  /** [N] */
  readonly loss: OnnxValue
  /** [N, T, 2S + 1] */
  readonly alphas: OnnxValue
  /** [N] */
  readonly lengths: OnnxValue
}

const I64 = 'int64' as const
const mul = (x: OnnxValue, y: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Mul', [x, y])
const add = (x: OnnxValue, y: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Add', [x, y])
const at = (x: OnnxValue, index: OnnxValue, axis: number, rank: number, b: OnnxBuilder): OnnxValue =>
  b.op('GatherElements', [x, index], { axis }, rankOnly(rank))
/** Without the first elements of the last axis, or without its last ones. */
const cut = (x: OnnxValue, start: number, end: number, b: OnnxBuilder): OnnxValue =>
  b.op('Slice', [x, b.ints([start]), b.ints([end]), b.ints([1])], {}, rankOnly(2))

/** log Σ e^x of values of one shape; −∞ stays. */
function logSum(values: readonly OnnxValue[], b: OnnxBuilder): OnnxValue {
  const top = b.op('Max', values)
  const level = b.op('Where', [b.op('IsInf', [top]), like(b, top, 0), top])
  const sum = values.map((x) => b.op('Exp', [b.op('Sub', [x, level])])).reduce((x, y) => add(x, y, b))
  return add(b.op('Log', [sum]), level, b)
}

const lengthsOf = (given: Ctc['input_lengths'], b: OnnxBuilder): OnnxValue => b.reshapeTo(b.cast(b.vector(given), I64), [-1])

/** Targets [N, S] with blanks where a text has ended; a 1-d tensor holds them one behind another. */
function targetRows(targets: OnnxValue, lengths: OnnxValue, blank: number, b: OnnxBuilder): OnnxValue {
  const ids = b.cast(targets, I64)
  if (targets.dims!.length === 2) {
    const line = countTo(b, b.size(ids, 1))
    return b.op('Where', [b.op('Less', [line, b.unsqueeze(lengths, [1])], {}, rankOnly(2)), ids, b.scalar(I64, blank)], {}, rankOnly(2))
  }
  const longest = b.op('ReduceMax', [lengths], { keepdims: 0 }, { dims: [] })
  const ends = b.op('CumSum', [lengths, b.scalar(I64, 0)], {}, { dims: [null] })
  const starts = b.unsqueeze(b.op('Sub', [ends, lengths], {}, { dims: [null] }), [1])
  const line = countTo(b, longest)
  const used = b.op('Less', [line, b.unsqueeze(lengths, [1])], {}, rankOnly(2))
  // One blank in front, so that there is something to read of no targets.
  const padded = b.op('Concat', [b.ints([blank]), ids], { axis: 0 }, { dims: [null] })
  const place = b.op('Where', [used, add(add(starts, line, b), b.scalar(I64, 1), b), b.scalar(I64, 0)], {}, rankOnly(2))
  return b.op('Gather', [padded, place], { axis: 0 }, rankOnly(2))
}

function negativeLogLikelihood(args: Ctc, b: OnnxBuilder): Nll {
  const { blank } = args
  const batched = args.log_probs.dims!.length === 3
  const probs = batched ? args.log_probs : b.unsqueeze(args.log_probs, [1])
  const { dtype } = probs
  const inputs = lengthsOf(args.input_lengths, b)
  const lengths = lengthsOf(args.target_lengths, b)
  const rows = targetRows(args.targets, lengths, blank, b)
  // [N, 2S + 1]: blank, label, blank, label … blank.
  const each = b.unsqueeze(rows, [2])
  const blanks = b.op('Expand', [b.scalar(I64, blank), b.shape(each)], {}, rankOnly(3))
  const pairs = b.op('Concat', [blanks, each], { axis: 2 }, rankOnly(3))
  const count = b.shape(lengths)
  const width = intOp(b, 'Mul', b.size(rows, 1), 2)
  const flat = b.op(
    'Reshape',
    [pairs, b.op('Concat', [count, b.reshapeTo(b.number(width, I64), [1])], { axis: 0 }, { dims: [2] })],
    { allowzero: 1 },
    rankOnly(2),
  )
  const column = (value: OnnxValue): OnnxValue =>
    b.op('Expand', [value, b.op('Concat', [count, b.ints([1])], { axis: 0 }, { dims: [2] })], {}, { dims: [null, 1] })
  const labels = b.op('Concat', [flat, column(b.scalar(I64, blank))], { axis: 1 }, rankOnly(2))
  // A label may be reached from the label before it, past the blank, unless they are the same.
  const two = b.op('Concat', [column(b.scalar(I64, blank)), column(b.scalar(I64, blank)), labels], { axis: 1 }, rankOnly(2))
  const skips = b.op(
    'Not',
    [b.op('Or', [b.op('Equal', [labels, cut(two, 0, -2, b)]), b.op('Equal', [labels, b.scalar(I64, blank)])])],
    {},
    rankOnly(2),
  )
  const low = b.scalar(dtype, -Infinity)
  // Before the first step: at the first blank.
  const start = b.op(
    'Where',
    [
      b.op('Equal', [b.op('Add', [countTo(b, intOp(b, 'Add', width, 1)), mul(labels, b.scalar(I64, 0), b)]), b.scalar(I64, 0)]),
      b.scalar(dtype, 0),
      low,
    ],
    {},
    rankOnly(2),
  )
  const steps = b.unsqueeze(countTo(b, b.size(probs, 0)), [1])
  const running = b.unsqueeze(b.op('Less', [steps, inputs], {}, rankOnly(2)), [2])

  const scope = b.scope()
  const inner = (like: OnnxValue, rank: number): OnnxValue => ({
    kind: 'tensor',
    name: scope.freshName(),
    dtype: like.dtype,
    ...rankOnly(rank),
  })
  const [alpha, prob, alive] = [inner(start, 2), inner(probs, 2), inner(running, 2)]
  const edge = column(low)
  const before = (n: 1 | 2): OnnxValue =>
    cut(scope.op('Concat', [...Array.from({ length: n }, () => edge), alpha], { axis: 1 }, rankOnly(2)), 0, -n, scope)
  const far = scope.op('Where', [skips, before(2), low], {}, rankOnly(2))
  const moved = add(logSum([alpha, before(1), far], scope), at(prob, labels, 1, 2, scope), scope)
  const next = scope.op('Where', [alive, moved, alpha], {}, rankOnly(2))
  const outputs = [next, next].map((value) => scope.op('Identity', [value], {}, rankOnly(2)))
  const info = ({ name, dtype: of, dims }: OnnxValue): ValueInfo => ({ name, dtype: of, dims })
  const [last, all] = b.ops(
    'Scan',
    [start, probs, running],
    { body: scope.subgraph('step', [alpha, prob, alive].map(info), outputs.map(info)), num_scan_inputs: 2 },
    [
      { dtype, ...rankOnly(2) },
      { dtype, ...rankOnly(3) },
    ],
  )
  // The end: the last blank or the last label.
  const end = b.unsqueeze(mul(lengths, b.scalar(I64, 2), b), [1])
  const label = b.op('Max', [b.op('Sub', [end, b.scalar(I64, 1)]), b.scalar(I64, 0)], {}, rankOnly(2))
  const final = at(last!, end, 1, 2, b)
  const both = logSum([final, at(last!, label, 1, 2, b)], b)
  const none = b.op('Equal', [end, b.scalar(I64, 0)], {}, rankOnly(2))
  const nll = squeeze(b.op('Neg', [b.op('Where', [none, final, both], {}, rankOnly(2))]), [1], b)
  const loss = args.zero_infinity ? b.op('Where', [b.op('IsInf', [nll]), like(b, nll, 0), nll], {}, { dims: [null] }) : nll
  return { loss, alphas: b.transpose({ ...all!, ...rankOnly(3) }, [1, 0, 2]), lengths }
}

/** The mean divides every text's loss by its length first. */
function ctcLoss(args: Ctc & { readonly reduction: number }, b: OnnxBuilder): OnnxValue {
  const { loss, lengths } = negativeLogLikelihood(args, b)
  if (args.reduction === 0) return args.log_probs.dims!.length === 3 ? loss : squeeze(loss, [0], b)
  if (args.reduction === 2) return reduceLoss(loss, 2, b)
  return reduceLoss(b.op('Div', [loss, b.cast(b.op('Max', [lengths, b.scalar(I64, 1)]), loss.dtype)]), 1, b)
}

const RANKED = { constant: ['blank'], rank: ['log_probs', 'targets'] } as const
const REDUCED = { constant: ['blank', 'reduction'], rank: ['log_probs', 'targets'] } as const

export const ctcLowerings: readonly LoweringRow[] = [
  lower(
    'aten::ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor',
    REDUCED,
    ctcLoss,
  ),
  lower(
    'aten::ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor',
    REDUCED,
    ctcLoss,
  ),
  lower(
    'aten::_ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)',
    RANKED,
    (args, b) => {
      const { loss, alphas } = negativeLogLikelihood(args, b)
      return [loss, alphas]
    },
  ),
  lower(
    'aten::_ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)',
    RANKED,
    (args, b) => {
      const { loss, alphas } = negativeLogLikelihood(args, b)
      return [loss, alphas]
    },
  ),
]
