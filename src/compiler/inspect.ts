// Views of a model in torch's own text: the code that its archive holds, and the inlined graph of each method.

import type { HostPrimitives } from '../archive/archive.ts'
import { readTorchScript } from '../archive/read-torchscript.ts'
import { importScript } from '../frontend/import-script.ts'
import { printGraph } from '../ir/printer.ts'

/** A text with the name it goes by: a qualifier such as `__torch__.net`, or a method. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/** The TorchScript sources of an archive, sorted by qualifier. Throws CompileError for any other kind of file. */
export function modelCode(bytes: Uint8Array, host?: HostPrimitives): NamedText[] {
  const { sources } = readTorchScript(bytes, host)
  return [...sources].map(([name, { text }]) => ({ name, text })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The graph of each method with all calls inlined, `forward` first. Throws CompileError. */
export function modelGraphs(bytes: Uint8Array, host?: HostPrimitives): NamedText[] {
  const script = importScript(readTorchScript(bytes, host))
  return script.methods.map((name) => ({ name, text: printGraph(script.inlinedGraph(name)) }))
}
