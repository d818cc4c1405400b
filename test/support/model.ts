// A compiled model as a function in Node, the way its generated module makes it: the real runtime, onnxruntime-web, the bytes from memory.

import type { CompileResult } from '../../src/compiler/types.ts'
import type { HostModule } from '../../src/loader/host/host-module.ts'
import type { Signature } from '../../src/ir/signature.ts'
import * as library from '../../src/runtime/host/index.ts'
import { createModel, type Model, type ModelConfig } from '../../src/runtime/index.ts'
import { loadOrt } from './ort.ts'

/** The methods of a model, `forward` first. `config` is what the module is configured with besides. */
export function instantiate(
  { graph, sha256, signatures, program }: Pick<CompileResult, 'graph' | 'sha256' | 'signatures' | 'program'>,
  config: Partial<ModelConfig> = {},
): readonly Model[] {
  const url = `data:application/octet-stream;base64,${Buffer.from(graph.buffer, graph.byteOffset, graph.byteLength).toString('base64')}`
  const ready = program === undefined ? signatures : withProgram(signatures, program)
  return createModel({ signatures: ready, url: () => url, bytes: graph.length, sha256, ort: () => loadOrt() as never, ...config })
}

/** What the loader's text does, evaluated here: a file of its own for each model would be another module graph. */
function withProgram(signatures: readonly Signature[], { code, imports, methods }: HostModule): ModelConfig['signatures'] {
  const made = methods.map(({ name, init }) => `[${name}, ${init ?? 'undefined'}]`)
  // oxlint-disable-next-line no-new-func -- The text is what our own loader prints.
  const evaluate = new Function('library', `'use strict'\nconst { ${imports.join(', ')} } = library\n${code}\nreturn [${made.join(', ')}]`)
  const functions = evaluate(library) as [library.HostFunction<object>, ((tensors: readonly unknown[]) => object) | undefined][]
  return signatures.map((signature, i) => {
    const index = methods.findIndex(({ method }) => method === i)
    if (index === -1) return signature
    const [run, init] = functions[index]!
    return library.hostMethod(signature, run, { regions: methods[index]!.regions, ...(init === undefined ? {} : { init }) })
  })
}
