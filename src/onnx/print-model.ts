// An OnnxModel as text, in the manner of ONNX's own text form (onnx/defs/parser.h, docs/Syntax.md) with torch's names of data types. parse-model.ts reads
// it back, save for weights that are too long to show.

import type { Dims } from '../ir/dim.ts'
import { isFloatingPoint, type ScalarType } from '../ir/scalar-type.ts'
import { numel, type Tensor } from '../ir/tensor.ts'
import { hasElements, readElements } from '../ir/tensor-elements.ts'
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from './model.ts'

// Elements of a weight or list that are shown; of more, only how many there are.
const MAX_SHOWN = 16

export interface PrintOptions {
  /** Data types and dims of the values between, too, where they are known. */
  readonly types?: boolean
}

/**
 * ```
 * main (float32[n, 2] x) => (float32[n, 2] y)
 * <float32[2] b = {1, 2}>
 * {
 *   t = Add (x, b)
 *   y = com.microsoft.Gelu (t)
 * }
 * ```
 */
export function printModel({ graph, types }: OnnxModel, options: PrintOptions = {}): string {
  const known = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name))
  const declared = [...graph.initializers].map(([name, tensor]) => {
    known.add(name)
    return `${typeText(tensor.dtype, tensor.sizes)} ${nameText(name)} = ${elementsText(tensor)}`
  })
  if (options.types === true)
    for (const [name, { dtype, dims }] of types) if (!known.has(name)) declared.push(`${typeText(dtype, dims)} ${nameText(name)}`)
  return [head(graph, 'main'), ...(declared.length === 0 ? [] : [`<${declared.join(',\n ')}>`]), ...bodyLines(graph)].join('\n')
}

const head = ({ inputs, outputs }: OnnxGraph, name: string): string =>
  `${name} (${inputs.map(infoText).join(', ')}) => (${outputs.map(infoText).join(', ')})`

const infoText = ({ name, dtype, dims, sequence }: ValueInfo): string => {
  const type = typeText(dtype, dims)
  return `${sequence === true ? `seq(${type})` : type} ${nameText(name)}`
}

/** `float32[n, 2]`. */
export const typeText = (dtype: ScalarType, dims: Dims): string =>
  dims === undefined ? dtype : `${dtype}[${dims.map((dim) => dim ?? '?').join(', ')}]`

const PLAIN = /^[A-Za-z_]\w*(?:\.\w+)*$/
const nameText = (name: string): string => (name === '' || PLAIN.test(name) ? name : JSON.stringify(name))

function bodyLines(graph: OnnxGraph, indent = ''): string[] {
  return [`${indent}{`, ...graph.nodes.flatMap((node) => nodeLines(node, `${indent}  `)), `${indent}}`]
}

// Subgraphs nest as deep as limit-nesting leaves them.
function nodeLines(node: OnnxNode, indent: string): string[] {
  const { domain, opType, inputs, outputs, attributes } = node
  const lines: string[] = []
  const short: string[] = []
  for (const [key, value] of attributes) {
    if (isGraph(value)) lines.push(`${indent}  ${key} = ${head(value, 'graph')}`, ...bodyLines(value, `${indent}  `))
    else short.push(`${key} = ${attributeText(value)}`)
  }
  const operator = `${outputs.map(nameText).join(', ')} = ${domain === '' ? '' : `${domain}.`}${opType}`
  const operands = `(${inputs.map(nameText).join(', ')})`
  const flat = short.length === 0 ? '' : ` <${short.join(', ')}>`
  if (lines.length === 0) return [`${indent}${operator}${flat} ${operands}`]
  return [`${indent}${operator}${flat} ${operands} <`, ...lines, `${indent}>`]
}

const isGraph = (value: OnnxAttribute): value is OnnxGraph => typeof value === 'object' && 'kind' in value && value.kind === 'graph'
const floatText = (value: number): string =>
  Number.isInteger(value) ? `${value}.0` : String(value).replace('Infinity', 'inf').replace('NaN', 'nan')

/** `[2, 2]`, `0.5`, `"linear"`, `float32[2] {1, 2}`. */
export function attributeText(value: Exclude<OnnxAttribute, OnnxGraph>): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  if (!('kind' in value)) return `[${value.map((item) => (typeof item === 'string' ? JSON.stringify(item) : item)).join(', ')}]`
  switch (value.kind) {
    case 'float':
      return floatText(value.value)
    case 'floats':
      return `[${value.values.map(floatText).join(', ')}]`
    case 'tensor':
      return `${typeText(value.dtype, value.sizes)} ${elementsText(value)}`
  }
}

/** `{1, 2}`, or `{…}` of many. */
export function elementsText(tensor: Tensor): string {
  if (numel(tensor.sizes) > MAX_SHOWN || !hasElements(tensor.dtype)) return '{…}'
  const isFloat = isFloatingPoint(tensor.dtype)
  const items = readElements(tensor).map((x) => (isFloat ? String(x).replace('Infinity', 'inf').replace('NaN', 'nan') : String(Number(x))))
  return `{${items.join(', ')}}`
}
