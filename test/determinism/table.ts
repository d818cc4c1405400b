// One table of hashes: every fixture and host program converted by the built command line, its .onnx, .js and .d.ts, and its source map. `node test/determinism/table.ts` prints it,
// so that CI can compare two working directories, locales and machines. Knows nothing of what the hashes should be.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fixtures, type Fixture } from '../e2e/fixtures.ts'

export interface Surroundings {
  /** Where the process runs. */
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** The built command line. */
  readonly cli?: string
  readonly only?: readonly string[]
}

const programs = join(import.meta.dirname, '../programs')
/** Models whose control flow becomes JavaScript, but for a few. */
export const hostPrograms: readonly Pick<Fixture, 'name' | 'file'>[] = readdirSync(programs)
  .filter((file) => file.endsWith('.pt'))
  .map((file) => ({ name: `programs/${file.slice(0, -3)}`, file: join(programs, file) }))

const CLI = join(import.meta.dirname, '../../dist/cli.js')

/** `control-flow-net/model.onnx  <sha256>`, sorted. A model that is not converted has its error in the place of the hashes. */
export async function hashTable({ cwd, env, cli = CLI, only }: Surroundings = {}): Promise<readonly string[]> {
  const rows: string[] = []
  const waiting = [...fixtures(), ...hostPrograms].filter(({ name }) => only === undefined || only.includes(name))
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) rows.push(...(await hashes(one, cli, cwd, env)))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return rows.sort()
}

async function hashes(
  { name, file }: Pick<Fixture, 'name' | 'file'>,
  cli: string,
  cwd?: string,
  env?: NodeJS.ProcessEnv,
): Promise<string[]> {
  const out = mkdtempSync(join(tmpdir(), 'torch-hash-'))
  try {
    const surroundings = { ...(cwd === undefined ? {} : { cwd }), env: { ...process.env, ...env } }
    const error = await new Promise<string>((resolve) => {
      execFile(process.execPath, [cli, 'convert', file, '-o', out], surroundings, (failed, _, stderr) =>
        resolve(failed === null ? '' : (stderr.match(/PT\d{4}/)?.[0] ?? stderr)),
      )
    })
    // What names a source map has one.
    const loader = join(out, `${basename(name)}.js`)
    const isMapped = existsSync(loader) && readFileSync(loader, 'utf8').includes('//# sourceMappingURL=')
    return ['onnx', 'js', 'd.ts', ...(isMapped ? ['js.map'] : [])].map((extension) => {
      const path = join(out, `${basename(name)}.${extension}`)
      const hash = existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : error
      return `${`${name}.${extension}`.padEnd(44)} ${hash}`
    })
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

if (import.meta.main) for (const row of await hashTable()) console.log(row)
