// The house rules that a machine can hold: which floor may import which, no node:* below the plugin, no giant files.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../src')

/** Each floor, and the floors it may import from. Its own is always allowed. */
const floors: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  ir: ['diagnostics'],
  ops: ['diagnostics', 'ir'],
  analysis: ['diagnostics', 'ir', 'ops'],
  archive: ['diagnostics', 'ir', 'ops', 'analysis'],
  frontend: ['diagnostics', 'ir', 'ops', 'analysis', 'archive', 'passes'],
  tracing: ['diagnostics', 'ir', 'ops', 'analysis', 'archive', 'passes'],
  passes: ['diagnostics', 'ir', 'ops', 'analysis', 'archive'],
  onnx: ['diagnostics', 'ir', 'ops', 'analysis', 'passes'],
  loader: ['diagnostics', 'ir', 'ops', 'compiler'],
  // Calibration prepares images with the code that prepares them in the page.
  compiler: ['diagnostics', 'ir', 'ops', 'analysis', 'archive', 'frontend', 'tracing', 'passes', 'onnx', 'loader', 'runtime'],
  runtime: [],
}
const buildTime = new Set(['plugin', 'cli'])

interface Import {
  readonly from: string
  readonly specifier: string
  readonly typeOnly: boolean
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8')
  return [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"`;]*?from\s+['"]([^'"]+)['"]/gm)].map(([, type, specifier]) => ({
    from: file,
    specifier: specifier!,
    typeOnly: type !== undefined,
  }))
}
const floorOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, ''))

const imports = files.flatMap(importsOf)

describe('architecture', () => {
  it('lower floors never import higher ones', () => {
    const wrong = imports.flatMap(({ from, specifier, typeOnly }) => {
      const floor = floorOf(from)
      const allowed = floors[floor]
      if (allowed === undefined || !specifier.startsWith('.')) return []
      const target = floorOf(relative(src, resolve(src, from, '..', specifier)).replaceAll('\\', '/'))
      // The loader prints what the compiler's public types describe.
      if (floor === 'loader' && target === 'compiler') return typeOnly ? [] : [`${from} imports values of ${specifier}`]
      return target === floor || allowed.includes(target) ? [] : [`${from} imports ${specifier}`]
    })
    expect(wrong).toEqual([])
  })

  it('nothing below the plugin imports node:* or packages', () => {
    const allowedPackages = new Set(['onnxruntime-common'])
    const wrong = imports.filter(
      ({ from, specifier, typeOnly }) =>
        floors[floorOf(from)] !== undefined && !specifier.startsWith('.') && !(typeOnly && allowedPackages.has(specifier)),
    )
    expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([])
  })

  it('only the plugin, the command line and the entries know node:*', () => {
    const wrong = imports.filter(
      ({ from, specifier }) => specifier.startsWith('node:') && from.includes('/') && !buildTime.has(floorOf(from)),
    )
    expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([])
  })

  it('files stay under 500 lines, generated schema tables apart', () => {
    const long = files
      .filter((file) => !file.startsWith('ops/schemas/'))
      .map((file) => ({ file, lines: readFileSync(join(src, file), 'utf8').split('\n').length - 1 }))
    expect(long.filter(({ lines }) => lines > 500)).toEqual([])
  })
})
