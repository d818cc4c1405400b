// Hostile and damaged model files, each with what must happen to it. `node test/hostile/make.ts DIR` writes them with an index.json;
// the tests use the generator itself. Nothing here is random: the same files every time.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fileCases } from './cases-files.ts'
import { pickleCases } from './cases-pickle.ts'
import { tensorCases } from './cases-tensors.ts'
import { zipCases } from './cases-zip.ts'
import type { HostileCase } from './control.ts'

export type { HostileCase } from './control.ts'

/** Every case; the bytes of a file are made when asked for. */
export function* hostileCases(): Generator<HostileCase> {
  yield* fileCases()
  yield* pickleCases()
  yield* tensorCases()
  yield* zipCases()
}

/** `0042-P1-4-os-system.pt` */
export function fileName(index: number, name: string): string {
  const plain = name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60)
  return `${String(index).padStart(4, '0')}-${plain}.pt`
}

/** Writes the corpus to `folder`; gives the rows of its index. */
export function writeCorpus(folder: string): { readonly file: string; readonly name: string; readonly expect: HostileCase['expect'] }[] {
  mkdirSync(folder, { recursive: true })
  const index = [...hostileCases()].map((hostile, i) => {
    const file = fileName(i, hostile.name)
    writeFileSync(join(folder, file), hostile.bytes())
    return { file, name: hostile.name, expect: hostile.expect, ...(hostile.codes === undefined ? {} : { codes: hostile.codes }) }
  })
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 1)}\n`)
  return index
}

const [, script, folder] = process.argv
if (script !== undefined && folder !== undefined && pathToFileURL(script).href === import.meta.url) {
  console.log(`${writeCorpus(folder).length} files`)
}
