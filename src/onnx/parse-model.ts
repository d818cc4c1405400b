// Text → OnnxModel: reads what `printModel` writes. For passes, whose examples and tests are written so. Mirrors onnx/defs/parser.cc.

import type { Dim, Dims } from '../ir/dim.ts'
import { isFloatingPoint, isScalarType, type ScalarType } from '../ir/scalar-type.ts'
import type { Tensor } from '../ir/tensor.ts'
import { tensorFromElements } from '../ir/tensor-elements.ts'
import { TextCursor } from '../ir/text-cursor.ts'
import { f, fs, type OnnxAttribute, type OnnxGraph, type OnnxModel, type OnnxNode, type ValueInfo, type ValueType } from './model.ts'

const NAME = /[A-Za-z_]\w*(?:\.\w+)*/y
const DIM = /[^\s,\]]+/y
const NUMBER = /-?(?:inf|nan|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)/y
// Of texts that someone writes.
const MAX_DEPTH = 64

/** Parses `main (float32[n] x) => (float32[n] y) <float32[1] b = {1}> { y = Add (x, b) }`. Throws PT2090 at the place. */
export function parseModel(text: string, opset = 18): OnnxModel {
  const parser = new ModelParser(new TextCursor({ name: 'model', text }))
  return parser.model(opset)
}

class ModelParser {
  readonly #cursor: TextCursor
  readonly #types = new Map<string, ValueType>()
  readonly #initializers = new Map<string, Tensor>()

  constructor(cursor: TextCursor) {
    this.#cursor = cursor
  }

  model(opset: number): OnnxModel {
    const graph = this.#graph(0)
    this.#cursor.skipBlank()
    if (this.#cursor.offset < this.#cursor.text.length) this.#cursor.error('unexpected text behind the model')
    return { graph, opset, types: this.#types, origins: new Map() }
  }

  #is(token: string): boolean {
    this.#cursor.skipBlank()
    return this.#cursor.startsWith(token)
  }
  #eat(token: string): boolean {
    this.#cursor.skipBlank()
    return this.#cursor.tryEat(token)
  }
  #expect(token: string): void {
    if (!this.#eat(token)) this.#cursor.error(`expected '${token}'`)
  }
  /** Items with commas between, up to `close`. */
  #items<T>(close: string, item: () => T): T[] {
    const found: T[] = []
    while (!this.#eat(close)) {
      found.push(item())
      if (!this.#is(close)) this.#expect(',')
    }
    return found
  }
  #name(): string {
    return this.#is('"') ? this.#cursor.string() : (this.#cursor.match(NAME) ?? this.#cursor.error('expected a name'))
  }
  /** Empty for an operand that is left out. */
  #operand(): string {
    return this.#is(',') || this.#is(')') ? '' : this.#name()
  }

  #graph(depth: number): OnnxGraph {
    if (depth > MAX_DEPTH) this.#cursor.error('subgraphs nest too deep')
    const name = this.#name()
    this.#expect('(')
    const inputs = this.#items(')', () => this.#info())
    this.#expect('=>')
    this.#expect('(')
    const outputs = this.#items(')', () => this.#info())
    if (this.#eat('<')) this.#items('>', () => this.#declaration(depth))
    this.#expect('{')
    const nodes: OnnxNode[] = []
    while (!this.#eat('}')) nodes.push(this.#node(depth))
    return {
      kind: 'graph',
      name: depth === 0 ? 'g' : name,
      nodes,
      inputs,
      outputs,
      initializers: depth === 0 ? this.#initializers : new Map(),
    }
  }

  #dtype(): ScalarType {
    const name = this.#cursor.match(NAME) ?? ''
    return isScalarType(name) ? name : this.#cursor.error('expected the name of a torch dtype, such as float32')
  }
  #dims(): Dims {
    if (!this.#eat('[')) return undefined
    return this.#items(']', (): Dim => {
      const text = this.#cursor.match(DIM) ?? this.#cursor.error('expected an extent')
      return text === '?' ? null : /^\d+$/.test(text) ? Number(text) : text
    })
  }
  #info(): ValueInfo {
    const sequence = this.#eat('seq')
    if (sequence) this.#expect('(')
    this.#cursor.skipBlank()
    const dtype = this.#dtype()
    const dims = this.#dims()
    if (sequence) this.#expect(')')
    const name = this.#name()
    if (!sequence) this.#types.set(name, { dtype, dims })
    return { name, dtype, dims, ...(sequence ? { sequence } : {}) }
  }
  /** A weight, or the type of a value. */
  #declaration(depth: number): void {
    const { name, dtype, dims } = this.#info()
    if (!this.#eat('=')) return
    if (depth > 0) this.#cursor.error('weights belong to the outermost graph')
    this.#initializers.set(name, this.#tensor(dtype, dims))
  }
  #tensor(dtype: ScalarType, dims: Dims): Tensor {
    const sizes = dims?.map((dim) => (typeof dim === 'number' ? dim : this.#cursor.error('the extents of a tensor are numbers'))) ?? []
    this.#expect('{')
    const isFloat = isFloatingPoint(dtype)
    const elements = this.#items('}', () => {
      const value = this.#number()
      return isFloat ? Number(value) : dtype === 'bool' ? Number(value) !== 0 : BigInt(value)
    })
    if (elements.length !== sizes.reduce((n, size) => n * size, 1))
      this.#cursor.error(`expected the elements of a tensor of [${sizes.join(', ')}]`)
    return tensorFromElements(dtype, sizes, elements)
  }
  /** Whole numbers as bigint, others as number. */
  #number(): bigint | number {
    this.#cursor.skipBlank()
    const text = this.#cursor.match(NUMBER) ?? this.#cursor.error('expected a number')
    if (/^-?\d+$/.test(text)) return BigInt(text)
    if (text.endsWith('inf')) return text.startsWith('-') ? -Infinity : Infinity
    return text.endsWith('nan') ? Number.NaN : Number(text)
  }

  #node(depth: number): OnnxNode {
    const outputs = [this.#output()]
    while (this.#eat(',')) outputs.push(this.#output())
    this.#expect('=')
    const operator = this.#name()
    const dot = operator.lastIndexOf('.')
    const attributes = new Map<string, OnnxAttribute>()
    const more = (): void => {
      if (this.#eat('<')) this.#attributes(attributes, depth)
    }
    more()
    this.#expect('(')
    const inputs = this.#items(')', () => this.#operand())
    // Subgraphs stand behind.
    more()
    return { opType: operator.slice(dot + 1), domain: dot === -1 ? '' : operator.slice(0, dot), inputs, outputs, attributes }
  }
  #output(): string {
    return this.#is(',') || this.#is('=') ? '' : this.#name()
  }

  /** Subgraphs follow on each other without commas. */
  #attributes(attributes: Map<string, OnnxAttribute>, depth: number): void {
    while (!this.#eat('>')) {
      const key = this.#name()
      this.#expect('=')
      attributes.set(key, this.#attribute(depth))
      this.#eat(',')
    }
  }
  #attribute(depth: number): OnnxAttribute {
    if (this.#is('"')) return this.#cursor.string()
    if (this.#eat('[')) return this.#list()
    const { offset } = this.#cursor
    const name = this.#cursor.match(NAME)
    this.#cursor.offset = offset
    if (name === undefined || name === 'inf' || name === 'nan') {
      const value = this.#number()
      if (typeof value === 'number') return f(value)
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
    }
    return isScalarType(name) ? this.#tensor(this.#dtype(), this.#dims()) : this.#graph(depth + 1)
  }
  #list(): OnnxAttribute {
    if (this.#is('"')) return this.#items(']', () => this.#cursor.string())
    const numbers = this.#items(']', () => this.#number())
    return numbers.some((value) => typeof value === 'number') ? fs(numbers.map(Number)) : numbers.map(Number)
  }
}
