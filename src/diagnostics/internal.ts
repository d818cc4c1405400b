// For what can only be a bug of ours: an invariant that does not hold.

import { CompileError } from './compile-error.ts'

/** Throws PT9001. Never for anything that a model file or a user can cause. */
export function internal(message: string): never {
  throw new CompileError([
    { code: 'PT9001', message: `Internal error: ${message}.`, fix: "please report this model at the project's issue tracker." },
  ])
}

/** Throws PT9001 unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) internal(message)
}
