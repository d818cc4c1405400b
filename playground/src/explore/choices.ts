// What the option form says, as options of the compiler, as an import line and configuration of a project, and as the page's address.

import type { InputOption, ModelOptions } from '../../../src/compiler/types.ts'
import { isDataType } from './plain-tensor.ts'

export interface Choices {
  readonly mode: 'auto' | 'script' | 'trace'
  readonly precision: 'fp32' | 'fp16' | 'int8' | 'int4'
  readonly device: 'wasm' | 'webgpu'
  readonly controlFlow: 'auto' | 'host'
  readonly blocklist: readonly string[]
  /** Input → `float32[n, 3, 64, 64]`. */
  readonly inputs: ReadonlyMap<string, string>
}

export const DEFAULTS: Choices = { mode: 'auto', precision: 'fp32', device: 'wasm', controlFlow: 'auto', blocklist: [], inputs: new Map() }

export const VALUES = {
  mode: ['auto', 'script', 'trace'],
  precision: ['fp32', 'fp16', 'int8', 'int4'],
  device: ['wasm', 'webgpu'],
  controlFlow: ['auto', 'host'],
} as const
export type ChoiceKey = keyof typeof VALUES
const KEYS = Object.keys(VALUES) as ChoiceKey[]

const DECLARED = /^(?<dtype>\w+)?\s*(?:\[(?<dims>[^\]]*)\])?$/

/** `float32[n, 3, 64, 64]`; dtype or shape may be left out. Undefined when it is none. */
export function parseDeclared(text: string): InputOption | undefined {
  const groups = DECLARED.exec(text.trim())?.groups
  const { dtype, dims } = (groups ?? {}) as { readonly dtype?: string; readonly dims?: string }
  if (groups === undefined || (dtype !== undefined && !isDataType(dtype)) || (dtype === undefined && dims === undefined)) return undefined
  const words = (dims ?? '').split(',').map((word) => word.trim())
  if (words.join('') === '') words.length = 0
  if (!words.every((word) => /^(?:\d{1,9}|[A-Za-z_]\w*)$/.test(word))) return undefined
  const shape = words.map((word) => (/^\d/.test(word) ? Number(word) : word))
  return { ...(dtype === undefined ? {} : { dtype }), ...(dims === undefined ? {} : { shape }) }
}

export function toOptions({ mode, precision, device, controlFlow, blocklist, inputs }: Choices): ModelOptions {
  const declared = Array.from(inputs, ([name, text]) => [name, parseDeclared(text)] as const).filter(([, option]) => option !== undefined)
  return {
    mode,
    controlFlow,
    ...(precision === 'fp32' ? {} : { precision }),
    ...(device === 'wasm' ? {} : { device }),
    ...(blocklist.length === 0 ? {} : { blocklist }),
    ...(declared.length === 0 ? {} : { inputs: Object.fromEntries(declared) as Record<string, InputOption> }),
  }
}

/** As a string of a program, in single quotes. */
const quoted = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

/** Keys and values of a query, without those that say nothing new. */
function pairs(choices: Choices): readonly (readonly [key: string, value: string])[] {
  return [
    ...KEYS.filter((key) => choices[key] !== DEFAULTS[key]).map((key) => [key, choices[key]] as const),
    ...(choices.blocklist.length === 0 ? [] : [['blocklist', choices.blocklist.join(',')] as const]),
    ...Array.from(choices.inputs, ([name, text]) => ['input', `${name}=${text.replaceAll(/\s/g, '')}`] as const),
  ]
}

// These mean nothing in a query, and are easier to read as they are.
const readable = (text: string): string => encodeURIComponent(text).replaceAll(/%(?:2C|5B|5D|3D)/g, (code) => decodeURIComponent(code))

export function importLine(file: string, choices: Choices): string {
  const query = pairs(choices).map(([key, value]) => `${key}=${readable(value)}`)
  return `import net from ${quoted(`./${file}${query.length === 0 ? '' : `?${query.join('&')}`}`)}`
}

export function configText(file: string, choices: Choices): string {
  const lines = [
    ...KEYS.filter((key) => choices[key] !== DEFAULTS[key]).map((key) => `${key}: '${choices[key]}'`),
    ...(choices.blocklist.length === 0 ? [] : [`blocklist: [${choices.blocklist.map(quoted).join(', ')}]`]),
    ...(choices.inputs.size === 0 ? [] : [`inputs: { ${Array.from(choices.inputs, declaredText).join(', ')} }`]),
  ]
  const models =
    lines.length === 0
      ? ''
      : `{\n  models: {\n    ${quoted(`src/${file}`)}: {\n${lines.map((line) => `      ${line},\n`).join('')}    },\n  },\n}`
  return `// vite.config.ts\nimport Torch from 'unplugin-torch/vite'\n\nexport default { plugins: [Torch(${models})] }`
}

function declaredText([name, text]: readonly [string, string]): string {
  const { dtype, shape } = parseDeclared(text) ?? {}
  const sizes = shape?.map((dim) => (typeof dim === 'number' ? dim : `'${dim}'`)).join(', ')
  const parts = [...(dtype === undefined ? [] : [`dtype: '${dtype}'`]), ...(sizes === undefined ? [] : [`shape: [${sizes}]`])]
  return `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}: { ${parts.join(', ')} }`
}

/** The part of the address behind `#`: a sample, if one is open, and what is chosen. */
export function toHash(sample: string | undefined, choices: Choices): string {
  const chosen = pairs(choices).map(([key, value]) => `${key}=${readable(value)}`)
  return [...(sample === undefined ? [] : [`sample=${sample}`]), ...chosen].join('&')
}

/** What an address says; what it should not say is left out. */
export function fromHash(hash: string): { readonly sample?: string; readonly choices: Choices } {
  const params = new URLSearchParams(hash.replace(/^#/, ''))
  const sample = params.get('sample')
  const chosen = <K extends ChoiceKey>(key: K): Choices[K] => {
    const value = params.get(key)
    return ((VALUES[key] as readonly string[]).includes(value ?? '') ? value : DEFAULTS[key]) as Choices[K]
  }
  const inputs = params.getAll('input').map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const)
  return {
    ...(sample === null ? {} : { sample }),
    choices: {
      mode: chosen('mode'),
      precision: chosen('precision'),
      device: chosen('device'),
      controlFlow: chosen('controlFlow'),
      blocklist: (params.get('blocklist') ?? '').split(',').filter((name) => name !== ''),
      inputs: new Map(inputs.filter(([, text]) => parseDeclared(text) !== undefined)),
    },
  }
}
