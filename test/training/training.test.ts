// Models saved or traced in training mode, through the whole compiler and onnxruntime-web in Node: as after .eval() by default, and as the
// file says with `training: 'preserve'`. The calls of a case follow each other on one instance, since statistics are state.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { CompileResult } from '../../src/compiler/types.ts'
import { formatProblem } from '../../src/diagnostics/compile-error.ts'
import type { Golden, GoldenCase } from '../e2e/fixtures.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'

const folder = import.meta.dirname
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))

const read = (name: string): Buffer => readFileSync(join(folder, `${name}.pt`))
const goldenOf = (name: string): Golden => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Golden
const argumentsOf = ({ inputs }: GoldenCase): unknown[] => inputs.map((leaf) => toJs(decodeLeaf(leaf)))
const codes = ({ report }: CompileResult): string[] => report.notices.map(({ code }) => code)

async function agrees(result: CompileResult, { cases }: Golden): Promise<void> {
  const [net] = instantiate(result)
  for (const one of cases) {
    const value = await net!(...argumentsOf(one))
    expect(compareJs(value, decodeLeaf(one.outputs), { network: 1e-3 }), one.name).toBeUndefined()
  }
}

describe('models saved in training mode', () => {
  for (const name of names) {
    it(`${name}, as after .eval()`, async () => {
      const result = await compile(read(name), { file: name, verifyGraphs: true })
      await agrees(result, goldenOf(name))
      expect(result.report.training).toBe('eval')
    })
    if (existsSync(join(folder, `${name}.preserve.json`)))
      it(`${name}, preserved`, async () => {
        const result = await compile(read(name), { file: name, verifyGraphs: true, training: 'preserve' })
        await agrees(result, goldenOf(`${name}.preserve`))
        expect(codes(result)).not.toContain('PT3040')
        expect(codes(result)).not.toContain('PT3041')
      })
  }
})

describe('random numbers, preserved', () => {
  const drawn = async (name: string, x: object): Promise<[unknown, unknown]> => {
    const [net] = instantiate(await compile(read(name), { file: name, verifyGraphs: true, training: 'preserve' }))
    return [await net!(x), await net!(x)]
  }
  const data = (value: unknown): number[] => [...(value as { data: Float32Array }).data]

  for (const name of names.filter((stem) => !existsSync(join(folder, `${stem}.preserve.json`)) && !stem.startsWith('every-')))
    it(`${name} gives other numbers on each call`, async () => {
      const [first, second] = await drawn(name, toJs(decodeLeaf(goldenOf(name).cases[0]!.inputs[0]!)) as object)
      expect(data(first)).not.toEqual(data(second))
      expect(data(first).every(Number.isFinite)).toBe(true)
    })

  it('are told, once for each kind of operator', async () => {
    const { report } = await compile(read('lstm-dropout.traced'), { file: 'x', training: 'preserve' })
    expect(report.notices.filter(({ code }) => code === 'PT3042').map(({ message }) => message.split(' ')[0])).toEqual(['lstm', 'gru'])
    const quiet = await compile(read('lstm-dropout.traced'), { file: 'x' })
    expect(quiet.report.notices.filter(({ code }) => code === 'PT3042')).toEqual([])
  })

  it('have the distributions of torch', async () => {
    const [n, c, l] = [50, 80, 10]
    const x = { data: new Float32Array(n * c * l).fill(2), dims: [n, c, l] }
    const [results] = (await drawn('every-dropout.scripted', x)) as [object[], unknown]
    const share = (values: readonly number[], of: number): number => values.filter((v) => Math.abs(v - of) < 1e-5).length / values.length
    const whole = (values: readonly number[]): boolean => values.every((v, i) => v === values[i - (i % l)])
    const [plain, feature, alpha, featureAlpha, slopes, native, all, none] = results.map(data) as [number[], ...number[][]]
    for (const values of [plain, feature!, native!]) {
      expect(share(values, 0)).toBeCloseTo(0.25, 1)
      expect(share(values, 0) + share(values, 2 / 0.75)).toBe(1)
    }
    expect([whole(plain), whole(feature!), whole(alpha!), whole(featureAlpha!)]).toEqual([false, true, false, true])
    // a·x + b for what stays, a·(−1.7581) + b for what is dropped, with torch's a and b.
    const a = 1 / Math.sqrt((1.7580993408473766 ** 2 * 0.25 + 1) * 0.75)
    const b = 1.7580993408473766 * a * 0.25
    for (const values of [alpha!, featureAlpha!]) {
      expect(share(values, b - 1.7580993408473766 * a)).toBeCloseTo(0.25, 1)
      expect(share(values, b - 1.7580993408473766 * a) + share(values, 2 * a + b)).toBe(1)
    }
    expect(Math.min(...slopes!)).toBeGreaterThanOrEqual(-0.8)
    expect(Math.max(...slopes!)).toBeLessThanOrEqual(-0.4)
    expect(slopes!.reduce((sum, v) => sum + v) / slopes!.length).toBeCloseTo(-0.6, 2)
    expect(share(all!, 0)).toBe(1)
    expect(share(none!, 2)).toBe(1)
  })
})

describe('what is told of it', () => {
  const noticesOf = async (name: string): Promise<string[]> =>
    (await compile(read(name), { file: name })).report.notices.filter(({ code }) => code.startsWith('PT304')).map(formatProblem)

  it('a scripted model asks for its mode: one line', async () => {
    const [notice, ...more] = await noticesOf('conv-norm-dropout.scripted')
    expect(more).toEqual([])
    expect(notice).toMatch(/^PT3040 .*saved in training mode; it is converted for inference/)
  })
  it('a trace: one line for each kind of operator, with the place', async () => {
    const notices = await noticesOf('conv-norm-dropout.traced')
    expect(notices.map((text) => text.split('\n')[0])).toEqual([
      expect.stringMatching(/batch_norm was recorded in training mode in 'norm'; it is converted as in evaluation\.$/),
      expect.stringMatching(/feature_dropout was recorded/),
      expect.stringMatching(/dropout was recorded/),
    ])
    for (const notice of notices) expect(notice).toMatch(/\.py:\d+:\d+/)
  })
  it('counts places', async () => {
    const notices = await noticesOf('attention-dropout.traced')
    expect(notices.some((text) => / dropout was recorded in training mode at 4 places, the first in 'layer\.dropout1';/.test(text))).toBe(
      true,
    )
  })
  it('nothing of a model in evaluation, and of dropout that does nothing', async () => {
    expect(await noticesOf('lstm-without-dropout.scripted')).toHaveLength(1)
    expect(await noticesOf('statistics-of-the-batch.scripted')).toEqual([])
  })
})

describe('state of a model in evaluation', () => {
  it('has no counters and statistics that nothing reads', async () => {
    for (const name of ['conv-norm.traced', 'conv-norm.scripted', 'mixed-flags.traced', 'evaluated-too-late.traced'])
      expect((await compile(read(name), { file: name })).signatures[0]!.state).toBeUndefined()
  })
  it('and has them when training is preserved', async () => {
    const { signatures } = await compile(read('conv-norm.scripted'), { file: 'x', training: 'preserve' })
    expect(signatures[0]!.state!.slots.map(({ attribute }) => attribute)).toEqual([
      'norm.num_batches_tracked',
      'norm.running_mean',
      'norm.running_var',
    ])
  })
})
