// What a network needs declared, and why; which are refused, and with which code.

import type { ModelOptions } from '../../src/compiler/types.ts'

export const declared: ReadonlyMap<string, ModelOptions> = new Map()

export const refused: ReadonlyMap<string, string> = new Map()
