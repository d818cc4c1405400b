// `as_strided` reads a tensor's storage by strides, and `stride` and `is_contiguous` tell of them. Values have no strides here: what an
// input's memory looks like is known where it was just laid out, and through views of that (resolve-strides.ts). Everywhere else the operator
// is refused, since row-major would be a guess.

import type { Facts } from '../analysis/facts.ts'
import { storageLayout } from '../analysis/storage-layout.ts'
import { allNodes } from '../ir/block.ts'
import { CompileError, type Problem } from '../diagnostics/compile-error.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { isContiguousValue } from './remove-mutation/layout-facts.ts'

/** Producers of row-major results: constants and copies into that layout. What the page hands in is row-major too. */
const ROW_MAJOR = new Set([
  'prim::Param',
  'prim::Constant',
  'aten::contiguous',
  'aten::arange',
  'aten::zeros',
  'aten::ones',
  'aten::full',
  'aten::new_zeros',
  'aten::new_ones',
  'aten::new_full',
  'aten::cat',
  'aten::stack',
])
/** Questions about the layout itself: answered for a tensor that lies row-major. */
const ASKING = new Set(
  ['is_contiguous', 'is_non_overlapping_and_dense', 'stride', 'sym_stride', 'storage_offset', 'sym_storage_offset'].map(
    (name) => `aten::${name}`,
  ),
)
const STRIDED = new Set(['aten::as_strided', 'aten::as_strided_copy', 'aten::as_strided_scatter'])

/** May give their argument, or a view of it. */
const MAYBE_VIEWS: ReadonlySet<string> = new Set(
  (
    'reshape view flatten unsqueeze squeeze detach alias view_as reshape_as unflatten ravel dropout to type_as select slice expand expand_as ' +
    'transpose permute t narrow chunk split unbind diagonal unfold as_strided swapaxes movedim'
  )
    .split(' ')
    .map((name) => `aten::${name}`),
)

/** True for a tensor that is its own memory, in row-major order: no view of another. */
export function isWholeStorage(value: Value): boolean {
  const { node } = value
  if (node.kind === 'prim::Param') return node.block?.owner === undefined
  if (ROW_MAJOR.has(node.kind)) return true
  return node.kind.startsWith('aten::') && !MAYBE_VIEWS.has(node.kind) && isContiguousValue(value, (user) => user.inputs)
}

/** True when some operator reads memory by strides, or asks how it lies. */
export function asksForMemory(graph: Graph): boolean {
  for (const node of allNodes(graph.block)) if (STRIDED.has(node.kind) || ASKING.has(node.kind)) return true
  return false
}

/** Throws PT3120 for every such operator whose input's layout is not known. */
export function checkStrides(graph: Graph, facts: Facts): void {
  const problems: Problem[] = []
  const isKnown = (node: Node): boolean =>
    isWholeStorage(node.input()) ||
    storageLayout(node.input(), facts, isWholeStorage)?.root === node.input() ||
    (ASKING.has(node.kind) && isContiguousValue(node.input(), (user) => user.inputs))
  for (const node of allNodes(graph.block))
    if ((STRIDED.has(node.kind) || ASKING.has(node.kind)) && !isKnown(node))
      problems.push({
        code: 'PT3120',
        message: `${node.kind} asks for the memory of a tensor whose layout is not known (it comes from ${node.input().node.kind}).`,
        fix: 'say it by views: unfold, select, slice, expand.',
        ...(node.range === undefined ? {} : { range: node.range }),
      })
  if (problems.length > 0) throw new CompileError(problems as [Problem, ...Problem[]])
}
