// Files of example inputs and of calibration data, and nested arrays of numbers: in JSON, or as configurations write them.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ModelOptions } from '../compiler/types.ts'
import { fail } from '../diagnostics/compile-error.ts'
import type { NestedNumbers } from './plugin-options.ts'

export type Example = NonNullable<ModelOptions['exampleInputs']>[number][string]

/** Throws PT6010. */
export function readExampleFile(path: string, root: string): Promise<Uint8Array> {
  return readFile(resolve(root, path)).catch(() =>
    fail('PT6010', `The example input ${path} cannot be read.`, { fix: 'give a path relative to the project root.' }),
  )
}

/** Throws PT6015. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return fail('PT6015', 'The file is not JSON.', { file, fix: 'write a nested array of numbers.' })
  }
}

/** A nested array as data with dims. Throws PT6002, and PT6015 for what a file holds. */
export function flattenExample(value: unknown, file?: string): Example {
  if (file !== undefined) checkNested(value, file)
  return flatten(value as NestedNumbers)
}

function checkNested(value: unknown, file: string): void {
  const pending = [value]
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (Array.isArray(item)) for (const inner of item) pending.push(inner)
    else if (typeof item !== 'number' && typeof item !== 'boolean')
      fail('PT6015', 'The JSON file holds more than nested arrays of numbers.', { file, fix: 'write a nested array of numbers.' })
  }
  if (!Array.isArray(value)) fail('PT6015', 'The JSON file holds no array.', { file, fix: 'write a nested array of numbers.' })
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
