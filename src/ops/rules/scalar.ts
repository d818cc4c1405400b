// Arithmetic on Python numbers: exact on known values, symbolic on extents. `pow(int, int)` and `round(int)` are floats, as in
// TorchScript. Answers to torch/csrc/jit/runtime/register_prim_ops.cpp and register_ops_utils.h.

import { dimAdd, dimFloorDiv, dimMax, dimMin, dimMod, dimMul, dimNeg, dimSub, type Dim } from '../../ir/dim.ts'
import { constantFact, intFact, unknown, type Fact } from '../fact.ts'
import { numberKind } from '../facts.ts'
import type { Rule } from '../rule.ts'
import { evaluated, isInt, knownNumber, row, toInt, wrap64, type NamedFacts, type Num } from './scalar-row.ts'

interface Binary {
  readonly int?: (a: bigint, b: bigint) => bigint | number | undefined
  readonly float: (a: number, b: number) => number
  readonly dim?: (a: Dim, b: Dim) => Dim
}

/** `//` of Python: towards minus infinity. */
export function floorDiv(a: bigint, b: bigint): bigint | undefined {
  if (b === 0n) return undefined
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}
/** `%` of Python: the sign of the divisor. */
function floorMod(a: bigint, b: bigint): bigint | undefined {
  return b === 0n ? undefined : (b + (a % b)) % b
}
/** To the nearest integer, halves to the even one. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  const rounded = rest < 0.5 ? floor : rest > 0.5 ? floor + 1 : floor % 2 === 0 ? floor : floor + 1
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded
}
/** std::remainder: the quotient is rounded to the nearest even. */
const ieeeRemainder = (a: number, b: number): number => (Number.isFinite(b) ? a - b * roundHalfEven(a / b) : a)
const floatMod = (a: number, b: number): number => (b + (a % b)) % b
/** `a < b ? a : b`: the second operand when they are unordered. */
const stdMin = (a: number, b: number): number => (a < b ? a : b)
const stdMax = (a: number, b: number): number => (a > b ? a : b)
const copySign = (a: number, b: number): number => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a))

const arithmetic: readonly (readonly [string, Binary])[] = [
  ['aten::add', { int: (a, b) => wrap64(a + b), float: (a, b) => a + b, dim: dimAdd }],
  ['aten::sub', { int: (a, b) => wrap64(a - b), float: (a, b) => a - b, dim: dimSub }],
  ['aten::mul', { int: (a, b) => wrap64(a * b), float: (a, b) => a * b, dim: dimMul }],
  ['aten::floordiv', { int: floorDiv, float: (a, b) => Math.floor(a / b), dim: dimFloorDiv }],
  ['aten::remainder', { int: floorMod, float: floatMod, dim: dimMod }],
  ['prim::min', { int: (a, b) => (b < a ? b : a), float: stdMin, dim: dimMin }],
  ['prim::max', { int: (a, b) => (a < b ? b : a), float: stdMax, dim: dimMax }],
]

/** Operators that give a float whatever they get. */
const toFloat: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['aten::pow', (a, b) => a ** b],
  ['aten::fmod', (a, b) => a % b],
  ['aten::mathremainder', ieeeRemainder],
  ['aten::copysign', copySign],
  ['aten::atan2', Math.atan2],
]

const unaryFloat: readonly (readonly [string, (a: number) => number])[] = [
  ['sqrt', Math.sqrt],
  ['log', Math.log],
  ['exp', Math.exp],
  ['log1p', Math.log1p],
  ['log10', Math.log10],
  ['expm1', Math.expm1],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['asin', Math.asin],
  ['acos', Math.acos],
  ['atan', Math.atan],
  ['sinh', Math.sinh],
  ['cosh', Math.cosh],
  ['tanh', Math.tanh],
  ['asinh', Math.asinh],
  ['acosh', Math.acosh],
  ['atanh', Math.atanh],
  ['fabs', Math.abs],
  ['degrees', (a) => a * (180 / Math.PI)],
  ['radians', (a) => a * (Math.PI / 180)],
]

function binaryFact({ int, float, dim }: Binary, { a, b }: NamedFacts): Fact {
  const x = knownNumber(a)
  const y = knownNumber(b)
  if (x !== undefined && y !== undefined) {
    const value = isInt(x) && isInt(y) && int !== undefined ? int(toInt(x), toInt(y)) : float(Number(x), Number(y))
    return value === undefined ? unknown : constantFact(value)
  }
  if (dim !== undefined && a?.sym !== undefined && b?.sym !== undefined) return intFact(dim(a.sym, b.sym))
  return kindOf(a!, b!)
}

/** int op int is an int, anything else a float: what is known of a Scalar result whose value is not. */
function kindOf(...facts: Fact[]): Fact {
  const kinds = facts.map(numberKind)
  return kinds.includes(undefined) ? unknown : { number: kinds.some((kind) => kind === 'float') ? 'float' : 'int' }
}

const overloads = (name: string, ints: string): readonly string[] => [
  `${name}.int(int a, int b) -> ${ints}`,
  `${name}.float(float a, float b) -> float`,
  `${name}.int_float(int a, float b) -> float`,
  `${name}.float_int(float a, int b) -> float`,
]

const unary = (name: string, result: string, evaluate: (a: Num) => bigint | number | undefined): Rule[] =>
  ['int', 'float', 'Scalar'].map((type) => {
    const out = type === 'Scalar' ? 'Scalar' : result
    return evaluated(`${name}.${type}(${type} a) -> ${out === 'same' ? type : out}`, evaluate as never)
  })

/** floor and ceil of a float are ints; of what has no int: nothing. */
const integral =
  (round: (a: number) => number) =>
  (a: Num): bigint | undefined => {
    if (isInt(a)) return toInt(a)
    return Number.isFinite(a) ? wrap64(BigInt(round(a))) : undefined
  }

function factorial(n: bigint): bigint | undefined {
  if (n < 0n || n > 20n) return undefined
  let product = 1n
  for (let i = 2n; i <= n; i++) product *= i
  return product
}
function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

function divmod({ x, y }: NamedFacts): readonly Fact[] {
  const [a, b] = [knownNumber(x), knownNumber(y)]
  if (a === undefined || b === undefined || Number(b) === 0) return [unknown, unknown]
  if (isInt(a) && isInt(b)) return [floorDiv(toInt(a), toInt(b))!, floorMod(toInt(a), toInt(b))!].map(constantFact)
  const rest = floatMod(Number(a), Number(b))
  return [(Number(a) - rest) / Number(b), rest].map(constantFact)
}

export const scalarRules: readonly Rule[] = [
  ...arithmetic.flatMap(([name, binary]) =>
    [...overloads(name, 'int'), `${name}(Scalar a, Scalar b) -> Scalar`].map((schema) => row(schema, (args) => binaryFact(binary, args))),
  ),
  ...toFloat.flatMap(([name, float]) =>
    [
      ...overloads(name, 'float'),
      ...(name === 'aten::pow' || name === 'aten::atan2'
        ? [`${name}.Scalar_Scalar(Scalar a, Scalar b) -> float`]
        : [`${name}(Scalar a, Scalar b) -> float`]),
    ].map((schema) => row(schema, (args) => binaryFact({ float }, args))),
  ),
  ...['aten::div.int(int a, int b) -> float', 'aten::div.float(float a, float b) -> float', 'aten::div(Scalar a, Scalar b) -> float'].map(
    (schema) => row(schema, (args) => binaryFact({ float: (a, b) => a / b }, args)),
  ),
  ...unaryFloat.flatMap(([name, float]) => unary(`aten::${name}`, 'float', (a) => float(Number(a)))),
  ...unary('aten::ceil', 'int', integral(Math.ceil)),
  ...unary('aten::floor', 'int', integral(Math.floor)),
  ...unary('aten::round', 'float', (a) => roundHalfEven(Number(a))),
  evaluated('prim::abs.int(int a) -> int', (a: bigint) => wrap64(a < 0n ? -a : a)),
  evaluated('prim::abs.float(float a) -> float', (a: number) => Math.abs(a)),
  evaluated('prim::abs.Scalar(Scalar a) -> Scalar', (a: Num) => (isInt(a) ? toInt(a) * (toInt(a) < 0n ? -1n : 1n) : Math.abs(a))),
  row('aten::neg.int(int a) -> int', ({ a }) =>
    typeof a!.value === 'bigint' ? constantFact(wrap64(-a!.value)) : a!.sym === undefined ? unknown : intFact(dimNeg(a!.sym)),
  ),
  evaluated('aten::neg.float(float a) -> float', (a: number) => -a),
  evaluated('aten::neg.Scalar(Scalar a) -> Scalar', (a: Num) => (isInt(a) ? wrap64(-toInt(a)) : -a)),
  evaluated('aten::pow.int_to_int(int a, int b) -> int', (a: bigint, b: bigint) => (b < 0n || b > 4096n ? undefined : wrap64(a ** b))),
  evaluated('aten::log.int_int(int a, int b) -> float', (a: bigint, b: bigint) => Math.log(Number(a)) / Math.log(Number(b))),
  evaluated('aten::log.float_float(float a, float b) -> float', (a: number, b: number) => Math.log(a) / Math.log(b)),
  evaluated('aten::log.int_float(int a, float b) -> float', (a: bigint, b: number) => Math.log(Number(a)) / Math.log(b)),
  evaluated('aten::log.float_int(float a, int b) -> float', (a: number, b: bigint) => Math.log(a) / Math.log(Number(b))),
  evaluated('aten::log.Scalar_Scalar(Scalar a, Scalar b) -> float', (a: Num, b: Num) => Math.log(Number(a)) / Math.log(Number(b))),
  evaluated('aten::__round_to_zero_floordiv.int(int a, int b) -> int', (a: bigint, b: bigint) => (b === 0n ? undefined : a / b)),
  evaluated('aten::gcd.int(int a, int b) -> int', gcd as never),
  evaluated('aten::factorial.int(int a) -> int', factorial as never),
  row('aten::divmod.int(int x, int y) -> (int, int)', divmod),
  row('aten::divmod.float(float x, float y) -> (float, float)', divmod),
  row('aten::divmod.int_float(int x, float y) -> (float, float)', divmod),
  row('aten::divmod.float_int(float x, int y) -> (float, float)', divmod),
  evaluated('aten::isnan.float(float a) -> bool', (a: number) => Number.isNaN(a)),
  evaluated('aten::isinf.float(float a) -> bool', (a: number) => Math.abs(a) === Infinity),
  evaluated('aten::isfinite.float(float a) -> bool', (a: number) => Number.isFinite(a)),
  evaluated('aten::__lshift__.int(int a, int b) -> int', (a: bigint, b: bigint) => (b < 0n || b > 63n ? undefined : wrap64(a << b))),
  evaluated('aten::__rshift__.int(int a, int b) -> int', (a: bigint, b: bigint) => (b < 0n || b > 63n ? undefined : a >> b)),
  // max(0, ceil((hi - lo) / step)), on extents too.
  row('aten::__range_length(int lo, int hi, int step) -> int', ({ lo, hi, step }) => {
    const [a, b, c] = [lo!.value, hi!.value, step!.value]
    if (typeof a === 'bigint' && typeof b === 'bigint' && typeof c === 'bigint') {
      if (c === 0n) return unknown
      const length = c > 0n ? (b - a + c - 1n) / c : (a - b - c - 1n) / -c
      return constantFact((c > 0n ? a < b : a > b) ? wrap64(length) : 0n)
    }
    // An extent is never negative: range(n) has n steps.
    return a === 0n && c === 1n && typeof hi!.sym === 'string' && /^\w+$/.test(hi!.sym) ? intFact(hi!.sym) : unknown
  }),
  row('aten::__derive_index(int index, int start, int step) -> int', ({ index, start, step }) =>
    index!.sym === undefined || start!.sym === undefined || step!.sym === undefined
      ? unknown
      : intFact(dimAdd(start!.sym, dimMul(index!.sym, step!.sym))),
  ),
]
