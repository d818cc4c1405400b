// Graph → text, in torch::jit's own format. `parseGraph` reads it back. Mirrors Graph::print in torch/csrc/jit/ir/ir.cpp.

import { formatPlace, userRange, type SourceRange } from '../diagnostics/source-range.ts'
import type { Block } from './block.ts'
import type { Graph } from './graph.ts'
import type { IValue } from './ivalue.ts'
import type { Attribute, Node } from './node.ts'
import { formatFloat, quoteString } from './literal.ts'
import { typeText } from './print-type.ts'
import { scalarTypeInfo } from './scalar-type.ts'
import { numel, type Tensor } from './tensor.ts'
import { readElements } from './tensor-elements.ts'
import { torchTensorText } from './torch-tensor-text.ts'
import type { Value } from './value.ts'

export interface PrintOptions {
  /** Print `# file:line:column` behind nodes. Default true. */
  readonly places?: boolean
  /** Print dtype and dims of Tensor types. Default true. */
  readonly shapes?: boolean
  /** Print constant tensors as torch does, which loses digits and dtype. Default: a form that parses back exactly. */
  readonly torchTensors?: boolean
  /** Names that values were printed with before, and will be again: for texts of one graph at several times. Default: names of this text alone. */
  readonly names?: PrintedNames
}

/** The names of a graph's values from text to text. */
export class PrintedNames {
  readonly names = new WeakMap<Value, string>()
  readonly taken = new Set<string>()
  next = 0
  /** Of each name the numbers that are taken, up to here. */
  readonly #numbers = new Map<string, number>()

  /** The first of `x.1`, `x.2`, … that is free. */
  numbered(base: string): string {
    let i = this.#numbers.get(base) ?? 1
    while (this.taken.has(`${base}.${i}`)) i++
    this.#numbers.set(base, i)
    return `${base}.${i}`
  }
}

/** A line of a printed graph, and where the node that it shows comes from. */
export interface GraphLine {
  readonly text: string
  readonly range?: SourceRange
}

// torch prints small constant tensors inline and larger ones as <Tensor>.
const INLINE_TENSOR = 10

export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  return new Printer(options).graph(graph)
}

/** The same text, by lines, without the places behind them. */
export function printGraphLines(graph: Graph, options: Omit<PrintOptions, 'places'> = {}): GraphLine[] {
  return new Printer({ ...options, places: false }).lines(graph)
}

/** One node as `printGraph` has it, without its blocks: for messages and logs. */
export function printNode(node: Node): string {
  return new Printer({ places: false }).nodeLine(node)
}

class Printer {
  readonly #places: boolean
  readonly #shapes: boolean
  readonly #torchTensors: boolean
  readonly #printed: PrintedNames
  readonly #subgraphs: { readonly name: string; readonly graph: Graph }[] = []

  readonly #options: PrintOptions

  constructor(options: PrintOptions) {
    const { places = true, shapes = true, torchTensors = false } = options
    this.#options = options
    this.#places = places
    this.#shapes = shapes
    this.#torchTensors = torchTensors
    this.#printed = options.names ?? new PrintedNames()
  }

  graph(graph: Graph): string {
    return `${this.lines(graph)
      .map(({ text }) => text)
      .join('\n')}\n`
  }

  lines(graph: Graph): GraphLine[] {
    const lines = `graph(${this.#declare(graph.inputs, ',\n      ')}):`.split('\n').map((text): GraphLine => ({ text }))
    this.#body(graph.block, '  ', lines)
    lines.push({ text: `  return (${this.#refer(graph.outputs)})` })
    // A subgraph has names of its own.
    for (const { name, graph: sub } of this.#subgraphs)
      for (const [i, line] of new Printer(this.#options).lines(sub).entries())
        lines.push(i === 0 ? { ...line, text: `with ${name} = ${line.text}` } : line)
    return lines
  }

  nodeLine(node: Node): string {
    const outputs = this.#declare(node.outputs, ', ')
    let { kind } = node
    const attributes: string[] = []
    for (const [name, value] of node.attributes) {
      // `prim::fork_0(…)` refers to `with prim::fork_0 = graph(…)` behind the graph.
      if (name === 'Subgraph') kind = this.#attribute(node, value)
      else attributes.push(`${name}=${this.#attribute(node, value)}`)
    }
    const place = this.#places && node.range !== undefined ? ` # ${formatPlace(userRange(node.range))}` : ''
    return `${outputs} = ${kind}${attributes.length === 0 ? '' : `[${attributes.join(', ')}]`}(${this.#refer(node.inputs)})${place}`
  }

  #body(block: Block, indent: string, lines: GraphLine[]): void {
    for (const node of block.nodes()) {
      lines.push({ text: indent + this.nodeLine(node), ...(node.range === undefined ? {} : { range: node.range }) })
      for (const [i, nested] of node.blocks.entries()) {
        lines.push({ text: `${indent}  block${i}(${this.#declare(nested.params, ', ')}):` })
        this.#body(nested, `${indent}    `, lines)
        lines.push({ text: `${indent}    -> (${this.#refer(nested.returns)})` })
      }
    }
  }

  #declare(values: readonly Value[], separator: string): string {
    return values.map((value) => `%${this.#name(value)} : ${typeText(value.type, this.#shapes)}`).join(separator)
  }
  #refer(values: readonly Value[]): string {
    return values.map((value) => `%${this.#name(value)}`).join(', ')
  }

  /** The debug name, made unique as torch does: `x`, `x.1`, …; a running number for values without one. */
  #name(value: Value): string {
    const { names, taken } = this.#printed
    const known = names.get(value)
    if (known !== undefined) return known
    const wanted = value.debugName
    let name = wanted ?? `${this.#printed.next++}`
    if (wanted === undefined) while (taken.has(name)) name = `${this.#printed.next++}`
    else if (taken.has(name)) name = this.#printed.numbered(wanted.replace(/\.\d+$/, ''))
    taken.add(name)
    names.set(value, name)
    return name
  }

  #attribute(node: Node, value: Attribute): string {
    if (value !== null && typeof value === 'object') {
      if (value.kind === 'types') return `[${value.types.map((t) => typeText(t, this.#shapes)).join(', ')}]`
      if (value.kind === 'graph') {
        const name = `${node.kind}_${this.#subgraphs.length}`
        this.#subgraphs.push({ name, graph: value.graph })
        return name
      }
    }
    // A bool attribute is 0 or 1, as an int; the type tells. Inside containers torch prints True and False.
    if (typeof value === 'boolean') return value ? '1' : '0'
    return ivalueText(value, this.#torchTensors)
  }
}

/** A constant as an attribute prints; tensors as `Long{}[3]`, or in torch's own way. */
export function ivalueText(value: IValue, torchTensors = false): string {
  if (value === null) return 'None'
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
      return value.toString()
    case 'number':
      return formatFloat(value)
    case 'string':
      return quoteString(value)
  }
  const text = (item: IValue): string => ivalueText(item, torchTensors)
  switch (value.kind) {
    case 'tensor':
      return torchTensors ? torchTensorText(value) : tensorText(value)
    case 'complex':
      return `${formatFloat(value.re)}${value.im < 0 || Object.is(value.im, -0) ? '' : '+'}${formatFloat(value.im)}j`
    case 'device':
      return quoteString(value.name)
    case 'list':
      return `[${value.items.map(text).join(', ')}]`
    case 'tuple':
      return value.items.length === 1 ? `(${text(value.items[0]!)},)` : `(${value.items.map(text).join(', ')})`
    case 'dict':
      return `{${value.entries.map(([k, v]) => `${text(k)}: ${text(v)}`).join(', ')}}`
    case 'object':
      return `<${value.className}>`
    case 'enum':
      return value.name === undefined ? `${value.className}(${text(value.value)})` : `${value.className}.${value.name}`
  }
}

/** `Float{2, 2}[1., 2., 3., 4.]`: dtype, sizes and elements of a small tensor, so that it parses back; `<Tensor>` for others. */
function tensorText(tensor: Tensor): string {
  const { category, graphName } = scalarTypeInfo(tensor.dtype)
  if (numel(tensor.sizes) > INLINE_TENSOR || category === 'quantized' || category === 'complex') return '<Tensor>'
  const elements = readElements(tensor).map((v) =>
    typeof v === 'boolean' ? (v ? '1' : '0') : typeof v === 'bigint' ? v.toString() : formatFloat(v),
  )
  return `${graphName}{${tensor.sizes.join(', ')}}[${elements.join(', ')}]`
}
