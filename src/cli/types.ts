// `types`: the declaration beside each model under a folder, for `tsc --noEmit` before any build. The same that a build writes: with the options
// of the project's Vite configuration, where there is one.

import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import { cacheFolderOf, createConverter } from '../plugin/converter.ts'
import { parseModelId } from '../plugin/ids.ts'
import { resolveOptions } from '../plugin/options.ts'
import { typesPath, writeTypes } from '../plugin/write-types.ts'
import { viteProject } from './vite-project.ts'

/** Folders that hold no sources of the project. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'out'])

export interface TypesArguments {
  readonly folder: string
  readonly json: boolean
}

/** Throws a CompileError with the problems of all models that cannot be converted, after the others were written. */
export async function types({ folder, json }: TypesArguments): Promise<void> {
  const start = resolve(folder)
  const found = await stat(start).catch(() => undefined)
  if (found?.isDirectory() !== true) fail('PT6010', `There is no folder ${folder}.`, { fix: 'check the path.' })
  const packageRoot = packageRootOf(start)
  const project = packageRoot === undefined ? undefined : await viteProject(packageRoot)
  const { root, options } = project ?? { root: packageRoot ?? start, options: resolveOptions() }
  // Outside of a package, no node_modules is made for it.
  const cacheFolder = packageRoot === undefined ? undefined : cacheFolderOf(options, packageRoot)
  const warn = (): void => undefined
  const converter = createConverter({ root, options, cacheFolder, serve: false, warn, onConverted: warn })
  const written: string[] = []
  const unchanged: string[] = []
  const problems: Problem[] = []
  try {
    for (const file of await models(start)) {
      try {
        const { model } = await converter.convert(parseModelId(file)!)
        const path = await writeTypes(file, model.dts)
        if (path === undefined) unchanged.push(shown(typesPath(file)))
        else written.push(shown(path))
      } catch (error) {
        if (!(error instanceof CompileError)) throw error
        problems.push(...error.problems)
      }
    }
  } finally {
    await converter.close()
  }
  const [first, ...more] = problems
  if (first !== undefined) throw new CompileError([first, ...more])
  if (json) return void console.log(JSON.stringify({ written, unchanged }, null, 2))
  for (const path of written) console.log(`written    ${path}`)
  for (const path of unchanged) console.log(`unchanged  ${path}`)
  if (written.length + unchanged.length === 0) console.log(`There are no models under ${folder}.`)
}

/** As the caller would name it. */
const shown = (path: string): string => relative(process.cwd(), path).replaceAll('\\', '/')

/** The nearest folder with a package.json, which `node_modules` and configurations lie beside. */
function packageRootOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at
    if (dirname(at) === at) return undefined
  }
}

/** Models under a folder, sorted. Links are not followed. */
async function models(root: string): Promise<string[]> {
  const files: string[] = []
  const folders = [root]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && !entry.name.startsWith('.')) folders.push(path)
      else if (entry.isFile() && parseModelId(path)?.file === path) files.push(path)
    }
  }
  return files.sort()
}
