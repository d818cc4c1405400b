// Text → Graph: reads what `printGraph` writes, and torch's own prints. Mirrors torch/csrc/jit/ir/irparser.cpp.

import type { Block } from './block.ts'
import { Graph } from './graph.ts'
import type { IValue } from './ivalue.ts'
import type { Attribute, Node } from './node.ts'
import { scalarTypeOfGraphName } from './scalar-type.ts'
import { tensorFromElements, type Element } from './tensor-elements.ts'
import { TextCursor } from './text-cursor.ts'
import type { Type } from './type.ts'
import type { Value } from './value.ts'

const VALUE_NAME = /%[A-Za-z0-9_.]+/y
const KIND = /[A-Za-z_][A-Za-z0-9_]*::[A-Za-z0-9_]+|\^?[A-Za-z_][A-Za-z0-9_.]*/y
const SUBGRAPH = /prim::[A-Za-z]+_\d+/y

/** Parses `graph(%x : Tensor): … return (%y)`, with `with prim::fork_0 = graph(…)` behind it. Throws PT2090 at the place. */
export function parseGraph(text: string, name = 'graph'): Graph {
  const cursor = new TextCursor({ name, text })
  const parser = new GraphParser(cursor)
  const graph = parser.graph()
  parser.subgraphs()
  cursor.skipBlank()
  if (cursor.offset < text.length) cursor.error('unexpected text behind the graph')
  return graph
}

class GraphParser {
  readonly #cursor: TextCursor
  readonly #pending: { readonly node: Node; readonly attribute: string; readonly subgraph: string }[] = []
  #values = new Map<string, Value>()

  constructor(cursor: TextCursor) {
    this.#cursor = cursor
  }

  graph(): Graph {
    const cursor = this.#cursor
    const graph = new Graph()
    this.#values = new Map()
    cursor.skipBlank()
    cursor.expect('graph')
    for (const [name, type] of this.#declarations()) this.#define(name, graph.addInput(type))
    cursor.expect(':')
    this.#body(graph.block, 'return')
    return graph
  }

  subgraphs(): void {
    const cursor = this.#cursor
    for (cursor.skipBlank(); cursor.tryEat('with'); cursor.skipBlank()) {
      const name = cursor.match(SUBGRAPH) ?? cursor.error('expected the name of a subgraph')
      cursor.expect('=')
      const graph = this.graph()
      for (const { node, attribute, subgraph } of this.#pending)
        if (subgraph === name) {
          node.kind = name.replace(/_\d+$/, '')
          node.attributes.set(attribute, { kind: 'graph', graph })
        }
    }
  }

  #body(block: Block, end: 'return' | '->'): void {
    const cursor = this.#cursor
    for (;;) {
      cursor.skipBlank()
      if (cursor.tryEat(end)) break
      this.#node(block)
    }
    for (const value of this.#references()) block.addReturn(value)
  }

  #node(block: Block): void {
    const cursor = this.#cursor
    const outputs: [string, Type][] = []
    // torch's parser reads nodes without results without `=`, its printer writes them with it.
    while (cursor.startsWith('%')) {
      outputs.push(this.#declaration())
      cursor.tryEat(',')
    }
    cursor.tryEat('=')
    const kind = cursor.match(KIND) ?? cursor.error('expected an operator')
    const node = block.graph.create(kind)
    if (/^prim::(?:fork|awaitable)_\d+$/.test(kind)) this.#pending.push({ node, attribute: 'Subgraph', subgraph: kind })
    const attributes: [string, Attribute | { readonly subgraph: string }][] = []
    if (cursor.tryEat('[')) {
      while (!cursor.tryEat(']')) {
        const name = cursor.name()
        cursor.expect('=')
        attributes.push([name, name === 'types' ? this.#types() : this.#attribute(outputs[0]?.[1])])
        if (!cursor.startsWith(']')) cursor.expect(',')
      }
    }
    for (const [name, value] of attributes) {
      if (value !== null && typeof value === 'object' && 'subgraph' in value)
        this.#pending.push({ node, attribute: name, subgraph: value.subgraph })
      else node.attributes.set(name, value)
    }
    for (const input of this.#references()) node.addInput(input)
    block.append(node)
    cursor.skipBlank()
    while (cursor.match(/block\d+/y) !== undefined) {
      const nested = node.addBlock()
      for (const [name, type] of this.#declarations()) this.#define(name, nested.addParam(type))
      cursor.expect(':')
      this.#body(nested, '->')
      cursor.skipBlank()
    }
    for (const [name, type] of outputs) this.#define(name, node.addOutput(type))
  }

  #declarations(): [string, Type][] {
    const cursor = this.#cursor
    const out: [string, Type][] = []
    cursor.expect('(')
    cursor.skipBlank()
    while (!cursor.tryEat(')')) {
      out.push(this.#declaration())
      cursor.skipBlank()
      if (!cursor.startsWith(')')) cursor.expect(',')
      cursor.skipBlank()
    }
    return out
  }
  #declaration(): [string, Type] {
    const cursor = this.#cursor
    const name = cursor.match(VALUE_NAME) ?? cursor.error('expected a value')
    cursor.expect(':')
    cursor.skipSpace()
    return [name, cursor.type().type]
  }
  #references(): Value[] {
    const cursor = this.#cursor
    const out: Value[] = []
    cursor.expect('(')
    cursor.skipBlank()
    while (!cursor.tryEat(')')) {
      const name = cursor.match(VALUE_NAME) ?? cursor.error('expected a value')
      out.push(this.#values.get(name) ?? cursor.error(`${name} is not defined here`))
      if (!cursor.startsWith(')')) cursor.expect(',')
      cursor.skipBlank()
    }
    return out
  }
  #define(name: string, value: Value): void {
    if (this.#values.has(name)) this.#cursor.error(`${name} is defined twice`)
    this.#values.set(name, value)
    const plain = name.slice(1)
    if (!/^\d+$/.test(plain)) value.debugName = plain
  }

  #types(): Attribute {
    const cursor = this.#cursor
    const types: Type[] = []
    cursor.expect('[')
    while (!cursor.tryEat(']')) {
      cursor.skipSpace()
      types.push(cursor.type().type)
      if (!cursor.startsWith(']')) cursor.expect(',')
    }
    return { kind: 'types', types }
  }

  /** The declared type of the output decides what `1` means: int, bool or float. */
  #attribute(type: Type | undefined): Attribute | { readonly subgraph: string } {
    const cursor = this.#cursor
    if (cursor.startsWith('prim::')) {
      const subgraph = cursor.match(SUBGRAPH)
      if (subgraph !== undefined) return { subgraph }
    }
    return this.#ivalue(type)
  }

  #ivalue(type: Type | undefined): IValue {
    const cursor = this.#cursor
    const target = type?.kind === 'Optional' ? type.of : type
    if (cursor.tryEat('[')) return { kind: 'list', items: this.#items(']', () => (target?.kind === 'List' ? target.of : undefined)) }
    if (cursor.tryEat('(')) return { kind: 'tuple', items: this.#items(')', (i) => (target?.kind === 'Tuple' ? target.of[i] : undefined)) }
    // torch's own `{3}`: a 0-d tensor without its dtype; int64 or float32 by the literal.
    if (cursor.tryEat('{')) {
      const value = cursor.number()
      cursor.expect('}')
      const dtype = target?.kind === 'Tensor' && target.dtype !== undefined ? target.dtype : typeof value === 'bigint' ? 'int64' : 'float32'
      return tensorFromElements(dtype, [], [value])
    }
    if (cursor.startsWith('"') || cursor.startsWith("'")) {
      const text = cursor.string()
      return target?.kind === 'Device' ? { kind: 'device', name: text } : text
    }
    if (cursor.tryEat('None')) return null
    if (cursor.tryEat('True')) return true
    if (cursor.tryEat('False')) return false
    if (cursor.startsWith('__torch__')) return this.#enumMember(target)
    if (cursor.tryEat('<Tensor>')) cursor.error('this constant was too big to be printed')
    const tensor = cursor.match(/[A-Z][A-Za-z0-9_]*(?=\{)/y)
    if (tensor !== undefined) return this.#tensor(tensor)
    const value = cursor.number()
    if (target?.kind === 'bool') return value !== 0n
    if (target?.kind === 'complex') {
      cursor.tryEat('+')
      const im = cursor.number()
      cursor.expect('j')
      return { kind: 'complex', re: Number(value), im: Number(im) }
    }
    if (target?.kind === 'Tensor') return this.#torchVector(value, target)
    return target?.kind === 'float' && typeof value === 'bigint' ? Number(value) : value
  }
  #items(end: string, typeAt: (i: number) => Type | undefined): IValue[] {
    const cursor = this.#cursor
    const items: IValue[] = []
    while (!cursor.tryEat(end)) {
      items.push(this.#ivalue(typeAt(items.length)))
      if (!cursor.startsWith(end)) cursor.expect(',')
    }
    return items
  }
  /** `__torch__.Color.RED`. */
  #enumMember(type: Type | undefined): IValue {
    const cursor = this.#cursor
    const path = cursor.name()
    if (type?.kind !== 'Enum') return cursor.error('an enum member where no enum is declared')
    const name = path.slice(path.lastIndexOf('.') + 1)
    return { kind: 'enum', className: type.name, name, value: name }
  }
  /** torch's own print of a short vector: `-0.1494  0.0982 [ CPUFloatType{2} ]`. */
  #torchVector(first: bigint | number, type: Type): IValue {
    const cursor = this.#cursor
    const elements: Element[] = [first]
    while (!cursor.startsWith('[')) elements.push(cursor.number())
    cursor.expect('[')
    const dtype =
      scalarTypeOfGraphName((cursor.match(/CPU[A-Za-z0-9_]+Type/y) ?? '').slice(3, -4)) ??
      (type.kind === 'Tensor' ? type.dtype : undefined) ??
      cursor.error('unknown dtype')
    cursor.expect('{')
    const sizes = this.#items('}', () => undefined).map(Number)
    cursor.expect(']')
    return tensorFromElements(dtype, sizes, dtype === 'bool' ? elements.map((e) => e === 1n) : elements)
  }
  #tensor(graphName: string): IValue {
    const cursor = this.#cursor
    const dtype = scalarTypeOfGraphName(graphName) ?? cursor.error(`unknown dtype '${graphName}'`)
    cursor.expect('{')
    const sizes = this.#items('}', () => undefined).map(Number)
    cursor.expect('[')
    const elements = this.#items(']', () => undefined) as Element[]
    return tensorFromElements(dtype, sizes, dtype === 'bool' ? elements.map((e) => e === 1n) : elements)
  }
}
