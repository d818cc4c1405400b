// Option `outputs` by method: a list is about forward, or about the first method that is kept where forward is not.

import { fail } from '../diagnostics/compile-error.ts'
import { nearest } from '../diagnostics/nearest.ts'
import type { ModelOptions } from './types.ts'

/**
 * Paths into the result of each method that has some.
 * @throws CompileError PT3911 for a method that the model does not have, or does not keep, and for a list without a path
 */
export function outputsByMethod(
  methods: readonly string[],
  { outputs, methods: chosen }: Pick<ModelOptions, 'outputs' | 'methods'>,
): Readonly<Record<string, readonly string[]>> | undefined {
  if (outputs === undefined) return undefined
  const kept = chosen === undefined ? methods : methods.filter((name) => chosen.includes(name))
  const first = kept[0]
  const entries: readonly (readonly [string, readonly string[]])[] = !isList(outputs)
    ? Object.entries(outputs)
    : first === undefined
      ? []
      : [[first, outputs]]
  for (const [method, paths] of entries) {
    if (!kept.includes(method)) {
      const near = nearest(method, kept)
      fail(
        'PT3911',
        `option outputs names the method '${method}', which ${methods.includes(method) ? 'option methods leaves out' : 'the model does not have'}.`,
        {
          fix: near === undefined ? `the methods are ${kept.map((one) => `'${one}'`).join(', ')}.` : `did you mean '${near}'?`,
        },
      )
    }
    if (paths.length === 0)
      fail('PT3911', `option outputs keeps nothing of the result of '${method}'.`, { fix: 'name at least one part, or leave it out.' })
  }
  return Object.fromEntries(entries)
}

const isList = (outputs: NonNullable<ModelOptions['outputs']>): outputs is readonly string[] => Array.isArray(outputs)
