// The models of the comparison, and the folder that keeps archives and peers' graphs between runs. Everything of PyTorch's is made by export.py.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

export const MODELS = [
  'resnet18',
  'mobilenet-v3-small',
  'efficientnet-b0',
  'convnext-tiny',
  'vit-tiny',
  'swin-tiny',
  'bert',
  'gpt2',
  'lstm',
  'unet',
  'audio-m5',
  'control-flow-net',
] as const

export const DEFAULT_FOLDER = join(tmpdir(), 'unplugin-torch-peers')

export interface SavedTensor {
  readonly dtype: string
  readonly dims: readonly number[]
  readonly data: readonly number[]
}
/** What export.py keeps beside an archive. */
export interface Saved {
  readonly inputs: readonly SavedTensor[]
  readonly output: SavedTensor
}

/** What export.py printed, or why it failed. */
export type Exported = { readonly seconds: number } | { readonly failure: string }

export const failed = (outcome: Exported): outcome is { readonly failure: string } => 'failure' in outcome

/** Runs export.py, each way in a process of its own; what was made before is not made again unless `fresh`. */
export class Work {
  readonly folder: string
  readonly #python: string
  readonly #fresh: boolean

  constructor(folder: string, python: string, fresh = false) {
    this.folder = resolve(folder)
    this.#python = python
    this.#fresh = fresh
    mkdirSync(this.folder, { recursive: true })
  }

  path(file: string): string {
    return join(this.folder, file)
  }

  /** The report is kept beside the output. */
  exported(how: string, source: string, out: string): Exported {
    const note = `${out}.report.json`
    if (this.#fresh || !existsSync(note)) writeFileSync(note, JSON.stringify(this.#export(how, source, out)))
    // Reports of peers that failed were null once.
    return (JSON.parse(readFileSync(note, 'utf8')) as Exported | null) ?? { failure: 'it fails' }
  }

  #export(how: string, source: string, out: string): Exported {
    try {
      return JSON.parse(this.#run([how, source, out])) as Exported
    } catch (error) {
      return { failure: reasonOf(String((error as { readonly stderr?: unknown }).stderr ?? error)) }
    }
  }

  /** Path of the TorchScript archive of a model, with its inputs and torch's result. */
  archive(model: string): { readonly path: string; readonly saved: Saved } {
    const path = this.path(`${model}.pt`)
    if (!existsSync(path) || !existsSync(`${path}.json`)) {
      const outcome = this.#export('archive', model, path)
      if (failed(outcome)) throw new Error(`torch cannot make ${model}: ${outcome.failure}`)
    }
    return { path, saved: JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Saved }
  }

  /** Nodes and bytes of graphs, subgraphs included. */
  count(paths: readonly string[]): { readonly nodes: number; readonly bytes: number }[] {
    const counted = JSON.parse(this.#run(['count', ...paths])) as readonly { readonly nodes: number; readonly bytes: number }[]
    return counted.map(({ nodes, bytes }) => ({ nodes, bytes }))
  }

  #run(args: readonly string[]): string {
    const text = execFileSync(this.#python, [join(import.meta.dirname, 'export.py'), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 28,
    })
    return text.trim().split('\n').at(-1)!
  }
}

/** The error itself: of a chain, Python prints the cause first, and torch has advice behind it. */
function reasonOf(stderr: string): string {
  // Colours of terminals.
  const lines = stripVTControlCharacters(stderr)
    .split('\n')
    .map((line) => line.trim())
  return (
    lines.find((line) => /^[A-Za-z_][\w.]*(?:Error|Exception|Node): /.test(line)) ??
    lines.findLast((line) => line !== '') ??
    'it fails'
  ).slice(0, 200)
}
