// Each bundler as a user would call it on the same small app: a page, the app's own worker, and a model that runs in a worker.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { Project } from './project.ts'

export const BUNDLERS = ['vite', 'webpack', 'rspack', 'rollup', 'rolldown', 'esbuild'] as const
export type BundlerName = (typeof BUNDLERS)[number]

/** Bundlers that compile `new Worker(new URL(…))`; the others get the worker as a second entry. */
const COMPILES_WORKERS: ReadonlySet<BundlerName> = new Set(['vite', 'webpack', 'rspack'])

const HTML = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>`

/** Results of the page: the same input through every door there is. */
export interface PageValues {
  readonly positive: readonly number[]
  readonly negative: readonly number[]
  readonly byQuery: readonly number[]
  readonly lazy: readonly number[]
  readonly inUserWorker: readonly number[]
  readonly inOwnWorker: readonly number[]
  readonly threads: number
  readonly isolated: boolean
}

/** Source files of the app. */
export function app(model: Uint8Array, bundler: BundlerName): Record<string, string | Uint8Array> {
  const worker = workerUrl(bundler)
  return {
    ...frame(bundler),
    'src/net.pt': model,
    'src/lazy.js': `import net from './net.pt'\nexport const run = (x) => net(x)\n`,
    'src/worker.js': `import net from './net.pt'\nself.onmessage = async ({ data }) => self.postMessage(await net(data).then((y) => [...y.data], String))\n`,
    'src/main.js': `
import net from './net.pt'
import byQuery from './net.pt?mode=script'
import inOwnWorker from './net.pt?worker=true'
const x = { type: 'float32', data: Float32Array.of(1, -2, 3, 4), dims: [2, 2] }
const minus = { type: 'float32', data: Float32Array.of(-1, 2, -3, -4), dims: [2, 2] }
const values = async (y) => [...(await y).data]
async function main() {
  const ort = await import('onnxruntime-web/wasm')
  if (globalThis.crossOriginIsolated) ort.env.wasm.numThreads = 2
  const worker = new Worker(${worker}, { type: 'module' })
  const answer = new Promise((resolve, reject) => { worker.onmessage = (event) => resolve(event.data); worker.onerror = (event) => reject(new Error(event.message)) })
  worker.postMessage(minus)
  return {
    positive: await values(net(x)),
    negative: await values(net(minus)),
    byQuery: await values(byQuery(minus)),
    lazy: await values((await import('./lazy.js')).run(minus)),
    inUserWorker: await answer,
    inOwnWorker: await values(inOwnWorker(minus)),
    threads: ort.env.wasm.numThreads,
    isolated: globalThis.crossOriginIsolated,
  }
}
main().then((result) => { globalThis.done = result }, (error) => { globalThis.done = { error: String(error.stack ?? error) } })
`,
  }
}

/** JavaScript of the URL of `src/worker.js`, as this bundler wants it. */
export function workerUrl(bundler: BundlerName): string {
  return COMPILES_WORKERS.has(bundler)
    ? `new URL('./worker.js', import.meta.url)`
    : `new URL(/* @vite-ignore */ String('./worker.js'), import.meta.url)`
}

/** The page around `src/main.js`, and the script that builds it. */
export function frame(bundler: BundlerName): Record<string, string> {
  return { 'index.html': HTML.replace('./main.js', '/src/main.js'), 'build.js': buildScript(bundler) }
}

// The build runs in a process of its own, as a user's does: bundlers take the working directory as the root.
function buildScript(bundler: BundlerName): string {
  const plugin = `import Torch from 'unplugin-torch/${bundler}'\nconst { base, options, sourcemap } = JSON.parse(process.argv[2])\n`
  switch (bundler) {
    case 'vite':
      return `${plugin}import { build } from 'vite'\nawait build({ configFile: false, logLevel: 'warn', base, plugins: [Torch(options)], build: { sourcemap } })\n`
    case 'webpack':
    case 'rspack':
      return `${plugin}import * as bundler from '${bundler === 'webpack' ? 'webpack' : '@rspack/core'}'
const create = bundler.rspack ?? bundler.default
const cache = ${bundler === 'webpack' ? `{ type: 'filesystem', cacheDirectory: process.cwd() + '/node_modules/.cache/webpack' }` : `{ type: 'persistent', storage: { type: 'filesystem', directory: process.cwd() + '/node_modules/.cache/rspack' } }`}
const compiler = create({
  mode: 'production', devtool: sourcemap && 'source-map', context: process.cwd(), entry: { main: './src/main.js' }, cache, performance: false, infrastructureLogging: { level: 'warn' },
  output: { path: process.cwd() + '/dist', filename: '[name].js', publicPath: base === '' ? 'auto' : base, clean: true },
  plugins: [Torch(options)],
})
compiler.run((error, stats) => {
  if (error || stats.hasErrors()) { console.error(error ?? stats.toString('errors-only')); process.exitCode = 1 }
  compiler.close(() => {})
})
`
    case 'rollup':
    case 'rolldown':
      return `${plugin}import { ${bundler} } from '${bundler}'
${bundler === 'rollup' ? `import { nodeResolve } from '@rollup/plugin-node-resolve'` : ''}
const plugins = [Torch(options)${bundler === 'rollup' ? `, nodeResolve({ browser: true })` : ''}]
const bundle = await ${bundler}({ input: { main: 'src/main.js', worker: 'src/worker.js' }, plugins, onwarn: (warning) => console.error(warning.message) })
await bundle.write({ dir: 'dist', format: 'es', entryFileNames: '[name].js', sourcemap })
await bundle.close()
`
    case 'esbuild':
      return `${plugin}import { build } from 'esbuild'
await build({ entryPoints: ['src/main.js', 'src/worker.js'], outdir: 'dist', bundle: true, splitting: true, format: 'esm', minify: true, sourcemap, logLevel: 'warning', plugins: [Torch(options)], ...(base === '/' || base === '' ? {} : { publicPath: base }) })
`
  }
}

export interface BuildOptions {
  readonly base?: string
  readonly options?: object
  readonly sourcemap?: boolean
}

/** Runs the app's build; the output lies in `dist`. Returns what it printed. */
export function build(app: Project, bundler: BundlerName, { base = '/', options = {}, sourcemap = false }: BuildOptions = {}): string {
  const output = execFileSync(process.execPath, ['build.js', JSON.stringify({ base, options, sourcemap })], {
    cwd: app.root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (bundler !== 'vite') writeFileSync(app.path('dist/index.html'), HTML)
  return output
}
