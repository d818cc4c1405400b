// A user's project in a temporary folder: a model, a page, and a node_modules of links to this repository's packages.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

const PACKAGES = [
  'onnxruntime-web',
  'vite',
  'vitest',
  'rollup',
  'rolldown',
  'webpack',
  '@rspack/core',
  'esbuild',
  '@rollup/plugin-node-resolve',
]

export interface Project {
  readonly root: string
  path(...parts: string[]): string
  write(file: string, text: string | Uint8Array): void
  /** Relative paths of all files under a folder. */
  list(folder: string): string[]
  remove(): void
}

/** Files by path; the package under test is the built one, linked as `unplugin-torch`. */
export function project(files: Readonly<Record<string, string | Uint8Array>>): Project {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'torch-project-')))
  const path = (...parts: string[]): string => join(root, ...parts)
  const write = (file: string, text: string | Uint8Array): void => {
    mkdirSync(dirname(path(file)), { recursive: true })
    writeFileSync(path(file), text)
  }
  for (const name of PACKAGES) {
    mkdirSync(dirname(path('node_modules', name)), { recursive: true })
    symlinkSync(join(REPOSITORY, 'node_modules', name), path('node_modules', name), 'dir')
  }
  // As npm installs it: a folder of its own, not a link into a source tree.
  mkdirSync(path('node_modules/unplugin-torch'), { recursive: true })
  for (const part of ['package.json', 'dist', 'client.d.ts']) {
    if (existsSync(join(REPOSITORY, part))) cpSync(join(REPOSITORY, part), path('node_modules/unplugin-torch', part), { recursive: true })
  }
  symlinkSync(join(REPOSITORY, 'node_modules/unplugin'), path('node_modules/unplugin'), 'dir')
  write('package.json', JSON.stringify({ name: 'project', private: true, type: 'module' }))
  for (const [file, text] of Object.entries(files)) write(file, text)
  return {
    root,
    path,
    write,
    list: (folder) =>
      existsSync(path(folder))
        ? readdirSync(path(folder), { recursive: true, encoding: 'utf8' })
            .map((file) => file.replaceAll('\\', '/'))
            .sort()
        : [],
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
