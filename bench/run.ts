// Benchmarks against named peers, as ratios in one run on one machine. `npm run bench` needs a built dist/ and, for the peers, a Python
// with torch 2.13, onnx, onnxscript and onnxslim (PYTHON=path/to/python). Every measurement is a fresh process; the fastest of ROUNDS counts.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { measureWarm, printWarm } from './warm.ts'

const root = resolve(import.meta.dirname, '..')
const python = process.env['PYTHON'] ?? 'python3'
const rounds = Number(process.env['ROUNDS'] ?? 3)

interface Measured {
  readonly seconds: number
  readonly peakBytes: number
  readonly outputBytes: number
}

const folder = mkdtempSync(join(tmpdir(), 'unplugin-torch-bench-'))
try {
  const model = join(folder, 'resnet18.pt')
  execFileSync(python, [join(root, 'test/fixtures/resnet18-narrow/make.py'), '--full', model], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  console.log(`ResNet-18, traced, ${megabytes(statSync(model).size)}; fastest of ${rounds} fresh processes each\n`)

  const ours = best(() => convert(model))
  const script = best(() => peer(['script', model]))
  const dynamo = best(() => peer(['dynamo', `${join(root, 'test/fixtures/resnet18-narrow/net.py')}:ResNet18`]))
  const fastest = script.seconds < dynamo.seconds ? script : dynamo
  const row = (name: string, m: Measured): string =>
    `| ${name} | ${m.seconds.toFixed(2)} s | ${megabytes(m.peakBytes)} | ${m.outputBytes} |`
  console.log('| conversion, cold | time | peak memory | output bytes |\n|---|--:|--:|--:|')
  console.log(row('unplugin-torch convert', ours))
  console.log(row('torch.jit.load + torch.onnx.export(dynamo=False) + onnxslim', script))
  console.log(row('torch.onnx.export(dynamo=True)', dynamo))
  console.log(
    `\ntime ${(ours.seconds / fastest.seconds).toFixed(2)}×, peak memory ${(ours.peakBytes / fastest.peakBytes).toFixed(2)}× of the faster peer, bytes ${(ours.outputBytes / Math.min(script.outputBytes, dynamo.outputBytes)).toFixed(4)}× of the smaller one`,
  )
  console.log()
  const narrow = join(root, 'test/fixtures/resnet18-narrow/model.pt')
  printWarm([narrow, model].map((file) => measureWarm(file, 2 * rounds)))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function best(measure: () => Measured): Measured {
  return Array.from({ length: rounds }, measure).reduce((a, b) => (b.seconds < a.seconds ? b : a))
}

function convert(model: string): Measured {
  const out = join(folder, 'out')
  const peakFile = join(folder, 'peak')
  const cli = join(root, 'dist/cli.js')
  if (!existsSync(cli)) throw new Error('run npm run build first')
  const start = performance.now()
  execFileSync(process.execPath, ['--import', join(root, 'bench/peak.mjs'), cli, 'convert', model, '-o', out], {
    env: { ...process.env, PEAK_FILE: peakFile },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const seconds = (performance.now() - start) / 1000
  return { seconds, peakBytes: Number(readFileSync(peakFile, 'utf8')), outputBytes: statSync(join(out, 'resnet18.onnx')).size }
}

function peer(args: readonly string[]): Measured {
  const start = performance.now()
  const text = execFileSync(python, [join(root, 'bench/torch_export.py'), ...args, '--shape', '1,3,224,224'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: folder,
  })
  const seconds = (performance.now() - start) / 1000
  const report = JSON.parse(text.trim().split('\n').at(-1)!) as { readonly peak_rss_bytes: number; readonly output_bytes: number }
  return { seconds, peakBytes: report.peak_rss_bytes, outputBytes: report.output_bytes }
}
