// What may share memory, coarsely: one set for everything that is connected, and one for whatever comes from outside. Enough to know
// which writes matter to dead code elimination; answers in near-linear time. The exact analysis is src/analysis/alias-analysis.ts.

import { isMutableType } from '../../analysis/mutable-type.ts'
import type { Block } from '../../ir/block.ts'
import { isMutating, type FunctionSchema } from '../../ir/function-schema.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf } from '../../ops/schema-of.ts'

/** Nodes that connect all that goes in with all that comes out. */
const TRANSPARENT = new Set([
  'prim::ListConstruct',
  'prim::TupleConstruct',
  'prim::DictConstruct',
  'prim::ListUnpack',
  'prim::TupleUnpack',
  'prim::TupleIndex',
  'prim::TupleSlice',
  'prim::unchecked_cast',
  'prim::unchecked_unwrap_optional',
  'aten::_unwrap_optional',
  'prim::EmptyListLiteral',
])
/** Nodes whose operands leave our sight. */
const OPAQUE = new Set([
  'prim::CallMethod',
  'prim::CallFunction',
  'prim::GetAttr',
  'prim::SetAttr',
  'prim::fork',
  'prim::awaitable',
  'prim::Enter',
  'prim::Exit',
  'prim::CreateObject',
  'prim::ModuleContainerIndex',
  'aten::wait',
])

const NONE: readonly Value[] = []

const aliasing = new WeakMap<FunctionSchema, boolean>()
/** Most operators give new memory, and keep none. */
function hasAliases(schema: FunctionSchema): boolean {
  let found = aliasing.get(schema)
  if (found === undefined) aliasing.set(schema, (found = [...schema.args, ...schema.returns].some(({ alias }) => alias !== undefined)))
  return found
}

type Set_ = { parent: Set_ | undefined }

export class AliasSets {
  readonly #sets = new Map<Value, Set_>()
  readonly #outside: Set_ = { parent: undefined }
  readonly #schemas = new Map<Node, FunctionSchema | undefined>()

  constructor(graph: Graph) {
    for (const input of graph.inputs) this.#leak(input)
    this.#block(graph.block)
  }

  /** A token of the set a value is in; undefined for values that hold no memory. */
  setOf(value: Value): object | undefined {
    const set = this.#sets.get(value)
    return set === undefined ? undefined : find(set)
  }
  /** What `node` itself writes to. */
  written(node: Node): readonly Value[] {
    if (node.kind === 'prim::SetAttr') return [node.input(0)]
    const schema = this.#schemas.get(node)
    return schema === undefined || !isMutating(schema) ? NONE : node.inputs.filter((_, i) => schema.args[i]?.alias?.isWrite === true)
  }
  writesOutside(node: Node): boolean {
    const outside = find(this.#outside)
    return this.written(node).some((value) => this.setOf(value) === outside)
  }

  #set(value: Value): Set_ | undefined {
    if (!isMutableType(value.type)) return undefined
    let set = this.#sets.get(value)
    if (set === undefined) this.#sets.set(value, (set = { parent: undefined }))
    return set
  }
  #join(a: Value, b: Value): void {
    const x = this.#set(a)
    const y = this.#set(b)
    if (x !== undefined && y !== undefined) union(x, y)
  }
  #leak(value: Value): void {
    const set = this.#set(value)
    if (set !== undefined) union(set, this.#outside)
  }

  #block(block: Block): void {
    for (const node of block.nodes()) this.#node(node)
  }
  #node(node: Node): void {
    for (const block of node.blocks) this.#block(block)
    if (node.kind === 'prim::If') {
      for (const block of node.blocks) for (const [i, value] of block.returns.entries()) this.#join(node.output(i), value)
    } else if (node.kind === 'prim::Loop') {
      const body = node.blocks[0]!
      for (const [i, output] of node.outputs.entries()) {
        this.#join(output, node.input(i + 2))
        this.#join(output, body.params[i + 1]!)
        this.#join(output, body.returns[i + 1]!)
      }
    } else if (TRANSPARENT.has(node.kind)) {
      const [first, ...rest] = [...node.inputs, ...node.outputs].filter((value) => isMutableType(value.type))
      if (first !== undefined) for (const value of rest) this.#join(first, value)
      for (const output of node.outputs) this.#set(output)
    } else if (OPAQUE.has(node.kind)) {
      for (const value of node.inputs) this.#leak(value)
      for (const value of node.outputs) this.#leak(value)
    } else this.#operator(node)
  }

  #operator(node: Node): void {
    const schema = schemaOf(node)
    this.#schemas.set(node, schema)
    for (const output of node.outputs) this.#set(output)
    if (schema === undefined || !hasAliases(schema)) return
    const named = new Map<string, Value>()
    const connect = (names: readonly string[], value: Value): void => {
      for (const name of names) {
        if (name === '*') this.#leak(value)
        else {
          const other = named.get(name)
          if (other === undefined) named.set(name, value)
          else this.#join(other, value)
        }
      }
    }
    for (const [i, arg] of schema.args.entries()) {
      if (arg.alias === undefined || node.inputs[i] === undefined) continue
      connect([...arg.alias.before, ...arg.alias.after], node.input(i))
    }
    for (const [i, result] of schema.returns.entries()) {
      const output = node.outputs[i]
      if (output === undefined) continue
      if (result.alias !== undefined) {
        connect([...result.alias.before, ...result.alias.after], output)
        if (result.alias.contained !== undefined) connect([...result.alias.contained.before, ...result.alias.contained.after], output)
      }
    }
  }
}

function find(set: Set_): Set_ {
  let root = set
  while (root.parent !== undefined) root = root.parent
  for (let at = set; at.parent !== undefined;) {
    const next: Set_ = at.parent
    at.parent = root
    at = next
  }
  return root
}
function union(a: Set_, b: Set_): void {
  const x = find(a)
  const y = find(b)
  if (x !== y) x.parent = y
}
