// The pickle machine on what CPython writes, in every protocol.

import { describe, expect, it } from 'vitest'
import { readPickle } from '../../src/archive/pickle-value.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { json } from './fixture.ts'

const pickles = json<Record<string, string>>(new URL('fixtures/pickles.json', import.meta.url))
const list = (...items: IValue[]): IValue => ({ kind: 'list', items })
const tuple = (...items: IValue[]): IValue => ({ kind: 'tuple', items })

const expected = list(
  list(0n, 1n, -1n, 255n, 256n, 65535n, 65536n, 2147483647n, -2147483648n, 2147483648n, 9223372036854775807n, -9223372036854775808n),
  list(0.5, -0, 1e300, Infinity, Number.NaN),
  list('', 'a', 'ü😀', 'back\\slash', 'x'.repeat(300)),
  list(true, false, null),
  tuple(tuple(), tuple(1n), tuple(1n, 2n), tuple(1n, 2n, 3n), tuple(1n, 2n, 3n, 4n)),
  {
    kind: 'dict',
    entries: [
      ['k', list(1n)],
      [3n, { kind: 'dict', entries: [] }],
    ],
  },
  list(list(1n), list(1n)),
)

describe('protocols', () => {
  it.each(Object.entries(pickles))('%s', (_, base64) => {
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
    const value = readPickle(bytes, 'test', {
      resolve: () => undefined,
      persistent: (_id, fail) => fail('PT1214', 'none here'),
      hasState: () => false,
    })
    expect(value).toEqual(expected)
    const { items } = value as { items: readonly { items: readonly unknown[] }[] }
    expect(items[6]!.items[0]).toBe(items[6]!.items[1])
  })
})
