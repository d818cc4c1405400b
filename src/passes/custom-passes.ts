// Passes of the user's own, over a graph: each is watched. One that throws, or that leaves what is no graph, or other inputs and outputs, is an
// error with its name. What they compute is not looked at: that is verification.

import { CompileError, fail } from '../diagnostics/compile-error.ts'
import type { Graph } from '../ir/graph.ts'
import { typeText } from '../ir/print-type.ts'
import { verify } from '../ir/verifier.ts'
import { forgetFacts } from './graph-facts.ts'
import { isBlocked, type Pass, type PassContext, type PassInfo } from './pass.ts'

/**
 * Runs each pass once, in order. True when any says that it changed the graph.
 * @throws CompileError PT3905, PT3906
 */
export function runCustomPasses(graph: Graph, passes: readonly Pass[], context: PassContext): boolean {
  let modified = false
  for (const pass of passes) {
    if (isBlocked(pass, context.blocklist)) continue
    const inputs = [...graph.inputs]
    const outputs = graph.outputs.map(({ type }) => typeText(coarse(type)))
    const changed = guarded(pass, () => pass.run(graph, context))
    // A pass that forgot to say that it changed something is checked, too.
    forgetFacts(context)
    try {
      verify(graph)
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      breaks(pass, error.problems[0].message.replace(/^Internal error: /, ''))
    }
    if (graph.inputs.length !== inputs.length || graph.inputs.some((value, i) => value !== inputs[i])) breaks(pass, 'its inputs are others')
    const types = graph.outputs.map(({ type }) => typeText(coarse(type)))
    if (types.join() !== outputs.join())
      breaks(pass, `its outputs are of type (${types.join(', ')}), and were of type (${outputs.join(', ')})`)
    if (!changed) continue
    modified = true
    context.observe?.(pass, graph)
  }
  return modified
}

/** What a tensor is known to be may change; that it is one may not. */
const coarse = (type: Graph['outputs'][number]['type']): Graph['outputs'][number]['type'] =>
  type.kind === 'Tensor' ? { kind: 'Tensor' } : type

/** Runs a pass of the user's own. Throws PT3906 for what it throws. */
export function guarded(pass: PassInfo, run: () => unknown): boolean {
  try {
    return run() === true
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return fail('PT3906', `the pass '${pass.name}' ended with an error: ${said}`, {
      fix: 'correct the pass, or take it out of option passes.',
    })
  }
}

/** Throws PT3905. */
export function breaks(pass: PassInfo, what: string): never {
  return fail('PT3905', `the pass '${pass.name}' leaves a graph that cannot be: ${what.replace(/\.$/, '')}.`, {
    fix: 'correct the pass, or take it out of option passes.',
  })
}
