// Example inputs of the configuration → those of `compile`: nested arrays become data with dims, `.npy` paths are read.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ModelOptions } from '../compiler/types.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { readNpy } from './npy.ts'
import type { ExampleInput, NestedNumbers, PluginModelOptions } from './plugin-options.ts'

type Example = NonNullable<ModelOptions['exampleInputs']>[number][string]

/** The same options as `compile` takes them. `.npy` paths are relative to `root`. Throws PT6002, PT6010 or PT6015. */
export async function loadExampleInputs(options: PluginModelOptions, root: string): Promise<ModelOptions> {
  const { exampleInputs, ...rest } = options
  if (exampleInputs === undefined) return rest
  const loaded: Readonly<Record<string, Example>>[] = []
  for (const example of exampleInputs) {
    const entries: [string, Example][] = []
    for (const [name, input] of Object.entries(example)) entries.push([name, await loadExample(input, root)])
    loaded.push(Object.fromEntries(entries))
  }
  return { ...rest, exampleInputs: loaded }
}

/** The files that the options name: a build depends on them too. */
export function exampleFiles(options: PluginModelOptions, root: string): readonly string[] {
  return (options.exampleInputs ?? []).flatMap((example) =>
    Object.values(example).flatMap((input) => (typeof input === 'string' ? [resolve(root, input)] : [])),
  )
}

async function loadExample(input: ExampleInput, root: string): Promise<Example> {
  if (typeof input === 'string') {
    const bytes = await readFile(resolve(root, input)).catch(() =>
      fail('PT6010', `The example input ${input} cannot be read.`, { fix: 'give a path relative to the project root.' }),
    )
    return readNpy(bytes, input)
  }
  if ('data' in input) return input
  return flatten(input)
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
