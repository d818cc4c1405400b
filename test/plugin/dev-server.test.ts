// What Vite's dev server gives away: the tricks of Vite's own fs-serve tests on our extensions and queries, on files inside, outside, denied and linked.
// Also: bytes by token only, one conversion for many requests, nothing converted that nobody imports.

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Plugin, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkAccess, devAssets } from '../../src/plugin/dev-server.ts'
import Torch from '../../src/vite.ts'
import { REPOSITORY } from '../bundlers/project.ts'

const CANARY = 'canary-5d41402abc4b2a76'
const model = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/scripted.pt`)
const secret = Buffer.concat([model, Buffer.from(CANARY)])
/** What the plugin takes; the others stay Vite's. */
const OURS: ReadonlySet<string> = new Set(['pt', 'pth', 'pt2'])
const EXTENSIONS = ['pt', 'pth', 'pt2', 'onnx', 'safetensors', 'py']

let folder: string
let server: ViteDevServer
/** The same without the plugin: what Vite itself gives away is not ours to shut. */
let control: ViteDevServer
let port: number
let controlPort: number
const reports: string[] = []

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A request whose path is sent as it is written: fetch would tidy it up. */
const get = (path: string, method = 'GET', headers: Record<string, string> = {}, to = port): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: 'localhost', port: to, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString('latin1') }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'torch-serve-')))
  mkdirSync(join(folder, 'app/src'), { recursive: true })
  mkdirSync(join(folder, 'outside'))
  for (const extension of EXTENSIONS) {
    writeFileSync(join(folder, `outside/secret.${extension}`), secret)
    writeFileSync(join(folder, `app/.env.${extension}`), secret)
    symlinkSync(join(folder, `outside/secret.${extension}`), join(folder, `app/link.${extension}`))
  }
  writeFileSync(join(folder, 'app/.env'), CANARY)
  writeFileSync(join(folder, 'app/src/net.pt'), model)
  writeFileSync(join(folder, 'app/src/alone.pt'), model)
  writeFileSync(join(folder, 'app/src/cold.pt'), model)
  writeFileSync(join(folder, 'app/src/main.js'), `import net from './net.pt'\nexport default net\n`)
  writeFileSync(join(folder, 'app/src/cold.js'), `import net from './cold.pt'\nexport default net\n`)
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'app/node_modules'), 'dir')
  writeFileSync(join(folder, 'app/package.json'), '{}')
  const start = async (plugins: readonly Plugin[]): Promise<ViteDevServer> => {
    const started = await createServer({
      root: join(folder, 'app'),
      configFile: false,
      logLevel: 'info',
      customLogger: {
        info: (line) => reports.push(line),
        warn() {},
        warnOnce() {},
        error() {},
        clearScreen() {},
        hasErrorLogged: () => false,
        hasWarned: false,
      },
      cacheDir: join(folder, 'vite-cache'),
      server: { port: 0, fs: { strict: true, allow: [join(folder, 'app'), REPOSITORY], deny: ['.env', '.env.*'] } },
      plugins: [...plugins],
    })
    return started.listen()
  }
  server = await start([Torch()])
  control = await start([])
  const portOf = ({ httpServer }: ViteDevServer): number => (httpServer!.address() as AddressInfo).port
  port = portOf(server)
  controlPort = portOf(control)
}, 60_000)
afterAll(async () => {
  await Promise.all([server?.close(), control?.close()])
  rmSync(folder, { recursive: true, force: true })
})

// Each makes a request target of a path below the root; most come from Vite's playground/fs-serve.
const TRICKS: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => `${path}?import`,
  (path) => `${path}?import&mode=script`,
  (path) => `${path}?torch-asset`,
  (path) => `${path}?import&torch-asset`,
  (path) => `${path}?torch-worker&import`,
  (path) => `${path}?import&worker=true`,
  (path) => `${path}?raw`,
  (path) => `${path}?import&raw`,
  (path) => `${path}?raw??`,
  (path) => `${path}?import&raw??`,
  (path) => `${path}?url`,
  (path) => `${path}?import&url`,
  (path) => `${path}?inline`,
  (path) => `${path}?inline&import`,
  (path) => `${path}?raw?import`,
  (path) => `${path}?import&?raw`,
  (path) => `${path}?.svg?.wasm?init`,
  (path) => `${path}?import&.svg?.wasm?init`,
  (path) => `${path}?import&v=1&t=2`,
  (path) => `${path}?import#/src/net.pt`,
  (path) => `/src/net.pt?import&weights=${path}`,
  (path) => `/src/#/..${path}?import`,
  (path) => `/src/..${path}?import`,
  (path) => `/src/%2e%2e${path}?import`,
  (path) => `/src/..%2f${path.slice(1)}?import`,
  (path) => `/src/..%5c${path.slice(1)}?import`,
  (path) => `/src\\..${path.replaceAll('/', '\\')}?import`,
  (path) => `/${path}?import`,
  (path) => `/.${path}?import`,
  (path) => `${path.replaceAll('/', '//')}?import`,
  (path) => `${path}%00?import`,
  (path) => `${path}.?import`,
  (path) => `${path}::$DATA?import`,
  (path) => `${path}/?import`,
  (path) => `${path.toUpperCase()}?import`,
  (path) => `/@id${path}?import`,
  (path) => `/@id/__x00__${path}?import`,
]

describe('no trick shows a file that may not be read', () => {
  test.each(EXTENSIONS)(
    '.%s',
    async (extension) => {
      const targets = [
        `/../outside/secret.${extension}`,
        `/%2e%2e/outside/secret.${extension}`,
        `/link.${extension}`,
        `/.env.${extension}`,
        `/@fs${folder}/outside/secret.${extension}`,
        `/@fs${folder}/app/../outside/secret.${extension}`,
        `/@fs${folder}/app/link.${extension}`,
        `/@fs${folder}/app/.env.${extension}`,
        `/@fs/${folder}/outside/secret.${extension}`,
      ]
      let answered = 0
      for (const target of targets) {
        for (const trick of TRICKS) {
          const path = trick(target)
          const { status, body } = await get(path).catch((error: Error): Answer => ({ status: 0, headers: {}, body: error.message }))
          if (body.includes(CANARY)) expect((await get(path, 'GET', {}, controlPort)).body, path).toContain(CANARY)
          // Neither is the model converted: its loader would name the graph.
          expect(body, path).not.toContain('@torch/')
          if (OURS.has(extension) && /[?&]import/.test(path) && !/raw|url|inline|svg/.test(path)) expect(body, path).not.toContain(CANARY)
          if (status !== 0) answered++
        }
      }
      expect(answered).toBeGreaterThan(targets.length * TRICKS.length * 0.9)
    },
    120_000,
  )

  test.each(['/.env', '/@fs/etc/passwd', '/@fs/etc/hostname'])('%s with our queries', async (path) => {
    for (const query of [
      'torch-asset',
      'import&torch-asset',
      'import&torch-worker',
      'import&mode=script',
      'import&x=.pt',
      '.pt',
      'import&/net.pt',
    ]) {
      const { body } = await get(`${path}?${query}`)
      expect(body).not.toContain(CANARY)
      expect(body).not.toContain('root:')
    }
  })

  test('the server lives, and serves the model that is imported', async () => {
    await get('/src/main.js')
    const { status, body } = await get('/src/net.pt?import')
    expect(status).toBe(200)
    expect(body).toContain('@torch/')
  })
})

describe('bytes', () => {
  const assetPath = async (): Promise<string> => {
    await get('/src/main.js')
    return /\/@torch\/[\da-f]{32}\/[\da-f]{64}\.onnx/.exec((await get('/src/net.pt?import')).body)![0]
  }
  test('come by token and hash, and are not sniffed', async () => {
    const path = await assetPath()
    const { status, headers, body } = await get(path, 'GET', { Origin: 'http://evil.example' })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-length': String(body.length),
    })
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect((await get(path, 'HEAD')).body).toBe('')
    expect((await get(path, 'HEAD')).headers['content-length']).toBe(String(body.length))
    expect((await get(path, 'POST')).status).toBe(405)
  })
  test('not with another token, another hash or a path', async () => {
    const path = await assetPath()
    const [, token = '', hash = ''] = /@torch\/(\w+)\/(\w+)/.exec(path)!
    for (const other of [
      `/@torch/${'0'.repeat(32)}/${hash}.onnx`,
      `/@torch/${token}/${'0'.repeat(64)}.onnx`,
      `/@torch/${token}/../../src/net.pt`,
      `/@torch/${token}/%2e%2e/%2e%2e/src/net.pt`,
      `/@torch/__proto__`,
      `/@torch/`,
      `${path}?x`,
      `/@torch/${'x'.repeat(12_000)}`,
      `/@torch/%E0%A4%A`,
    ]) {
      expect((await get(other)).status, other).toBe(404)
    }
  })
})

/** What the server answers to `vite:invoke fetchModule`, the module runner's own door, over the page's WebSocket. */
async function fetchModule(id: string): Promise<string> {
  const socket = new WebSocket(`ws://localhost:${port}/?token=${server.config.webSocketToken}`, 'vite-hmr')
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.addEventListener('error', () => reject(new Error('no WebSocket')))
      socket.addEventListener('message', ({ data }) => {
        const text = String(data)
        if (text.includes('"connected"')) {
          const invoke = { name: 'fetchModule', id: 'send:1', data: [id, undefined] }
          socket.send(JSON.stringify({ type: 'custom', event: 'vite:invoke', data: invoke }))
          setTimeout(() => reject(new Error('no answer')), 10_000).unref()
        } else if (text.includes('"response:1"')) resolve(text)
      })
    })
  } finally {
    socket.close()
  }
}

test('the WebSocket gives no model away that may not be read', async () => {
  for (const extension of OURS)
    for (const id of [
      `file://${folder}/outside/secret.${extension}`,
      `/@fs${folder}/outside/secret.${extension}`,
      `${folder}/outside/secret.${extension}?mode=script`,
      `/link.${extension}`,
    ]) {
      const answer = await fetchModule(id)
      // Vite shuts this door for the page's environment. Should a version open it, this line says so, and the plugin's own checks need a test here.
      expect(answer, id).toContain('fetchModule is disabled')
      expect(answer, id).not.toContain(CANARY)
    }
  expect((await get('/src/main.js')).status).toBe(200)
}, 60_000)

test('maps of our modules name no file outside', async () => {
  const loader = /from "([^"]*net\.pt[^"]*)"/.exec((await get('/src/main.js')).body)?.[1]
  expect(loader).toMatch(/^\/src\/net\.pt/)
  for (const path of [
    `${loader!}.map`,
    `${loader!.replace(/\?.*/, '')}.map`,
    `/@fs${folder}/outside/secret.pt.map`,
    '/src/../../outside/secret.pt.map',
  ]) {
    const { body } = await get(path)
    expect(body, path).not.toContain(CANARY)
    expect(body, path).not.toContain('/outside/secret.pt"')
  }
})

test('a model that nobody imports is not converted', async () => {
  const before = reports.length
  const { status, body } = await get('/src/alone.pt?import')
  expect(status).toBe(500)
  expect(body).toContain('PT6014')
  expect(reports.slice(before).filter((line) => line.includes('alone'))).toEqual([])
})

test('a hundred requests at once are one conversion', async () => {
  await get('/src/cold.js')
  const answers = await Promise.all(Array.from({ length: 100 }, () => get('/src/cold.pt?import')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(reports.filter((line) => line.includes('cold.pt'))).toHaveLength(1)
})

describe('access', () => {
  const check =
    (file: string, allowed: (path: string) => boolean): (() => void) =>
    () =>
      checkAccess(file, { allowed, name: (path) => path.slice(folder.length) })
  test('the path and what it links to must both be allowed', () => {
    const inApp = (path: string): boolean => path.startsWith(`${folder}/app/`)
    expect(check(`${folder}/app/src/net.pt`, inApp)).not.toThrow()
    expect(check(`${folder}/app/link.pt`, inApp)).toThrow('PT6013')
    expect(check(`${folder}/outside/secret.pt`, inApp)).toThrow('PT6013')
    expect(check(`${folder}/outside/secret.pt`, () => true)).not.toThrow()
    expect(check(`${folder}/app/nothing.pt`, inApp)).not.toThrow()
  })
})

test('graphs that were replaced are let go, shared ones are kept', () => {
  const assets = devAssets()
  const bytes = new Uint8Array(1)
  const path = (i: number): string => assets.offer('a', String(i), bytes)
  for (let i = 0; i < 10_000; i++) path(i)
  expect(assets.size).toBe(2)
  assets.offer('b', '9999', bytes)
  path(10_000)
  path(10_001)
  path(10_002)
  expect(assets.size).toBe(3)
})
