// A text that is equal for two nodes exactly when they compute the same: operator, inputs, attributes and which results are asked for.

import type { OnnxAttribute, OnnxNode } from '../model.ts'

/** Another run gives another result. */
const RANDOM = new Set(['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Bernoulli', 'Multinomial', 'Dropout'])

const number = (value: number | bigint): string => (Object.is(value, -0) ? '-0' : String(value))

function attributeKey(value: OnnxAttribute): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return number(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return JSON.stringify(value)
  const object = value as Exclude<OnnxAttribute, number | bigint | string | readonly unknown[]>
  if (object.kind === 'float') return `f${number(object.value)}`
  if (object.kind === 'floats') return `f[${object.values.map(number).join()}]`
  return undefined
}

/** Undefined for nodes that are never equal: random ones, and those that hold subgraphs or tensors. */
export function expressionKey({ opType, domain, inputs, outputs, attributes }: OnnxNode): string | undefined {
  if (RANDOM.has(opType)) return undefined
  const parts: string[] = []
  for (const [name, value] of attributes) {
    const key = attributeKey(value)
    if (key === undefined) return undefined
    parts.push(`${name}=${key}`)
  }
  const asked = outputs.map((name) => (name === '' ? '-' : '+')).join('')
  return JSON.stringify([domain, opType, inputs, asked, parts.sort()])
}
