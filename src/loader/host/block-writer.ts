// Blocks of a host graph as statements: branches, loops, returns, calls of regions. Answers to what torch/csrc/jit/runtime/interpreter.cpp
// does with the same graph.

import type { Block } from '../../ir/block.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import { inPlace, not, plain, strongest, union, type Expression } from './expression.ts'
import { MAX_INLINE, wrapped, type Frame } from './frame.ts'
import { isTrue, turns, type LoopForm, type WhileCondition } from './loops.ts'
import { nameFor, userName } from './names.ts'
import { operationOf } from './operation.ts'
import { precedence } from './row.ts'
import { Printer, type Mapping } from './statement.ts'
import { tailOf, type Variable } from './variables.ts'
import { Writer } from './writer.ts'

export interface WrittenFunction {
  readonly code: string
  readonly imports: readonly string[]
  readonly mappings: readonly Mapping[]
}

export class BlockWriter extends Writer {
  run(): WrittenFunction {
    const params = this.params()
    const frame = this.frame(this.graph.block)
    this.nodes(frame, true)
    const printer = new Printer()
    const { name } = this.options
    printer.line(0, `async function ${name}(${['state', 'regions', ...params].join(', ')}) {`)
    printer.statements(frame.statements, 1)
    printer.line(0, '}')
    return {
      code: printer.code,
      imports: [...this.imports].filter((used) => !this.classes.names.includes(used)).sort(),
      mappings: printer.mappings,
    }
  }

  protected params(): string[] {
    const [self] = this.graph.inputs
    const inputs =
      self?.type.kind === 'Class' && this.graph.inputs.length === this.options.params.length + 1
        ? this.graph.inputs.slice(1)
        : this.graph.inputs
    if (self !== undefined && inputs[0] !== self) this.bindings.set(self, plain('state'))
    return inputs.map((input, i) => {
      const name = this.names.fresh(this.options.params[i] ?? userName(input) ?? 'x')
      const variable = this.variables.get(input)
      if (variable === undefined) this.bindings.set(input, plain(name))
      else {
        this.variableNames.set(variable, name)
        this.declared.add(variable)
      }
      return name
    })
  }

  protected nodes(frame: Frame, isTail = false): void {
    const tail = isTail ? tailOf(frame.block) : undefined
    for (const node of frame.block.nodes()) {
      if (frame.isLeft) break
      if (node === tail) {
        return this.tail(node, frame)
      }
      if (!this.elsewhere.has(node)) this.node(node, frame)
    }
    if (isTail && !frame.isLeft) this.return(frame)
  }

  protected return(frame: Frame): void {
    const { returns } = frame.block
    frame.claim(returns)
    const values = returns.map((value) => this.value(value, frame))
    frame.settle()
    for (const { unwrapped } of values) if (unwrapped === true) this.imports.add('int64')
    const range = frame.block.returnNode.range ?? values[0]?.range ?? frame.block.returnNode.previous!.range
    const texts = values.map(wrapped)
    if (texts.length === 0 || texts[0] === 'undefined') return
    frame.push(texts.length === 1 ? `return ${texts[0]!}` : `return [${texts.join(', ')}]`, range, true)
  }

  protected node(node: Node, frame: Frame): void {
    switch (node.kind) {
      case 'prim::Constant':
      case 'prim::Uninitialized':
        return
      case 'prim::If':
        return this.if(node, frame)
      case 'prim::Loop':
        return this.loop(node, frame)
      case 'host::region':
        return this.region(node, frame)
    }
    const operation = operationOf(node, this.classes)!
    const expression = this.apply(node, operation, frame)
    if (node.kind === 'prim::RaiseException') {
      frame.settle()
      return frame.push(expression.text, node.range, true)
    }
    if (node.outputs.length > 1 || node.kind === 'prim::TupleUnpack' || node.kind === 'prim::ListUnpack')
      return this.destructure(node, expression, frame)
    if (node.outputs.length === 1) return this.define(node.output(), expression, frame)
    frame.settle()
    frame.push(expression.text, node.range)
  }

  protected region(node: Node, frame: Frame): void {
    frame.claim(node.inputs)
    const inputs = node.inputs.map((input) => this.value(input, frame))
    frame.settle()
    for (const { unwrapped } of inputs) if (unwrapped === true) this.imports.add('int64')
    const expression: Expression = {
      ...plain(`await regions[${String(node.attributes.get('region'))}](${inputs.map(wrapped).join(', ')})`, precedence.unary, 'write'),
      range: node.range,
    }
    if (node.outputs.length !== 1) return this.destructure(node, expression, frame)
    const [output] = node.outputs
    const variable = this.variables.get(output!)
    if (variable !== undefined) return this.assign(variable, expression, frame)
    if (!output!.hasUses) return frame.push(expression.text, node.range)
    const name = this.names.fresh(userName(output!) ?? 'tensor')
    frame.push(`const ${name} = ${expression.text}`, node.range)
    this.bindings.set(output!, plain(name))
  }

  protected condition(value: Value, frame: Frame): Expression {
    frame.claim([value])
    return this.value(value, frame)
  }

  protected tail(node: Node, frame: Frame): void {
    const condition = this.condition(node.input(), frame)
    frame.settle()
    const [then, otherwise] = node.blocks.map((block) => {
      const inner = this.frame(block)
      this.nodes(inner, true)
      return inner
    })
    this.pushIf(condition, then!, otherwise!, node, frame)
    frame.isLeft = true
  }

  protected pushIf(condition: Expression, then: Frame, otherwise: Frame, node: Node, frame: Frame): void {
    const flip = then.statements.length === 0 || (otherwise.isLeft && !then.isLeft && otherwise.statements.length === 1)
    const [first, second] = flip ? [otherwise, then] : [then, otherwise]
    if (first.statements.length === 0) {
      if (condition.effect === 'throw' || condition.effect === 'write') frame.push(condition.text, node.range)
      return
    }
    frame.statements.push({
      kind: 'if',
      condition: (flip ? not(condition) : condition).text,
      yes: first.statements,
      no: second.statements,
      range: node.range,
    })
  }

  protected if(node: Node, frame: Frame): void {
    const condition = this.condition(node.input(), frame)
    const used = node.outputs.filter(({ hasUses }) => hasUses)
    // Branches assign what is declared in front of them.
    const fresh = new Set(
      used.map((output) => this.variables.get(output)).filter((v) => v !== undefined && !this.declared.has(v)) as Variable[],
    )
    for (const variable of fresh) this.declared.add(variable)
    const branches = node.blocks.map((block) => {
      const branch = this.frame(block)
      this.nodes(branch)
      return branch
    })
    const [then, otherwise] = branches as [Frame, Frame]
    if (this.choose(used, condition, then, otherwise, fresh)) {
      const value = (branch: Frame): Expression => this.value(branch.block.returns[used[0]!.index]!, branch)
      return this.define(used[0]!, { ...choice(condition, value(then), value(otherwise)), range: node.range }, frame)
    }
    frame.settle()
    frame.settleUsesOf(() => true)
    const declared: string[] = []
    const targets = used.map((output) => {
      const variable = this.variables.get(output)
      const name = variable === undefined ? this.names.fresh(userName(output) ?? nameFor(node)) : this.nameOf(variable)
      if (variable === undefined) this.bindings.set(output, plain(name))
      if (variable === undefined || fresh.delete(variable)) declared.push(name)
      return name
    })
    if (declared.length > 0) frame.push(`let ${declared.join(', ')}`, node.range)
    for (const branch of branches)
      this.copy(
        targets,
        used.map(({ index }) => branch.block.returns[index]!),
        branch,
      )
    this.pushIf(condition, then, otherwise, node, frame)
    if (then.isLeft && otherwise.isLeft) frame.isLeft = true
  }

  /** One result, and nothing to do but to choose it: `a && b`, `a || b`, `a ? b : c`. Then a variable that was declared for it is none. */
  protected choose(used: readonly Value[], condition: Expression, then: Frame, otherwise: Frame, fresh: ReadonlySet<Variable>): boolean {
    const [output] = used
    if (used.length !== 1) return false
    const variable = this.variables.get(output!)
    const sides = [then, otherwise].map((branch) => ({ branch, value: branch.block.returns[output!.index]! }))
    for (const { branch, value } of sides) {
      const isSame = variable !== undefined && this.variables.get(value) === variable
      if (branch.statements.length > 0 || value.node.kind === 'prim::Uninitialized' || isSame || !branch.holdsOnly(value)) return false
    }
    const texts = sides.map(({ branch, value }) => branch.pending(value) ?? this.value(value, branch))
    if (texts.some(({ text, unwrapped }) => unwrapped === true || / \? /.test(text))) return false
    if (condition.text.length + texts[0]!.text.length + texts[1]!.text.length > MAX_INLINE - 10) return false
    if (variable !== undefined && fresh.has(variable)) this.declared.delete(variable)
    return true
  }

  protected loop(node: Node, frame: Frame): void {
    const [body] = node.blocks as [Block]
    const { params, returns } = body
    const form = this.loops.get(node)!
    const { items, span, test } = form
    const carried = node.outputs
      .map((output, i) => ({ output, i }))
      .filter(({ output, i }) => output.hasUses || params[i + 1]!.hasUses || test?.carried.has(i) === true)
    // What the head needs is evaluated once, before.
    const limit = turns(node)
    const heads =
      items !== undefined
        ? [items.list]
        : span !== undefined
          ? [span.from, ...(typeof span.to === 'bigint' ? [] : [span.to])]
          : limit === undefined
            ? []
            : [limit]
    const inits = carried.map(({ i }) => node.input(i + 2))
    const start = test === undefined && !isTrue(node.input(1)) ? [node.input(1)] : []
    frame.claim([...heads, ...start, ...inits])
    const headTexts = heads.map((value, at) =>
      this.stable(this.value(value, frame), at === 0 && (span ?? items) !== undefined, frame, value),
    )
    const startValue = start.map((value) => this.value(value, frame))[0]
    const targets = this.carry(carried, inits, frame)
    frame.settle()
    frame.settleUsesOf(() => true)
    const go = startValue === undefined ? undefined : this.names.fresh('go')
    if (go !== undefined) frame.push(`let ${go} = ${startValue!.text}`, node.range)
    const inner = this.frame(body)
    const head = this.head(node, headTexts, form, go, inner)
    this.nodes(inner)
    this.next(node, { targets, sources: carried.map(({ i }) => returns[i + 1]!), go, isTested: test !== undefined }, inner)
    frame.statements.push({ kind: 'loop', head, body: inner.statements, range: node.range })
  }

  /** Sets the carried variables to what they are before the first turn. */
  protected carry(carried: readonly { readonly i: number; readonly output: Value }[], inits: readonly Value[], frame: Frame): string[] {
    const copies: { target: string; source: Value }[] = []
    const targets = carried.map(({ output }, at) => {
      const variable = this.variables.get(output)!
      const name = this.nameOf(variable)
      const source = inits[at]!
      if (this.variables.get(source) === variable) return name
      if (this.declared.has(variable)) copies.push({ target: name, source })
      else if (source.node.kind === 'prim::Uninitialized') {
        this.declared.add(variable)
        frame.push(`let ${name}`)
      } else this.assign(variable, this.value(source, frame), frame)
      return name
    })
    this.copy(
      copies.map(({ target }) => target),
      copies.map(({ source }) => source),
      frame,
    )
    return targets
  }

  protected head(node: Node, heads: readonly string[], { items, span, test }: LoopForm, go: string | undefined, inner: Frame): string {
    const [body] = node.blocks as [Block]
    const turn = body.params[0]!
    if (items !== undefined) {
      if (items.unpack !== undefined) return `for (const ${this.parts(items.unpack, inner)} of ${heads[0]!})`
      const name = this.names.fresh(userName(items.item) ?? 'item')
      this.define(items.item, plain(name), inner)
      return `for (const ${name} of ${heads[0]!})`
    }
    if (span !== undefined) {
      const name = this.names.fresh(userName(span.index) ?? 'i')
      this.define(span.index, plain(name), inner)
      const [from, to = `${String(span.to)}n`] = heads
      const compare = span.step > 0n ? '<' : '>'
      const step =
        span.step === 1n
          ? `${name}++`
          : span.step === -1n
            ? `${name}--`
            : span.step > 0n
              ? `${name} += ${span.step}n`
              : `${name} -= ${-span.step}n`
      return `for (let ${name} = ${from!}; ${name} ${compare} ${to}; ${step})`
    }
    const condition = test === undefined ? go : this.render(test, inner)
    const [limit] = heads
    if (limit === undefined && !turn.hasUses) return condition === undefined ? 'while (true)' : `while (${condition})`
    const name = this.names.fresh(userName(turn) ?? 'i')
    this.bindings.set(turn, plain(name))
    const tests = [...(limit === undefined ? [] : [`${name} < ${limit}`]), ...(condition === undefined ? [] : [condition])]
    return `for (let ${name} = 0n; ${tests.join(' && ')}; ${name}++)`
  }

  /** The parts of an item, each under its name: `[name, count]`. */
  protected parts(unpack: Node, inner: Frame): string {
    const names = unpack.outputs.map((output) => (output.hasUses ? this.names.fresh(userName(output) ?? nameFor(unpack)) : ''))
    for (const [i, output] of unpack.outputs.entries()) if (output.hasUses) this.define(output, plain(names[i]!), inner)
    return `[${names.join(', ')}]`
  }

  /** A condition that is evaluated before each turn, of variables as they are then. */
  protected render({ value, leaf, skip }: WhileCondition, frame: Frame): string {
    const own = new Set(skip)
    const expression = (v: Value): Expression => {
      const param = leaf(v)
      if (param !== undefined) return this.value(param, frame)
      return own.has(v.node) ? this.apply(v.node, operationOf(v.node, this.classes)!, frame, expression) : this.value(v, frame)
    }
    return wrapped(expression(value))
  }

  /** The end of a turn: what is carried moves on, and whether there is another one. */
  protected next(
    node: Node,
    {
      targets,
      sources,
      go,
      isTested,
    }: { targets: readonly string[]; sources: readonly Value[]; go: string | undefined; isTested: boolean },
    inner: Frame,
  ): void {
    const again = node.blocks[0]!.returns[0]!
    if (inner.isLeft) return
    if (isTested || isTrue(again)) return this.copy(targets, sources, inner)
    if (go !== undefined) return this.copy([go, ...targets], [again, ...sources], inner)
    inner.claim([again])
    let condition = this.value(again, inner)
    if (condition.effect !== 'pure' || [...condition.mentions].some((name) => targets.includes(name))) {
      inner.settle()
      const name = this.names.fresh('again')
      inner.push(`const ${name} = ${condition.text}`, condition.range)
      condition = plain(name)
    }
    this.copy(targets, sources, inner)
    inner.statements.push({
      kind: 'if',
      condition: not(condition).text,
      yes: [{ kind: 'line', text: 'break', leaves: true }],
      no: [],
      range: again.node.range,
    })
  }
}

/** `a && b` and its like, where one side says nothing more. */
function choice(condition: Expression, a: Expression, b: Expression): Expression {
  const parts = { effect: strongest([condition.effect, a.effect, b.effect]), mentions: union([condition.mentions, a.mentions, b.mentions]) }
  const both = (operator: '&&' | '||', left: Expression, right: Expression): Expression => {
    const level = operator === '&&' ? precedence.and : precedence.or
    return { ...parts, text: `${inPlace(left, level)} ${operator} ${inPlace(right, level + 1)}`, precedence: level }
  }
  if (a.text === 'true' && b.text === 'false') return condition
  if (a.text === 'false' && b.text === 'true') return not(condition)
  if (b.text === 'false') return both('&&', condition, a)
  if (a.text === 'true') return both('||', condition, b)
  if (a.text === 'false') return both('&&', not(condition), b)
  if (b.text === 'true') return both('||', not(condition), a)
  const level = precedence.conditional
  return { ...parts, text: `${inPlace(condition, level + 1)} ? ${inPlace(a, level)} : ${inPlace(b, level)}`, precedence: level }
}
