// What became of the model in figures, its files, and what the compiler has to say about it.

import { element } from '../find.ts'
import { bytes, milliseconds } from '../format.ts'
import { button, download } from './controls.ts'
import type { CompiledModel } from './messages.ts'
import { problemView } from './problems-view.ts'

const CONTROL_FLOW = new Set(['If', 'Loop', 'Scan'])

export function summary(root: HTMLElement, file: string, { graph, report, loader, dts, milliseconds: time }: CompiledModel): void {
  const stem = file.replace(/\.[^.]*$/, '')
  const nodes = Object.values(report.operators).reduce((sum, n) => sum + n, 0)
  const hosts = report.methods.filter(({ form }) => form === 'host')
  const applied = report.passes.filter(({ changes }) => changes > 0).length
  const figures: readonly (readonly [name: string, value: string])[] = [
    ['.pt', bytes(report.bytesIn)],
    ['.onnx', bytes(report.bytesOut)],
    ['nodes', String(nodes)],
    ['parameters', report.parameters.toLocaleString('en')],
    ['passes applied', String(applied)],
    ['compiled in', milliseconds(time)],
  ]
  root.replaceChildren(
    element('dl', 'figures', ...figures.map(([name, value]) => element('div', '', element('dt', '', name), element('dd', '', value)))),
    element(
      'div',
      'chips',
      ...Object.entries(report.operators).map(([operator, n]) =>
        element(
          'span',
          CONTROL_FLOW.has(operator) ? 'chip control' : 'chip',
          `${operator.replace(/^com\.microsoft\./, '')}${n === 1 ? '' : ` × ${n}`}`,
        ),
      ),
      ...(hosts.length === 0 ? [] : [element('span', 'chip control', `JavaScript: ${hosts.map(({ name }) => name).join(', ')}`)]),
    ),
    element(
      'div',
      'downloads',
      button(`${stem}.onnx`, 'file', () => download(`${stem}.onnx`, [graph], 'application/octet-stream')),
      button(`${stem}.js`, 'file', () => download(`${stem}.js`, [loader], 'text/javascript')),
      button(`${file}.d.ts`, 'file', () => download(`${file}.d.ts`, [dts], 'text/plain')),
      ...precision(report.precision),
    ),
    ...(report.notices.length === 0
      ? []
      : [
          element(
            'details',
            'notices',
            element('summary', '', `${report.notices.length} ${report.notices.length === 1 ? 'notice' : 'notices'}`),
            ...report.notices.map(problemView),
          ),
        ]),
  )
}

/** The error of weights in fewer bits, against the same model in fp32. */
function precision(report: CompiledModel['report']['precision']): HTMLElement[] {
  if (report === undefined) return []
  const { error } = report
  if ('notMeasured' in error) return [element('p', 'note-small', `against fp32: not measured, ${error.notMeasured}`)]
  return error.outputs
    .slice(0, 4)
    .map(({ output, max, cosine }) =>
      element(
        'p',
        'note-small',
        `against fp32, on ${error.on}: ${output} at most ${max.toExponential(1)} apart, cosine ${cosine.toFixed(5)}`,
      ),
    )
}
