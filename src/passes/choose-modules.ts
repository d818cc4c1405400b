// Submodules that are chosen at run time, `layer: Layer = self.layers[i]`: the value becomes a number, a call on it a tree of branches, each
// of which calls the method of one submodule. Answers to prim::ModuleContainerIndex in torch/csrc/jit/runtime/register_prim_ops.cpp.

import { fail } from '../diagnostics/compile-error.ts'
import { allNodes, type Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import { boolType, classOf, dictOf, intType, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { attributePaths } from './module-attributes.ts'
import { objectOf } from './object-path.ts'
import type { PassContext } from './pass.ts'

/** One step: calls that are chosen among here are there once for each choice, to be inlined next. */
export function chooseModules(graph: Graph, context: PassContext): boolean {
  return (
    context.self !== undefined && context.interfaceOf !== undefined && new ModuleChooser(graph, context.self, context.interfaceOf).run()
  )
}

class ModuleChooser {
  readonly #graph: Graph
  readonly #self: IObject
  readonly #interfaceOf: NonNullable<PassContext['interfaceOf']>
  readonly #paths: ReadonlyMap<IObject, string>
  /** The number of each object: submodules of one container follow one another. */
  readonly #codes: ReadonlyMap<IObject, number>

  constructor(graph: Graph, self: IObject, interfaceOf: NonNullable<PassContext['interfaceOf']>) {
    this.#graph = graph
    this.#self = self
    this.#interfaceOf = interfaceOf
    this.#paths = attributePaths(self)
    this.#codes = new Map([...this.#paths.keys()].map((object, i) => [object, i]))
  }

  run(): boolean {
    const chosen = this.#chosenValues()
    if (chosen.size === 0) return false
    for (const output of this.#graph.outputs)
      if (chosen.has(output))
        fail('PT3020', 'the method gives a submodule that is chosen at run time; a module can only be called or read.', {
          ...(output.node.range === undefined ? {} : { range: output.node.range }),
          fix: 'return what the submodule computes.',
        })
    // Told while the graph still says where values come from.
    const calls = [...allNodes(this.#graph.block)].filter((node) => node.kind === 'prim::CallMethod' && chosen.has(node.input()))
    const candidates = calls.map((call) => this.#candidates(call.input()))
    for (const [i, call] of calls.entries()) this.#dispatch(call, candidates[i]!)
    for (const node of allNodes(this.#graph.block)) this.#numberOperands(node)
    for (const node of allNodes(this.#graph.block)) if (node.kind === 'prim::ModuleContainerIndex') this.#numberIndex(node)
    for (const value of chosen) {
      value.setType(this.#numbered(value.type))
      // Chosen for the types of before.
      value.node.schema = undefined
      for (const { user } of value.uses) user.schema = undefined
    }
    return true
  }

  /** Values with a submodule in them that are no path from self. */
  #chosenValues(): Set<Value> {
    const found = new Set<Value>()
    const visit = (value: Value): void => {
      if (this.#holdsModule(value.type) && objectOf(value, this.#graph, this.#self) === undefined) found.add(value)
    }
    for (const node of allNodes(this.#graph.block)) {
      node.outputs.forEach(visit)
      for (const block of node.blocks) block.params.forEach(visit)
    }
    return found
  }
  #isModule(type: Type): boolean {
    return type.kind === 'Interface' && this.#interfaceOf(type.name)?.isModule === true
  }
  #holdsModule(type: Type): boolean {
    return this.#numbered(type) !== type
  }
  /** The type with numbers for submodules; the same object when it has none. */
  #numbered(type: Type): Type {
    const part = (of: Type): Type => this.#numbered(of)
    switch (type.kind) {
      case 'Interface':
        return this.#isModule(type) ? intType : type
      case 'Optional':
      case 'List':
      case 'Future': {
        const of = part(type.of)
        return of === type.of ? type : { kind: type.kind, of }
      }
      case 'Dict': {
        const value = part(type.value)
        return value === type.value ? type : dictOf(type.key, value)
      }
      case 'Tuple': {
        const of = type.of.map(part)
        return of.every((item, i) => item === type.of[i]) ? type : { ...type, of }
      }
      default:
        return type
    }
  }

  /** Every object that a value may be. */
  #candidates(value: Value): readonly IObject[] {
    const seen = new Set<Value>()
    const found = new Set<IObject>()
    const stack = [value]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      const object = objectOf(at, this.#graph, this.#self)
      const { node, index } = at
      const owner = node.block?.owner
      if (object !== undefined) found.add(object)
      else if (node.kind === 'prim::If') stack.push(...node.blocks.map((block) => block.returns[index]!))
      else if (node.kind === 'prim::Loop') stack.push(node.input(index + 2), node.blocks[0]!.returns[index + 1]!)
      else if (node.kind === 'prim::Param' && owner?.kind === 'prim::Loop')
        stack.push(owner.input(index + 1), owner.blocks[0]!.returns[index]!)
      else if (node.kind === 'prim::unchecked_cast') stack.push(node.input())
      else if (node.kind === 'prim::ModuleContainerIndex' && this.#children(node) !== undefined)
        for (const [, child] of this.#children(node)!) found.add(child)
      else for (const other of this.#paths.keys()) found.add(other)
    }
    const { type } = value
    const facts = type.kind === 'Interface' ? this.#interfaceOf(type.name) : undefined
    return [...found]
      .filter(({ className }) => facts?.implementedBy(className) === true)
      .sort((a, b) => this.#codes.get(a)! - this.#codes.get(b)!)
  }

  /** Submodules of the container that a node indexes, by name. */
  #children(node: Node): readonly (readonly [string, IObject])[] | undefined {
    const container = objectOf(node.input(), this.#graph, this.#self)
    if (container === undefined) return undefined
    return [...container.attributes].flatMap(([name, value]) =>
      value !== null && typeof value === 'object' && value.kind === 'object' ? [[name, value] as const] : [],
    )
  }

  #dispatch(call: Node, candidates: readonly IObject[]): void {
    const code = call.input()
    const [first] = candidates
    if (first === undefined)
      fail(
        'PT3020',
        `no submodule has the method '${String(call.attributes.get('name'))}' that is called here.`,
        call.range === undefined ? {} : { range: call.range },
      )
    const fill = (b: Builder, from: number, to: number): Value[] => {
      if (to - from > 1) {
        const middle = (from + to) >> 1
        const least = b.int(this.#codes.get(candidates[middle]!)!)
        const node = b.if(b.op('aten::lt', [code, least], boolType))
        for (const [i, block] of node.blocks.entries()) {
          const ends = i === 0 ? fill(builderIn(block, call), from, middle) : fill(builderIn(block, call), middle, to)
          for (const value of ends) block.addReturn(value)
        }
        return call.outputs.map(({ type }) => node.addOutput(type))
      }
      const attributes = [...call.attributes]
      return [
        ...b.node(
          'prim::CallMethod',
          [this.#read(b, candidates[from]!), ...call.inputs.slice(1)],
          call.outputs.map(({ type }) => type),
          attributes,
        ).outputs,
      ]
    }
    const results = fill(Builder.replacing(call), 0, candidates.length)
    for (const [i, output] of call.outputs.entries()) output.replaceAllUsesWith(results[i]!.setDebugName(output.debugName))
    call.destroy()
  }

  /** `self.a.b` as nodes. */
  #read(b: Builder, object: IObject): Value {
    let value = this.#graph.inputs[0]!
    let holder = this.#self
    for (const name of this.#paths.get(object)!.split('.')) {
      holder = holder.attributes.get(name) as IObject
      value = b.op('prim::GetAttr', [value], classOf(holder.className), [['name', name]])
    }
    return value
  }

  /** A submodule that is known goes where chosen ones go too: by its number. */
  #numberOperands(node: Node): void {
    this.#numberInputs(node)
    for (const block of node.blocks) this.#numberInputs(block.returnNode)
  }
  #numberInputs(node: Node): void {
    if (
      node.kind === 'prim::GetAttr' ||
      node.kind === 'prim::SetAttr' ||
      node.kind === 'prim::ModuleContainerIndex' ||
      node.kind.startsWith('prim::Call')
    )
      return
    for (const [i, value] of node.inputs.entries()) {
      const object = value.type.kind === 'Interface' || value.type.kind === 'Class' ? objectOf(value, this.#graph, this.#self) : undefined
      if (object === undefined || !this.#meetsModules(node, i)) continue
      const b = node.kind === 'prim::Return' ? Builder.atEnd(node.block!) : Builder.replacing(node)
      node.setInput(i, b.int(this.#codes.get(object)!))
    }
  }
  /** The place of an input is one of submodules: what takes it gives one. */
  #meetsModules(node: Node, index: number): boolean {
    const owner = node.block?.owner
    if (node.kind === 'prim::Return') {
      const output = owner?.kind === 'prim::Loop' ? owner.outputs[index - 1] : owner?.outputs[index]
      return output !== undefined && this.#holdsModule(output.type)
    }
    if (node.kind === 'prim::Loop') return index > 1 && this.#holdsModule(node.output(index - 2).type)
    return [...node.outputs, ...node.inputs].some(({ type }) => this.#holdsModule(type))
  }

  /** `layers[i]` as the number of the submodule; none of that name is an exception, as in torch. */
  #numberIndex(node: Node): void {
    const [container, index] = [node.input(0), node.input(1)]
    const children = this.#children(node)
    if (children === undefined)
      fail('PT3020', 'a container that is chosen at run time is indexed.', node.range === undefined ? {} : { range: node.range })
    const b = Builder.replacing(node)
    const codes = children.map(([, child]) => this.#codes.get(child)!)
    const raise = (block: Block): void => {
      const inner = builderIn(block, node)
      const { className } = objectOf(container, this.#graph, this.#self)!
      const message = inner.constant(`${className} does not have a field of this name`)
      inner.node('prim::RaiseException', [message, inner.constant('builtins.RuntimeError')], [])
    }
    const result = index.type.kind === 'str' ? named(b, index, children, codes, raise, node) : numbered(b, index, codes, raise)
    node.output().replaceAllUsesWith(result.setDebugName(node.output().debugName))
    node.destroy()
  }
}

function builderIn(block: Block, like: Node): Builder {
  const b = Builder.atEnd(block)
  b.range = like.range
  return b
}

/** The code of the i-th submodule. */
function numbered(b: Builder, index: Value, codes: readonly number[], raise: (block: Block) => void): Value {
  const outside = [b.op('aten::lt', [index, b.int(0)], boolType), b.op('aten::ge', [index, b.int(codes.length)], boolType)]
  raise(b.if(b.op('aten::__or__', outside, boolType)).blocks[0]!)
  const [first = 0] = codes
  if (codes.every((code, i) => code === first + i)) return b.op('aten::add', [index, b.int(first)], intType)
  const list = b.list(
    codes.map((code) => b.int(code)),
    intType,
  )
  return b.op('aten::__getitem__', [list, index], intType)
}

/** The code of the submodule with a name. */
function named(
  b: Builder,
  name: Value,
  children: readonly (readonly [string, IObject])[],
  codes: readonly number[],
  raise: (block: Block) => void,
  like: Node,
): Value {
  let code: Value | undefined
  const isKnown = (builder: Builder): Value[] => children.map(([key]) => builder.op('aten::eq', [name, builder.constant(key)], boolType))
  const known = isKnown(b)
  const any = known.reduce((a, c) => b.op('aten::__or__', [a, c], boolType))
  raise(b.if(any).blocks[1]!)
  for (const [i, is] of known.entries()) {
    if (code === undefined) code = b.int(codes[i]!)
    else {
      const node = b.if(is)
      node.blocks[0]!.addReturn(builderIn(node.blocks[0]!, like).int(codes[i]!))
      node.blocks[1]!.addReturn(code)
      code = node.addOutput(intType)
    }
  }
  return code!
}
