// Archives as torch 1.4 to 2.13 wrote them, through the whole compiler on onnxruntime-web, against the numbers that each version recorded itself.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { InputOption } from '../../src/compiler/types.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { isScalarType, type ScalarType } from '../../src/ir/scalar-type.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { instantiate } from '../support/model.ts'

/** Leaves of test/fixtures/archives/make.py: a tensor by its elements, or plain JSON. */
type OldLeaf =
  | number
  | string
  | boolean
  | null
  | readonly OldLeaf[]
  | { readonly dtype: string; readonly shape: readonly number[]; readonly data: readonly (number | boolean | string)[] }
interface Recorded {
  readonly sets: readonly { readonly inputs: readonly OldLeaf[]; readonly outputs: readonly OldLeaf[] }[]
}

const folder = resolve(import.meta.dirname, '../fixtures/archives')

/** Nothing in the code tells that this input holds integers. */
const declared: readonly (readonly [pattern: RegExp, inputs: Readonly<Record<string, InputOption>>])[] = [
  [/upgraded_scripted/, { k: { dtype: 'int64' } }],
]

function decode(leaf: OldLeaf): IValue {
  if (leaf === null || typeof leaf !== 'object') return typeof leaf === 'number' && Number.isInteger(leaf) ? BigInt(leaf) : leaf
  if (!('dtype' in leaf)) return { kind: 'list', items: (leaf as readonly OldLeaf[]).map(decode) }
  const dtype = leaf.dtype.replace('torch.', '')
  if (!isScalarType(dtype)) throw new Error(`no dtype ${dtype}`)
  return tensorFromElements(
    dtype,
    leaf.shape,
    leaf.data.map((element) => elementOf(dtype, element)),
  )
}
function elementOf(dtype: ScalarType, element: number | boolean | string): number | bigint | boolean {
  if (typeof element === 'string') return Number(element.replace('inf', 'Infinity').replace('nan', 'NaN'))
  return typeof element === 'number' && dtype.startsWith('int') ? BigInt(element) : element
}

const inputsOf = (name: string): { inputs?: Readonly<Record<string, InputOption>> } => {
  const inputs = declared.find(([pattern]) => pattern.test(name))?.[1]
  return inputs === undefined ? {} : { inputs }
}

describe('archives of every torch', () => {
  for (const version of readdirSync(folder).filter((name) => /^\d/.test(name)))
    for (const file of readdirSync(join(folder, version)).filter((name) => name.endsWith('.pt'))) {
      const name = `${version}/${file}`
      const compiled = (): ReturnType<typeof compile> =>
        compile(readFileSync(join(folder, name)), { file: name, verifyGraphs: true, methods: ['forward'], ...inputsOf(name) })
      it(name, async () => {
        const result = await compiled()
        const { sets } = JSON.parse(readFileSync(join(folder, name.replace(/\.pt$/, '.json')), 'utf8')) as Recorded
        for (const { inputs, outputs } of sets) {
          const [net] = instantiate(result)
          const actual = await net!(...inputs.map((leaf) => toJs(decode(leaf))))
          // make.py lists the results; a lone one is not in a list of its own.
          const expected = outputs.length === 1 && !Array.isArray(actual) ? decode(outputs[0]!) : decode(outputs)
          expect(compareJs(actual, expected, { network: 1e-3 })).toBeUndefined()
        }
      })
    }
})
