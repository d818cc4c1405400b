// What lowering reports: operators without a row, all at once, and needs that are not met, each with the input to declare.

import type { Problem } from '../diagnostics/compile-error.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { qualifiedName } from '../ir/function-schema.ts'
import { impossible } from '../ops/impossible.ts'
import { schemaOf } from '../ops/schema-of.ts'
import type { UnmetNeed } from './lowering/row.ts'

/** One problem per operator, at its first place, telling how often it occurs. */
export function unsupportedOperators(nodes: readonly Node[]): Problem[] {
  const byName = new Map<string, Node[]>()
  for (const node of nodes) {
    const schema = schemaOf(node)
    const name = schema === undefined ? node.kind : qualifiedName(schema)
    const list = byName.get(name)
    if (list === undefined) byName.set(name, [node])
    else list.push(node)
  }
  return [...byName].map(([name, uses]) => ({
    code: 'PT4001',
    message: `operator ${name} is not supported${uses.length > 1 ? ` (used ${uses.length} times)` : ''}${reasonOf(name)}.`,
    fix: impossible.has(baseName(name))
      ? 'take it out of what the exported method calls.'
      : 'express it by supported operators (SUPPORTED-OPS.md lists them), or ask for it at the project.',
    ...(uses[0]!.range === undefined ? {} : { range: uses[0]!.range }),
    ...(uses[0]!.callStack.length === 0 ? {} : { calledFrom: uses[0]!.callStack }),
  }))
}

const baseName = (name: string): string => name.replace(/\..*$/, '')
function reasonOf(name: string): string {
  const reason = impossible.get(baseName(name))
  return reason === undefined ? '' : `: it ${reason}`
}

/** A need of a row, the inputs that decide it, and the line that declares them. */
export function unmetNeed(graph: Graph, node: Node, need: UnmetNeed): Problem {
  const index = schemaOf(node)?.args.findIndex((arg) => arg.name === need.argument) ?? -1
  const inputs = reachingInputs(graph, index === -1 ? node.inputs : [node.input(index)])
  const names = inputs.map((value) => value.debugName ?? 'x')
  const tensors = inputs.filter(({ type }) => type.kind === 'Tensor')
  return {
    // A result of one kind is nothing that a declaration could bring about, and what is carried from call to call cannot be declared.
    code: need.argument === 'output' || names.includes('cold') ? 'PT4004' : 'PT4002',
    message: `${node.kind} needs ${need.message} (argument '${need.argument}')${names.length === 0 ? '' : `; it depends on input ${names.map((n) => `'${n}'`).join(', ')}`}.`,
    ...(tensors.length === 0
      ? {}
      : {
          fix: `declare it: inputs: { ${tensors.map(declaration).join(', ')} }, one entry for each axis: its extent, or a name where that may vary.`,
        }),
    ...(node.range === undefined ? {} : { range: node.range }),
    ...(node.callStack.length === 0 ? {} : { calledFrom: node.callStack }),
  }
}

/** The option line for one input, with what is known of it already. */
function declaration({ type, debugName }: Value): string {
  const { dtype = 'float32', dims } = type.kind === 'Tensor' ? type : {}
  const shape = dims?.map((dim, axis) => (typeof dim === 'number' ? dim : `'${'nchwd'[axis] ?? `d${axis}`}'`)).join(', ') ?? "'n', 'm'"
  return `${JSON.stringify(debugName ?? 'x')}: { dtype: '${dtype}', shape: [${shape}] }`
}

/** Graph inputs that some of `values` are computed from. */
function reachingInputs(graph: Graph, values: readonly Value[]): Value[] {
  const seen = new Set<Value>()
  const found: Value[] = []
  const stack = [...values]
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    if (graph.inputs.includes(value)) found.push(value)
    const owner = value.node.kind === 'prim::Param' ? value.node.block?.owner : value.node
    if (owner === undefined) continue
    stack.push(...owner.inputs)
    for (const block of owner.blocks) stack.push(...block.returns)
  }
  return found.sort((a, b) => a.index - b.index)
}
