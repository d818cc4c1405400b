// The inlined graph of a method: what torch shows as `inlined_graph`. Functions are prepared callees first, without recursion, each once.
// Answers to GraphFunction::optimized_graph in torch/csrc/jit/api/function_impl.cpp.

import { noClock, type Clock } from '../diagnostics/clock.ts'
import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import { allNodes } from '../ir/block.ts'
import { cloneGraph } from '../ir/clone.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { inlineCalls, isCall } from '../passes/inline-calls.ts'
import { preoptimize } from './cleanup/preoptimize.ts'
import type { CompilationUnit } from './compilation-unit.ts'
import { MAX_CALL_DEPTH, MAX_INLINED_NODES, MAX_PREPARED_NODES } from './limits.ts'
import { functionOfType, type ScriptFunction } from './script-function.ts'

interface Prepared {
  readonly graph: Graph
  /** Nodes of the graph, nested ones included. */
  readonly size: number
}

export class InlinedGraphs {
  readonly #unit: CompilationUnit
  readonly #prepared = new Map<ScriptFunction, Prepared>()
  readonly #clock: Clock
  #preparedNodes = 0

  constructor(unit: CompilationUnit, clock: Clock = noClock) {
    this.#unit = unit
    this.#clock = clock
  }

  /** A fresh graph with the bodies of all its calls in it. Throws all problems of all functions it reaches. */
  inlined(fn: ScriptFunction): Graph {
    this.#clock.time('parse', () => this.#prepareCallees(fn))
    return this.#withBodies(fn)
  }

  /** A copy with the prepared bodies of its calls. */
  #withBodies(fn: ScriptFunction): Graph {
    return this.#clock.time('inline', () => {
      const graph = cloneGraph(fn.graph)
      this.#checkSize(fn, graph)
      inlineCalls(graph, (call) => this.#bodyOf(call))
      return graph
    })
  }

  /** What a call that `inlined` left runs, when the class of its object is known by other means than its type. */
  inlinedCall(call: Node, className: string | undefined): Graph | undefined {
    const method = className === undefined ? undefined : this.#unit.class(className)?.methods.get(String(call.attributes.get('name')))
    const fn = method ?? this.callee(call)
    return fn === undefined ? undefined : this.inlined(fn)
  }

  /** Which function a call runs; undefined for interfaces and native classes. */
  callee(call: Node): ScriptFunction | undefined {
    if (call.kind === 'prim::CallFunction') return functionOfType(call.input().type)
    return this.#unit.classOf(call.input().type)?.methods.get(String(call.attributes.get('name')))
  }

  #bodyOf(call: Node): Graph | undefined {
    const fn = this.callee(call)
    return fn === undefined ? undefined : this.#prepared.get(fn)?.graph
  }

  /** Everything that `root` calls, directly or not, in an order in which callees come first. */
  #prepareCallees(root: ScriptFunction): void {
    const problems: Problem[] = []
    const open = new Set<ScriptFunction>()
    const stack: { readonly fn: ScriptFunction; readonly calls: Iterator<Node> }[] = []
    const enter = (fn: ScriptFunction): void => {
      open.add(fn)
      stack.push({ fn, calls: callsOf(fn, problems) })
    }
    enter(root)
    while (stack.length > 0) {
      const { fn, calls } = stack.at(-1)!
      const { value: call, done } = calls.next()
      if (done === true) {
        stack.pop()
        open.delete(fn)
        if (fn !== root && problems.length === 0) this.#clock.time('clean up', () => this.#prepare(fn))
        continue
      }
      const callee = this.callee(call)
      if (callee === undefined || this.#prepared.has(callee)) continue
      if (open.has(callee))
        fail('PT2033', `'${callee.name}' calls itself; TorchScript has no recursion`, call.range === undefined ? {} : { range: call.range })
      if (stack.length >= MAX_CALL_DEPTH)
        fail('PT2036', `more than ${MAX_CALL_DEPTH} functions call one another`, call.range === undefined ? {} : { range: call.range })
      enter(callee)
    }
    if (problems.length > 0) this.#compileAll(problems)
    const [first, ...rest] = unique(problems)
    if (first !== undefined) throw new CompileError([first, ...rest])
  }

  /** Who a function calls is not known when it does not compile: then all that is loaded is looked at, so that all problems are told. */
  #compileAll(problems: Problem[]): void {
    const seen = new Set<ScriptFunction>()
    for (let before = -1; before < seen.size;) {
      before = seen.size
      const methods = [...this.#unit.classes()].flatMap((cls) => [...cls.methods.values()])
      for (const fn of [...methods, ...this.#unit.functions()]) {
        if (seen.has(fn)) continue
        seen.add(fn)
        callsOf(fn, problems)
      }
    }
  }

  #prepare(fn: ScriptFunction): void {
    const graph = this.#withBodies(fn)
    this.#clock.time('clean up', () => preoptimize(graph))
    const size = count(graph)
    this.#prepared.set(fn, { graph, size })
    this.#preparedNodes += size
    if (this.#preparedNodes > MAX_PREPARED_NODES)
      fail('PT2036', `the functions of the model have more than ${MAX_PREPARED_NODES} operations once their calls are inlined`, {
        range: fn.range,
      })
  }

  #checkSize(fn: ScriptFunction, graph: Graph): void {
    let size = 0
    for (const node of allNodes(graph.block)) {
      size++
      const callee = isCall(node) ? this.callee(node) : undefined
      if (callee !== undefined) size += this.#prepared.get(callee)?.size ?? 0
    }
    if (size > MAX_INLINED_NODES)
      fail('PT2036', `'${fn.name}' has more than ${MAX_INLINED_NODES} operations once its calls are inlined`, { range: fn.range })
  }
}

/** Calls in the function's body; none when it does not compile, which is recorded. */
function callsOf(fn: ScriptFunction, problems: Problem[]): Iterator<Node> {
  try {
    return [...allNodes(fn.graph.block)].filter(isCall).values()
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    problems.push(...error.problems)
    return [][Symbol.iterator]()
  }
}

function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ code, message, range }) => {
    const key = `${code} ${message} ${range?.source.name ?? ''} ${range?.start ?? ''}`
    return !seen.has(key) && seen.add(key)
  })
}

function count(graph: Graph): number {
  let nodes = 0
  for (const _ of allNodes(graph.block)) nodes++
  return nodes
}
