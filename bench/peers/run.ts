// Twelve models against the other ways from a TorchScript archive or an eager module to ONNX: torch.onnx (both exporters) with onnxslim and with onnxsim.
// One table each of bytes and nodes, session creation and inference on onnxruntime-web (wasm, one thread, Node and Chromium), and conversion time.
//
//     PYTHON=path/to/python node bench/peers/run.ts [MODEL …] [--work=DIR] [--browser] [--rounds=N]
//
// DIR keeps archives and peers' graphs between runs. Needs a built dist/, and torch 2.13 with bench/peers/requirements.txt.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import * as ort from 'onnxruntime-web'
import { measureInBrowser } from './browser.ts'
import { measure } from './measure.mjs'

const MODELS = [
  'resnet18',
  'mobilenet-v3-small',
  'efficientnet-b0',
  'convnext-tiny',
  'vit-tiny',
  'swin-tiny',
  'bert',
  'gpt2',
  'lstm',
  'unet',
  'audio-m5',
  'control-flow-net',
] as const

const EXPORTERS = ['script', 'dynamo'] as const
const SIMPLIFIERS = ['slim', 'sim'] as const

interface Saved {
  readonly inputs: readonly { readonly dtype: string; readonly dims: readonly number[]; readonly data: readonly number[] }[]
  readonly output: { readonly data: readonly number[] }
}
interface Made {
  readonly name: string
  readonly path: string
  readonly seconds: number
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: 'string', default: join(tmpdir(), 'unplugin-torch-peers') },
    browser: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '12' },
  },
})
const root = resolve(import.meta.dirname, '../..')
const python = process.env['PYTHON'] ?? 'python3'
const work = resolve(values.work)
mkdirSync(work, { recursive: true })
ort.env.wasm.numThreads = 1

/** What export.py prints; kept beside its output, so that a second run need not export again. Undefined where the peer fails. */
function exported(how: string, source: string, out: string): { readonly seconds: number } | undefined {
  const note = `${out}.report.json`
  if (!existsSync(note)) {
    try {
      const text = execFileSync(python, [join(import.meta.dirname, 'export.py'), how, source, out], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      writeFileSync(note, text.trim().split('\n').at(-1)!)
    } catch {
      writeFileSync(note, 'null')
    }
  }
  return (JSON.parse(readFileSync(note, 'utf8')) as { readonly seconds: number } | null) ?? undefined
}

/** Every way that works for a model; the seconds of a simplifier include those of the exporter. */
function peersOf(model: string): Made[] {
  return EXPORTERS.flatMap((exporter) => {
    const raw = join(work, `${model}.${exporter}.onnx`)
    const first = exported(exporter, model, raw)
    if (first === undefined) return []
    return SIMPLIFIERS.flatMap((simplifier) => {
      const path = join(work, `${model}.${exporter}.${simplifier}.onnx`)
      const second = exported(simplifier, raw, path)
      return second === undefined ? [] : [{ name: `${exporter}+${simplifier}`, path, seconds: first.seconds + second.seconds }]
    })
  })
}

/** With the sizes declared that the peers were given; and as the command line has it without a word. */
function ours(model: string, saved: Saved): Made[] {
  const archive = join(work, `${model}.pt`)
  const cli = join(root, 'dist/cli.js')
  const inspected = execFileSync(process.execPath, [cli, 'inspect', archive, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const { inputs } = JSON.parse(inspected) as { readonly inputs: readonly { readonly name: string }[] }
  const declared = inputs.flatMap(({ name }, i) => ['--input', `${name}=${saved.inputs[i]!.dtype}[${saved.inputs[i]!.dims.join()}]`])
  return (
    [
      ['ours', declared],
      ['ours, any size', []],
    ] as const
  ).map(([name, flags]) => {
    const out = join(work, name.replaceAll(/\W+/g, '-'))
    const start = performance.now()
    execFileSync(process.execPath, [cli, 'convert', archive, '-o', out, ...flags], { stdio: 'ignore' })
    return { name, path: join(out, `${model}.onnx`), seconds: (performance.now() - start) / 1000 }
  })
}

interface Counted {
  readonly nodes: number
  readonly bytes: number
}
function count(paths: readonly string[]): Counted[] {
  const text = execFileSync(python, [join(import.meta.dirname, 'export.py'), 'count', ...paths], { encoding: 'utf8' })
  return JSON.parse(text.trim().split('\n').at(-1)!) as Counted[]
}

/** Largest difference from torch's result, in standard deviations of it. */
function difference(output: readonly number[], { data }: Saved['output']): number {
  const expected = data.slice(0, output.length)
  const mean = expected.reduce((a, b) => a + b, 0) / expected.length
  const deviation = Math.sqrt(expected.reduce((sum, x) => sum + (x - mean) ** 2, 0) / expected.length)
  return expected.reduce((worst, x, i) => Math.max(worst, Math.abs(x - output[i]!)), 0) / deviation
}

for (const model of positionals.length > 0 ? positionals : MODELS) {
  const archive = join(work, `${model}.pt`)
  if (exported('archive', model, archive) === undefined) throw new Error(`torch cannot make ${model}`)
  const saved = JSON.parse(readFileSync(`${archive}.json`, 'utf8')) as Saved
  const made = [...ours(model, saved), ...peersOf(model)]
  const counted = count(made.map(({ path }) => path))
  const graphs = made.map(({ name, path }) => ({ name, bytes: new Uint8Array(readFileSync(path)) }))
  const options = { rounds: Number(values.rounds), creations: 3 }
  const inNode = await measure(ort, graphs, saved.inputs, options)
  const inPage = values.browser ? await measureInBrowser(made, saved.inputs, options) : undefined
  console.log(`\n### ${model}\n`)
  console.log(
    `| way | bytes | nodes | convert | create, Node | run, Node |${inPage === undefined ? '' : ' create, Chromium | run, Chromium |'} off by |`,
  )
  console.log(`|---|--:|--:|--:|--:|--:|${inPage === undefined ? '' : '--:|--:|'}--:|`)
  for (const [i, { name, seconds }] of made.entries()) {
    const node = inNode[i]!
    const page = inPage?.[i]
    const times = [node, ...(page === undefined ? [] : [page])].map(({ create, run }) => `${create.toFixed(0)} ms | ${run.toFixed(2)} ms`)
    const off = difference(node.output, saved.output)
    console.log(
      `| ${name} | ${counted[i]!.bytes} | ${counted[i]!.nodes} | ${seconds.toFixed(2)} s | ${times.join(' | ')} | ${off.toExponential(1)} σ |`,
    )
  }
}
