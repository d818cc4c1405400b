// Operators that are linear in each of two tensors: (A + iB)(C + iD) = (AC − BD) + i(AD + BC), with any such product.
// Answers to aten/src/ATen/native/LinearAlgebra.cpp, Linear.cpp.

import { tensorFromElements } from '../../ir/tensor-elements.ts'
import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { inverseOf } from './decomposition-rows.ts'
import { add, conj, full, mul, pair, product, type Pair } from './pair.ts'
import { complexRow, type ComplexRow } from './row.ts'

/** The operator's own product of two named arguments; others as they are. */
function bilinear(c: Call, first: string, second: string, change: (x: Pair) => Pair = (x) => x): Pair {
  return product(c.e, change(c.pair(first)), c.pair(second), (a, b) =>
    c.again((name, value) => (name === first ? a : name === second ? b : value)).output(),
  )
}
/** The product of another operator. */
const times =
  (c: Call, kind: string) =>
  (a: Value, b: Value): Value =>
    c.e.op(kind, [a, b])

/** β·self + α·product */
function addProduct(c: Call, first: string, second: string, kind: string): Pair {
  const { e } = c
  const isOne = (name: string): boolean => c.known(name) === 1n || c.known(name) === 1
  const body = product(e, c.pair(first), c.pair(second), (a, b) => {
    const result = times(c, kind)(a, b)
    return c.node.kind === 'aten::addbmm' ? e.op('aten::sum', [result, e.ints([0]), e.bool(false), e.none()]) : result
  })
  const scaledBody = isOne('alpha') ? body : mul(e, body, c.pair('alpha'))
  const self = isOne('beta') ? c.pair('self') : mul(e, c.pair('self'), c.pair('beta'))
  return add(e, self, scaledBody)
}

/** Weight and bias; the bias takes no part in the product. */
function withBias(c: Call): Pair {
  const { e } = c
  const body = product(e, c.pair('input'), c.pair('weight'), (a, b) =>
    c.again((name, value) => (name === 'input' ? a : name === 'weight' ? b : name === 'bias' ? e.none() : value)).output(),
  )
  if (!c.has('bias')) return body
  const bias = c.pair('bias')
  const rank = c.fact(c.value('weight')).dims?.length
  const spatial =
    c.node.kind === 'aten::linear' ? 0 : rank === undefined ? Number(/\d/.exec(c.node.kind)?.[0] ?? c.unmet('weight')) : rank - 2
  const shaped = (part: Value | undefined): Value | undefined =>
    part === undefined || spatial === 0 ? part : e.op('aten::reshape', [part, e.ints([-1, ...Array.from({ length: spatial }, () => 1)])])
  return add(e, body, pair(shaped(bias.re), shaped(bias.im)))
}

const MAX_OPERANDS = 6
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Each way of choosing a part from each operand, with its power of i. */
function einsum(c: Call): Pair {
  const { e } = c
  const list = c.value('tensors')
  const items = list.node.kind === 'prim::ListConstruct' ? list.node.inputs : c.unmet('tensors')
  const operands = items.map((value) => {
    const { re, im } = c.rawPair(value)
    return pair(re && e.cast(re, c.work), im && e.cast(im, c.work))
  })
  if (items.length > MAX_OPERANDS) return longEinsum(c, operands)
  const sums: (Value | undefined)[] = [undefined, undefined]
  for (let choice = 0; choice < 2 ** operands.length; choice++) {
    const parts = operands.map(({ re, im }, i) => ((choice >> i) & 1 ? im : re))
    if (parts.includes(undefined)) continue
    const tensors = e.list(parts as Value[])
    const term = c.again((name, value) => (name === 'tensors' ? tensors : value)).output()
    const power = parts.filter((_, i) => (choice >> i) & 1).length
    const at = power % 2
    const signed = power % 4 >= 2
    const sum = sums[at]
    sums[at] = sum === undefined ? (signed ? e.neg(term) : term) : signed ? e.sub(sum, term) : e.add(sum, term)
  }
  return pair(sums[0], sums[1])
}
/** Of many operands: parts along an axis of their own, and between two such axes the tensor that multiplies complex numbers. */
function longEinsum(c: Call, operands: readonly Pair[]): Pair {
  const { e } = c
  const equation = (c.text('equation') ?? c.unmet('equation')).replaceAll(' ', '')
  const [left = '', right] = equation.split('->')
  const counted = [...left].filter((letter) => /[a-zA-Z]/.test(letter))
  const once = [...new Set(counted)].filter((letter) => counted.indexOf(letter) === counted.lastIndexOf(letter)).toSorted()
  const result = right ?? (left.includes('...') ? '...' : '') + once.join('')
  const free = [...LETTERS].filter((letter) => !counted.includes(letter))
  if (free.length < 2 * operands.length) return c.unmet('equation')
  const own = operands.map((_, i) => free[i]!)
  const between = operands.map((_, i) => (i === 0 ? own[0]! : free[operands.length + i]!))
  const stacked = operands.map((x) => {
    const { re, im } = full(e, x)
    return e.op('aten::stack', [e.list([re, im]), e.int(0)])
  })
  // (x ⊗ y)ₖ of (xᵢ, yⱼ): 1·1 = 1, 1·i = i·1 = i, i·i = −1.
  const unit = e.constant(tensorFromElements(c.work, [2, 2, 2], [1, 0, 0, 1, 0, 1, -1, 0]))
  const terms = left.split(',').map((term, i) => own[i]! + term)
  const links = own.slice(1).map((letter, i) => between[i]! + letter + between[i + 1]!)
  const text = `${[...terms, ...links].join(',')}->${between.at(-1)!}${result}`
  const tensors = e.list([...stacked, ...links.map(() => unit)])
  const whole = e.call('aten::einsum', { equation: e.constant(text), tensors }).output()
  const part = (at: number): Value => e.op('aten::select', [whole, e.int(0), e.int(at)])
  return pair(part(0), part(1))
}

/** Repeated squaring, for a power that is known. */
function matrixPower(c: Call): Pair {
  const n = c.int('n')
  if (n === undefined) return c.unmet('n')
  let result: Pair | undefined
  let square: Pair = full(c.e, n < 0 ? inverseOf(c, 'self') : c.pair('self'))
  if (n === 0) {
    const again = (part: Value): Value => c.again((name, value) => (name === 'self' ? part : value)).output()
    return pair(again(square.re!), undefined)
  }
  const matmul = (x: Pair, y: Pair): Pair => product(c.e, x, y, times(c, 'aten::matmul'))
  for (let k = Math.abs(n); k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result = result === undefined ? square : matmul(result, square)
    if (k > 1) square = matmul(square, square)
  }
  return result!
}

export const linalgRows: readonly ComplexRow[] = [
  complexRow('matmul linalg_matmul mm bmm inner kron tensordot', (c) => bilinear(c, 'self', 'other' in argNames(c) ? 'other' : 'mat2')),
  complexRow('mv', (c) => bilinear(c, 'self', 'vec')),
  complexRow('dot', (c) => bilinear(c, 'self', 'tensor')),
  complexRow('outer ger', (c) => bilinear(c, 'self', 'vec2')),
  complexRow('vdot', (c) => bilinear(c, 'self', 'other', (x) => conj(c.e, x))),
  complexRow('linalg_vecdot', (c) => bilinear(c, 'x', 'y', (x) => conj(c.e, x))),
  complexRow('addmm', (c) => addProduct(c, 'mat1', 'mat2', 'aten::mm')),
  complexRow('addmv', (c) => addProduct(c, 'mat', 'vec', 'aten::mv')),
  complexRow('baddbmm addbmm', (c) => addProduct(c, 'batch1', 'batch2', 'aten::bmm')),
  complexRow('addr', (c) => addProduct(c, 'vec1', 'vec2', 'aten::outer')),
  complexRow('linear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d', withBias),
  complexRow('einsum', einsum),
  complexRow('linalg_multi_dot chain_matmul', (c) => {
    const list = c.value(c.schema.args[0]!.name)
    const items = list.node.kind === 'prim::ListConstruct' ? list.node.inputs : c.unmet(c.schema.args[0]!.name)
    const pairs = items.map((value) => c.rawPair(value))
    return pairs.reduce((x, y) => product(c.e, x, y, times(c, 'aten::matmul')))
  }),
  complexRow('trapezoid.x trapz.x cumulative_trapezoid.x', (c) => bilinear(c, 'y', 'x')),
  complexRow('matrix_power linalg_matrix_power', matrixPower),
]

function argNames(c: Call): Readonly<Record<string, true>> {
  return Object.fromEntries(c.schema.args.map(({ name }) => [name, true as const]))
}
