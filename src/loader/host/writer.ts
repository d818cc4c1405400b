// Values and assignments of generated JavaScript: which text stands for a value, where it is declared, and how operators become expressions.
// Order is kept by frames; blocks and control flow are block-writer.ts.

import { allNodes, type Block } from '../../ir/block.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import type { HostClasses } from './classes.ts'
import { inPlace, literal, literalImports, plain, strongest, union, type Expression } from './expression.ts'
import { Frame, MAX_INLINE, wrapped } from './frame.ts'
import { loopForm, type LoopForm } from './loops.ts'
import { nameFor, Names, userName } from './names.ts'
import type { Operation } from './operation.ts'
import { compileTemplate, type Piece } from './row.ts'
import { isSmall } from './small.ts'
import { shareVariables, type Variable } from './variables.ts'

export interface WriterOptions {
  /** Of the function. */
  readonly name: string
  /** Of the parameters behind `state` and `regions`, one for each graph input but `self`. */
  readonly params: readonly string[]
}

export class Writer {
  protected readonly graph: Graph
  protected readonly options: WriterOptions
  protected readonly classes: HostClasses
  protected readonly names: Names
  protected readonly imports = new Set<string>()
  protected readonly bindings = new Map<Value, Expression>()
  protected readonly variables: ReadonlyMap<Value, Variable>
  protected readonly variableNames = new Map<Variable, string>()
  protected readonly declared = new Set<Variable>()
  protected readonly loops = new Map<Node, LoopForm>()
  /** Lists that loops go through: by which one, if there is only one. */
  protected readonly iterated = new Map<Value, Node | null>()
  /** Nodes that are written in the heads of loops. */
  protected readonly elsewhere = new Set<Node>()

  constructor(graph: Graph, options: WriterOptions, classes: HostClasses, reserved: ReadonlySet<string>) {
    this.graph = graph
    this.options = options
    this.classes = classes
    this.names = new Names([options.name, ...classes.names, ...reserved])
    this.variables = shareVariables(graph)
    for (const node of allNodes(graph.block)) {
      if (node.kind !== 'prim::Loop') continue
      const form = loopForm(node)
      this.loops.set(node, form)
      const list = form.items?.list
      if (list !== undefined) this.iterated.set(list, this.iterated.has(list) ? null : node)
      for (const skipped of form.skip) this.elsewhere.add(skipped)
    }
  }

  protected frame(block: Block): Frame {
    return new Frame(block, (value, expression) => {
      const name = this.names.fresh(userName(value) ?? nameFor(value.node))
      this.bindings.set(value, plain(name))
      if (expression.unwrapped === true) this.imports.add('int64')
      return name
    })
  }

  protected value(value: Value, frame: Frame): Expression {
    const constant = constantOf(value)
    if (constant !== undefined) return this.constant(constant)
    const variable = this.variables.get(value)
    if (variable !== undefined) return this.variable(variable)
    return frame.take(value) ?? this.bindings.get(value) ?? plain('undefined')
  }

  protected constant(value: IValue): Expression {
    for (const name of literalImports(value)) this.imports.add(name)
    return literal(value)
  }

  protected variable(variable: Variable): Expression {
    const name = this.nameOf(variable)
    return { ...plain(name), mentions: new Set([name]) }
  }

  protected nameOf(variable: Variable): string {
    let name = this.variableNames.get(variable)
    if (name === undefined) {
      const names = [...variable.members].map(userName).filter((own) => own !== undefined)
      name = this.names.fresh(names[0] ?? nameFor([...variable.members][0]!.node))
      this.variableNames.set(variable, name)
    }
    return name
  }

  /** The values that a template names, in the order in which JavaScript evaluates them. */
  protected arguments(node: Node, { input }: Operation, pieces: readonly Piece[]): Value[] {
    return pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [node.input(input(piece.argument))]))
  }

  protected apply(node: Node, operation: Operation, frame: Frame, value = (v: Value): Expression => this.value(v, frame)): Expression {
    const shortened = this.withoutDefaults(node, operation)
    const compiled = compileTemplate(shortened)
    const { texts } = operation
    const template =
      texts === undefined
        ? compiled
        : {
            ...compiled,
            pieces: compiled.pieces.map((piece) => (typeof piece === 'string' ? piece : (texts.get(piece.argument) ?? piece))),
          }
    for (const name of template.imports) this.imports.add(name)
    const inputs = this.arguments(node, operation, template.pieces)
    frame.claim(inputs)
    const values = inputs.map(value)
    const text = this.fill(template.pieces, values, operation)
    const lone = template.pieces.length === 1 && values.length === 1 ? values[0]! : undefined
    const mentions = union(values.map((v) => v.mentions))
    const effect = strongest([operation.effect, ...values.map((v) => v.effect)])
    const ring = operation.ring !== undefined && (operation.ring === 'wrap' || values.some((v) => v.unwrapped) || !isSmall(node.output()))
    return {
      text,
      precedence: lone?.precedence ?? template.precedence,
      effect,
      mentions,
      range: node.range,
      ...(ring ? { unwrapped: true } : {}),
      ...(operation.negated === undefined ? {} : { negated: this.fill(compileTemplate(operation.negated).pieces, values, operation) }),
    }
  }

  /** A template with its arguments put in, in order. */
  protected fill(pieces: readonly Piece[], values: readonly Expression[], { ring }: Operation): string {
    let at = 0
    return pieces
      .map((piece, i) => {
        if (typeof piece === 'string') return piece
        const argument = values[at++]!
        const before = pieces[i - 1]
        // `--x` is no `-(-x)`.
        if (typeof before === 'string' && before.endsWith('-') && argument.text.startsWith('-')) return `(${argument.text})`
        if (argument.unwrapped !== true || ring !== undefined) return inPlace(argument, piece.atLeast)
        this.imports.add('int64')
        return wrapped(argument)
      })
      .join('')
  }

  /** `f($a, $b)` without the last arguments that are what they are when left out. */
  protected withoutDefaults(node: Node, { template, input }: Operation): string {
    const { isCall, pieces } = compileTemplate(template)
    const schema = node.schema
    if (!isCall || schema === undefined) return template
    const names = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.argument]))
    while (names.length > 0) {
      const index = input(names.at(-1)!)
      const given = constantOf(node.input(index))
      const usual = schema.args[index]?.default
      if (given === undefined || usual === undefined || given !== usual) break
      names.pop()
    }
    return `${template.slice(0, template.indexOf('('))}(${names.map((name) => `$${name}`).join(', ')})`
  }

  /** Gives a node's only output its place: in its only use, in a variable, or under a name. */
  protected define(value: Value, expression: Expression, frame: Frame): void {
    const variable = this.variables.get(value)
    if (variable !== undefined) return this.assign(variable, expression, frame)
    if (value.uses.size === 0) {
      if (expression.effect === 'pure' || expression.effect === 'read') return
      frame.settle()
      return frame.push(expression.text, expression.range)
    }
    const uses = [...value.uses].map(({ user }) => user).filter((user) => !this.elsewhere.has(user))
    // A list that is only iterated over is used once, by the head of its loop.
    const loop = this.iterated.get(value)
    // A loop over it takes it, beside those that name it.
    const use = uses.length === 0 ? loop : uses.length === 1 && loop === undefined ? uses[0] : undefined
    const isName = /^[\w$]+$/.test(expression.text) && expression.mentions.size === 0 && expression.effect === 'pure'
    if (isName) {
      this.bindings.set(value, expression)
      return
    }
    if (use?.block === frame.block && expression.text.length <= MAX_INLINE) return frame.defer(value, expression)
    if (expression.effect !== 'pure') frame.settle()
    if (expression.unwrapped === true) this.imports.add('int64')
    const name = this.names.fresh(userName(value) ?? nameFor(value.node))
    frame.push(`const ${name} = ${wrapped(expression)}`, expression.range)
    this.bindings.set(value, plain(name))
  }

  protected assign(variable: Variable, expression: Expression, frame: Frame): void {
    const name = this.nameOf(variable)
    if (expression.text === name) return
    if (expression.effect !== 'pure') frame.settle()
    frame.settleUsesOf((other) => other === name)
    if (expression.unwrapped === true) this.imports.add('int64')
    const text = wrapped(expression)
    if (!this.declared.has(variable)) {
      this.declared.add(variable)
      return frame.push(`let ${name} = ${text}`, expression.range)
    }
    const step = /^([\w$]+) ([+*/-]) ([\w$.]+)$/.exec(text)
    frame.push(step !== null && step[1] === name ? `${name} ${step[2]}= ${step[3]}` : `${name} = ${text}`, expression.range)
  }

  /** Several results at once: `const [a, b] = …`. */
  protected destructure(node: Node, expression: Expression, frame: Frame): void {
    const used = node.outputs.filter(({ hasUses }) => hasUses)
    if (used.length === 0) {
      if (expression.effect === 'pure' || expression.effect === 'read') return
      frame.settle()
      return frame.push(expression.text, node.range)
    }
    if (expression.effect !== 'pure') frame.settle()
    const last = node.outputs.findLastIndex(({ hasUses }) => hasUses)
    const variables = node.outputs.slice(0, last + 1).map((output) => (output.hasUses ? this.variables.get(output) : undefined))
    const targets = node.outputs.slice(0, last + 1).map((output, i) => {
      if (!output.hasUses) return ''
      const variable = variables[i]
      return variable === undefined ? this.names.fresh(userName(output) ?? nameFor(node)) : this.nameOf(variable)
    })
    const old = new Set(variables.filter((variable) => variable !== undefined && this.declared.has(variable)))
    frame.settleUsesOf((name) => targets.includes(name))
    const isNew = (i: number): boolean => variables[i] === undefined || !old.has(variables[i]!)
    if (old.size > 0) {
      // Some are there already: what is new is declared before.
      const fresh = targets.filter((target, i) => target !== '' && isNew(i))
      if (fresh.length > 0) frame.push(`let ${fresh.join(', ')}`)
      frame.push(`[${targets.join(', ')}] = ${expression.text}`, node.range)
    } else {
      const keyword = variables.some((variable) => variable !== undefined) ? 'let' : 'const'
      frame.push(`${keyword} [${targets.join(', ')}] = ${expression.text}`, node.range)
    }
    for (const [i, target] of targets.entries()) {
      const variable = variables[i]
      if (variable !== undefined) this.declared.add(variable)
      else if (target !== '') this.bindings.set(node.output(i), plain(target))
    }
  }

  /** `targets = sources`, all at once. */
  protected copy(targets: readonly string[], sources: readonly Value[], frame: Frame): void {
    if (frame.isLeft) return
    const live = sources
      .map((source, i) => ({ source, target: targets[i]! }))
      .filter(({ source }) => source.node.kind !== 'prim::Uninitialized')
    frame.claim(live.map(({ source }) => source))
    let open = live.map(({ source, target }) => ({ target, expression: this.value(source, frame) }))
    frame.settle()
    open = open.filter(({ target, expression }) => expression.text !== target)
    for (const { expression } of open) if (expression.unwrapped === true) this.imports.add('int64')
    while (open.length > 0) {
      const ready = open.findIndex(({ target }) => !open.some((other) => other.target !== target && other.expression.mentions.has(target)))
      if (ready === -1 || (ready > 0 && open.some(({ expression }) => expression.effect !== 'pure'))) {
        const all = (list: readonly string[]): string => list.join(', ')
        return frame.push(`[${all(open.map(({ target }) => target))}] = [${all(open.map(({ expression }) => wrapped(expression)))}]`)
      }
      const [{ target, expression }] = open.splice(ready, 1) as [(typeof open)[number]]
      const text = wrapped(expression)
      const step = /^([\w$]+) ([+*/-]) ([\w$.]+)$/.exec(text)
      frame.push(step !== null && step[1] === target ? `${target} ${step[2]}= ${step[3]}` : `${target} = ${text}`, expression.range)
    }
  }

  /** An expression that stays what it is while the loop runs: a name that is assigned once, or a constant. */
  protected stable(expression: Expression, once: boolean, frame: Frame, value: Value): string {
    const text = wrapped(expression)
    if (once || /^-?\d+n$/.test(text) || (/^[\w$]+$/.test(text) && expression.mentions.size === 0)) return text
    if (expression.effect !== 'pure') frame.settle()
    const name = this.names.fresh(userName(value) ?? nameFor(value.node))
    if (expression.unwrapped === true) this.imports.add('int64')
    frame.push(`const ${name} = ${text}`, expression.range)
    this.bindings.set(value, plain(name))
    return name
  }
}
