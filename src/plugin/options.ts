// The plugin's options (their types are plugin-options.ts): their defaults in one place, and the check that names the wrong key and the nearest right one.
// Does not read files: `.npy` paths among the example inputs are read by example-inputs.ts.

import type { InputOption, ModelOptions } from '../compiler/types.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { CALIBRATION_METHODS } from '../onnx/quantize/range-observer.ts'
import { PRECISIONS } from '../onnx/quantize/precision.ts'
import { parseBytes } from './budget.ts'
import { isScalarType } from '../ir/scalar-type.ts'
import { nearest } from '../diagnostics/nearest.ts'
import type { PluginModelOptions, PluginOptions } from './plugin-options.ts'

export const DEFAULTS = { dts: true, cache: true, cacheLimit: 2 ** 31, isolate: false, report: true } as const

/** Largest model file that is read. */
export const MAX_FILE_BYTES = 2 ** 31
/** A conversion that takes longer is ended with PT6021. */
export const MAX_CONVERSION_MS = 10 * 60_000

export type ResolvedPluginOptions = Required<PluginOptions>

type Check = (value: unknown, at: string) => void

const wrong = (at: string, value: unknown, expected: string): never =>
  fail('PT6002', `The option ${at} is ${show(value)}; expected ${expected}.`, { fix: `set ${at} to ${expected}, or leave it out.` })

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)

const boolean: Check = (value, at) => {
  if (typeof value !== 'boolean') wrong(at, value, 'true or false')
}
const oneOf =
  (...choices: readonly (string | number | boolean)[]): Check =>
  (value, at) => {
    if (!choices.includes(value as string | number | boolean))
      wrong(at, value, choices.map((choice) => JSON.stringify(choice)).join(' or '))
  }
const strings: Check = (value, at) => {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) wrong(at, value, 'a list of strings')
}
const numbers =
  (length?: number, valid: (n: number) => boolean = Number.isFinite, what = 'numbers'): Check =>
  (value, at) => {
    const right =
      Array.isArray(value) && (length === undefined || value.length === length) && value.every((n) => typeof n === 'number' && valid(n))
    if (!right) wrong(at, value, length === undefined ? `a list of ${what}` : `a list of ${length} ${what}`)
  }
const isExtent = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= Number.MAX_SAFE_INTEGER

const record =
  (each: Check): Check =>
  (value, at) => {
    if (!isObject(value)) return wrong(at, value, 'an object')
    for (const [key, item] of Object.entries(value)) each(item, `${at}[${JSON.stringify(key)}]`)
  }

/** Checks an object against a table of keys. `undefined` is as good as leaving a key out. */
function keys(table: ReadonlyMap<string, Check>): Check {
  return (value, at) => {
    if (!isObject(value)) return wrong(at, value, 'an object')
    for (const [key, item] of Object.entries(value)) {
      const check = table.get(key)
      const name = at === '' ? key : `${at}.${key}`
      if (check === undefined) unknownOption(key, name, at, [...table.keys()])
      else if (item !== undefined) check(item, name)
    }
  }
}

function unknownOption(key: string, name: string, at: string, known: readonly string[]): never {
  const near = nearest(key, known)
  const place = at === '' ? '' : ` of ${at}`
  return fail('PT6001', `There is no option ${name}.`, {
    fix: near === undefined ? `the options${place} are ${known.join(', ')}.` : `did you mean ${JSON.stringify(near)}?`,
  })
}

const dtype: Check = (value, at) => {
  if (typeof value !== 'string' || !isScalarType(value)) wrong(at, value, 'the name of a torch dtype, such as "float32" or "int64"')
}
const shape: Check = (value, at) => {
  const right =
    Array.isArray(value) &&
    value.length <= 64 &&
    value.every((dim) => (typeof dim === 'number' ? isExtent(dim) : typeof dim === 'string' && /^[A-Za-z_]\w*$/.test(dim)))
  if (!right) wrong(at, value, 'a list of sizes and names of dynamic dims, such as ["n", 3, 64, 64]')
}

const seed: Check = (value, at) => {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= 2 ** 32)
    wrong(at, value, 'a whole number from 0 to 2^32 − 1')
}

const inputKeys = new Map(Object.entries({ dtype, shape } satisfies { [K in keyof Required<InputOption>]: Check }))

const nested: Check = (value, at) => {
  const pending: unknown[] = [value]
  const seen = new Set<unknown>()
  while (pending.length > 0) {
    const item = pending.pop()
    if (Array.isArray(item)) {
      if (seen.has(item)) wrong(at, value, 'a nested array that does not hold itself')
      seen.add(item)
      for (const inner of item) pending.push(inner)
    } else if (typeof item !== 'number' && typeof item !== 'bigint' && typeof item !== 'boolean')
      wrong(at, value, 'a nested array of numbers')
  }
}
const isArrayOfNumbers = (value: unknown): boolean => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
const tensorKeys = new Map<string, Check>([
  ['data', (value, at) => (isArrayOfNumbers(value) ? undefined : wrong(at, value, 'a typed array or an array'))],
  ['dims', numbers(undefined, isExtent, 'sizes')],
  ['dtype', dtype],
])
const extent: Check = (value, at) => {
  if (typeof value !== 'number' || !isExtent(value)) wrong(at, value, 'a whole number')
}
const imageKeys = new Map<string, Check>([
  ['data', tensorKeys.get('data')!],
  ['width', extent],
  ['height', extent],
])
const exampleInput: Check = (value, at) => {
  if (typeof value === 'string') {
    if (!/\.(?:npy|json)$/.test(value)) wrong(at, value, 'the path of an .npy or .json file')
  } else if (Array.isArray(value)) nested(value, at)
  else keys(tensorKeys)(value, at)
}
const list =
  (each: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return wrong(at, value, 'a list')
    value.forEach((item, i) => each(item, `${at}[${i}]`))
  }

const preprocessKeys = new Map(
  Object.entries({
    resize: numbers(2, (n) => isExtent(n) && n > 0, 'sizes'),
    mean: numbers(),
    std: numbers(undefined, (n) => Number.isFinite(n) && n !== 0, 'numbers other than 0'),
    layout: oneOf('nchw', 'nhwc'),
    channels: oneOf('rgb', 'bgr', 'gray'),
  } satisfies { [K in keyof Required<NonNullable<ModelOptions['preprocess']>>]: Check }),
)

const size: Check = (value, at) => {
  if (parseBytes(value) === undefined) wrong(at, value, 'a size such as "2 MB" or "500 kB", or a number of bytes')
}
const budgetKeys = new Map([
  ['raw', size],
  ['gzip', size],
  ['brotli', size],
])

const part: Check = (value, at) => {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) wrong(at, value, 'a number from 0 to 1')
}
const pruneKeys = new Map(
  Object.entries({
    sparsity: part,
    modules: record(part),
    scope: oneOf('tensor', 'global'),
  } satisfies { [K in keyof Required<NonNullable<ModelOptions['prune']>>]: Check }),
)
const CALIBRATION_FILE = /\.(?:npy|json|png|jpe?g|webp|avif|gif)$/i
const calibrationInput: Check = (value, at) => {
  if (isObject(value) && 'width' in value) keys(imageKeys)(value, at)
  else if (typeof value !== 'string') exampleInput(value, at)
  else if (!CALIBRATION_FILE.test(value)) wrong(at, value, 'the path of an image, .npy or .json file')
}
const path: Check = (value, at) => {
  if (typeof value !== 'string' || value === '') wrong(at, value, 'a file, a folder or a pattern such as "samples/*.png"')
}
const calibrationKeys = new Map(
  Object.entries({
    data: (value, at) =>
      typeof value === 'string'
        ? path(value, at)
        : list((item, where) => (typeof item === 'string' ? path(item, where) : record(calibrationInput)(item, where)))(value, at),
    method: oneOf(...CALIBRATION_METHODS),
    correctBiases: boolean,
    percentile: (value, at) =>
      typeof value === 'number' && value > 50 && value <= 100 ? undefined : wrong(at, value, 'a number above 50, up to 100'),
  } satisfies { [K in keyof Required<NonNullable<PluginModelOptions['calibration']>>]: Check }),
)

const modelKeys = new Map(
  Object.entries({
    inputs: record(keys(inputKeys)),
    mode: oneOf('auto', 'script', 'trace'),
    training: oneOf('eval', 'preserve'),
    controlFlow: oneOf('auto', 'host'),
    exampleInputs: list(record(exampleInput)),
    checkTrace: oneOf('warn', 'error', 'off'),
    methods: strings,
    preservedMethods: strings,
    outputs: (value, at) => (Array.isArray(value) ? strings(value, at) : record(strings)(value, at)),
    preprocess: keys(preprocessKeys),
    labels: strings,
    worker: boolean,
    opset: oneOf(18, 19, 20, 21),
    seed,
    device: oneOf('wasm', 'webgpu'),
    prune: keys(pruneKeys),
    calibration: keys(calibrationKeys),
    precision: (value, at) => (isObject(value) ? record(oneOf(...PRECISIONS))(value, at) : oneOf(...PRECISIONS)(value, at)),
    blocklist: strings,
    budget: (value, at) => (isObject(value) ? keys(budgetKeys)(value, at) : size(value, at)),
    verify: boolean,
    passes: list((value, at) => {
      if (!isObject(value) || typeof value['run'] !== 'function') wrong(at, value, 'a pass, made with definePass of unplugin-torch/passes')
    }),
  } satisfies { [K in keyof Required<PluginModelOptions>]: Check }),
)

const pluginKeys = new Map(
  Object.entries({
    models: record(keys(modelKeys)),
    defaults: keys(modelKeys),
    dts: boolean,
    cache: (value, at) =>
      typeof value === 'boolean' || (typeof value === 'string' && value !== '') ? undefined : wrong(at, value, 'true, false or a folder'),
    cacheLimit: (value, at) => (typeof value === 'number' && value >= 0 ? undefined : wrong(at, value, 'a number of bytes')),
    isolate: boolean,
    report: oneOf(true, false, 'table'),
  } satisfies { [K in keyof Required<PluginOptions>]: Check }),
)

/** The options with their defaults. Throws PT6001 for a key and PT6002 for a value that does not exist. */
export function resolveOptions(options: PluginOptions = {}): ResolvedPluginOptions {
  keys(pluginKeys)(options, '')
  return {
    models: options.models ?? {},
    defaults: options.defaults ?? {},
    dts: options.dts ?? DEFAULTS.dts,
    cache: options.cache ?? DEFAULTS.cache,
    cacheLimit: options.cacheLimit ?? DEFAULTS.cacheLimit,
    isolate: options.isolate ?? DEFAULTS.isolate,
    report: options.report ?? DEFAULTS.report,
  }
}

/** Throws PT6001 or PT6002 unless `options` are good options of one model. `at` names them in messages. */
export function checkModelOptions(options: unknown, at = ''): asserts options is PluginModelOptions {
  keys(modelKeys)(options, at)
}
