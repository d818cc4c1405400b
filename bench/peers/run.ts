// Twelve models against the other ways from a TorchScript archive or an eager module to ONNX: torch.onnx (both exporters) with onnxslim and with onnxsim.
// For each model a table of bytes and nodes, conversion time, session creation and inference on onnxruntime-web (wasm, one thread, Node and Chromium).
//
//     PYTHON=path/to/python node bench/peers/run.ts [MODEL …] [--work=DIR] [--browser] [--rounds=N] [--json=FILE] [--fresh]
//
// DIR keeps archives and peers' graphs between runs; `--fresh` makes the graphs, and so measures the exporters, again. FILE gets everything, by model: table.ts
// makes README's tables of it. Needs a built dist/, and torch 2.13 with bench/peers/requirements.txt.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import * as ort from 'onnxruntime-web'
import { measureInBrowser } from './browser.ts'
import { measure, type Measured } from './measure.mjs'
import type { Measurement, ModelResult, Way } from './result.ts'
import { detailsOf } from './tables.ts'
import { DEFAULT_FOLDER, failed, MODELS, Work, type Saved } from './work.ts'

const EXPORTERS = ['script', 'dynamo'] as const
const SIMPLIFIERS = ['slim', 'sim'] as const

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: 'string', default: DEFAULT_FOLDER },
    browser: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '12' },
    json: { type: 'string' },
  },
})
const root = resolve(import.meta.dirname, '../..')
const cli = join(root, 'dist/cli.js')
if (!existsSync(cli)) throw new Error('run npm run build first')
const work = new Work(values.work, process.env['PYTHON'] ?? 'python3', values.fresh)
ort.env.wasm.numThreads = 1

interface Made {
  readonly name: string
  readonly path: string
  readonly seconds: number
}
interface Failed {
  readonly name: string
  readonly failure: string
}

/** Every way; the seconds of a simplifier include those of the exporter. */
function peersOf(model: string): (Made | Failed)[] {
  return EXPORTERS.flatMap((exporter): (Made | Failed)[] => {
    const raw = work.path(`${model}.${exporter}.onnx`)
    const first = work.exported(exporter, model, raw)
    if (failed(first)) return [{ name: exporter, failure: first.failure }]
    return SIMPLIFIERS.map((simplifier) => {
      const name = `${exporter}+${simplifier}`
      const path = work.path(`${model}.${exporter}.${simplifier}.onnx`)
      const second = work.exported(simplifier, raw, path)
      return failed(second) ? { name, failure: second.failure } : { name, path, seconds: first.seconds + second.seconds }
    })
  })
}

/** With the sizes declared that the peers were given; and as the command line has it without a word. */
function ours(model: string, archive: string, saved: Saved): Made[] {
  const inspected = execFileSync(process.execPath, [cli, 'inspect', archive, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  })
  const { inputs } = JSON.parse(inspected) as { readonly inputs: readonly { readonly name: string }[] }
  const declared = inputs.flatMap(({ name }, i) => ['--input', `${name}=${saved.inputs[i]!.dtype}[${saved.inputs[i]!.dims.join()}]`])
  return (
    [
      ['ours', declared],
      ['ours, any size', []],
    ] as const
  ).map(([name, flags]) => {
    const out = work.path(name.replaceAll(/\W+/g, '-'))
    const start = performance.now()
    execFileSync(process.execPath, [cli, 'convert', archive, '-o', out, ...flags], { stdio: 'ignore' })
    return { name, path: join(out, `${model}.onnx`), seconds: (performance.now() - start) / 1000 }
  })
}

/** Largest difference from torch's result, in standard deviations of it. */
function difference(output: readonly number[], { data }: Saved['output']): number {
  const expected = data.slice(0, output.length)
  const mean = expected.reduce((a, b) => a + b, 0) / expected.length
  const deviation = Math.sqrt(expected.reduce((sum, x) => sum + (x - mean) ** 2, 0) / expected.length)
  return expected.reduce((worst, x, i) => Math.max(worst, Math.abs(x - output[i]!)), 0) / deviation
}

function measurement({ create, run, output, failure }: Measured, saved: Saved): Measurement {
  return failure === undefined ? { create, run, difference: difference(output, saved.output) } : { failure }
}

async function resultOf(model: string): Promise<ModelResult> {
  const { path: archive, saved } = work.archive(model)
  const all = [...ours(model, archive, saved), ...peersOf(model)]
  const made = all.filter((way): way is Made => !('failure' in way))
  const counted = work.count(made.map(({ path }) => path))
  const options = { rounds: Number(values.rounds), creations: 3 }
  const graphs = made.map(({ name, path }) => ({ name, load: async () => new Uint8Array(await readFile(path)) }))
  const inNode = await measure(ort, graphs, saved.inputs, options)
  const inPage = values.browser ? await measureInBrowser(made, saved.inputs, options) : undefined
  return {
    model,
    ways: all.map((way): Way => {
      if ('failure' in way) return way
      const i = made.indexOf(way)
      return {
        name: way.name,
        seconds: way.seconds,
        ...counted[i]!,
        node: measurement(inNode[i]!, saved),
        ...(inPage === undefined ? {} : { chromium: measurement(inPage[i]!, saved) }),
      }
    }),
  }
}

for (const model of positionals.length > 0 ? positionals : MODELS) {
  const result = await resultOf(model)
  console.log(`\n${detailsOf(result)}`)
  if (values.json === undefined) continue
  const before = existsSync(values.json) ? (JSON.parse(readFileSync(values.json, 'utf8')) as ModelResult[]) : []
  writeFileSync(values.json, `${JSON.stringify([...before.filter((other) => other.model !== model), result], null, 1)}\n`)
}
