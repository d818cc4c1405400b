// Python's numbers as TorchScript has them: an int is a bigint of 64 bits, a float a number; a Scalar is either.
// Answers to torch/csrc/jit/runtime/register_prim_ops.cpp and register_ops_utils.h.

import { fail } from './error.ts'

export type Scalar = bigint | number | boolean

/** Wraps to 64 bits. */
export function int64(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}

/** `//` on ints: towards minus infinity. */
export function floorDiv(a: bigint, b: bigint): bigint {
  if (b === 0n) fail('division by 0')
  const quotient = a / b
  return int64(a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient)
}

/** `%` on ints: with the sign of the divisor. */
export function floorMod(a: bigint, b: bigint): bigint {
  if (b === 0n) fail('modulo by zero')
  return (b + (a % b)) % b
}

/** `%` on floats. */
export function floatMod(a: number, b: number): number {
  return (b + (a % b)) % b
}

export function truncDiv(a: bigint, b: bigint): bigint {
  return b === 0n ? fail('division by 0') : int64(a / b)
}

/** C's pow, which knows 1 ** nan and (-1) ** inf. */
export function pow(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b
}

export function shiftLeft(a: bigint, b: bigint): bigint {
  return int64(a << (b & 63n))
}
export function shiftRight(a: bigint, b: bigint): bigint {
  return a >> (b & 63n)
}

/** int() of a float: cut off. */
export function toInt(value: number): bigint {
  if (!(value >= -(2 ** 63) && value < 2 ** 63)) return -(2n ** 63n)
  return BigInt(Math.trunc(value))
}
/** int() of any number. */
export function scalarToInt(value: Scalar): bigint {
  return typeof value === 'number' ? toInt(value) : BigInt(value)
}

/** floor and ceil as ints. */
export function floorInt(value: number): bigint {
  return toInt(Math.floor(value))
}
export function ceilInt(value: number): bigint {
  return toInt(Math.ceil(value))
}

/** To the nearest integer, halves to the even one. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  const rounded = rest < 0.5 ? floor : rest > 0.5 ? floor + 1 : floor % 2 === 0 ? floor : floor + 1
  return Number.isFinite(x) ? (rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded) : x
}

export function abs(value: bigint): bigint {
  return value < 0n ? int64(-value) : value
}

/** `b < a ? b : a` and its twin: the first of what is equal or unordered. */
export function min<T extends Scalar>(a: T, b: T): T {
  return a < b ? a : b
}
export function max<T extends Scalar>(a: T, b: T): T {
  return a > b ? a : b
}

/** The quotient rounded to the nearest even. */
export function ieeeRemainder(a: number, b: number): number {
  if (!Number.isFinite(a) || b === 0) return NaN
  if (!Number.isFinite(b)) return a
  const size = Math.abs(b)
  let rest = Math.abs(a) % size
  const isOdd = Math.abs(a) % (2 * size) >= size
  if (rest > size / 2 || (rest === size / 2 && isOdd)) rest -= size
  return a < 0 || Object.is(a, -0) ? -rest : rest
}
export function copySign(a: number, b: number): number {
  return b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)
}

export function divmod(a: bigint, b: bigint): [bigint, bigint] {
  if (b === 0n) fail('ZeroDivisionError: integer division or modulo by zero')
  return [floorDiv(a, b), floorMod(a, b)]
}
export function divmodFloat(a: number, b: number): [number, number] {
  if (b === 0) fail('ZeroDivisionError: float divmod()')
  const rest = floatMod(a, b)
  return [(a - rest) / b, rest]
}

export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [abs(a), abs(b)]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}
export function factorial(n: bigint): bigint {
  if (n < 0n) fail('factorial() not defined for negative values')
  let odd = 1n
  let twos = 0n
  for (let i = 2n; i <= n; i++) {
    let rest = i
    for (; rest % 2n === 0n; rest /= 2n) twos++
    odd = int64(odd * rest)
  }
  // As torch has it: the twos are put back by one shift, which a processor takes modulo 64.
  return shiftLeft(odd, twos)
}

/** Mantissa in [0.5, 1) and exponent. */
export function frexp(value: number): [number, bigint] {
  if (value === 0 || !Number.isFinite(value)) return [value, 0n]
  let exponent = Math.max(-1074, Math.floor(Math.log2(Math.abs(value))) + 1)
  let mantissa = ldexp(value, BigInt(-exponent))
  for (; Math.abs(mantissa) >= 1; exponent++) mantissa /= 2
  for (; Math.abs(mantissa) < 0.5; exponent--) mantissa *= 2
  return [mantissa, BigInt(exponent)]
}
export function ldexp(value: number, exponent: bigint): number {
  let rest = Number(exponent)
  let result = value
  for (; rest > 1000 && Number.isFinite(result); rest -= 1000) result *= 2 ** 1000
  for (; rest < -1000 && result !== 0; rest += 1000) result *= 2 ** -1000
  return result * 2 ** Math.max(-1074, Math.min(1000, rest))
}
/** Fraction and whole part, both with the sign. */
export function modf(value: number): [number, number] {
  const whole = Math.trunc(value)
  return [Math.abs(value) === Infinity ? copySign(0, value) : copySign(value - whole, value), whole]
}

/** Not short-circuiting. */
export function both(a: boolean, b: boolean): boolean {
  return a && b
}
export function either(a: boolean, b: boolean): boolean {
  return a || b
}

export function degrees(value: number): number {
  return value * (180 / Math.PI)
}
export function radians(value: number): number {
  return value * (Math.PI / 180)
}

// Scalars: two ints stay ints.

/** A function of a Scalar, whose result torch keeps in float32. */
export function ofScalar(run: (value: number) => number, value: Scalar): number {
  return Math.fround(run(Number(value)))
}

const isInt = (value: Scalar): value is bigint | boolean => typeof value !== 'number'

export function addScalars(a: Scalar, b: Scalar): Scalar {
  return isInt(a) && isInt(b) ? int64(BigInt(a) + BigInt(b)) : Number(a) + Number(b)
}
export function subScalars(a: Scalar, b: Scalar): Scalar {
  return isInt(a) && isInt(b) ? int64(BigInt(a) - BigInt(b)) : Number(a) - Number(b)
}
export function mulScalars(a: Scalar, b: Scalar): Scalar {
  return isInt(a) && isInt(b) ? int64(BigInt(a) * BigInt(b)) : Number(a) * Number(b)
}
export function floorDivScalars(a: Scalar, b: Scalar): Scalar {
  return isInt(a) && isInt(b) ? floorDiv(BigInt(a), BigInt(b)) : Math.floor(Number(a) / Number(b))
}
export function modScalars(a: Scalar, b: Scalar): Scalar {
  return isInt(a) && isInt(b) ? floorMod(BigInt(a), BigInt(b)) : floatMod(Number(a), Number(b))
}
export function minScalars(a: Scalar, b: Scalar): Scalar {
  return isInt(a) && isInt(b) ? min(BigInt(a), BigInt(b)) : min(Number(a), Number(b))
}
export function maxScalars(a: Scalar, b: Scalar): Scalar {
  return isInt(a) && isInt(b) ? max(BigInt(a), BigInt(b)) : max(Number(a), Number(b))
}
export function negScalar(a: Scalar): Scalar {
  return isInt(a) ? int64(-BigInt(a)) : -a
}
export function absScalar(a: Scalar): Scalar {
  return isInt(a) ? abs(BigInt(a)) : Math.abs(a)
}
export function equalScalars(a: Scalar, b: Scalar): boolean {
  return isInt(a) && isInt(b) ? BigInt(a) === BigInt(b) : Number(a) === Number(b)
}
