// A function or method: its tree, its declared schema, and its graph, compiled when first asked for.
// Answers to torch/csrc/jit/api/function_impl.h.

import { fail } from '../diagnostics/compile-error.ts'
import type { SourceRange } from '../diagnostics/source-range.ts'
import type { FunctionSchema } from '../ir/function-schema.ts'
import type { Graph } from '../ir/graph.ts'
import type { Type } from '../ir/type.ts'

/** What compiling gives: the graph, and the schema with the result type that the body turned out to have. */
export interface Compiled {
  readonly graph: Graph
  readonly schema: FunctionSchema
}

export interface FunctionParts {
  /** `__torch__.net.Net.forward`. */
  readonly qualifiedName: string
  /** The class type of a method's receiver. */
  readonly receiver: Type | undefined
  readonly range: SourceRange
  /** The declared schema, self included; without results when the result is not annotated. */
  readonly declare: () => FunctionSchema
  readonly compile: () => Compiled
}

const byType = new WeakMap<Type, ScriptFunction>()

/** The function that a prim::Constant of this type stands for. Its type object is its identity: copies of nodes keep it. */
export function functionOfType(type: Type): ScriptFunction | undefined {
  return byType.get(type)
}

export class ScriptFunction {
  readonly qualifiedName: string
  /** As a value: equal to no other function's. */
  readonly type: Type = { kind: 'Function' }
  readonly receiver: Type | undefined
  readonly range: SourceRange
  readonly #parts: FunctionParts
  #declared: FunctionSchema | undefined
  #compiled: Compiled | undefined
  #state: 'new' | 'compiling' | 'done' = 'new'

  constructor(parts: FunctionParts) {
    this.qualifiedName = parts.qualifiedName
    this.receiver = parts.receiver
    this.range = parts.range
    this.#parts = parts
    byType.set(this.type, this)
  }

  /** The last part of the qualified name. */
  get name(): string {
    return this.qualifiedName.slice(this.qualifiedName.lastIndexOf('.') + 1)
  }

  /** The schema that calls are matched against. Compiles the body only when its result type is not written down. */
  get schema(): FunctionSchema {
    if (this.#compiled !== undefined) return this.#compiled.schema
    this.#declared ??= this.#parts.declare()
    return this.#declared.returns.length === 1 ? this.#declared : this.#compile().schema
  }

  /** The graph as compiled, calls and all. Not to be changed. */
  get graph(): Graph {
    return this.#compile().graph
  }

  get isCompiled(): boolean {
    return this.#state === 'done'
  }

  #compile(): Compiled {
    if (this.#compiled !== undefined) return this.#compiled
    if (this.#state === 'compiling')
      fail('PT2033', `'${this.name}' calls itself; TorchScript has no recursion without an annotated result`, { range: this.range })
    this.#state = 'compiling'
    try {
      this.#compiled = this.#parts.compile()
      this.#state = 'done'
      return this.#compiled
    } finally {
      if (this.#state === 'compiling') this.#state = 'new'
    }
  }
}
