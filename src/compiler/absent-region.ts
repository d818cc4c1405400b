// Regions that the graph has no entry for: code that raises in PyTorch whenever it runs, which then raises here too, and combinations of dtypes
// and ranks for which a region could not be made, told at build time and by the call that needs one.

import type { CompileError, Problem } from '../diagnostics/compile-error.ts'
import { formatPlace, userRange, type SourceRange } from '../diagnostics/source-range.ts'
import { allNodes } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { AbsentRegion, RegionChoice } from '../ir/signature.ts'
import { coreType } from '../analysis/mutable-type.ts'
import type { Fact } from '../ops/fact.ts'
import { dtypeOf } from '../passes/host/dtype-choices.ts'

// More combinations than these tell nobody more.
const MAX_TOLD = 4

/** A variant of a region that could not be made. */
export interface Failure {
  readonly error: CompileError
  readonly facts: readonly Fact[]
  /** Undefined where the region has no other variants. */
  readonly when: RegionChoice | undefined
}

/** PyTorch raises there, whatever the values are. */
export const onlyRaises = ({ error }: Failure): boolean => error.problems.every(({ code }) => code === 'PT3121')

/** What stands in a region's place. */
export function absentRegion({ error, when }: Failure, name: string, graph: Graph): AbsentRegion {
  const [problem] = error.problems
  const base = { name, ...(when === undefined ? {} : { when }) }
  if (error.problems.every(({ code }) => code === 'PT3121')) return { ...base, raises: { type: 'RuntimeError', message: problem.message } }
  const range = problem.range ?? firstRange(graph)
  return {
    ...base,
    missing: range === undefined ? problem.message : `${problem.message.replace(/\.$/, '')} (${formatPlace(userRange(range))}).`,
  }
}

/** One notice for all combinations that a region is not there for; none where PyTorch raises as well. */
export function absenceNotice(failures: readonly Failure[], graph: Graph): Problem | undefined {
  const missing = failures.filter((failure) => !onlyRaises(failure))
  if (missing.length === 0) return undefined
  const [problem] = missing[0]!.error.problems
  const range = problem.range ?? firstRange(graph)
  const told = missing.slice(0, MAX_TOLD).map(({ facts }) => `(${combination(graph, facts)})`)
  const more = missing.length > MAX_TOLD ? ` and ${missing.length - MAX_TOLD} more` : ''
  return {
    code: 'PT3152',
    message: `a step of this host program is not there for ${told.join(', ')}${more}: ${problem.message}`,
    fix: 'a call that comes to it with such tensors ends with PT5105; cast them with .to(…) where that can happen.',
    ...(range === undefined ? {} : { range }),
  }
}

/** `x: float32[?, ?], mask: bool`. */
function combination({ inputs }: Graph, facts: readonly Fact[]): string {
  return inputs
    .flatMap(({ type, debugName }, i) => {
      const { dims } = facts[i]!
      const core = coreType(type)
      if (core.kind !== 'Tensor' && (core.kind !== 'List' || core.of.kind !== 'Tensor')) return []
      const shape = dims === undefined || core.kind === 'List' ? '' : `[${dims.map((dim) => dim ?? '?').join(', ')}]`
      return [
        `${debugName === undefined ? '' : `${debugName}: `}${dtypeOf(facts[i]!) ?? 'any type'}${core.kind === 'List' ? '[]' : ''}${shape}`,
      ]
    })
    .join(', ')
}

function firstRange(graph: Graph): SourceRange | undefined {
  for (const { range } of allNodes(graph.block)) if (range !== undefined) return range
  return undefined
}
