// The mobile optimiser's recipe: what a model ends as, and what comes back with each name of the blocklist.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, type CompileOptions } from '../../src/compiler/compile.ts'
import { nodeHost } from '../../src/plugin/host.ts'

const convert = (stem: string, options: Partial<CompileOptions> = {}) =>
  compile(readFileSync(new URL(`../fixtures/optimise/${stem}.pt`, import.meta.url)), { file: `${stem}.pt`, ...options }, nodeHost())

const image = { inputs: { image: { shape: ['n', 3, 8, 8] } } }

describe('conv, bn, hardtanh, dropout, linear', () => {
  it('ends as a convolution with its clamp, and a Gemm', async () => {
    const { report } = await convert('recipe', image)
    expect(report.operators).toEqual({ 'com.microsoft.FusedConv': 1, Reshape: 1, Gemm: 1 })
  })

  it.each([
    ['CONV_BN_FUSION', { Conv: 1, BatchNormalization: 1, Clip: 1, Reshape: 1, Gemm: 1 }],
    ['fold-conv-batch-norm', { Conv: 1, BatchNormalization: 1, Clip: 1, Reshape: 1, Gemm: 1 }],
    ['INSERT_FOLD_PREPACK_OPS', { Conv: 1, Clip: 1, Reshape: 1, Gemm: 1 }],
    ['fuse-conv-activation', { Conv: 1, Clip: 1, Reshape: 1, Gemm: 1 }],
  ])('without %s', async (name, operators) => {
    const { report } = await convert('recipe', { ...image, blocklist: [name] })
    expect(report.operators).toEqual(operators)
    expect(report.passes.filter((pass) => pass.blocked).map((pass) => pass.type ?? pass.name)).toContain(
      name.includes('-') ? report.passes.find((pass) => pass.name === name)!.type : name,
    )
  })

  it('WebGPU fuses by itself', async () => {
    const { report } = await convert('recipe', { ...image, device: 'webgpu' })
    expect(report.operators).toEqual({ Conv: 1, Clip: 1, Reshape: 1, Gemm: 1 })
  })
})

describe('other types', () => {
  it('FUSE_ADD_RELU: residuals join convolutions where the device is wasm', async () => {
    const wasm = await convert('scales', { device: 'wasm' })
    const without = await convert('scales', { device: 'wasm', blocklist: ['FUSE_ADD_RELU'] })
    expect(wasm.report.operators['Relu']).toBeUndefined()
    expect(without.report.operators['Relu']).toBe(1)
    expect(without.report.operators['Add']! - wasm.report.operators['Add']!).toBe(2)
  })

  it('HOIST_CONV_PACKED_PARAMS: equal weights are stored once', async () => {
    const [once, twice] = [await convert('twins'), await convert('twins', { blocklist: ['HOIST_CONV_PACKED_PARAMS'] })]
    expect(twice.graph.length - once.graph.length).toBeGreaterThan(16 * 16 * 4)
  })

  it('CONV_BN_FUSION: every layer takes its batch norm in', async () => {
    const { report } = await convert('norms')
    expect(report.operators['BatchNormalization']).toBeUndefined()
    const without = await convert('norms', { blocklist: ['CONV_BN_FUSION'] })
    expect(without.report.operators['BatchNormalization']).toBe(6)
  })

  it('REMOVE_DROPOUT: says whether it ran', async () => {
    const row = async (blocklist: readonly string[]) =>
      (await convert('recipe', { ...image, blocklist })).report.passes.find(({ type }) => type === 'REMOVE_DROPOUT')
    expect(await row([])).toMatchObject({ changes: 1, blocked: false })
    expect(await row(['REMOVE_DROPOUT'])).toMatchObject({ changes: 0, blocked: true })
  })

  it('factors of channels and checks for NaN go by names of their own', async () => {
    const all = await convert('scales')
    const without = await convert('scales', { blocklist: ['fold-scale', 'drop-nan-checks', 'fuse-hard-swish', 'fuse-silu'] })
    for (const operator of ['IsNaN', 'Greater', 'Where', 'HardSigmoid', 'Sigmoid']) expect(all.report.operators[operator]).toBeUndefined()
    for (const operator of ['IsNaN', 'Greater', 'Where', 'Sigmoid']) expect(without.report.operators[operator], operator).toBeGreaterThan(0)
    expect(without.report.operators['Mul']! - all.report.operators['Mul']!).toBeGreaterThan(2)
  })
})
