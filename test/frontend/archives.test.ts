// Every archive of torch 1.4 to 2.13: all its methods compile, as graphs that hold together, calls inlined and not.

import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { userRange } from '../../src/diagnostics/source-range.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import { allNodes } from '../../src/ir/block.ts'
import { verify } from '../../src/ir/verifier.ts'
import { schemaOf } from '../../src/ops/schema-of.ts'
import { archive } from '../archive/fixture.ts'

const names = globSync('*/*.pt', { cwd: new URL('../fixtures/archives/', import.meta.url) })
  .map((name) => name.replaceAll('\\', '/').slice(0, -3))
  .sort()

describe('all methods of archives compile', () => {
  it('of ten releases', () => {
    expect(new Set(names.map((name) => name.split('/')[0])).size).toBeGreaterThanOrEqual(10)
  })
  it.each(names)('%s', (name) => {
    const module = importScript(readTorchScript(archive(name)))
    expect(module.methods[0]).toBe('forward')
    for (const method of module.methods) {
      const { graph, params, returnType } = module.method(method)
      verify(graph)
      expect(graph.inputs.length).toBe(params.length + 1)
      const inlined = module.inlinedGraph(method)
      verify(inlined)
      expect(inlined.outputs.map(({ type }) => type.kind)).toEqual([returnType.kind])
      for (const node of allNodes(inlined.block)) {
        if (/^(?:aten|quantized)::/.test(node.kind)) expect(schemaOf(node), node.kind).toBeDefined()
        expect(node.kind).not.toMatch(/^prim::(?:Call|Load|Store|Exit|Return|Break|Continue|.*Closure)/)
      }
    }
  })
})

describe('places', () => {
  it('lead to the lines of the user', () => {
    const graph = importScript(readTorchScript(archive('2.13.0/containers_scripted'))).inlinedGraph('forward')
    const files = new Set<string>()
    for (const node of allNodes(graph.block)) if (node.range !== undefined) files.add(userRange(node.range).source.name)
    expect([...files].some((file) => file.endsWith('.py') && !file.startsWith('code/'))).toBe(true)
  })
})
