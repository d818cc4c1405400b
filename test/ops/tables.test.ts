// The operator tables: keys are torch's own schemas, one row each, and nothing counts as supported without cases.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loweringSchemas } from '../../src/onnx/lowering/index.ts'
import { ruleSchemas } from '../../src/ops/rules/index.ts'
import { complexRowNames, complexRowSchemas, schemasNamed } from '../../src/passes/lower-complex/rows.ts'
import { quantizedRowSchemas } from '../../src/passes/lower-quantized/rows.ts'
import { schemaTexts } from '../../src/ops/schemas/index.ts'

const nameOf = (schema: string): string => schema.slice(0, schema.indexOf('('))
const operatorOf = (schema: string): string => (schema.includes('(') ? nameOf(schema) : schema).replace(/\..*$/, '')
const repeated = (texts: readonly string[]): string[] => texts.filter((text, i) => texts.indexOf(text) !== i)

/** What passes make of operators that have cases. */
const INNER = /^functional::_(dft|linalg|complex)/

const casesOf = (families: readonly string[]): ReadonlySet<string> =>
  new Set(
    families
      .map((name) => join(import.meta.dirname, name, 'cases.json'))
      .filter((file) => existsSync(file))
      .flatMap((file) =>
        (JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly op: string; readonly graph: string }[]).flatMap(({ op, graph }) => [
          op.replace(/\..*$/, ''),
          ...(graph.match(/[a-z_]+::[A-Za-z0-9_]+/g) ?? []),
        ]),
      ),
  )

const cases = casesOf(readdirSync(import.meta.dirname))

/** Tables packed row by row must be constants, which a case does not have: whole models hold them. */
const inModels = new Set(
  Object.values(
    JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/quantized/operators.json'), 'utf8')) as Record<
      string,
      readonly string[]
    >,
  ).flat(),
)

describe('operator tables', () => {
  for (const [table, schemas] of [
    ['rules', ruleSchemas()],
    ['lowering', loweringSchemas()],
    ['quantized', quantizedRowSchemas()],
  ] as const) {
    it(`${table}: every key is a schema that torch prints`, () => {
      expect(schemas.filter((text) => !schemaTexts(operatorOf(text)).includes(text))).toEqual([])
    })
    it(`${table}: one row per schema`, () => {
      expect(repeated(schemas)).toEqual([])
    })
  }
  it('complex: every name is an operator of torch, and stands once', () => {
    const names = complexRowNames()
    expect(names.filter((name) => schemasNamed(name).length === 0)).toEqual([])
    expect(repeated(names)).toEqual([])
  })
  it('complex: every row has cases with goldens from torch', () => {
    const tried = casesOf(readdirSync(import.meta.dirname).filter((name) => /^(complex|fft|linalg|opinfo)/.test(name)))
    expect([...new Set(complexRowNames().map(operatorOf))].filter((operator) => !tried.has(operator))).toEqual([])
  })
  it('every lowering has a rule for the dtypes and shapes of its results', () => {
    const ruled = new Set(ruleSchemas())
    expect(loweringSchemas().filter((text) => !ruled.has(text))).toEqual([])
  })
  it('every lowered operator has cases with goldens from torch', () => {
    const lowered = [...loweringSchemas(), ...quantizedRowSchemas(), ...complexRowSchemas(true)]
    expect(
      [...new Set(lowered.map(operatorOf))].filter((operator) => !cases.has(operator) && !inModels.has(operator) && !INNER.test(operator)),
    ).toEqual([])
  })
})
