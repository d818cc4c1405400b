// Einsum equations in torch's notation, made explicit: spaces gone, `...` spelled out as labels, the output written.
// Answers to einsum in aten/src/ATen/native/Linear.cpp. Labels of the result are single letters.

export interface Einsum {
  /** Labels of each operand, one letter per axis. */
  readonly inputs: readonly string[]
  readonly output: string
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Ranks of the operands: those that are known, and where no `...` stands for some axes, one per label. Undefined when one is open. */
export function einsumRanks(equation: string, known: readonly (number | undefined)[]): number[] | undefined {
  const terms = equation.replaceAll(' ', '').split('->')[0]!.split(',')
  const ranks = known.map((rank, i) => rank ?? (terms[i] === undefined || terms[i].includes('.') ? -1 : terms[i].length))
  return ranks.includes(-1) ? undefined : ranks
}

/** Undefined when the equation does not fit operands of these ranks, or needs more labels than there are letters. */
export function parseEinsum(equation: string, ranks: readonly number[]): Einsum | undefined {
  const [left, right, ...rest] = equation.replaceAll(' ', '').split('->')
  const terms = left!.split(',')
  if (rest.length > 0 || terms.length !== ranks.length) return undefined
  if (!terms.every((term) => /^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term))) return undefined
  const hidden = terms.map((term, i) => (term.includes('.') ? ranks[i]! - term.length + 3 : 0))
  if (hidden.some((count, i) => count < 0 || (!terms[i]!.includes('.') && terms[i]!.length !== ranks[i]))) return undefined
  const free = [...LETTERS].filter((letter) => !equation.includes(letter))
  const most = Math.max(0, ...hidden)
  if (most > free.length) return undefined
  // Hidden axes are lined up from the right.
  const spelled = free.slice(0, most).join('')
  const spell = (term: string, count: number): string => term.replace('...', spelled.slice(most - count))
  const inputs = terms.map((term, i) => spell(term, hidden[i]!))
  if (right !== undefined) return { inputs, output: spell(right, most) }
  // Without an output: hidden axes, then labels that occur once, upper case first.
  const labels = [...terms.join('').replaceAll('.', '')]
  const once = labels.filter((label) => labels.indexOf(label) === labels.lastIndexOf(label)).sort((a, b) => (a < b ? -1 : 1))
  return { inputs, output: spelled + once.join('') }
}
