// Operators whose result is a view of the argument or a copy of it, as strides and dtypes will have it: decided here where it can be.

import { constantOf } from '../../ir/constant.ts'
import type { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import { boolType, intType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { scalarTypeOfCode } from '../../ir/scalar-type.ts'
import { isContiguousValue, type InputsOf } from './layout-facts.ts'

const dropouts = new Set(['aten::dropout', 'aten::feature_dropout', 'aten::alpha_dropout', 'aten::feature_alpha_dropout'])

/** `view`, `copy`, or undefined when that cannot be told. `inputsOf` gives a node's inputs as they were before any rewriting. */
export function viewOrCopy(node: Node, inputsOf: InputsOf): 'view' | 'copy' | undefined {
  switch (node.kind) {
    case 'aten::reshape':
    case 'aten::reshape_as':
    case 'aten::flatten':
    case 'aten::ravel':
    case 'aten::contiguous':
      return isContiguousValue(inputsOf(node)[0]!, inputsOf) ? 'view' : undefined
    case 'aten::to':
    case 'aten::type_as':
      return conversion(node)
    case 'aten::dropout':
    case 'aten::feature_dropout':
    case 'aten::alpha_dropout':
    case 'aten::feature_alpha_dropout': {
      const train = constantOf(node.input(2))
      return train === false ? 'view' : train === true ? 'copy' : undefined
    }
    case 'aten::atleast_1d':
    case 'aten::atleast_2d':
    case 'aten::atleast_3d':
    case 'aten::resolve_neg':
      return 'view'
    case 'aten::resolve_conj':
    case 'aten::conj_physical': {
      const { type } = node.input()
      return type.kind === 'Tensor' && type.dtype !== undefined && !type.dtype.startsWith('complex') ? 'view' : undefined
    }
    default:
      return undefined
  }
}

/** For what dtypes or a flag decide at run time: true when the result is the argument itself. Its inputs are present values. */
export function isViewCondition(b: Builder, node: Node): Value | undefined {
  const dtypeOf = (tensor: Value): Value => b.op('prim::dtype', [tensor], intType)
  if (dropouts.has(node.kind)) return b.op('aten::__not__', [node.input(2)], boolType)
  if (node.kind !== 'aten::to' && node.kind !== 'aten::type_as') return undefined
  const copy = node.namedInput('copy')
  if (copy !== undefined && constantOf(copy) !== false) return undefined
  const other = node.namedInput('other')
  const dtype = other === undefined ? node.namedInput('dtype') : dtypeOf(other)
  return dtype?.type.kind === 'int' ? b.op('aten::eq', [dtypeOf(node.input()), dtype], boolType) : undefined
}

function conversion(node: Node): 'view' | 'copy' | undefined {
  const copy = node.namedInput('copy')
  if (copy !== undefined && constantOf(copy) === true) return 'copy'
  const from = node.input().type
  if (from.kind !== 'Tensor' || from.dtype === undefined) return undefined
  const other = node.namedInput('other')
  if (other !== undefined) {
    const to = other.type.kind === 'Tensor' ? other.type.dtype : undefined
    return to === undefined ? undefined : to === from.dtype ? 'view' : 'copy'
  }
  const dtype = node.namedInput('dtype')
  const number = dtype === undefined ? undefined : constantOf(dtype)
  if (number === null) return 'view'
  if (typeof number !== 'bigint') return undefined
  return scalarTypeOfCode(Number(number)) === from.dtype ? 'view' : 'copy'
}
