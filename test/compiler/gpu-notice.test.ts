// What the report and the loader say of models for device webgpu.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, type CompileOptions } from '../../src/compiler/compile.ts'
import type { CompileResult } from '../../src/compiler/types.ts'
import { nodeHost } from '../../src/plugin/host.ts'

const convert = (name: string, options: Partial<CompileOptions> = {}): Promise<CompileResult> =>
  compile(readFileSync(new URL(`../fixtures/${name}.pt`, import.meta.url)), { file: 'net.pt', device: 'webgpu', ...options }, nodeHost())
const notices = async (name: string, options?: Partial<CompileOptions>): Promise<string[]> =>
  (await convert(name, options)).report.notices.filter(({ code }) => code === 'PT4015' || code === 'PT4016').map(({ message }) => message)

describe('device webgpu', () => {
  it('says which operators the CPU runs, and where they are asked for', async () => {
    expect(await notices('my-cell/rnn-loop')).toEqual([
      'On WebGPU 1 operator runs on the CPU, and its tensors move over and back in each run: 1 × Loop (net.py:30:8).',
    ])
    expect(await notices('beam-search/beam')).toEqual([
      expect.stringMatching(/^On WebGPU \d+ operators run on the CPU, .* 2 × Loop \(net\.py:56:8, net\.py:59:12\);/),
    ])
  })

  it('says what keeps a model off the GPU', async () => {
    expect(await notices('raiser/rows')).toEqual([
      expect.stringMatching(/^This model will run on wasm: .* 1 × Cast \(net\.py:23:15\); 1 × Greater \(net\.py:23:15\)\.$/),
    ])
  })

  it('is silent where all runs there, and of other devices', async () => {
    expect(await notices('digits/model')).toEqual([])
    expect(await notices('audio-conv/model')).toEqual([])
    expect(await notices('my-cell/rnn-loop', { device: 'wasm' })).toEqual([])
  })

  it('gives the GPU operators that it has kernels for, unless the pass is blocked', async () => {
    expect((await convert('audio-conv/model')).report.operators).not.toHaveProperty('LogSoftmax')
    const { report } = await convert('audio-conv/model', { blocklist: ['gpu-kernels'] })
    expect(report.operators).toHaveProperty('LogSoftmax')
    expect(report.notices.map(({ code }) => code)).toContain('PT4015')
  })

  it('VULKAN_AUTOMATIC_GPU_TRANSFER on the blocklist is told to the page, and changes nothing else', async () => {
    const host = { url: "''", ort: "import('onnxruntime-web/wasm')", gpu: { ort: "import('onnxruntime-web/webgpu')" } }
    const [one, other] = [await convert('my-cell/cell'), await convert('my-cell/cell', { blocklist: ['VULKAN_AUTOMATIC_GPU_TRANSFER'] })]
    expect(other.loader(host)).toBe(one.loader(host).replace("import('onnxruntime-web/webgpu'),", '$&\n    keep: false,'))
    expect(other.loader(host)).toContain('keep: false')
    expect(other.sha256).toBe(one.sha256)
    expect(one.dts).toContain('onDevice(')
    expect((await convert('my-cell/cell', { device: 'wasm' })).dts).not.toContain('onDevice')
  })

  it('methods that run as JavaScript have their tensors in memory', async () => {
    const { dts, report } = await convert('raiser/rows')
    expect(report.methods[0]!.form).toBe('host')
    expect(dts).not.toContain('onDevice')
  })
})
