// Lists and dicts that are made here and never written: their lengths, elements, slices and sums.
// Answers to torch/csrc/jit/passes/peephole_list_idioms.cpp and peephole_dict_idioms.cpp.

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import { allNodes } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { isMutating } from '../../ir/function-schema.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import { sliceIndices } from '../emit/subscripts.ts'

const LIST_READERS = new Set(['aten::len', 'aten::__getitem__', 'prim::ListUnpack', 'aten::add', 'aten::slice'])

export function peepholeContainers(graph: Graph): boolean {
  const nodes = [...allNodes(graph.block)]
  const candidates = nodes.filter((node) => {
    const kind = node.inputs[0]?.type.kind
    return (kind === 'List' || kind === 'Dict') && LIST_READERS.has(node.kind)
  })
  if (candidates.length === 0) return false
  const isWritten = writtenContainers(graph, nodes)
  let changed = false
  for (const node of candidates) {
    const container = node.input(0)
    const make = container.node
    if (isWritten(container)) continue
    if (make.kind === 'prim::ListConstruct') changed = listRule(node, make, isWritten) || changed
    else if (make.kind === 'prim::DictConstruct') changed = dictRule(node, make) || changed
  }
  return changed
}

/** Asks the exact analysis only where something writes a container at all. */
function writtenContainers(graph: Graph, nodes: readonly Node[]): (value: Value) => boolean {
  const writesContainer = nodes.some((node) => {
    const schema = schemaOf(node)
    return (
      schema !== undefined && isMutating(schema) && schema.args.some((arg) => arg.alias?.isWrite === true && arg.type.kind !== 'Tensor')
    )
  })
  if (!writesContainer) return () => false
  const aliases = new AliasAnalysis(graph)
  return (value) => aliases.hasWriters(value)
}

function replace(node: Node, value: Value): boolean {
  node.output().replaceAllUsesWith(value)
  return true
}

function listRule(node: Node, make: Node, isWritten: (value: Value) => boolean): boolean {
  const items = make.inputs
  switch (node.kind) {
    case 'aten::len':
      return replace(node, Builder.replacing(node).int(items.length))
    case 'aten::__getitem__': {
      const index = constantOf(node.input(1))
      const item = typeof index === 'bigint' ? items[Number(index < 0n ? index + BigInt(items.length) : index)] : undefined
      return item !== undefined && replace(node, item)
    }
    case 'prim::ListUnpack':
      if (items.length !== node.outputs.length || items.length === 0) return false
      for (const [i, output] of node.outputs.entries()) output.replaceAllUsesWith(items[i]!)
      return true
    case 'aten::add': {
      const other = node.inputs[1]!
      if (node.inputs.length !== 2 || other.node.kind !== 'prim::ListConstruct' || isWritten(other)) return false
      return replaceByList(node, [...items, ...other.node.inputs])
    }
    default: {
      const bounds = node.inputs.slice(1).map(constantOf)
      if (bounds.length !== 3 || bounds.some((bound) => bound !== null && typeof bound !== 'bigint')) return false
      const [from, to, step] = bounds.map((bound) => (typeof bound === 'bigint' ? Number(bound) : undefined))
      const indices = sliceIndices(items.length, from, to, step ?? 1)
      return (
        indices !== undefined &&
        replaceByList(
          node,
          indices.map((i) => items[i]!),
        )
      )
    }
  }
}

function replaceByList(node: Node, items: readonly Value[]): boolean {
  return replace(node, Builder.replacing(node).op('prim::ListConstruct', items, node.output().type))
}

function dictRule(node: Node, make: Node): boolean {
  const entries = new Map<unknown, Value>()
  const keys = make.output().type.kind === 'Dict' ? make.inputs.filter((_, i) => i % 2 === 0) : []
  for (const [i, key] of keys.entries()) {
    const known = constantOf(key)
    // Keys that are not known, or given twice: who wins is decided at run time.
    if (known === undefined || known === null || typeof known === 'object' || entries.has(known)) return false
    entries.set(known, make.input(2 * i + 1))
  }
  if (node.kind === 'aten::len') return replace(node, Builder.replacing(node).int(entries.size))
  if (node.kind !== 'aten::__getitem__') return false
  const item = entries.get(constantOf(node.input(1)))
  return item !== undefined && replace(node, item)
}
