// Our inlined graph of every module of this folder equals torch's own, text for text, after renaming values and stripping mangles and
// places. The graphs come from torch by make.py.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { verify } from '../../src/ir/verifier.ts'
import { canonicalIr } from './canonical-ir.ts'

const folder = import.meta.dirname
const files = readdirSync(folder)
/** `name.ir` is `forward` of `name.pt`, `name.method.ir` another method of it. */
const graphs = files
  .filter((file) => file.endsWith('.ir'))
  .map((file) => {
    const [module, method = 'forward'] = file.slice(0, -'.ir'.length).split('.')
    return { file, module: module!, method }
  })

const torchGraph = (file: string): string => canonicalIr(readFileSync(join(folder, file), 'utf8'))
const load = (module: string): ReturnType<typeof importScript> =>
  importScript(readTorchScript(new Uint8Array(readFileSync(join(folder, `${module}.pt`)))))

describe('inlined graphs equal torch’s', () => {
  it.each(graphs)('$module: $method', ({ file, module, method }) => {
    const graph = load(module).inlinedGraph(method)
    expect(canonicalIr(printGraph(graph, { places: false, shapes: false, torchTensors: true }))).toBe(torchGraph(file))
    verify(graph)
  })
})

describe('the modules', () => {
  it('are at least 60, 20 of them with control flow and 10 mixed', () => {
    const texts = graphs.map(({ file }) => readFileSync(join(folder, file), 'utf8'))
    expect(graphs.length).toBeGreaterThanOrEqual(60)
    expect(texts.filter((text) => /prim::(?:If|Loop)/.test(text)).length).toBeGreaterThanOrEqual(20)
  })
})
