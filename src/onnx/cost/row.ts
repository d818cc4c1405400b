// What a row of the cost tables sees of a node: types of what goes in and comes out, and attributes. Extents are numbers or expressions of symbols, and
// arithmetic on them keeps that: one table counts for given sizes and for any.

import { dimProduct, type Dim } from '../../ir/dim.ts'
import { intAttribute, intsAttribute } from '../passes/values.ts'
import type { OnnxNode, ValueType } from '../model.ts'

/** What a node computes; null where its extents do not tell. */
export interface Work {
  /** Multiplications with additions, of products and convolutions. */
  readonly macs: Dim
  /** Other operations on numbers; a transcendental function counts as one. */
  readonly other: Dim
  /** Elements read and written, where that is not everything that goes in and comes out. */
  readonly elements?: Dim
}

export class CostNode {
  readonly inputs: readonly (ValueType | undefined)[]
  readonly outputs: readonly (ValueType | undefined)[]
  readonly #node: OnnxNode

  constructor(node: OnnxNode, inputs: readonly (ValueType | undefined)[], outputs: readonly (ValueType | undefined)[]) {
    this.#node = node
    this.inputs = inputs
    this.outputs = outputs
  }

  /** Extents of an input; undefined when its rank is not known, or it is not there. */
  dims(index: number): readonly Dim[] | undefined {
    return this.inputs[index]?.dims
  }
  has(index: number): boolean {
    return (this.#node.inputs[index] ?? '') !== ''
  }
  /** One extent of an input; negative axes count from the end. */
  dim(index: number, axis: number): Dim {
    const dims = this.dims(index)
    return dims?.at(axis) ?? null
  }
  size(index: number): Dim {
    return elementsOf(this.inputs[index])
  }
  outputSize(index = 0): Dim {
    return elementsOf(this.outputs[index])
  }
  int(name: string, otherwise = 0): number {
    return intAttribute(this.#node, name, otherwise)
  }
  ints(name: string): readonly number[] | undefined {
    return intsAttribute(this.#node, name)
  }
  text(name: string): string | undefined {
    const value = this.#node.attributes.get(name)
    return typeof value === 'string' ? value : undefined
  }
}

export function elementsOf(type: ValueType | undefined): Dim {
  return type?.dims === undefined ? null : dimProduct(type.dims)
}

export type CostRow = (node: CostNode) => Work

/** Rows of operators that cost alike. */
export const rows = (names: string, row: CostRow): [string, CostRow][] => names.split(' ').map((name) => [name, row])
