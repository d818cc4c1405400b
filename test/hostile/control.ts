// The archives that every hostile file is made from: a minimal one, built record by record, and a committed one that torch wrote.

import { readFileSync } from 'node:fs'
import { ZipArchive } from '../../src/archive/zip-archive.ts'
import { ascii, buildOp, emptyDict, emptyTuple, global, mark, newObjOp, no, proto, stop, str, tensor, type Bytes } from './pickle-writer.ts'
import { concat, zipOf, type ZipEnd, type ZipItem } from './zip-writer.ts'

/** What the generator yields: a file, and what must happen to it. */
export interface HostileCase {
  /** The row of the table of threats, then what the file does: `P1 os.system`. */
  readonly name: string
  /** `either`: rejected with a code, or read as exactly what the control holds (`same`), or read in any way (`any`). */
  readonly expect: 'reject' | 'accept' | 'either'
  readonly codes?: readonly string[]
  /** For `either` and `accept`: must an accepted file hold what the control holds? */
  readonly holds?: 'same' | 'any'
  /** The control to compare with, where it is not the minimal one. */
  readonly control?: () => Bytes
  readonly bytes: () => Bytes
}

export const SOURCE = `class M(Module):
  __parameters__ = []
  __buffers__ = ["w", ]
  training : bool
  w : Tensor
  def forward(self: __torch__.M,
    x: Tensor) -> Tensor:
    w = self.w
    return torch.add(x, w)
`

/** data.pkl of the minimal module: `w`, and whatever `attributes` add. */
export function modulePickle(w: Bytes = tensor(), ...attributes: readonly Bytes[]): Bytes {
  const module = concat(global('__torch__', 'M'), emptyTuple, newObjOp)
  return concat(proto(), module, emptyDict, mark, str('training'), no, str('w'), w, ...attributes, ascii('u'), buildOp, stop)
}

const floats = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)
const text = (value: string): Bytes => new TextEncoder().encode(value)

/** Records of the minimal archive by name, without the top folder. */
export function records(changes: Readonly<Record<string, Bytes | null>> = {}): ZipItem[] {
  const all = new Map<string, Bytes>([
    ['data.pkl', modulePickle()],
    ['data/0', floats],
    ['constants.pkl', concat(proto(), emptyTuple, stop)],
    ['code/__torch__.py', text(SOURCE)],
    ['version', text('3\n')],
    ['byteorder', text('little')],
  ])
  for (const [name, data] of Object.entries(changes)) {
    if (data === null) all.delete(name)
    else all.set(name, data)
  }
  return [...all].map(([name, data]) => ({ name: `net/${name}`, data }))
}

/** The minimal archive with some records replaced, added or (null) removed. */
export const archiveWith = (changes: Readonly<Record<string, Bytes | null>> = {}, end: ZipEnd = {}): Bytes => zipOf(records(changes), end)
export const minimal = (): Bytes => archiveWith()
/** The minimal archive with another data.pkl. */
export const withData = (data: Bytes): Bytes => archiveWith({ 'data.pkl': data })
/** The minimal archive whose module has one more attribute, of this pickle. */
export const withAttribute = (value: Bytes): Bytes => withData(modulePickle(tensor(), str('x'), value))
/** The minimal archive with another tensor. */
export const withTensor = (w: Bytes): Bytes => withData(modulePickle(w))
/** The minimal archive with the item at a record's place changed. */
export function withItem(name: string, change: Partial<ZipItem>, end: ZipEnd = {}): Bytes {
  return zipOf(
    records().map((item) => (item.name === `net/${name}` ? { ...item, ...change } : item)),
    end,
  )
}

/** A file of the fixtures folder. */
export function committed(name: string): Bytes {
  const buffer = readFileSync(new URL(`../${name}`, import.meta.url))
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
/** A real archive: a traced cell inside a scripted loop, written by torch 2.13. */
export const real = (): Bytes => committed('fixtures/archives/2.13.0/rnnloop_mixed.pt')

/** The entries of an archive as items to pack again. */
export function itemsOf(archive: Bytes): ZipItem[] {
  const zip = new ZipArchive(archive)
  return [...zip.entries.keys()].map((name) => ({ name, data: zip.read(name)! }))
}
