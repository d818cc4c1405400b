// What each precision makes of whole models: bytes and error against fp32, and time per inference on onnxruntime-web (wasm, one thread, Node).
// Weights of the peers' models are random, so accuracy is told of the trained classifier of digits, on its 450 held-out images.
//
//     PYTHON=path/to/python node bench/precision.ts [MODEL …] [--work=DIR] [--rounds=N]
//
// DIR is that of bench/peers/run.ts and keeps the archives; without one the peers' models need torch.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import * as ort from 'onnxruntime-web'
import { compile, type CompileOptions } from '../src/compiler/compile.ts'
import type { CompileResult, Report } from '../src/compiler/types.ts'
import { nodeHost } from '../src/plugin/host.ts'
import { measure } from './peers/measure.mjs'

const MODELS = ['resnet18', 'mobilenet-v3-small', 'vit-tiny', 'bert', 'gpt2', 'lstm', 'convnext-tiny'] as const
/** Calibration also corrects biases, in every precision. */
const VARIANTS = [
  { name: 'fp16', precision: 'fp16', calibrated: false },
  { name: 'int8', precision: 'int8', calibrated: false },
  { name: 'int8, calibrated', precision: 'int8', calibrated: true },
  { name: 'int8-static', precision: 'int8-static', calibrated: true },
  { name: 'int4', precision: 'int4', calibrated: false },
  { name: 'int4, calibrated', precision: 'int4', calibrated: true },
] as const

interface SavedInput {
  readonly dtype: 'float32' | 'int64'
  readonly dims: readonly number[]
  readonly data: readonly number[]
}
type Examples = NonNullable<CompileOptions['exampleInputs']>

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: 'string', default: join(tmpdir(), 'unplugin-torch-peers') },
    rounds: { type: 'string', default: '8' },
  },
})
const root = resolve(import.meta.dirname, '..')
const work = resolve(values.work)
mkdirSync(work, { recursive: true })

/** The numbers of an input in another order: as typical as it is, and not the same. */
function shuffled({ data, ...rest }: SavedInput, seed: number): SavedInput {
  const mixed = [...data]
  let state = seed
  for (let i = mixed.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const j = state % (i + 1)
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return { ...rest, data: mixed }
}

const example = (inputs: readonly SavedInput[]): Examples[number] => Object.fromEntries(inputs.map((input, i) => [String(i), input]))

interface Made {
  readonly name: string
  readonly result: CompileResult
}

async function convert(bytes: Uint8Array, file: string, name: string, options: Partial<CompileOptions>): Promise<Made> {
  return { name, result: await compile(bytes, { file, ...options }, nodeHost()) }
}

type Data = Pick<Required<CompileOptions>, 'calibration' | 'exampleInputs'>

async function inEveryPrecision(bytes: Uint8Array, file: string, { calibration, exampleInputs }: Data): Promise<Made[]> {
  const made = [await convert(bytes, file, 'fp32', {})]
  for (const { name, precision, calibrated } of VARIANTS)
    made.push(await convert(bytes, file, name, { precision, exampleInputs, ...(calibrated ? { calibration } : {}) }))
  return made
}

const show = (value: number): string => (value === 0 ? '0' : value.toPrecision(2))

/** `max`, `mean`, `cosine` and `top-1` of the first output. Errors are in root mean squares of it. */
function errorCells({ precision }: Report): string[] {
  if (precision === undefined || 'notMeasured' in precision.error) return ['', '', '', '']
  const { max, mean, scale, cosine, top1 } = precision.error.outputs[0]!
  return [show(max / scale), show(mean / scale), cosine.toFixed(5), top1 === undefined ? '–' : `${(100 * top1).toFixed(0)} %`]
}

const line = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)

line(['model', 'precision', 'bytes', 'of fp32', 'ms', 'of fp32', 'load ms', 'max', 'mean', 'cosine', 'top-1'])
line(['---', '---', ...Array.from({ length: 9 }, () => '--:')])
for (const model of positionals.length > 0 ? positionals : MODELS) {
  const archive = join(work, `${model}.pt`)
  if (!existsSync(`${archive}.json`))
    execFileSync(process.env['PYTHON'] ?? 'python3', [join(root, 'bench/peers/export.py'), 'archive', model, archive], { stdio: 'ignore' })
  const { inputs } = JSON.parse(readFileSync(`${archive}.json`, 'utf8')) as { readonly inputs: readonly SavedInput[] }
  const calibration = { data: [1, 2, 3, 4].map((seed) => example(inputs.map((input) => shuffled(input, seed)))) }
  const exampleInputs = [example(inputs), ...[5, 6, 7].map((seed) => example(inputs.map((input) => shuffled(input, seed))))]
  const made = await inEveryPrecision(readFileSync(archive), `${model}.pt`, { calibration, exampleInputs })
  ort.env.wasm.numThreads = 1
  const graphs = made.map(({ name, result }) => ({ name, load: () => Promise.resolve(result.graph) }))
  const timed = await measure(
    ort,
    graphs,
    inputs.map((input) => ({ ...input, dims: [...input.dims], data: [...input.data] })),
    { rounds: Number(values.rounds), creations: 3 },
  )
  const [first] = made
  for (const [i, { name, result }] of made.entries()) {
    const ratio = result.graph.length / first!.result.graph.length
    const { run, create } = timed[i]!
    line([
      model,
      name,
      result.graph.length,
      ratio.toFixed(3),
      run.toFixed(1),
      (run / timed[0]!.run).toFixed(2),
      create.toFixed(0),
      ...errorCells(result.report),
    ])
  }
}

if (positionals.length === 0) await digits()

/** Right answers of the trained classifier on images that it has not seen; calibrated on 64 others. */
async function digits(): Promise<void> {
  const fixture = join(root, 'test/fixtures/digits')
  const split = JSON.parse(readFileSync(join(fixture, 'test-split.json'), 'utf8')) as Record<'images' | 'labels', { readonly data: string }>
  const all = Float32Array.from(Buffer.from(split.images.data, 'base64'), (value) => value / 16)
  const known = 64
  const labels = Array.from(new BigInt64Array(new Uint8Array(Buffer.from(split.labels.data, 'base64')).buffer), Number).slice(known)
  const pixels = all.slice(known * 64)
  const calibration = { data: [{ '0': { data: all.slice(0, known * 64), dims: [known, 1, 8, 8] } }] }
  console.log()
  line(['digits', 'bytes', `right of ${labels.length}`, 'max', 'mean', 'cosine', 'top-1'])
  line(['---', '--:', '--:', '--:', '--:', '--:', '--:'])
  const images = { data: pixels, dims: [labels.length, 1, 8, 8] }
  const made = await inEveryPrecision(readFileSync(join(fixture, 'model.pt')), 'digits.pt', {
    calibration,
    exampleInputs: [{ '0': images }],
  })
  for (const method of ['Percentile', 'Entropy'] as const)
    made.push(
      await convert(readFileSync(join(fixture, 'model.pt')), 'digits.pt', `int8-static, ${method}`, {
        precision: 'int8-static',
        calibration: { ...calibration, method },
        exampleInputs: [{ '0': images }],
      }),
    )
  for (const { name, result } of made) {
    const session = await ort.InferenceSession.create(result.graph, { executionProviders: ['wasm'], logSeverityLevel: 3 })
    const output = (await session.run({ [session.inputNames[0]!]: new ort.Tensor('float32', pixels, images.dims) }))[
      session.outputNames[0]!
    ]!
    const scores = Array.from(output.data as Float32Array)
    const classes = scores.length / labels.length
    const right = labels.filter((label, row) => {
      const own = scores.slice(row * classes, (row + 1) * classes)
      return own.indexOf(Math.max(...own)) === label
    })
    await session.release()
    line([name, result.graph.length, right.length, ...errorCells(result.report)])
  }
}
