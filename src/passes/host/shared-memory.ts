// Tensors that are written while JavaScript knows them by several names: a view in a list, two elements of one. Their views are made by the host,
// where they look at one memory (runtime/host/view.ts), and each operator that writes them is a region of its own, which reads before it writes.

import type { AliasAnalysis, Location } from '../../analysis/alias-analysis.ts'
import { maybeViews } from '../../analysis/alias-exceptions.ts'
import { isInside } from '../../analysis/execution-order.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { fail } from '../../diagnostics/compile-error.ts'
import type { SourceRange } from '../../diagnostics/source-range.ts'
import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import { isContiguousValue } from '../remove-mutation/layout-facts.ts'
import { reshaping } from '../remove-mutation/writes.ts'
import { isIndexList } from './host-types.ts'

/** Says which tensors have to be shared; the split begins anew. Numbers of locations are the same for every copy of a graph. */
export class ContestedMemory extends Error {
  readonly ids: readonly number[]
  constructor(ids: readonly number[]) {
    super('contested memory')
    this.ids = ids
  }
}

/** Views where the strides of the argument allow one, copies otherwise: JavaScript knows strides. */
const BY_STRIDES: ReadonlySet<string> = new Set(['contiguous', 'reshape', 'reshape_as', 'flatten', 'ravel'].map((name) => `aten::${name}`))

/** JavaScript lays every tensor out in row-major order; its strides are torch's as far as torch does so, too. */
function isDecidedByStrides(node: Node, alias: AliasAnalysis): boolean {
  if (!BY_STRIDES.has(node.kind)) return false
  return [...alias.locations(node.input())].every(({ origin }) => {
    const value = origin as Partial<Value>
    return value.node !== undefined && value.uses !== undefined && isContiguousValue(value as Value, (maker) => maker.inputs)
  })
}

/** The result of an If or Loop may be a tensor that was there before it. */
function isFromOutside(node: Node, output: Value, alias: AliasAnalysis): boolean {
  return [...alias.locations(output)].some(({ origin }) => {
    const maker = (origin as Partial<Value>).node
    return maker === undefined || !isInside(maker, node)
  })
}

export class SharedMemory {
  /** Nodes that make views of it, and Ifs and Loops that hand them on. */
  readonly views = new Set<Node>()
  /** Nodes that write it. */
  readonly writers = new Set<Node>()
  readonly #ids: ReadonlySet<number>

  constructor(graph: Graph, alias: AliasAnalysis, ids: ReadonlySet<number>) {
    this.#ids = ids
    if (ids.size === 0) return
    const isShared = (value: Value): boolean => {
      const reached = coreType(value.type).kind === 'Tensor' ? alias.locations(value) : alias.reach(value)
      return [...reached].some(({ id }) => ids.has(id))
    }
    for (const node of allNodes(graph.block)) {
      const writes = alias
        .writes(node)
        .filter(({ input }) => coreType(node.input(input).type).kind === 'Tensor' && isShared(node.input(input)))
      if (writes.length > 0 && reshaping.has(node.kind))
        this.#refuse(node.range, `${node.kind} reshapes a tensor in place that has other names`)
      if (writes.length > 0) {
        this.writers.add(node)
        continue
      }
      if (node.blocks.length > 0) {
        if (
          node.outputs.some((output) => coreType(output.type).kind === 'Tensor' && isShared(output) && isFromOutside(node, output, alias))
        )
          this.views.add(node)
        continue
      }
      if (node.inputs.length === 0) continue
      // What only hands it on stays with the host, too: no region gives out a name for what it was handed.
      const isName = (output: Value): boolean => {
        if (!isShared(output)) return false
        if (coreType(output.type).kind === 'Tensor') return ![...alias.locations(output)].some(({ origin }) => origin === output)
        return node.inputs.some((input) => alias.mayContainAlias(input, output))
      }
      if (!node.outputs.some(isName)) continue
      if (maybeViews.has(node.kind) && !isDecidedByStrides(node, alias))
        this.#refuse(
          node.range,
          `whether ${node.kind} gives a view or a copy here depends on ${BY_STRIDES.has(node.kind) ? 'strides' : 'its argument'}, and a tensor is written that has other names`,
        )
      this.views.add(node)
    }
  }

  /** The writer whose region a node is in: itself, or that which it is the list of indices of. */
  writerOf(node: Node): Node | undefined {
    if (this.writers.has(node)) return node
    const [use] = node.outputs.some(isIndexList) ? node.output().uses : []
    return use !== undefined && this.writers.has(use.user) ? use.user : undefined
  }

  /** Asks for tensors to be shared. They were, and it was of no use: an error. */
  add(locations: Iterable<Location>, range: SourceRange | undefined): void {
    const ids = [...locations].map(({ id }) => id)
    if (ids.every((id) => this.#ids.has(id))) this.#refuse(range)
    throw new ContestedMemory(ids)
  }

  #refuse(
    range: SourceRange | undefined,
    message = 'a tensor is written in place while another name, a view of it, is still in use',
  ): never {
    return fail('PT3150', `${message}.`, {
      ...(range === undefined ? {} : { range }),
      fix: 'write x = x + y instead of x += y, or clone the view.',
    })
  }
}
