// Goldens as example inputs: the inputs of a case under the names that a trace takes them by.

import type { ModelOptions } from '../../src/compiler/types.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { readElements } from '../../src/ir/tensor-elements.ts'
import type { GoldenCase } from '../e2e/fixtures.ts'
import { decodeLeaf } from '../support/leaf.ts'

export type ExampleInputs = NonNullable<ModelOptions['exampleInputs']>[number]
type ExampleInput = ExampleInputs[string]

const number = (value: boolean | bigint | number): bigint | number => (typeof value === 'boolean' ? Number(value) : value)

const isNumber = (item: IValue): item is boolean | bigint | number =>
  typeof item === 'number' || typeof item === 'bigint' || typeof item === 'boolean'

function tensor(value: Tensor): ExampleInput {
  return { data: readElements(value).map(number) as number[], dims: value.sizes, dtype: value.dtype }
}

/** Parameters by name; parts of tuples, lists and dicts by the names of their leaves. None and texts have no example. */
export function exampleOf({ inputs }: GoldenCase, names: readonly string[]): ExampleInputs {
  const found: [string, ExampleInput][] = []
  const add = (name: string, value: IValue): void => {
    if (value === null || typeof value === 'string') return
    if (typeof value !== 'object') found.push([name, { data: [number(value)] as number[], dims: [] }])
    else if (value.kind === 'tensor') found.push([name, tensor(value)])
    else if (value.kind === 'dict') for (const [key, item] of value.entries) add(`${name}.${String(key)}`, item)
    else if (value.kind === 'list' || value.kind === 'tuple') {
      const numbers = [...value.items].filter(isNumber)
      if (value.kind === 'list' && numbers.length === value.items.length)
        found.push([name, { data: numbers.map((item) => number(item)) as number[], dims: [numbers.length] }])
      else value.items.forEach((item, i) => add(`${name}.${i}`, item))
    }
  }
  inputs.forEach((leaf, i) => add(names[i]!, decodeLeaf(leaf)))
  return Object.fromEntries(found)
}
