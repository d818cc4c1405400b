// The report of a conversion, as JSON and as text.

import type { TensorReport } from '../compiler/types.ts'
import type { CompiledHeader } from '../plugin/compiled-model.ts'
import { formatBytes, formatTime } from '../plugin/report-line.ts'

/** What `--json` prints: the compiler's report, and the hash of the graph. */
export function reportOf(model: CompiledHeader, file: string): object {
  return { ...model.report, file, sha256: model.sha256 }
}

export function tensorText({ name, dtype, dims, known }: TensorReport): string {
  const shape = dims === undefined ? '[…]' : `[${dims.map((dim) => dim ?? '?').join(', ')}]`
  return `${name}: ${dtype}${shape}${known === 'assumed' ? '  (assumed)' : ''}`
}

export function operatorLines(operators: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(operators).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return entries.map(([name, count]) => `${String(count).padStart(6)}  ${name}`)
}

export function printReport({ report }: CompiledHeader, file: string): void {
  const operators = Object.values(report.operators).reduce((sum, count) => sum + count, 0)
  const time = report.stages.reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
  console.log(`${file}  ${formatBytes(report.bytesIn)} → ${formatBytes(report.bytesOut)}  (${operators} ops, ${formatTime(time)})`)
  for (const input of report.inputs) console.log(`  in   ${tensorText(input)}`)
  for (const output of report.outputs) console.log(`  out  ${tensorText(output)}`)
}
