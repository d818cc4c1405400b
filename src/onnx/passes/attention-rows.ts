// Rows of attention that see nothing: torch's scaled_dot_product_attention gives 0 there, and a softmax of −∞ alone is no number. What
// lowering writes for it, a choice behind the product with the values, is made once for each mask, behind the fused operator.

import { int64Tensor, scalarTensor } from '../../ir/tensor-elements.ts'
import type { OnnxNode } from '../model.ts'
import { onnxDataType } from '../data-type.ts'
import type { Mask } from './attention-mask.ts'
import { onnxNode, type GraphIndex } from './graph-index.ts'
import { intAttribute } from './values.ts'

/** What a choice of 0 for rows that see nothing takes otherwise, and the masked scores that it looks at; undefined for other nodes. */
export function guarded(choice: OnnxNode, index: GraphIndex): { readonly output: string; readonly masked: string } | undefined {
  const [condition, zero, output] = choice.inputs as [string, string, string]
  if (choice.opType !== 'Where' || index.scalar(zero) !== 0) return undefined
  const equal = index.own(condition, 'Equal')
  if (equal === undefined || index.scalar(equal.inputs[1]) !== -Infinity) return undefined
  const greatest = index.own(equal.inputs[0], 'ReduceMax')
  if (greatest === undefined || index.ints(greatest.inputs[1])?.join() !== '-1' || intAttribute(greatest, 'keepdims', 1) !== 1)
    return undefined
  // −∞ more, in case there is nothing to see.
  const pad = index.own(greatest.inputs[0], 'Pad')
  const isLowest = pad === undefined || (index.scalar(pad.inputs[2]) === -Infinity && index.ints(pad.inputs[3])?.join() === '-1')
  const masked = pad?.inputs[0] ?? greatest.inputs[0]!
  if (!isLowest || index.isResult(masked) || new Set(index.readers(masked)).size !== 2) return undefined
  return { output, masked }
}

/** Rows that see nothing as [B, S, 1], for the masks of one graph. */
export class BlindRows {
  readonly #index: GraphIndex
  readonly #known = new Map<string, string>()

  constructor(index: GraphIndex) {
    this.#index = index
  }

  /** Undefined where the heads see different things. */
  of(mask: Mask, nodes: OnnxNode[]): string | undefined {
    const index = this.#index
    const known = this.#known.get(mask.key)
    if (known !== undefined) return known
    const made: OnnxNode[] = []
    const seen = mask.seen!(made)
    const dims = index.dims(seen)
    if (dims === undefined || (dims.length > 2 && dims.at(-3) !== 1)) return undefined
    const value = (
      opType: string,
      inputs: readonly string[],
      attributes: Readonly<Record<string, number>>,
      dtype: 'float32' | 'bool',
    ): string => {
      const name = index.name({ dtype, dims: dims.with(-1, 1) })
      made.push(onnxNode(opType, inputs, [name], attributes))
      return name
    }
    const numbers = value('Cast', [seen], { to: onnxDataType('float32')! }, 'float32')
    const count = value('ReduceSum', [numbers, index.addConstant(int64Tensor([-1]))], { keepdims: 1, noop_with_empty_axes: 0 }, 'float32')
    let blind = value('Equal', [count, index.addConstant(scalarTensor('float32', 0))], {}, 'bool')
    if (dims.length === 4) {
      const rows = index.name({ dtype: 'bool', dims: [dims[0]!, dims[2]!, 1] })
      made.push(onnxNode('Squeeze', [blind, index.addConstant(int64Tensor([1]))], [rows]))
      blind = rows
    }
    for (const node of made) nodes.push(node)
    this.#known.set(mask.key, blind)
    return blind
  }
}
