// prim::If and prim::Loop → ONNX If and Loop, with outer-scope values. Branches and bodies are subgraphs; what they give or carry is
// one tensor or one sequence each. ONNX spec: If-16, Loop-16.

import type { Block } from '../ir/block.ts'
import type { Node } from '../ir/node.ts'
import type { Type } from '../ir/type.ts'
import type { OnnxBuilder } from './builder.ts'
import { dummy, emittedShape } from './emitted-shape.ts'
import type { Lowering } from './lower-graph.ts'
import { UnmetNeed } from './lowering/row.ts'
import type { ValueInfo } from './model.ts'
import type { Operand, OnnxValue, SequenceOperand } from './operand.ts'

type Runtime = OnnxValue | SequenceOperand

const MAX_TRIP = 2n ** 63n - 1n

/** An operand as what a subgraph can give out: a tensor, or a sequence for lists of tensors. */
function runtimeValue(operand: Operand, type: Type, lowering: Lowering, b: OnnxBuilder): Runtime {
  const of = type.kind === 'Optional' ? type.of : type
  if (of.kind === 'List' && of.of.kind === 'Tensor') {
    if (operand.kind === 'sequence') return operand
    const { dtype, dims } = emittedShape(of.of)!
    if (operand.kind === 'list') {
      if (operand.items.length === 0) return dummy(of, b) as SequenceOperand
      const items = operand.items.map((item) => lowering.asTensor(item, of.of, b))
      if (items.some((item) => item.dtype !== items[0]!.dtype)) throw new UnmetNeed('output', 'a list of tensors of one dtype')
      return b.sequenceOp('SequenceConstruct', items, {}, items[0]?.dtype ?? dtype, dims)
    }
  }
  if (operand.kind === 'sequence') throw new UnmetNeed('output', 'a tensor, found a list of tensors')
  return lowering.asTensor(operand, of, b)
}

const info = (name: string, value: Runtime): ValueInfo =>
  value.kind === 'sequence' ? { name, dtype: value.dtype, dims: value.dims, sequence: true } : { name, dtype: value.dtype, dims: undefined }

/** Gives `value` out of the subgraph under a name of its own: a name of an outer scope cannot be an output. */
function giveOut(value: Runtime, b: OnnxBuilder): ValueInfo {
  const name = b.freshName()
  b.emit('Identity', [value.name], [name], {})
  return info(name, value)
}

/** The lowered value of an If or Loop output, with what facts know of it. */
function received(name: string, like: Runtime, type: Type): Runtime {
  if (like.kind === 'sequence') return { ...like, name }
  const shape = emittedShape(type.kind === 'Optional' ? type.of : type)
  return { kind: 'tensor', name, dtype: like.dtype, dims: shape?.dims }
}

export function lowerIf(node: Node, lowering: Lowering, b: OnnxBuilder): void {
  const condition = lowering.operand(node.input())
  if (condition.kind === 'constant') {
    const live = node.blocks[condition.value === true ? 0 : 1]!
    lowering.block(live, b)
    node.outputs.forEach((output, i) => lowering.bind(output, lowering.operand(live.returns[i]!)))
    return
  }
  const branches = node.blocks.map((block) => {
    const scope = b.scope()
    lowering.block(block, scope)
    const values = block.returns.map((value, i) => {
      const { type } = node.output(i)
      // A dead value has the rank of the live one, or the runtime complains of a shape that is not the declared one.
      return runtimeValue(value.node.kind === 'prim::Uninitialized' ? dummy(type, scope) : lowering.operand(value), type, lowering, scope)
    })
    return { scope, values }
  })
  const [then, otherwise] = branches as [(typeof branches)[0], (typeof branches)[0]]
  // Both sides give one dtype: that of the join.
  for (const [i, a] of then.values.entries()) {
    const c = otherwise.values[i]!
    if (a.kind === 'tensor' && c.kind === 'tensor' && a.dtype !== c.dtype) {
      const type = node.output(i).type
      if (type.kind === 'Tensor') throw new UnmetNeed('output', `one dtype from both branches, found ${a.dtype} and ${c.dtype}`)
      then.values[i] = then.scope.cast(a, 'float64')
      otherwise.values[i] = otherwise.scope.cast(c, 'float64')
    }
  }
  const graphs = branches.map(({ scope, values }, i) =>
    scope.subgraph(
      i === 0 ? 'then' : 'else',
      [],
      values.map((value) => giveOut(value, scope)),
    ),
  )
  const names = node.outputs.map(() => b.freshName())
  if (names.length > 0)
    b.emit('If', [lowering.asTensor(condition, { kind: 'bool' }, b).name], names, { then_branch: graphs[0]!, else_branch: graphs[1]! })
  node.outputs.forEach((output, i) => lowering.bind(output, b.note(received(names[i]!, then.values[i]!, output.type))))
}

export function lowerLoop(node: Node, lowering: Lowering, b: OnnxBuilder): void {
  const body = node.blocks[0]!
  const maxTrip = lowering.operand(node.input(0))
  const condition = lowering.operand(node.input(1))
  const initial = node.inputs.slice(2).map((value, i) => runtimeValue(lowering.operand(value), body.params[i + 1]!.type, lowering, b))
  const { scope, inputs, carried, keepGoing } = lowerBody(body, initial, lowering, b)
  const outputs = [giveOut(keepGoing, scope), ...carried.map((value) => giveOut(value, scope))]
  const names = node.outputs.map(() => b.freshName())
  const trips = maxTrip.kind === 'constant' && maxTrip.value === MAX_TRIP ? '' : lowering.asTensor(maxTrip, { kind: 'int' }, b).name
  const start = condition.kind === 'constant' && condition.value === true ? '' : lowering.asTensor(condition, { kind: 'bool' }, b).name
  // The runtime reads an endless loop without a trip count from its condition alone.
  const first = start === '' && trips === '' ? b.scalar('bool', true).name : start
  if (names.length > 0)
    b.emit('Loop', [trips, first, ...initial.map((value) => value.name)], names, { body: scope.subgraph('body', inputs, outputs) })
  node.outputs.forEach((output, i) => lowering.bind(output, b.note(received(names[i]!, carried[i]!, output.type))))
}

function lowerBody(body: Block, initial: readonly Runtime[], lowering: Lowering, b: OnnxBuilder) {
  const scope = b.scope()
  const counter: OnnxValue = { kind: 'tensor', name: b.freshName('i'), dtype: 'int64', dims: [] }
  const condition = b.freshName('go')
  lowering.bind(body.params[0]!, counter)
  const params = initial.map((value, i): Runtime => {
    const param = body.params[i + 1]!
    const like = b.note(received(b.freshName(), value, param.type))
    lowering.bind(param, like)
    return like
  })
  const inputs: ValueInfo[] = [
    { name: counter.name, dtype: 'int64', dims: [] },
    { name: condition, dtype: 'bool', dims: [] },
    ...params.map((param) => info(param.name, param)),
  ]
  lowering.block(body, scope)
  const keepGoing = lowering.asTensor(lowering.operand(body.returns[0]!), { kind: 'bool' }, scope)
  const carried = body.returns.slice(1).map((value, i) => {
    const result = runtimeValue(lowering.operand(value), body.params[i + 1]!.type, lowering, scope)
    const start = initial[i]!
    if (result.kind !== start.kind) throw new UnmetNeed('carried value', 'the same structure on every turn')
    if (result.kind === 'tensor' && result.dtype !== start.dtype) {
      if (body.params[i + 1]!.type.kind === 'Tensor' && start.dtype !== result.dtype)
        throw new UnmetNeed('carried value', `one dtype on every turn, found ${start.dtype} and ${result.dtype}`)
      return scope.cast(result, start.dtype)
    }
    return result
  })
  return { scope, inputs, carried, keepGoing }
}
