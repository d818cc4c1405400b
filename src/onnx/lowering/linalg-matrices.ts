// Matrices: a small vocabulary in which the algorithms of linear algebra are written, over stacks of matrices [B, m, n]; and how an argument
// becomes such a stack. Knows ONNX, no algorithm. Answers to what LAPACK's loops need: ONNX Loop-16, GatherElements-13, Trilu-14.

import { broadcast, dimsEqual } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import type { Attributes, OnnxBuilder, ResultType } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { broadcastVectors } from './broadcasting.ts'
import { countTo, int, intOp, vectorOf, type Int } from './int-math.ts'

/** A tensor, or a number that takes the dtype of what it meets. */
export type Term = OnnxValue | number
type Body = (m: Matrices, k: OnnxValue, states: readonly OnnxValue[]) => readonly OnnxValue[]

const END = Number.MAX_SAFE_INTEGER

/** Operators on one scope. Loops hand their body a Matrices of its own, which sees the values of this one. */
export class Matrices {
  readonly b: OnnxBuilder
  constructor(b: OnnxBuilder) {
    this.b = b
  }

  op(opType: string, terms: readonly Term[], attributes: Attributes = {}, result: ResultType = {}): OnnxValue {
    const other = terms.findLast((term) => typeof term !== 'number')!
    return this.b.op(
      opType,
      terms.map((term) => (typeof term === 'number' ? this.b.scalar(other.dtype, term) : term)),
      attributes,
      result,
    )
  }
  add = (x: Term, y: Term): OnnxValue => this.op('Add', [x, y])
  sub = (x: Term, y: Term): OnnxValue => this.op('Sub', [x, y])
  mul = (x: Term, y: Term): OnnxValue => this.op('Mul', [x, y])
  div = (x: Term, y: Term): OnnxValue => this.op('Div', [x, y])
  largest = (x: Term, y: Term): OnnxValue => this.op('Max', [x, y])
  smallest = (x: Term, y: Term): OnnxValue => this.op('Min', [x, y])
  neg = (x: OnnxValue): OnnxValue => this.op('Neg', [x])
  abs = (x: OnnxValue): OnnxValue => this.op('Abs', [x])
  sqrt = (x: OnnxValue): OnnxValue => this.op('Sqrt', [x])
  square = (x: OnnxValue): OnnxValue => this.op('Mul', [x, x])
  equal = (x: Term, y: Term): OnnxValue => this.op('Equal', [x, y])
  less = (x: Term, y: Term): OnnxValue => this.op('Less', [x, y])
  greater = (x: Term, y: Term): OnnxValue => this.op('Greater', [x, y])
  and = (x: OnnxValue, y: OnnxValue): OnnxValue => this.op('And', [x, y])
  or = (x: OnnxValue, y: OnnxValue): OnnxValue => this.op('Or', [x, y])
  not = (x: OnnxValue): OnnxValue => this.op('Not', [x])
  where = (condition: OnnxValue, x: Term, y: Term): OnnxValue => {
    const dtype = typeof x === 'number' ? (y as OnnxValue).dtype : x.dtype
    const term = (value: Term): OnnxValue => (typeof value === 'number' ? this.b.scalar(dtype, value) : value)
    return this.b.op('Where', [condition, term(x), term(y)])
  }
  /** +1 for 0 and above, −1 below: Fortran's SIGN(1, x). */
  sign = (x: OnnxValue): OnnxValue => this.where(this.less(x, 0), this.op('Neg', [this.b.scalar(x.dtype, 1)]), 1)
  cast = (x: OnnxValue, dtype: ScalarType): OnnxValue => this.b.cast(x, dtype)

  matmul = (x: OnnxValue, y: OnnxValue): OnnxValue => this.op('MatMul', [x, y])
  /** The last two of three axes swapped. */
  transpose = (x: OnnxValue): OnnxValue => this.op('Transpose', [x], { perm: [0, 2, 1] })
  lower = (x: OnnxValue, k = 0): OnnxValue => this.b.op('Trilu', [x, this.b.scalar('int64', k)], { upper: 0 })
  upper = (x: OnnxValue, k = 0): OnnxValue => this.b.op('Trilu', [x, this.b.scalar('int64', k)], { upper: 1 })
  concat = (parts: readonly OnnxValue[], axis: number): OnnxValue => this.op('Concat', parts, { axis })

  /** Σ over one axis, kept. */
  sum = (x: OnnxValue, axis: number): OnnxValue => this.#reduce('ReduceSum', x, axis)
  max = (x: OnnxValue, axis: number): OnnxValue => this.#reduce('ReduceMax', x, axis)
  min = (x: OnnxValue, axis: number): OnnxValue => this.#reduce('ReduceMin', x, axis)
  #reduce(opType: string, x: OnnxValue, axis: number): OnnxValue {
    return this.b.op(opType, [x, this.b.ints([axis])], { keepdims: 1, noop_with_empty_axes: 0 })
  }
  /** Position of the first largest along an axis, kept. */
  argMax = (x: OnnxValue, axis: number): OnnxValue => this.op('ArgMax', [x], { axis, keepdims: 1, select_last_index: 0 })

  size = (x: OnnxValue, axis: number): ScalarOperand => this.b.size(x, axis)
  /** 0 … n − 1 as a column [n, 1] (axis 1) or a row [1, n] (axis 2). */
  index = (n: Int, axis: 1 | 2): OnnxValue => this.b.unsqueeze(countTo(this.b, n), [axis === 1 ? 1 : 0])
  eye = (rows: Int, columns: Int, dtype: ScalarType): OnnxValue => this.cast(this.equal(this.index(rows, 1), this.index(columns, 2)), dtype)
  /** One row or column, kept as an axis of 1. */
  pick = (x: OnnxValue, k: OnnxValue, axis: number): OnnxValue =>
    this.op('Gather', [x, this.b.unsqueeze({ ...k, dims: [] }, [0])], { axis })
  /** The elements from `start` to `end` of an axis. */
  slice = (x: OnnxValue, start: Int, end: Int | undefined, axis: number): OnnxValue => {
    const to = end === undefined ? this.b.ints([END]) : vectorOf(this.b, end)
    return this.b.op('Slice', [x, vectorOf(this.b, start), to, this.b.ints([axis])])
  }
  /** Rows (axis 1) or columns (axis 2) by a position each: `where` is [B, r, 1] or [B, 1, c]. */
  take = (x: OnnxValue, where: OnnxValue, axis: 1 | 2): OnnxValue => {
    const across = 3 - axis
    const shape = [this.b.scalar('int64', 1), this.b.scalar('int64', 1), this.b.scalar('int64', 1)].map((one, i) =>
      i === across ? this.b.number(this.size(x, across), 'int64') : one,
    )
    return this.op('GatherElements', [x, this.b.op('Expand', [where, this.vector(shape)])], { axis })
  }
  /** The diagonal of [B, m, n] as a row [B, 1, n], zero where there is none. NaN beside the diagonal does not matter. */
  diagonal = (x: OnnxValue): OnnxValue =>
    this.sum(this.where(this.equal(this.index(this.size(x, 1), 1), this.index(this.size(x, 2), 2)), x, 0), 1)
  vector = (sizes: readonly ScalarOperand[]): OnnxValue => this.b.vector({ kind: 'list', items: sizes })
  shape = (x: OnnxValue): OnnxValue => this.b.op('Shape', [x], {}, { dtype: 'int64', dims: [x.dims?.length ?? null] })
  /** `value` everywhere. */
  filled = (value: number, dtype: ScalarType, sizes: readonly ScalarOperand[]): OnnxValue =>
    this.b.op('Expand', [this.b.scalar(dtype, value), this.vector(sizes)], {}, { dims: sizes.map(() => null) })
  smaller = (x: Int, y: Int): ScalarOperand => intOp(this.b, 'Min', x, y)

  /** One of two tensors whose ranks may differ. */
  choose(condition: OnnxValue, x: OnnxValue, y: OnnxValue): OnnxValue {
    const branch = (value: OnnxValue) => {
      const scope = this.b.scope()
      const { name, dtype } = scope.op('Identity', [value])
      return scope.subgraph('branch', [], [{ name, dtype, dims: undefined }])
    }
    return this.b.op('If', [condition], { then_branch: branch(x), else_branch: branch(y) }, { dtype: x.dtype })
  }
  /** Runs `body` for k = 0 … trips − 1 over the states, and as long as `going`, computed from the next states, holds. */
  loop(trips: Int, states: readonly OnnxValue[], body: Body, going?: (m: Matrices, next: readonly OnnxValue[]) => OnnxValue): OnnxValue[] {
    const { b } = this
    const scope = b.scope()
    const inner = new Matrices(scope)
    const param = (dtype: ScalarType, rank: number): OnnxValue => ({
      kind: 'tensor',
      name: scope.freshName(),
      dtype,
      dims: Array.from({ length: rank }, () => null),
    })
    const counter = param('int64', 0)
    const condition = param('bool', 0)
    const params = states.map(({ dtype, dims }) => param(dtype, dims?.length ?? 3))
    const next = body(inner, counter, params)
    const go = going === undefined ? condition : going(inner, next)
    const info = ({ name, dtype, dims }: OnnxValue) => ({ name, dtype, dims })
    const outputs = [go, ...next].map((value) => ({ ...scope.op('Identity', [value]), dims: undefined }))
    const graph = scope.subgraph('body', [counter, condition, ...params].map(info), outputs.map(info))
    return b.ops(
      'Loop',
      [b.number(int(trips), 'int64'), b.scalar('bool', true), ...states],
      { body: graph },
      states.map(({ dtype }, i) => ({ dtype, dims: params[i]!.dims })),
    )
  }
}

/** Whether all of a bool tensor of rank 3 holds, or any, as one 0-d bool. */
export function anyOf(m: Matrices, x: OnnxValue): OnnxValue {
  const { b } = m
  const hits = b.op('ReduceSum', [b.cast(x, 'int64')], { keepdims: 0, noop_with_empty_axes: 0 }, { dims: [] })
  return m.greater(hits, 0)
}

/** A stack of matrices made of an argument, and the way back for what is computed of it. */
export interface Stack {
  readonly x: OnnxValue
  /** [B, …] → [..., …] with the argument's leading axes. */
  readonly restore: (y: OnnxValue) => OnnxValue
}

/** The sizes in front of the last two, 1-d. */
export function leadOf(m: Matrices, x: OnnxValue): OnnxValue {
  const { b } = m
  const rank = x.dims?.length
  if (rank !== undefined) return m.vector(Array.from({ length: rank - 2 }, (_, i) => b.size(x, i)))
  return b.op('Slice', [b.shape(x), b.ints([0]), b.ints([-2]), b.ints([0])], {}, { dims: [null] })
}

/** `x` [..., m, n] as [B, m, n] in a dtype. */
export function stack(m: Matrices, argument: OnnxValue, dtype: ScalarType = argument.dtype): Stack {
  const { b } = m
  const x = b.cast(argument, dtype)
  const rank = argument.dims?.length
  if (rank === 3) return { x, restore: (y) => y }
  if (rank === 2) return { x: b.unsqueeze(x, [0]), restore: (y) => b.op('Squeeze', [y, b.ints([0])]) }
  const lead = leadOf(m, argument)
  // One beside the others: the product of none is not there.
  const count = b.op('ReduceProd', [m.concat([b.ints([1]), lead], 0)], { keepdims: 1, noop_with_empty_axes: 0 }, { dims: [1] })
  const sizes = m.concat([count, m.vector([b.size(argument, -2), b.size(argument, -1)])], 0)
  const [rows, columns] = argument.dims?.slice(-2) ?? []
  return {
    x: b.op('Reshape', [x, sizes], { allowzero: 1 }, { dims: [null, rows ?? null, columns ?? null] }),
    restore: (y) => {
      const tail = b.op('Slice', [m.shape(y), b.ints([1]), b.ints([END]), b.ints([0])], {}, { dims: [null] })
      return b.op('Reshape', [y, m.concat([lead, tail], 0)], { allowzero: 1 }, {})
    },
  }
}

/** Several arguments with their leading axes broadcast against each other, as stacks of one length. */
export function stacks(m: Matrices, values: readonly OnnxValue[]): Stack[] {
  const { b } = m
  const dims = values.map((x) => x.dims?.slice(0, -2))
  const same = dims.every((d) => d !== undefined && d.length === dims[0]!.length && d.every((dim, i) => dimsEqual(dim, dims[0]![i]!)))
  if (same) return values.map((x) => stack(m, x))
  const lead = values.map((x) => leadOf(m, x)).reduce((one, other) => broadcastVectors(one, other, b))
  const common = broadcast(...dims)
  return values.map((x) => {
    const sizes = m.concat([lead, m.vector([b.size(x, -2), b.size(x, -1)])], 0)
    return stack(m, b.op('Expand', [x, sizes], {}, { dims: common === undefined ? undefined : [...common, ...x.dims!.slice(-2)] }))
  })
}

/** Axis `axis` of length 1 gone. */
export const squeezed = (m: Matrices, x: OnnxValue, axis: number): OnnxValue => m.b.op('Squeeze', [x, m.b.ints([axis])])
