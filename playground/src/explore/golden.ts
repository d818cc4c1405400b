// PyTorch's own answers, as they lie beside the fixtures (test/fixtures/README.md has the format): arguments and results of a page.

import { dataFrom, isDataType, type PlainTensor } from './plain-tensor.ts'

export interface GoldenCase {
  readonly name: string
  readonly method: string
  readonly inputs: readonly unknown[]
  readonly output: unknown
}
export interface Golden {
  readonly torch: string
  /** Each case goes on from the state that the one before left. */
  readonly sequence: boolean
  readonly cases: readonly GoldenCase[]
}

type Leaf = null | boolean | string | Readonly<Record<string, unknown>>
interface File {
  readonly torch: string
  readonly sequence?: boolean
  readonly cases: readonly {
    readonly name: string
    readonly method?: string
    readonly inputs: readonly Leaf[]
    readonly outputs: Leaf
    readonly raises?: object
  }[]
}

export function readGolden(text: string): Golden {
  const { torch, sequence = false, cases } = JSON.parse(text) as File
  return {
    torch,
    sequence,
    cases: cases
      .filter(({ raises }) => raises === undefined)
      .map(({ name, method = 'forward', inputs, outputs }) => ({ name, method, inputs: inputs.map(valueOf), output: valueOf(outputs) })),
  }
}

function valueOf(leaf: Leaf): unknown {
  if (leaf === null || typeof leaf !== 'object') return leaf
  const { dtype, shape, data, int, float, list, tuple, dict } = leaf
  if (typeof dtype === 'string') {
    if (!isDataType(dtype)) throw new TypeError(`a golden of ${dtype}`)
    const bytes = Uint8Array.from(atob(data as string), (character) => character.charCodeAt(0))
    return { type: dtype, dims: shape as number[], data: dataFrom(dtype, bytes.buffer) } satisfies PlainTensor
  }
  if (typeof int === 'string') return Number(int)
  if (typeof float === 'string') return float === 'inf' ? Infinity : float === '-inf' ? -Infinity : Number(float)
  const items = (list ?? tuple) as readonly Leaf[] | undefined
  if (items !== undefined) return items.map(valueOf)
  return new Map((dict as readonly (readonly [Leaf, Leaf])[]).map(([key, value]) => [valueOf(key), valueOf(value)]))
}
