// The same measurement in Chromium: a page of its own that is served the graphs.

import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import type { AddressInfo } from 'node:net'
import type { Measured } from './measure.mjs'
import { launch } from '../../test/bundlers/browser.ts'

const root = resolve(import.meta.dirname, '../..')
const TYPES = new Map([
  ['.html', 'text/html'],
  ['.mjs', 'text/javascript'],
  ['.wasm', 'application/wasm'],
])

export async function measureInBrowser(
  graphs: readonly { readonly name: string; readonly path: string }[],
  inputs: readonly unknown[],
  options: { readonly rounds: number; readonly creations: number },
): Promise<Measured[]> {
  const page = `<!doctype html><script type="module">
    import * as ort from '/ort/ort.wasm.bundle.min.mjs'
    import { measure } from '/measure.mjs'
    ort.env.wasm.numThreads = 1
    ort.env.wasm.wasmPaths = { wasm: '/ort/ort-wasm-simd-threaded.wasm' }
    globalThis.start = async (names, inputs, options) => {
      const load = async (i) => new Uint8Array(await (await fetch('/graph/' + i, { cache: 'no-store' })).arrayBuffer())
      const graphs = names.map((name, i) => ({ name, load: () => load(i) }))
      return measure(ort, graphs, inputs, options)
    }
  </script>`
  const server = createServer((request, response) => {
    const url = request.url ?? '/'
    const file = /^\/ort\/([\w.-]+)$/.exec(url)?.[1]
    const graph = /^\/graph\/(\d+)$/.exec(url)?.[1]
    const path =
      file !== undefined
        ? join(root, 'node_modules/onnxruntime-web/dist', file)
        : graph !== undefined
          ? graphs[Number(graph)]?.path
          : url === '/measure.mjs'
            ? join(import.meta.dirname, 'measure.mjs')
            : undefined
    // An isolated page has the finer timers.
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    response.setHeader('content-type', TYPES.get(extname(path ?? 'page.html')) ?? 'application/octet-stream')
    if (path === undefined) response.end(page)
    else
      readFile(path).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      )
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const browser = await launch()
  try {
    const tab = await browser.newPage()
    tab.setDefaultTimeout(0)
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await tab.waitForFunction(() => 'start' in globalThis)
    return await tab.evaluate(
      ([names, values, how]) =>
        (globalThis as unknown as { start: (...args: readonly unknown[]) => Promise<Measured[]> }).start(names, values, how),
      [graphs.map(({ name }) => name), inputs, options] as const,
    )
  } finally {
    await browser.close()
    server.close()
  }
}
