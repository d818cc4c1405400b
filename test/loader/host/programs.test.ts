// Programs in TorchScript, written as JavaScript and run: the same values, prints and errors as torch. programs.json is torch's, made by make.py.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { allNodes } from '../../../src/ir/block.ts'
import { hostRows } from '../../../src/loader/host/rows/index.ts'
import { compileTemplate } from '../../../src/loader/host/row.ts'
import { schemaOf } from '../../../src/ops/schema-of.ts'
import { schemaTexts } from '../../../src/ops/schemas/index.ts'
import * as library from '../../../src/runtime/host/index.ts'
import { emitted, graphOf, load } from './host-program.ts'
import { comparable, decode, type Coded } from './value.ts'

interface Case {
  readonly inputs: readonly Coded[]
  readonly result?: Coded
  readonly error?: { readonly type: string; readonly message: string }
  readonly printed?: string
}
interface Program {
  readonly source: string
  readonly cases: readonly Case[]
}
const programs = JSON.parse(readFileSync(join(import.meta.dirname, 'programs.json'), 'utf8')) as readonly Program[]

/** torch tells assertions as RuntimeErrors that say so. */
function asPython({ type, message }: { readonly type: string; readonly message: string }): object {
  const assertion = /^AssertionError: ?/.exec(message)
  return assertion === null ? { type, message } : { type: 'AssertionError', message: message.slice(assertion[0].length) }
}

async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  const printed = (): object => (lines.length === 0 ? {} : { printed: lines.map((line) => `${line}\n`).join('') })
  try {
    return { result: await run(), ...printed() }
  } catch (error) {
    const { name, message, stack, code } = error as Error & { readonly code?: string }
    // Only what the model raises: a mistake of ours shows as it is.
    return code === 'PT5301' ? { error: { type: name, message }, ...printed() } : { bug: stack }
  } finally {
    log.mockRestore()
  }
}

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
  it('have a program each', () => {
    const seen = new Set(programs.flatMap(({ source }) => [...allNodes(graphOf(source).graph.block)].map((node) => schemaOf(node)?.text)))
    expect(hostRows.filter(({ schema }) => !seen.has(schema)).map(({ schema }) => schema)).toEqual([])
  })
})
