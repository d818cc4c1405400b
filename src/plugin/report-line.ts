// What a conversion prints: its notices, and one line, `torch  src/net.pt → net.onnx  1.23 MB → 0.62 MB  (23 ops, 0.9 s)`, with one more for
// each method that runs as JavaScript.

import { basename, extname } from 'node:path'
import type { Report } from '../compiler/types.ts'
import { formatProblem } from '../diagnostics/compile-error.ts'
import type { Conversion } from './converter.ts'

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 2 : bytes < 100_000 ? 1 : 0)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

export function formatTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

export const graphName = (file: string): string => `${basename(file, extname(file))}.onnx`

export function reportLine({ name, model, bytesIn, cached, milliseconds }: Conversion): string {
  const operators = Object.values(model.report.operators).reduce((sum, count) => sum + count, 0)
  const facts = [`${operators} ops`, formatTime(milliseconds), ...(cached ? ['cached'] : [])]
  const line = `torch  ${name} → ${graphName(name)}  ${formatBytes(bytesIn)} → ${formatBytes(model.graph.length)}  (${facts.join(', ')})`
  return [line, ...[...hostLines(model.report), ...precisionLine(model.report)].map((text) => `       ${text}`)].join('\n')
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** `forward runs as JavaScript: 5 regions, 2 of them in loops`, for each method that does. */
export function hostLines({ methods }: Pick<Report, 'methods'>): string[] {
  return methods
    .filter(({ form }) => form === 'host')
    .map(({ name, regions, regionsInLoops: inner }) => {
      const loops = inner === 0 ? '' : inner === regions ? (inner === 1 ? ', in a loop' : ', all in loops') : `, ${inner} of them in loops`
      return `${name} runs as JavaScript: ${regions === 0 ? 'no region' : plural(regions, 'region')}${loops}`
    })
}

/** `stored in int8 and float32, cosine to fp32 0.99984; 50 % of 11,678,912 weights pruned`, where options asked for it. */
export function precisionLine({ precision }: Pick<Report, 'precision'>): string[] {
  if (precision === undefined) return []
  const { bytes, error, sparsity } = precision
  const stored = Object.entries(bytes).sort(([, a], [, b]) => b - a)
  const floats = stored.flatMap(([dtype]) => (dtype === 'int64' || dtype === 'bool' ? [] : [dtype]))
  const cosine = 'outputs' in error ? Math.min(...error.outputs.map((output) => output.cosine)) : Infinity
  const close = Number.isFinite(cosine) ? `, cosine to fp32 ${cosine.toFixed(5)}` : ''
  const [zeros, elements] = (sparsity ?? []).reduce(([z, n], one) => [z + one.zeros, n + one.elements], [0, 0])
  const pruned =
    sparsity === undefined
      ? ''
      : `; ${((100 * zeros) / Math.max(1, elements)).toFixed(0)} % of ${elements.toLocaleString('en')} weights pruned`
  return [`stored in ${floats.join(' and ')}${close}${pruned}`]
}

/** Notices are told when a model is converted; a build from the cache repeats none of them. */
export function noticeTexts({ name, model, cached }: Conversion): string[] {
  return cached ? [] : model.report.notices.map((notice) => formatProblem({ file: name, ...notice }))
}
