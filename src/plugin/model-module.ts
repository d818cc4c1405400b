// The module that an import of a model becomes, for any bundler: parse the id, convert, print the loader, write the types.
// Errors leave through one door, in the form that every bundler shows.

import { basename, isAbsolute } from 'node:path'
import type { LoaderHost } from '../compiler/types.ts'
import { CompileError, formatProblem, type Problem } from '../diagnostics/compile-error.ts'
import type { ModuleText, StandIns } from '../loader/emit-module.ts'
import { inFolder } from '../loader/host/program-map.ts'
import { checkBudget } from './budget.ts'
import type { BuildReport } from './build-report.ts'
import { printLoader, printWorker } from './compile-model.ts'
import type { Conversion, Converter } from './converter.ts'
import type { ModelRequest } from './ids.ts'
import { writeTypes } from './write-types.ts'

/** What a bundler's hooks make of a conversion. */
export type HostOf = (request: ModelRequest, conversion: Conversion) => LoaderHost | Promise<LoaderHost>

/** A source map as the types of bundlers have it. */
export interface BundlerMap {
  version: 3
  sources: string[]
  sourcesContent: string[]
  names: string[]
  mappings: string
}

export interface ModelModule {
  readonly code: string
  /** Only where control flow of the model is JavaScript. */
  readonly map?: BundlerMap
}

export interface ModuleSettings {
  readonly dts: boolean
  /** Told each module that is part of what a build makes. */
  readonly report?: BuildReport
  /** Told what a build would fail with, where nothing is shipped: dev servers, watching builds. */
  readonly warn?: ((problem: Problem) => void) | undefined
  /** Of modules of which only the end of a build tells what they are: these are neither reported nor held to their budget yet. */
  readonly later?: {
    readonly standIns: (request: ModelRequest, conversion: Conversion) => StandIns | undefined
    readonly printed: (request: ModelRequest, conversion: Conversion, code: string) => void
  }
}

/** JavaScript of the module. Throws CompileError. */
export async function modelModule(
  converter: Converter,
  request: ModelRequest,
  hostOf: HostOf,
  { dts, report, warn, later }: ModuleSettings,
): Promise<ModelModule> {
  const conversion = await converter.convert(request)
  const standIns = later?.standIns(request, conversion)
  if (standIns === undefined) await checkBudget(converter.optionsFor(request).budget, conversion.model, conversion.name, warn)
  if (dts && request.query === '' && request.part === 'module' && isSource(conversion.name))
    await writeTypes(request.file, conversion.model.dts)
  const host = await hostOf(request, conversion)
  const print = request.part === 'worker' ? printWorker : printLoader
  const text = print(conversion.model, conversion.options, host, standIns)
  if (standIns === undefined) report?.add(request, conversion, text.code)
  else later?.printed(request, conversion, text.code)
  return withBundlerMap(text, request)
}

function withBundlerMap({ code, map }: ModuleText, { file, query }: ModelRequest): ModelModule {
  if (map === undefined) return { code }
  const { version, sources, sourcesContent, mappings } = inFolder(map, `${basename(file)}${query === '' ? '' : `-${query}`}`)
  return { code, map: { version, sources: [...sources], sourcesContent: sourcesContent.map((text) => text ?? ''), names: [], mappings } }
}

/** Whether a model lies among the project's own sources: nothing is written elsewhere. */
const isSource = (name: string): boolean => !name.startsWith('../') && !/(?:^|\/)node_modules\//.test(name) && !isAbsolute(name)

/** Whether the request's module starts a worker: the module inside that worker does not start another. */
export function startsWorker(request: ModelRequest, conversion: Conversion): boolean {
  return conversion.options.worker === true && request.part === 'module'
}

export interface BundlerError {
  readonly message: string
  readonly id: string
  readonly stack: string
}

/**
 * The error as bundlers show it. The code frame is part of the message: most of them keep nothing else.
 * Without `loc`: its file would be a path that the model's archive names, and Vite shows lines of whatever lies there.
 */
export function bundlerError(error: unknown, id: string): BundlerError {
  if (error instanceof CompileError) return { message: error.problems.map(formatProblem).join('\n\n'), id, stack: '' }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  return { message, id, stack }
}
