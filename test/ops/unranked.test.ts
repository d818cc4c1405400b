// Every operator case again with inputs of which not even the rank is known: a row is right, or says what it needs to know.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { casesOf, check, type Case } from './cases.ts'

const here = import.meta.dirname
const families = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'cases.json')))
  .map((entry) => entry.name)
  .filter((name) => name !== 'scalar')
  .filter((name) => process.env['FAMILY'] === undefined || process.env['FAMILY'] === name)

const tensorsOf = ({ inputs }: Case): readonly (readonly number[])[] =>
  inputs
    .map(decodeLeaf)
    .flatMap((value) => (value !== null && typeof value === 'object' && value.kind === 'list' ? value.items : [value]))
    .flatMap((value) => (value !== null && typeof value === 'object' && value.kind === 'tensor' ? [value.sizes] : []))

/** What a tensor of unknown rank is taken not to be. Cases that hand in just that tell nothing. */
const assumed: readonly ((one: Case, family: string, tensors: readonly (readonly number[])[]) => boolean)[] = [
  // 0-d: it has an axis to name, and promotes with its dtype's full strength.
  (_one, _family, tensors) => tensors.some((sizes) => sizes.length === 0),
  // A picture or a signal without its batch.
  ({ op }, family, [first]) => {
    const axes = /([123])d/.exec(op)?.[1] ?? (/im2col/.test(op) ? 2 : /col2im/.test(op) ? 1 : undefined)
    return (family === 'convolution' || family === 'pooling') && axes !== undefined && first!.length < Number(axes) + 2
  },
  // A 1-d tensor of no elements, which cat takes beside any other.
  ({ op }, _family, tensors) => /::(cat|concat)/.test(op) && tensors.some((sizes) => sizes.join() === '0'),
  // Empty, reduced over an axis that is counted from the end: onnxruntime's kernels then give another shape.
  ({ name }, family, tensors) =>
    (family === 'reduction' || (family === 'empty' && /\[-|logsumexp/.test(name)) || /bucketize|vecdot|det\(complex/.test(name)) &&
    tensors.some((sizes) => sizes.includes(0)),
]

for (const family of families) {
  describe(family, () => {
    for (const one of casesOf(family)) {
      const tensors = tensorsOf(one)
      if (assumed.some((is) => is(one, family, tensors))) continue
      it(one.name, async () => {
        const error: unknown = await check(one, 'unranked').then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        if (error instanceof CompileError) expect(error.code).toBe('PT4002')
        else if (error !== undefined) throw error
      })
    }
  })
}
