// Steps of a host program that the graph has no entry for: what only raises in PyTorch raises in the call that comes there, and a combination of
// dtypes for which no step could be made is told at build time and by the call. The declaration of a result has every dtype that it may have.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { ModelOptions } from '../../src/compiler/types.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { instantiate } from '../support/model.ts'

const program = (name: string, options: Partial<ModelOptions> = {}) =>
  compile(readFileSync(join(import.meta.dirname, `${name}.pt`)), { file: name, ...options }, nodeHost())
const tensor = (dims: readonly number[], ...data: readonly number[]) => ({ data: Float32Array.from(data), dims })

it('raises where PyTorch always does', async () => {
  const compiled = await program('joins', { inputs: { x: { shape: ['n'] } } })
  expect(compiled.report.notices.filter(({ code }) => code === 'PT3152')).toEqual([])
  const [net] = instantiate(compiled)
  await expect(net!(tensor([2], 1, 2), { a: 1, b: 2 })).rejects.toMatchObject({
    name: 'RuntimeError',
    message: 'zero-dimensional tensor (at position 1) cannot be concatenated',
  })
})

it('tells once which combination of dtypes is not there, and where', async () => {
  const compiled = await program('unmade')
  const notices = compiled.report.notices.filter(({ code }) => code === 'PT3152')
  expect(notices.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^a step of this host program is not there for \(y: bool\): /),
  ])
  expect(notices[0]!.range!.source.text).toContain('torch.linalg.inv(y)')
  const [net] = instantiate(compiled)
  await expect(net!(tensor([1, 1], 1), 'other')).rejects.toMatchObject({ name: 'TorchInputError', code: 'PT5105' })
  await expect(net!(tensor([1, 1], 1), 'other')).rejects.toThrow(/no form of this step for bool\[1, 1\].*models_dtypes\.py/)
})

it('declares every dtype that a result may have', async () => {
  const result = async (name: string): Promise<string> => /type ForwardResult = (.*)/.exec((await program(name)).dts)![1]!
  expect(await result('joined')).toBe("[Tensor<'int64'> | Tensor<'float32'>, Tensor<'float32'>, string]")
  expect(await result('mixed')).toBe("[Tensor<'float32'>, Record<string, Tensor<'float32'> | Tensor<'int64'> | Tensor<'bool'>>]")
  expect(await result('turns')).toBe(
    "[Tensor<'int64', readonly [3]> | Tensor<'float32', readonly [3]>, (Tensor<'float32'> | Tensor<'int64'>)[], string]",
  )
})
