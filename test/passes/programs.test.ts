// The programs of mutation/ (written ones and random ones), through the whole pipeline and onnxruntime: torch's own results, or a code.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import type { ScalarType } from '../../src/ir/scalar-type.ts'
import { tensorFromElements, type Element } from '../../src/ir/tensor-elements.ts'
import type { Value } from '../../src/ir/value.ts'
import { runPipeline } from '../../src/passes/pipeline.ts'
import type { InputDeclaration } from '../../src/passes/signature/input-facts.ts'
import { asJavaScript, callGraph } from '../support/call-graph.ts'
import { compareLeaf } from '../support/leaf.ts'

interface TensorJson {
  readonly tensor: readonly (number | boolean | string)[]
  readonly shape: readonly number[]
  readonly dtype: ScalarType
}
type Json =
  | null
  | boolean
  | number
  | string
  | TensorJson
  | { readonly tuple: readonly Json[] }
  | { readonly list: readonly Json[] }
  | { readonly dict: readonly (readonly [Json, Json])[] }
interface Program {
  readonly name: string
  readonly graph: string
  readonly runs: readonly { readonly inputs: readonly Json[]; readonly output: Json; readonly error?: { readonly message: string } }[]
}

/** Refused, rightly: what is shared and written cannot be told, or has no form in ONNX. */
const REFUSED = new Map([
  ['dict_counter', 'PT3103'],
  ['random_10', 'PT3001'],
  ['random_18', 'PT3001'],
  ['random_34', 'PT3001'],
  ['random_49', 'PT3001'],
  ['random_51', 'PT3001'],
  ['random_52', 'PT3001'],
  ['random_57', 'PT3001'],
])

const isTensor = (value: Json): value is TensorJson => value !== null && typeof value === 'object' && 'tensor' in value

function element(value: number | boolean | string, dtype: ScalarType): Element {
  if (dtype === 'bool') return Boolean(value)
  if (typeof value === 'string') return value === 'inf' ? Infinity : value === '-inf' ? -Infinity : NaN
  return dtype.startsWith('float') ? Number(value) : BigInt(value)
}

function decode(value: Json, isFloat = false): IValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return isFloat || !Number.isInteger(value) ? value : BigInt(value)
  if ('tensor' in value)
    return tensorFromElements(
      value.dtype,
      value.shape,
      value.tensor.map((x) => element(x, value.dtype)),
    )
  if ('tuple' in value) return { kind: 'tuple', items: value.tuple.map((item) => decode(item)) }
  if ('list' in value) return { kind: 'list', items: value.list.map((item) => decode(item)) }
  return { kind: 'dict', entries: value.dict.map(([key, item]) => [decode(key), decode(item)] as const) }
}

const plainName = ({ debugName }: Value): string => (debugName ?? '').replace(/\.\d+$/, '')

/** dtype and rank of the tensors that the runs hand in. */
function declarations(inputs: readonly Value[], runs: Program['runs']): Record<string, InputDeclaration> {
  const declared: Record<string, InputDeclaration> = {}
  for (const run of runs)
    run.inputs.forEach((value, i) => {
      if (!isTensor(value)) return
      const name = plainName(inputs[i]!)
      const known = declared[name]
      declared[name] =
        known?.shape !== undefined && known.shape.length !== value.shape.length
          ? { dtype: value.dtype }
          : { dtype: value.dtype, shape: value.shape.map((_, k) => `${name}_${k}`) }
    })
  return declared
}

async function mismatch({ graph: text, runs }: Program): Promise<string | undefined> {
  const graph = parseGraph(text)
  const types = graph.inputs.map(({ type }) => type.kind)
  const method = runPipeline(graph, { verifyGraphs: true, inputs: declarations(graph.inputs, runs) })
  for (const { inputs, output, error } of runs) {
    const result = await callGraph(
      method,
      inputs.map((value, i) => decode(value, types[i] === 'float')),
    )
    if (error?.message !== result.raised?.message) return `raised ${result.raised?.message}, expected ${error?.message}`
    const problem = error === undefined ? compareLeaf(asJavaScript(result.output), asJavaScript(decode(output))) : undefined
    if (problem !== undefined) return problem
  }
  return undefined
}

for (const file of ['programs', 'random', 'objects', 'raising']) {
  const programs = JSON.parse(readFileSync(new URL(`./mutation/${file}.json`, import.meta.url), 'utf8')) as readonly Program[]
  describe(file, () => {
    test.each(programs.map((program) => [program.name, program] as const))('%s', async (name, program) => {
      let found: string | undefined
      try {
        found = await mismatch(program)
      } catch (error) {
        if (!(error instanceof CompileError)) throw error
        found = error.code
      }
      expect(found).toBe(REFUSED.get(name))
    })
  })
}
