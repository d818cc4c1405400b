// `inspect --html` as a user runs it: one file where it was asked for, small, with nothing from elsewhere in it.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Exploration } from '../../src/compiler/explore/types.ts'
import { built } from '../bundlers/built.ts'
import { REPOSITORY } from '../bundlers/project.ts'
import { archiveWith, SOURCE } from '../hostile/control.ts'

const FIXTURES = join(REPOSITORY, 'test/fixtures')
let home: string
let folder: string

const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, 'dist/cli.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const dataOf = (path: string): Exploration => {
  const html = readFileSync(join(folder, path), 'utf8')
  return JSON.parse(/<script type="application\/json" id="exploration">(.*?)<\/script>/s.exec(html)![1]!) as Exploration
}

beforeAll(async () => {
  await built()
  home = mkdtempSync(join(tmpdir(), 'torch-html-'))
}, 120_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))
beforeEach(() => {
  folder = mkdtempSync(join(home, 'case-'))
})

describe('inspect --html', () => {
  it('writes one page, here or where it is told to', () => {
    const model = join(FIXTURES, 'resnet18-narrow/model.pt')
    const here = run('inspect', model, '--html')
    expect([here.status, here.stderr]).toEqual([0, ''])
    expect(here.stdout).toMatch(/^written {2}model\.html \(\d+ kB\)\n$/)
    expect(readdirSync(folder)).toEqual(['model.html'])
    const html = readFileSync(join(folder, 'model.html'), 'utf8')
    expect(html.length).toBeLessThan(1_000_000)
    // Nothing is asked for from anywhere.
    expect(html).not.toMatch(/\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\//)
    const { report, stages, weights } = dataOf('model.html')
    expect(report!.operators).toMatchObject({ 'com.microsoft.FusedConv': 17 })
    expect(stages.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['code', 'ir', 'onnx', 'loader']))
    expect(weights.length).toBeGreaterThan(20)
    expect(run('inspect', model, '--html', '-o', 'deep/pages').status).toBe(0)
    expect(existsSync(join(folder, 'deep/pages/model.html'))).toBe(true)
  })

  it('takes the options of a conversion', () => {
    const model = join(FIXTURES, 'resnet18-narrow/model.pt')
    expect(run('inspect', model, '--html', '--blocklist', 'CONV_BN_FUSION', '--input', 'x=float32[n,3,32,32]').status).toBe(0)
    const { report, cost } = dataOf('model.html')
    expect(report!.passes.find(({ name }) => name === 'fold-conv-batch-norm')).toMatchObject({ blocked: true })
    expect(cost!.symbolic).toMatch(/^\d+\*n$/)
    expect(cost!.sizes).toEqual([{ name: 'n', size: 1, from: 'recorded' }])
  })

  it('of a model that cannot be converted tells so, in the page and on the way', () => {
    const source = SOURCE.replace('torch.add(x, w)', 'torch.nonsense(x, w)')
    writeFileSync(join(folder, 'broken.pt'), archiveWith({ 'code/__torch__.py': new TextEncoder().encode(source) }))
    const { status, stdout, stderr } = run('inspect', 'broken.pt', '--html')
    expect(status).toBe(0)
    expect(stderr).toContain('torch.nonsense')
    expect(stdout).toContain('cannot be converted')
    expect(dataOf('broken.html').problems).toHaveLength(1)
  })

  it('prints JSON', () => {
    const { stdout } = run('inspect', join(FIXTURES, 'decision-gate/scripted.pt'), '--html', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ path: 'scripted.html', bytes: expect.any(Number) as number }], problems: [] })
  })

  it('takes model and runtime along when it is to run', () => {
    const model = join(FIXTURES, 'decision-gate/scripted.pt')
    expect(run('inspect', model, '--html', '--run').status).toBe(0)
    const html = readFileSync(join(folder, 'scripted.html'), 'utf8')
    expect(html.length).toBeGreaterThan(15e6)
    expect(html).toContain(`blob: 'wasm-unsafe-eval'`)
    expect(run('inspect', model, '--html').status).toBe(0)
    const plain = readFileSync(join(folder, 'scripted.html'), 'utf8')
    expect(plain).not.toContain('wasm-unsafe-eval')
    expect(plain).toContain('inspect scripted.pt --html --run')
    expect(run('inspect', model, '--run').stderr).toContain('--run is for inspect --html')
  })

  it('refuses what makes no sense, and writes nothing then', () => {
    const model = join(FIXTURES, 'decision-gate/scripted.pt')
    expect(run('inspect', model, '--html', '--code').stderr).toContain('--code and --html exclude each other')
    expect(run('inspect', model, '-o', 'out').stderr).toContain('--out is for inspect --html')
    expect(run('inspect', 'absent.pt', '--html').stderr).toContain('PT6010')
    mkdirSync(join(folder, 'scripted.html'))
    expect(run('inspect', model, '--html').stderr).toContain('PT6051')
    expect(readdirSync(folder)).toEqual(['scripted.html'])
  })

  it('names the page after the model, never elsewhere', () => {
    mkdirSync(join(folder, 'models'))
    writeFileSync(join(folder, 'models/a <b> & "c".pt'), archiveWith())
    expect(run('inspect', 'models/a <b> & "c".pt', '--html').status).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['a <b> & "c".html', 'models'])
    expect(readFileSync(join(folder, 'a <b> & "c".html'), 'utf8')).toContain(
      '<title>a &#60;b&#62; &#38; &#34;c&#34;.pt · unplugin-torch</title>',
    )
  })
})
