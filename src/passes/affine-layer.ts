// Convolutions and linear layers as folds see them: where weight and bias are, and which channel each part of the weight belongs to.

import { constantList, constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import type { Tensor } from '../ir/tensor.ts'
import type { ChannelOf } from './scale-channels.ts'

export interface AffineLayer {
  /** As messages name it. */
  readonly what: 'convolution' | 'linear layer'
  /** Channels that leave it. */
  readonly outputs: number
  readonly outputOf: ChannelOf
  /** Channels that enter it. */
  readonly inputs: number
  readonly inputOf: ChannelOf
  /** Every result is a sum of inputs alone: no zeros of a padding among them, and none of a transposed stride. */
  readonly unpadded: boolean
}

/** Inputs of every layer: its argument, weight, bias. */
export const WEIGHT = 1
export const BIAS = 2

const FORWARD = /^aten::conv[123]d$/
const TRANSPOSED = /^aten::conv_transpose[123]d$/

/** Undefined for other nodes, and where it is not known how the layer is made. */
export function affineLayer(node: Node, weight: Tensor): AffineLayer | undefined {
  const { kind } = node
  if (kind === 'aten::linear') return weight.sizes.length === 2 ? forward('linear layer', weight, 1, true) : undefined
  const general = kind === 'aten::_convolution' || kind === 'aten::convolution'
  const transposed = general ? constantOf(node.input(6)) : TRANSPOSED.test(kind) ? true : FORWARD.test(kind) ? false : undefined
  if (typeof transposed !== 'boolean') return undefined
  const groups = constantOf(node.input(general ? 8 : 6))
  if (typeof groups !== 'bigint') return undefined
  if (!transposed) return forward('convolution', weight, Number(groups), isZero(node, 4))
  const [rows, columns] = [weight.sizes[0]!, weight.sizes[1]!]
  const perGroup = rows / Number(groups)
  return {
    what: 'convolution',
    // [in, out / groups, …]
    outputs: columns * Number(groups),
    outputOf: (a, b) => Math.floor(a / perGroup) * columns + b,
    inputs: rows,
    inputOf: (a) => a,
    unpadded: false,
  }
}

function forward(what: AffineLayer['what'], { sizes }: Tensor, groups: number, unpadded: boolean): AffineLayer {
  const [rows, columns] = [sizes[0]!, sizes[1]!]
  const perGroup = rows / groups
  return {
    what,
    // [out, in / groups, …]
    outputs: rows,
    outputOf: (a) => a,
    inputs: columns * groups,
    inputOf: (a, b) => Math.floor(a / perGroup) * columns + b,
    unpadded,
  }
}

/** Padding by numbers, all 0; `valid` is none either. */
function isZero(node: Node, at: number): boolean {
  const padding = constantOf(node.input(at))
  return padding === 'valid' || padding === 0n || constantList(node.input(at))?.every((item) => item === 0n) === true
}
