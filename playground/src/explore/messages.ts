// What the page and its two workers say to each other: plain data that can be cloned. No code.

import type { Exploration, ModelOptions, Report, Signature } from 'unplugin-torch/compiler'

/** To the compiler. A file's bytes are read there, so that the page never holds them. */
export interface CompileRequest {
  readonly id: number
  readonly file: Blob
  readonly name: string
  readonly options: Readonly<ModelOptions>
  /** Then also what each step made of it. */
  readonly explore: boolean
}

export type CompileAnswer =
  | { readonly id: number; readonly kind: 'progress'; readonly stage: string; readonly fraction: number }
  | { readonly id: number; readonly kind: 'compiled'; readonly model: CompiledModel }
  | { readonly id: number; readonly kind: 'failed'; readonly problems: readonly PlainProblem[] }
  | { readonly id: number; readonly kind: 'explored'; readonly exploration: Exploration }
  | { readonly id: number; readonly kind: 'unexplored'; readonly message: string }

export interface CompiledModel {
  readonly graph: Uint8Array<ArrayBuffer>
  readonly signatures: readonly Signature[]
  /** The module as a project would have it, and its declaration. */
  readonly loader: string
  readonly dts: string
  /** The same module for the run worker. */
  readonly runnable: string
  readonly report: PlainReport
  /** Compilation, without reading the file. */
  readonly milliseconds: number
}

export type PlainReport = Omit<Report, 'notices' | 'verification'> & { readonly notices: readonly PlainProblem[] }

/** A problem as the command line tells it. */
export interface PlainProblem {
  readonly code: string
  readonly message: string
  readonly fix?: string
  readonly place?: string
  readonly frame?: string
  readonly member?: string
  readonly offset?: number
  readonly calledFrom?: readonly string[]
}

/** Two models can be open: the one that is shown, and the same without its passes. */
export type Slot = 'shown' | 'plain'

export type RunRequest =
  | { readonly id: number; readonly kind: 'open'; readonly slot: Slot; readonly loader: string; readonly graph: Uint8Array<ArrayBuffer> }
  /** Calls in order, from the saved state; the last is measured. */
  | {
      readonly id: number
      readonly kind: 'call'
      readonly slot: Slot
      readonly method: string
      readonly calls: readonly (readonly unknown[])[]
      readonly measure: boolean
    }
  /** The same call of both models, in turn, so that what else the machine does is the same for both. */
  | { readonly id: number; readonly kind: 'race'; readonly method: string; readonly values: readonly unknown[] }

export type RunAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string; readonly code?: string } }

export interface OpenResult {
  readonly milliseconds: number
  /** What runs it: `webgpu` where that is asked for and the browser has it. */
  readonly device: string
}

export interface CallResult {
  readonly value: unknown
  /** Milliseconds: of the first call, and the median of those after it where there were any. */
  readonly first: number
  readonly median?: number
  readonly runs: number
}

/** Milliseconds of the quickest calls. */
export type RaceResult = Readonly<Record<Slot, number>>

/** Names that the runnable module imports the runtime by; the worker puts addresses in their place. */
export const RUNTIME = 'torch-explorer:runtime'
export const RUNTIME_HOST = 'torch-explorer:runtime-host'
export const RUNTIME_GPU = 'torch-explorer:runtime-gpu'
