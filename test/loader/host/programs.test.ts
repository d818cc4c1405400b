// Programs in TorchScript, written as JavaScript and run: the same values, prints and errors as torch. programs.json is torch's, made by make.py.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allNodes } from '../../../src/ir/block.ts'
import { hostRows } from '../../../src/loader/host/rows/index.ts'
import { compileTemplate } from '../../../src/loader/host/row.ts'
import { schemaOf } from '../../../src/ops/schema-of.ts'
import { schemaTexts } from '../../../src/ops/schemas/index.ts'
import * as library from '../../../src/runtime/host/index.ts'
import { emitted, graphOf, load, moduleOf, type Module } from './host-program.ts'
import { asPython, outcome, type Case } from './outcome.ts'
import { comparable, decode } from './value.ts'

interface Program {
  readonly source: string
  readonly cases: readonly Case[]
}
const modules = JSON.parse(readFileSync(join(import.meta.dirname, 'modules.json'), 'utf8')) as readonly Module[]
const programs = JSON.parse(readFileSync(join(import.meta.dirname, 'programs.json'), 'utf8')) as readonly Program[]

describe('programs give what torch gives', () => {
  it.each(programs.map((program, i) => ({ ...program, title: `${i} ${program.source.split('\n').slice(0, 2).join(' ')}` })))(
    '$title',
    async ({ source, cases }) => {
      const written = emitted(source)
      const f = load(written)
      for (const { inputs, result, error, printed } of cases) {
        const found = (await outcome(() => f({}, [], ...inputs.map(decode)))) as { readonly result?: unknown }
        const wanted = {
          ...(error === undefined ? { result: decode(result!) } : { error: asPython(error) }),
          ...(printed === undefined ? {} : { printed }),
        }
        const near = 'result' in found && 'result' in wanted ? { ...found, result: comparable(found.result, wanted.result) } : found
        expect(near, `${written.code}\n${JSON.stringify(inputs)}`).toEqual(wanted)
      }
    },
  )
})

describe('rows', () => {
  it('are of operators that torch has', () => {
    const unknown = hostRows.filter(({ schema }) => !schemaTexts(schema.slice(0, schema.search(/[.(]/))).includes(schema))
    expect(unknown.map(({ schema }) => schema)).toEqual([])
  })
  it('call functions that the library has', () => {
    const names = hostRows.flatMap(({ template, value = template }) => [
      ...compileTemplate(template).imports,
      ...compileTemplate(value).imports,
    ])
    expect(names.filter((name) => !(name in library))).toEqual([])
  })
  it('call functions that no class can be named like', () => {
    const names = hostRows.flatMap(({ template }) => compileTemplate(template).imports)
    expect(names.filter((name) => !/^[a-z]/.test(name))).toEqual([])
  })
  it('have a program each', () => {
    const graphs = [...programs.map(({ source }) => graphOf(source).graph), ...modules.map(({ file }) => moduleOf(file).graph)]
    const seen = new Set(graphs.flatMap(({ block }) => Array.from(allNodes(block), (node) => schemaOf(node)?.text)))
    // Which overload reads an enum's value is not told apart by types: the first one stands for all.
    const alike = /^prim::EnumValue\.(float|str)\(/
    expect(hostRows.filter(({ schema }) => !seen.has(schema) && !alike.test(schema)).map(({ schema }) => schema)).toEqual([])
  })
})
