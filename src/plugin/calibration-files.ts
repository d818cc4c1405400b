// Calibration data of the configuration: files, folders and patterns → items of `compile`. The files are read for the cache's key; images and
// arrays are only decoded when a model is converted.

import { readdirSync, statSync } from 'node:fs'
import { basename, extname, join, relative, resolve, sep } from 'node:path'
import { ZipArchive } from '../archive/zip-archive.ts'
import type { CalibrationItem, ModelOptions } from '../compiler/types.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { sha256 } from './canonical.ts'
import { decodeImage, IMAGE_FILE } from './decode-image.ts'
import { flattenExample, parseJson, readExampleFile } from './example-file.ts'
import { readNpy } from './npy.ts'
import type { CalibrationInput, PluginModelOptions } from './plugin-options.ts'

type Given = NonNullable<PluginModelOptions['calibration']>
type Loaded = NonNullable<ModelOptions['calibration']>

const ARRAY_FILE = /\.(?:npy|npz|json)$/i
/** Files that calibration reads; others in a folder are left alone. */
const isRead = (file: string): boolean => IMAGE_FILE.test(file) || ARRAY_FILE.test(file)

/** More files than that are a mistake in a pattern. */
const MAX_FILES = 20_000

/** Data that is read, and not decoded yet. */
export interface ReadCalibration {
  /** What decides the result: the options, and the contents of the files. */
  readonly identity: unknown
  /** Throws PT6002, PT6015, PT6016 or PT6040. */
  decode(): Promise<Loaded>
}

const listOf = ({ data }: Given): readonly (string | CalibrationInput)[] => (typeof data === 'string' ? [data] : data)

/** Throws PT6010 for what cannot be read, or matches nothing. Paths are relative to `root`. */
export async function readCalibration(given: Given, root: string): Promise<ReadCalibration> {
  const identity: unknown[] = []
  const decoders: (() => Promise<readonly CalibrationItem[]>)[] = []
  for (const entry of listOf(given)) {
    if (typeof entry === 'string') {
      for (const file of expand(entry, root)) {
        const bytes = await readExampleFile(file, root)
        // The decoder goes by the name's end; the rest of it changes nothing.
        identity.push([extname(file), sha256(bytes)])
        decoders.push(() => decodeItems(bytes, file, root))
      }
      continue
    }
    const inputs: (readonly [name: string, decode: () => Promise<CalibrationItem[string]>])[] = []
    const own: unknown[] = []
    for (const [name, input] of Object.entries(entry)) {
      const bytes = typeof input === 'string' ? await readExampleFile(input, root) : undefined
      own.push([name, bytes === undefined ? input : [extname(input as string), sha256(bytes)]])
      inputs.push([name, () => decodeInput(input, bytes, root)])
    }
    identity.push(own)
    decoders.push(async () => {
      const decoded: [string, CalibrationItem[string]][] = []
      for (const [name, decode] of inputs) decoded.push([name, await decode()])
      return [Object.fromEntries(decoded)]
    })
  }
  const { data: _, ...options } = given
  return {
    identity: { ...options, data: identity },
    async decode() {
      const data: CalibrationItem[] = []
      for (const decode of decoders) data.push(...(await decode()))
      return { ...options, data }
    },
  }
}

/** The files that the option names, as they are now: a build depends on them too. */
export function calibrationFiles(given: Given, root: string): string[] {
  return listOf(given).flatMap((entry) =>
    typeof entry === 'string'
      ? expand(entry, root).map((file) => resolve(root, file))
      : Object.values(entry).flatMap((input) => (typeof input === 'string' ? [resolve(root, input)] : [])),
  )
}

/** A file, the files of a folder, or those that a pattern (`*`, `**`, `?`) matches; sorted, relative to `root` with `/`. */
function expand(entry: string, root: string): string[] {
  const isPattern = /[*?]/.test(entry)
  const path = resolve(root, entry)
  if (!isPattern && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [entry]
  const base = isPattern ? resolve(root, entry.slice(0, entry.search(/[^/\\]*[*?]/))) : path
  const slashes = (file: string): string => file.split(sep).join('/')
  const matches = isPattern ? patternOf(slashes(path)) : undefined
  const isDeep = isPattern && (entry.includes('**') || /[*?][^/\\]*[/\\]/.test(entry))
  const found = filesUnder(base, isDeep)
    .filter((file) => isRead(file) && (matches === undefined || matches.test(slashes(file))))
    .map((file) => slashes(relative(root, file)))
    .sort((a, b) => (a < b ? -1 : 1))
  return found.length > 0
    ? found
    : fail('PT6010', `Calibration data: ${JSON.stringify(entry)} names no image, .npy, .npz or .json file.`, {
        fix: 'give a file, a folder or a pattern such as "samples/*.png", relative to the project root.',
      })
}

function filesUnder(folder: string, isDeep: boolean): string[] {
  const files: string[] = []
  const pending = [folder]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    let entries
    try {
      entries = readdirSync(next, { withFileTypes: true })
    } catch {
      continue
    }
    for (const entry of entries) {
      if (entry.isDirectory()) {
        if (isDeep && entry.name !== 'node_modules' && !entry.name.startsWith('.')) pending.push(join(next, entry.name))
      } else files.push(join(next, entry.name))
    }
    if (files.length > MAX_FILES)
      fail('PT6010', `Calibration data: more than ${MAX_FILES} files lie under the folder ${basename(folder)}.`, {
        fix: 'name a folder of typical inputs: some hundred are enough.',
      })
  }
  return files
}

/** Of a whole path, with `/`. */
function patternOf(path: string): RegExp {
  const source = path.replaceAll(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (token) => {
    if (token === '**/') return '(?:[^/]+/)*'
    if (token === '**') return '.*'
    if (token === '*') return '[^/]*'
    return token === '?' ? '[^/]' : `\\${token}`
  })
  return new RegExp(`^${source}$`)
}

/** What one file gives: an item, or several. */
async function decodeItems(bytes: Uint8Array, file: string, root: string): Promise<readonly CalibrationItem[]> {
  const end = extname(file).toLowerCase()
  if (end === '.npy') return [{ '0': readNpy(bytes, file) }]
  if (end === '.npz') return [readNpz(bytes, file)]
  if (end !== '.json') return [{ '0': await decodeImage(bytes, file, root) }]
  // An array is the first parameter; objects have names, one or a list of them.
  const value = parseJson(bytes, file)
  const isNamed = (item: unknown): item is object => typeof item === 'object' && item !== null && !Array.isArray(item)
  const named = isNamed(value) ? [value] : Array.isArray(value) && value.length > 0 && value.every(isNamed) ? value : undefined
  if (named === undefined) return [{ '0': flattenExample(value, file) }]
  return named.map((item) => Object.fromEntries(Object.entries(item).map(([name, array]) => [name, flattenExample(array, file)])))
}

/** numpy.savez: one array for each name. */
function readNpz(bytes: Uint8Array, file: string): CalibrationItem {
  const archive = new ZipArchive(bytes)
  return Object.fromEntries([...archive.entries.keys()].map((name) => [name.replace(/\.npy$/, ''), readNpy(archive.read(name)!, file)]))
}

async function decodeInput(input: CalibrationInput[string], bytes: Uint8Array | undefined, root: string): Promise<CalibrationItem[string]> {
  if (typeof input !== 'string') return 'data' in input ? input : flattenExample(input)
  if (IMAGE_FILE.test(input)) return decodeImage(bytes!, input, root)
  return input.endsWith('.json') ? flattenExample(parseJson(bytes!, input), input) : readNpy(bytes!, input)
}
