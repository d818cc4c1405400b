// Views of a model that compile nothing: the code an archive holds, in the archive's own format.

import type { HostPrimitives } from '../archive/archive.ts'
import { readTorchScript } from '../archive/read-torchscript.ts'

/** A text with the name it goes by, e.g. `__torch__.net`. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/** The TorchScript sources of an archive, sorted by qualifier. Throws CompileError for any other kind of file. */
export function modelCode(bytes: Uint8Array, host?: HostPrimitives): NamedText[] {
  const { sources } = readTorchScript(bytes, host)
  return [...sources].map(([name, { text }]) => ({ name, text })).sort((a, b) => (a.name < b.name ? -1 : 1))
}
