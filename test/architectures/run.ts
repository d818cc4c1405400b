// Real architectures with random weights: each archive that capture.py makes is compiled without options, run on onnxruntime-web in Node at
// both sizes and compared with torch's numbers. Archives are deleted as they are done with; a table is printed; exits 1 when anything differs.
//
//     node test/architectures/run.ts [--python=PATH] [--keep=FOLDER] [--all] [--verify] [PART OF A NAME …]
//
// `--verify` compares what the model computes before and after each pass, too. `--from=FOLDER` tests what `--keep=FOLDER` of an earlier run left, without Python.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { testArchive, type Row } from './test-archive.ts'

interface Line {
  readonly name: string
  readonly capture: string
  readonly parameters?: number
  readonly error?: string
}

const options = new Map(
  process.argv
    .slice(2)
    .filter((argument) => argument.startsWith('--'))
    .map((argument) => argument.slice(2).split('=') as [string, string | undefined]),
)
const parts = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const kept = options.get('from') ?? options.get('keep')
const folder = kept ?? mkdtempSync(join(tmpdir(), 'architectures-'))
mkdirSync(folder, { recursive: true })

const rows: Row[] = []
let announced: number | undefined
const started = performance.now()
try {
  if (options.has('from')) await replay()
  else await record()
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
}
finish()

async function record(): Promise<void> {
  const script = join(import.meta.dirname, 'capture.py')
  const python = spawn(
    options.get('python') ?? 'python3',
    ['-W', 'ignore', script, folder, ...(options.has('all') ? ['--all'] : []), ...parts],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...(kept === undefined ? {} : { AHEAD: '100000' }) },
    },
  )
  const ended = new Promise<number | null>((resolve) => python.on('close', resolve))
  for await (const text of createInterface({ input: python.stdout })) {
    const line = JSON.parse(text) as Line & { readonly archives?: number; readonly architectures?: number; readonly torch?: string }
    if (line.archives === undefined) await show(line)
    else {
      announced = line.archives
      console.log(`torch ${line.torch}: ${line.architectures} architectures, ${line.archives} archives`)
    }
  }
  if ((await ended) !== 0) throw new Error('capture.py failed')
}

async function replay(): Promise<void> {
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.pt') && (parts.length === 0 || parts.some((part) => file.includes(part))),
  )
  announced = files.length
  for (const file of files.sort()) {
    const [, name, capture] = /^(.*)\.(\w+)\.pt$/.exec(file)!
    await show({ name: name!, capture: capture! })
  }
}

async function show({ name, capture, error }: Line): Promise<void> {
  const stem = join(folder, `${name}.${capture}`)
  const row: Row =
    error === undefined ? await testArchive(stem, name, capture, options.has('verify')) : { name, capture, failure: `torch: ${error}` }
  rows.push(row)
  if (kept === undefined) for (const end of ['pt', 'json']) rmSync(`${stem}.${end}`, { force: true })
  const figures =
    row.nodes === undefined
      ? ''
      : [row.nodes, `${(row.bytes! / 1e6).toFixed(1)} MB`, `${row.compileMs!.toFixed(0)} ms`, `${row.runMs?.toFixed(0) ?? '-'} ms`]
          .map((x) => String(x).padStart(9))
          .join('')
  console.log(
    `${row.failure === undefined ? 'ok  ' : 'FAIL'} ${name.padEnd(44)} ${capture.padEnd(9)}${figures}${row.failure === undefined ? '' : `\n     ${row.failure.slice(0, 1500).replaceAll('\n', '\n     ')}`}`,
  )
}

/** What verification ran, and all that it left out. */
function tellVerification(): void {
  const seconds = rows.reduce((sum, { verifyMs = 0 }) => sum + verifyMs, 0) / 1000
  const compared = rows.reduce((sum, row) => sum + (row.compared ?? 0), 0)
  console.log(`\nverified: ${compared} forms of ${rows.filter((row) => (row.compared ?? 0) > 0).length} archives, ${seconds.toFixed(0)} s`)
  const left = rows.filter(({ uncompared }) => (uncompared ?? []).length > 0)
  if (left.length > 0) console.log('not compared pass by pass (the results of whole models are):')
  for (const { name, capture, uncompared } of left)
    for (const message of uncompared!) console.log(`     ${name}.${capture}: ${message.slice(0, 200)}`)
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function finish(): void {
  const failed = rows.filter(({ failure }) => failure !== undefined)
  const names = new Set(rows.map(({ name }) => name))
  if (options.has('verify')) tellVerification()
  const stages = new Map<string, number>()
  for (const row of rows) for (const [stage, ms] of row.stages ?? []) stages.set(stage, (stages.get(stage) ?? 0) + ms)
  console.log(`\ncompiled in all, by stage: ${[...stages].map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(1)} s`).join(', ')}`)
  for (const { name, capture, failure } of failed) console.log(`FAIL ${name}.${capture}: ${failure!.split('\n')[0]!.slice(0, 200)}`)
  for (const capture of ['traced', 'scripted']) {
    const mine = rows.filter((row) => row.capture === capture)
    console.log(`${capture}: ${mine.filter(({ failure }) => failure === undefined).length} of ${mine.length}`)
  }
  console.log(
    `${names.size} architectures, ${rows.length - failed.length} passed, ${failed.length} failed, ${((performance.now() - started) / 1000).toFixed(0)} s (${processorSeconds().toFixed(0)} s of the processor for what is not PyTorch)`,
  )
  if (failed.length > 0 || rows.length === 0 || rows.length !== announced) process.exitCode = 1
}
