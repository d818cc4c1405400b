// A table that is looked up and multiplied with as well, the head of a language model tied to its embedding: bytes once, for both. Rows have scales of
// their own, which are the columns of the product.

import type { OnnxModel, OnnxNode } from '../model.ts'
import { intAttribute, intsAttribute, nodesOf } from '../passes/values.ts'
import { isLookup } from './embedding.ts'
import { isPlainProduct } from './integer-product.ts'
import type { Weight } from './weights.ts'

/**
 * The values by which products read the table, [columns, rows]: the weight itself, where they turn it, and its transpositions. Undefined unless there is
 * such a product, and nobody reads the table otherwise.
 */
export function tiedProducts(model: OnnxModel, { name, tensor, uses }: Weight): readonly string[] | undefined {
  if (tensor.sizes.length !== 2 || !uses.some(({ node, input }) => input === 0 && isLookup(node))) return undefined
  const turned = new Set<string>()
  for (const { node, input } of uses) {
    if (input === 0 && isLookup(node)) continue
    if (input === 0 && isTransposition(node)) turned.add(node.outputs[0]!)
    else if (isPlainProduct({ node, input }) && intAttribute(node, 'transB', 0) !== 0) turned.add(name)
    else return undefined
  }
  const outputs = new Set(model.graph.outputs.map((output) => output.name))
  for (const node of nodesOf(model.graph))
    for (const [input, read] of node.inputs.entries()) {
      if (read === name || !turned.has(read)) continue
      if (!isPlainProduct({ node, input }) || intAttribute(node, 'transB', 0) !== 0) return undefined
    }
  return turned.size > 0 && ![...turned].some((one) => outputs.has(one)) ? [...turned] : undefined
}

const isTransposition = (node: OnnxNode): boolean =>
  node.opType === 'Transpose' && node.domain === '' && (intsAttribute(node, 'perm') ?? [1, 0]).join() === '1,0'
