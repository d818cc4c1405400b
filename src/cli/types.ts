// `types`: the declaration beside each model under a folder, for `tsc --noEmit` before any build.

import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import { cacheFolderOf, createConverter } from '../plugin/converter.ts'
import { parseModelId } from '../plugin/ids.ts'
import { resolveOptions } from '../plugin/options.ts'
import { typesPath, writeTypes } from '../plugin/write-types.ts'

/** Folders that hold no sources of the project. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'out'])

export interface TypesArguments {
  readonly folder: string
  readonly json: boolean
}

/** Throws a CompileError with the problems of all models that cannot be converted, after the others were written. */
export async function types({ folder, json }: TypesArguments): Promise<void> {
  const root = resolve(folder)
  const found = await stat(root).catch(() => undefined)
  if (found?.isDirectory() !== true) fail('PT6010', `There is no folder ${folder}.`, { fix: 'check the path.' })
  const options = resolveOptions()
  const warn = (): void => undefined
  const converter = createConverter({ root, options, cacheFolder: cacheFolderOf(options, root), serve: false, warn, onConverted: warn })
  const written: string[] = []
  const unchanged: string[] = []
  const problems: Problem[] = []
  try {
    for (const file of await models(root)) {
      try {
        const { model } = await converter.convert(parseModelId(file)!)
        const path = await writeTypes(file, model.dts)
        if (path === undefined) unchanged.push(converter.nameOf(typesPath(file)))
        else written.push(converter.nameOf(path))
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
