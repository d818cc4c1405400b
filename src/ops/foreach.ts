// _foreach operators: the operator of one tensor for every tensor of a list. Both tables make their rows from this one.
// Answers to aten/src/ATen/native/ForeachOpsKernels.cpp.

import { assert } from '../diagnostics/internal.ts'
import { qualifiedName, type FunctionSchema } from '../ir/function-schema.ts'
import type { IValue } from '../ir/ivalue.ts'
import { schemasOf } from './schema-of.ts'

/** Operator, the operator on one element, and where its arguments come from when their names differ. */
type Row = readonly [own: string, of: string, from?: Readonly<Record<string, string>>]

const UNARY =
  'abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 neg reciprocal round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc clone max'
const SCALARS = { other: 'scalars' }
const SCALAR = { other: 'scalar' }

const TABLE: readonly Row[] = [
  ...UNARY.split(' ').map((name): Row => [`aten::_foreach_${name}`, `aten::${name}`]),
  ...['add', 'sub', 'mul', 'div'].flatMap((name): Row[] => [
    [`aten::_foreach_${name}.Scalar`, `aten::${name}.Scalar`, SCALAR],
    [`aten::_foreach_${name}.ScalarList`, `aten::${name}.Scalar`, SCALARS],
    [`aten::_foreach_${name}.List`, `aten::${name}.Tensor`],
    ...(name === 'sub' ? [] : ([[`aten::_foreach_${name}.Tensor`, `aten::${name}.Tensor`]] as Row[])),
  ]),
  ...['max', 'min'].flatMap((name): Row[] => [
    [`aten::_foreach_clamp_${name}.Scalar`, `aten::clamp_${name}`, { [name]: 'scalar' }],
    [`aten::_foreach_clamp_${name}.ScalarList`, `aten::clamp_${name}`, { [name]: 'scalars' }],
    [`aten::_foreach_clamp_${name}.List`, `aten::clamp_${name}.Tensor`, { [name]: 'other' }],
  ]),
  ...(
    [
      ['maximum', 'min'],
      ['minimum', 'max'],
    ] as const
  ).flatMap(([name, bound]): Row[] => [
    [`aten::_foreach_${name}.Scalar`, `aten::clamp_${bound}`, { [bound]: 'scalar' }],
    [`aten::_foreach_${name}.ScalarList`, `aten::clamp_${bound}`, { [bound]: 'scalars' }],
    [`aten::_foreach_${name}.List`, `aten::${name}`],
  ]),
  ...['addcmul', 'addcdiv'].flatMap((name): Row[] => [
    [`aten::_foreach_${name}.Scalar`, `aten::${name}`],
    [`aten::_foreach_${name}.ScalarList`, `aten::${name}`, { value: 'scalars' }],
  ]),
  ['aten::_foreach_pow.Scalar', 'aten::pow.Tensor_Scalar'],
  ['aten::_foreach_pow.ScalarList', 'aten::pow.Tensor_Scalar'],
  ['aten::_foreach_pow.List', 'aten::pow.Tensor_Tensor'],
  ['aten::_foreach_pow.ScalarAndTensor', 'aten::pow.Scalar'],
  ['aten::_foreach_lerp.Scalar', 'aten::lerp.Scalar', { end: 'tensors1' }],
  ['aten::_foreach_lerp.ScalarList', 'aten::lerp.Scalar', { end: 'tensors1' }],
  ['aten::_foreach_lerp.List', 'aten::lerp.Tensor', { end: 'tensors1', weight: 'weights' }],
  ['aten::_foreach_norm.Scalar', 'aten::linalg_vector_norm'],
  ['aten::_foreach_powsum.Scalar', 'aten::linalg__powsum'],
  ['aten::_foreach_mm', 'aten::mm'],
  ['aten::_foreach_copy', 'aten::copy'],
  ['aten::_foreach_zero', 'aten::zero'],
  ['aten::_to_cpu', 'aten::cpu'],
]

export interface Foreach {
  readonly schema: FunctionSchema
  readonly of: FunctionSchema
  /** For each argument of `of`: our argument, with one item for each element or one for all; or a constant. */
  readonly args: readonly ({ readonly name: string; readonly each: boolean } | { readonly value: IValue })[]
}

function schemaNamed(name: string): FunctionSchema {
  const found = schemasOf(name.split('.')[0]!).find((schema) => qualifiedName(schema) === name)
  assert(found !== undefined, `torch has no ${name}`)
  return found
}
function resolved([own, of, from = {}]: Row): Foreach {
  const [schema, target] = [schemaNamed(own), schemaNamed(of)]
  const args = target.args.map(({ name, default: fallback }, i): Foreach['args'][number] => {
    const wanted = from[name] ?? name
    const found = schema.args.find((arg) => arg.name === wanted) ?? (i === 0 ? schema.args[0] : undefined)
    if (found !== undefined) return { name: found.name, each: found.type.kind === 'List' }
    assert(fallback !== undefined, `nothing tells ${of}'s ${name} of ${own}`)
    return { value: fallback }
  })
  return { schema, of: target, args }
}

let list: readonly Foreach[] | undefined
export function foreachOperators(): readonly Foreach[] {
  list ??= TABLE.map(resolved)
  return list
}

/** Their names, which tell without reading schemas that a schema is none of them. */
export const foreachNames = (): readonly string[] => TABLE.map(([own]) => own)
