// The runtime in Chromium, bundled by esbuild: on the page under a strict Content-Security-Policy with Trusted Types, and in a worker.
// `new Worker(url)` is itself what Trusted Types forbid without a policy of the page's own, so the page with workers has the policy without them.

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emitModule } from '../../src/loader/emit-module.ts'
import type { Signature } from '../../src/ir/signature.ts'
import { launch } from '../bundlers/browser.ts'
import { signatures } from './open-model.ts'

const here = import.meta.dirname
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' data:"
const trusted = `${policy}; require-trusted-types-for 'script'; trusted-types 'none'`
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
}

function moduleOf(name: string, options: { worker?: boolean; serve?: boolean; preprocess?: object } = {}): string {
  const bytes = readFileSync(path.join(here, 'models', `${name}.onnx`))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return emitModule(
    {
      bytes: bytes.length,
      sha256,
      signatures: signatures[name] as readonly Signature[],
      ...(options.preprocess && { preprocess: options.preprocess }),
    },
    {
      url: `new URL('./models/${name}.onnx', import.meta.url).href`,
      ort: "import('onnxruntime-web/wasm')",
      ...(options.worker && { worker: `new Worker(new URL('./${name}-worker.js', import.meta.url), { type: 'module' })` }),
      ...(options.serve && { serve: true }),
    },
  )
}

const modules: Readonly<Record<string, () => string>> = {
  'pt:counter': () => moduleOf('counter'),
  'pt:counter-in-worker': () => moduleOf('counter', { worker: true }),
  'pt:counter-worker': () => moduleOf('counter', { serve: true }),
  'pt:image': () => moduleOf('image', { preprocess: { resize: [2, 2] } }),
  'pt:kinds': () => moduleOf('kinds', { worker: true }),
  'pt:kinds-worker': () => moduleOf('kinds', { serve: true }),
  page: () => `
    import counter, * as local from 'pt:counter'
    import remote, * as other from 'pt:counter-in-worker'
    import image from 'pt:image'
    import kinds from 'pt:kinds'
    Object.assign(globalThis, { models: { counter, count: local.count, remote, remoteCount: other.count, image, kinds }, policyErrors: [] })
    addEventListener('securitypolicyviolation', (event) => globalThis.policyErrors.push(event.violatedDirective + ' ' + event.blockedURI))
  `,
}

let folder = ''
let server: Server
let browser: Browser
let page: Page

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'torch-runtime-'))
  await build({
    entryPoints: { app: 'page', 'counter-worker': 'pt:counter-worker', 'kinds-worker': 'pt:kinds-worker' },
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    outdir: folder,
    logLevel: 'error',
    plugins: [
      {
        name: 'models',
        setup(host) {
          host.onResolve({ filter: /^(pt:|page$)/ }, ({ path: id }) => ({ path: id, namespace: 'model' }))
          host.onResolve({ filter: /^unplugin-torch\/runtime$/ }, () => ({ path: path.join(here, '../../src/runtime/index.ts') }))
          host.onLoad({ filter: /.*/, namespace: 'model' }, ({ path: id }) => ({ contents: modules[id]!(), resolveDir: here }))
        },
      },
    ],
  })
  const wasm = path.join(here, '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm')
  server = createServer((request, response) => {
    const name = request.url!
    try {
      const body =
        name === '/' || name === '/trusted'
          ? '<!doctype html><script type="module" src="/app.js"></script>'
          : readFileSync(name.endsWith('.wasm') ? wasm : name.startsWith('/models/') ? path.join(here, name) : path.join(folder, name))
      response
        .writeHead(200, {
          'content-type': types[path.extname(name) || '.html']!,
          'content-security-policy': name === '/trusted' ? trusted : policy,
        })
        .end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  browser = await launch()
  page = await open('/')
})
afterAll(async () => {
  await browser?.close()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(route: string): Promise<Page> {
  const opened = await browser.newPage()
  await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${route}`)
  return opened
}

/** Runs `body` in a page, with the models in scope. */
const inPage = (body: string, where = page): Promise<unknown> =>
  where.evaluate(`(async () => { const { counter, count, remote, remoteCount, image, kinds } = models; ${body} })()`)

describe('in Chromium', () => {
  it('runs on the page', async () => {
    expect(await inPage('await counter(1); const y = await counter(2); return [y.type, [...y.data], y.dims, await count()]')).toEqual([
      'float32',
      [13],
      [],
      2,
    ])
  })

  it('runs the same in a worker, state and all', async () => {
    const body = `
      const progress = []
      await remote.load({ onProgress: (p) => progress.push(p) })
      await remote(1)
      const pending = remote(2)
      const clone = remote.clone()
      remote.reset()
      const after = await remote(5)
      const error = await remote(-1).catch((e) => e)
      const input = await remote('x').catch((e) => e)
      return {
        progress: progress.at(-1), pending: [...(await pending).data], clone: [...(await clone(0)).data], after: [...after.data], size: after.size, count: await remoteCount(),
        error: [error instanceof Error, error.name, error.message, error.code], input: [input.name, input.code],
      }`
    const bytes = readFileSync(path.join(here, 'models/counter.onnx')).length
    expect(await inPage(body)).toEqual({
      progress: { loaded: bytes, total: bytes },
      pending: [13],
      clone: [13],
      after: [15],
      size: 1,
      count: 1,
      error: [true, 'ValueError', 'x must not be negative', 'PT5301'],
      input: ['TorchInputError', 'PT5104'],
    })
  })

  it('ends the worker with dispose, and starts one again', async () => {
    const alive = async (): Promise<number> => page.workers().filter((worker) => worker.url().includes('counter-worker')).length
    expect(await alive()).toBe(1)
    expect(await inPage('const pending = remote(1).catch((e) => e.code); await remote.dispose(); return pending')).toBe('PT5208')
    await expect.poll(alive).toBe(0)
    expect(await inPage('return [...(await remote(1)).data]')).toEqual([16])
    expect(await alive()).toBe(1)
  })

  it('a failing load in the worker keeps its code, and an abort ends it', async () => {
    await page.route('**/models/kinds.onnx', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<p>' }))
    expect(
      await inPage('const e = await kinds(1).catch((e) => e); return [e.name, e.code, e.message.includes("found text/html")]'),
    ).toEqual(['TorchLoadError', 'PT5202', true])
    await page.unroute('**/models/kinds.onnx')
    expect(await inPage('return kinds.load({ signal: AbortSignal.timeout(1) }).catch((e) => e.name)')).toBe('TimeoutError')
    expect(await inPage('const r = await kinds(3); return [r.int, r["__proto__"], [...r.then.data], r.map.size]')).toEqual([
      3,
      'large',
      [3, 3],
      2,
    ])
  })

  it('a worker whose script is not there fails with a code', async () => {
    await page.route('**/counter-worker.js', (route) => route.fulfill({ status: 404 }))
    expect(await inPage('await remote.dispose(); return remote(1).catch((e) => [e.name, e.code])')).toEqual(['TorchLoadError', 'PT5209'])
    await page.unroute('**/counter-worker.js')
    expect(await inPage('remote.reset(); return [...(await remote(1)).data]')).toEqual([11])
  })

  it('reads every kind of image', async () => {
    const body = `
      const canvas = document.createElement('canvas')
      canvas.width = 4; canvas.height = 2
      const context = canvas.getContext('2d')
      context.fillStyle = 'rgb(51, 102, 255)'
      context.fillRect(0, 0, 4, 2)
      const blob = await new Promise((resolve) => canvas.toBlob(resolve))
      const element = new Image()
      element.src = canvas.toDataURL()
      const offscreen = new OffscreenCanvas(4, 2)
      offscreen.getContext('2d').drawImage(canvas, 0, 0)
      const sources = [element, canvas, blob, await createImageBitmap(canvas), context.getImageData(0, 0, 4, 2), offscreen]
      const seen = []
      for (const source of sources) { const y = await image(source); seen.push([y.dims.join(), ...[0, 4, 8].map((i) => y.data[i].toFixed(4))].join(' ')) }
      const batch = await image([blob, canvas])
      seen.push(batch.dims.join())
      const broken = await image(new Image()).catch((e) => e.code)
      return [...new Set(seen), broken]`
    expect(await inPage(body)).toEqual(['1,3,2,2 0.2000 0.4000 1.0000', '2,3,2,2', 'PT5109'])
  })

  it('breaks no rule of the policy', async () => {
    expect(await page.evaluate('policyErrors')).toEqual([])
    expect(await inPage('return [crossOriginIsolated, typeof SharedArrayBuffer]')).toEqual([false, 'undefined'])
  })

  it('runs on a page with Trusted Types', async () => {
    const strict = await open('/trusted')
    expect(await inPage("try { document.body.innerHTML = '<b>'; return 'allowed' } catch (e) { return e.name }", strict)).toBe('TypeError')
    expect(
      await inPage(
        "const canvas = new OffscreenCanvas(1, 1); canvas.getContext('2d'); return [[...(await counter(1)).data], (await image(canvas)).dims]",
        strict,
      ),
    ).toEqual([[11], [1, 3, 2, 2]])
    expect(await strict.evaluate('policyErrors')).toEqual(['require-trusted-types-for trusted-types-sink'])
  })
})
