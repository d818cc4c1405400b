// The exceptions that a method can raise, as codes: what type they have and what they say. Messages are known at build time; of a message that
// is made at run time the fixed parts remain.

import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import { ivalueText } from '../ir/printer.ts'
import type { Node } from '../ir/node.ts'
import { intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { PassContext } from './pass.ts'

const MAX_DEPTH = 100

export class RaiseTable {
  readonly #context: PassContext

  constructor(context: PassContext) {
    this.#context = context
  }

  /** The code of a prim::RaiseException, an int available in front of `point`: a constant, or chosen as its message is. */
  code(node: Node, b: Builder): Value {
    return this.#codeOf(node, node.input(), b, 0)
  }

  #codeOf(node: Node, message: Value, b: Builder, depth: number): Value {
    const producer = message.node
    if (producer.kind !== 'prim::If' || depth > MAX_DEPTH) return b.int(this.#row(node, message))
    const choice = b.if(producer.input(), [intType])
    for (const [i, block] of choice.blocks.entries())
      block.addReturn(this.#codeOf(node, producer.blocks[i]!.returns[message.index]!, Builder.atEnd(block), depth + 1))
    return choice.output()
  }

  #row(node: Node, message: Value): number {
    const { raises } = this.#context
    const text = messageText(message, 0)
    if (!text.isWhole && !this.#context.notices.some(({ code }) => code === 'PT3030'))
      this.#context.notices.push({
        code: 'PT3030',
        message: `An exception's message is made at run time; only its fixed parts are kept: '${text.text}'.`,
        ...(node.range === undefined ? {} : { range: node.range }),
      })
    const given = node.inputs[1] === undefined ? null : constantOf(node.inputs[1])
    const assertion = /^AssertionError: /.exec(text.text)
    const type = typeof given === 'string' ? (given.split('.').at(-1) ?? given) : assertion !== null ? 'AssertionError' : 'Exception'
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
function messageText(value: Value, depth: number): Text {
  const constant = constantOf(value)
  if (constant !== undefined) return { text: typeof constant === 'string' ? constant : ivalueText(constant), isWhole: true }
  if (depth > MAX_DEPTH) return UNKNOWN
  const { node } = value
  const parts = (): Text[] => node.inputs.map((input) => messageText(input, depth + 1))
  switch (node.kind) {
    case 'aten::format': {
      const [template, ...rest] = parts()
      let next = 0
      const text = template!.text.replace(/\{[^{}]*\}/g, () => rest[next++]?.text ?? '{}')
      return { text, isWhole: template!.isWhole && rest.every((part) => part.isWhole) }
    }
    case 'aten::add': {
      const [a, b] = parts()
      return { text: a!.text + b!.text, isWhole: a!.isWhole && b!.isWhole }
    }
    case 'aten::str':
      return messageText(node.input(), depth + 1)
    default:
      return UNKNOWN
  }
}
