// The tests of one fixture from what a page or a process made of it: every case against torch's numbers, and no case against another's.

import { expect, it } from 'vitest'
import { compareJs } from '../support/js-value.ts'
import { decodeLeaf, type Leaf } from '../support/leaf.ts'
import type { Fixture, GoldenCase } from './fixtures.ts'
import { fromWire, type FixtureRun, type MethodInfo, type Outcome } from './wire.ts'

/** DESIGN §7: whole networks within 1e-3 of the golden's standard deviation. */
export const NETWORK = { network: 1e-3 }

/** How a case differs from a golden; undefined when it does not. */
export function difference(outcome: Outcome, { outputs, raises }: Pick<GoldenCase, 'outputs' | 'raises'>): string | undefined {
  if ('error' in outcome) {
    const { name, message } = outcome.error
    return raises?.type === name && tells(message, raises.message) ? undefined : `${name}: ${message}`
  }
  return raises === undefined ? compareJs(fromWire(outcome.value), decodeLeaf(outputs), NETWORK) : `no ${raises.type}`
}

/** Of a message made at run time the fixed parts are told (notice PT3030): `{}` stands for the rest. */
export function tells(message: string, expected: string): boolean {
  const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${message.split('{}').map(escape).join('.*')}$`, 's').test(expected)
}

/**
 * True when a case hands in a tensor of another rank than the module says it takes. A recorded or assumed rank is a promise:
 * torch's own trace would take any, the emitted module refuses before the runtime sees it.
 */
export function otherRank({ inputs }: MethodInfo, values: readonly Leaf[]): boolean {
  const params = [...new Set(inputs.map(({ name }) => rootOf(name)))].map((root) => inputs.filter(({ name }) => rootOf(name) === root))
  return values.some((leaf, i) => {
    const [info, ...more] = params[i] ?? []
    const value = decodeLeaf(leaf)
    const rank = value !== null && typeof value === 'object' && value.kind === 'tensor' ? value.sizes.length : undefined
    return rank !== undefined && more.length === 0 && info?.dims !== undefined && info.dims.length !== rank
  })
}

/** `x` of `x[0].y`: the parameter that a value is a part of. */
const rootOf = (name: string): string => name.split(/[.[]/)[0]!

/** Declares the tests. `run` throws the reason when there is nothing to judge. */
export function judge({ golden }: Fixture, run: () => FixtureRun): void {
  const refused = (one: GoldenCase): boolean => otherRank(run().methods[one.method ?? 'forward']!, one.inputs)

  golden.cases.forEach((one, i) => {
    it(one.name, () => {
      for (const outcomes of run().rounds) {
        if (refused(one)) expect(outcomes[i]).toMatchObject({ error: { code: 'PT5106' } })
        else expect(difference(outcomes[i]!, one)).toBeUndefined()
      }
    })
  })

  // A check that passes on the golden of another input would be no check.
  it('differs from the goldens of other cases', () => {
    const [outcomes] = run().rounds
    const all = golden.cases.map((one, i) => ({ one, i })).filter(({ one }) => !refused(one))
    const pairs = all.flatMap(({ one, i }) =>
      all.filter(({ one: other }) => other.method === one.method && answer(other) !== answer(one)).map(({ one: other }) => ({ i, other })),
    )
    expect(pairs.length).toBeGreaterThan(0)
    for (const { i, other } of pairs) expect(difference(outcomes![i]!, other), other.name).toEqual(expect.any(String))
  })
}

const answer = ({ outputs, raises }: GoldenCase): string => JSON.stringify([outputs, raises])
