// A file does not tell an exported method from one that forward only calls: both are compiled, both are there. What cannot be converted on
// its own, a helper that takes a mode as text for instance, is left out with a notice when forward can; asked for by name, it is an error.

import { CompileError, type Problem } from '../diagnostics/compile-error.ts'
import type { ScriptModule } from '../frontend/import-script.ts'
import type { CompiledMethod } from './compile-methods.ts'
import type { CompileOptions } from './compile.ts'

interface Built {
  readonly methods: readonly CompiledMethod[]
}

/** `build` with all methods, or else with forward and those that can be built. */
export async function withoutHelpers<T extends Built>(
  script: ScriptModule,
  options: CompileOptions,
  build: (options: CompileOptions) => Promise<T>,
): Promise<T> {
  try {
    return await build(options)
  } catch (error) {
    if (!(error instanceof CompileError) || options.methods !== undefined || script.methods.length < 2) throw error
    if (script.methods[0] !== 'forward' || (await problemOf('forward', options, build)) !== undefined) throw error
    const kept = ['forward']
    const notices: Problem[] = []
    for (const name of script.methods.slice(1)) {
      const problem = await problemOf(name, options, build)
      if (problem === undefined) kept.push(name)
      else notices.push(noticeOf(name, problem))
    }
    if (notices.length === 0) throw error
    const built = await build({ ...options, methods: kept })
    const [forward, ...others] = built.methods
    return { ...built, methods: [{ ...forward!, notices: [...forward!.notices, ...notices] }, ...others] }
  }
}

async function problemOf(
  name: string,
  options: CompileOptions,
  build: (options: CompileOptions) => Promise<Built>,
): Promise<Problem | undefined> {
  try {
    await build({ ...options, methods: [name] })
    return undefined
  } catch (error) {
    if (error instanceof CompileError) return error.problems[0]
    throw error
  }
}

function noticeOf(name: string, { code, message, range }: Problem): Problem {
  return {
    code: 'PT3902',
    message: `method '${name}' is left out, since it cannot be converted: ${message.replace(/\.$/, '')} (${code}).`,
    fix: `ask for it with methods: ['forward', '${name}'] to see the whole error; the others work without.`,
    ...(range === undefined ? {} : { range }),
  }
}
