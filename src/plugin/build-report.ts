// What a build prints when it is done: one table of all models, `src/net.pt  graph  23 ops  307,210 parameters  0.9 s` with the bytes of the graph
// and of the module that loads it, as they are and compressed. A dev server prints a line per conversion instead (report-line.ts).

import type { Report } from '../compiler/types.ts'
import type { Conversion } from './converter.ts'
import type { ModelRequest } from './ids.ts'
import type { ResolvedPluginOptions } from './options.ts'
import { compressedSizes } from './compressed-sizes.ts'
import { formatBytes, formatTime, hostLines, precisionLine } from './report-line.ts'

/** Larger graphs are not compressed unless asked: gzip takes a second for this much. */
export const MEASURED_BYTES = 20e6

export interface BuildReport {
  /** A model of the build, and the module that its import becomes; a later one for the same request takes its place. */
  add(request: ModelRequest, conversion: Conversion, code: string): void
  /** Prints the table of what was added since the last time, if anything was. */
  print(log: (text: string) => void): Promise<void>
}

interface Row {
  readonly conversion: Conversion
  readonly query: string
  readonly code: string
}

export function createBuildReport({ report }: Pick<ResolvedPluginOptions, 'report'>): BuildReport {
  const rows = new Map<string, Row>()
  return {
    add(request, conversion, code) {
      if (report === false || request.part === 'worker') return
      rows.set(`${conversion.name}?${request.query}`, { conversion, query: request.query, code })
    },
    async print(log) {
      if (rows.size === 0) return
      const added = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
      rows.clear()
      log(await reportTable(added, report === 'table'))
    },
  }
}

const HEAD = ['model', 'form', 'ops', 'parameters', 'time', '', 'raw', 'gzip', 'brotli']
/** Columns of text: the others are numbers, and end together. */
const TEXT: ReadonlySet<number> = new Set([0, 1, 5])

/** The table as text; `all`: graphs of any size are compressed. */
export async function reportTable(rows: readonly Row[], all: boolean): Promise<string> {
  const lines: (readonly string[] | string)[] = [HEAD]
  for (const { conversion, query, code } of rows) {
    const { name, model, cached, milliseconds, compressed } = conversion
    const { report, graph, sha256 } = model
    const operators = Object.values(report.operators).reduce((sum, count) => sum + count, 0)
    const measured = all || graph.length <= MEASURED_BYTES
    const about = [`${name}${query === '' ? '' : `?${decodeURIComponent(query)}`}`, form(report), String(operators)]
    const facts = [...about, report.parameters.toLocaleString('en'), cached ? 'cached' : formatTime(milliseconds)]
    const loader = Buffer.from(code)
    const weighed = measured ? await (compressed?.() ?? compressedSizes(graph, sha256)) : undefined
    lines.push([...facts, 'graph', formatBytes(graph.length), ...(weighed === undefined ? ['–', '–'] : sizes(weighed))])
    lines.push(['', '', '', '', '', 'loader', formatBytes(loader.length), ...sizes(await compressedSizes(loader))])
    lines.push(...hostLines(report), ...precisionLine(report))
  }
  const cells = lines.filter((line) => typeof line !== 'string')
  const widths = HEAD.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)))
  const texts = lines.map((line) =>
    typeof line === 'string'
      ? `  ${line}`
      : line.map((cell, i) => (TEXT.has(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  )
  return texts.map((text, i) => `${i === 0 ? 'torch' : '     '}  ${text}`.trimEnd()).join('\n')
}

const sizes = ({ gzip, brotli }: { readonly gzip: number; readonly brotli: number }): string[] => [formatBytes(gzip), formatBytes(brotli)]

/** `graph`, `host` (generated JavaScript), or both, by method. */
function form({ methods }: Report): string {
  return [...new Set(methods.map((method) => method.form))].join('+')
}
