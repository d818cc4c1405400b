// Option `preservedMethods`, as in torch.utils.mobile_optimizer.optimize_for_mobile: the methods that stay besides forward. Without it all exported
// ones do; `methods` names all that stay, forward or not. Both together add up.

import { fail } from '../diagnostics/compile-error.ts'
import type { ModelOptions } from './types.ts'

/** The options with `methods` for `preservedMethods`. Throws PT3901, in torch's words, for a method that the model does not have. */
export function withPreserved<T extends Pick<ModelOptions, 'methods' | 'preservedMethods'>>(exported: readonly string[], options: T): T {
  const { methods, preservedMethods: preserved } = options
  if (preserved === undefined) return options
  const absent = preserved.filter((name) => !exported.includes(name))
  if (absent.length > 0)
    fail('PT3901', `the following methods to preserve do not exist in the model: ${absent.join(', ')}.`, {
      fix: `it has ${exported.map((name) => `'${name}'`).join(', ')}.`,
    })
  const kept = new Set([...(methods ?? exported.filter((name) => name === 'forward')), ...preserved])
  return { ...options, methods: [...kept] }
}
