// Builds the package: entries for Node, and the runtime for browsers. Types beside each.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, transform } from 'esbuild'
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

// This file is read more than once in a build, and both halves are built at the same time: the folder is emptied once, before.
if (process.env['UNPLUGIN_TORCH_CLEANED'] === undefined) rmSync('dist', { recursive: true, force: true })
process.env['UNPLUGIN_TORCH_CLEANED'] = '1'

const dts = !process.argv.includes('--no-dts')
/** What users import. */
const modules = {
  index: 'src/index.ts',
  vite: 'src/vite.ts',
  webpack: 'src/webpack.ts',
  rspack: 'src/rspack.ts',
  rollup: 'src/rollup.ts',
  rolldown: 'src/rolldown.ts',
  esbuild: 'src/esbuild.ts',
  farm: 'src/farm.ts',
  compiler: 'src/compiler/index.ts',
  passes: 'src/custom-passes.ts',
}
/** What is started by name: their files lie beside the shared chunks. */
const programs = {
  cli: 'src/cli.ts',
  'raw-loader': 'src/plugin/raw-loader.ts',
  'conversion-thread': 'src/plugin/conversion-thread.ts',
}

/** The runtime as scripts, for the modules that the command line writes: for either device, with and without the library of host programs. */
async function inlineRuntime(): Promise<void> {
  const core = `export { createModel } from './src/runtime/index.ts'`
  await writeInline('runtime-inline.txt', core)
  const host = `export * from './src/runtime/host/index.ts'`
  await writeInline('runtime-host-inline.txt', `${core}\n${host}`)
  const gpu = `export { createModel } from './src/runtime/gpu/index.ts'`
  await writeInline('runtime-gpu-inline.txt', gpu)
  await writeInline('runtime-gpu-host-inline.txt', `${gpu}\n${host}`)
}

/** The pass explorer as a script and its styles, for the page that `inspect --html` writes. */
async function inlineExplorer(): Promise<void> {
  await writeInline('explorer-inline.txt', `import { showPage } from './explorer/page.ts'\nshowPage()`)
  const { code } = await transform(readFileSync('explorer/explorer.css', 'utf8'), { loader: 'css', minify: true, target: 'chrome125' })
  writeFileSync(join('dist', 'explorer-inline.css'), code)
}

async function writeInline(file: string, contents: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    format: 'iife',
    globalName: 'torchRuntime',
    target: 'es2022',
    minify: true,
    write: false,
  })
  mkdirSync('dist', { recursive: true })
  writeFileSync(join('dist', file), outputFiles[0]!.contents)
}

export default defineConfig([
  {
    entry: { ...modules, ...programs },
    format: 'esm',
    target: 'node20',
    platform: 'node',
    splitting: true,
    clean: false,
    // The options' types are a file of their own: an entry that took them from index.d.ts would want the types of all bundlers.
    dts: dts && { entry: { ...modules, 'plugin-options': 'src/plugin/plugin-options.ts' } },
    define: { __UNPLUGIN_TORCH_BUILD__: JSON.stringify(buildId()) },
    external: ['vite', 'webpack', '@rspack/core', 'rollup', 'rolldown', 'esbuild', '@farmfe/core', 'onnxruntime-web'],
  },
  {
    // One module for what both share, so that a page with a host program has it once.
    entry: { runtime: 'src/runtime/index.ts', 'runtime-host': 'src/runtime/host/index.ts', 'runtime-gpu': 'src/runtime/gpu/index.ts' },
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    dts,
    minify: true,
    clean: false,
    onSuccess: async () => {
      await inlineRuntime()
      await inlineExplorer()
    },
  },
])
