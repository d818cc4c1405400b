// Records of an archive that torch wrote: entries of a zip under one top folder, whatever that folder is called.
// Answers to PyTorchStreamReader in caffe2/serialize/inline_container.cc.

import { fail } from '../diagnostics/compile-error.ts'
import { shown } from './pickle-item.ts'
import type { ZipArchive } from './zip-archive.ts'

export class Records {
  readonly #zip: ZipArchive
  /** `net/` for an archive that was saved as `net.pt`. */
  readonly folder: string

  /** @throws CompileError PT1117 */
  constructor(zip: ZipArchive) {
    this.#zip = zip
    this.folder = topFolder(zip.entries.keys())
  }

  has(name: string): boolean {
    return this.#zip.entries.has(this.folder + name)
  }

  /** @throws CompileError PT1113 to PT1115 */
  find(name: string): Uint8Array | undefined {
    return this.#zip.read(this.folder + name)
  }

  /** @throws CompileError PT1401, and as `find` */
  read(name: string): Uint8Array {
    return (
      this.find(name) ??
      fail('PT1401', `the archive has no record ${name}`, {
        member: this.folder + name,
        fix: 'the archive is incomplete: export the model again.',
      })
    )
  }

  /** Names without the top folder, in the directory's order. */
  *names(prefix: string): Generator<string> {
    const start = this.folder + prefix
    for (const name of this.#zip.entries.keys()) if (name.startsWith(start)) yield name.slice(this.folder.length)
  }
}

function topFolder(names: Iterable<string>): string {
  let folder: string | undefined
  for (const name of names) {
    const own = name.slice(0, name.indexOf('/') + 1)
    folder ??= own
    if (own === folder && own !== '') continue
    const found = own === '' ? `${shown(name)} lies outside any folder` : `${shown(name)} lies outside ${shown(folder)}`
    return fail('PT1117', `all entries must lie in one top folder, but ${found}`, {
      member: name,
      fix: 'if the archive was packed again by hand, pack the one folder that torch.jit.save made; or export the model again.',
    })
  }
  return folder ?? ''
}
