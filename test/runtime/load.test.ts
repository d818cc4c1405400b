import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { TorchLoadError, type ModelConfig, type Progress, type Tensor } from '../../src/runtime/index.ts'
import { configOf, openModel, rejection } from './open-model.ts'

const bytes = readFileSync(new URL('./models/affine.onnx', import.meta.url))
const flipped = Buffer.from(bytes)
flipped[20]! ^= 1
let served = 0
let failing = true
const send =
  (type: string, body: Buffer | string): RequestListener =>
  (_, response) =>
    response.setHeader('content-type', type).end(body)
const routes: Readonly<Record<string, RequestListener>> = {
  '/good': send('application/octet-stream', bytes),
  '/html': send('text/html; charset=utf-8', '<!doctype html>'),
  '/flipped': send('application/octet-stream', flipped),
  '/short': send('application/octet-stream', bytes.subarray(0, 50)),
  '/long': send('application/octet-stream', Buffer.concat([bytes, bytes])),
  '/empty': send('application/octet-stream', ''),
  '/gone': (_, response) => response.writeHead(404).end(),
  '/cut': (_, response) => {
    response.setHeader('content-length', bytes.length)
    response.write(bytes.subarray(0, 10), () => response.destroy())
  },
  '/flaky': (request, response) => (failing ? response.writeHead(503).end() : routes['/good']!(request, response)),
  '/slow': (_, response) => {
    response.setHeader('content-length', bytes.length)
    response.write(bytes.subarray(0, 60))
    setTimeout(() => response.end(bytes.subarray(60)), 300)
  },
}
let server: Server
let origin = ''
beforeAll(async () => {
  server = createServer((request, response) => {
    served++
    routes[request.url!]!(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const at = (route: string, more: Partial<ModelConfig> = {}) => openModel('affine', { url: () => origin + route, ...more })
const works = async (model: ReturnType<typeof at>): Promise<void> => {
  const y = (await model([[1, 2, 3]], [[0, 0, 0]])) as Tensor
  expect(Array.from(y.data as Float32Array)).toEqual([2, 4, 6])
}

describe('loading', () => {
  it('is one, however many ask', async () => {
    served = 0
    const imported = vi.fn(() => import('onnxruntime-web'))
    const model = at('/good', { ort: imported })
    expect(served).toBe(0)
    await Promise.all([model.load(), works(model), model.load(), works(model.clone())])
    expect(served).toBe(1)
    expect(imported).toHaveBeenCalledTimes(1)
  })

  it('tells its progress', async () => {
    const seen: Progress[] = []
    await at('/slow').load({ onProgress: (progress) => seen.push(progress) })
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.at(-1)).toEqual({ loaded: bytes.length, total: bytes.length })
    expect(seen.map(({ loaded }) => loaded)).toEqual(seen.map(({ loaded }) => loaded).toSorted((a, b) => a - b))
  })

  it.each([
    ['/html', 'PT5202', 'found text/html'],
    ['/flipped', 'PT5204', `expected ${configOf('affine').sha256}, found`],
    ['/short', 'PT5203', `expected ${bytes.length} bytes, found 50`],
    ['/long', 'PT5203', `expected ${bytes.length} bytes, found`],
    ['/empty', 'PT5203', 'found 0'],
    ['/gone', 'PT5201', 'HTTP 404'],
    ['/cut', 'PT5201', 'The model at'],
  ])('%s is refused with %s before onnxruntime sees it', async (route, code, words) => {
    const create = vi.fn()
    const ort = { env: { wasm: {} }, InferenceSession: { create }, Tensor: Object }
    const error = await rejection(at(route, { ort: async () => ort }).load())
    expect(error).toBeInstanceOf(TorchLoadError)
    expect(error.name).toBe('TorchLoadError')
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
    expect(error.message).toContain(origin + route)
    expect(create).not.toHaveBeenCalled()
  })

  it('offline, a file that is not there, a runtime that is not there', async () => {
    expect((await rejection(openModel('affine', { url: () => 'http://127.0.0.1:1/x' }).load())).code).toBe('PT5201')
    expect((await rejection(openModel('affine', { url: () => new URL('./models/none.onnx', import.meta.url).href }).load())).code).toBe(
      'PT5201',
    )
    expect((await rejection(openModel('affine', { ort: () => Promise.reject(new Error('no chunk')) }).load())).message).toMatch(
      /^PT5205 .*no chunk/,
    )
  })

  it('bytes that onnxruntime refuses', async () => {
    const sha256 = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', flipped.fill(255))), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('')
    expect((await rejection(at('/flipped', { sha256 }).load())).code).toBe('PT5206')
  })

  it('can be tried again', async () => {
    const model = at('/flaky')
    expect((await rejection(model.load())).code).toBe('PT5201')
    failing = false
    await works(model)
  })

  it('stops for who aborts, goes on for who waits, and can be started again', async () => {
    const model = at('/slow')
    const abort = new AbortController()
    const given = rejection(model.load({ signal: abort.signal }))
    const kept = model.load()
    setTimeout(() => abort.abort(new Error('changed my mind')), 50)
    expect((await given).message).toBe('changed my mind')
    await kept
    const alone = at('/slow')
    const second = new AbortController()
    const stopped = rejection(alone.load({ signal: second.signal }))
    setTimeout(() => second.abort(), 50)
    expect((await stopped).name).toBe('AbortError')
    await works(alone)
    expect((await rejection(alone.load({ signal: AbortSignal.abort() }))).name).toBe('AbortError')
  })

  it('ends with dispose, and begins again with the next call', async () => {
    const model = at('/slow')
    const pending = rejection(model.load())
    await model.dispose()
    expect((await pending).code).toBe('PT5208')
    await works(model)
    const waiting = rejection(model([[1, 2, 3]], [[0, 0, 0]]))
    await Promise.all([model.dispose(), model.dispose()])
    expect((await waiting).code).toBe('PT5208')
    await works(model)
  })

  it('without a secure context checks the length, and says so once', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {})
    vi.stubGlobal('crypto', {})
    try {
      await works(at('/good'))
      await works(at('/good'))
      expect((await rejection(at('/short').load())).code).toBe('PT5203')
    } finally {
      vi.unstubAllGlobals()
    }
    expect(info).toHaveBeenCalledTimes(1)
    info.mockRestore()
  })

  it('runs on this thread where there are no workers', async () => {
    // Also once onnxruntime has put worker_threads' Worker into the global scope.
    await at('/good').load()
    await works(
      at('/good', {
        worker: () => {
          throw new Error('there are no workers')
        },
      }),
    )
  })

  it("sets onnxruntime up for one thread, and respects the user's settings", async () => {
    const fake = (wasm: { numThreads?: number; wasmPaths?: unknown }) => ({
      env: { wasm },
      InferenceSession: { create: async () => ({ inputMetadata: [], run: async () => ({}), release: async () => {} }) },
      Tensor: Object,
    })
    const plain = fake({})
    await openModel('affine', { ort: async () => ({ default: plain }), wasm: () => 'https://example.com/ort.wasm' }).load()
    expect(plain.env.wasm).toEqual({ numThreads: 1, wasmPaths: { wasm: 'https://example.com/ort.wasm' } })
    const set = fake({ numThreads: 3, wasmPaths: '/mine/' })
    await openModel('affine', { ort: async () => set, wasm: () => 'https://example.com/ort.wasm' }).load()
    expect(set.env.wasm).toEqual({ numThreads: 3, wasmPaths: '/mine/' })
    const node = fake({})
    await openModel('affine', { ort: async () => node, wasm: () => 'file:///ort.wasm' }).load()
    expect(node.env.wasm).toEqual({ numThreads: 1 })
    expect((await import('onnxruntime-web')).env.wasm.numThreads).toBe(1)
    expect(configOf('affine').bytes).toBe(bytes.length)
  })
})
