// Names and texts of the sources in a model's source map: an archive may say that its files lie anywhere, and no tool may be led there.

import { expect, it } from 'vitest'
import type { Source, SourceRange } from '../../../src/diagnostics/source-range.ts'
import { inFolder, movedDown, programMap } from '../../../src/loader/host/program-map.ts'
import { places } from '../../support/source-map.ts'

const text = 'def forward(self):\n    return 1\n'
const at = (source: Source, generatedFrom?: SourceRange): SourceRange => ({
  source,
  start: source.text.indexOf('return') < 0 ? 0 : source.text.indexOf('return'),
  end: source.text.length,
  ...(generatedFrom === undefined ? {} : { generatedFrom }),
})
const named = (name: string): string => programMap([{ line: 1, column: 0, range: at({ name, text }) }]).sources[0]!

it.each([
  ['net.py', 'net.py'],
  ['/home/me/net.py', 'home/me/net.py'],
  ['../../../etc/passwd', 'etc/passwd'],
  ['C:\\Users\\me\\net.py', 'Users/me/net.py'],
  ['file:///etc/passwd', 'etc/passwd'],
  ['https://example.org/net.py?a#b', 'example.org/net.py_a_b'],
  ['<string>', '_string_'],
  ['./a/./b/../net.py', 'a/b/net.py'],
  ['', 'model.py'],
  ['..', 'model.py'],
  ['..\\..\\x\0.py', 'x_.py'],
])('%j is named %j', (name, expected) => {
  expect(named(name)).toBe(expected)
})

it('names stay apart, and every source has a text', () => {
  const map = programMap([
    { line: 1, column: 0, range: at({ name: '/a/net.py', text }) },
    { line: 2, column: 0, range: at({ name: 'a/net.py', text: '' }) },
  ])
  expect(map.sources).toEqual(['a/net.py', 'a/net-1.py'])
  expect(map.sourcesContent!.every((content) => typeof content === 'string')).toBe(true)
})

it("leads to the user's Python where the archive has it, else to the archive's code", () => {
  const code = { name: 'code/__torch__/net.py', text }
  const known = at(code, at({ name: 'train.py', text: 'def forward(self):\n\n    return 1', firstLine: 10 }))
  const unknown = at(code, { source: { name: 'lost.py', text: '' }, start: 0, end: 0 })
  const map = inFolder(
    movedDown(
      programMap([
        { line: 1, column: 2, range: known },
        { line: 3, column: 4, range: unknown },
      ]),
      5,
    ),
    "my net's.pt",
  )
  expect(places(map)).toEqual([
    { generated: { line: 6, column: 2 }, source: 'my_net_s.pt/train.py', line: 12, column: 4, text: 'return 1' },
    { generated: { line: 8, column: 4 }, source: 'my_net_s.pt/code/__torch__/net.py', line: 2, column: 4, text: 'return 1' },
  ])
})
