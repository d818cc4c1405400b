// The state of compiling one function: graph, insertion point, variables, loops, and how errors are told. The visitors beside this
// file are functions over it. Answers to to_ir in torch/csrc/jit/frontend/ir_emitter.cpp.

import { CompileError, type Problem } from '../../diagnostics/compile-error.ts'
import type { ProblemCode } from '../../diagnostics/catalogue.ts'
import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { Graph } from '../../ir/graph.ts'
import type { Complex, IValue } from '../../ir/ivalue.ts'
import type { Attribute, Node } from '../../ir/node.ts'
import { intType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { CompilationUnit } from '../compilation-unit.ts'
import { MAX_DEPTH } from '../limits.ts'
import { ScriptTypeParser } from '../script-type-parser.ts'
import { TreeRange, type ScriptSource } from '../tree-range.ts'
import type { Expr, Stmt } from '../tree.ts'
import { SimpleValue } from '../values/simple-value.ts'
import type { Place, SugaredValue } from '../values/sugared-value.ts'
import { assignedNames } from './assigned-names.ts'
import { Environment } from './environment.ts'
import { globalValue } from './globals.ts'
import type { Condition } from './refinements.ts'

/** What the names of one source mean beyond its own variables. */
export interface Resolver {
  readonly value: (name: string, emitter: Emitter, at: Place) => SugaredValue | undefined
  readonly type: (name: string) => Type | undefined
}

/** A function being defined: nested ones for fork have one of their own. */
export interface DefinitionContext {
  readonly declared: Type | undefined
  /** The type of the returns so far. */
  merged: Type | undefined
}

export type LoopStatus = 'none' | 'loop' | 'unrolled'

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

export class Emitter {
  readonly unit: CompilationUnit
  readonly source: ScriptSource
  readonly resolver: Resolver
  readonly types: ScriptTypeParser
  /** Name of the function; undefined for expressions outside of one: defaults, constants. */
  readonly name: string | undefined
  /** Operator version of the code. */
  readonly version: number
  readonly graph: Graph = new Graph()
  readonly builder: Builder
  readonly definitions: DefinitionContext[] = []
  /** Blocks whose end is never reached. */
  readonly exitBlocks: Set<Block> = new Set()
  /** Results of upgraded operators do not take the name of the variable they are set to: torch upgrades when all names are given. */
  readonly nameless: Set<Value> = new Set()
  loopStatus: LoopStatus = 'none'
  environment: Environment
  readonly #ints = new Map<bigint, Value>()
  readonly #floats = new Map<string, Value>()
  /** Problems of statements so far, by what they say and where. */
  readonly #problems = new Map<string, Problem>()
  /** Names that a statement failed to set. */
  readonly #broken = new Map<string, Problem>()
  #temporaries = 0
  #depth = 0

  constructor(unit: CompilationUnit, source: ScriptSource, resolver: Resolver, name: string | undefined, version: number) {
    this.unit = unit
    this.source = source
    this.resolver = resolver
    this.name = name
    this.version = version
    this.types = new ScriptTypeParser(source, resolver.type)
    this.builder = Builder.atEnd(this.graph.block)
    this.environment = new Environment(this, this.graph.block, undefined)
  }

  subtype(a: Type, b: Type): boolean {
    return this.unit.subtype(a, b)
  }
  resolve(name: string, at: Place): SugaredValue | undefined {
    return globalValue(this, name) ?? this.resolver.value(name, this, at)
  }
  temporaryName(prefix: string): string {
    return `$${prefix}${this.#temporaries++}`
  }

  /** New nodes come from this place. */
  mark(at: Place): this {
    this.builder.range = new TreeRange(this.source, at.start, at.end)
    return this
  }
  /** Runs `emit` with new nodes in front of `point`. */
  insertingBefore<T>(point: Node, emit: () => T): T {
    const saved = this.builder.point
    this.builder.point = point
    const result = emit()
    this.builder.point = saved
    return result
  }
  insertingAtEnd<T>(block: Block, emit: () => T): T {
    return this.insertingBefore(block.returnNode, emit)
  }
  /** Runs `emit` in a frame of its own, at the end of `block`; gives the frame. */
  inFrame(block: Block, emit: () => void): Environment {
    const frame = new Environment(this, block, this.environment)
    this.environment = frame
    this.insertingAtEnd(block, emit)
    this.environment = frame.parent!
    return frame
  }
  withLoopStatus(status: LoopStatus, emit: () => void): void {
    const saved = this.loopStatus
    this.loopStatus = status
    emit()
    this.loopStatus = saved
  }
  /** Guards the recursion of the visitors. */
  nested<T>(at: Place, emit: () => T): T {
    if (++this.#depth > MAX_DEPTH + 100)
      this.fail('PT2003', `expressions and blocks are nested deeper than ${MAX_DEPTH}`, at, 'split them into functions or statements')
    const result = emit()
    this.#depth--
    return result
  }

  /**
   * Emits one statement. What is wrong with it is kept, and the next one is emitted, so that all problems are told together; a name that
   * this one would have set is not looked at again.
   */
  statement(statement: Stmt, emit: () => void): void {
    const { environment, loopStatus } = this
    const { point } = this.builder
    const definitions = this.definitions.length
    const depth = this.#depth
    try {
      this.nested(statement, emit)
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      this.environment = environment
      this.loopStatus = loopStatus
      this.builder.point = point
      this.definitions.length = definitions
      this.#depth = depth
      for (const problem of error.problems) this.#problems.set(problemKey(problem), problem)
      for (const name of assignedNames(statement)) this.#broken.set(name, error.problems[0])
      if (statement.kind === 'return' || statement.kind === 'raise') this.exitBlocks.add(environment.block)
    }
  }
  /** Why the name cannot be used, when the statement that sets it is wrong itself. */
  checkUsable(name: string): void {
    const problem = this.#broken.get(name)
    if (problem !== undefined) throw new CompileError([problem])
  }
  /** @throws CompileError with all problems of the statements so far. */
  throwProblems(): void {
    const [first, ...rest] = this.#problems.values()
    if (first !== undefined) throw new CompileError([first, ...rest])
  }

  /** The value of an expression; `hint` is the type that is wanted, where that decides what a literal is. */
  expression(expr: Expr, hint?: Type): Value {
    return this.unit.language.expression(this, expr, hint)
  }
  /** What an expression stands for, be it a value or not. */
  sugared(expr: Expr, hint?: Type): SugaredValue {
    return this.unit.language.sugared(this, expr, hint)
  }
  /** Values of a list of expressions, starred ones unpacked. */
  items(exprs: readonly Expr[]): Value[] {
    return this.unit.language.items(this, exprs)
  }
  condition(expr: Expr): Condition {
    return this.unit.language.condition(this, expr)
  }
  statements(statements: readonly Stmt[]): void {
    this.unit.language.statements(this, statements)
  }
  simple(value: Value): SimpleValue {
    return new SimpleValue(this, value)
  }

  node(kind: string, inputs: readonly Value[], types: readonly Type[], attributes: Iterable<readonly [string, Attribute]> = []): Node {
    return this.builder.node(kind, inputs, types, attributes)
  }
  constant(value: IValue, type?: Type): Value {
    return this.builder.constant(value, type)
  }
  uncheckedCast(value: Value, type: Type): Value {
    return this.builder.op('prim::unchecked_cast', [value], type)
  }

  /** An integer literal: one constant a function, at the graph's very front. */
  int(value: bigint, at: Place): Value {
    if (value < INT64_MIN || value > INT64_MAX) this.fail('PT2035', `${value} does not fit into 64 bits`, at)
    const known = this.#ints.get(value)
    if (known !== undefined) return known
    const made = this.#atFront(value, intType, at)
    this.#ints.set(value, made)
    return made
  }
  float(value: number, at: Place): Value {
    const key = Object.is(value, -0) ? '-0' : String(value)
    return this.#cached(key, value, at)
  }
  imaginary(im: number, at: Place): Value {
    const value: Complex = { kind: 'complex', re: 0, im }
    return this.#cached(`${im}j`, value, at)
  }
  #cached(key: string, value: IValue, at: Place): Value {
    const known = this.#floats.get(key)
    if (known !== undefined) return known
    const made = this.#atFront(value, undefined, at)
    this.#floats.set(key, made)
    return made
  }
  #atFront(value: IValue, type: Type | undefined, at: Place): Value {
    return this.insertingBefore(this.graph.block.paramNode.next!, () => this.mark(at).constant(value, type))
  }

  fail(code: ProblemCode, message: string, at: Place, fix?: string): never {
    throw new CompileError([this.problem(code, message, at, fix)])
  }
  problem(code: ProblemCode, message: string, at: Place, fix?: string): Problem {
    const inside = this.name === undefined ? '' : `In '${this.name}': `
    return {
      code,
      message: `${inside}${message}`,
      range: new TreeRange(this.source, at.start, at.end),
      ...(fix === undefined ? {} : { fix }),
    }
  }
}

const problemKey = ({ code, message, range }: Problem): string => `${code} ${range?.start ?? ''} ${message}`
