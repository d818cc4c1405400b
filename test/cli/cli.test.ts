// The command line as a user runs it: the built file, in a process of its own, in a temporary folder.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { built } from '../bundlers/built.ts'
import { project, REPOSITORY } from '../bundlers/project.ts'
import { archiveWith, SOURCE } from '../hostile/control.ts'
import type { Golden } from '../e2e/fixtures.ts'
import { difference } from '../e2e/judge.ts'
import type { FixtureRun } from '../e2e/wire.ts'
import { places, type SourceMapText } from '../support/source-map.ts'

const FIXTURES = join(REPOSITORY, 'test/fixtures')
const GATE = join(FIXTURES, 'decision-gate/scripted.pt')

let home: string
let folder: string

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const run = (...args: string[]): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, 'dist/cli.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const node = (code: string): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout.trim()
}

beforeAll(async () => {
  await built()
  home = mkdtempSync(join(tmpdir(), 'torch-cli-'))
  mkdirSync(join(home, 'node_modules'))
  symlinkSync(join(REPOSITORY, 'node_modules/onnxruntime-web'), join(home, 'node_modules/onnxruntime-web'), 'dir')
  symlinkSync(join(REPOSITORY, 'node_modules/onnxruntime-common'), join(home, 'node_modules/onnxruntime-common'), 'dir')
}, 120_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))
beforeEach(() => {
  folder = mkdtempSync(join(home, 'case-'))
})

describe('convert', () => {
  test('a model that was traced in training mode: told, and kept on demand', () => {
    const model = join(REPOSITORY, 'test/training/conv-norm.traced.pt')
    const asked = run('convert', model, '-o', 'out')
    expect([asked.status, asked.stderr]).toEqual([0, expect.stringContaining('PT3041')])
    const kept = run('convert', model, '-o', 'out', '--training', 'preserve')
    expect([kept.status, kept.stderr]).toEqual([0, expect.not.stringContaining('PT3041')])
    expect(readFileSync(join(folder, 'out/conv-norm.traced.js'), 'utf8')).toContain('norm.running_mean')
    expect(run('convert', model, '-o', 'out', '--training', 'keep').stderr).toContain('expected "eval" or "preserve"')
  })

  test('a trace is compared with the scripted model: told, refused or let be', () => {
    const asked = run('convert', GATE, '-o', 'out', '--mode', 'trace')
    expect([asked.status, asked.stderr]).toEqual([0, expect.stringContaining('this branch goes another way')])
    const refused = run('convert', GATE, '-o', 'out', '--mode', 'trace', '--check-trace', 'error')
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('PT3509')])
    const silent = run('convert', GATE, '-o', 'out', '--mode', 'trace', '--check-trace', 'off')
    expect([silent.status, silent.stderr]).toEqual([0, expect.not.stringContaining('PT3509')])
  })

  test('writes a module that runs in Node as it stands', () => {
    const { status, stdout, stderr } = run('convert', GATE, '-o', 'out')
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')])
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['scripted.d.ts', 'scripted.js', 'scripted.onnx'])
    expect(stdout).toContain('scripted.onnx')
    const calls = `
      import net from './out/scripted.js'
      const run = async (...values) => [...(await net({ type: 'float32', data: Float32Array.from(values), dims: [values.length] })).data]
      console.log(JSON.stringify([await run(1, 2), await run(-1, -2)]))`
    expect(JSON.parse(node(calls))).toEqual([
      [1, 2],
      [1, 2],
    ])
    const js = readFileSync(join(folder, 'out/scripted.js'), 'utf8')
    const imports = [...js.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"'./][^"']*)["']/g)].map(([, name]) => name)
    expect(new Set(imports.map((name) => name!.split('/')[0]))).toEqual(new Set(['onnxruntime-web']))
    expect(js).not.toContain('unplugin-torch/runtime')
    // Nothing of the machine.
    expect(js).not.toContain(folder)
    expect(js).not.toContain(REPOSITORY)
  })

  test('a host program: the library inlined, a source map beside', async () => {
    const { status, stdout } = run('convert', join(REPOSITORY, 'test/programs/cache.pt'), '-o', 'out')
    expect(status).toBe(0)
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['cache.d.ts', 'cache.js', 'cache.js.map', 'cache.onnx'])
    expect(stdout).toContain('cache.js.map')
    const js = readFileSync(join(folder, 'out/cache.js'), 'utf8')
    expect(js).not.toContain('unplugin-torch/runtime')
    expect(js).not.toContain(REPOSITORY)
    expect(js.trimEnd().split('\n').at(-1)).toBe('//# sourceMappingURL=cache.js.map')
    const golden = JSON.parse(readFileSync(join(REPOSITORY, 'test/programs/cache.json'), 'utf8')) as Golden
    writeFileSync(join(folder, 'wire.ts'), readFileSync(join(REPOSITORY, 'test/e2e/wire.ts')))
    writeFileSync(join(folder, 'golden.json'), JSON.stringify(golden))
    const ran = JSON.parse(
      node(`import * as cache from './out/cache.js'
import { runGolden } from './wire.ts'
import golden from './golden.json' with { type: 'json' }
console.log(JSON.stringify(await runGolden(cache, golden)))`),
    ) as FixtureRun
    expect(ran.rounds).toHaveLength(2)
    for (const outcomes of ran.rounds) expect(outcomes.map((one, i) => difference(one, golden.cases[i]!)).filter(Boolean)).toEqual([])
    expect(run('convert', GATE, '-o', 'gate', '--control-flow', 'host').status).toBe(0)
    expect(readdirSync(join(folder, 'gate'))).toContain('scripted.js.map')
    expect(run('convert', GATE, '-o', 'gate', '--control-flow', 'js').stderr).toContain('expected "auto" or "host"')
    // Places are told in the module as it lies there, behind the library.
    const map = JSON.parse(readFileSync(join(folder, 'out/cache.js.map'), 'utf8')) as SourceMapText
    const lines = js.split('\n')
    const write = places(map).find(({ text }) => text === 'self.cache[name] = y')!
    expect(write.source).toBe('cache.pt/models.py')
    expect(lines[write.generated.line - 1]!.slice(write.generated.column)).toMatch(/^cache\.set\(name, /)
  })

  test('--json prints one report', () => {
    const { status, stdout } = run('convert', GATE, '-o', 'out', '--json')
    expect(status).toBe(0)
    const report = JSON.parse(stdout) as Record<string, unknown>
    const graph = readFileSync(join(folder, 'out/scripted.onnx'))
    expect(report).toMatchObject({
      bytesIn: readFileSync(GATE).length,
      bytesOut: graph.length,
      inputs: expect.any(Array),
      outputs: expect.any(Array),
      notices: expect.any(Array),
      stages: expect.any(Array),
    })
    expect(Object.keys(report['operators'] as object)).toContain('If')
  })

  test('the same bytes from another folder, locale and time zone', () => {
    run('convert', GATE, '-o', 'a')
    const { status } = spawnSync(
      process.execPath,
      [join(REPOSITORY, 'dist/cli.js'), 'convert', 'decision-gate/scripted.pt', '-o', join(folder, 'b')],
      {
        cwd: FIXTURES,
        env: { ...process.env, LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' },
      },
    )
    expect(status).toBe(0)
    for (const file of readdirSync(join(folder, 'a')))
      expect(readFileSync(join(folder, 'a', file)).equals(readFileSync(join(folder, 'b', file))), file).toBe(true)
  })

  test('odd names', () => {
    const name = "we ird #1 'ü'?"
    writeFileSync(join(folder, `${name}.pt`), readFileSync(GATE))
    expect(run('convert', `${name}.pt`, '-o', '.')).toMatchObject({ status: 0 })
    expect(readdirSync(folder)).toContain(`${name}.onnx`)
    writeFileSync(join(folder, 'main.js'), readFileSync(join(folder, `${name}.js`)))
    expect(
      node(
        `import net from './main.js'\nconsole.log([...(await net({ type: 'float32', data: Float32Array.of(-3), dims: [1] })).data].join())`,
      ),
    ).toBe('3')
  })

  describe('failure writes nothing and ends with 1', () => {
    const failing = (...args: string[]): Ended => {
      const ended = run(...args)
      expect(ended.status).toBe(1)
      expect(ended.stderr).toMatch(/^error PT\d{4} /)
      expect(ended.stderr).not.toMatch(/^\s+at /m)
      return ended
    }
    test.each([
      ['a page', Buffer.from('<!doctype html><html></html>')],
      ['empty', Buffer.alloc(0)],
      ['cut off', readFileSync(GATE).subarray(0, 1000)],
    ])('%s', (_, bytes) => {
      writeFileSync(join(folder, 'bad.pt'), bytes)
      failing('convert', 'bad.pt', '-o', 'out')
      expect(existsSync(join(folder, 'out'))).toBe(false)
      const { stdout } = failing('convert', 'bad.pt', '-o', 'out', '--json')
      expect(JSON.parse(stdout)).toMatchObject({ problems: [{ code: expect.stringMatching(/^PT1\d{3}$/), file: 'bad.pt' }] })
    })
    test('no such file, a folder', () => {
      expect(failing('convert', 'none.pt', '-o', 'out').stderr).toContain('PT6010')
      expect(failing('convert', '.', '-o', 'out').stderr).toContain('PT6010')
      expect(existsSync(join(folder, 'out'))).toBe(false)
    })
    test('an output that cannot be replaced', () => {
      mkdirSync(join(folder, 'out/scripted.js/x'), { recursive: true })
      expect(failing('convert', GATE, '-o', 'out').stderr).toContain('PT6051')
      expect(readdirSync(join(folder, 'out'))).toEqual(['scripted.js'])
      writeFileSync(join(folder, 'file'), '')
      expect(failing('convert', GATE, '-o', 'file').stderr).toContain('PT6051')
    })
    test.each([
      [['convert', GATE], 'Where to write to is missing'],
      [['convert', '-o', 'out'], 'takes the path of a model'],
      [['convert', GATE, GATE, '-o', 'out'], 'takes one model'],
      [['convert', GATE, '-o', 'out', '--input', 'x'], 'is not of the form'],
      [['convert', GATE, '-o', 'out', '--quick'], 'its options are --input, --example,'],
      [['convert', GATE, '-o', 'out', '--inputt', 'x'], 'did you mean --input?'],
      [['types', '--jsn'], 'did you mean --json?'],
      [['convert', GATE, '-o', 'out', '--input', 'x=float99[n]'], 'a torch dtype such as float32'],
      [['convret', GATE], 'Did you mean convert?'],
      [['inspect', GATE, '--graph', '--code'], 'exclude each other'],
      [['types', '.', '.'], 'one folder'],
    ])('%j', (args, text) => {
      const { stderr } = failing(...args)
      expect(stderr).toContain('PT6050')
      expect(stderr).toContain(text)
    })
    test('a value that cannot be', () => {
      expect(failing('convert', GATE, '-o', 'out', '--mode', 'fast').stderr).toContain('PT6002')
      expect(failing('convert', GATE, '-o', 'out', '--opset', '7').stderr).toContain('PT6002')
      expect(failing('convert', GATE, '-o', 'out', '--opset', 'new').stderr).toContain('The option opset is "new"')
      expect(failing('convert', GATE, '-o', 'out', '--example', 'none.npy').stderr).toContain('PT6010')
    })
  })
})

describe('inspect', () => {
  test('--passes: what each optimisation did, and why one did not apply', () => {
    const model = join(FIXTURES, 'resnet18-narrow/model.pt')
    const { status, stdout } = run('inspect', model, '--passes')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^optimisation +type +changes$/m)
    expect(stdout).toMatch(/^fold-conv-batch-norm +CONV_BN_FUSION +1$/m)
    // Eight residual additions: the kernel for them is not that of a GPU.
    expect(run('inspect', model, '--passes', '--device', 'webgpu').stdout).toMatch(/^    not applied 8 times: .+$/m)
    expect(run('inspect', model, '--passes', '--blocklist', 'CONV_BN_FUSION').stdout).toMatch(/^fold-conv-batch-norm .* blocked$/m)
    const { passes } = JSON.parse(run('inspect', model, '--passes', '--json').stdout) as { passes: { name: string }[] }
    expect(passes.map(({ name }) => name)).toContain('fuse-add-relu')
  })

  test('--output: the named parts alone', () => {
    const model = join(FIXTURES, 'dict-output/model.pt')
    const result = (...flags: string[]): string => run('inspect', model, ...flags).stdout.split('\n')[1]!
    expect(result()).toMatch(/→ \{.*,.*\}$/)
    const [, key] = /→ \{\s*(\w+)/.exec(result())!
    expect(result('--output', key!)).toMatch(new RegExp(`→ \\{\\s*${key}[^,]*(\\[[^\\]]*\\])?\\s*\\}$`))
    expect(run('inspect', model, '--output', `${key}x`).stdout).toContain('PT3910')
  })

  test('code, operators, summary', () => {
    expect(run('inspect', GATE, '--code').stdout).toContain('def forward(self: __torch__.')
    expect(run('inspect', GATE, '--graph').stdout).toMatch(/^# forward\ngraph\(%self/)
    expect(run('inspect', GATE, '--graph').stdout).toContain('= prim::If(')
    expect(JSON.parse(run('inspect', GATE, '--graph', '--json').stdout)).toMatchObject({
      graph: [{ name: 'forward', text: expect.any(String) }],
    })
    expect(run('inspect', GATE, '--ops').stdout).toMatch(/^ +1 {2}If$/m)
    expect(run('inspect', GATE).stdout).toContain('  forward(x: float32[...]) → float32[...]\n  assumed  x: float32[…]')
    const codec = run('inspect', join(FIXTURES, 'multi-method/model.pt')).stdout
    expect(codec).toContain('  forward(x: float32[...], times: int = 1, ')
    expect(codec).toContain('  decode(code: float32[...]) → (float32[...], float)\n')
    expect(JSON.parse(run('inspect', GATE, '--ops', '--json').stdout)).toMatchObject({ operators: { If: 1 } })
    expect(readdirSync(folder)).toEqual([])
  })

  test('operators with their status, of models that convert and of ones that do not', () => {
    const gate = run('inspect', GATE).stdout
    expect(gate).toMatch(/^torch operators: \d+, used \d+ times; all supported$/m)
    expect(gate).toMatch(/^ +1 {2}prim::If +dissolved$/m)
    expect(gate).toMatch(/^ +\d+ {2}aten::\S+ +graph$/m)
    expect(gate).toContain('ONNX operators:\n')
    const host = run('inspect', join(REPOSITORY, 'test/programs/decoder.pt')).stdout
    expect(host).toMatch(/^ {2}forward runs as JavaScript: \d+ regions?/m)
    expect(host).toMatch(/aten::format +host$/m)
    const code = SOURCE.replace('return torch.add(x, w)', 'return ops.detectron2.nms_rotated(x, w, 0.5)')
    writeFileSync(join(folder, 'boxes.pt'), archiveWith({ 'code/__torch__.py': new TextEncoder().encode(code) }))
    const boxes = run('inspect', 'boxes.pt')
    expect(boxes.status).toBe(0)
    expect(boxes.stdout).toMatch(/^ +1 {2}detectron2::nms_rotated +not supported {2}at code\/__torch__\.py:9:\d+$/m)
    expect(boxes.stdout).toContain('A conversion would be refused:\nPT2022 ')
    expect(JSON.parse(run('inspect', 'boxes.pt', '--json').stdout)).toMatchObject({
      torchOperators: [{ operator: 'detectron2::nms_rotated', count: 1, status: 'not supported' }],
      refused: [{ code: 'PT2022' }],
    })
    expect(JSON.parse(run('inspect', GATE, '--json').stdout)).toMatchObject({
      methods: [{ name: 'forward', form: 'graph', regions: 1, regionsInLoops: 0 }],
      torchOperators: expect.arrayContaining([{ operator: 'prim::If', count: 1, status: 'dissolved' }]),
    })
    writeFileSync(join(folder, 'none.pt'), 'no model')
    expect(run('inspect', 'none.pt').status).toBe(1)
  })
})

describe('types', () => {
  test('writes beside each model, once', () => {
    mkdirSync(join(folder, 'src/deep'), { recursive: true })
    mkdirSync(join(folder, 'node_modules/x'), { recursive: true })
    for (const file of ['src/net.pt', 'src/deep/other.pth', 'node_modules/x/net.pt']) writeFileSync(join(folder, file), readFileSync(GATE))
    expect(run('types').stdout.split('\n').sort()).toEqual(['', 'written    src/deep/other.pth.d.ts', 'written    src/net.pt.d.ts'])
    expect(readFileSync(join(folder, 'src/net.pt.d.ts'), 'utf8')).toContain('export default')
    expect(run('types', '.').stdout).not.toContain('written')
    expect(existsSync(join(folder, 'node_modules/x/net.pt.d.ts'))).toBe(false)
  })
  test('of a folder of a package: its node_modules holds the cache', () => {
    mkdirSync(join(folder, 'src'))
    writeFileSync(join(folder, 'package.json'), '{}')
    writeFileSync(join(folder, 'src/net.pt'), readFileSync(GATE))
    expect(run('types', 'src').stdout).toBe('written    src/net.pt.d.ts\n')
    expect(readdirSync(join(folder, 'src')).sort()).toEqual(['net.pt', 'net.pt.d.ts'])
    mkdirSync(join(folder, 'empty'))
    expect(run('types', 'empty').stdout).toBe('There are no models under empty.\n')
  })
  test('with the options of the Vite configuration, as a build writes them', () => {
    const config = `import Torch from 'unplugin-torch/vite'
export default { root: 'app', plugins: [[Promise.resolve(Torch({ models: { 'net.pt': { inputs: { x: { shape: [2, 'n'] } } } } }))]] }`
    const app = project({ 'app/net.pt': readFileSync(GATE), 'vite.config.js': config })
    try {
      folder = app.root
      expect(run('types')).toEqual({ status: 0, stdout: 'written    app/net.pt.d.ts\n', stderr: '' })
      expect(readFileSync(app.path('app/net.pt.d.ts'), 'utf8')).toContain('forward(x: float32[2, n])')
      app.write('vite.config.js', `throw new Error('a secret is missing')`)
      expect(run('types').stderr).toMatch(/^error PT6052 vite\.config\.js cannot be loaded: .*a secret is missing\nFix: /)
    } finally {
      app.remove()
    }
  })
  test("TypeScript's official form where tsconfig.json asks for it", () => {
    writeFileSync(join(folder, 'net.pt'), readFileSync(GATE))
    writeFileSync(join(folder, 'tsconfig.json'), '{ // node\n "compilerOptions": { "module": "nodenext", } }')
    expect(JSON.parse(run('types', '--json').stdout)).toEqual({ written: ['net.d.pt.ts'], unchanged: [] })
  })
  test('a model that cannot be converted does not keep the others from theirs', () => {
    writeFileSync(join(folder, 'a.pt'), '')
    writeFileSync(join(folder, 'b.pt'), readFileSync(GATE))
    const { status, stderr } = run('types')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^error PT1\d{3} a\.pt/)
    expect(existsSync(join(folder, 'b.pt.d.ts'))).toBe(true)
  })
})

test('help and version', () => {
  expect(run('--help').stdout).toContain('convert FILE -o DIR')
  expect(run('convert', '--help').status).toBe(0)
  expect(run('--version').stdout.trim()).toBe(
    (JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { version: string }).version,
  )
})
