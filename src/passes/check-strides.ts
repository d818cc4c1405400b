// `as_strided` reads a tensor's storage by strides. Values have no strides here: what an input's memory looks like is known only where it was
// just laid out. Everywhere else the operator is refused, since row-major would be a guess.

import { allNodes } from '../ir/block.ts'
import { CompileError, type Problem } from '../diagnostics/compile-error.ts'
import type { Graph } from '../ir/graph.ts'

/** Producers of row-major results: constants and copies into that layout. What the page hands in is row-major too. */
const ROW_MAJOR = new Set([
  'prim::Param',
  'prim::Constant',
  'aten::contiguous',
  'aten::arange',
  'aten::zeros',
  'aten::ones',
  'aten::full',
  'aten::cat',
  'aten::stack',
])
const STRIDED = new Set(['aten::as_strided', 'aten::as_strided_copy', 'aten::as_strided_scatter'])

/** Throws PT3120 for every such operator whose input's layout is not known. */
export function checkStrides(graph: Graph): void {
  const problems: Problem[] = []
  for (const node of allNodes(graph.block))
    if (STRIDED.has(node.kind) && !graph.inputs.includes(node.input()) && !ROW_MAJOR.has(node.input().node.kind))
      problems.push({
        code: 'PT3120',
        message: `${node.kind} reads the memory of a tensor whose layout is not known (it comes from ${node.input().node.kind}).`,
        fix: 'say it by views: unfold, select, slice, expand.',
        ...(node.range === undefined ? {} : { range: node.range }),
      })
  if (problems.length > 0) throw new CompileError(problems as [Problem, ...Problem[]])
}
