// A conversion's result as plain data, so that it can cross a thread and lie in the cache: a CompileResult without its functions.

import type { CompileResult } from '../compiler/types.ts'

/** `graph` apart, everything in it survives JSON, save the floats that JSON lacks. */
export type CompiledModel = Omit<CompileResult, 'loader' | 'sourceMap' | 'pieces'>

/** A CompiledModel without the graph's bytes. */
export type CompiledHeader = Omit<CompiledModel, 'graph'>
