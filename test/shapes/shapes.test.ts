// Models of all kinds at three sizes of every dynamic dim: without any option, with declared dims, and with two example shapes. No extent
// that was not declared decides anything: each form runs at every size that it was not told to be fixed.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { CompileResult, ModelOptions } from '../../src/compiler/types.ts'
import type { Golden, GoldenCase } from '../e2e/fixtures.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { exampleOf } from '../tracing/example-of.ts'
import { dtypes } from './shapes-options.ts'

const folder = import.meta.dirname
type Dims = readonly (number | string)[]
const table = new Map(Object.entries(JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8')) as Record<string, Record<string, Dims>>))

const NETWORK = { network: 1e-3 }
const argumentsOf = ({ inputs }: GoldenCase): unknown[] => inputs.map((leaf) => toJs(decodeLeaf(leaf)))

async function expectGoldens(result: CompileResult, cases: readonly GoldenCase[]): Promise<void> {
  const [net] = instantiate(result)
  for (const one of cases) expect(compareJs(await net!(...argumentsOf(one)), decodeLeaf(one.outputs), NETWORK), one.name).toBeUndefined()
}

const extent = ({ inputs }: GoldenCase, input: number, axis: number): number =>
  (inputs[input] as unknown as { readonly shape: number[] }).shape[axis]!

/** A declaration of `dims`, the letter `fixed` at what it is in a golden. */
function declarations(
  inputs: Readonly<Record<string, Dims>>,
  fixed: string | undefined,
  one: GoldenCase,
): NonNullable<ModelOptions['inputs']> {
  const own = Object.entries(inputs).map(([name, dims], input) => {
    const shape = dims.map((dim, axis) => (dim === fixed ? extent(one, input, axis) : dim))
    return [name, { shape }] as const
  })
  return Object.fromEntries(own)
}

it('where nothing tells a rank, the error names the line and what to declare', async () => {
  const bytes = readFileSync(join(folder, '../truth/activations.pt'))
  await expect(compile(bytes, { file: 'activations' })).rejects.toMatchObject({
    code: 'PT4002',
    problems: expect.arrayContaining([
      expect.objectContaining({
        message: expect.stringContaining("input 'x'") as string,
        fix: expect.stringContaining('declare it: inputs: { "x"') as string,
        range: expect.anything() as object,
      }),
    ]) as object[],
  })
})

it('are models enough, of at least three sizes each', () => {
  expect(new Set([...table.keys()].map((stem) => stem.split('.')[0])).size).toBeGreaterThanOrEqual(40)
})

describe('at three sizes of every dynamic dim', () => {
  for (const [stem, inputs] of table) {
    const bytes = readFileSync(join(folder, `${stem}.pt`))
    const { cases } = JSON.parse(readFileSync(join(folder, `${stem}.json`), 'utf8')) as Golden
    const letters = [...new Set(Object.values(inputs).flat())].filter((dim) => typeof dim === 'string')
    const model = (options: ModelOptions = {}): Promise<CompileResult> => {
      const own = Object.entries(dtypes.get(stem) ?? {}).map(([name, dtype]) => [name, { dtype, ...options.inputs?.[name] }] as const)
      return compile(bytes, { file: stem, ...options, inputs: { ...options.inputs, ...Object.fromEntries(own) } })
    }

    it(`${stem}: without options`, async () => {
      const sizes = letters.map((letter) => {
        const [input, dims] = [...Object.values(inputs).entries()].find(([, of]) => of.includes(letter))!
        return new Set(cases.map((one) => extent(one, input, dims.indexOf(letter))))
      })
      for (const found of sizes) expect(found.size).toBe(3)
      const result = await model()
      for (const { name, dims } of result.report.inputs)
        dims?.forEach((dim, axis) => {
          if (typeof inputs[name]![axis] === 'string') expect(typeof dim, `${name}, axis ${axis}`).toBe('string')
        })
      await expectGoldens(result, cases)
    })

    it(`${stem}: with declared dims`, async () => {
      // All names; then each letter in turn fixed, at another of its sizes.
      await expectGoldens(await model({ inputs: declarations(inputs, undefined, cases[0]!) }), cases)
      for (const [i, letter] of letters.entries()) {
        const one = cases[(i + 1) % cases.length]!
        await expectGoldens(await model({ inputs: declarations(inputs, letter, one) }), [one])
      }
    })

    it(`${stem}: with two example shapes`, async () => {
      const names = Object.keys(inputs)
      const result = await model({ exampleInputs: cases.slice(0, 2).map((one) => exampleOf(one, names)) })
      for (const { name, dims } of result.report.inputs.filter((input) => Object.hasOwn(inputs, input.name)))
        expect(dims!.map((dim) => typeof dim)).toEqual(inputs[name]!.map((dim) => typeof dim))
      await expectGoldens(result, cases)
    })
  }
})
