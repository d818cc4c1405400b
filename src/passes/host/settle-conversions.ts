// Conversions (`to`, `type_as`, `float()`) of tensors that are written: torch gives the argument itself when it has the dtype already, and a copy
// otherwise; a dropout that drops nothing gives its argument, too. Facts tell which, or a branch does, so that every name of a tensor is known as one. Answers to ATen/native/TensorConversions.cpp.

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import type { Facts } from '../../analysis/facts.ts'
import { allNodes } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { scalarTypeOfCode, type ScalarType } from '../../ir/scalar-type.ts'
import { boolType, intType, tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'

const CONVERSIONS: ReadonlySet<string> = new Set(['aten::to', 'aten::type_as'])

/** Conversions whose argument or result some operator writes. */
export function contestedConversions(graph: Graph): Node[] {
  const nodes = [...allNodes(graph.block)].filter(isConversion)
  if (nodes.length === 0) return []
  const alias = new AliasAnalysis(graph)
  return nodes.filter((node) => alias.hasWriters(node.output()))
}

const DROPOUTS: ReadonlySet<string> = new Set(
  ['dropout', 'feature_dropout', 'alpha_dropout', 'feature_alpha_dropout'].map((name) => `aten::${name}`),
)

/** One that looks at nothing but dtypes, or does nothing. */
function isConversion(node: Node): boolean {
  if (DROPOUTS.has(node.kind)) return constantOf(node.input(2)) === false
  if (!CONVERSIONS.has(node.kind) || node.inputs[0]!.type.kind !== 'Tensor') return false
  const isNot = (name: string, value: boolean | null): boolean => {
    const input = node.namedInput(name)
    return input !== undefined && constantOf(input) !== value
  }
  return !isNot('copy', false) && !isNot('memory_format', null)
}

/** Puts the argument, a copy, or a choice of the two in their place. */
export function settleConversions(nodes: readonly Node[], facts: Facts): void {
  for (const node of nodes) {
    const b = Builder.replacing(node)
    const self = node.input()
    if (DROPOUTS.has(node.kind)) {
      node.output().replaceAllUsesWith(self)
      node.destroy()
      continue
    }
    const other = node.namedInput('other')
    const dtype = other === undefined ? node.namedInput('dtype') : b.op('prim::dtype', [other], intType)
    const copy = (at: Builder): Value =>
      at.op('aten::_to_copy', [self, dtype!, at.none(), at.none(), at.none(), at.bool(false), at.none()], tensorType)
    const from = facts.of(self).dtype
    const to = other === undefined ? dtype && targetOf(dtype, facts) : facts.of(other).dtype
    if (dtype === undefined || constantOf(dtype) === null || (from !== undefined && from === to)) node.output().replaceAllUsesWith(self)
    else if (from !== undefined && to !== undefined) node.output().replaceAllUsesWith(copy(b))
    else {
      const choice = b.if(b.op('aten::eq', [b.op('prim::dtype', [self], intType), dtype], boolType), [tensorType])
      const [same, different] = choice.blocks
      same!.addReturn(self)
      different!.addReturn(copy(Builder.atEnd(different!)))
      node.output().replaceAllUsesWith(choice.output())
    }
    node.destroy()
  }
}

function targetOf(dtype: Value, facts: Facts): ScalarType | undefined {
  const number = constantOf(dtype) ?? facts.of(dtype).value
  return typeof number === 'bigint' ? scalarTypeOfCode(Number(number)) : undefined
}
