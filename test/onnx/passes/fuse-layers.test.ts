// GELU, normalisation and residual sums as operators of the runtime: the same numbers, and the reasons why not.

import { describe, expect, it } from 'vitest'
import { f } from '../../../src/onnx/model.ts'
import type { OnnxBuilder } from '../../../src/onnx/builder.ts'
import type { OnnxValue } from '../../../src/onnx/operand.ts'
import { eliminateDead } from '../../../src/onnx/eliminate-dead.ts'
import { fuseBiasGelu, fuseGelu, fuseQuickGelu } from '../../../src/onnx/passes/fuse-gelu.ts'
import { fuseRmsNorm, fuseSkipLayerNorm } from '../../../src/onnx/passes/fuse-layer-norm.ts'
import { defineOnnxPass, type OnnxPass } from '../../../src/onnx/passes/onnx-pass.ts'
import { floats, linear, through, type Build } from './emitted.ts'

const number = (b: OnnxBuilder, value: number): OnnxValue => b.scalar('float32', value)
const inOrder = (...passes: readonly OnnxPass[]): OnnxPass =>
  defineOnnxPass({
    name: 'in-order',
    doc: 'One after the other.',
    run: (model, context) => {
      for (const pass of passes) {
        pass.run(model, context)
        eliminateDead(model)
      }
      return true
    },
  })

const gated = (b: OnnxBuilder, x: OnnxValue, inner: OnnxValue): OnnxValue =>
  b.op('Mul', [b.op('Mul', [x, b.op('Add', [inner, number(b, 1)])]), number(b, 0.5)])
const erf = (b: OnnxBuilder, x: OnnxValue): OnnxValue => gated(b, x, b.op('Erf', [b.op('Div', [x, number(b, Math.SQRT2)])]))
function tanh(b: OnnxBuilder, x: OnnxValue, small = 0.044715): OnnxValue {
  const cubic = b.op('Mul', [b.op('Mul', [b.op('Mul', [x, x]), x]), number(b, small)])
  return gated(b, x, b.op('Tanh', [b.op('Mul', [b.op('Add', [x, cubic]), number(b, Math.sqrt(2 / Math.PI))])]))
}

const OPEN = ['n', 's', 4]
const SIZES = [
  [2, 3, 4],
  [1, 1, 4],
] as const

describe('GELU', () => {
  it('in both forms, open dims or none', async () => {
    expect((await through(fuseGelu, erf, OPEN, ...SIZES)).left).toEqual(['Gelu'])
    expect((await through(fuseGelu, tanh, undefined, ...SIZES, [4])).left).toEqual(['FastGelu'])
  })
  it('with other constants, or a part that is read elsewhere, stays', async () => {
    expect((await through(fuseGelu, (b, x) => tanh(b, x, 0.05), OPEN, [1, 2, 4])).left).toContain('Tanh')
    const shared: Build = (b, x) => {
      const inner = b.op('Erf', [b.op('Div', [x, number(b, Math.SQRT2)])])
      return b.op('Add', [gated(b, x, inner), inner])
    }
    expect((await through(fuseGelu, shared, OPEN, [1, 2, 4])).left).toContain('Erf')
  })
  it('takes a bias along', async () => {
    const layer =
      (form: typeof erf): Build =>
      (b, x) =>
        form(b, linear(b, x, b.constant(floats([4, 6])), b.constant(floats([6]))))
    const passes = inOrder(fuseGelu, fuseBiasGelu)
    expect((await through(passes, layer(erf), OPEN, ...SIZES)).left).toEqual(['MatMul', 'BiasGelu'])
    expect((await through(passes, layer(tanh), OPEN, ...SIZES)).left).toEqual(['MatMul', 'FastGelu'])
    const shared: Build = (b, x) => {
      const y = linear(b, x, b.constant(floats([4, 4])), b.constant(floats([4])))
      return b.op('Add', [erf(b, y), y])
    }
    const { left, missed } = await through(passes, shared, OPEN, [1, 2, 4])
    expect(left).toEqual(['MatMul', 'Add', 'Gelu', 'Add'])
    expect(missed).toEqual(['the sum with the bias is used elsewhere too'])
  })
  it('x·sigmoid(1.702x)', async () => {
    const quick: Build = (b, x) => b.op('Mul', [x, b.op('Sigmoid', [b.op('Mul', [x, number(b, 1.702)])])])
    expect((await through(fuseQuickGelu, quick, OPEN, ...SIZES)).left).toEqual(['QuickGelu'])
    const other: Build = (b, x) => b.op('Mul', [b.op('Neg', [x]), b.op('Sigmoid', [b.op('Mul', [x, number(b, 1.702)])])])
    expect((await through(fuseQuickGelu, other, OPEN, [1, 2, 4])).left).toContain('Sigmoid')
  })
})

const rms = (b: OnnxBuilder, x: OnnxValue, weight?: OnnxValue, axis = -1): OnnxValue => {
  const dims = x.dims?.map((dim, i) => (i === x.dims!.length - 1 ? 1 : dim))
  const power = b.op('ReduceMean', [b.op('Mul', [x, x]), b.ints([axis])], { keepdims: 1 }, { dims })
  const inverse = b.op('Reciprocal', [b.op('Sqrt', [b.op('Add', [power, number(b, 1e-6)])])])
  const y = b.op('Mul', [x, inverse], {}, { dims: x.dims })
  return weight === undefined ? y : b.op('Mul', [y, weight], {}, { dims: x.dims })
}
const norm = (b: OnnxBuilder, x: OnnxValue, axis = -1): OnnxValue =>
  b.op(
    'LayerNormalization',
    [x, b.constant(floats([4])), b.constant(floats([4]))],
    { axis, epsilon: f(1e-5), stash_type: 1 },
    { dims: x.dims },
  )

describe('RMSNorm', () => {
  it('with a weight and without', async () => {
    expect((await through(fuseRmsNorm, (b, x) => rms(b, x, b.constant(floats([4]))), OPEN, ...SIZES)).left).toEqual([
      'SimplifiedLayerNormalization',
    ])
    expect((await through(fuseRmsNorm, (b, x) => rms(b, x), OPEN, ...SIZES)).left).toEqual(['SimplifiedLayerNormalization'])
  })
  it('not over another axis, and not where the width is not known', async () => {
    expect((await through(fuseRmsNorm, (b, x) => rms(b, x, undefined, 1), [2, 4, 4], [2, 4, 4])).left).toContain('ReduceMean')
    const { left, missed } = await through(fuseRmsNorm, (b, x) => rms(b, x), ['n', 'm'], [2, 3])
    expect(left).toContain('ReduceMean')
    expect(missed).toEqual(['the extent of the last axis is not known'])
  })
})

describe('normalised sums', () => {
  const layer = (b: OnnxBuilder, x: OnnxValue): OnnxValue => linear(b, x, b.constant(floats([4, 4])), b.constant(floats([4])))

  it('of a residual and a biased layer', async () => {
    const post: Build = (b, x) => norm(b, b.op('Add', [layer(b, x), x]))
    expect((await through(fuseSkipLayerNorm, post, OPEN, ...SIZES)).left).toEqual(['MatMul', 'SkipLayerNormalization'])
    const two: Build = (b, x) => norm(b, b.op('Add', [x, layer(b, x)]))
    expect((await through(fuseSkipLayerNorm, two, ['n', 4], [3, 4])).left).toEqual(['MatMul', 'SkipLayerNormalization'])
  })
  it('the sum is given on where it is read', async () => {
    const pre: Build = (b, x) => {
      const sum = b.op('Add', [layer(b, x), x])
      return b.op('Add', [sum, b.op('Relu', [norm(b, sum)])])
    }
    expect((await through(fuseSkipLayerNorm, pre, OPEN, ...SIZES)).left).toEqual(['MatMul', 'SkipLayerNormalization', 'Relu', 'Add'])
  })
  it('before RMSNorm', async () => {
    const build: Build = (b, x) => rms(b, b.op('Add', [layer(b, x), x]), b.constant(floats([4])))
    const { left } = await through(inOrder(fuseRmsNorm, fuseSkipLayerNorm), build, OPEN, ...SIZES)
    expect(left).toEqual(['MatMul', 'SkipSimplifiedLayerNormalization'])
  })
  it.each([
    ['four axes', ['n', 2, 3, 4], [2, 2, 3, 4], 'the kernel takes 2 or 3 axes'],
    ['shapes that may differ', [null, 3, 4], [2, 3, 4], 'the shapes of what is added are not known to be the same'],
  ] as const)('not of %s', async (_name, dims, sizes, reason) => {
    const { left, missed } = await through(fuseSkipLayerNorm, (b, x) => norm(b, b.op('Add', [b.op('Neg', [x]), x])), dims, sizes)
    expect(left).toEqual(['Neg', 'Add', 'LayerNormalization'])
    expect(missed).toEqual([reason])
  })
})
