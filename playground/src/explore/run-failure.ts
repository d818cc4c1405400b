// Why a call gave nothing: an exception of the model, what the runtime says of arguments, or what onnxruntime says of an operator.

import { element } from '../find.ts'

/** How onnxruntime tells what an operator does not take; in an If or Loop, the innermost comes last. */
const REFUSED = /.*while running (\w+) node\. Name:'[^']*' Status Message: (.*)/s

export function runFailure(error: unknown): HTMLElement {
  const { code, message, name } = error as Error & { readonly code?: string }
  const [, operator, reason] = REFUSED.exec(message) ?? []
  return element(
    'div',
    'problem',
    element('p', 'problem-head', element('code', 'chip control', operator ?? code ?? name)),
    element('p', 'problem-text', reason ?? message),
    ...(operator === undefined
      ? []
      : [element('p', 'problem-fix', 'onnxruntime says so of these inputs. Other sizes or values may be what the model takes.')]),
  )
}
