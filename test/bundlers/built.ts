// The built package, made anew when the sources are newer: what these tests run is what users install.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './project.ts'

const OUTPUTS = ['dist/index.js', 'dist/runtime.js', 'dist/cli.js', 'dist/compiler.js', 'dist/explorer-inline.txt']

/** Waits for another test file that is building. `types`: with the declarations, which take longer. */
export async function built({ types = false }: { readonly types?: boolean } = {}): Promise<void> {
  const lock = join(REPOSITORY, 'node_modules/.cache/torch-test-build')
  mkdirSync(join(REPOSITORY, 'node_modules/.cache'), { recursive: true })
  for (let waited = 0; ; waited += 200) {
    try {
      mkdirSync(lock)
      break
    } catch {
      // A lock that nobody holds any more is taken over.
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 60_000) rmdirSync(lock)
      if (waited > 120_000) throw new Error(`Another build holds ${lock}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  try {
    const isComplete = isFresh() && (!types || existsSync(join(REPOSITORY, 'dist/index.d.ts')))
    if (!isComplete)
      execFileSync('tsup', types ? [] : ['--no-dts'], { cwd: REPOSITORY, stdio: 'pipe', shell: process.platform === 'win32' })
  } finally {
    rmdirSync(lock)
  }
}

function isFresh(): boolean {
  const outputs = OUTPUTS.map((file) => join(REPOSITORY, file))
  if (!outputs.every(existsSync)) return false
  const oldest = Math.min(...outputs.map((file) => statSync(file).mtimeMs))
  return ['src', 'explorer'].every((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:ts|css)$/.test(file))
      .every((file) => statSync(join(REPOSITORY, folder, file)).mtimeMs <= oldest),
  )
}
