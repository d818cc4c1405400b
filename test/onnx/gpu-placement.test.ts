// What gpu-placement.ts says has a kernel on WebGPU, against onnxruntime-web itself in Chromium: one node a session, with the CPU refused.

import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeModel } from '../../src/onnx/encode.ts'
import { nodesOnCpu, nodesOnGpu } from '../../src/onnx/gpu-placement.ts'
import { parseModel } from '../../src/onnx/parse-model.ts'
import { launch } from '../bundlers/browser.ts'

const DIST = join(import.meta.dirname, '../../node_modules/onnxruntime-web/dist')

const unary = (op: string, type = 'float32', result = type): string =>
  `main (${type}[2, 4, 8] x) => (${result}[2, 4, 8] y) { y = ${op} (x) }`
const binary = (op: string, type = 'float32', result = type): string => `main (${type}[2, 4] x) => (${result}[2, 4] y) { y = ${op} (x, x) }`
const ONNX = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 }
const CONV = 'kernel_shape = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], group = 1'
const POOL = 'kernel_shape = [2, 2], strides = [2, 2], pads = [0, 0, 0, 0]'

const models: readonly string[] = [
  ...(
    'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Elu Erf Exp Floor HardSigmoid HardSwish Hardmax Identity LeakyRelu Log LogSoftmax Mish Neg Reciprocal ' +
    'Relu Round Selu Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan Tanh com.microsoft.Gelu com.microsoft.FastGelu com.microsoft.QuickGelu'
  )
    .split(' ')
    .map((op) => unary(op)),
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Mod <fmod = 1>', 'Sum', 'Mean', 'PRelu'].map((op) => binary(op)),
  ...['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal'].map((op) => binary(op, 'float32', 'bool')),
  ...['And', 'Or', 'Xor'].map((op) => binary(op, 'bool')),
  ...['IsNaN', 'IsInf'].map((op) => unary(op, 'float32', 'bool')),
  ...['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'].map(
    (op) => `main (float32[2, 4, 8] x) => (float32[2, 4] y) <int64[1] a = {2}> { y = Reduce${op} <keepdims = 0> (x, a) }`,
  ),
  ...['float32', 'int32', 'int64', 'bool', 'uint8', 'int8'].flatMap((type) => [
    unary('Identity', type),
    `main (${type}[2, 4] x) => (${type}[4, 2] y) { y = Transpose <perm = [1, 0]> (x) }`,
    `main (${type}[2, 4] x) => (${type}[8] y) <int64[1] s = {8}> { y = Reshape <allowzero = 0> (x, s) }`,
    `main (${type}[2, 4] x) => (${type}[2, 2] y) <int64[1] a = {0}, int64[1] b = {2}, int64[1] c = {1}> { y = Slice (x, a, b, c) }`,
    `main (${type}[2, 4] x) => (${type}[4, 4] y) { y = Concat <axis = 0> (x, x) }`,
    `main (${type}[1, 4] x) => (${type}[3, 4] y) <int64[2] s = {3, 4}> { y = Expand (x, s) }`,
    `main (${type}[2, 4] x) => (${type}[4, 4] y) <int64[2] s = {2, 1}> { y = Tile (x, s) }`,
    `main (${type}[2, 4] x, int64[3] i) => (${type}[3, 4] y) { y = Gather <axis = 0> (x, i) }`,
    `main (${type}[2, 4] x) => (bool[2, 4] y) { y = Equal (x, x) }`,
    // What onnxruntime makes of int8 there is an error of its own.
    ...(type === 'int8' ? [] : [`main (bool[2, 4] c, ${type}[2, 4] x) => (${type}[2, 4] y) { y = Where (c, x, x) }`]),
    ...(type === 'bool' ? [] : [binary('Add', type), binary('Mul', type), binary('Less', type, 'bool')]),
  ]),
  ...Object.keys(ONNX).flatMap((from) =>
    Object.entries(ONNX).flatMap(([to, code]) =>
      from === to || to === 'int8' ? [] : [`main (${from}[2, 4] x) => (${to}[2, 4] y) { y = Cast <to = ${code}> (x) }`],
    ),
  ),
  'main (int64[2] s) => (float32[n, m] y) { y = ConstantOfShape <value = float32[1] {0.5}> (s) }',
  'main (float32[2, 4] x) => (float32[2, 4] y) <int64 a = {1}> { y = CumSum (x, a) }',
  'main (float32[2, 4] x) => (float32[2, 4] y) <int64 a = {1}> { y = Trilu <upper = 1> (x, a) }',
  'main (float32[2, 4] x) => (float32[2, 3] y, int64[2, 3] i) <int64[1] a = {3}> { y, i = TopK <axis = 1, largest = 1, sorted = 1> (x, a) }',
  'main (float32[2, 4] x) => (int64[2] y) { y = ArgMax <axis = 1, keepdims = 0, select_last_index = 0> (x) }',
  'main (float32[2, 4] x) => (int64[2, k] y) { y = NonZero (x) }',
  'main (float32[2, 4, 8] x, float32[8] g) => (float32[2, 4, 8] y) { y = LayerNormalization <axis = -1, epsilon = 0.00001> (x, g, g) }',
  'main (float32[2, 4, 8] x, float32[4] g) => (float32[2, 4, 8] y) { y = InstanceNormalization <epsilon = 0.00001> (x, g, g) }',
  'main (float32[2, 4, 8] x, float32[8] g) => (float32[2, 4, 8] y) { y = SimplifiedLayerNormalization <axis = -1, epsilon = 0.00001> (x, g) }',
  'main (float32[2, 4, 8] x, float32[8] g) => (float32[2, 4, 8] y) { y = com.microsoft.SkipLayerNormalization <epsilon = 0.00001> (x, x, g, g) }',
  'main (float32[2, 4, 8] x, float32[8] g) => (float32[2, 4, 8] y) { y = com.microsoft.SkipSimplifiedLayerNormalization <epsilon = 0.00001> (x, x, g) }',
  'main (float32[2, 4, 8] x, float32[8] g) => (float32[2, 4, 8] y) { y = com.microsoft.BiasGelu (x, g) }',
  'main (float32[2, 4, 8] x) => (float32[2, 4, 4] y) { y = com.microsoft.FusedMatMul <transB = 1, alpha = 0.5> (x, x) }',
  'main (float32[2, 4, 8] x) => (float32[2, 4, 8] y) { y = com.microsoft.MultiHeadAttention <num_heads = 2> (x, x, x) }',
  'main (float32[2, 4, 8] x, float32[8, 24] w, float32[24] b) => (float32[2, 4, 8] y) { y = com.microsoft.Attention <num_heads = 2> (x, w, b) }',
  'main (float32[2, 4] x) => (float32[2, 2] y) <float32[2, 2] c = {1, 2, 3, 4}> { y = com.microsoft.FusedGemm <transB = 1, activation = "Relu"> (x, x, c) }',
  `main (float32[1, 2, 4, 4] x, float32[2, 2, 1, 1] w) => (float32[1, 2, 4, 4] y) { y = com.microsoft.FusedConv <${CONV}, activation = "Relu"> (x, w) }`,
  'main (float32[2, 32] x, uint8[4, 1, 16] w, float32[4] s) => (float32[2, 4] y) { y = com.microsoft.MatMulNBits <K = 32, N = 4, bits = 4, block_size = 32> (x, w, s) }',
  'main (float32[2, 4] x) => (float32[2, 2] y) { y = Gemm <transB = 1> (x, x) }',
  `main (float32[1, 2, 4, 4] x, float32[2, 2, 1, 1] w) => (float32[1, 2, 4, 4] y) { y = Conv <${CONV}> (x, w) }`,
  `main (float32[1, 2, 4, 4] x, float32[2, 2, 1, 1] w) => (float32[1, 2, 4, 4] y) { y = ConvTranspose <${CONV}> (x, w) }`,
  'main (float32[1, 2, 4, 4] x) => (float32[1, 2, 4, 6] y) <int64[8] p = {0, 0, 0, 1, 0, 0, 0, 1}> { y = Pad <mode = "reflect"> (x, p) }',
  'main (float32[2, 4] x, int64[3, 1] i) => (float32[3, 4] y) { y = GatherND <batch_dims = 0> (x, i) }',
  'main (float32[2, 4] x, int64[2, 4] i) => (float32[2, 4] y) { y = GatherElements <axis = 0> (x, i) }',
  'main (float32[2, 4] x, int64[1, 1] i, float32[1, 4] u) => (float32[2, 4] y) { y = ScatterND <reduction = "none"> (x, i, u) }',
  'main (float32[2, 4] x, int64[2, 4] i) => (float32[2, 4] y) { y = ScatterElements <axis = 0> (x, i, x) }',
  'main (float32[2, 4] x) => (float32[2, 2] y) { y = Einsum <equation = "ij,kj->ik"> (x, x) }',
  'main (float32[2, 4] x) => (float32[2, 4] y) <float32 a = {0}, float32 b = {1}> { y = Clip (x, a, b) }',
  `main (float32[1, 2, 4, 4] x) => (float32[1, 2, 2, 2] y) { y = MaxPool <${POOL}> (x) }`,
  `main (float32[1, 2, 4, 4] x) => (float32[1, 2, 2, 2] y) { y = AveragePool <${POOL}> (x) }`,
  `main (float32[1, 2, 4, 4] x) => (float32[1, 2, 2, 2] y) { y = LpPool <${POOL}, p = 2> (x) }`,
]

let server: Server
let browser: Browser
beforeAll(async () => {
  server = createServer((request, response) => {
    const name = basename(request.url!)
    const type = name.endsWith('.mjs') ? 'text/javascript' : name.endsWith('.wasm') ? 'application/wasm' : 'text/html'
    response.setHeader('content-type', type).end(type === 'text/html' ? '<!doctype html>' : readFileSync(join(DIST, name)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  browser = await launch({ gpu: true })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  server?.close()
})

it('says of each operator and data type what onnxruntime does', async () => {
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const given = models.map((text) => Buffer.from(encodeModel(parseModel(text))).toString('base64'))
  const found = await page.evaluate(`(async () => {
    const ort = await import('/ort.jspi.bundle.min.mjs')
    ort.env.wasm.numThreads = 1
    const found = []
    for (const text of ${JSON.stringify(given)}) {
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
      const options = { executionProviders: ['webgpu'], logSeverityLevel: 4, extra: { session: { disable_cpu_ep_fallback: '1' } } }
      found.push(await ort.InferenceSession.create(bytes, options).then(
        (session) => session.release().then(() => 'GPU'),
        (error) => (/fallback to CPU EP|CPU EP fallback/i.test(error.message) ? 'CPU' : error.message),
      ))
    }
    return found
  })()`)
  const said = models.map((text) => (nodesOnGpu(parseModel(text)).size === 1 ? 'GPU' : 'CPU'))
  expect(models.map((text, i) => `${said[i]} ${text}`)).toEqual(models.map((text, i) => `${(found as string[])[i]} ${text}`))
}, 60_000)

describe('nodes on the CPU', () => {
  const operators = (text: string): string[] => nodesOnCpu(parseModel(text)).map(({ opType }) => opType)

  it('are those whose tensors come from the GPU, or go there', () => {
    expect(operators('main (float32[n] x) => (float32[n] y) { a = Neg (x) b = Round (a) y = Exp (b) }')).toEqual(['Round'])
    expect(operators('main (float32[n] x) => (float32[n] y) { a = Neg (x) y = Round (a) }')).toEqual(['Round'])
    expect(operators('main (float32[n] x) => (float32[n] y) { a = Round (x) y = Exp (a) }')).toEqual(['Round'])
  })

  it('are not extents and what is computed of them, nor what never meets the GPU', () => {
    const text = `main (float32[n, 4] x) => (float32[m] y) <int64[1] two = {2}> {
      a = Neg (x)
      s = Shape (a)
      t = Slice (s, two, two)
      p = ReduceProd <keepdims = 1> (s)
      y = Reshape <allowzero = 0> (a, p)
    }`
    expect(operators(text)).toEqual([])
    expect(operators('main (float32[n] x) => (float32[n] y) { y = Round (x) }')).toEqual([])
  })

  it('are loops, and what runs on the CPU inside of them', () => {
    const text = `main (float32[n] x, int64 k, bool c) => (float32[n] y) {
      y = Loop (k, c, x) <
        body = graph (int64 i, bool go, float32[n] h) => (bool on, float32[n] z) {
          on = Identity (go)
          e = Exp (h)
          z = Round (e)
        }
      >
    }`
    expect(operators(text)).toEqual(['Loop', 'Round'])
  })
})
