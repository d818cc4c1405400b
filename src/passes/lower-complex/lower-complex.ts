// The pass: every complex value of a flat, functional graph becomes two real ones, through control flow and lists. At the border a complex
// tensor is a real one with a trailing axis of 2. Fourier transforms, on real tensors too, become transforms of parts.
// What each operator becomes is told by the table of rows.ts.

import type { Facts } from '../../analysis/facts.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import { CompileError, type Problem } from '../../diagnostics/compile-error.ts'
import { qualifiedName } from '../../ir/function-schema.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { isComplex, type ScalarType } from '../../ir/scalar-type.ts'
import type { Tensor } from '../../ir/tensor.ts'
import { floatType, tensorType, tensorTypeOf, type Type } from '../../ir/type.ts'
import { Value } from '../../ir/value.ts'
import { realType } from '../../ops/complex-types.ts'
import { tensorFact, type Fact } from '../../ops/fact.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import { factsOf, forgetFacts } from '../graph-facts.ts'
import { definePass, type PassContext } from '../pass.ts'
import { Call } from './call.ts'
import { full, pair, someOf, type FullPair, type Pair } from './pair.ts'
import { isNumber, partType, RealOps } from './real-ops.ts'
import { complexRowOf } from './rows.ts'

export const lowerComplex = definePass({
  name: 'lower-complex',
  doc: 'Turns every complex value into its real and imaginary part, and Fourier transforms into real ones.',
  run(graph, context) {
    const facts = factsOf(graph, context)
    if (!hasComplex(graph, facts)) return false
    new ComplexLowering(graph, context, facts).run()
    forgetFacts(context)
    return true
  },
})

/** What a fact tells of one part of the value. */
export function partFact(fact: Fact): Fact {
  if (fact.items !== undefined) return { items: fact.items.map(partFact) }
  if (fact.element !== undefined) return { element: partFact(fact.element) }
  return fact.dtype === undefined || !isComplex(fact.dtype) ? { number: 'float' } : tensorFact(partType(fact.dtype), fact.dims)
}

/** Certainly complex: a tensor, a list of tensors of which one is, or a Python number. */
function isComplexFact(fact: Fact, type: Type): boolean {
  if (type.kind === 'complex' || fact.number === 'complex') return true
  const { value } = fact
  if (value !== undefined && value !== null && typeof value === 'object' && value.kind === 'complex') return true
  if (fact.items !== undefined) return fact.items.some((item) => isComplexFact(item, tensorType))
  if (fact.element !== undefined) return isComplexFact(fact.element, tensorType)
  return fact.dtype !== undefined && isComplex(fact.dtype)
}

/** True when the pass has something to do. */
export function hasComplex(graph: Graph, facts: Facts): boolean {
  const complex = (value: Value): boolean => isComplexFact(facts.of(value), value.type)
  if (graph.inputs.some(complex)) return true
  for (const node of allNodes(graph.block)) {
    if (node.outputs.some(complex) || (node.blocks.length > 0 && node.blocks.some((block) => block.params.some(complex)))) return true
    if (isAlwaysLowered(node)) return true
  }
  return false
}

/** Operators that have no other lowering, whatever they are given. */
function isAlwaysLowered(node: Node): boolean {
  if (!node.kind.startsWith('aten::')) return false
  const schema = schemaOf(node)
  return schema !== undefined && complexRowOf(schema)?.always === true
}

/** Outputs, carried values of control flow that were split: by their index before. */
interface Split {
  readonly node: Node
  readonly at: readonly number[]
}

class ComplexLowering {
  readonly #graph: Graph
  readonly #context: PassContext
  readonly #facts: Facts
  readonly #pairs = new Map<Value, Pair>()
  /** Complex inputs, and their parts by the block that reads them. */
  readonly #border = new Map<Value, Map<Block, Pair>>()
  readonly #made = new Set<Node>()
  readonly #dead: Node[] = []
  readonly #splits: Split[] = []
  readonly #problems = new Map<string, Problem>()

  constructor(graph: Graph, context: PassContext, facts: Facts) {
    this.#graph = graph
    this.#context = context
    this.#facts = facts
  }

  run(): void {
    this.#inputs()
    this.#block(this.#graph.block)
    this.#outputs()
    if (this.#problems.size > 0) throw new CompileError([...this.#problems.values()] as [Problem, ...Problem[]])
    this.#cleanUp()
  }

  isComplex(value: Value): boolean {
    return this.#pairs.has(value) || isComplexFact(this.#facts.of(value), value.type)
  }

  /** The parts of a value, made where it is asked for when it is a real one. */
  pairOf(value: Value, e: RealOps): Pair {
    const known = this.#pairs.get(value)
    if (known !== undefined) return known
    const border = this.#border.get(value)
    if (border !== undefined) return this.#borderPair(value, border, e)
    const constant = constantOf(value)
    if (constant !== undefined && constant !== null && typeof constant === 'object') {
      if (constant.kind === 'complex') return this.#number(constant.re, constant.im, e)
      if (constant.kind === 'tensor' && isComplex(constant.dtype)) return this.#constant(value, constant, e)
    }
    return pair(value, undefined)
  }

  #number(re: number, im: number, e: RealOps): Pair {
    const part = (x: number): Value | undefined => (x === 0 ? undefined : e.float(x))
    return re === 0 && im === 0 ? pair(e.float(0), undefined) : pair(part(re), part(im))
  }

  /** Views on the same bytes: every other element of the real dtype. */
  #constant(value: Value, tensor: Tensor, e: RealOps): FullPair {
    const dtype = realType(tensor.dtype)
    const { conj = false, neg = false, ...plain } = tensor
    const part = (index: number, negated: boolean): Value => {
      const view: Tensor = {
        ...plain,
        dtype,
        strides: tensor.strides.map((stride) => stride * 2),
        offset: tensor.offset * 2 + index,
        ...(negated ? { neg: true } : {}),
      }
      return e.cast(e.constant(view), partType(tensor.dtype))
    }
    if (tensor.dtype === 'complex32') this.#widened(value)
    return full(e, pair(part(0, neg), part(1, conj !== neg)))
  }

  #widened({ node }: Value): void {
    if (this.#context.notices.some(({ code }) => code === 'PT3142')) return
    this.#context.notices.push({
      code: 'PT3142',
      message: 'complex32 becomes complex64: onnxruntime has few operators on halves.',
      ...(node.range === undefined ? {} : { range: node.range }),
    })
  }

  #inputs(): void {
    for (const value of this.#graph.inputs) {
      const fact = this.#facts.of(value)
      if (!this.isComplex(value)) continue
      if (fact.dtype === 'complex32') this.#widened(value)
      // The value stays and is the real tensor from now on; rows still see it as the code does.
      const dims = fact.dims === undefined ? undefined : [...fact.dims, 2]
      const real = tensorFact(partType(fact.dtype), dims)
      value.setType(tensorTypeOf(real.dtype, dims))
      this.#context.inputs.set(value, real)
      this.#border.set(value, new Map())
    }
  }

  /**
   * Parts of a graph input, taken where they are first asked for: a state is no tensor of its shape before it has been written, and its
   * reads stand in the branch that knows.
   */
  #borderPair(value: Value, made: Map<Block, Pair>, e: RealOps): Pair {
    const here = e.builder.point.block!
    for (let block: Block | undefined = here; block !== undefined; block = block.owner?.block) {
      const known = made.get(block)
      if (known !== undefined) return known
    }
    const fact = this.#facts.of(value)
    this.#facts.set(value, this.#context.inputs.get(value)!)
    const part = (index: number): Value => e.op('aten::select', [value, e.int(-1), e.int(index)])
    const parts = pair(part(0), part(1))
    this.#facts.set(value, fact)
    made.set(here, parts)
    return parts
  }

  #outputs(): void {
    const { returnNode } = this.#graph.block
    const e = new RealOps(new Builder(returnNode), this.#facts, this.#made)
    for (const [i, value] of this.#graph.outputs.entries()) {
      if (!this.isComplex(value)) continue
      const { re, im } = full(e, this.pairOf(value, e))
      // A Python number leaves as the pair it is: [2].
      const parts = [re, im].map((part) => (isNumber(part) ? e.cast(part, 'float64') : part))
      const joined = e.op('aten::stack', [e.list(parts), e.int(-1)])
      returnNode.setInput(i, joined.setDebugName(value.debugName))
    }
  }

  #block(block: Block): void {
    for (const node of block.nodes()) if (!this.#made.has(node)) this.#node(node)
  }

  #node(node: Node): void {
    if (node.kind === 'prim::If') return this.#if(node)
    if (node.kind === 'prim::Loop') return this.#loop(node)
    const needed = node.outputs.some((value) => this.isComplex(value)) || node.inputs.some((value) => this.isComplex(value))
    if (node.kind === 'prim::Constant') {
      if (needed) this.#bind(node, [this.pairOf(node.output(), this.#ops(node))])
      return
    }
    if (!needed && !isAlwaysLowered(node)) return
    const e = this.#ops(node)
    if (node.kind === 'prim::ListConstruct') return this.#list(node, e)
    if (node.kind === 'prim::ListUnpack') return this.#unpack(node, e)
    if (PASSING.has(node.kind)) return this.#bind(node, [this.pairOf(node.input(), e)])
    const schema = schemaOf(node)
    const row = schema === undefined ? undefined : complexRowOf(schema)
    if (schema === undefined || row === undefined) return this.#unsupported(node)
    const call = new Call(
      node,
      schema,
      e,
      (value) => this.pairOf(value, e),
      (value) => this.isComplex(value),
    )
    const results = row.build(call)
    this.#bind(node, Array.isArray(results) ? (results as readonly (Pair | Value)[]) : [results as Pair | Value])
    for (const notice of call.notices) this.#notice(notice)
  }

  #notice(problem: Problem): void {
    const same = (other: Problem): boolean => other.code === problem.code && other.message === problem.message
    if (!this.#context.notices.some(same)) this.#context.notices.push(problem)
  }

  #ops(node: Node): RealOps {
    return new RealOps(Builder.replacing(node), this.#facts, this.#made)
  }

  /** Results that are complex are remembered as pairs, real ones take the place of what was there. */
  #bind(node: Node, results: readonly (Pair | Value)[], replaced = true): void {
    const e = this.#ops(node)
    for (const [i, output] of node.outputs.entries()) {
      const result = results[i]
      if (result === undefined) continue
      if (result instanceof Value) {
        const wanted = this.#facts.of(output).dtype
        const value =
          wanted === undefined || isComplex(wanted) || isNumber(result) || result.type.kind !== 'Tensor' ? result : e.cast(result, wanted)
        if (value === output) continue
        if (value.debugName === undefined) value.setDebugName(output.debugName)
        output.replaceAllUsesWith(value)
      } else this.#pairs.set(output, result)
    }
    if (replaced) this.#dead.push(node)
  }

  #list(node: Node, e: RealOps): void {
    // A list without elements is both parts at once.
    if (node.inputs.length === 0) return this.#bind(node, [pair(node.output(), node.output())], false)
    const wide = node.inputs.map((value) => this.#facts.of(value).dtype)
    const dtype = wide.some((d) => d === 'complex128' || d === 'float64') ? undefined : ('float32' as ScalarType)
    const items = node.inputs.map((value) => full(e, this.#tensorPair(value, e, dtype)))
    const of = node.inputs.every(isNumber) ? floatType : tensorType
    this.#bind(node, [
      pair(
        e.list(
          items.map(({ re }) => re),
          of,
        ),
        e.list(
          items.map(({ im }) => im),
          of,
        ),
      ),
    ])
  }

  /** The parts of an element; integers beside complex numbers become floats. */
  #tensorPair(value: Value, e: RealOps, dtype: ScalarType | undefined): Pair {
    const parts = this.pairOf(value, e)
    const own = this.#facts.of(value).dtype
    if (this.isComplex(value) || own === undefined || isNumber(value)) return parts
    return pair(e.cast(someOf(parts), own === 'float64' ? 'float64' : (dtype ?? 'float32')), undefined)
  }

  #unpack(node: Node, e: RealOps): void {
    const { re, im } = full(e, this.pairOf(node.input(), e))
    const types = node.outputs.map(({ type }) => (type.kind === 'Tensor' ? tensorType : floatType))
    const [reals, imags] = [re, im].map((list) => e.node('prim::ListUnpack', [list], types).outputs)
    this.#bind(
      node,
      node.outputs.map((_, i) => pair(reals![i], imags![i])),
    )
  }

  // Control flow: the parts are appended behind the outputs (parameters, returns) that there are; what was split is removed at the end.

  #if(node: Node): void {
    for (const block of node.blocks) this.#block(block)
    const at = [...node.outputs.keys()].filter(
      (i) => this.isComplex(node.output(i)) || node.blocks.some((block) => this.#isSplit(block.returns[i]!)),
    )
    if (at.length === 0) return
    const types = at.map((i) => partTypeOf(node.output(i).type))
    for (const block of node.blocks) {
      const e = new RealOps(Builder.atEnd(block), this.#facts, this.#made)
      for (const i of at) {
        const value = block.returns[i]!
        this.#checkJoin(value, node)
        const { re, im } = this.#joined(value, e)
        block.addReturn(re)
        block.addReturn(im)
      }
    }
    for (const [k, i] of at.entries()) this.#addOutputs(node, node.output(i), types[k]!)
    this.#splits.push({ node, at })
  }

  #loop(node: Node): void {
    const body = node.blocks[0]!
    const before = this.#ops(node)
    const at = [...node.outputs.keys()].filter(
      (i) => this.isComplex(node.output(i)) || this.isComplex(body.params[i + 1]!) || this.#isSplit(node.input(i + 2)),
    )
    for (const i of at) {
      const value = node.input(i + 2)
      this.#checkJoin(value, node)
      const { re, im } = this.#joined(value, before)
      node.addInput(re)
      node.addInput(im)
      const param = body.params[i + 1]!
      const fact = partFact(this.#facts.of(param))
      const parts = [0, 1].map(() => body.addParam(partTypeOf(param.type)))
      for (const part of parts) this.#facts.set(part, fact)
      this.#pairs.set(param, pair(parts[0], parts[1]))
    }
    this.#block(body)
    const e = new RealOps(Builder.atEnd(body), this.#facts, this.#made)
    for (const [i, value] of body.returns.slice(1).entries())
      if (i < node.outputs.length && !at.includes(i) && this.#isSplit(value)) this.#changesKind(node)
    for (const i of at) {
      const value = body.returns[i + 1]!
      this.#checkJoin(value, node)
      const { re, im } = this.#joined(value, e)
      body.addReturn(re)
      body.addReturn(im)
    }
    for (const i of at) this.#addOutputs(node, node.output(i), partTypeOf(node.output(i).type))
    if (at.length > 0) this.#splits.push({ node, at })
  }

  #joined(value: Value, e: RealOps): FullPair {
    if (STAND_INS.has(value.node.kind)) return { kind: 'pair', re: value, im: value }
    return full(e, this.pairOf(value, e))
  }

  /** Complex, and not the list without elements. */
  #isSplit(value: Value): boolean {
    return this.#pairs.has(value) || this.#border.has(value)
  }

  /** What meets a complex value must be one: a value has one dtype. Dead and empty ones fit anywhere. */
  #checkJoin(value: Value, node: Node): void {
    if (this.isComplex(value) || STAND_INS.has(value.node.kind)) return
    if (value.node.kind === 'prim::ListConstruct' && value.node.inputs.length === 0) this.#pairs.set(value, pair(value, value))
    else this.#changesKind(node)
  }

  #changesKind(node: Node): void {
    this.#problems.set(`join ${node.kind}`, {
      code: 'PT3141',
      message: 'a value is complex on one way through this statement and real on the other.',
      fix: 'make both complex, as in x + 0j.',
      ...(node.range === undefined ? {} : { range: node.range }),
    })
  }

  #addOutputs(node: Node, old: Value, type: Type): void {
    const fact = partFact(this.#facts.of(old))
    const parts = [0, 1].map(() => node.addOutput(type))
    for (const part of parts) this.#facts.set(part, fact)
    this.#pairs.set(old, pair(parts[0], parts[1]))
  }

  #unsupported(node: Node): void {
    const schema = schemaOf(node)
    const name = schema === undefined ? node.kind : qualifiedName(schema)
    if (this.#problems.has(name)) return
    this.#problems.set(name, {
      code: 'PT3140',
      message: `${name} of complex values is not supported.`,
      fix: 'express it by supported operators (SUPPORTED-OPS.md lists them), or work on torch.view_as_real(x).',
      ...(node.range === undefined ? {} : { range: node.range }),
      ...(node.callStack.length === 0 ? {} : { calledFrom: node.callStack }),
    })
  }

  #cleanUp(): void {
    for (const node of this.#dead) node.removeAllInputs()
    for (const { node, at } of this.#splits) for (const i of [...at].reverse()) removeSlot(node, i)
    for (const { node, at } of this.#splits) for (const i of [...at].reverse()) removeOutput(node, i)
    for (const node of this.#dead) node.destroy()
  }
}

/** Takes any dtype. */
const STAND_INS = new Set(['prim::Uninitialized'])
/** Hand on what they get. */
const PASSING = new Set([
  'prim::unchecked_cast',
  'prim::OfRank',
  'prim::unchecked_unwrap_optional',
  'aten::_unwrap_optional',
  'prim::data',
  'aten::data',
])

const partTypeOf = (type: Type): Type =>
  type.kind === 'List'
    ? { kind: 'List', of: partTypeOf(type.of) }
    : type.kind === 'complex' || type.kind === 'number'
      ? floatType
      : tensorType

function removeSlot(node: Node, i: number): void {
  const isLoop = node.kind === 'prim::Loop'
  if (isLoop) node.removeInput(i + 2)
  for (const block of node.blocks) block.returnNode.removeInput(isLoop ? i + 1 : i)
}
function removeOutput(node: Node, i: number): void {
  node.eraseOutput(i)
  if (node.kind === 'prim::Loop') node.blocks[0]!.paramNode.eraseOutput(i + 1)
}
