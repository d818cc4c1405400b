// Modules whose code needs classes, attributes that change, type refinement: archives by torch, run as host programs. modules.json is torch's,
// made by make.py.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { IValue } from '../../../src/ir/ivalue.ts'
import { emitHost } from '../../../src/loader/host/emit-host.ts'
import { fieldName } from '../../../src/loader/host/names.ts'
import { load, moduleOf, type Module } from './host-program.ts'
import { asPython, outcome } from './outcome.ts'
import { decode } from './value.ts'

const modules = JSON.parse(readFileSync(join(import.meta.dirname, 'modules.json'), 'utf8')) as readonly Module[]

/** What the loader makes of a saved value. */
function stateOf(value: IValue): unknown {
  if (value === null || typeof value !== 'object') return value
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.map(stateOf)
  if (value.kind === 'dict') return new Map(value.entries.map(([key, item]) => [stateOf(key), stateOf(item)]))
  return undefined
}

describe('modules give what torch gives', () => {
  it.each(modules)('$name', async ({ file, cases }) => {
    const { graph, params, state: slots } = moduleOf(file)
    const written = emitHost(graph, { name: 'f', params })
    const f = load(written)
    const state = Object.fromEntries(slots.map(({ attribute, initial }) => [fieldName(attribute), stateOf(initial)]))
    for (const { inputs, result, error } of cases) {
      const found = await outcome(() => f(state, [], ...inputs.map(decode)))
      const wanted = error === undefined ? { result: decode(result!) } : { error: asPython(error) }
      expect(found, `${written.code}\n${JSON.stringify(inputs)}`).toEqual(wanted)
    }
  })
})
