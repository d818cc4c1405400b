// What a model costs: its import line, bytes before and after, time in this browser, and the operators of its graph.

import { reports } from 'virtual:model-reports'
import { element, find } from './find.ts'
import { bytes, milliseconds } from './format.ts'
import { highlightInline } from './highlight.ts'
import type { Timings } from './timings.ts'

const CONTROL_FLOW = new Set(['If', 'Loop', 'Scan'])

/** Fills the element with this id; the times appear when the returned function is told them. */
export function modelFacts(id: string, name: string, file: string, loadNote: string): (timings: Timings) => void {
  const report = reports[file]
  if (report === undefined) throw new RangeError(`no report of ${file}`)
  const times = element('dl', 'times')
  const show = (rows: readonly (readonly [string, string])[]): void =>
    times.replaceChildren(...rows.flatMap(([label, value]) => [element('dt', '', label), element('dd', '', value)]))
  show([
    [loadNote, '…'],
    ['first call', '…'],
    ['median call', '…'],
  ])
  const count = Object.values(report.operators).reduce((sum, n) => sum + n, 0)
  const largest = Math.max(report.pt.bytes, report.onnx.bytes)
  find(id, HTMLElement).append(
    element('code', 'import', ...highlightInline(`import ${name} from './models/${file}'`, 'ts')),
    element(
      'div',
      '',
      element('h3', '', 'Bytes'),
      ...(['pt', 'onnx'] as const).map((kind) => {
        const bar = element('i')
        bar.style.setProperty('--p', String(report[kind].bytes / largest))
        const { bytes: raw, gzip } = report[kind]
        const row = element('div', kind === 'onnx' ? 'size out' : 'size', `.${kind}`, bar, element('span', '', bytes(raw)))
        row.lastChild!.appendChild(element('small', '', ` · ${bytes(gzip)} gzip`))
        return row
      }),
    ),
    element('div', '', element('h3', '', 'Time, here and now'), times),
    element(
      'div',
      '',
      element('h3', '', `${count} operators, ${report.parameters.toLocaleString('en')} parameters`),
      element(
        'div',
        'chips',
        ...Object.entries(report.operators).map(([operator, n]) =>
          element('span', CONTROL_FLOW.has(operator) ? 'chip control' : 'chip', n === 1 ? operator : `${operator} × ${n}`),
        ),
      ),
    ),
  )
  return ({ load, first, median, runs }) =>
    show([
      [loadNote, milliseconds(load)],
      ['first call', milliseconds(first)],
      [`median of ${runs} calls`, milliseconds(median)],
    ])
}
