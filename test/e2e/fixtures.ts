// The committed models and their goldens: test/fixtures/<name>/<stem>.pt beside <stem>.json, as their make.py writes them.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Leaf } from '../support/leaf.ts'

export interface GoldenCase {
  readonly name: string
  readonly method?: string
  readonly inputs: readonly Leaf[]
  readonly outputs: Leaf
  readonly raises?: { readonly type: string; readonly message: string }
}
export interface Golden {
  readonly torch: string
  readonly model: string
  /** Each case follows on the one before. */
  readonly sequence?: boolean
  readonly cases: readonly GoldenCase[]
}
export interface Fixture {
  /** `control-flow-net/model`. */
  readonly name: string
  /** Path of the .pt. */
  readonly file: string
  readonly golden: Golden
}

export const fixtureFolder = resolve(import.meta.dirname, '../fixtures')

/** Folders with goldens of another form, and tests of their own. */
const OTHERS = new Set(['archives', 'quantized', 'upgraders'])

export function fixtures(): readonly Fixture[] {
  return readdirSync(fixtureFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !OTHERS.has(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(fixtureFolder, name))
        .filter((file) => file.endsWith('.pt') && existsSync(join(fixtureFolder, name, file.replace(/\.pt$/, '.json'))))
        .map((file) => {
          const golden = JSON.parse(readFileSync(join(fixtureFolder, name, file.replace(/\.pt$/, '.json')), 'utf8')) as Golden
          return { name: `${name}/${file.replace(/\.pt$/, '')}`, file: join(fixtureFolder, name, file), golden }
        })
        // Folders with goldens of another form have tests of their own.
        .filter(({ golden }) => golden.cases !== undefined),
    )
}
