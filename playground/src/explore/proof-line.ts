// One line that says how far two results are apart.

import { element } from '../find.ts'
import { difference } from './difference.ts'

/** Good when the numbers agree as two orders of the same sums do. */
export function proofLine(against: string, actual: unknown, expected: unknown): HTMLElement {
  const { largest, scale, numbers, unlike } = difference(actual, expected)
  const isGood = unlike === undefined && largest <= 1e-3 * Math.max(scale, 1e-2)
  const text =
    unlike ??
    (largest === 0
      ? `equal, all ${numbers === 1 ? 'of it' : `${numbers.toLocaleString('en')} numbers`}`
      : `at most ${largest.toExponential(1)} apart over ${numbers.toLocaleString('en')} numbers`)
  const line = element('p', isGood ? 'proof-line good' : 'proof-line bad', element('b', '', `${against}: `), text)
  line.dataset['largest'] = String(largest)
  return line
}
