// The report of a conversion, as JSON and as text.

import type { Lint } from '../compiler/lints.ts'
import type { ModelOperators } from '../compiler/operators.ts'
import type { PassReport, Report, TensorReport } from '../compiler/types.ts'
import type { CompiledHeader } from '../plugin/compiled-model.ts'
import { describeSignature } from '../loader/emit-dts.ts'
import { formatBytes, formatTime, hostLines } from '../plugin/report-line.ts'

/** What `--json` prints: the compiler's report, and the hash of the graph. */
export function reportOf(model: CompiledHeader, file: string): object {
  return { ...model.report, file, sha256: model.sha256 }
}

function tensorText({ name, dtype, dims }: TensorReport): string {
  const shape = dims === undefined ? '[…]' : `[${dims.map((dim) => dim ?? '?').join(', ')}]`
  return `${name}: ${dtype}${shape}`
}

export function operatorLines(operators: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(operators).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return entries.map(([name, count]) => `${String(count).padStart(6)}  ${name}`)
}

/** A table of torch's operators: count, name, what becomes of them. */
export function torchOperatorLines({ operators, problems }: ModelOperators): string[] {
  const total = operators.reduce((sum, { count }) => sum + count, 0)
  const missing = operators.filter(({ status }) => status === 'not supported').length
  const width = Math.max(8, ...operators.map(({ operator }) => operator.length))
  const head =
    `torch operators: ${operators.length}, used ${total} times` +
    (problems.length === 0 ? '' : ' (as the code calls them: it does not compile)') +
    `; ${missing === 0 ? 'all supported' : `${missing} not supported`}`
  const rows = operators.map(({ operator, count, status, place, reason }) => {
    const more = [...(place === undefined ? [] : [`at ${place}`]), ...(reason === undefined ? [] : [`it ${reason}`])]
    return printable(`${String(count).padStart(6)}  ${operator.padEnd(width)}  ${[status, ...more].join('  ')}`)
  })
  return [head, ...rows]
}

/** A table of the optimisations: name, the mobile optimiser's type, runs that changed something, and why one did not apply where it nearly did. */
export function passLines(passes: readonly PassReport[]): string[] {
  const columns = passes.map(({ name, type = '', changes, blocked }) => [
    name,
    type,
    blocked ? 'blocked' : changes === 0 ? '–' : String(changes),
  ])
  const rows = [['optimisation', 'type', 'changes'], ...columns]
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => row[i]!.length)))
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ')
  return rows.flatMap((row, i) => {
    const missed = i === 0 ? [] : passes[i - 1]!.missed
    const reasons = missed.map(({ reason, count, place }) =>
      printable(`    not applied${count === 1 ? '' : ` ${count} times`}: ${reason}${place === undefined ? '' : ` (${place})`}`),
    )
    return [line(row), ...reasons]
  })
}

/** torch's lints, one line for each code: the first message, and how many more there are. */
export function lintLines(lints: readonly Lint[]): string[] {
  return [...new Set(lints.map(({ name }) => name))].map((code) => {
    const [first, ...others] = lints.filter(({ name }) => name === code)
    return printable(`  lint ${code}: ${first!.message}${others.length === 0 ? '' : ` (and ${others.length} more)`}`)
  })
}

export function printReport({ report, signatures }: CompiledHeader, file: string): void {
  const operators = Object.values(report.operators).reduce((sum, count) => sum + count, 0)
  const time = report.stages.reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
  console.log(`${file}  ${formatBytes(report.bytesIn)} → ${formatBytes(report.bytesOut)}  (${operators} ops, ${formatTime(time)})`)
  for (const signature of signatures) console.log(`  ${printable(describeSignature(signature))}`)
  for (const line of hostLines(report)) console.log(`  ${printable(line)}`)
  for (const line of precisionLines(report)) console.log(`  ${printable(line)}`)
  const assumed = new Set(report.inputs.filter(({ known }) => known === 'assumed').map(tensorText))
  for (const input of assumed) console.log(`  assumed  ${printable(input)}   (--input declares it)`)
}

/** Pruned layers that are listed. */
const LAYERS = 12

/** Bytes by dtype, the error against fp32, and what was pruned. */
export function precisionLines({ precision }: Pick<Report, 'precision'>): string[] {
  if (precision === undefined) return []
  const { bytes, error, sparsity, convolutions, correctedBiases } = precision
  const stored = Object.entries(bytes).sort(([, a], [, b]) => b - a)
  const lines = [`weights   ${stored.map(([dtype, size]) => `${dtype} ${formatBytes(size)}`).join(', ')}`]
  if (sparsity !== undefined) {
    const [zeros, elements] = sparsity.reduce(([z, n], one) => [z + one.zeros, n + one.elements], [0, 0])
    const percent = (part: number, of: number): string => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`
    lines.push(`pruned    ${zeros} of ${elements} weights are zero (${percent(zeros, elements)})`)
    const largest = [...sparsity].sort((a, b) => b.elements - a.elements).slice(0, LAYERS)
    for (const layer of largest) lines.push(`  ${percent(layer.zeros, layer.elements).padStart(7)} of ${layer.elements}  ${layer.path}`)
    if (sparsity.length > LAYERS) lines.push(`  and ${sparsity.length - LAYERS} smaller ones`)
  }
  if (convolutions !== undefined)
    lines.push(
      `static    ${convolutions.inBytes} convolutions in bytes; ${convolutions.slowerInBytes} that would be slower so stay in floats`,
    )
  if (correctedBiases !== undefined) lines.push(`biases    ${correctedBiases} take back shifts of the mean`)
  if ('notMeasured' in error) return [...lines, `error     not measured: ${error.notMeasured}`]
  lines.push(`error against fp32, on ${error.inputs} ${error.inputs === 1 ? 'set' : 'sets'} of ${error.on}:`)
  const width = Math.max(6, ...error.outputs.map(({ output }) => output.length))
  lines.push(`  ${'output'.padEnd(width)}       max      mean       rms    cosine  top-1`)
  for (const { output, max, mean, scale, cosine, top1 } of error.outputs) {
    const numbers = [max, mean, scale].map((value) => value.toExponential(1).padStart(9)).join(' ')
    lines.push(
      `  ${output.padEnd(width)} ${numbers} ${cosine.toFixed(6).padStart(9)}  ${top1 === undefined ? '' : `${(100 * top1).toFixed(0)} %`}`.trimEnd(),
    )
  }
  return lines
}

/** Names come from the model: nothing of theirs may steer a terminal. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '')
