// A warm build: what the plugin adds to Vite's own time when every model is in its cache. `node bench/warm.ts FILE.pt …`, with a built dist/.
// The peer is the same app without the plugin: the graph as an asset, the loader written out, so that Vite bundles and emits the same bytes.
// Each build is timed inside a fresh process, without the start of Node and of Vite; the fastest of ROUNDS counts.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { project, type Project } from '../test/bundlers/project.ts'

export interface Warm {
  readonly name: string
  readonly bytes: number
  /** Vite's own time, and with the plugin. */
  readonly plain: number
  readonly plugin: number
  /** Reading and hashing the model and its cache entry, once each. */
  readonly readAndHash: number
}

const BUILD = `import { build } from 'vite'
import Torch from 'unplugin-torch/vite'
const plugins = process.argv[2] === 'plugin' ? [Torch({ report: false })] : []
const start = performance.now()
await build({ configFile: false, logLevel: 'silent', plugins, build: { outDir: 'dist-' + process.argv[2], rollupOptions: { input: process.argv[2] + '.html' } } })
console.log(performance.now() - start)
`
const html = (name: string): string => `<!doctype html><script type="module" src="/src/${name}.js"></script>`

export function measureWarm(file: string, rounds: number): Warm {
  const app = project({
    'src/net.pt': readFileSync(file),
    'src/plugin.js': `import net from './net.pt'\nglobalThis.net = net\n`,
    'plugin.html': html('plugin'),
    'plain.html': html('plain'),
    'build.js': BUILD,
  })
  try {
    const build = (kind: 'plugin' | 'plain'): number =>
      Number(execFileSync(process.execPath, ['build.js', kind], { cwd: app.root, encoding: 'utf8' }))
    build('plugin')
    writePlain(app)
    build('plain')
    const times = Array.from({ length: rounds }, () => ({ plain: build('plain'), plugin: build('plugin'), readAndHash: readAndHash(app) }))
    const fastest = (key: 'plain' | 'plugin' | 'readAndHash'): number => Math.min(...times.map((time) => time[key]))
    return {
      name: basename(file),
      bytes: statSync(file).size,
      plain: fastest('plain'),
      plugin: fastest('plugin'),
      readAndHash: fastest('readAndHash'),
    }
  } finally {
    app.remove()
  }
}

/** The same app by hand, from what the command line writes. */
function writePlain(app: Project): void {
  execFileSync(process.execPath, ['node_modules/unplugin-torch/dist/cli.js', 'convert', 'src/net.pt', '-o', 'converted'], { cwd: app.root })
  const loader = readFileSync(app.path('converted/net.js'), 'utf8')
  const config = /createModel\(\{[\s\S]*$/.exec(loader)![0]
  const text = config.replace(/url: \(\) => .*,$/m, 'url: () => graph,')
  app.write('src/net.onnx', readFileSync(app.path('converted/net.onnx')))
  app.write(
    'src/plain.js',
    `import { createModel } from 'unplugin-torch/runtime'\nimport graph from './net.onnx?url'\nconst [model] = ${text.replace(/^export .*$/gm, '')}\nglobalThis.net = model\n`,
  )
}

function readAndHash(app: Project): number {
  const cache = app.path('node_modules/.vite/unplugin-torch')
  const entries = readdirSync(cache).filter((name) => name.endsWith('.entry'))
  const start = performance.now()
  for (const path of [app.path('src/net.pt'), ...entries.map((name) => join(cache, name))])
    createHash('sha256').update(readFileSync(path)).digest()
  return performance.now() - start
}

export function printWarm(rows: readonly Warm[]): void {
  console.log('| warm Vite build | without | with | added | read and hash once | added ÷ that |\n|---|--:|--:|--:|--:|--:|')
  for (const { name, bytes, plain, plugin, readAndHash: once } of rows) {
    const [added, ms] = [plugin - plain, (time: number): string => `${time.toFixed(0)} ms`]
    console.log(
      `| ${name}, ${(bytes / 1e6).toFixed(1)} MB | ${ms(plain)} | ${ms(plugin)} | ${ms(added)} | ${ms(once)} | ${(added / once).toFixed(2)}× |`,
    )
  }
}

if (import.meta.main) printWarm(process.argv.slice(2).map((file) => measureWarm(file, Number(process.env['ROUNDS'] ?? 5))))
