// The host graph of a method as one JavaScript function: statement for statement, as a person would write it. Tensor work is in regions,
// which it calls; what an operator is in JavaScript is said by rows. Knows nothing of ONNX or of modules.
// Answers to what torch/csrc/jit/runtime/interpreter.cpp does with the same graph.

import { CompileError, fail, type Problem } from '../../diagnostics/compile-error.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import { constantOf } from '../../ir/constant.ts'
import { cloneGraph } from '../../ir/clone.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import { HostClasses } from './classes.ts'
import { isLiteral } from './expression.ts'
import { hasSpecial, isStructural, operationOf } from './operation.ts'
import { hostRow } from './rows/index.ts'
import { BlockWriter } from './block-writer.ts'
import type { Mapping } from './statement.ts'
import { threadFlags } from './thread-flags.ts'
import type { WriterOptions } from './writer.ts'

export interface EmitHostOptions extends WriterOptions {
  /** The module's classes; without one the function has classes of its own in `classes`. */
  readonly classes?: HostClasses
}

export interface HostFunction {
  /** `async function NAME(state, regions, a, b) { … }`. */
  readonly code: string
  /** Functions of the runtime library that it calls, sorted. */
  readonly imports: readonly string[]
  readonly mappings: readonly Mapping[]
  /** Where its classes are noted. */
  readonly classes: HostClasses
}

/** A host node without a JavaScript form. */
export interface MissingRow {
  readonly node: Node
  /** Its schema's text, or its kind. */
  readonly operator: string
}

// Blocks within blocks; the walk over them is recursive.
const MAX_NESTING = 400

/** Every node that cannot be written as JavaScript. */
export function missingHostRows(graph: Graph, classes = new HostClasses()): readonly MissingRow[] {
  const missing: MissingRow[] = []
  for (const node of allNodes(graph.block)) {
    const value = node.kind === 'prim::Constant' ? constantOf(node.output()) : undefined
    const known =
      node.kind === 'prim::Constant'
        ? !node.output().hasUses || isLiteral(value!)
        : isStructural(node.kind) || operationOf(node, classes) !== undefined
    if (!known) missing.push({ node, operator: schemaOf(node)?.text ?? node.kind })
  }
  return missing
}

/** Whether an operator of this schema has a JavaScript form. */
export function hasHostRow(schema: string): boolean {
  return hostRow(schema) !== undefined || hasSpecial(schema.slice(0, schema.search(/[.(]|$/)))
}

function checkNesting(graph: Graph): void {
  const depths = new Map<Block, number>([[graph.block, 0]])
  for (const node of allNodes(graph.block))
    for (const block of node.blocks) {
      const depth = depths.get(node.block!)! + 1
      if (depth > MAX_NESTING)
        fail('PT5003', `Blocks are nested more than ${MAX_NESTING} deep.`, node.range === undefined ? {} : { range: node.range })
      depths.set(block, depth)
    }
}

/** @throws CompileError PT5002, with a problem for every operator that has no JavaScript form; PT5003 */
export function emitHost(original: Graph, options: EmitHostOptions): HostFunction {
  const classes = options.classes ?? new HostClasses()
  const [first, ...rest] = missingHostRows(original, classes).map(({ node, operator }): Problem => ({
    code: 'PT5002',
    message: `'${operator}' has no JavaScript form.`,
    ...(node.range === undefined ? {} : { range: node.range }),
  }))
  if (first !== undefined) throw new CompileError([first, ...rest])
  checkNesting(original)
  const graph = cloneGraph(original)
  threadFlags(graph)
  classes.scan(graph)
  // The names of the library that the text uses are known once it is written; then it is written without touching them.
  const { imports } = new BlockWriter(graph, options, classes, new Set()).run()
  return { ...new BlockWriter(graph, options, classes, new Set(imports)).run(), classes }
}
