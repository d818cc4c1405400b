// Random numbers of a page are not torch's: each operator that draws some is told once, with its first place. Changes nothing.

import type { Problem } from '../diagnostics/compile-error.ts'
import { allNodes } from '../ir/block.ts'
import { constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { definePass } from './pass.ts'
import { isRandom } from './side-effects.ts'

/** Random only while they train, or with a probability that is not 0. */
const SOMETIMES = new Set(['lstm', 'gru', 'rnn_tanh', 'rnn_relu', 'scaled_dot_product_attention', '_scaled_dot_product_attention_math'])

export const noticeRandom = definePass({
  name: 'notice-random',
  doc: 'Tells of operators that draw random numbers.',
  run: (graph, { notices }) => {
    const places = new Map<string, Node[]>()
    for (const node of allNodes(graph.block)) {
      const name = node.kind.slice(node.kind.indexOf('::') + 2)
      if (node.kind === 'aten::Generator' && constantOf(node.input(1)) !== null) notices.push(seedNotice('a torch.Generator', node))
      if (!(isRandom(node) || SOMETIMES.has(name)) || !draws(node)) continue
      const own = name.replace(/_functional$/, '')
      const list = places.get(own)
      if (list === undefined) places.set(own, [node])
      else list.push(node)
    }
    for (const [name, nodes] of places) notices.push(noticeOf(name, nodes))
    return false
  },
})

/** False where the arguments say that nothing is drawn. */
function draws(node: Node): boolean {
  const args = schemaOf(node)?.args ?? []
  const value = (name: string): unknown => {
    const index = args.findIndex((arg) => arg.name === name)
    return index === -1 || node.inputs[index] === undefined ? undefined : constantOf(node.input(index))
  }
  if (value('train') === false || value('training') === false) return false
  return value('dropout') !== 0 && value('dropout_p') !== 0 && !(node.kind.includes('dropout') && value('p') === 0)
}

const placeOf = ({ range, callStack }: Node): Partial<Problem> => ({
  ...(range === undefined ? {} : { range }),
  ...(callStack.length === 0 ? {} : { calledFrom: callStack }),
})

function noticeOf(name: string, nodes: readonly Node[]): Problem {
  const times = nodes.length === 1 ? '' : ` at ${nodes.length} places`
  return {
    code: 'PT3042',
    message: `${name} draws random numbers${times}: from PyTorch's distribution, but not PyTorch's numbers.`,
    ...placeOf(nodes[0]!),
    fix: 'set seed for numbers that are the same in each session, or make what shall be reproduced an input.',
  }
}

/** For what sets a seed in the model's own code. */
export function seedNotice(what: string, node: Node): Problem {
  return {
    code: 'PT3043',
    message: `${what} sets a seed, which has no effect in the converted model.`,
    ...placeOf(node),
    fix: 'set the option seed for numbers that are the same in each session.',
  }
}
