// A row of the table: what a quantized operator does, written with plain ones. Keyed by torch's own schema text, like every operator table.

import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import type { ArgNames } from '../../ops/schema-args.ts'
import type { Emit } from './emit.ts'
import { dequantize } from './affine.ts'
import type { Packed, PackedArg, QItems, QList, QTensor, Quantized } from './quantized-value.ts'

/** What a row sees of its call. */
export interface Call {
  readonly node: Node
  readonly emit: Emit
  /** What stands for a value; undefined for values that are not quantized. */
  readonly of: (value: Value) => Quantized | undefined
  /** Ends the conversion: the operator has no meaning for what it is given here. */
  readonly refuse: (why: string) => never
}

export type Lowered = Value | Quantized
export type QuantizedArgs<S extends string> = { readonly [K in ArgNames<S>]: Value }

export interface QuantizedRow {
  readonly schema: string
  /** Whatever it is given; other rows serve quantized tensors only, and leave the operator alone elsewhere. */
  readonly always: boolean
  /** Results in order. */
  readonly build: (args: never, call: Call) => Lowered | readonly Lowered[]
}

type Build<S extends string> = (args: QuantizedArgs<S>, call: Call) => Lowered | readonly Lowered[]

/** A row for each of some schemas that share the arguments it reads. */
export function quantized<const S extends string>(schemas: S | readonly S[], build: Build<S>): QuantizedRow[] {
  return rows(schemas, build as QuantizedRow['build'], true)
}
/** The same for operators that plain tensors have too. */
export function onQuantized<const S extends string>(schemas: S | readonly S[], build: Build<S>): QuantizedRow[] {
  return rows(schemas, build as QuantizedRow['build'], false)
}
function rows(schemas: string | readonly string[], build: QuantizedRow['build'], always: boolean): QuantizedRow[] {
  return (typeof schemas === 'string' ? [schemas] : schemas).map((schema) => ({ schema, always, build }))
}

export function tensorOf(call: Call, value: Value): QTensor {
  const found = call.of(value)
  return found?.kind === 'tensor' ? found : call.refuse('a tensor that must be quantized is not')
}
export function packedOf(call: Call, value: Value): Packed {
  const found = call.of(value)
  return found?.kind === 'packed' ? found : call.refuse('the packed weights are not known at build time')
}
/** A tensor as reals, quantized or not. */
export function realOf(call: Call, value: Value): Value {
  const found = call.of(value)
  return found?.kind === 'tensor' ? dequantize(call.emit, found) : value
}
export const isNone = ({ node }: Value): boolean => node.kind === 'prim::Constant' && (node.attributes.get('value') ?? null) === null

/** An argument of the packing operator: plain. */
export function plain(call: Call, arg: PackedArg | undefined): Value {
  return arg !== undefined && 'uses' in arg ? arg : call.refuse('the packed weights have another form than expected')
}
/** An argument of the packing operator: a quantized tensor. */
export function weightOf(call: Call, { args }: Packed): QTensor {
  const [weight] = args
  return weight !== undefined && 'kind' in weight && weight.kind === 'tensor' ? weight : call.refuse('the packed weights are not quantized')
}

/** The tensors of a list. */
export function itemsOf(call: Call, value: Value): readonly QTensor[] {
  const found: QItems | QList | Quantized | undefined = call.of(value)
  if (found?.kind !== 'items') return call.refuse('a list of quantized tensors is not known item by item')
  return found.items.map((item) =>
    'kind' in item && item.kind === 'tensor' ? item : call.refuse('a tensor that must be quantized is not'),
  )
}
