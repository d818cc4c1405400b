// What each optimisation does for the twelve models: each is left out in turn (option `blocklist`), by pass and by torch's optimizer type, and the
// emitted graph is compared with that of all of them. Needs no build; the archives are those of run.ts (PYTHON makes what is not there).
//
//     node bench/peers/effect.ts [MODEL …] [--work=DIR] [--any-size] [--time] [--write]
//
// Sizes of inputs are declared, but for `--any-size`. `--time` adds session creation and inference in Node; `--write` puts the tables into bench/README.md.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as ort from 'onnxruntime-web'
import { compile } from '../../src/compiler/compile.ts'
import { optionalPasses } from '../../src/compiler/optimizations.ts'
import type { CompileResult, ModelOptions } from '../../src/compiler/types.ts'
import { optimizerTypes } from '../../src/passes/optimizer-types.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { measure } from './measure.mjs'
import { writeSection } from './readme.ts'
import { DEFAULT_FOLDER, MODELS, Work, type Saved } from './work.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: 'string', default: DEFAULT_FOLDER },
    'any-size': { type: 'boolean', default: false },
    time: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '12' },
  },
})
const work = new Work(values.work, process.env['PYTHON'] ?? 'python3')
ort.env.wasm.numThreads = 1

/** What one form of a model has more than the form of all passes. */
interface Effect {
  readonly nodes: number
  readonly bytes: number
  /** Milliseconds. */
  readonly create?: number
  readonly run?: number
}

const nodesOf = ({ report }: CompileResult): number => Object.values(report.operators).reduce((sum, count) => sum + count, 0)

/** By the name that the blocklist has; what changes nothing of a model is not there. */
async function effectsOn(model: string): Promise<ReadonlyMap<string, Effect>> {
  const { path, saved } = work.archive(model)
  const bytes = readFileSync(path)
  const compiled = (options: ModelOptions): Promise<CompileResult> => compile(bytes, { file: `${model}.pt`, ...options }, nodeHost())
  const unsized = await compiled({})
  const options = values['any-size'] ? {} : { inputs: declared(unsized, saved) }
  const all = values['any-size'] ? unsized : await compiled(options)
  // A pass that changed nothing is not missed. A type is that of its passes, and at times of more than the pass reports.
  const found = all.report.passes.filter(({ changes }) => changes > 0)
  const names = [...found.map(({ name }) => name), ...Object.keys(optimizerTypes)]
  const without = new Map<string, CompileResult>()
  for (const name of names) {
    const result = await compiled({ ...options, blocklist: [name] })
    if (result.sha256 !== all.sha256) without.set(name, result)
  }
  const times = values.time ? await timesOf([all, ...without.values()], saved) : undefined
  return new Map(
    [...without].map(([name, result], i): [string, Effect] => [
      name,
      {
        nodes: nodesOf(result) - nodesOf(all),
        bytes: result.report.bytesOut - all.report.bytesOut,
        ...(times === undefined ? {} : { create: times[i + 1]!.create - times[0]!.create, run: times[i + 1]!.run - times[0]!.run }),
      },
    ]),
  )
}

function declared({ report }: CompileResult, { inputs }: Saved): NonNullable<ModelOptions['inputs']> {
  return Object.fromEntries(report.inputs.map(({ name }, i) => [name, { dtype: inputs[i]!.dtype, shape: inputs[i]!.dims }])) as NonNullable<
    ModelOptions['inputs']
  >
}

async function timesOf(
  results: readonly CompileResult[],
  saved: Saved,
): Promise<readonly { readonly create: number; readonly run: number }[]> {
  const graphs = results.map((result, i) => ({ name: String(i), load: async () => result.graph }))
  return measure(ort, graphs, saved.inputs, { rounds: Number(values.rounds), creations: 3 })
}

/** A column for each model that anything does something for; what does nothing is named below. */
function tableOf(title: string, names: readonly string[], effects: ReadonlyMap<string, ReadonlyMap<string, Effect>>): string {
  const models = [...effects.keys()]
  const doing = names.filter((name) => models.some((model) => effects.get(model)!.has(name)))
  const idle = names.filter((name) => !doing.includes(name))
  const out = [`| ${title} | ${models.join(' | ')} |`, `|---|${models.map(() => '--:|').join('')}`]
  for (const name of doing) out.push(`| ${name} | ${models.map((model) => cellOf(effects.get(model)!.get(name))).join(' | ')} |`)
  if (idle.length > 0) out.push('', `The same without: ${idle.join(', ')}.`)
  return out.join('\n')
}

function cellOf(effect: Effect | undefined): string {
  if (effect === undefined) return ''
  const { nodes, bytes, create, run } = effect
  const parts = [
    ...(nodes === 0 ? [] : [`${signed(nodes)} n`]),
    ...(bytes === 0 ? [] : [`${signed(bytes)} B`]),
    ...(create === undefined ? [] : [`${signed(Number(create.toFixed(1)))} ms load`]),
    ...(run === undefined ? [] : [`${signed(Number(run.toFixed(2)))} ms run`]),
  ]
  // As many nodes and bytes, and another graph.
  return parts.length === 0 ? '≠' : parts.join('<br>')
}

const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toLocaleString('en-US')}`

const effects = new Map<string, ReadonlyMap<string, Effect>>()
for (const model of positionals.length > 0 ? positionals : MODELS) {
  effects.set(model, await effectsOn(model))
  console.error(`${model}: ${effects.get(model)!.size} passes and types change it`)
}
const text = [
  values['any-size'] ? 'No input sizes declared.' : 'Input sizes declared.',
  '',
  tableOf(
    'without the pass',
    optionalPasses().map(({ name }) => name),
    effects,
  ),
  '',
  tableOf('without the type', Object.keys(optimizerTypes), effects),
].join('\n')
if (values.write) writeSection(values['any-size'] ? 'effect, any size' : 'effect', text)
else console.log(text)
