// The library of host programs on its way into an app: found wherever the package lies, once, and no more of it than the models use.

import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build as esbuild, type Plugin } from 'esbuild'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { build, BUNDLERS, frame } from './builders.ts'
import { built } from './built.ts'
import { project, REPOSITORY, type Project } from './project.ts'

const pure = readFileSync(join(REPOSITORY, 'test/fixtures/decision-gate/scripted.pt'))
const program = (name: string): Uint8Array => readFileSync(join(REPOSITORY, `test/programs/${name}.pt`))

let files: Project
beforeAll(() => built(), 120_000)
afterEach(() => files?.remove())

/** Where the package lies, as seen from the app. Each turns npm's own layout, which the other tests have, into another. */
const LAYOUTS: Readonly<Record<string, (files: Project) => void>> = {
  "pnpm's": ({ path }) => {
    const store = path('node_modules/.pnpm/unplugin-torch@0.1.0/node_modules')
    mkdirSync(store, { recursive: true })
    cpSync(path('node_modules/unplugin-torch'), join(store, 'unplugin-torch'), { recursive: true })
    symlinkSync(join(REPOSITORY, 'node_modules/unplugin'), join(store, 'unplugin'), 'dir')
    rmSync(path('node_modules/unplugin'))
    rmSync(path('node_modules/unplugin-torch'), { recursive: true })
    symlinkSync(join(store, 'unplugin-torch'), path('node_modules/unplugin-torch'), 'dir')
  },
  'a linked source tree': ({ path }) => {
    rmSync(path('node_modules/unplugin-torch'), { recursive: true })
    symlinkSync(REPOSITORY, path('node_modules/unplugin-torch'), 'dir')
  },
  // Its plugin is imported by path; the app cannot name the package.
  'another folder': ({ path, write }) => {
    const elsewhere = path('tools/torch')
    mkdirSync(dirname(elsewhere), { recursive: true })
    cpSync(path('node_modules/unplugin-torch'), elsewhere, { recursive: true })
    rmSync(path('node_modules/unplugin-torch'), { recursive: true })
    write('build.js', readFileSync(path('build.js'), 'utf8').replace(/'unplugin-torch\/(\w+)'/, `'./tools/torch/dist/$1.js'`))
  },
}

// A text of the core, and one that only the library of host programs has.
const CORE = 'PT5203'
const LIBRARY = 'Dimension out of range'
const times = (text: string, part: string): number => text.split(part).length - 1

describe.each(BUNDLERS)('%s', (bundler) => {
  test.each(Object.keys(LAYOUTS))(
    'finds it in %s layout, and bundles it once',
    (layout) => {
      files = project({
        ...frame(bundler),
        'src/pure.pt': pure,
        'src/checked.pt': program('checked'),
        'src/main.js': `import pure from './pure.pt'\nimport checked from './checked.pt'\nglobalThis.models = [pure, checked]\n`,
        'src/worker.js': '',
      })
      LAYOUTS[layout]!(files)
      build(files, bundler)
      const text = files
        .list('dist')
        .filter((file) => /\.m?js$/.test(file))
        .map((file) => readFileSync(files.path('dist', file), 'utf8'))
        .join('\n')
      expect(text).not.toMatch(/unplugin-torch\/runtime/)
      expect([times(text, CORE), times(text, LIBRARY)]).toEqual([1, 1])
    },
    60_000,
  )
})

/** Bytes of our own files in the minified bundle of an app with these models. */
async function bytesOf(models: Readonly<Record<string, Uint8Array>>): Promise<{ readonly core: number; readonly library: number }> {
  const names = Object.keys(models)
  files = project({
    ...Object.fromEntries(names.map((name) => [`src/${name}.pt`, models[name]!])),
    'src/main.js': `${names.map((name, i) => `import m${i} from './${name}.pt'`).join('\n')}\nglobalThis.models = [${names.map((_, i) => `m${i}`).join()}]\n`,
  })
  const entry = (await import(pathToFileURL(files.path('node_modules/unplugin-torch/dist/esbuild.js')).href)) as {
    default: (options: object) => Plugin
  }
  const { metafile } = await esbuild({
    absWorkingDir: files.root,
    entryPoints: ['src/main.js'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    metafile: true,
    external: ['onnxruntime-web'],
    write: false,
    logLevel: 'silent',
    plugins: [entry.default({ report: false })],
  })
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  const sum = (isCounted: (path: string) => boolean): number =>
    inputs.reduce((n, [path, { bytesInOutput }]) => n + (/unplugin-torch\/dist\//.test(path) && isCounted(path) ? bytesInOutput : 0), 0)
  const isLibrary = (path: string): boolean => path.endsWith('/runtime-host.js')
  return { core: sum((path) => !isLibrary(path)), library: sum(isLibrary) }
}

describe('what reaches the page, in bytes before compression', () => {
  test('nothing of it without a host program', async () => {
    const { core, library } = await bytesOf({ pure })
    expect(library).toBe(0)
    expect(core).toBeLessThan(13_500)
  })

  test.each([
    ['checked', 13_000],
    ['cache', 12_600],
    ['beams', 11_300],
    ['words', 14_300],
  ])('what %s uses of it', async (name, limit) => {
    const { library } = await bytesOf({ [name]: program(name) })
    expect(library).toBeGreaterThan(1000)
    expect(library).toBeLessThan(limit)
  })

  test('two programs share it', async () => {
    const [checked, cache, both] = [
      await bytesOf({ checked: program('checked') }),
      await bytesOf({ cache: program('cache') }),
      await bytesOf({ checked: program('checked'), cache: program('cache') }),
    ]
    expect(both.library).toBeLessThan(checked.library + cache.library - 1000)
  }, 120_000)
})
