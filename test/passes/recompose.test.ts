// Formulas spelled by hand that become torch's operators: every spelling, and what is not one.

import { describe, expect, it } from 'vitest'
import { tensorFact } from '../../src/ops/fact.ts'
import type { Pass } from '../../src/passes/pass.ts'
import { recomposeGelu, recomposeHardswish, recomposeSilu } from '../../src/passes/recompose-activations.ts'
import { recomposeLayerNorm } from '../../src/passes/recompose-layer-norm.ts'
import { recomposeRmsNorm } from '../../src/passes/recompose-rms-norm.ts'
import { eliminateDeadCode } from '../../src/passes/eliminate-dead-code.ts'
import type { ScalarType } from '../../src/ir/scalar-type.ts'
import { rewrite } from '../support/run-passes.ts'

const CONSTANTS: readonly (readonly [string, number | bigint])[] = [
  ['half', 0.5],
  ['one', 1n],
  ['two', 2n],
  ['three', 3n],
  ['six', 6n],
  ['zero', 0n],
  ['root2', Math.SQRT2],
  ['inverse', Math.SQRT1_2],
  ['k', Math.sqrt(2 / Math.PI)],
  ['k2', 2 * Math.sqrt(2 / Math.PI)],
  ['small', 0.044715],
  ['eps', 1e-6],
]

/** The kinds of the operators that are left, and the reasons given. */
function left(body: string, pass: Pass, dtype: ScalarType = 'float32', dims: readonly (string | number)[] = ['n', 8]) {
  const constants = CONSTANTS.map(([name, value]) =>
    typeof value === 'bigint' ? `%${name} : int = prim::Constant[value=${value}]()` : `%${name} : float = prim::Constant[value=${value}]()`,
  )
  const lines = body.split(';').map((line) => {
    const [name, call] = line.trim().split(' = ') as [string, string]
    return `%${name} : ${call.startsWith('prim::List') ? 'int[]' : 'Tensor'} = ${call}`
  })
  const none = [
    '%none : NoneType = prim::Constant()',
    '%true : bool = prim::Constant[value=1]()',
    '%false : bool = prim::Constant[value=0]()',
    '%last : int = prim::Constant[value=-1]()',
  ]
  const text = `graph(%x : Tensor, %w : Tensor, %b : Tensor):\n  ${[...constants, ...none, ...lines].join('\n  ')}\n  return (%y)`
  const inputs = [tensorFact(dtype, dims), tensorFact(dtype, [8]), tensorFact(dtype, [8])]
  const { graph, context } = rewrite(text, [pass, eliminateDeadCode], inputs)
  const kinds = [...graph.block.nodes()].map(({ kind }) => kind).filter((kind) => kind.startsWith('aten::'))
  return { kinds: kinds.map((kind) => kind.slice(6)), missed: [...new Set(context.missed.map(({ reason }) => reason))] }
}

const erf = (name: string): string => `d = aten::mul(%x, %inverse); ${name} = aten::erf(%d)`
const tanh = `p = aten::pow(%x, %three); q = aten::mul(%p, %small); s = aten::add(%x, %q, %one); z = aten::mul(%s, %k); t = aten::tanh(%z)`

describe('recompose-gelu', () => {
  it.each([
    `${erf('e')}; a = aten::add(%e, %one, %one); h = aten::mul(%x, %half); y = aten::mul(%h, %a)`,
    `d = aten::div(%x, %root2); e = aten::erf(%d); a = aten::add(%e, %one, %one); m = aten::mul(%a, %x); y = aten::div(%m, %two)`,
    `${erf('e')}; m = aten::mul(%e, %half); a = aten::add(%m, %half, %one); y = aten::mul(%a, %x)`,
    `${erf('e')}; m = aten::mul(%x, %e); a = aten::add(%x, %m, %one); y = aten::mul(%a, %half)`,
    `${tanh}; a = aten::add(%t, %one, %one); h = aten::mul(%x, %half); y = aten::mul(%h, %a)`,
    // x·k·(1 + 0.044715·x·x)
    `h = aten::mul(%x, %k); u = aten::mul(%x, %small); v = aten::mul(%u, %x); r = aten::add(%v, %one, %one); z = aten::mul(%h, %r); t = aten::tanh(%z); a = aten::add(%t, %one, %one); i = aten::mul(%a, %half); y = aten::mul(%x, %i)`,
    `c = aten::mul(%x, %x); d = aten::mul(%c, %x); q = aten::mul(%d, %small); s = aten::add(%x, %q, %one); z = aten::mul(%s, %k2); g = aten::sigmoid(%z); y = aten::mul(%x, %g)`,
  ])('%s', (body) => {
    expect(left(body, recomposeGelu)).toEqual({ kinds: ['gelu'], missed: [] })
  })
  it('not with another factor, another dtype, or a part that is read elsewhere', () => {
    const other = `d = aten::mul(%x, %half); e = aten::erf(%d); a = aten::add(%e, %one, %one); h = aten::mul(%x, %half); y = aten::mul(%h, %a)`
    expect(left(other, recomposeGelu).kinds).toContain('erf')
    const body = `${erf('e')}; a = aten::add(%e, %one, %one); h = aten::mul(%x, %half); y = aten::mul(%h, %a)`
    expect(left(body, recomposeGelu, 'float64').kinds).toContain('erf')
    const missed = `${tanh}; a = aten::add(%t, %one, %one); h = aten::mul(%x, %half); m = aten::mul(%h, %a); y = aten::add(%m, %t, %one)`
    expect(left(missed, recomposeGelu)).toMatchObject({ missed: ['a part of the formula is used elsewhere too'] })
    expect(
      left(`${tanh}; a = aten::add(%t, %one, %one); h = aten::mul(%x, %half); y = aten::mul(%h, %a)`, recomposeGelu, 'float16').missed,
    ).toEqual(['the values are float16, not float32'])
  })
})

describe('recompose-silu and recompose-hardswish', () => {
  it('x·sigmoid(x)', () => {
    expect(left('g = aten::sigmoid(%x); y = aten::mul(%g, %x)', recomposeSilu).kinds).toEqual(['silu'])
    expect(left('g = aten::sigmoid(%x); y = aten::mul(%g, %w)', recomposeSilu).kinds).toEqual(['sigmoid', 'mul'])
  })
  it('x·relu6(x + 3)/6', () => {
    const gate = 'a = aten::add(%x, %three, %one); g = aten::relu6(%a)'
    expect(left(`${gate}; m = aten::mul(%x, %g); y = aten::div(%m, %six)`, recomposeHardswish).kinds).toEqual(['hardswish'])
    expect(left(`${gate}; d = aten::div(%g, %six); y = aten::mul(%x, %d)`, recomposeHardswish).kinds).toEqual(['hardswish'])
    expect(left('g = aten::hardsigmoid(%x); y = aten::mul(%g, %x)', recomposeHardswish).kinds).toEqual(['hardswish'])
    expect(left(`${gate}; y = aten::mul(%x, %g)`, recomposeHardswish).kinds).toContain('relu6')
  })
})

describe('recompose-rms-norm', () => {
  const mean = 'l = prim::ListConstruct(%last); m = aten::mean(%s, %l, %true, %none); a = aten::add(%m, %eps, %one)'
  it.each([
    `s = aten::pow(%x, %two); ${mean}; r = aten::rsqrt(%a); n = aten::mul(%x, %r); y = aten::mul(%w, %n)`,
    `s = aten::mul(%x, %x); ${mean}; r = aten::sqrt(%a); n = aten::div(%x, %r); y = aten::mul(%n, %w)`,
    `s = aten::square(%x); ${mean}; r = aten::rsqrt(%a); y = aten::mul(%r, %x)`,
  ])('%s', (body) => {
    expect(left(body, recomposeRmsNorm)).toEqual({ kinds: ['rms_norm'], missed: [] })
  })
  it('not of other values, nor where the last axis is not known', () => {
    const mixed = `s = aten::mul(%x, %w); ${mean}; r = aten::rsqrt(%a); y = aten::mul(%r, %x)`
    expect(left(mixed, recomposeRmsNorm).kinds).toContain('rsqrt')
    const open = `s = aten::mul(%x, %x); ${mean}; r = aten::rsqrt(%a); y = aten::mul(%r, %x)`
    expect(left(open, recomposeRmsNorm, 'float32', ['n', 'm']).missed).toContain('the extent of the last axis is not known')
  })
})

describe('recompose-layer-norm', () => {
  const centre = 'l = prim::ListConstruct(%last); u = aten::mean(%x, %l, %true, %none); c = aten::sub(%x, %u, %one)'
  const variance = `${centre}; s = aten::pow(%c, %two); m = aten::mean(%s, %l, %true, %none); a = aten::add(%m, %eps, %one)`
  it.each([
    `${variance}; r = aten::sqrt(%a); n = aten::div(%c, %r); h = aten::mul(%n, %w); y = aten::add(%h, %b, %one)`,
    `${variance}; r = aten::rsqrt(%a); n = aten::mul(%r, %c); h = aten::mul(%w, %n); y = aten::add(%b, %h, %one)`,
    `${variance}; r = aten::rsqrt(%a); n = aten::mul(%c, %r); y = aten::mul(%n, %w)`,
    `${variance}; r = aten::sqrt(%a); y = aten::div(%c, %r)`,
    `${centre}; s = aten::mul(%c, %c); m = aten::mean(%s, %l, %true, %none); a = aten::add(%eps, %m, %one); q = aten::sqrt(%a); r = aten::reciprocal(%q); y = aten::mul(%c, %r)`,
    `${centre}; v = aten::var(%x, %l, %false, %true); a = aten::add(%v, %eps, %one); r = aten::sqrt(%a); y = aten::div(%c, %r)`,
    `${centre}; v = aten::var(%x, %l, %zero, %true); a = aten::add(%v, %eps, %one); r = aten::rsqrt(%a); n = aten::mul(%c, %r); h = aten::mul(%n, %w); y = aten::add(%h, %b, %one)`,
    // The weight before the division, as the annotated transformer has it.
    `${variance}; r = aten::sqrt(%a); h = aten::mul(%w, %c); n = aten::div(%h, %r); y = aten::add(%n, %b, %one)`,
    `${centre}; v = aten::var(%c, %l, %zero, %true); a = aten::add(%v, %eps, %one); r = aten::sqrt(%a); y = aten::div(%c, %r)`,
  ])('%s', (body) => {
    expect(left(body, recomposeLayerNorm)).toEqual({ kinds: ['layer_norm'], missed: [] })
  })
  it('one behind another', () => {
    const second =
      'v = aten::mean(%n, %l, %true, %none); d = aten::sub(%n, %v, %one); t = aten::pow(%d, %two); k1 = aten::mean(%t, %l, %true, %none); o = aten::add(%k1, %eps, %one); p = aten::sqrt(%o); y = aten::div(%d, %p)'
    expect(left(`${variance}; r = aten::sqrt(%a); n = aten::div(%c, %r); ${second}`, recomposeLayerNorm).kinds).toEqual([
      'layer_norm',
      'layer_norm',
    ])
  })
  it('what is read in between stays outside', () => {
    const read = `${variance}; r = aten::sqrt(%a); n = aten::div(%c, %r); h = aten::mul(%n, %w); y = aten::add(%h, %n, %one)`
    expect(left(read, recomposeLayerNorm).kinds).toEqual(['layer_norm', 'mul', 'add'])
    const scaled = `${variance}; r = aten::sqrt(%a); n = aten::div(%c, %r); y = aten::add(%n, %b, %two)`
    expect(left(scaled, recomposeLayerNorm).kinds).toEqual(['layer_norm', 'add'])
  })
  it('not with another variance, another mean or another ε; and says why where it is near', () => {
    const unbiased = `${centre}; v = aten::var(%x, %l, %true, %true); a = aten::add(%v, %eps, %one); r = aten::sqrt(%a); y = aten::div(%c, %r)`
    expect(left(unbiased, recomposeLayerNorm)).toMatchObject({ missed: ['the variance is the unbiased one'] })
    expect(left(unbiased.replace('%true, %true', '%none, %true'), recomposeLayerNorm).missed).toEqual(['the variance is the unbiased one'])
    const deviation = `${centre}; v = aten::std(%x, %l, %false, %true); a = aten::add(%v, %eps, %one); y = aten::div(%c, %a)`
    expect(left(deviation, recomposeLayerNorm).missed).toEqual(['ε is added to the deviation, not to the variance'])
    const before = `${centre}; v = aten::std(%x, %l, %true, %true); a = aten::add(%v, %eps, %one); h = aten::mul(%w, %c); y = aten::div(%h, %a)`
    expect(left(before, recomposeLayerNorm).missed).toEqual(['ε is added to the deviation, not to the variance'])
    const other = `${variance}; r = aten::sqrt(%a); y = aten::div(%x, %r)`
    expect(left(other, recomposeLayerNorm)).toMatchObject({ missed: [] })
    expect(left(other, recomposeLayerNorm).kinds).not.toContain('layer_norm')
    const twice = `${centre}; d = aten::sub(%x, %u, %two); s = aten::pow(%d, %two); m = aten::mean(%s, %l, %true, %none); a = aten::add(%m, %eps, %one); r = aten::sqrt(%a); y = aten::div(%c, %r)`
    expect(left(twice, recomposeLayerNorm).kinds).not.toContain('layer_norm')
  })
  it('not of another dtype, nor where the last axis is not known', () => {
    const body = `${variance}; r = aten::sqrt(%a); y = aten::div(%c, %r)`
    expect(left(body, recomposeLayerNorm, 'float64').missed).toEqual(['the values are float64, not float32'])
    expect(left(body, recomposeLayerNorm, 'float32', ['n', 'm']).missed).toEqual(['the extent of the last axis is not known'])
  })
})
