// The report of the compilation: what goes in and out, passes with what they did and missed, decisions, notices, time.

import type { Report, TensorReport } from '../src/compiler/types.ts'
import { el, section, shortened, table } from './dom.ts'
import { bytes, count, milliseconds, plural } from './format.ts'

const MAX_ROWS = 300

export function reportPanel(report: Report | undefined): HTMLElement {
  if (report === undefined) return el('p', 'empty', 'There is no report: the model cannot be compiled.')
  const root = el('div', 'report')
  root.append(
    section(
      'Interface',
      table(
        'figures',
        ['', 'Name', 'Type', 'Known'],
        [
          ...report.inputs.map((tensor) => ['in', code(tensor.name), code(tensorType(tensor)), tensor.known ?? '']),
          ...report.outputs.map((tensor) => ['out', code(tensor.name), code(tensorType(tensor)), '']),
        ],
      ),
    ),
    section('Optimisations', ...passes(report)),
  )
  if (report.decisions.length > 0)
    root.append(
      section(
        'Branches and loops',
        table(
          'figures',
          ['Where', 'What became of it'],
          report.decisions.slice(0, MAX_ROWS).map((decision) => [code(decision.place), decisionText(decision)]),
        ),
      ),
    )
  if (report.notices.length > 0)
    root.append(
      section(
        'Notices',
        el(
          'ul',
          'notices',
          ...report.notices
            .slice(0, MAX_ROWS)
            .map(({ code: id, message, fix }) =>
              el(
                'li',
                '',
                el('code', '', id),
                ` ${shortened(message, 600)}`,
                ...(fix === undefined ? [] : [el('span', 'soft', ` ${fix}`)]),
              ),
            ),
        ),
      ),
    )
  if (report.lints.length > 0) root.append(section('Lints of the mobile optimiser', lints(report)))
  if (report.precision !== undefined) root.append(section('Precision', precision(report.precision)))
  root.append(section('Time', times(report)))
  return root
}

/** One line for each, with the first message; the others unfold. */
function lints({ lints: all }: Report): HTMLElement {
  const list = el('ul', 'notices')
  for (const id of new Set(all.map(({ name }) => name))) {
    const [first, ...more] = all.filter(({ name }) => name === id)
    const item = el('li', '', el('code', '', id), ` ${shortened(first!.message, 400)}`)
    if (more.length > 0)
      item.append(
        el(
          'details',
          '',
          el('summary', '', `and ${more.length} more`),
          el('ul', 'notices', ...more.slice(0, MAX_ROWS).map(({ message }) => el('li', '', shortened(message, 400)))),
        ),
      )
    list.append(item)
  }
  return list
}

const code = (text: string): HTMLElement => el('code', '', shortened(text, 200))

function tensorType({ dtype, dims }: TensorReport): string {
  return `${dtype}${dims === undefined ? ' of any shape' : `[${dims.map((dim) => dim ?? '?').join(', ')}]`}`
}

function passes({ passes: all }: Report): HTMLElement[] {
  const rows = all.map(({ name, doc, type, changes, blocked, missed }) => {
    const what = el('div', '', el('div', '', doc))
    for (const { reason, count: times, place } of missed.slice(0, 20))
      what.append(
        el(
          'div',
          'soft missed-line',
          `not applied${times === 1 ? '' : ` ${times} times`}: ${shortened(reason, 300)}${place === undefined ? '' : ` (${shortened(place, 120)})`}`,
        ),
      )
    const state = blocked ? el('span', 'tag', 'blocked') : el('span', 'number', changes === 0 ? '–' : String(changes))
    return { changes, cells: [el('div', '', code(name), ...(type === undefined ? [] : [el('div', 'soft small', type)])), state, what] }
  })
  const did = rows.filter(({ changes }) => changes > 0)
  const idle = rows.filter(({ changes }) => changes === 0)
  const columns = ['Pass', 'Changes', 'What it does']
  return [
    table(
      'figures passes',
      columns,
      did.map(({ cells }) => cells),
    ),
    el(
      'details',
      '',
      el('summary', '', `${idle.length} ${idle.length === 1 ? 'pass' : 'passes'} that changed nothing`),
      table(
        'figures passes',
        columns,
        idle.map(({ cells }) => cells),
      ),
    ),
  ]
}

function decisionText({ kind, taken, turns, host, check }: Report['decisions'][number]): string {
  if (kind === 'kept') return host === true ? 'runs as generated JavaScript' : 'part of the graph'
  const what =
    turns !== undefined
      ? `unrolled, ${plural(turns, 'turn')}`
      : taken === undefined
        ? 'decided'
        : `decided: ${taken ? 'taken' : 'not taken'}`
  return check === undefined ? what : `${what} (on other inputs: ${check})`
}

function precision({ bytes: stored, error }: NonNullable<Report['precision']>): HTMLElement {
  const root = el(
    'div',
    '',
    el(
      'p',
      '',
      Object.entries(stored)
        .map(([dtype, size]) => `${dtype} ${bytes(size)}`)
        .join(', '),
    ),
  )
  if ('notMeasured' in error) root.append(el('p', 'soft', `The error against fp32 was not measured: ${error.notMeasured}`))
  else
    root.append(
      table(
        'figures',
        ['Output', 'Largest error', 'Mean error', 'Cosine', 'Top 1'],
        error.outputs.map(({ output, max, mean, cosine, top1 }) => [
          code(output),
          max.toExponential(1),
          mean.toExponential(1),
          cosine.toFixed(6),
          top1 === undefined ? '' : `${(100 * top1).toFixed(0)} %`,
        ]),
      ),
    )
  return root
}

function times({ stages }: Report): HTMLElement {
  const total = stages.reduce((sum, [, time]) => sum + time, 0)
  const list = el('div', 'times')
  for (const [name, time] of stages) {
    if (time < 0.05) continue
    const fill = el('span', 'bar-fill')
    fill.style.width = `${(100 * time) / Math.max(...stages.map(([, each]) => each))}%`
    list.append(el('span', '', name), el('span', 'bar', fill), el('span', 'number', milliseconds(time)))
  }
  list.append(el('span', '', 'together'), el('span'), el('span', 'number', milliseconds(total)))
  return list
}

/** One line about the model, for the head of the page. */
export function summaryOf({ bytesIn, bytesOut, operators, parameters, methods }: Report): string[] {
  const nodes = Object.values(operators).reduce((sum, n) => sum + n, 0)
  return [
    `${bytes(bytesIn)} → ${bytes(bytesOut)}`,
    plural(nodes, 'operator'),
    `${count(parameters)} parameters`,
    ...(methods.length > 1 ? [plural(methods.length, 'method')] : []),
    ...(methods.some(({ form }) => form === 'host') ? ['control flow in JavaScript'] : []),
  ]
}
