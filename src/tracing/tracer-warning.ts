// PyTorch's TracerWarnings, word for word: torch/csrc/jit/frontend/tracer.cpp (WARN_PYTHON_DATAFLOW), the conversions in
// tools/autograd/templates/python_variable_methods.cpp, and torch/_tensor.py for `len` and iteration.

import type { Problem } from '../diagnostics/compile-error.ts'
import { userRange, type SourceRange } from '../diagnostics/source-range.ts'

/** What a tensor became, or how its shape was read. */
export type Conversion = 'boolean' | 'integer' | 'float' | 'number' | 'index' | 'list' | 'len' | 'iteration'

function warningText(conversion: Conversion): string {
  switch (conversion) {
    case 'len':
      return (
        'Using len to get tensor shape might cause the trace to be incorrect. Recommended usage would be tensor.shape[0]. ' +
        'Passing a tensor of different shape might lead to errors or silently give incorrect results.'
      )
    case 'iteration':
      return (
        "Iterating over a tensor might cause the trace to be incorrect. Passing a tensor of different shape won't change the number of " +
        'iterations executed (and might lead to errors or silently give incorrect results).'
      )
    default:
      return (
        `Converting a tensor to a Python ${conversion} might cause the trace to be incorrect. We can't record the data flow of Python values, ` +
        'so this value will be treated as a constant in the future. This means that the trace might not generalize to other inputs!'
      )
  }
}

export function tracerWarning(conversion: Conversion, range: SourceRange | undefined): Problem {
  return { code: 'PT3502', message: `TracerWarning: ${warningText(conversion)}`, ...(range === undefined ? {} : { range }) }
}

/** Equal for warnings that a reader could not tell apart. */
export function sameWarning(a: Problem, b: Problem): boolean {
  if (a.code !== b.code || a.message !== b.message) return false
  if (a.range === undefined || b.range === undefined) return a.range === b.range
  const [x, y] = [userRange(a.range), userRange(b.range)]
  return x.source.name === y.source.name && x.start === y.start
}
