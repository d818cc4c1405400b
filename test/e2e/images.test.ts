// Images in Node, where there is no canvas: `{ data, width, height }` through `preprocess` and `labels`, against torch from the pixels on.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { createModel } from '../../src/runtime/index.ts'
import { imageTensor } from '../../src/runtime/image.ts'
import { compareJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { loadOrt } from '../support/ort.ts'
import { imageModels } from './images.ts'
import { NETWORK } from './judge.ts'

describe.each(imageModels())('$name', ({ file, golden }) => {
  const { preprocess, labels, cases } = golden
  const pixelsOf = ({ rgba, width, height }: (typeof cases)[number]): object => ({ data: Buffer.from(rgba, 'base64'), width, height })
  const compiled = compile(readFileSync(file), { file, preprocess, labels })
  const model = compiled.then(({ graph, sha256, signatures }) => {
    const url = `data:application/octet-stream;base64,${Buffer.from(graph).toString('base64')}`
    return createModel({ signatures, preprocess, labels, url: () => url, bytes: graph.length, sha256, ort: () => loadOrt() as never })[0]!
  })

  test.each(cases)('$name', async (one) => {
    const y = (await (await model)(pixelsOf(one))) as { readonly label: string }
    expect(compareJs(y, decodeLeaf(one.outputs), NETWORK)).toBeUndefined()
    expect(y.label).toBe(one.label)
    for (const other of cases) if (other !== one) expect(compareJs(y, decodeLeaf(other.outputs), NETWORK)).toEqual(expect.any(String))
  })

  test.each(cases)('the tensor made of $name', async (one) => {
    const spec = { kind: 'tensor', id: 'x', dtype: 'float32', dims: [null, null, null, null] } as const
    const { type, data, dims } = await imageTensor(pixelsOf(one), spec, preprocess, 'x')
    // An operator of its own: no more than the tolerance of float32.
    expect(compareJs({ type, data: Float32Array.from(data as ArrayLike<number>), dims }, decodeLeaf(one.input))).toBeUndefined()
  })

  test('a batch of images has the size of each', async () => {
    const one = cases[0]!
    const y = (await (
      await model
    )([pixelsOf(one), pixelsOf(one)])) as { readonly dims: readonly number[]; readonly labels: readonly string[] }
    expect(y.dims[0]).toBe(2)
    expect(y.labels).toEqual([one.label, one.label])
  })
})
