// Sizes of compressed graphs are measured once for all builds that share a cache, and whatever stands in their file never breaks one.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { compressedSizes } from '../../src/plugin/compressed-sizes.ts'
import { openKnownSizes } from '../../src/plugin/known-sizes.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'known-sizes-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const graph = new TextEncoder().encode('all work and no play '.repeat(1000))
const other = new TextEncoder().encode('0123456789'.repeat(500))
const file = (): string => join(folder, 'sizes.json')

it('a later build takes what an earlier one measured', async () => {
  const measured = await openKnownSizes(folder)(graph, 'known a')
  expect(measured).toEqual(await compressedSizes(graph, 'known b'))
  // The content is not looked at again: another one under the same hash shows it.
  expect(await openKnownSizes(folder)(other, 'known a')).toEqual(measured)
  expect(readdirSync(folder)).toEqual(['sizes.json'])
})

it('graphs that are measured at the same time are all kept', async () => {
  const sizesOf = openKnownSizes(folder)
  await Promise.all([sizesOf(graph, 'both a'), sizesOf(other, 'both b')])
  expect((JSON.parse(readFileSync(file(), 'utf8')) as { sizes: unknown[][] }).sizes.map(([hash]) => hash).sort()).toEqual([
    'both a',
    'both b',
  ])
})

it('only so many are kept, the newest', async () => {
  await openKnownSizes(folder)(graph, 'many first')
  const text = readFileSync(file(), 'utf8')
  const { compression } = JSON.parse(text) as { compression: string }
  const sizes = Array.from({ length: 1000 }, (_, i) => [`many ${i}`, i, i])
  writeFileSync(file(), JSON.stringify({ compression, sizes }))
  await openKnownSizes(folder)(graph, 'many last')
  const kept = (JSON.parse(readFileSync(file(), 'utf8')) as { sizes: unknown[][] }).sizes
  expect([kept.length, kept[0]![0], kept.at(-1)![0]]).toEqual([1000, 'many 1', 'many last'])
})

it.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['null', 'null'],
  ['other compressors', JSON.stringify({ compression: 'zlib 0', sizes: [['bad', 1, 2]] })],
  ['no table', JSON.stringify({ compression: 'zlib 0', sizes: 7 })],
])('a file of %s is measured over', async (name, text) => {
  writeFileSync(file(), text)
  const expected = await compressedSizes(graph, `fresh ${name}`)
  expect(await openKnownSizes(folder)(graph, 'bad')).toEqual(expected)
  expect(await openKnownSizes(folder)(other, 'bad')).toEqual(expected)
})

it('rows that are no sizes are left out', async () => {
  await openKnownSizes(folder)(graph, 'row good')
  const { compression } = JSON.parse(readFileSync(file(), 'utf8')) as { compression: string }
  const sizes = [['row a', -1, 2], ['row b', 1.5, 2], ['row c'], 'row d', null, ['row e', '1', '2']]
  writeFileSync(file(), JSON.stringify({ compression, sizes }))
  const expected = await compressedSizes(graph, 'row measured')
  for (const hash of ['row a', 'row b', 'row c', 'row e']) expect(await openKnownSizes(folder)(graph, hash)).toEqual(expected)
})

it('a folder that cannot be written costs nothing but the time', async () => {
  const path = join(folder, 'file')
  writeFileSync(path, 'x')
  expect(await openKnownSizes(path)(graph, 'no folder')).toEqual(await compressedSizes(graph, 'no folder too'))
  mkdirSync(file())
  expect(await openKnownSizes(folder)(graph, 'a folder')).toEqual(await compressedSizes(graph, 'no folder too'))
})
