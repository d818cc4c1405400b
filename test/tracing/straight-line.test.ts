// A straight-line module is the same bytes in every mode: every committed archive whose code has no branch and no loop.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile } from '../../src/compiler/compile.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import { allNodes } from '../../src/ir/block.ts'
import { needsDeclaration } from '../e2e/truth-options.ts'
import { declared } from '../networks/networks-options.ts'

const home = resolve(import.meta.dirname, '..')
const archives = ['networks', 'fixtures', 'truth', 'shapes']
  .filter((folder) => existsSync(join(home, folder)))
  .flatMap((folder) =>
    readdirSync(join(home, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
  )
  .filter((path) => path.endsWith('.pt'))
  .sort()

/** Archives that are read at all: odd files have tests of their own. */
function isStraightLine(bytes: Uint8Array): boolean {
  try {
    const script = importScript(readTorchScript(bytes))
    if (!script.methods.includes('forward')) return false
    return [...allNodes(script.inlinedGraph('forward').block)].every(({ blocks }) => blocks.length === 0)
  } catch {
    return false
  }
}

/** Without what a user must declare there is no result to compare. */
const isComplete = (path: string): boolean => !needsDeclaration.has(path.replace(/^truth\/|\.pt$/g, ''))

/** An inverse of what may be singular raises: a branch that the code does not show, and that a trace does not take. */
const raising: ReadonlySet<string> = new Set(['shapes/double-solve.scripted.pt', 'shapes/double-solve.traced.pt'])

const straight = archives.filter((path) => isComplete(path) && !raising.has(path) && isStraightLine(readFileSync(join(home, path))))

describe('in every mode the same bytes', () => {
  it('there are enough of them to mean something', () => expect(straight.length).toBeGreaterThan(120))

  for (const path of straight)
    it(path, async () => {
      const bytes = readFileSync(join(home, path))
      const name = path.replace(/^.*\/|\.pt$/g, '')
      const outcome = async (mode: 'auto' | 'script' | 'trace') => {
        try {
          const { graph, report } = await compile(bytes, { file: name, methods: ['forward'], ...declared.get(name), mode })
          return { graph: Buffer.from(graph).toString('base64'), codes: report.notices.map(({ code }) => code) }
        } catch (error) {
          return { code: (error as { readonly code?: unknown }).code }
        }
      }
      const auto = await outcome('auto')
      // Nothing had to be run, nothing was scripted.
      expect(auto.codes?.filter((code) => code.startsWith('PT35')) ?? []).toEqual([])
      expect(await outcome('script')).toEqual(auto)
      expect(await outcome('trace')).toEqual(auto)
    })
})
