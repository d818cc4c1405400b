// Quantized tensors become ordinary tensors of integers with their scales and zero points as values of their own, and quantized operators
// become plain ones, by the table of lower-quantized/. Behind it no quantized value is left; results of that kind are handed out as reals.
// Runs on functional graphs whose containers are dissolved. Answers to the QuantizedCPU kernels of aten/src/ATen/native/quantized.

import { CompileError, type Problem } from '../diagnostics/compile-error.ts'
import type { Block } from '../ir/block.ts'
import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf, constantTensor } from '../ir/constant.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { tensorType, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { constantsEqual } from './constants-equal.ts'
import { definePass, type PassContext } from './pass.ts'
import { dequantize, qconstant } from './lower-quantized/affine.ts'
import { Emit } from './lower-quantized/emit.ts'
import { givesIndices, isLayout, keepsLayout } from './lower-quantized/layout.ts'
import { nativePacked } from './lower-quantized/packed.ts'
import type { QTensor, Quantized } from './lower-quantized/quantized-value.ts'
import type { Call, Lowered } from './lower-quantized/row.ts'
import { quantizedRowOf } from './lower-quantized/rows.ts'

export const lowerQuantized = definePass({
  name: 'lower-quantized',
  doc: 'Replaces quantized tensors by integers, scales and zero points, and their operators by plain ones.',
  run: (graph, context) => {
    if (![...allNodes(graph.block)].some(concernsQuantized)) return false
    new QuantizedLowerer(graph, context).run()
    return true
  },
})

const NATIVE = '__torch__.torch.classes.'

function concernsQuantized(node: Node): boolean {
  if (node.kind === 'prim::Constant') return constantTensor(node.output())?.quantizer !== undefined
  const schema = node.kind.startsWith('prim::') && !node.kind.includes('quantized') ? undefined : schemaOf(node)
  return schema !== undefined && quantizedRowOf(schema.text)?.always === true
}

class Refusal extends Error {}

class QuantizedLowerer {
  readonly #graph: Graph
  readonly #context: PassContext
  readonly #known = new Map<Value, Quantized>()
  readonly #problems: Problem[] = []
  /** What is left to be taken away once everything is written, last first. */
  readonly #cleanup: (() => void)[] = []

  constructor(graph: Graph, context: PassContext) {
    this.#graph = graph
    this.#context = context
  }

  run(): void {
    this.#block(this.#graph.block)
    const [first, ...rest] = this.#problems
    if (first !== undefined) throw new CompileError([first, ...rest])
    for (const step of this.#cleanup.reverse()) step()
  }

  #block(block: Block): void {
    for (const node of block.nodes()) {
      try {
        this.#node(node)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        this.#problems.push({
          code: 'PT3130',
          message: error.message,
          fix: 'dequantize in front of this operator, or report it: every operator that torch has for quantized tensors should convert.',
          ...(node.range === undefined ? {} : { range: node.range }),
        })
      }
    }
  }

  #node(node: Node): void {
    switch (node.kind) {
      case 'prim::Constant':
        return this.#constant(node)
      case 'prim::If':
        return this.#if(node)
      case 'prim::Loop':
        return this.#loop(node)
      case 'prim::ListConstruct':
      case 'prim::TupleConstruct':
        return this.#construct(node)
      case 'prim::TupleUnpack':
      case 'prim::ListUnpack':
        return this.#unpack(node)
      case 'prim::unchecked_cast':
      case 'prim::OfRank':
      case 'prim::unchecked_unwrap_optional':
      case 'aten::_unwrap_optional': {
        const found = this.#known.get(node.input())
        return found === undefined ? undefined : this.#bind(node, [found])
      }
    }
    const schema = schemaOf(node)
    const row = schema === undefined ? undefined : quantizedRowOf(schema.text)
    const concerned = node.inputs.some((value) => this.#isQuantized(value))
    if (row !== undefined && (row.always || concerned)) {
      const args = Object.create(null) as Record<string, Value>
      for (const [i, { name }] of schema!.args.entries()) args[name] = node.input(i)
      const result = row.build(args as never, this.#call(node))
      this.#bind(node, Array.isArray(result) ? (result as readonly Lowered[]) : [result as Lowered])
    } else if (concerned) this.#layout(node, schema?.text)
  }

  #isQuantized(value: Value): boolean {
    const found = this.#known.get(value)
    return found !== undefined && found.kind !== 'packed'
  }

  #call(node: Node): Call {
    return {
      node,
      emit: new Emit(Builder.replacing(node)),
      of: (value) => this.#known.get(value),
      refuse: (why) => {
        throw new Refusal(`${node.kind} cannot be converted: ${why}.`)
      },
    }
  }

  /** Operators that only move elements: the same on the integers. */
  #layout(node: Node, schema: string | undefined): void {
    const { refuse, emit } = this.#call(node)
    if (schema === undefined || !isLayout(schema)) return refuse('there is no form of it for quantized tensors')
    const inputs = node.inputs.map((value) => this.#known.get(value))
    const like = inputs.find((found) => found?.kind === 'tensor' || found?.kind === 'list')
    const q = like?.kind === 'list' ? like.like : like?.kind === 'tensor' ? like : refuse('its list of tensors is not known item by item')
    if (q.axis !== undefined && !keepsLayout(schema)) return refuse('its tensor is quantized per channel, and the axis would move')
    const plain = emit.b.insert(
      this.#graph.create(
        node.kind,
        node.inputs.map((value, i) => {
          const found = inputs[i]
          return found?.kind === 'tensor' ? found.repr : found?.kind === 'list' ? found.list : value
        }),
        node.outputs.map(({ type }) => untyped(type)),
        node.attributes,
      ),
    )
    plain.schema = node.schema
    this.#bind(
      node,
      node.outputs.map(({ type }, i): Lowered => {
        const output = plain.output(i)
        if (type.kind === 'List') return { kind: 'list', list: output, like: q }
        return type.kind === 'Tensor' && i === 0 && !givesIndices(schema) ? { ...q, repr: output } : output
      }),
    )
  }

  /** What stands for the results; the node goes when all is written. */
  #bind(node: Node, results: readonly Lowered[]): void {
    for (const [i, output] of node.outputs.entries()) {
      const result = results[i]!
      if ('uses' in result) output.replaceAllUsesWith(result)
      else this.#known.set(output, result)
    }
    this.#cleanup.push(() => {
      for (const output of node.outputs) this.#handOut(output, node)
      if (!node.outputs.some((output) => output.hasUses)) node.destroy()
    })
  }

  /** Someone outside of the table reads a quantized value: it gets the reals. */
  #handOut(value: Value, before: Node): void {
    const found = this.#known.get(value)
    if (!value.hasUses || found?.kind !== 'tensor') return
    value.replaceAllUsesWith(dequantize(new Emit(Builder.replacing(before)), found))
    if (this.#context.notices.some(({ code }) => code === 'PT3132')) return
    this.#context.notices.push({
      code: 'PT3132',
      message: 'a result of the model is a quantized tensor; it is handed out as its real numbers.',
    })
  }

  #constant(node: Node): void {
    const output = node.output()
    const held = constantOf(output)
    if (held === undefined || held === null || typeof held !== 'object') return
    const call = this.#call(node)
    if (held.kind === 'tensor' && held.quantizer !== undefined) {
      const q = qconstant(call.emit, held)
      if (q !== undefined) this.#bind(node, [q])
    } else if (held.kind === 'object' && held.className.startsWith(NATIVE)) {
      const packed = nativePacked(call, held)
      if (packed !== undefined) this.#bind(node, [packed])
    }
  }

  #construct(node: Node): void {
    if (!node.inputs.some((value) => this.#known.has(value))) return
    this.#known.set(node.output(), { kind: 'items', items: node.inputs.map((value) => this.#known.get(value) ?? value) })
    this.#cleanup.push(() => {
      if (!node.output().hasUses) node.destroy()
    })
  }

  #unpack(node: Node): void {
    const found = this.#known.get(node.input())
    if (found?.kind === 'items') this.#bind(node, found.items)
    if (found?.kind !== 'list') return
    const plain = new Emit(Builder.replacing(node)).b.node(
      node.kind,
      [found.list],
      node.outputs.map(() => tensorType),
    )
    this.#bind(
      node,
      plain.outputs.map((output): Lowered => ({ ...found.like, repr: output })),
    )
  }

  #if(node: Node): void {
    for (const block of node.blocks) this.#block(block)
    const count = node.outputs.length
    const old: number[] = []
    for (let i = 0; i < count; i++) {
      const sides = node.blocks.map((block) => this.#known.get(block.returns[i]!))
      if (sides.every((side) => side === undefined)) continue
      const q = this.#joined(node, i, sides)
      this.#known.set(node.output(i), q)
      old.push(i)
    }
    if (old.length === 0) return
    this.#cleanup.push(() => {
      for (const i of old.reverse()) {
        this.#handOut(node.output(i), node.next!)
        node.eraseOutput(i)
        for (const block of node.blocks) block.returnNode.removeInput(i)
      }
    })
  }

  #joined(node: Node, i: number, sides: readonly (Quantized | undefined)[]): Quantized {
    const tensors = sides.filter((side) => side?.kind === 'tensor')
    const [first, second] = tensors
    const isDead = (k: number): boolean => node.blocks[k]!.returns[i]!.node.kind === 'prim::Uninitialized'
    const fits = sides.every((side, k) => side?.kind === 'tensor' || (side === undefined && isDead(k)))
    if (first === undefined || !fits || (second !== undefined && (second.dtype !== first.dtype || second.axis !== first.axis)))
      throw new Refusal('the branches give tensors that are quantized in different ways, or not at all.')
    const part = (pick: (q: QTensor) => Value): Value => {
      const values = sides.map((side) => (side?.kind === 'tensor' ? pick(side) : undefined))
      const [a, b] = values
      if (a !== undefined && a === b) return a
      const constants = values.filter((value) => value !== undefined).map((value) => constantTensor(value))
      const [known, other] = constants
      if (known !== undefined && constants.every((c) => c !== undefined) && (other === undefined || constantsEqual(known, other)))
        return Builder.replacing(node).constant(known)
      for (const [k, block] of node.blocks.entries())
        block.addReturn(values[k] ?? Builder.atEnd(block).op('prim::Uninitialized', [], tensorType))
      return node.addOutput(tensorType)
    }
    const { dtype, axis, floatZeroPoint } = first
    return {
      kind: 'tensor',
      dtype,
      repr: part((q) => q.repr),
      scale: part((q) => q.scale),
      zeroPoint: part((q) => q.zeroPoint),
      axis,
      floatZeroPoint,
    }
  }

  #loop(node: Node): void {
    const body = node.blocks[0]!
    const carried = node.outputs
      .map((_, i) => ({ i, initial: this.#known.get(node.input(i + 2)) }))
      .filter((slot): slot is { i: number; initial: QTensor } => slot.initial?.kind === 'tensor')
    const parts = carried.map(({ i, initial }) => {
      const { repr, scale, zeroPoint, dtype, axis, floatZeroPoint } = initial
      const [r, s, z] = [repr, scale, zeroPoint].map((value) => {
        node.addInput(value)
        return body.addParam(tensorType)
      })
      const kind = { kind: 'tensor', dtype, axis, floatZeroPoint } as const
      this.#known.set(body.params[i + 1]!, { ...kind, repr: r!, scale: s!, zeroPoint: z! })
      return kind
    })
    if (carried.length > 0)
      this.#cleanup.push(() => {
        for (const { i } of [...carried].reverse()) {
          body.paramNode.eraseOutput(i + 1)
          node.removeInput(i + 2)
        }
      })
    this.#block(body)
    for (const [k, { i, initial }] of carried.entries()) {
      const next = this.#known.get(body.returns[i + 1]!)
      if (next?.kind !== 'tensor' || next.dtype !== initial.dtype || next.axis !== initial.axis)
        throw new Refusal('the loop carries a tensor that is quantized in different ways from turn to turn.')
      for (const value of [next.repr, next.scale, next.zeroPoint]) body.addReturn(value)
      const [repr, scale, zeroPoint] = [0, 1, 2].map(() => node.addOutput(tensorType))
      this.#known.set(node.output(i), { ...parts[k]!, repr: repr!, scale: scale!, zeroPoint: zeroPoint! })
    }
    if (body.returns.some((value, at) => this.#isQuantized(value) && !carried.some(({ i }) => i + 1 === at)))
      throw new Refusal('the loop carries a tensor that is quantized only in some turns.')
    if (carried.length > 0)
      this.#cleanup.push(() => {
        for (const { i } of [...carried].reverse()) {
          this.#handOut(node.output(i), node.next!)
          node.eraseOutput(i)
          body.returnNode.removeInput(i + 1)
        }
      })
  }
}

const untyped = (type: Type): Type =>
  type.kind === 'Tensor' ? tensorType : type.kind === 'List' ? { kind: 'List', of: untyped(type.of) } : type
