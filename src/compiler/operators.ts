// Every torch operator of a model with what becomes of it, for any archive that can be read, converted or not. Answers to what
// `torch.jit.export_opnames` lists. Where the code does not compile, its calls are counted as they are written.

import type { HostPrimitives, ScriptArchive } from '../archive/archive.ts'
import { readTorchScript } from '../archive/read-torchscript.ts'
import { CompileError, type Problem } from '../diagnostics/compile-error.ts'
import { formatPlace, userRange, type SourceRange } from '../diagnostics/source-range.ts'
import { importScript } from '../frontend/import-script.ts'
import { parseSource } from '../frontend/parser.ts'
import { TreeRange } from '../frontend/tree-range.ts'
import type { Call, Expr } from '../frontend/tree.ts'
import { allNodes } from '../ir/block.ts'
import { isMutating, qualifiedName, type FunctionSchema } from '../ir/function-schema.ts'
import type { Graph } from '../ir/graph.ts'
import { hasHostRow } from '../loader/host/emit-host.ts'
import { loweringOf } from '../onnx/lowering/index.ts'
import { impossible } from '../ops/impossible.ts'
import { ruleOf } from '../ops/rules/index.ts'
import { schemaOf, schemasOf } from '../ops/schema-of.ts'
import { complexRowOf } from '../passes/lower-complex/rows.ts'
import { quantizedRowOf } from '../passes/lower-quantized/rows.ts'
import { hasFunctionalForm } from '../passes/remove-mutation/functional-form.ts'

/**
 * `graph`: has an ONNX lowering. `host`: runs as generated JavaScript. `folded`: is worked out at build time. `dissolved`: control flow,
 * containers and checks, which become structure or nothing.
 */
export type OperatorStatus = 'graph' | 'host' | 'folded' | 'dissolved' | 'not supported'

export interface OperatorUse {
  /** With its overload: `aten::add.Tensor`. Without, where `source` says that it was only read. */
  readonly operator: string
  /** In the graphs of all methods, calls inlined. */
  readonly count: number
  readonly status: OperatorStatus
  /** The first place of one that is not supported. */
  readonly place?: string
  /** Why no conversion can have it. */
  readonly reason?: string
}

export interface ModelOperators {
  readonly methods: readonly string[]
  /** Unsupported ones first, then by count. */
  readonly operators: readonly OperatorUse[]
  /** Why code does not compile. Then the calls of all code are counted once each, without overloads. */
  readonly problems: readonly Problem[]
}

/** Throws CompileError where the file is no archive that can be read. */
export function modelOperators(bytes: Uint8Array, host?: HostPrimitives): ModelOperators {
  const archive = readTorchScript(bytes, host)
  const table = new Table()
  try {
    const script = importScript(archive)
    for (const name of script.methods) table.graph(script.inlinedGraph(name))
    return { methods: script.methods, operators: table.rows(), problems: [] }
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    return { methods: [], operators: writtenOperators(archive), problems: error.problems }
  }
}

class Table {
  readonly #uses = new Map<string, { count: number; readonly status: OperatorStatus; readonly range: SourceRange | undefined }>()

  add(operator: string, statusOf: () => OperatorStatus, range: SourceRange | undefined): void {
    const found = this.#uses.get(operator)
    if (found === undefined) this.#uses.set(operator, { count: 1, status: statusOf(), range })
    else found.count++
  }

  graph(graph: Graph): void {
    for (const node of allNodes(graph.block)) {
      if (node.kind === 'prim::Constant') continue
      // The code of a fork is a graph of its own in an attribute.
      for (const attribute of node.hasAttributes ? node.attributes.values() : [])
        if (typeof attribute === 'object' && attribute?.kind === 'graph') this.graph(attribute.graph)
      const schema = schemaOf(node)
      if (schema === undefined) this.add(node.kind, () => statusOfKind(node.kind), node.range)
      else this.add(qualifiedName(schema), () => statusOfSchema(schema), node.range)
    }
  }

  rows(): OperatorUse[] {
    const rows = [...this.#uses].map(([operator, { count, status, range }]): OperatorUse => {
      if (status !== 'not supported') return { operator, count, status }
      const reason = impossible.get(operator.replace(/\..*$/, ''))
      return {
        operator,
        count,
        status,
        ...(range === undefined ? {} : { place: formatPlace(userRange(range)) }),
        ...(reason === undefined ? {} : { reason }),
      }
    })
    const last = ({ status }: OperatorUse): number => (status === 'not supported' ? 0 : 1)
    return rows.sort((a, b) => last(a) - last(b) || b.count - a.count || (a.operator < b.operator ? -1 : 1))
  }
}

/** Node kinds that torch has no schema for: control flow, constructors, attributes, casts. */
function statusOfKind(kind: string): OperatorStatus {
  if (!kind.startsWith('prim::') || kind === 'prim::PythonOp') return 'not supported'
  return 'dissolved'
}

/** What raises, warns, prints or asserts becomes a path, a notice or nothing; forks run in place; lists are known part by part. */
const DISSOLVED = /^(?:prim::\w+|aten::(?:warn|wait|manual_seed|Delete|_unwrap_optional|_set_item|append|extend|insert|pop|clear))$/

/** What one pass replaces as a pattern, without a row of its own: `pad-nested-tensors`, `settle-observers`. */
const PATTERNS = new Set(['aten::_nested_tensor_from_mask', 'aten::to_padded_tensor', 'aten::fused_moving_avg_obs_fake_quant'])

function statusOfSchema(schema: FunctionSchema): OperatorStatus {
  if (impossible.has(schema.name)) return 'not supported'
  if (loweringOf(schema.text) !== undefined || quantizedRowOf(schema.text) !== undefined || complexRowOf(schema) !== undefined)
    return 'graph'
  if (isMutating(schema) && hasFunctionalForm(schema, (twin) => statusOfSchema(twin) === 'graph')) return 'graph'
  if (PATTERNS.has(schema.name)) return 'graph'
  if (DISSOLVED.test(schema.name)) return 'dissolved'
  if (hasHostRow(schema.text)) return 'host'
  return ruleOf(schema.text) === undefined ? 'not supported' : 'folded'
}

/** The best that any overload can have; an operator that torch itself does not have is not supported. */
function statusOfName(name: string): OperatorStatus {
  const schemas = schemasOf(name)
  if (schemas.length === 0) return name.startsWith('prim::') ? statusOfKind(name) : 'not supported'
  const found = new Set(schemas.map(statusOfSchema))
  return (['graph', 'host', 'folded', 'dissolved'] as const).find((status) => found.has(status)) ?? 'not supported'
}

/** Calls of operators as all sources of the archive have them: `torch.add(…)`, `ops.torchvision.nms(…)`. */
function writtenOperators({ sources }: ScriptArchive): OperatorUse[] {
  const table = new Table()
  for (const source of sources.values()) {
    let trees: readonly unknown[]
    try {
      trees = parseSource(source)
    } catch (error) {
      if (error instanceof CompileError) continue
      throw error
    }
    const calls: Call[] = []
    const stack: unknown[] = [...trees]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (typeof at !== 'object' || at === null) continue
      if ('kind' in at && at.kind === 'call') calls.push(at as Call)
      for (const part of Object.values(at)) if (typeof part === 'object') stack.push(part)
    }
    for (const call of calls.sort((a, b) => a.start - b.start)) {
      const name = operatorName(call.callee)
      if (name !== undefined) table.add(name, () => statusOfName(name), new TreeRange(source, call.start, call.end))
    }
  }
  return table.rows()
}

/** `aten::add` of `torch.add`, `torchvision::nms` of `ops.torchvision.nms`. */
function operatorName(callee: Expr): string | undefined {
  if (callee.kind !== 'select') return undefined
  const { value, name } = callee
  if (value.kind === 'name') return value.name === 'torch' ? `aten::${name}` : undefined
  return value.kind === 'select' && value.value.kind === 'name' && value.value.name === 'ops' ? `${value.name}::${name}` : undefined
}
