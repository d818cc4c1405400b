// What the truth modules need declared, and which of them are refused.

import type { InputOption } from '../../src/compiler/types.ts'

/** Options `inputs`, for code that asks for the rank of an input that nothing tells. */
export const declared: ReadonlyMap<string, Readonly<Record<string, InputOption>>> = new Map([])

/** Module → the code of its refusal. */
export const refused: ReadonlyMap<string, string> = new Map([])
