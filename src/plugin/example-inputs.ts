// Example inputs of the configuration → those of `compile`: nested arrays become data with dims, files are read.
// Calibration data, which may be folders and images as well, is calibration-files.ts.

import { resolve } from 'node:path'
import type { ModelOptions } from '../compiler/types.ts'
import { calibrationFiles } from './calibration-files.ts'
import { flattenExample, parseJson, readExampleFile, type Example } from './example-file.ts'
import { readNpy } from './npy.ts'
import type { ExampleInput, PluginModelOptions } from './plugin-options.ts'

/** The same options as `compile` takes them. Paths are relative to `root`. Throws PT6002, PT6010 or PT6015. */
export async function loadExampleInputs(
  { exampleInputs, ...rest }: Omit<PluginModelOptions, 'calibration'>,
  root: string,
): Promise<ModelOptions> {
  if (exampleInputs === undefined) return rest
  const loaded: Readonly<Record<string, Example>>[] = []
  for (const example of exampleInputs) {
    const entries: [string, Example][] = []
    for (const [name, input] of Object.entries(example)) entries.push([name, await loadExample(input, root)])
    loaded.push(Object.fromEntries(entries))
  }
  return { ...rest, exampleInputs: loaded }
}

/** The files that the options name: a build depends on them too. Throws PT6010. */
export function exampleFiles({ exampleInputs = [], calibration }: PluginModelOptions, root: string): readonly string[] {
  const examples = exampleInputs.flatMap((example) =>
    Object.values(example).flatMap((input) => (typeof input === 'string' ? [resolve(root, input)] : [])),
  )
  return calibration === undefined ? examples : [...examples, ...calibrationFiles(calibration, root)]
}

async function loadExample(input: ExampleInput, root: string): Promise<Example> {
  if (typeof input === 'string') {
    const bytes = await readExampleFile(input, root)
    return input.endsWith('.json') ? flattenExample(parseJson(bytes, input), input) : readNpy(bytes, input)
  }
  if ('data' in input) return input
  return flattenExample(input)
}
