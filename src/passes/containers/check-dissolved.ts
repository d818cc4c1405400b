// What must be gone when everything has run: tuples, dicts, Optionals, strings and objects of run time. Each leftover is reported with the
// place in the source that makes it, all of them together.

import { CompileError, type Problem } from '../../diagnostics/compile-error.ts'
import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { annotationText } from '../../ir/print-type.ts'
import type { Type } from '../../ir/type.ts'

type Code = 'PT3105' | 'PT3106' | 'PT3107'

const FIXES: Readonly<Record<Code, string>> = {
  PT3105:
    'keep tensors, numbers, or lists of them in what branches give and loops carry; use keys and lengths that are known at build time.',
  PT3106: 'compute text outside of the model, or choose it among constants.',
  PT3107: 'test it with `is None` before it is used.',
}

/** Known part by part while the graph is lowered. */
const STRUCTURE = new Set(['prim::Constant', 'prim::Uninitialized', 'prim::ListConstruct', 'prim::TupleConstruct'])

/** Throws CompileError with every value that has no form at run time. */
export function checkDissolved(graph: Graph): void {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const node of allNodes(graph.block)) {
    if (STRUCTURE.has(node.kind)) continue
    for (const { type } of node.outputs) {
      const code = problemOf(type)
      if (code === undefined) continue
      const problem = describe(node, type, code)
      const key = `${problem.message}@${problem.range?.start}`
      if (!seen.has(key)) problems.push(problem)
      seen.add(key)
    }
  }
  const [first, ...rest] = problems
  if (first !== undefined) throw new CompileError([first, ...rest])
}

function problemOf(type: Type): Code | undefined {
  switch (type.kind) {
    case 'Tuple':
    case 'Dict':
    case 'Class':
    case 'Any':
    case 'Union':
      return 'PT3105'
    case 'List':
      // Lists of tensors and of numbers have a form of their own.
      return ['Tensor', 'int', 'float', 'bool', 'number'].includes(type.of.kind) ? undefined : 'PT3105'
    case 'str':
    case 'Enum':
    case 'Device':
      return 'PT3106'
    case 'Optional':
      return 'PT3107'
    default:
      return undefined
  }
}

function describe(node: Node, type: Type, code: Code): Problem {
  const what = node.kind === 'prim::If' ? 'a branch gives' : node.kind === 'prim::Loop' ? 'a loop carries' : `${node.kind} makes`
  return {
    code,
    message: `${what} a ${annotationText(type)} that is known only at run time.`,
    fix: FIXES[code],
    ...(node.range === undefined ? {} : { range: node.range }),
    ...(node.callStack.length === 0 ? {} : { calledFrom: node.callStack }),
  }
}
