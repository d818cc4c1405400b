// How conversion grows with the graph: traces of 1,000 to 20,000 operators, and graphs of control flow, calls and host programs. No torch needed.
// `node bench/large.ts` prints times, each the fastest of ROUNDS fresh processes; `--profile` where the time of the largest trace goes.

import { execFileSync } from 'node:child_process'
import { Session, type Profiler } from 'node:inspector/promises'
import { performance } from 'node:perf_hooks'
import { readTorchScript } from '../src/archive/read-torchscript.ts'
import { compile } from '../src/compiler/compile.ts'
import { importScript } from '../src/frontend/import-script.ts'
import { allNodes } from '../src/ir/block.ts'
import { nodeHost } from '../src/plugin/host.ts'
import { callsModel, controlFlowModel, hostModel, tracedModel } from './large-models.ts'

const models = { trace: tracedModel, 'control flow': controlFlowModel, calls: callsModel, host: hostModel } as const
type Kind = keyof typeof models

const ROWS: readonly (readonly [Kind, number])[] = [
  ['trace', 1000],
  ['trace', 5000],
  ['trace', 10_000],
  ['trace', 20_000],
  ['control flow', 500],
  ['control flow', 2000],
  ['calls', 2000],
  ['calls', 8000],
  ['host', 2000],
  ['host', 8000],
]

interface Measured {
  /** Of the inlined graph, without constants and attributes. */
  readonly operators: number
  readonly onnxNodes: number
  /** Wall-clock time, and processor time of the main thread, which a busy machine does not change much. */
  readonly milliseconds: number
  readonly cpu: number
  readonly sha256: string
  readonly shares?: readonly (readonly [stage: string, share: number])[]
}

async function measure(kind: Kind, size: number, profile: boolean): Promise<Measured> {
  const bytes = models[kind](size)
  const session = profile ? new Session() : undefined
  session?.connect()
  await session?.post('Profiler.enable')
  await session?.post('Profiler.setSamplingInterval', { interval: 500 })
  await session?.post('Profiler.start')
  // Node 24 tells the time of one thread.
  const cpuUsage = process.threadCpuUsage ?? process.cpuUsage
  const before = cpuUsage.call(process)
  const start = performance.now()
  const options = { file: 'model.pt', ...(kind === 'host' ? { controlFlow: 'host' as const } : {}) }
  const { report, sha256 } = await compile(bytes, options, nodeHost())
  const milliseconds = performance.now() - start
  const after = cpuUsage.call(process)
  const shares = session === undefined ? undefined : sharesOf((await session.post('Profiler.stop')).profile)
  const graph = importScript(readTorchScript(bytes, nodeHost())).inlinedGraph('forward')
  return {
    operators: [...allNodes(graph.block)].filter((node) => node.kind !== 'prim::Constant' && node.kind !== 'prim::GetAttr').length,
    onnxNodes: Object.values(report.operators).reduce((a, b) => a + b, 0),
    milliseconds,
    cpu: (after.user - before.user + after.system - before.system) / 1000,
    sha256,
    ...(shares === undefined ? {} : { shares }),
  }
}

/** The part of the compiler that a source file is: a pass by its name, others by their folder. */
function stageOf(url: string): string | undefined {
  const path = /\/src\/(.*)\.ts$/.exec(url)?.[1]
  if (path === undefined) return undefined
  const [folder = '', name = ''] = path.split('/')
  if (folder === 'analysis') return name.startsWith('facts') ? 'facts' : 'alias analysis'
  if (folder === 'passes') return /^(pass|pass-manager|pipeline|prepare|rule-pass|graph-facts)$/.test(name) ? undefined : `pass ${name}`
  if (folder === 'frontend')
    return name === 'cleanup' ? 'frontend: clean up' : name === 'inlined-graphs' ? undefined : 'frontend: parse and emit'
  if (folder === 'archive') return 'read'
  if (folder === 'onnx') return name === 'passes' ? 'onnx: simplify' : /^(encode|protobuf)/.test(name) ? 'encode' : 'onnx: lower'
  return undefined
}

/** Share of each stage: of every sample the innermost frame that says which. Garbage collection stands for itself. */
function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): [string, number][] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const stages = new Map<number, string>()
  const stage = (id: number): string => {
    const { functionName, url } = byId.get(id)!.callFrame
    const parent = parents.get(id)
    const found =
      stages.get(id) ??
      (functionName === '(garbage collector)' ? 'garbage collection' : (stageOf(url) ?? (parent === undefined ? 'other' : stage(parent))))
    stages.set(id, found)
    return found
  }
  const times = new Map<string, number>()
  for (const [i, id] of samples.entries()) times.set(stage(id), (times.get(stage(id)) ?? 0) + timeDeltas[i]!)
  const total = [...times.values()].reduce((a, b) => a + b, 0)
  return [...times].map(([name, time]): [string, number] => [name, time / total]).sort(([, a], [, b]) => b - a)
}

function fresh(kind: Kind, size: number, profile = false): Measured {
  const args = [import.meta.filename, '--one', kind, String(size), ...(profile ? ['--profile'] : [])]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured
}

function printTable(): void {
  const rounds = Number(process.env['ROUNDS'] ?? 3)
  console.log('| model | operators | ONNX nodes | time | main thread | ms per 1,000 operators | sha256 |\n|---|--:|--:|--:|--:|--:|---|')
  const traces = new Map<number, number>()
  for (const [kind, size] of ROWS) {
    const all = Array.from({ length: rounds }, () => fresh(kind, size))
    const { operators, onnxNodes, milliseconds, cpu, sha256 } = all.reduce((a, b) => (b.cpu < a.cpu ? b : a))
    if (kind === 'trace') traces.set(size, cpu)
    const cells = [`${kind} ${size}`, operators, onnxNodes, `${milliseconds.toFixed(0)} ms`, `${cpu.toFixed(0)} ms`]
    console.log(`| ${[...cells, ((cpu / operators) * 1000).toFixed(0), sha256.slice(0, 12)].join(' | ')} |`)
  }
  console.log(
    `\n20,000 operators take ${(traces.get(20_000)! / traces.get(5000)!).toFixed(2)}× the time of 5,000 (main thread; linear is 4×).`,
  )
}

function printProfile(): void {
  console.log('| stage, trace of 20,000 operators | share |\n|---|--:|')
  for (const [name, share] of fresh('trace', 20_000, true).shares!)
    if (share >= 0.005) console.log(`| ${name} | ${(100 * share).toFixed(1)} % |`)
}

const [first, kind, size] = process.argv.slice(2)
if (first === '--one') console.log(JSON.stringify(await measure(kind as Kind, Number(size), process.argv.includes('--profile'))))
else if (first === '--profile') printProfile()
else printTable()
