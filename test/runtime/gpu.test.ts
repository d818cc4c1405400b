// The runtime for device webgpu in Chromium, bundled by esbuild: on SwiftShader, and where there is no adapter. What is read back, and what is freed,
// is counted at the browser's own WebGPU.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createModel } from '../../src/runtime/gpu/index.ts'
import type { DeviceTensor, Tensor } from '../../src/runtime/index.ts'
import { launch } from '../bundlers/browser.ts'
import { configOf, rejection } from './open-model.ts'

const here = import.meta.dirname
const dist = path.join(here, '../../node_modules/onnxruntime-web/dist')
const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }

/** The app: models as the loader makes them, and counters of what the page does with the GPU. */
const app = (): string => `
import { createModel } from ${JSON.stringify(path.join(here, '../../src/runtime/gpu/index.ts'))}
const counts = { uploads: 0, reads: 0, buffers: 0 }
globalThis.counts = counts
if (globalThis.GPUBuffer) {
  const { mapAsync, destroy } = GPUBuffer.prototype
  const { createBuffer } = GPUDevice.prototype
  const { writeBuffer } = GPUQueue.prototype
  GPUBuffer.prototype.mapAsync = function (...args) { counts.reads++; return mapAsync.apply(this, args) }
  GPUBuffer.prototype.destroy = function () { counts.buffers--; return destroy.apply(this) }
  GPUDevice.prototype.createBuffer = function (descriptor) { counts.buffers++; if (descriptor.mappedAtCreation) counts.uploads++; return createBuffer.call(this, descriptor) }
  GPUQueue.prototype.writeBuffer = function (...args) { counts.uploads++; return writeBuffer.apply(this, args) }
}
const open = (name, more = {}, gpu = {}) => createModel({
  ...${JSON.stringify(Object.fromEntries(['affine', 'counter', 'echo-int32', 'echo-int64', 'echo-bool'].map((name) => [name, facts(name)])))}[name],
  url: () => '/models/' + name + '.onnx',
  ort: () => import('onnxruntime-web/wasm'),
  wasm: () => '/ort-wasm-simd-threaded.wasm',
  gpu: { ort: () => import('onnxruntime-web/jspi'), wasm: () => '/ort-wasm-simd-threaded.jspi.wasm', ...gpu },
  ...more,
})
globalThis.open = open
globalThis.plainOrt = () => import('onnxruntime-web/wasm')
globalThis.codeOf = (promise) => promise.then(() => 'no error', (error) => error.code ?? String(error))
globalThis.ready = true
`

function facts(name: string): object {
  const { bytes, sha256, signatures: own } = configOf(name)
  return { bytes, sha256, signatures: own }
}

let folder = ''
let server: Server
const browsers: Browser[] = []
let gpu: Page
let plain: Page

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'torch-gpu-'))
  await build({
    stdin: { contents: app(), resolveDir: here },
    bundle: true,
    format: 'esm',
    splitting: true,
    outdir: folder,
    logLevel: 'error',
  })
  server = createServer((request, response) => {
    const name = request.url!
    const from = name.endsWith('.wasm') ? dist : name.startsWith('/models/') ? here : folder
    try {
      const body = name === '/' ? '<!doctype html><script type="module" src="/stdin.js"></script>' : readFileSync(path.join(from, name))
      response.writeHead(200, { 'content-type': types[path.extname(name) || '.html'] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const page = async (browser: Browser): Promise<Page> => {
    browsers.push(browser)
    const opened = await browser.newPage()
    await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await opened.waitForFunction('globalThis.ready')
    return opened
  }
  gpu = await page(await launch({ gpu: true }))
  plain = await page(await launch())
}, 60_000)
afterAll(async () => {
  for (const browser of browsers) await browser.close()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = (page: Page, body: string): Promise<unknown> => page.evaluate(`(async () => { ${body} })()`)
const pages: readonly (readonly [device: string, page: () => Page])[] = [
  ['webgpu', () => gpu],
  ['wasm', () => plain],
]

describe.each(pages)('on %s', (device, page) => {
  const inPage = (body: string): Promise<unknown> => run(page(), body)

  it('tells where it runs', async () => {
    expect(
      await inPage(
        'const [net] = open("affine"); const seen = [net.device]; await net.load(); seen.push(net.device); await net.dispose(); return [...seen, net.device]',
      ),
    ).toEqual([undefined, device, undefined])
  })

  it('a result may stay, be handed on, be read, and be freed', async () => {
    const body = `
      const [net] = open('affine')
      const [next] = open('affine')
      const zero = [[0, 0, 0]]
      const kept = await net.onDevice([[1, 2, 3]], zero)
      const facts = [kept.type, kept.dims, kept.size]
      const chain = await next.onDevice({ x: kept, bias: kept, scale: 10 })
      const y = await net(chain, zero)
      const read = await chain.read()
      const twice = [...(await kept.read()).data]
      chain.dispose()
      chain.dispose()
      await net.dispose()
      const after = [...(await kept.read()).data]
      const again = await net(kept, zero)
      return [facts, [...y.data], [...read.data], read.dims, twice, after, [...again.data]]`
    expect(await inPage(body)).toEqual([
      ['float32', [1, 3], 3],
      [44, 88, 132],
      [22, 44, 66],
      [1, 3],
      [2, 4, 6],
      [2, 4, 6],
      [4, 8, 12],
    ])
  })

  it('a call that has taken a tensor ends, though it is disposed meanwhile', async () => {
    const body = `
      const [net] = open('affine')
      const kept = await net.onDevice([[1, 2, 3]], [[0, 0, 0]])
      const calls = [net(kept, kept), net.onDevice(kept, kept)]
      kept.dispose()
      const [y, z] = await Promise.all(calls)
      return [[...y.data], [...(await z.read()).data]]`
    expect(await inPage(body)).toEqual([
      [6, 12, 18],
      [6, 12, 18],
    ])
  })

  it('what a tensor on the device is not', async () => {
    const body = `
      const [net] = open('affine')
      const kept = await net.onDevice([[1, 2, 3]], [[0, 0, 0]])
      const wide = open('echo-int32')[0]
      const data = await codeOf((async () => kept.data)())
      const shape = await codeOf(net(kept, [[0, 0, 0], [0, 0, 0]]))
      const type = await codeOf(wide(kept))
      kept.dispose()
      return [data, shape, type, await codeOf(kept.read()), await codeOf(net(kept, [[0, 0, 0]]))]`
    expect(await inPage(body)).toEqual(['PT5110', 'PT5106', 'PT5105', 'PT5111', 'PT5111'])
  })

  it('integers stay in memory, behind the same door', async () => {
    const body = `
      const [net] = open('echo-int64')
      const kept = await net.onDevice([[1, 2]])
      const [bools] = open('echo-bool')
      const flags = await bools.onDevice([[true, false]])
      return [kept.type, [...(await (await net.onDevice(kept)).read()).data].map(String), [...(await bools(flags)).data]]`
    expect(await inPage(body)).toEqual(['int64', ['1', '2'], [1, 0]])
  })

  it('an empty tensor has no buffer', async () => {
    expect(
      await inPage(
        'const [net] = open("echo-int32"); const kept = await net.onDevice({ data: new Int32Array(0), dims: [0, 2] }); return [kept.dims, (await net(kept)).data.length]',
      ),
    ).toEqual([[0, 2], 0])
  })

  it('state goes from call to call; clones, resets, errors and dispose leave what they should', async () => {
    const body = `
      const [counter, count] = open('counter')
      const value = async (call) => (await call).data[0]
      const first = [await value(counter(1)), await value(counter(2))]
      const clone = counter.clone()
      const error = await counter(-1).catch((e) => [e.name, e.code])
      const ways = [await value(counter(100)), await value(clone(1)), await count(), await clone.methods.count()]
      const kept = await clone.onDevice(1)
      const other = clone.clone()
      clone.reset()
      await counter.dispose()
      const after = [await value(counter(0)), await value(clone(1)), await value(other(1)), (await kept.read()).data[0]]
      counter.reset()
      const second = counter.clone()
      return { first, error, ways, after, end: [await value(counter(1)), await value(second(2)), await count()] }`
    expect(await inPage(body)).toEqual({
      first: [11, 13],
      error: ['ValueError', 'PT5301'],
      ways: [113, 14, 3, 3],
      after: [113, 11, 16, 15],
      end: [11, 12, 1],
    })
  })

  it('calls of several models at once', async () => {
    const body = `
      const nets = [open('affine')[0], open('affine')[0], open('affine')[0]]
      const calls = nets.flatMap((net, i) => [1, 2, 3, 4].map((x) => net([[x, x, x]], [[i, i, i]])))
      return (await Promise.all(calls)).map((y) => y.data[0])`
    expect(await inPage(body)).toEqual([2, 4, 6, 8, 3, 5, 7, 9, 4, 6, 8, 10])
  })
})

describe('on the GPU', () => {
  const COUNTED = 'const before = { ...counts }; const since = (key) => counts[key] - before[key];'

  it('nothing is read back but what is asked for', async () => {
    const body = `
      const [net] = open('affine')
      const zero = await net.onDevice([[0, 0, 0]], [[0, 0, 0]])
      let x = await net.onDevice([[1, 1, 1]], zero)
      ${COUNTED}
      for (let i = 0; i < 10; i++) {
        const y = await net.onDevice(x, zero)
        x.dispose()
        x = y
      }
      const silent = since('reads')
      const read = await x.read()
      return [silent, read.data[0], since('reads')]`
    expect(await run(gpu, body)).toEqual([0, 2048, 1])
  })

  it('state is not read, and its buffers are freed', async () => {
    const body = `
      const [counter] = open('counter')
      for (let i = 0; i < 5; i++) await counter.onDevice(1).then((y) => y.dispose())
      ${COUNTED}
      for (let i = 0; i < 40; i++) await counter.onDevice(1).then((y) => y.dispose())
      const [reads, buffers] = [since('reads'), since('buffers')]
      return { reads, grown: buffers > 5, y: (await counter(0)).data[0] }`
    // The error code and the count of calls are integers, and computed where the branches are.
    const { reads, ...rest } = (await run(gpu, body)) as { reads: number; grown: boolean; y: number }
    expect(rest).toEqual({ grown: false, y: 55 })
    const blocked = await run(
      gpu,
      `const [counter] = open('counter', {}, { keep: false })
      await counter(1)
      ${COUNTED}
      for (let i = 0; i < 40; i++) await counter(1)
      return since('reads')`,
    )
    expect(reads).toBeLessThan(blocked as number)
  })

  it('tensors that nobody holds free their buffers', async () => {
    const body = `
      const [net] = open('affine')
      const make = async (n) => {
        const x = { data: new Float32Array(3 * n), dims: [n, 3] }
        return net.onDevice(x, x)
      }
      await make(50_000).then((y) => y.dispose())
      ${COUNTED}
      for (let i = 0; i < 30; i++) (await make(50_000)).dispose()
      const disposed = since('buffers')
      const held = []
      for (let i = 0; i < 10; i++) held.push(await make(50_000))
      const grown = since('buffers')
      await net.dispose()
      return { disposed: disposed < 5, held: grown >= 5, values: (await held[3].read()).data.length }`
    expect(await run(gpu, body)).toEqual({ disposed: true, held: true, values: 150_000 })
  })

  it('without the transfer of VULKAN_AUTOMATIC_GPU_TRANSFER every output is read', async () => {
    const body = `
      const [net] = open('affine', {}, { keep: false })
      await net.load()
      const kept = await net.onDevice([[1, 2, 3]], [[0, 0, 0]])
      ${COUNTED}
      const y = await net.onDevice(kept, kept)
      return [net.device, since('reads') > 0, [...(await y.read()).data]]`
    expect(await run(gpu, body)).toEqual(['webgpu', true, [6, 12, 18]])
  })

  it('falls back to wasm when onnxruntime does not come, cannot open the graph, or fails in the first run', async () => {
    const body = `
      const seen = []
      const ways = [
        { ort: () => Promise.reject(new Error('no chunk')) },
        { ort: async () => ({ env: { wasm: {} }, Tensor: Object, InferenceSession: { create: async () => { throw new Error('no kernel') } } }) },
        { ort: async () => ({ env: { wasm: {} }, Tensor: Object, InferenceSession: { create: async () => ({
          inputMetadata: [{ name: 'x', type: 'float32', shape: ['n', 3] }], run: async () => { throw new Error('device lost') }, release: async () => seen.push('released'),
        }) } }) },
        { half: true },
      ]
      for (const way of ways) {
        const [net] = open('affine', {}, way)
        const y = await net.onDevice([[1, 2, 3]], [[0, 0, 0]])
        seen.push([net.device, ...(await y.read()).data])
        await net.dispose()
      }
      return seen`
    const onWasm = ['wasm', 2, 4, 6]
    expect(await run(gpu, body)).toEqual([onWasm, onWasm, 'released', onWasm, onWasm])
  })

  it('a call that fails there once it has worked is made on wasm, and the next one on the GPU again', async () => {
    const body = `
      let opened = 0
      const flaky = { ort: async () => {
        const { env, Tensor, InferenceSession } = await plainOrt()
        return { env, Tensor, InferenceSession: { create: async (bytes) => {
          const session = await InferenceSession.create(bytes)
          let runs = 0
          opened++
          return { inputMetadata: session.inputMetadata, release: () => session.release(), run: async (feeds) => {
            if (++runs === 2) throw new Error('no such kernel')
            return session.run(feeds)
          } }
        } } }
      } }
      const [net] = open('affine', {}, flaky)
      const seen = []
      for (const x of [1, 2, 3]) seen.push((await net([[x, x, x]], [[0, 0, 0]])).data[0], net.device)
      await net.dispose()
      return [seen, opened]`
    expect(await run(gpu, body)).toEqual([[2, 'webgpu', 4, 'webgpu', 6, 'webgpu'], 2])
  })

  it('is not left for wasm where the inputs are at fault', async () => {
    const body = `
      const [net] = open('affine', { signatures: [{ name: 'forward', params: ['x', 'bias'].map((id) => ({ name: id, spec: { kind: 'tensor', id, dtype: 'float32' } })), result: { kind: 'tensor', id: 'y', dtype: 'float32' } }] })
      const seen = []
      const kept = await open('affine')[0].onDevice([[1, 2, 3]], [[0, 0, 0]])
      for (let i = 0; i < 2; i++) {
        const calls = [net([1, 2], [[0, 0, 0]]), net([[1, 2, 3]], [[0, 0, 0]]), net([3, 4], [[0, 0, 0]]), net(kept, kept)]
        for (const call of calls) seen.push(await call.then((y) => y.data[2], (error) => /Expected: 2/.test(error.message)))
      }
      return [seen, net.device]`
    // Nothing is fed for the scale: what is left is the second input.
    expect(await run(gpu, body)).toEqual([[true, 0, true, 6, true, 0, true, 6], 'webgpu'])
  })
})

describe('in Node', () => {
  const open = () => createModel({ ...configOf('affine'), gpu: { ort: () => Promise.reject(new Error('never asked for')) } })[0]!

  it('runs on onnxruntime for Node, silently', async () => {
    const net = open()
    const kept = (await net.onDevice([[1, 2, 3]], [[0, 0, 0]])) as DeviceTensor<'float32'>
    const y = (await net(kept, kept)) as Tensor<'float32'>
    expect([net.device, ...y.data]).toEqual(['wasm', 6, 12, 18])
    expect((await rejection((await import('../../src/runtime/index.ts')).createModel(configOf('affine'))[0]!(kept, kept))).code).toBe(
      'PT5110',
    )
  })
})
