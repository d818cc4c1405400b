// Every corner of the language, compiled from source by our front end and by torch's: the graphs are equal, and
// the code printed from them. functions.json is torch's, made by make.py.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defineFunctions } from '../../src/frontend/define-functions.ts'
import { pythonPrint } from '../../src/frontend/python-print.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { verify } from '../../src/ir/verifier.ts'
import { canonicalIr } from '../truth/canonical-ir.ts'

interface Row {
  readonly source: string
  readonly graph: string
  readonly code: string
}
const rows = JSON.parse(readFileSync(join(import.meta.dirname, 'functions.json'), 'utf8')) as readonly Row[]

describe('graphs and code of functions equal torch’s', () => {
  it.each(rows.map((row, i) => ({ ...row, title: `${i} ${row.source.split('\n')[1]!.trim()}` })))('$title', ({ source, graph, code }) => {
    const fn = defineFunctions({ name: 'source.py', text: source }).find(({ name }) => name === 'f')!
    expect(canonicalIr(printGraph(fn.graph, { places: false, shapes: false, torchTensors: true }))).toBe(canonicalIr(graph))
    verify(fn.graph)
    expect(pythonPrint(fn)).toBe(code)
  })
})
