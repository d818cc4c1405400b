// Rollup, Rolldown and Vite's build: methods of a model that no module imports are not shipped. Which exports are used is known when chunks are
// rendered, after tree-shaking; until then stand-ins take the place of what depends on it in the module, and its graph is the one of all methods. Then the
// model is converted once more for the methods that are left, and that graph takes the other's place. All are kept for a model whose `methods` are
// configured, or that has a host program, and where a module of the app reads a property `methods`, by which any of them can be reached.

import { CompileError } from '../../diagnostics/compile-error.ts'
import type { ModelOptions } from '../../compiler/types.ts'
import { namedExports, printMethods, type StandIns } from '../../loader/emit-module.ts'
import { printString } from '../../loader/literal.ts'
import { sha256 } from '../canonical.ts'
import type { Conversion, Converter } from '../converter.ts'
import type { ModelRequest } from '../ids.ts'
import { graphName } from '../report-line.ts'

/** What the hooks of all three bundlers have in common. */
interface Output {
  emitFile(file: { readonly type: 'asset'; readonly name: string; readonly source: Uint8Array }): string
  getFileName(reference: string): string
}
interface Modules {
  readonly modules: Readonly<Record<string, { readonly code: string | null; readonly renderedExports: readonly string[] }>>
}
interface Bundle {
  [file: string]: { readonly type: 'asset' | 'chunk'; readonly code?: string }
}

/** A model whose module has stand-ins. */
interface Pending {
  /** Of its module, as the bundler knows it; undefined while only its worker was loaded. */
  id: string | undefined
  readonly request: ModelRequest
  readonly conversion: Conversion
  /** Of the graph with all methods. */
  graph: string | undefined
  /** Text of its module. */
  code: string
}

/** What becomes of it. */
interface Settled {
  readonly conversion: Conversion
  /** File names of the graph with all methods, and of the one that is shipped. */
  readonly files: readonly [all: string, shipped: string]
}

export interface UnusedMethodsOptions {
  readonly converter: () => Converter
  /** Told each model once: what is shipped of it, and its module. */
  readonly settled: (request: ModelRequest, conversion: Conversion, code: string) => Promise<void>
}

const TOKEN = /(["'`])__UNPLUGIN_TORCH_METHODS_([\da-f]{16})_(bytes|sha256|signatures)__\1/g

/** Reads of a property `methods`: of a model they reach every method. */
const READS_METHODS = /\.\s*methods\b|\[\s*["'`]methods["'`]\s*\]|[{,]\s*methods\s*(?:[,}]|:\s*[\w$]+\s*[,}])[^;]*?\}?\s*=/
const NOT_OF_THE_APP = /[\\/]node_modules[\\/]|\0/

export class UnusedMethods {
  readonly #options: UnusedMethodsOptions
  readonly #pending = new Map<string, Pending>()
  #settled = new Map<string, Promise<Settled>>()

  constructor(options: UnusedMethodsOptions) {
    this.#options = options
  }

  /** The stand-ins for a model's module, or its worker's; undefined for one that keeps all. `id`: of the module that is loaded. */
  standIns(id: string, request: ModelRequest, conversion: Conversion): StandIns | undefined {
    const { signatures, program } = conversion.model
    const { methods, preservedMethods } = this.#options.converter().optionsFor(request)
    if (signatures.length < 2 || program !== undefined || methods !== undefined || preservedMethods !== undefined) return undefined
    const key = keyOf(request, conversion)
    const known = this.#pending.get(key)
    if (known === undefined || known.conversion !== conversion)
      this.#pending.set(key, {
        id: request.part === 'module' ? id : known?.id,
        request,
        conversion,
        graph: known?.graph,
        code: known?.code ?? '',
      })
    else if (request.part === 'module') known.id = id
    const token = (field: string): string => `__UNPLUGIN_TORCH_METHODS_${key}_${field}__`
    return { bytes: token('bytes'), sha256: token('sha256'), signatures: token('signatures') }
  }

  /** Where the graph with all methods was emitted. */
  emitted(request: ModelRequest, conversion: Conversion, reference: string): void {
    const pending = this.#pending.get(keyOf(request, conversion))
    if (pending !== undefined) pending.graph = reference
  }

  printed(request: ModelRequest, conversion: Conversion, code: string): void {
    const pending = this.#pending.get(keyOf(request, conversion))
    if (pending !== undefined && request.part === 'module') pending.code = code
  }

  /** `renderStart`: of another output, other exports may be used. */
  start(): void {
    this.#settled = new Map()
  }

  /** `renderChunk`: the chunk with what the stand-ins stood for. Undefined where there are none. */
  async render(output: Output, code: string, chunks: Readonly<Record<string, Modules>>): Promise<string | undefined> {
    const keys = new Set([...code.matchAll(TOKEN)].map((match) => match[2]!))
    if (keys.size === 0) return undefined
    let text = code
    for (const key of keys) {
      const pending = this.#pending.get(key)
      if (pending === undefined) continue
      let settled = this.#settled.get(key)
      if (settled === undefined) this.#settled.set(key, (settled = this.#settle(output, pending, code, Object.values(chunks))))
      const { conversion, files } = await settled
      text = withValues(text, key, pending, conversion).replaceAll(baseName(files[0]), () => baseName(files[1]))
    }
    return text
  }

  /** `generateBundle`: graphs that no chunk refers to any more are not written. */
  async finish(bundle: Bundle): Promise<void> {
    const chunks = Object.values(bundle).flatMap(({ code }) => (code === undefined ? [] : [code]))
    for (const settled of this.#settled.values()) {
      const [all, shipped] = (await settled).files
      if (all !== shipped && !chunks.some((code) => code.includes(baseName(all)))) delete bundle[all]
    }
  }

  async #settle(output: Output, pending: Pending, code: string, chunks: readonly Modules[]): Promise<Settled> {
    const { request, conversion, graph } = pending
    const all = fileNameOf(output, graph)
    const kept = used(pending, chunks)
    const isKnown = all !== '' && code.includes(baseName(all))
    const shaken = kept === undefined || !isKnown ? undefined : await this.#convert(pending, kept)
    const shipped = shaken ?? conversion
    const source = shipped.model.graph
    const file = shaken === undefined ? all : output.getFileName(output.emitFile({ type: 'asset', name: graphName(request.file), source }))
    const module = withValues(pending.code, keyOf(request, conversion), pending, shipped)
    await this.#options.settled({ ...request, part: 'module' }, shipped, module)
    return { conversion: shipped, files: [all, file] }
  }

  /** The model with only the `kept` methods; undefined where it cannot be converted so. */
  async #convert({ request, conversion }: Pending, kept: readonly string[]): Promise<Conversion | undefined> {
    const converter = this.#options.converter()
    const { outputs } = converter.optionsFor(request)
    const first = conversion.model.signatures[0]!.name
    try {
      const again = await converter.convert({
        ...request,
        part: 'module',
        again: true,
        query: `${request.query}&methods=${kept.join()}`,
        options: { ...request.options, methods: kept, ...(outputs === undefined ? {} : { outputs: outputsOf(outputs, first, kept) }) },
      })
      return { ...again, milliseconds: conversion.milliseconds + again.milliseconds, cached: conversion.cached && again.cached }
    } catch (error) {
      // What is said of inputs may be about another method.
      if (error instanceof CompileError) return undefined
      throw error
    }
  }
}

/** Empty where the bundler does not know it any more. */
function fileNameOf(output: Output, reference: string | undefined): string {
  try {
    return reference === undefined ? '' : output.getFileName(reference)
  } catch {
    return ''
  }
}

/** The methods whose exports are used; undefined when all are, or may be. */
function used({ id, conversion }: Pending, chunks: readonly Modules[]): readonly string[] | undefined {
  const { signatures } = conversion.model
  const found = id === undefined ? undefined : chunks.map(({ modules }) => modules[id]).find((module) => module !== undefined)
  if (found === undefined) return undefined
  const exported = new Set(found.renderedExports)
  const named = new Map(namedExports(signatures).map(([index, name]) => [index, name]))
  const kept = signatures.filter((_, i) => exported.has(i === 0 ? 'default' : (named.get(i) ?? ''))).map(({ name }) => name)
  if (kept.length === 0 || kept.length === signatures.length) return undefined
  const readsMethods = chunks.some(({ modules }) =>
    Object.entries(modules).some(([other, module]) => other !== id && !NOT_OF_THE_APP.test(other) && READS_METHODS.test(module.code ?? '')),
  )
  return readsMethods ? undefined : kept
}

/** Option outputs for the methods that are kept: a list was about the first of all of them. */
function outputsOf(
  outputs: NonNullable<ModelOptions['outputs']>,
  first: string,
  kept: readonly string[],
): NonNullable<ModelOptions['outputs']> {
  const byMethod = Array.isArray(outputs) ? [[first, outputs as readonly string[]] as const] : Object.entries(outputs)
  return Object.fromEntries(byMethod.filter(([method]) => kept.includes(method)))
}

/** The same for the module of a model and that of its worker, and wherever the project lies. */
const keyOf = ({ query }: ModelRequest, { name }: Conversion): string => sha256(`${name}?${query}`).slice(0, 16)

function withValues(text: string, key: string, { conversion }: Pending, shipped: Conversion): string {
  const { model } = shipped
  return text.replaceAll(TOKEN, (token, _, of: string, field: string) => {
    if (of !== key) return token
    if (field === 'bytes') return String(model.graph.length)
    return field === 'sha256' ? printString(model.sha256) : printMethods(conversion.model.signatures, model.signatures)
  })
}

const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1)
