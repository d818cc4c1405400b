// Example inputs of the configuration → those of `compile`: nested arrays become data with dims, files are read.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ModelOptions } from '../compiler/types.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { readNpy } from './npy.ts'
import type { ExampleInput, NestedNumbers, PluginModelOptions } from './plugin-options.ts'

type Example = NonNullable<ModelOptions['exampleInputs']>[number][string]

/** The same options as `compile` takes them. Paths are relative to `root`. Throws PT6002, PT6010 or PT6015. */
export async function loadExampleInputs(options: PluginModelOptions, root: string): Promise<ModelOptions> {
  const { exampleInputs, calibration, ...rest } = options
  return {
    ...rest,
    ...(exampleInputs === undefined ? {} : { exampleInputs: await loadExamples(exampleInputs, root) }),
    ...(calibration === undefined ? {} : { calibration: { data: await loadExamples(calibration.data, root) } }),
  }
}

type Examples = NonNullable<PluginModelOptions['exampleInputs']>

async function loadExamples(examples: Examples, root: string): Promise<Readonly<Record<string, Example>>[]> {
  const loaded: Readonly<Record<string, Example>>[] = []
  for (const example of examples) {
    const entries: [string, Example][] = []
    for (const [name, input] of Object.entries(example)) entries.push([name, await loadExample(input, root)])
    loaded.push(Object.fromEntries(entries))
  }
  return loaded
}

/** The files that the options name: a build depends on them too. */
export function exampleFiles({ exampleInputs = [], calibration }: PluginModelOptions, root: string): readonly string[] {
  return [...exampleInputs, ...(calibration?.data ?? [])].flatMap((example) =>
    Object.values(example).flatMap((input) => (typeof input === 'string' ? [resolve(root, input)] : [])),
  )
}

async function loadExample(input: ExampleInput, root: string): Promise<Example> {
  if (typeof input === 'string') {
    const bytes = await readFile(resolve(root, input)).catch(() =>
      fail('PT6010', `The example input ${input} cannot be read.`, { fix: 'give a path relative to the project root.' }),
    )
    return input.endsWith('.json') ? flatten(parseNested(bytes, input)) : readNpy(bytes, input)
  }
  if ('data' in input) return input
  return flatten(input)
}

/** A nested array as JSON. Throws PT6015. */
function parseNested(bytes: Uint8Array, file: string): NestedNumbers {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return fail('PT6015', 'The file is not JSON.', { file, fix: 'write a nested array of numbers.' })
  }
  const pending = [value]
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (Array.isArray(item)) for (const inner of item) pending.push(inner)
    else if (typeof item !== 'number' && typeof item !== 'boolean')
      fail('PT6015', 'The JSON file holds more than nested arrays of numbers.', { file, fix: 'write a nested array of numbers.' })
  }
  return Array.isArray(value)
    ? (value as NestedNumbers)
    : fail('PT6015', 'The JSON file holds no array.', { file, fix: 'write a nested array of numbers.' })
}

function flatten(nested: NestedNumbers): Example {
  const dims: number[] = []
  let level: readonly (number | bigint | boolean | NestedNumbers)[] = nested
  for (;;) {
    dims.push(level.length)
    const first = level[0]
    if (!Array.isArray(first)) break
    level = first
  }
  let items: readonly unknown[] = nested
  for (const size of dims.slice(1)) {
    if (items.some((item) => !Array.isArray(item) || item.length !== size)) ragged()
    items = items.flat()
  }
  if (items.some(Array.isArray)) ragged()
  const data = (items as readonly (number | bigint | boolean)[]).map((item) => (typeof item === 'boolean' ? Number(item) : item))
  return { data, dims }
}

function ragged(): never {
  return fail('PT6002', 'An example input is a nested array whose rows differ in length.', { fix: 'give rows of equal length.' })
}
