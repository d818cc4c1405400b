// A model may be tried more than once: with other assumptions, as a host program, without its helpers. What became of a method in one try, the
// error that it ended with included, holds for all others that go about it in the same way.

import { CompileError } from '../diagnostics/compile-error.ts'
import type { PassInfo } from '../passes/pass.ts'
import type { CompiledMethod, Passing } from './compile-methods.ts'

interface Known {
  readonly result: CompiledMethod | CompileError
  /** Those that changed something, to be counted again. */
  readonly passes: readonly PassInfo[]
}

export class MethodMemo {
  readonly #known = new Map<string, Known>()
  readonly #count: ((pass: PassInfo) => void) | undefined

  /** `count` hears of the passes of a method that is taken from here. Without it someone looks at graphs: methods are made each time. */
  constructor(count?: (pass: PassInfo) => void) {
    this.#count = count
  }

  /** @throws CompileError the one of the first time */
  async take(key: string, passing: Passing, compile: (passing: Passing) => Promise<CompiledMethod>): Promise<CompiledMethod> {
    const known = this.#known.get(key)
    if (known?.result instanceof CompileError) throw known.result
    if (known !== undefined && this.#count !== undefined) {
      known.passes.forEach(this.#count)
      return known.result
    }
    const passes: PassInfo[] = []
    try {
      const result = await compile({
        ...passing,
        observe: (pass, graph) => {
          passes.push(pass)
          passing.observe?.(pass, graph)
        },
      })
      this.#known.set(key, { result, passes })
      return result
    } catch (error) {
      if (error instanceof CompileError) this.#known.set(key, { result: error, passes })
      throw error
    }
  }
}
