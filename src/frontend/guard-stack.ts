// The last guard of recursion. The depth of trees is bounded (limits.ts), but how much stack there is only the engine knows.

import { fail } from '../diagnostics/compile-error.ts'

/** Runs `run`; an overflow of the stack becomes PT2003. */
export function guardStack<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message))
      return fail('PT2003', 'The code is nested deeper than this JavaScript engine can follow')
    throw error
  }
}
