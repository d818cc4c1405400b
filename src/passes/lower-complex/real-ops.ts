// RealOps: writes real operators in front of a node and keeps their facts, so that later rows see dtypes and extents of what was just made.
// Tensors and Python floats alike: a call of two floats is the scalar operator.

import type { Facts } from '../../analysis/facts.ts'
import { inferNode } from '../../analysis/facts.ts'
import { Builder } from '../../ir/builder.ts'
import type { Dim } from '../../ir/dim.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import { isFloatingPoint, scalarTypeInfo, type ScalarType } from '../../ir/scalar-type.ts'
import { scalarTensor } from '../../ir/tensor-elements.ts'
import { boolType, floatType, intType, listOf, tensorType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Fact } from '../../ops/fact.ts'
import { schemasOf } from '../../ops/schema-of.ts'

const ints = listOf(intType)

export class RealOps {
  readonly builder: Builder
  readonly facts: Facts
  /** Nodes made here: no row of complex operators is for them. */
  readonly #made: Set<Node>

  constructor(builder: Builder, facts: Facts, made: Set<Node>) {
    this.builder = builder
    this.facts = facts
    this.#made = made
  }
  /** At another place of the graph, with the same books. */
  at(builder: Builder): RealOps {
    return new RealOps(builder, this.facts, this.#made)
  }

  insert(node: Node): Node {
    this.builder.insert(node)
    this.#made.add(node)
    inferNode(node, this.facts)
    return node
  }
  node(kind: string, inputs: readonly Value[], types: readonly Type[]): Node {
    return this.insert(this.builder.graph.create(kind, inputs, types))
  }
  op(kind: string, inputs: readonly Value[], type: Type = tensorType): Value {
    return this.node(kind, inputs, [type]).output()
  }
  /** By name: an argument that is not given has its default. For operators with long tails of options. */
  call(name: string, given: Readonly<Record<string, Value>>, types: readonly Type[] = [tensorType]): Node {
    const [base = name, overload = ''] = name.split('.')
    const schema = schemasOf(base).find((s) => s.overload === overload)!
    const inputs = schema.args.map((arg) => given[arg.name] ?? this.constant(arg.default ?? null))
    const node = this.builder.graph.create(base, inputs, types)
    node.schema = schema
    return this.insert(node)
  }

  constant(value: IValue, type?: Type): Value {
    return this.insert(this.builder.graph.createConstant(value, type)).output()
  }
  int(value: number): Value {
    return this.constant(BigInt(value))
  }
  float(value: number): Value {
    return this.constant(value, floatType)
  }
  bool(value: boolean): Value {
    return this.constant(value)
  }
  none(): Value {
    return this.constant(null)
  }
  dtype(dtype: ScalarType): Value {
    return this.int(scalarTypeInfo(dtype).code)
  }
  list(items: readonly Value[], of: Type = tensorType): Value {
    return this.op('prim::ListConstruct', items, listOf(of))
  }
  ints(items: readonly (Value | number)[]): Value {
    return this.op(
      'prim::ListConstruct',
      items.map((item) => (typeof item === 'number' ? this.int(item) : item)),
      ints,
    )
  }
  scalar(dtype: ScalarType, value: number): Value {
    return this.constant(scalarTensor(dtype, value))
  }

  // What is known

  of(value: Value): Fact {
    return this.facts.of(value)
  }
  dtypeOf(value: Value): ScalarType | undefined {
    return this.facts.of(value).dtype
  }
  /** The extent of an axis: a constant where it is known. */
  size(value: Value, axis: number): Value {
    const { dims } = this.facts.of(value)
    const dim: Dim = dims?.[axis < 0 ? axis + dims.length : axis] ?? null
    return typeof dim === 'number' ? this.int(dim) : this.op('aten::size', [value, this.int(axis)], intType)
  }

  // Conversions

  /** A tensor in that dtype: the same value where it has it. A Python number becomes a 0-d tensor. */
  cast(value: Value, dtype: ScalarType): Value {
    if (isNumber(value)) {
      const known = this.facts.of(value).value
      if (typeof known === 'number' || typeof known === 'bigint' || typeof known === 'boolean') return this.scalar(dtype, Number(known))
      return this.call('aten::scalar_tensor', { s: value, dtype: this.dtype(dtype) }).output()
    }
    if (this.dtypeOf(value) === dtype) return value
    return this.op('aten::to', [value, this.dtype(dtype), this.bool(false), this.bool(false), this.none()])
  }
  zerosLike(value: Value): Value {
    return isNumber(value) ? this.float(0) : this.call('aten::zeros_like', { self: value }).output()
  }

  // Arithmetic

  #binary(kind: string, x: Value, y: Value, ...rest: Value[]): Value {
    const numbers = isNumber(x) && isNumber(y)
    return this.op(kind, [x, y, ...(numbers ? [] : rest)], numbers ? floatType : tensorType)
  }
  add(x: Value, y: Value): Value {
    return this.#binary('aten::add', x, y, this.int(1))
  }
  sub(x: Value, y: Value): Value {
    return this.#binary('aten::sub', x, y, this.int(1))
  }
  mul(x: Value, y: Value): Value {
    return this.#binary('aten::mul', x, y)
  }
  div(x: Value, y: Value): Value {
    return this.#binary('aten::div', x, y)
  }
  atan2(y: Value, x: Value): Value {
    return this.#binary('aten::atan2', y, x)
  }
  /** √(x² + y²) without overflow. */
  hypot(x: Value, y: Value): Value {
    if (!isNumber(x) || !isNumber(y)) return this.op('aten::hypot', [x, y])
    return this.op('aten::sqrt', [this.add(this.mul(x, x), this.mul(y, y))], floatType)
  }
  unary(name: string, x: Value): Value {
    if (!isNumber(x)) return this.op(`aten::${name}`, [x])
    return this.op(name === 'abs' ? 'prim::abs' : `aten::${name}`, [x], floatType)
  }
  neg(x: Value): Value {
    return this.unary('neg', x)
  }
  /** x·factor for a factor known at build time. */
  scale(x: Value, factor: number): Value {
    return this.mul(x, this.float(factor))
  }
  /** x compared with a number: `eq`, `ge`, `gt` …. */
  compare(name: string, x: Value, number: number): Value {
    return this.op(`aten::${name}`, [x, this.float(number)], isNumber(x) ? boolType : tensorType)
  }
  where(condition: Value, x: Value, y: Value): Value {
    return this.op('aten::where', [condition, x, y])
  }
}

export const isNumber = ({ type }: Value): boolean =>
  type.kind === 'float' || type.kind === 'int' || type.kind === 'bool' || type.kind === 'number' || type.kind === 'complex'

/** The dtype that parts of a complex dtype are computed in: onnxruntime has few float16 kernels, so halves are widened. */
export function partType(dtype: ScalarType | undefined): ScalarType {
  if (dtype === 'complex128' || dtype === 'float64') return 'float64'
  return 'float32'
}
export const isRealFloat = (dtype: ScalarType | undefined): boolean => dtype !== undefined && isFloatingPoint(dtype)
