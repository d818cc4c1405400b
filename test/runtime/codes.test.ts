import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { loaderProblems } from '../../src/diagnostics/catalogue/loader.ts'

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file))

it('every code that the runtime and the loader throw is in the catalogue, and no other', () => {
  const folders = ['runtime', 'loader'].map((name) => path.join(import.meta.dirname, '../../src', name))
  const text = folders
    .flatMap((folder) => filesOf(folder))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  expect([...new Set(text.match(/(?<=')PT5\d{3}(?=')/g))].toSorted()).toEqual(Object.keys(loaderProblems).toSorted())
})
