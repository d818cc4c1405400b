// Comparison and logic on Python values. Ints compare exactly, an int with a float as doubles; extents where their difference decides.
// Answers to torch/csrc/jit/runtime/register_prim_ops.cpp.

import { dimSub } from '../../ir/dim.ts'
import type { Device, IList, IValue } from '../../ir/ivalue.ts'
import { unknown, type Fact } from '../fact.ts'
import type { Rule } from '../rule.ts'
import { boolFact, evaluated, isInt, knownNumber, row, toInt, type NamedFacts } from './scalar-row.ts'

type Ordering = (sign: number) => boolean

const orderings: readonly (readonly [string, Ordering])[] = [
  ['eq', (s) => s === 0],
  ['ne', (s) => s !== 0],
  ['lt', (s) => s < 0],
  ['le', (s) => s <= 0],
  ['gt', (s) => s > 0],
  ['ge', (s) => s >= 0],
]

/** −1, 0 or 1; NaN when unordered, for which only `ne` holds. */
function compareNumbers(a: Fact, b: Fact): number | undefined {
  const x = knownNumber(a)
  const y = knownNumber(b)
  if (x !== undefined && y !== undefined) {
    if (isInt(x) && isInt(y)) return toInt(x) < toInt(y) ? -1 : toInt(x) > toInt(y) ? 1 : 0
    const [p, q] = [Number(x), Number(y)]
    return p < q ? -1 : p > q ? 1 : p === q ? 0 : NaN
  }
  if (a.sym === undefined || b.sym === undefined) return undefined
  const difference = dimSub(a.sym, b.sym)
  return typeof difference === 'number' ? Math.sign(difference) : undefined
}

const compared =
  (holds: Ordering) =>
  ({ a, b }: NamedFacts): Fact => {
    const sign = compareNumbers(a!, b!)
    return sign === undefined ? unknown : boolFact(holds(sign))
  }

const compareStrings = (a: string, b: string): number => {
  const [x, y] = [new TextEncoder().encode(a), new TextEncoder().encode(b)]
  const at = x.findIndex((byte, i) => byte !== y[i])
  if (at === -1) return Math.sign(x.length - y.length)
  return at >= y.length ? 1 : Math.sign(x[at]! - y[at]!)
}

/** Python `==` of values known at build time; tensors are never compared here. */
export function valuesEqual(a: IValue, b: IValue): boolean | undefined {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
    const numeric = (v: IValue): boolean => typeof v === 'bigint' || typeof v === 'number' || typeof v === 'boolean'
    return numeric(a) && numeric(b) && typeof a !== typeof b ? Number(a) === Number(b) : a === b
  }
  if (a.kind === 'device' && b.kind === 'device') return deviceName(a) === deviceName(b)
  if (a.kind === 'enum' && b.kind === 'enum') return a.className === b.className && valuesEqual(a.value, b.value)
  if (a.kind === 'complex' && b.kind === 'complex') return a.re === b.re && a.im === b.im
  if ((a.kind === 'list' && b.kind === 'list') || (a.kind === 'tuple' && b.kind === 'tuple')) {
    if (a.items.length !== b.items.length) return false
    let equal: boolean | undefined = true
    for (const [i, item] of a.items.entries()) {
      const same = valuesEqual(item, b.items[i]!)
      if (same === false) return false
      equal = same === undefined ? undefined : equal
    }
    return equal
  }
  return undefined
}
const deviceName = (device: Device): string => device.name.replace(/^cpu:0$/, 'cpu')

function listEquality({ a, b }: NamedFacts): boolean | undefined {
  if (a!.items === undefined || b!.items === undefined) return undefined
  if (a!.items.length !== b!.items.length) return false
  let equal: boolean | undefined = true
  for (const [i, item] of a!.items.entries()) {
    const other = b!.items[i]!
    const sign =
      typeof item.value === 'string' && typeof other.value === 'string'
        ? compareStrings(item.value, other.value)
        : compareNumbers(item, other)
    if (sign !== undefined && sign !== 0) return false
    if (sign === undefined) equal = undefined
  }
  return equal
}
const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value)

const logic: readonly (readonly [string, (a: bigint, b: bigint) => bigint])[] = [
  ['__and__', (a, b) => a & b],
  ['__or__', (a, b) => a | b],
  ['__xor__', (a, b) => a ^ b],
]

/** `False and x` is False whatever x is. */
function logicFact(name: string, apply: (a: bigint, b: bigint) => bigint, { a, b }: NamedFacts): Fact {
  const [x, y] = [a!.value, b!.value]
  if (typeof x === 'boolean' && typeof y === 'boolean') return boolFact(apply(BigInt(x), BigInt(y)) !== 0n)
  const decides = name === '__and__' ? false : name === '__or__' ? true : undefined
  return decides !== undefined && (x === decides || y === decides) ? boolFact(decides) : unknown
}

export const compareRules: readonly Rule[] = [
  ...orderings.flatMap(([name, holds]) => [
    ...[
      `aten::${name}.int(int a, int b) -> bool`,
      `aten::${name}.float(float a, float b) -> bool`,
      `aten::${name}.int_float(int a, float b) -> bool`,
      `aten::${name}.float_int(float a, int b) -> bool`,
      `aten::${name}(Scalar a, Scalar b) -> bool`,
    ].map((schema) => row(schema, compared(holds))),
    evaluated(`aten::${name}.str(str a, str b) -> bool`, (a: string, b: string) => holds(compareStrings(a, b))),
  ]),
  ...(['eq', 'ne'] as const).flatMap((name) => {
    const decide = (equal: boolean | undefined): boolean | undefined => (name === 'eq' ? equal : not(equal))
    return [
      ...['int', 'float', 'bool', 'str'].map((type) =>
        row(`aten::${name}.${type}_list(${type}[] a, ${type}[] b) -> bool`, (args) => boolFact(decide(listEquality(args)))),
      ),
      evaluated(`aten::${name}.bool(bool a, bool b) -> bool`, (a: boolean, b: boolean) => decide(a === b)),
      evaluated(`aten::${name}.device(Device a, Device b) -> bool`, (a: IValue, b: IValue) => decide(valuesEqual(a, b))),
      evaluated(`aten::${name}.enum(AnyEnumType a, AnyEnumType b) -> bool`, (a: IValue, b: IValue) => decide(valuesEqual(a, b))),
    ]
  }),
  ...logic.flatMap(([name, apply]) => [
    row(`aten::${name}.bool(bool a, bool b) -> bool`, (args) => logicFact(name, apply, args)),
    evaluated(`aten::${name}.int(int a, int b) -> int`, apply as never),
  ]),
  evaluated('aten::__not__(bool self) -> bool', (self: boolean) => !self),
  ...['int', 'str', 'float'].map((type) =>
    row(`aten::__contains__.${type}_list(${type}[] l, ${type} item) -> bool`, ({ l, item }) =>
      l!.value === undefined || item!.value === undefined
        ? unknown
        : boolFact((l!.value as IList).items.some((v) => valuesEqual(v, item!.value!) === true)),
    ),
  ),
]
