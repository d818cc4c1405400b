// The tarball as users get it: packed, installed by npm into an empty project elsewhere, and used from there: every export, the command line, the types.
// Needs a registry, or npm's cache, for unplugin and onnxruntime-web.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { built } from '../bundlers/built.ts'
import { REPOSITORY } from '../bundlers/project.ts'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly types?: string; readonly default?: string }>>
  readonly bin: Readonly<Record<string, string>>
}

const TSC = { 5: 'typescript-5.9', 6: 'typescript', 7: 'typescript-7' } as const
const own = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Manifest
/** Entries that are modules. */
const modules = Object.entries(own.exports).flatMap(([path, target]) =>
  typeof target === 'object' && target.default !== undefined ? [path] : [],
)
const specifier = (path: string): string => own.name + path.slice(1)

let home: string
let tarball: string

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
const write = (file: string, text: string): void => writeFileSync(join(home, file), text)

beforeAll(async () => {
  await built({ types: true })
  home = mkdtempSync(join(tmpdir(), 'torch-package-'))
  write('package.json', JSON.stringify({ name: 'app', private: true, type: 'module' }))
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  })
  tarball = join(home, (JSON.parse(packed) as { filename: string }[])[0]!.filename)
  run('npm', 'install', tarball, '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error')
  cpSync(join(REPOSITORY, 'test/fixtures/decision-gate/scripted.pt'), join(home, 'net.pt'))
}, 240_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('publint and attw have nothing to say', () => {
  const bin = join(REPOSITORY, 'node_modules/.bin')
  for (const [tool, ...args] of [
    ['publint', tarball, '--strict'],
    ['attw', tarball, '--profile', 'esm-only'],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(join(bin, tool), args, { cwd: REPOSITORY, encoding: 'utf8' })
    expect(status, stdout + stderr).toBe(0)
  }
}, 60_000)

test('holds what it needs and nothing else', () => {
  const folder = join(home, 'node_modules', own.name)
  expect(
    readdirSync(folder)
      .filter((file) => !/^(README|LICENSE|CHANGELOG)(\.md)?$/.test(file))
      .sort(),
  ).toEqual(['SUPPORTED-OPS.md', 'client.d.ts', 'dist', 'docs', 'package.json'])
  const targets = Object.values(own.exports).flatMap((target) => (typeof target === 'string' ? [target] : [target.types, target.default]))
  for (const target of [...targets, ...Object.values(own.bin)])
    if (target !== undefined) expect(existsSync(join(folder, target)), target).toBe(true)
  // One dependency besides the peer, and what that needs.
  const installed = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'))
  expect(installed).toEqual(expect.arrayContaining(['onnxruntime-web', 'unplugin', own.name]))
  expect(installed).not.toContain('typescript')
})

test('every export is a module that Node loads, with no bundler installed', () => {
  write(
    'imports.js',
    `${modules.map((path, i) => `import * as m${i} from ${JSON.stringify(specifier(path))}`).join('\n')}
console.log(JSON.stringify([${modules.map((_, i) => `Object.keys(m${i})`).join()}]))\n`,
  )
  const names = JSON.parse(run(process.execPath, 'imports.js')) as string[][]
  const of = (path: string): readonly string[] => names[modules.indexOf(path)]!
  for (const path of modules) expect(of(path).length, path).toBeGreaterThan(0)
  for (const path of ['./vite', './webpack', './rspack', './rollup', './rolldown', './esbuild', './farm'])
    expect(of(path)).toContain('default')
  expect(of('./compiler')).toContain('compile')
  expect(of('./runtime')).toEqual(expect.arrayContaining(['createModel', 'serveModel', 'tensor']))
})

test('the command line converts, and what it writes runs', () => {
  run('npx', '--no-install', own.name, 'convert', 'net.pt', '-o', 'out')
  write(
    'run.js',
    `import net from './out/net.js'\nconst y = await net({ type: 'float32', data: Float32Array.of(-1, -2), dims: [2] })\nconsole.log(...y.data)\n`,
  )
  expect(run(process.execPath, 'run.js').trim()).toBe('1 2')
})

test('the compiler as a library', () => {
  write(
    'library.js',
    `import { readFileSync } from 'node:fs'
import { compile, CompileError } from ${JSON.stringify(specifier('./compiler'))}
const { graph, dts, report } = await compile(new Uint8Array(readFileSync('net.pt')), { file: 'net.pt' })
const failed = await compile(new Uint8Array(), { file: 'empty.pt' }).catch((error) => error)
console.log(graph.length === report.bytesOut, dts.includes('export default'), failed instanceof CompileError, failed.code)\n`,
  )
  expect(run(process.execPath, 'library.js').trim()).toBe('true true true PT1001')
})

test.each(['bundler', 'nodenext'] as const)(
  'the types of every export, resolved as %s',
  (resolution) => {
    run('npx', '--no-install', own.name, 'convert', 'net.pt', '-o', 'types')
    write(
      'app.ts',
      `/// <reference types="${own.name}/client" />
import net from './types/net.js'
import bare from './bare.pth'
import { compile } from '${own.name}/compiler'
import type { Tensor } from '${own.name}/runtime'
${modules.map((path, i) => `import * as m${i} from '${specifier(path)}'`).join('\n')}
export const all = [${modules.map((_, i) => `m${i}`).join()}]
export const y: Promise<Tensor<'float32'>> = net(new Float32Array(2))
export const bytes: Promise<Uint8Array> = compile(new Uint8Array(), { file: 'x.pt' }).then(({ graph }) => graph)
// A model without a declaration of its own, by the package's client types.
export const loaded: Promise<void> = bare.load()
// @ts-expect-error There is no such method.
bare.lode()
// @ts-expect-error A text is no tensor.
void net('x')
// @ts-expect-error There is no such option.
m0.unplugin.vite({ modles: {} })
`,
    )
    const module = resolution === 'bundler' ? 'preserve' : 'nodenext'
    const options = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      module,
      moduleResolution: resolution,
      skipLibCheck: true,
      types: [],
    }
    write('tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['app.ts'] }))
    for (const version of Object.values(TSC)) {
      const { bin } = JSON.parse(readFileSync(join(REPOSITORY, 'node_modules', version, 'package.json'), 'utf8')) as {
        bin: { tsc: string }
      }
      const tsc = join(REPOSITORY, 'node_modules', version, bin.tsc)
      const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: home, encoding: 'utf8' })
      expect(status, `${version}\n${stdout}`).toBe(0)
    }
  },
  120_000,
)

test('with Vite alone, its entry passes a check of all declarations', () => {
  symlinkSync(join(REPOSITORY, 'node_modules/vite'), join(home, 'node_modules/vite'), 'dir')
  write(
    'vite.config.ts',
    `import Torch from '${own.name}/vite'
export default { plugins: [Torch({ models: { 'net.pt': { inputs: { x: { shape: ['n'] } }, labels: ['cat'] } } })] }
// @ts-expect-error There is no such option.
Torch({ modles: {} })
`,
  )
  const options = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], module: 'preserve', types: [] }
  write('tsconfig.json', JSON.stringify({ compilerOptions: { ...options, skipLibCheck: false }, files: ['vite.config.ts'] }))
  const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: home, encoding: 'utf8' })
  expect(status, stdout).toBe(0)
}, 120_000)
