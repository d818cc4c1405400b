// One headless Chromium for a test file, and a small static server with the headers that a deployment would send.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { chromium, type Browser } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Path of a Chromium: CHROMIUM_PATH, one on the PATH, or the one that playwright installed. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_PATH']
  if (given !== undefined && existsSync(given)) return given
  for (const name of NAMES) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    } catch {
      continue
    }
  }
  const downloaded = chromium.executablePath()
  return existsSync(downloaded) ? downloaded : undefined
}

/** SwiftShader stands in for a GPU: WebGPU with all but `shader-f16`. */
const SOFTWARE_GPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan', '--use-vulkan=swiftshader']

/** `gpu`: with a WebGPU adapter; else pages have none. */
export function launch({ gpu = false } = {}): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error("No Chromium: set CHROMIUM_PATH, or install Debian's package chromium.")
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      ...(gpu ? SOFTWARE_GPU : ['--disable-gpu']),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** What a page of ours leaves behind. */
export interface PageResult {
  readonly result: unknown
  readonly errors: readonly string[]
  /** Paths asked for, with their status. */
  readonly requests: readonly string[]
}

/** Opens a page and waits until it sets `globalThis.done`. */
export async function visit(browser: Browser, url: string, timeout = 60_000): Promise<PageResult> {
  const page = await browser.newPage()
  const errors: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => (message.type() === 'error' || message.type() === 'warning' ? errors.push(message.text()) : undefined))
  page.on('response', (response) => requests.push(`${response.status()} ${new URL(response.url()).pathname}`))
  try {
    await page.goto(url)
    // Asked from here: what waits inside the page would need `eval`, which a Content-Security-Policy forbids.
    const end = Date.now() + timeout
    while ((await page.evaluate('globalThis.done === undefined')) === true) {
      if (Date.now() > end) {
        errors.push(`The page was not done after ${timeout} ms.`)
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    return { result: await page.evaluate('globalThis.done'), errors, requests }
  } finally {
    await page.close()
  }
}

const TYPES = new Map([
  ['.html', 'text/html'],
  ['.js', 'text/javascript'],
  ['.mjs', 'text/javascript'],
  ['.wasm', 'application/wasm'],
  ['.css', 'text/css'],
])

export interface StaticServer {
  readonly origin: string
  close(): Promise<void>
}

/** Serves `folder` under `base`. `isolated` sends the headers that threads need, `csp` a Content-Security-Policy. */
export async function serve(
  folder: string,
  { base = '/', isolated = false, csp }: { base?: string; isolated?: boolean; csp?: string } = {},
): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = join(folder, normalize(decodeURIComponent(pathname.startsWith(base) ? pathname.slice(base.length) : '\0')))
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    }
    if (csp !== undefined) response.setHeader('Content-Security-Policy', csp)
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path
    if (path.includes('\0') || !existsSync(file)) {
      response.statusCode = 404
      response.end()
      return
    }
    response.setHeader('Content-Type', TYPES.get(extname(file)) ?? 'application/octet-stream')
    response.end(readFileSync(file))
  })
  await listen(server)
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, 'localhost', resolve))
