// Places in the user's own Python, from the debug records of both formats.

import { describe, expect, it } from 'vitest'
import { positionAt } from '../../src/diagnostics/source-range.ts'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { DebugRanges } from '../../src/archive/debug-ranges.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { archive } from './fixture.ts'

function placeOf(name: string, needle: string): { readonly file: string; readonly line: number; readonly text: string } | undefined {
  for (const source of readTorchScript(archive(name)).sources.values()) {
    const at = source.text.indexOf(needle)
    if (at === -1) continue
    const range = source.generatedFrom(at)
    if (range === undefined) return undefined
    return {
      file: range.source.name,
      line: positionAt(range.source, range.start).line,
      text: range.source.text.slice(range.start, range.end),
    }
  }
  throw new TypeError(`${needle} is in no source`)
}

describe('scripted code', () => {
  it('maps an operator to its expression, old format', () => {
    const place = placeOf('1.4.0/containers_scripted', 'torch.sum(')
    expect(place?.text).toContain('x.sum')
    expect(place?.file).toMatch(/make\.py$/)
  })
  it('maps an operator to its expression, with a string table', () => {
    expect(placeOf('2.13.0/containers_scripted', 'torch.sum(')?.text).toContain('x.sum')
    expect(placeOf('1.12.1/containers_scripted', 'torch.mul(')).toMatchObject({
      file: '/usr/local/models/make.py',
      line: 98,
      text: 'x * self.scale',
    })
  })
  it('says nothing where nothing is recorded', () => {
    expect(placeOf('2.13.0/containers_scripted', 'class Containers')).toBeUndefined()
  })
})

describe('traced code', () => {
  it('names the line of the model, not of the library', () => {
    const place = placeOf('2.13.0/convbn_traced', 'torch.relu(')
    expect(place?.file).toMatch(/make\.py$/)
    expect(place?.text).toMatch(/make\.py\(\d+\): forward$/)
    expect(place?.text).toContain(`(${place?.line})`)
  })
})

const tuple = (...items: IValue[]): IValue => ({ kind: 'tuple', items })

describe('records', () => {
  it('counts UTF-8 bytes on both sides', () => {
    const user = 's = "ü😀" + y\n'
    const record = tuple(tuple(0n, tuple(tuple('', '', 0n), 0n, 0n)), tuple(7n, tuple(tuple(user, 'net.py', 5n), 15n, 16n)))
    const ranges = new DebugRanges(record, '"ü", = foo(1)')
    expect(ranges.find(5)).toBeUndefined()
    const range = ranges.find(6)!
    expect(range.source.text.slice(range.start, range.end)).toBe('y')
    expect(positionAt(range.source, range.start).line).toBe(5)
  })

  it.each<readonly [string, IValue]>([
    ['nothing', null],
    ['rows out of order', tuple(tuple(9n, tuple(tuple('x', 'f', 1n), 0n, 1n)), tuple(1n, tuple(tuple('x', 'f', 1n), 0n, 1n)))],
    [
      'an index out of the table',
      tuple('FORMAT_WITH_STRING_TABLE', tuple('a'), tuple(tuple(0n, tuple(tuple(tuple(5n), 0n, 1n), 0n, 1n), 0n))),
    ],
    ['a range that ends before it starts', tuple(tuple(0n, tuple(tuple('x', 'f', 1n), 5n, 1n)))],
  ])('leads nowhere: %s', (_, record) => {
    expect(new DebugRanges(record, 'text').find(2)).toBeUndefined()
  })
})
