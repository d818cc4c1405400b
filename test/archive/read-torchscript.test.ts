// Archives of torch 1.4 to 2.13, against what torch itself finds in them.

import { globSync } from 'node:fs'
import { crc32, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { HostPrimitives } from '../../src/archive/archive.ts'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import type { IObject, IValue } from '../../src/ir/ivalue.ts'
import { contiguousBytes, type Tensor } from '../../src/ir/tensor.ts'
import { archive, fixture, json } from './fixture.ts'

const folder = new URL('../fixtures/archives/', import.meta.url)
const names = globSync('*/*.pt', { cwd: folder })
  .map((name) => name.replaceAll('\\', '/').slice(0, -3))
  .sort()
const parameters = json<Record<string, Record<string, readonly [string, readonly number[], number]>>>(new URL('parameters.json', folder))

function isObject(value: IValue | undefined): value is IObject {
  return typeof value === 'object' && value !== null && value.kind === 'object'
}

function attribute(root: IObject, path: string): IValue | undefined {
  let value: IValue | undefined = root
  for (const name of path.split('.')) value = isObject(value) ? value.attributes.get(name) : undefined
  return value
}

function tensorAt(root: IObject, path: string): Tensor {
  const value = attribute(root, path)
  if (typeof value !== 'object' || value === null || value.kind !== 'tensor') throw new TypeError(`${path} is no tensor`)
  return value
}

describe('archives of every torch', () => {
  it('covers ten releases', () => {
    expect(new Set(names.map((name) => name.split('/')[0])).size).toBeGreaterThanOrEqual(10)
    expect(names.length).toBeGreaterThanOrEqual(60)
  })

  it.each(names)('%s', (name) => {
    const read = readTorchScript(archive(name))
    expect(read.version).toBeGreaterThanOrEqual(1)
    expect(read.version).toBeLessThanOrEqual(10)
    expect(read.root.className).toMatch(/^__torch__\./)
    // The class of the root is defined in one of the sources.
    const dot = read.root.className.lastIndexOf('.')
    expect(read.sources.get(read.root.className.slice(0, dot))?.text).toContain(`class ${read.root.className.slice(dot + 1)}(`)
    for (const [path, [dtype, sizes, crc]] of Object.entries(parameters[name] ?? {})) {
      const tensor = tensorAt(read.root, path)
      expect([path, tensor.dtype, tensor.sizes, crc32(contiguousBytes(tensor))]).toEqual([path, dtype, sizes, crc])
    }
  })
})

describe('records', () => {
  it('views the file instead of copying it', () => {
    const bytes = archive('2.13.0/rnnloop_mixed')
    const { root } = readTorchScript(bytes)
    const { storage } = tensorAt(root, 'cell.linear.weight')
    expect(storage.bytes.buffer).toBe(bytes.buffer)
  })

  it('reads the same with and without host primitives', () => {
    const host: HostPrimitives = { crc32, inflateRaw: (raw, max) => inflateRawSync(raw, { maxOutputLength: Math.max(1, max) }) }
    const bytes = archive('2.13.0/recurrent_scripted')
    const [plain, native] = [readTorchScript(bytes), readTorchScript(bytes, host)]
    expect([...native.sources].map(([name, { text }]) => [name, text])).toEqual([...plain.sources].map(([name, { text }]) => [name, text]))
    expect(native.root).toEqual(plain.root)
  })

  it('reads from any offset of a larger buffer', () => {
    const bytes = archive('1.4.0/rnnloop_mixed')
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(readTorchScript(shifted.subarray(3)).root).toEqual(readTorchScript(bytes).root)
  })

  it('keeps recorded inputs as dtype and sizes', () => {
    const [input] = readTorchScript(archive('2.13.0/convbn_traced')).tracedInputs.get('forward')!
    expect(input).toMatchObject({ kind: 'tensor', dtype: 'float32', storage: { bytes: new Uint8Array(0) } })
    expect((input as Tensor).sizes).toHaveLength(4)
    expect(readTorchScript(archive('1.12.1/gate_traced')).tracedInputs.size).toBe(0)
  })

  it('keeps extra files', () => {
    const { extraFiles } = readTorchScript(fixture('extra.pt'))
    expect([...extraFiles].sort().map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])).toEqual([
      ['labels.txt', 'cat\ndog\n'],
      ['meta/info.json', '{}'],
    ])
  })

  it('reads a lite-interpreter archive that has its code as TorchScript', () => {
    const { sources, root } = readTorchScript(fixture('lite.ptl'))
    expect(sources.get('__torch__')?.text).toContain('class Net(Module)')
    expect(tensorAt(root, 'linear.weight').sizes).toEqual([2, 3])
  })
})
