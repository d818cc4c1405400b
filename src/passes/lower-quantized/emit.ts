// Writes the plain operators that quantized ones stand for. Arithmetic on constant scales is done at once, in float32 as torch's kernels do it.
// Knows no quantized operator; rows do.

import type { Builder } from '../../ir/builder.ts'
import { constantTensor } from '../../ir/constant.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { numel, tensorOf, type Tensor } from '../../ir/tensor.ts'
import { readElements, scalarTensor, tensorFromElements } from '../../ir/tensor-elements.ts'
import { scalarTypeInfo, type ScalarType } from '../../ir/scalar-type.ts'
import { floatType, intType, listOf, tensorType, type Type } from '../../ir/type.ts'
import { Value } from '../../ir/value.ts'

/** An argument as a row writes it: a value of the graph, or what a constant holds. Lists are lists of ints. */
export type Operand = Value | null | boolean | number | bigint | string | Tensor | readonly number[]

/** Longest vector whose arithmetic is done while the graph is written. */
const MAX_FOLDED = 1 << 16

type Arithmetic = (a: number, b: number) => number
const FOLDED: ReadonlyMap<string, Arithmetic> = new Map<string, Arithmetic>([
  ['aten::mul', (a, b) => Math.fround(a * b)],
  ['aten::div', (a, b) => Math.fround(a / b)],
])

export class Emit {
  readonly b: Builder

  constructor(b: Builder) {
    this.b = b
  }

  /** A call of an operator with one tensor as its result. */
  op(kind: string, ...args: readonly Operand[]): Value {
    return this.typed(tensorType, kind, ...args)
  }
  typed(type: Type, kind: string, ...args: readonly Operand[]): Value {
    return this.b.op(
      kind,
      args.map((arg) => this.value(arg)),
      type,
    )
  }
  value(arg: Operand): Value {
    if (arg instanceof Value) return arg
    if (Array.isArray(arg)) return this.ints(arg as readonly number[])
    return this.b.constant(arg as IValue)
  }
  ints(items: readonly (number | Value)[]): Value {
    return this.b.list(
      items.map((item) => (typeof item === 'number' ? this.b.int(item) : item)),
      intType,
    )
  }
  tensors(items: readonly Value[]): Value {
    return this.b.list(items, tensorType)
  }

  to(x: Value, dtype: ScalarType): Value {
    const constant = constantTensor(x)
    if (constant?.dtype === dtype) return x
    if (constant !== undefined && numel(constant.sizes) === 1 && constant.quantizer === undefined)
      return this.b.constant(tensorFromElements(dtype, constant.sizes, readElements(constant)))
    return this.op('aten::to', x, BigInt(scalarTypeInfo(dtype).code), false, false, null)
  }
  float(x: Value): Value {
    return this.to(x, 'float32')
  }
  add = (a: Value, b: Operand): Value => this.op('aten::add', a, b, 1n)
  sub = (a: Value, b: Operand): Value => this.op('aten::sub', a, b, 1n)
  /** Of float32 tensors. */
  mul(a: Value, b: Value): Value {
    return this.#arithmetic('aten::mul', a, b)
  }
  div(a: Value, b: Value): Value {
    return this.#arithmetic('aten::div', a, b)
  }
  inverse(a: Value): Value {
    return this.div(this.real(1), a)
  }
  real(x: number, dtype: ScalarType = 'float32'): Value {
    return this.b.constant(scalarTensor(dtype, x))
  }

  /** A Python float or int as a 0-d tensor. */
  scalar(x: Value, dtype: ScalarType): Value {
    const held = x.node.attributes.get('value')
    if (x.node.kind === 'prim::Constant' && (typeof held === 'number' || typeof held === 'bigint'))
      return this.b.constant(scalarTensor(dtype, dtype.startsWith('float') ? Number(held) : BigInt(held)))
    return this.op('aten::scalar_tensor', x, BigInt(scalarTypeInfo(dtype).code), null, null, null)
  }

  #arithmetic(kind: string, a: Value, b: Value): Value {
    const [x, y] = [numbers(a), numbers(b)]
    const f = FOLDED.get(kind)!
    if (x === undefined || y === undefined) return this.op(kind, a, b)
    const long = x.data.length >= y.data.length ? x : y
    if (x.data.length !== y.data.length && Math.min(x.data.length, y.data.length) !== 1) return this.op(kind, a, b)
    const out = Float32Array.from(long.data, (_, i) => f(x.data[x.data.length === 1 ? 0 : i]!, y.data[y.data.length === 1 ? 0 : i]!))
    const sizes = x.sizes.length > y.sizes.length || (x.sizes.length === y.sizes.length && long === x) ? x.sizes : y.sizes
    return this.b.constant(tensorOf('float32', sizes, new Uint8Array(out.buffer)))
  }
}

/** A constant float32 vector or number. */
function numbers(value: Value): { readonly sizes: readonly number[]; readonly data: readonly number[] } | undefined {
  const tensor = constantTensor(value)
  if (tensor?.dtype !== 'float32' || tensor.sizes.length > 1 || numel(tensor.sizes) > MAX_FOLDED) return undefined
  return { sizes: tensor.sizes, data: readElements(tensor) as number[] }
}

export const floats: Type = listOf(floatType)
