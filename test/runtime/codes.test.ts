import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { loaderProblems } from '../../src/diagnostics/catalogue/loader.ts'

it('every code that the runtime and the loader throw is in the catalogue, and no other', () => {
  const folders = ['runtime', 'loader'].map((name) => path.join(import.meta.dirname, '../../src', name))
  const text = folders.flatMap((folder) => readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'))).join('\n')
  expect([...new Set(text.match(/(?<=')PT5\d{3}(?=')/g))].toSorted()).toEqual(Object.keys(loaderProblems).toSorted())
})
