// Module ids of models: `./net.pt?mode=script` ⇄ the file and the options that the query sets.
// Triggered by the extension only, never by a query. The query has a fixed schema: no key of it names a path, a URL or code.

import type { InputOption, ModelOptions } from '../compiler/types.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { nearest } from '../diagnostics/nearest.ts'
import { parseInput } from './input-syntax.ts'
import { checkModelOptions } from './options.ts'

/** A model's id: its file, then perhaps a query. The shortest prefix that ends in a model's extension is the file. */
const MODEL_ID = /^(?<file>[^\0]*?\.(?:pt|pth|ptl|jit|pt2))(?:\?(?<query>.*))?$/s

/** What the hooks of bundlers filter by. */
export const MODEL_FILTER = /\.(?:pt|pth|ptl|jit|pt2)(?:\?.*)?$/

/** Marks a request of our own: the bytes of the graph (webpack, Rspack), or the entry of a model's worker. */
export type Part = 'module' | 'asset' | 'worker'
const PART_KEYS = new Map<string, Part>([
  ['torch-asset', 'asset'],
  ['torch-worker', 'worker'],
])

/** Vite's own requests for a file as it is; they are left to Vite, which checks their access itself. */
const PASSED_ON = new Set(['raw', 'url', 'inline', 'no-inline'])
/** Added by dev servers; they say nothing about the model. */
const IGNORED = new Set(['', 'import', 't', 'v', 'worker_file', 'type'])

export interface ModelRequest {
  /** Absolute path. */
  readonly file: string
  readonly part: Part
  /** What the query sets, on top of the configuration. */
  readonly options: ModelOptions
  /** The query's own keys, sorted: part of a request's identity. Empty without a query. */
  readonly query: string
  /** Asks for a second conversion of what was reported on already. */
  readonly again?: true
}

type Setter = (value: string, key: string, options: { -readonly [K in keyof ModelOptions]: ModelOptions[K] }) => void

const setters = new Map<string, Setter>([
  ['mode', (value, _, options) => (options.mode = value as 'auto')],
  ['checkTrace', (value, _, options) => (options.checkTrace = value as 'warn')],
  ['training', (value, _, options) => (options.training = value as 'eval')],
  ['controlFlow', (value, _, options) => (options.controlFlow = value as 'host')],
  ['device', (value, _, options) => (options.device = value as 'wasm')],
  ['precision', (value, _, options) => (options.precision = value as 'int8')],
  ['opset', (value, _, options) => (options.opset = Number(value) as 18)],
  ['seed', (value, _, options) => (options.seed = /^\d+$/.test(value) ? Number(value) : Number.NaN)],
  ['blocklist', (value, _, options) => (options.blocklist = value.split(','))],
  ['preservedMethods', (value, _, options) => (options.preservedMethods = value === '' ? [] : value.split(','))],
  ['methods', (value, _, options) => (options.methods = value.split(','))],
  ['outputs', (value, _, options) => (options.outputs = value.split(','))],
  ['worker', (value, key, options) => (options.worker = flag(value, key))],
  [
    'input',
    (value, key, options) => {
      const parsed = parseInput(value)
      if (parsed === undefined) wrongValue(key, value, 'a name, a dtype and a shape, such as x=float32[n,3,64,64]')
      const inputs = new Map<string, InputOption>(Object.entries(options.inputs ?? {}))
      inputs.set(parsed.name, parsed.option)
      options.inputs = Object.fromEntries(inputs)
    },
  ],
])

function flag(value: string, key: string): boolean {
  if (value !== 'true' && value !== 'false') wrongValue(key, value, 'true or false')
  return value === 'true'
}

function wrongValue(key: string, value: string, expected: string): never {
  return fail('PT6004', `The query key ${JSON.stringify(key)} has the value ${JSON.stringify(value.slice(0, 60))}; expected ${expected}.`, {
    fix: `write ?${key}=… with ${expected}.`,
  })
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return fail('PT6004', `The query of an import is not valid percent-encoding: ${JSON.stringify(text.slice(0, 60))}.`, {
      fix: 'write % as %25.',
    })
  }
}

/**
 * The model that an id asks for; undefined when the id is not a model's, or asks the bundler for the plain file.
 * Throws PT6003 for an unknown key and PT6004 for a wrong value.
 */
export function parseModelId(id: string): ModelRequest | undefined {
  const match = MODEL_ID.exec(id)
  if (match === null) return undefined
  const { file, query = '' } = match.groups as { file: string; query?: string }
  const pairs = query.split(/[&?]/).map((pair): readonly [string, string] => {
    const at = pair.indexOf('=')
    return at === -1 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
  })
  if (pairs.some(([key]) => PASSED_ON.has(key))) return undefined
  const options: { -readonly [K in keyof ModelOptions]: ModelOptions[K] } = {}
  let part: Part = 'module'
  const own: string[] = []
  for (const [key, value] of pairs) {
    const asPart = PART_KEYS.get(key)
    if (asPart !== undefined) part = asPart
    if (asPart !== undefined || IGNORED.has(key)) continue
    const set = setters.get(key)
    if (set === undefined) unknownKey(key)
    set(value, key, options)
    own.push(`${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
  }
  try {
    checkModelOptions(options)
  } catch (error) {
    if (error instanceof Error)
      fail(
        'PT6004',
        `The query ${JSON.stringify(query.slice(0, 100))} is not understood: ${error.message.replace(/^PT6002 /, '').split('\n')[0]}`,
        { fix: 'see the options of a model in the README.' },
      )
    throw error
  }
  return { file, part, options, query: own.sort().join('&') }
}

function unknownKey(key: string): never {
  const known = [...setters.keys()]
  const near = nearest(key, known)
  return fail('PT6003', `An import of a model has the query key ${JSON.stringify(key.slice(0, 60))}, which does not exist.`, {
    fix:
      near === undefined
        ? `the keys are ${known.join(', ')}; other options go into the plugin's configuration.`
        : `did you mean ${JSON.stringify(near)}?`,
  })
}

/** The id of another part of the same request. */
export function partId(request: ModelRequest, part: Exclude<Part, 'module'>, file: string = request.file): string {
  return `${file}?torch-${part}${request.query === '' ? '' : `&${request.query}`}`
}
