// Builds the package: entries for Node, and the runtime for browsers. Types beside each.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { defineConfig } from 'tsup'

/** Hash of the sources: entries of the cache that another build made are not taken over. */
function buildId(): string {
  const hash = createHash('sha256')
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  for (const file of files.sort())
    hash
      .update(file.replaceAll('\\', '/'))
      .update('\0')
      .update(readFileSync(join('src', file)))
  return hash.update(readFileSync('package.json')).digest('hex').slice(0, 24)
}

const dts = !process.argv.includes('--no-dts')
const entries = {
  index: 'src/index.ts',
  vite: 'src/vite.ts',
  webpack: 'src/webpack.ts',
  rspack: 'src/rspack.ts',
  rollup: 'src/rollup.ts',
  rolldown: 'src/rolldown.ts',
  esbuild: 'src/esbuild.ts',
  farm: 'src/farm.ts',
  compiler: 'src/compiler/index.ts',
  cli: 'src/cli.ts',
  'raw-loader': 'src/plugin/raw-loader.ts',
  'conversion-thread': 'src/plugin/conversion-thread.ts',
}
const entry = Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path)))

/** The runtime as a script, for the modules that the command line writes. */
async function inlineRuntime(): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: `export { createModel } from './src/runtime/index.ts'`, resolveDir: '.' },
    bundle: true,
    format: 'iife',
    globalName: 'torchRuntime',
    target: 'es2022',
    minify: true,
    write: false,
  })
  mkdirSync('dist', { recursive: true })
  writeFileSync('dist/runtime-inline.txt', outputFiles[0]!.contents)
}

export default defineConfig([
  {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    splitting: true,
    // The other half is built at the same time.
    clean: ['!runtime*'],
    dts,
    define: { __UNPLUGIN_TORCH_BUILD__: JSON.stringify(buildId()) },
    external: ['vite', 'webpack', '@rspack/core', 'rollup', 'rolldown', 'esbuild', '@farmfe/core', 'onnxruntime-web'],
  },
  {
    entry: { runtime: 'src/runtime/index.ts' },
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    dts,
    minifySyntax: true,
    onSuccess: inlineRuntime,
  },
])
