// One line that says how far two results are apart.

import { element } from '../find.ts'
import { difference } from './difference.ts'

/** Good when the numbers agree as two orders of the same sums do. `rounds`: weights are stored in fewer bits, so that they cannot. */
export function proofLine(against: string, actual: unknown, expected: unknown, rounds: boolean): HTMLElement {
  const { largest, scale, numbers, unlike } = difference(actual, expected)
  const isGood = unlike === undefined && largest <= 1e-3 * Math.max(scale, 1e-2)
  const text =
    unlike ??
    (largest === 0
      ? `equal, all ${numbers === 1 ? 'of it' : `${numbers.toLocaleString('en')} numbers`}`
      : `at most ${largest.toExponential(1)} apart over ${numbers.toLocaleString('en')} numbers`)
  const note = rounds && unlike === undefined ? ', with weights in fewer bits' : ''
  const kind = isGood ? 'good' : note === '' ? 'bad' : 'near'
  const line = element('p', `proof-line ${kind}`, element('b', '', `${against}: `), `${text}${note}`)
  line.dataset['largest'] = String(largest)
  return line
}
