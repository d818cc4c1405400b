// `npm run demo`: converts the real models, makes one prediction in Node through the module that the command line wrote, and serves the playground.
// `--once` ends there, for CI: the playground is built, served, asked for, and closed. Exit status 1 when anything of it fails.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { styleText } from 'node:util'
import type { Report } from '../src/compiler/types.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const out = join(root, 'demo-out')
const once = process.argv.includes('--once')
const started = performance.now()

const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })
const dim = (text: string): string => styleText('dim', text, { stream: process.stdout })
const warm = (text: string): string => styleText('red', text, { stream: process.stdout })

function node(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
}

// The package, as it is published

function buildPackage(): void {
  const newest = Math.max(
    ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => statSync(join(root, 'src', file)).mtimeMs),
  )
  const built = ['index.js', 'vite.js', 'compiler.js', 'cli.js', 'runtime.js', 'runtime-inline.txt'].map((file) => join(root, 'dist', file))
  if (built.every((file) => existsSync(file) && statSync(file).mtimeMs >= newest)) return
  const { status, stdout, stderr } = node(join(root, 'node_modules/tsup/dist/cli-default.js'), '--no-dts')
  if (status === 0) return console.log(dim(`built the package, ${seconds(started)}\n`))
  console.error(stdout + stderr)
  process.exit(1)
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

// Every model of test/fixtures

/** Paths of the models that have goldens, by folder. */
function models(): string[] {
  const fixtures = join(root, 'test/fixtures')
  return readdirSync(fixtures, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['archives', 'quantized', 'upgraders'].includes(entry.name))
    .flatMap(({ name }) => readdirSync(join(fixtures, name)).map((file) => join(fixtures, name, file)))
    .filter((file) => file.endsWith('.pt') && existsSync(file.replace(/\.pt$/, '.json')))
    .sort()
}

interface Row {
  readonly name: string
  readonly report?: Report
  readonly failure?: string
  readonly time: number
}

async function convertAll(): Promise<Row[]> {
  const { compile, CompileError } = (await import(
    pathToFileURL(join(root, 'dist/compiler.js')).href
  )) as typeof import('../src/compiler/index.ts')
  const rows: Row[] = []
  for (const file of models()) {
    const name = relative(join(root, 'test/fixtures'), file).replaceAll('\\', '/')
    const start = performance.now()
    try {
      const { report } = await compile(readFileSync(file), { file: name })
      rows.push({ name, report, time: performance.now() - start })
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      const [problem, ...more] = error.problems
      const failure = `${problem!.code} ${problem!.message}${more.length > 0 ? ` (and ${more.length} more)` : ''}`
      rows.push({ name, failure, time: performance.now() - start })
    }
  }
  return rows
}

const bytes = (count: number): string => (count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(2)} MB`)
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)

function printTable(rows: readonly Row[]): void {
  const done = rows.flatMap(({ report }) => (report === undefined ? [] : [report]))
  const kept = new Set(['If', 'Loop', 'Scan'])
  const cells = rows.map(({ name, report, failure, time }) => {
    if (report === undefined) return [name, failure ?? '']
    const control = Object.entries(report.operators).filter(([operator]) => kept.has(operator))
    const { length } = report.notices
    return [
      name,
      bytes(report.bytesIn),
      bytes(report.bytesOut),
      String(sum(Object.values(report.operators))),
      `${time.toFixed(0)} ms`,
      [
        ...control.map(([operator, count]) => (count === 1 ? operator : `${operator} × ${count}`)),
        ...(length === 0 ? [] : [`${length} notice${length === 1 ? '' : 's'}`]),
      ].join(', '),
    ]
  })
  const head = ['model', '.pt', '.onnx', 'operators', 'time', 'control flow, notices']
  const width = head.map((title, i) => Math.max(title.length, ...cells.filter((row) => row.length > 2).map((row) => row[i]!.length)))
  width[0] = Math.max(...cells.map(([name]) => name!.length))
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => (i === 0 || i === 5 ? text.padEnd(width[i]!) : text.padStart(width[i]!)))
      .join('  ')
      .trimEnd()
  console.log(dim(line(head)))
  for (const row of cells) console.log(row.length === 2 ? `${row[0]!.padEnd(width[0])}  ${warm(row[1]!)}` : line(row))
  const [before, after] = [sum(done.map(({ bytesIn }) => bytesIn)), sum(done.map(({ bytesOut }) => bytesOut))]
  const time = sum(rows.map((row) => row.time)) / 1000
  console.log(bold(`\n${done.length} of ${rows.length} models, ${bytes(before)} → ${bytes(after)}, ${time.toFixed(1)} s`))
}

// One prediction, in Node

interface TestSplit {
  readonly images: { readonly data: string }
  readonly labels: { readonly data: string }
  readonly predictions: { readonly data: string }
  readonly torch: string
}
type Digits = (ink: unknown) => Promise<{ readonly data: Float32Array }>

const SHOWN = 16

async function predict(): Promise<boolean> {
  mkdirSync(out, { recursive: true })
  const { status, stderr } = node(join(root, 'dist/cli.js'), 'convert', 'playground/models/digits.pt', '-o', out)
  if (status !== 0) {
    console.error(stderr)
    return false
  }
  const split = JSON.parse(readFileSync(join(root, 'test/fixtures/digits/test-split.json'), 'utf8')) as TestSplit
  const image = Buffer.from(split.images.data, 'base64').subarray(SHOWN * 64, (SHOWN + 1) * 64)
  const classOf = (leaf: { readonly data: string }): number => Number(Buffer.from(leaf.data, 'base64').readBigInt64LE(SHOWN * 8))
  const { default: digits } = (await import(pathToFileURL(join(out, 'digits.js')).href)) as { readonly default: Digits }
  const start = performance.now()
  const { data } = await digits({ type: 'float32', data: Float32Array.from(image, (count) => count / 16), dims: [1, 1, 8, 8] })
  const answer = data.indexOf(Math.max(...data))
  const torch = classOf(split.predictions)
  const beside = new Map([
    [1, dim('demo-out/digits.js, made by')],
    [2, dim('unplugin-torch convert digits.pt -o demo-out')],
    [4, `here     ${bold(String(answer))}   ${dim(`first call, in Node: ${(performance.now() - start).toFixed(0)} ms`)}`],
    [5, `PyTorch  ${bold(String(torch))}   ${dim(split.torch)}`],
    [6, `truth    ${bold(String(classOf(split.labels)))}`],
  ])
  const shades = ' ░▒▓█'
  for (let row = 0; row < 8; row++) {
    const pixels = [...image.subarray(row * 8, row * 8 + 8)].map((count) => shades[Math.round((count / 16) * 4)]!.repeat(2)).join('')
    console.log(`  ${pixels}   ${beside.get(row) ?? ''}`.trimEnd())
  }
  return answer === torch
}

// The playground

/** Builds it and serves the build. Returns how to stop. */
async function servePlayground(): Promise<() => Promise<void>> {
  const { build, preview } = await import('vite')
  const app = { root: join(root, 'playground'), configFile: join(root, 'playground/vite.config.ts'), logLevel: 'error' } as const
  await build(app)
  const server = await preview({ ...app, preview: { host: 'localhost', port: once ? 0 : 4173 } })
  const url = server.resolvedUrls?.local[0]
  for (const path of ['', 'explore/']) {
    const page = url === undefined ? undefined : await fetch(new URL(path, url))
    if (page?.status !== 200) throw new Error(`the playground does not answer${page === undefined ? '' : `: ${page.status}`}`)
  }
  console.log(`${bold('Playground')}  ${url}`)
  console.log(`${bold('Your model')}  ${url}explore/`)
  return () => server.close()
}

console.log(bold('\nunplugin-torch: PyTorch models into a front-end project, without Python\n'))
rmSync(out, { recursive: true, force: true })
buildPackage()
const rows = await convertAll()
printTable(rows)
console.log(bold('\nOne prediction in Node\n'))
const agrees = await predict()
console.log()
const stop = await servePlayground()
if (rows.some(({ failure }) => failure !== undefined) || !agrees) process.exitCode = 1
if (once) {
  await stop()
  console.log(dim(`done in ${seconds(started)}`))
  // onnxruntime's own threads would keep the process from ending.
  process.exit()
}
console.log(dim('Press Ctrl+C to stop.'))
