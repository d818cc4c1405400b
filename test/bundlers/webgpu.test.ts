// Device webgpu in an app of each bundler, in Chromium: on the GPU (SwiftShader) where the page has an adapter, on wasm where it has none.
// Neither page loads the other's onnxruntime.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { createServer, type Plugin } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, serve, visit } from './browser.ts'
import { build, BUNDLERS, frame } from './builders.ts'
import { built } from './built.ts'
import { project, REPOSITORY, type Project } from './project.ts'

const model = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/scripted.pt`)

// MyDecisionGate: x where its sum is positive, else -x.
const main = `
import net from './net.pt'
import inOwnWorker from './net.pt?worker=true'
const x = { type: 'float32', data: Float32Array.of(-1, 2, -3, -4), dims: [2, 2] }
async function main() {
  const suspends = location.hash !== '#asyncify'
  if (!suspends) delete WebAssembly.Suspending
  const before = net.device
  const plain = await net(x)
  const kept = await net.onDevice(x)
  const handed = await net(kept)
  const read = await kept.read()
  kept.dispose()
  return {
    before,
    device: net.device,
    plain: [...plain.data],
    handed: [...handed.data],
    read: [...read.data],
    ...(suspends ? { inOwnWorker: [...(await inOwnWorker(x)).data] } : {}),
  }
}
main().then((result) => { globalThis.done = result }, (error) => { globalThis.done = { error: String(error.stack ?? error) } })
`
const values = [1, -2, 3, 4]
const expected = { before: undefined, plain: values, handed: values, read: values }
const everywhere = { ...expected, inOwnWorker: values }

const ORT = join(REPOSITORY, 'node_modules/onnxruntime-web/dist')
const sizes = new Map(readdirSync(ORT).flatMap((file) => (file.endsWith('.wasm') ? [[statSync(join(ORT, file)).size, file]] : [])))

let withGpu: Browser
let withoutGpu: Browser
beforeAll(async () => {
  await built()
  withGpu = await launch({ gpu: true })
  withoutGpu = await launch()
}, 120_000)
afterAll(async () => {
  await withGpu?.close()
  await withoutGpu?.close()
})

describe.each(BUNDLERS)('%s', (bundler) => {
  let files: Project
  beforeAll(() => {
    files = project({ ...frame(bundler), 'src/net.pt': model, 'src/main.js': main, 'src/worker.js': '' })
    build(files, bundler, { options: { defaults: { device: 'webgpu' } } })
  }, 120_000)
  afterAll(() => files?.remove())

  const open = async (browser: Browser, hash = ''): Promise<Awaited<ReturnType<typeof visit>>> => {
    const server = await serve(files.path('dist'))
    try {
      return await visit(browser, `${server.origin}/${hash}`)
    } finally {
      await server.close()
    }
  }
  /** Which of onnxruntime's files a page loaded; bundlers name them as they like. */
  const wasm = (requests: readonly string[]): string[] => {
    const loaded = requests.flatMap((request) => (request.endsWith('.wasm') ? [statSync(files.path('dist', request.slice(4))).size] : []))
    return [...new Set(loaded)].map((size) => sizes.get(size) ?? String(size))
  }

  test('runs on the GPU', async () => {
    const { result, errors, requests } = await open(withGpu)
    expect(errors).toEqual([])
    expect(result).toEqual({ ...everywhere, device: 'webgpu' })
    expect(requests.filter((request) => !request.startsWith('200'))).toEqual([])
    expect(wasm(requests)).toEqual(['ort-wasm-simd-threaded.jspi.wasm'])
  }, 120_000)

  test('runs on the GPU where WebAssembly cannot be suspended', async () => {
    const { result, errors, requests } = await open(withGpu, '#asyncify')
    expect(errors).toEqual([])
    expect(result).toEqual({ ...expected, device: 'webgpu' })
    expect(wasm(requests)).toEqual(['ort-wasm-simd-threaded.asyncify.wasm'])
  }, 120_000)

  test('runs on wasm where there is no adapter', async () => {
    const { result, errors, requests } = await open(withoutGpu)
    // What Chromium itself says of a request for an adapter.
    expect(errors.filter((text) => text !== 'No available adapters.')).toEqual([])
    expect(result).toEqual({ ...everywhere, device: 'wasm' })
    expect(requests.filter((request) => !request.startsWith('200'))).toEqual([])
    expect(wasm(requests)).toEqual(['ort-wasm-simd-threaded.wasm'])
  }, 120_000)
})

test("Vite's dev server: in the page, and in Node", async () => {
  const files = project({
    ...frame('vite'),
    'src/net.pt': model,
    'src/main.js': main,
    'src/server.js': "import net from './net.pt'\nexport default net",
  })
  const { default: torch } = (await import(pathToFileURL(files.path('node_modules/unplugin-torch/dist/vite.js')).href)) as {
    default: (options: object) => Plugin
  }
  const server = await createServer({
    root: files.root,
    configFile: false,
    logLevel: 'silent',
    plugins: [torch({ defaults: { device: 'webgpu' } })],
    server: { port: 0, fs: { allow: [files.root, REPOSITORY] } },
  })
  try {
    await server.listen()
    for (const [browser, device] of [
      [withGpu, 'webgpu'],
      [withoutGpu, 'wasm'],
    ] as const) {
      const { result, errors } = await visit(browser, server.resolvedUrls!.local[0]!)
      expect(errors.filter((text) => text !== 'No available adapters.')).toEqual([])
      expect(result).toEqual({ ...everywhere, device })
    }
    const { default: net } = (await server.ssrLoadModule('/src/server.js')) as {
      default: { readonly device: string; onDevice(x: unknown): Promise<{ read(): Promise<{ data: Float32Array }> }> }
    }
    const kept = await net.onDevice({ type: 'float32', data: Float32Array.of(-1, 2, -3, -4), dims: [2, 2] })
    expect([...(await kept.read()).data]).toEqual(values)
    expect(net.device).toBe('wasm')
  } finally {
    await server.close()
    files.remove()
  }
}, 120_000)
