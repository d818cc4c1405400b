// Overload resolution: for every call, the overload, the conversions and the result's type are torch's. overloads.json is torch's, made by
// make-overloads.py.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { defineFunctions } from '../../src/frontend/define-functions.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { canonicalIr } from '../truth/canonical-ir.ts'

interface Row {
  readonly call: string
  /** Empty where torch refuses. */
  readonly graph: string
}
const rows = JSON.parse(readFileSync(join(import.meta.dirname, 'overloads.json'), 'utf8')) as readonly Row[]

const graphOf = (call: string): string => {
  const [fn] = defineFunctions({ name: 'call.py', text: `def f(x: Tensor):\n    return ${call}\n` })
  return canonicalIr(printGraph(fn!.graph, { places: false, shapes: false, torchTensors: true }))
}

describe('calls resolve as in torch', () => {
  it.each(rows.filter(({ graph }) => graph !== ''))('$call', ({ call, graph }) => {
    expect(graphOf(call)).toBe(canonicalIr(graph))
  })
})

describe('calls that torch refuses', () => {
  const refused = rows.filter(({ graph }) => graph === '')
  it('are some', () => expect(refused.length).toBeGreaterThan(4))
  it.each(refused)('$call', ({ call }) => {
    let error: unknown
    try {
      graphOf(call)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(CompileError)
    expect(['PT2022', 'PT2023']).toContain((error as CompileError).code)
    expect((error as CompileError).message).toContain('call.py:2:')
  })
})
