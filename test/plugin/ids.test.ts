// Ids: the extension alone makes a model, the query is a fixed schema, and no value of it is ever a path.

import { describe, expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { MODEL_FILTER, parseModelId, partId } from '../../src/plugin/ids.ts'
import { parseInput } from '../../src/plugin/input-syntax.ts'

const codeOf = (id: string): string => {
  try {
    parseModelId(id)
  } catch (error) {
    if (error instanceof CompileError) return error.code
    throw error
  }
  return 'none'
}

describe('models', () => {
  test.each(['/a/net.pt', '/a/net.pth', '/a/net.ptl', '/a/net.jit', '/a/net.pt2'])('%s', (file) => {
    expect(parseModelId(file)).toEqual({ file, part: 'module', options: {}, query: '' })
    expect(MODEL_FILTER.test(file)).toBe(true)
  })

  test('options of the query', () => {
    expect(
      parseModelId(
        '/a/net.pt?mode=script&checkTrace=error&training=preserve&controlFlow=host&input=x=float32[n,3,64,64]&input=y=int64&methods=forward,encode&outputs=logits,hidden.0&worker=true&opset=20&seed=7&device=wasm',
      ),
    ).toMatchObject({
      file: '/a/net.pt',
      options: {
        mode: 'script',
        checkTrace: 'error',
        training: 'preserve',
        controlFlow: 'host',
        inputs: { x: { dtype: 'float32', shape: ['n', 3, 64, 64] }, y: { dtype: 'int64' } },
        methods: ['forward', 'encode'],
        outputs: ['logits', 'hidden.0'],
        worker: true,
        opset: 20,
        seed: 7,
        device: 'wasm',
      },
    })
  })

  test('the order of keys does not matter', () => {
    expect(parseModelId('/net.pt?mode=script&worker=true')?.query).toBe(parseModelId('/net.pt?worker=true&mode=script')?.query)
  })

  test('keys of dev servers say nothing', () => {
    expect(parseModelId('/net.pt?import&t=17&v=abc')).toEqual({ file: '/net.pt', part: 'module', options: {}, query: '' })
    expect(parseModelId('/net.pt??')).toMatchObject({ file: '/net.pt', query: '' })
  })

  test('parts keep the options', () => {
    const request = parseModelId('/a/net.pt?mode=trace')!
    for (const part of ['asset', 'worker'] as const) expect(parseModelId(partId(request, part))).toEqual({ ...request, part })
  })
})

describe('not models', () => {
  test.each([
    '/.env',
    '/.env?torch',
    '/.env?import&torch-asset',
    '/etc/passwd?torch-worker',
    '/net.pt.d.ts',
    '/net.ptx',
    '/pt',
    '/net.onnx',
    '/net.safetensors',
    '/net.py?mode=script',
    '/a?net=x.txt',
    '\0/net.pt',
    '/net.pt\0.txt',
    '/net.pt?raw',
    '/net.pt?url',
    '/net.pt?import&raw??',
    '/net.pt?inline&import',
  ])('%j', (id) => {
    expect(parseModelId(id)).toBeUndefined()
  })

  test('the file ends at the first extension: a query cannot name another', () => {
    expect(parseModelId('/a/net.pt?v=/etc/secret.pt')?.file).toBe('/a/net.pt')
    expect(codeOf('/a/net.pt?weights=../outside/secret.pt')).toBe('PT6003')
    expect(codeOf('/a/net.pt?file=/etc/passwd')).toBe('PT6003')
  })
})

describe('wrong queries', () => {
  test.each([
    ['/net.pt?mdoe=script', 'PT6003'],
    ['/net.pt?__proto__=1', 'PT6003'],
    ['/net.pt?constructor', 'PT6003'],
    ['/net.pt?worker', 'PT6004'],
    ['/net.pt?worker=1', 'PT6004'],
    ['/net.pt?mode=fast', 'PT6004'],
    ['/net.pt?opset=99', 'PT6004'],
    ['/net.pt?opset=abc', 'PT6004'],
    ['/net.pt?seed=abc', 'PT6004'],
    ['/net.pt?seed=-1', 'PT6004'],
    ['/net.pt?input=x', 'PT6004'],
    ['/net.pt?input=x=quux[1]', 'PT6004'],
    ['/net.pt?mode=%E0%A4%A', 'PT6004'],
    ['/net.pt?exampleInputs=x.npy', 'PT6003'],
  ])('%s: %s', (id, code) => {
    expect(codeOf(id)).toBe(code)
  })

  test('a suggestion', () => {
    expect(() => parseModelId('/net.pt?mod=script')).toThrow('did you mean "mode"?')
  })

  test('an input called __proto__ is an input', () => {
    const inputs = parseModelId('/net.pt?input=__proto__=float32[1]')?.options.inputs
    expect(Object.keys(inputs ?? {})).toEqual(['__proto__'])
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })
})

test.each([
  ['x=float32[n,3,64,64]', { name: 'x', option: { dtype: 'float32', shape: ['n', 3, 64, 64] } }],
  ['x=[]', { name: 'x', option: { shape: [] } }],
  ['x=int64', { name: 'x', option: { dtype: 'int64' } }],
  ['x_1=float32[ n , 3 ]', { name: 'x_1', option: { dtype: 'float32', shape: ['n', 3] } }],
  ['x', undefined],
  ['=float32', undefined],
  ['x=float32[1', undefined],
  ['x=float32[-1]', undefined],
  ['x=float32[1e3]', undefined],
  ['x=floaty', undefined],
])('input %s', (text, parsed) => {
  expect(parseInput(text)).toEqual(parsed)
})
