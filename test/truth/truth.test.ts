// Our inlined graph of every module of this folder equals torch's own, text for text, after renaming values and stripping mangles and
// places; and so does the TorchScript code of its method, as `.code` shows it. Both come from torch by make.py.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import { pythonPrint } from '../../src/frontend/python-print.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { verify } from '../../src/ir/verifier.ts'
import { canonicalIr, withoutMangles } from './canonical-ir.ts'

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

describe('code equals torch’s', () => {
  const codes = graphs.map((row) => ({ ...row, file: row.file.replace(/\.ir$/, '.code.py') })).filter(({ file }) => files.includes(file))
  it('is there for nearly all', () => expect(codes.length).toBeGreaterThanOrEqual(110))
  it.each(codes)('$module: $method', ({ file, module, method }) => {
    const fn = load(module).class.methods.get(method)!
    expect(withoutMangles(pythonPrint(fn)).trim()).toBe(withoutMangles(readFileSync(join(folder, file), 'utf8')).trim())
  })
})

describe('the modules', () => {
  it('are at least 60, 20 of them with control flow and 10 mixed', () => {
    const texts = graphs.map(({ file }) => readFileSync(join(folder, file), 'utf8'))
    expect(graphs.length).toBeGreaterThanOrEqual(60)
    expect(texts.filter((text) => /prim::(?:If|Loop)/.test(text)).length).toBeGreaterThanOrEqual(20)
    const kinds = JSON.parse(readFileSync(join(folder, 'kinds.json'), 'utf8')) as Readonly<Record<string, string>>
    expect(Object.values(kinds).filter((kind) => kind === 'mixed').length).toBeGreaterThanOrEqual(10)
  })
})
