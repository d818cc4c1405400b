// PyTorch's TracerWarnings, word for word: torch/csrc/jit/frontend/tracer.cpp (WARN_PYTHON_DATAFLOW), the conversions in
// tools/autograd/templates/python_variable_methods.cpp, and torch/_tensor.py for `len` and iteration.

import type { Problem } from '../diagnostics/compile-error.ts'
import type { Node } from '../ir/node.ts'
import { printNode } from '../ir/printer.ts'
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

// As many as torch names.
const MAX_NODES = 20

/** torch/jit/_trace.py, maybe_warn_nondeterministic. */
export function nondeterministicWarning(nodes: readonly Node[]): Problem {
  const lines = nodes.slice(0, MAX_NODES).map((node) => printNode(node).replaceAll(/^/gm, '\t'))
  const range = nodes.find((node) => node.range !== undefined)?.range
  return {
    code: 'PT3513',
    message:
      `TracerWarning: Trace had nondeterministic nodes. Did you forget call .eval() on your model? Nodes:\n${lines.join('\n')}\n` +
      'This may cause errors in trace checking. To disable trace checking, pass check_trace=False to torch.jit.trace()',
    ...(range === undefined ? {} : { range }),
    fix: 'convert with mode: auto, which keeps control flow that data decides, or set checkTrace: off.',
  }
}

/** Equal for warnings that a reader could not tell apart. */
export function sameWarning(a: Problem, b: Problem): boolean {
  if (a.code !== b.code || a.message !== b.message) return false
  if (a.range === undefined || b.range === undefined) return a.range === b.range
  const [x, y] = [userRange(a.range), userRange(b.range)]
  return x.source.name === y.source.name && x.start === y.start
}
