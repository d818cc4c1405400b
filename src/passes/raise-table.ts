// The exceptions that a method can raise, as codes: what type they have and what they say. Messages are known at build time; of a message that
// is made at run time the fixed parts remain.

import { isTorchCode } from '../diagnostics/source-range.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import { ivalueText } from '../ir/printer.ts'
import type { Node } from '../ir/node.ts'
import { intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { PassContext } from './pass.ts'

// Branches that choose one message.
const MAX_CHOICES = 100
// Values that one message is made of, and its length: more says nothing to a reader.
const MAX_PARTS = 200
const MAX_TEXT = 2000

export class RaiseTable {
  readonly #context: PassContext

  constructor(context: PassContext) {
    this.#context = context
  }

  /** The code of a prim::RaiseException, an int available in front of `point`: a constant, or chosen as its message is. */
  code(node: Node, b: Builder): Value {
    return this.#codeOf(node, node.input(), b, { left: MAX_CHOICES })
  }

  #codeOf(node: Node, message: Value, b: Builder, budget: { left: number }): Value {
    const producer = message.node
    if (producer.kind !== 'prim::If' || budget.left-- <= 0) return b.int(this.#row(node, message))
    const choice = b.if(producer.input(), [intType])
    for (const [i, block] of choice.blocks.entries())
      block.addReturn(this.#codeOf(node, producer.blocks[i]!.returns[message.index]!, Builder.atEnd(block), budget))
    return choice.output()
  }

  #row(node: Node, message: Value): number {
    const { raises } = this.#context
    const text = messageText(message, { left: MAX_PARTS })
    // One notice for the model's own code and one for torch's.
    const said = this.#context.notices.filter(({ code }) => code === 'PT3030').map(({ range }) => isTorchCode(range))
    if (!text.isWhole && !said.includes(isTorchCode(node.range)))
      this.#context.notices.push({
        code: 'PT3030',
        message: `An exception's message is made at run time; only its fixed parts are kept: '${text.text}'.`,
        ...(node.range === undefined ? {} : { range: node.range }),
      })
    const given = node.inputs[1] === undefined ? null : constantOf(node.inputs[1])
    const assertion = /^AssertionError: /.exec(text.text)
    const type = typeof given === 'string' ? (given.split('.').at(-1) ?? given) : assertion !== null ? 'AssertionError' : 'RuntimeError'
    const row = { type, message: typeof given === 'string' || assertion === null ? text.text : text.text.slice(assertion[0].length) }
    const known = raises.findIndex((other) => other.type === row.type && other.message === row.message)
    return known === -1 ? raises.push(row) : known + 1
  }
}

interface Text {
  readonly text: string
  readonly isWhole: boolean
}
const UNKNOWN: Text = { text: '{}', isWhole: false }

/** A string as far as it is known; `{}` stands for what is not. */
function messageText(value: Value, budget: { left: number }): Text {
  const constant = constantOf(value)
  if (constant !== undefined) return { text: typeof constant === 'string' ? constant : ivalueText(constant), isWhole: true }
  if (budget.left-- <= 0) return UNKNOWN
  const { node } = value
  const parts = (): Text[] => node.inputs.map((input) => messageText(input, budget))
  switch (node.kind) {
    case 'aten::format': {
      const [template, ...rest] = parts()
      let next = 0
      const text = template!.text.replace(/\{[^{}]*\}/g, () => rest[next++]?.text ?? '{}')
      return { text: text.slice(0, MAX_TEXT), isWhole: template!.isWhole && rest.every((part) => part.isWhole) }
    }
    case 'aten::add': {
      const [a, b] = parts()
      return { text: (a!.text + b!.text).slice(0, MAX_TEXT), isWhole: a!.isWhole && b!.isWhole }
    }
    case 'aten::str':
      return messageText(node.input(), budget)
    default:
      return UNKNOWN
  }
}
