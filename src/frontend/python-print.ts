// A Graph → TorchScript text, as torch shows it in `.code` and saves it. Answers to torch/csrc/jit/serialization/python_print.cpp.

import type { Block } from '../ir/block.ts'
import { constantOf } from '../ir/constant.ts'
import type { FunctionSchema } from '../ir/function-schema.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { annotationText } from '../ir/print-type.ts'
import { typesEqual } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { ScriptFunction } from './script-function.ts'
import { InlineExpressions } from './print/inline-expressions.ts'
import { printOperation, type PrintContext } from './print/print-operation.ts'
import { PrintedConstants, printValue } from './print/print-value.ts'

/** Lines of this many characters, indentation included, are split up. */
const LONG = 40

/** Names that mean something when the text is read back. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    '_ as aten attribute CONSTANTS fork getattr inf nan infj nanj ops __torch__ and assert async await break class continue def del elif ' +
    'else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try with while yield ' +
    'uninitialized unchecked_cast'
  ).split(' '),
)

/** The text of a function; of a method when it has a receiver. */
export function pythonPrint(fn: ScriptFunction): string {
  return new PythonPrinter().function(fn.graph, fn.schema, fn.receiver !== undefined)
}

class PythonPrinter {
  readonly #inline = new InlineExpressions()
  readonly #names = new Map<Value, string>()
  readonly #expressions = new Map<Value, string>()
  readonly #usedNames = new Set<string>()
  readonly #nextNumber = new Map<string, number>()
  /** How far into a node's inputs long expressions were split off already. */
  readonly #splitUpTo = new Map<Node, number>()
  readonly #annotated = new Set<Value>()
  readonly #lines: string[] = []
  readonly #context: PrintContext
  #level = 0

  constructor() {
    this.#context = { use: (value) => this.#use(value), constants: new PrintedConstants() }
  }

  function(graph: Graph, schema: FunctionSchema, isMethod: boolean): string {
    const params = schema.args.map((arg, i) => {
      const name = this.#uniqueName(arg.name)
      this.#names.set(graph.inputs[i]!, name)
      const type = i === 0 && isMethod ? '' : `: ${annotationText(arg.type)}`
      const value = arg.default === undefined ? '' : `=${printValue(arg.default, arg.type, this.#context.constants)}`
      return `${i === 0 ? '' : ',\n    '}${name}${type}${value}`
    })
    this.#line(`def ${schema.name}(${params.join('')}) -> ${annotationText(schema.returns[0]!.type)}:`)
    this.#body(graph.block)
    return `${this.#lines.join('\n')}\n`
  }

  #body(block: Block): void {
    const constants: Node[] = []
    collectConstants(block, constants, new Set())
    this.#inline.scanBlock(block)
    this.#indented(() => {
      // Most are printed where they are used; long ones get a name here.
      for (const node of constants) this.#statement(node)
      this.#block(block, block.returns.length > 0)
      this.#return(block)
    })
  }

  #return(block: Block): void {
    if (block.returns.length > 0) this.#line(`return ${block.returns.map((value) => this.#use(value)).join(', ')}`)
  }

  #block(block: Block, hasMore: boolean): void {
    if (!hasMore && block.paramNode.next === block.returnNode) this.#line('pass')
    for (const node of block.nodes()) if (node.kind !== 'prim::Constant') this.#statement(node)
  }

  #statement(node: Node): void {
    switch (node.kind) {
      case 'prim::Loop':
        return this.#loop(node)
      case 'prim::If':
        return this.#if(node)
      case 'prim::TupleUnpack':
      case 'prim::ListUnpack': {
        this.#nameAll(node.outputs)
        const targets = node.outputs.map((output) => this.#use(output)).join(', ')
        return this.#line(node.outputs.length === 0 ? this.#use(node.input()) : `${targets}, = ${this.#use(node.input())}`)
      }
      case 'prim::SetAttr':
        return this.#line(`${this.#use(node.input(0))}.${String(node.attributes.get('name'))} = ${this.#use(node.input(1))}`)
      case 'prim::fork':
      case 'prim::awaitable':
        return this.#fork(node)
      case 'prim::Enter': {
        const context = this.#use(node.input())
        const [output] = node.outputs
        let as = ''
        if (output!.hasUses) {
          this.#nameAll([output!])
          as = ` as ${this.#use(output!)}`
        }
        this.#line(`with ${context}${as}:`)
        this.#level++
        return
      }
      case 'prim::Exit':
        if (node.previous!.kind === 'prim::Enter') this.#line('pass')
        this.#level--
        return
      case 'prim::ModuleContainerIndex': {
        this.#nameAll(node.outputs)
        const [container, key] = node.inputs.map((input) => this.#use(input))
        return this.#line(`${this.#use(node.output())} : ${annotationText(node.output().type)} = ${container}[${key}]`)
      }
      default:
        return this.#operation(node)
    }
  }

  #operation(node: Node): void {
    const text = printOperation(node, this.#context)
    if (!this.#inline.has(node) || (node.kind === 'prim::Constant' && this.#isLong(text))) return this.#assign(node, text)
    this.#expressions.set(node.output(), text)
    if (this.#isLong(text)) this.#splitLong(node.output())
  }

  #assign(node: Node, text: string): void {
    this.#nameAll(node.outputs)
    const targets = node.outputs.map((output) => this.#use(output)).join(', ')
    this.#line(targets === '' ? text : `${targets} = ${text}`)
  }

  #if(node: Node): void {
    this.#nameAll(node.outputs)
    const condition = this.#use(node.input())
    for (const [i, block] of node.blocks.entries()) {
      this.#line(i === 0 ? `if ${condition}:` : 'else:')
      this.#indented(() => {
        this.#block(block, node.outputs.length > 0)
        this.#parallel(node.outputs, block.returns)
      })
    }
  }

  #loop(node: Node): void {
    const body = node.blocks[0]!
    const isFor = constantOf(node.input(1)) === true && constantOf(body.returns[0]!) === true
    const [counter, ...carried] = body.params
    this.#nameAll(node.outputs)
    for (const [i, param] of carried.entries()) this.#names.set(param, this.#use(node.output(i)))
    for (const [i, output] of node.outputs.entries()) {
      const initial = node.input(i + 2)
      const type = typesEqual(output.type, initial.type) ? '' : `: ${annotationText(output.type)}`
      this.#line(`${this.#use(output)}${type} = ${this.#use(initial)}`)
    }
    this.#nameAll([counter!])
    if (isFor) this.#line(`for ${this.#use(counter!)} in range(${this.#use(node.input(0))}):`)
    else {
      // The counter is not used: its name is that of the condition.
      this.#line(`${this.#use(counter!)} = ${this.#use(node.input(1))}`)
      this.#line(`while ${this.#use(counter!)}:`)
    }
    const skipped = isFor ? 1 : 0
    const targets = body.params.slice(skipped)
    this.#indented(() => {
      this.#block(body, targets.length > 0)
      this.#parallel(targets, body.returns.slice(skipped))
    })
  }

  /** `a, b = c, d`. */
  #parallel(targets: readonly Value[], values: readonly Value[]): void {
    if (targets.length === 0) return
    const list = (items: readonly Value[]): string => items.map((item) => this.#use(item)).join(', ')
    this.#line(`${list(targets)}${this.#annotation(targets)} = ${list(values)}`)
  }

  /** Unions are annotated where they are first assigned, save in assignments to several targets, which Python does not let annotate. */
  #annotation([target, ...others]: readonly Value[]): string {
    if (target === undefined || others.length > 0 || this.#annotated.has(target)) return ''
    if (target.type.kind !== 'Union' && target.type.kind !== 'Optional') return ''
    this.#annotated.add(target)
    return ` : ${annotationText(target.type)}`
  }

  #fork(node: Node): void {
    const name = this.#uniqueName(node.kind === 'prim::fork' ? '__forked_function' : '__awaitable_function')
    const attribute = node.attributes.get('Subgraph')
    if (attribute === null || typeof attribute !== 'object' || attribute.kind !== 'graph') return
    this.#line(`def ${name}():`)
    for (const [i, input] of attribute.graph.inputs.entries()) this.#names.set(input, this.#use(node.input(i)))
    this.#body(attribute.graph.block)
    this.#assign(node, `${node.kind === 'prim::fork' ? 'fork' : 'awaitable'}(${name})`)
  }

  #isLong(text: string): boolean {
    return text.length + this.#level * 2 >= LONG
  }

  /** Gives names to a long expression and to all that are evaluated before it in the same statement. */
  #splitLong(value: Value): void {
    const [use] = value.uses
    const found: Value[] = []
    let user: Node | undefined = use!.user
    let offset = use!.index
    while (user !== undefined) {
      const known = this.#splitUpTo.get(user)
      for (let i = offset; i >= (known === undefined ? 0 : known + 1); i--) {
        const input = user.input(i)
        if (input.node.kind !== 'prim::Constant' && this.#inline.has(input.node)) found.push(input)
      }
      this.#splitUpTo.set(user, offset)
      if (known !== undefined || !this.#inline.has(user)) break
      const [outer]: readonly { readonly user: Node; readonly index: number }[] = [...user.output().uses]
      user = outer!.user
      offset = outer!.index - 1
    }
    for (const split of found.reverse()) this.#assign(split.node, this.#use(split))
  }

  #use(value: Value): string {
    return this.#names.get(value) ?? this.#expressions.get(value) ?? ''
  }
  #nameAll(values: readonly Value[]): void {
    for (const value of values) this.#names.set(value, this.#uniqueName(baseName(value)))
  }
  #uniqueName(candidate: string): string {
    let name = candidate
    while (this.#usedNames.has(name) || RESERVED.has(name)) {
      const number = this.#nextNumber.get(name) ?? 0
      this.#nextNumber.set(name, number + 1)
      name = `${candidate}${number}`
    }
    this.#usedNames.add(name)
    return name
  }

  #line(text: string): void {
    this.#lines.push(`${'  '.repeat(this.#level)}${text}`)
  }
  #indented(print: () => void): void {
    this.#level++
    print()
    this.#level--
  }
}

/** The debug name without its number, as an identifier; `_` for values without one. */
function baseName({ debugName }: Value): string {
  if (debugName === undefined) return '_'
  const base = debugName.replace(/\.\d+$/, '')
  return `${/^\d/.test(base) ? '_' : ''}${base.replaceAll(/[^A-Za-z0-9_]/g, '_')}`
}

/** Constants in the order of their use. */
function collectConstants(block: Block, found: Node[], seen: Set<Node>): void {
  const visit = (node: Node): void => {
    for (const { node: producer } of node.inputs)
      if (producer.kind === 'prim::Constant' && !seen.has(producer)) {
        seen.add(producer)
        found.push(producer)
      }
    for (const nested of node.blocks) collectConstants(nested, found, seen)
  }
  for (const node of block.nodes()) visit(node)
  visit(block.returnNode)
}
