// What a call costs: sums, the sizes that they are told for, and shares by operator and by module.

import type { CostSum, Exploration, ModelCost } from '../src/compiler/explore/types.ts'
import { button, el, section, shortened } from './dom.ts'
import { bytes, count, plural, share } from './format.ts'

const FROM = { example: 'of the example', recorded: 'recorded by the trace', chosen: 'chosen here' } as const
const MAX_ROWS = 200

export function costPanel({ cost, report }: Exploration): HTMLElement {
  if (cost === undefined) return el('p', 'empty', 'There is no cost to tell: the model was not converted.')
  const root = el('div', 'cost')
  root.append(
    el(
      'div',
      'tiles',
      tile('Floating-point operations', `${count(cost.flops)}FLOP`, `${count(cost.macs)}MAC`),
      tile('Memory traffic', bytes(cost.bytes), 'read and written, each operator by itself'),
      tile('Parameters', count(cost.parameters), report === undefined ? '' : `${bytes(report.bytesOut)} emitted`),
      tile('Intensity', cost.bytes === 0 ? '–' : (cost.flops / cost.bytes).toFixed(1), 'operations a byte'),
    ),
    ...notes(cost),
    section(
      'By operator',
      sums(
        cost.byOperator.map((row) => ({ name: row.operator, row })),
        cost,
      ),
    ),
    section('By module', moduleTree(cost)),
  )
  return root
}

function tile(name: string, value: string, detail: string): HTMLElement {
  return el('div', 'tile', el('span', 'soft', name), el('strong', '', value), el('span', 'soft', detail))
}

function notes({ sizes, symbolic, unknown, nodes, hasControlFlow }: ModelCost): HTMLElement[] {
  const lines: HTMLElement[] = []
  if (sizes.length > 0)
    lines.push(
      el(
        'p',
        '',
        'For ',
        ...sizes
          .slice(0, 24)
          .flatMap(({ name, size, from }, i) => [
            i === 0 ? '' : ', ',
            el('code', '', `${shortened(name, 60)} = ${size}`),
            ` ${FROM[from]}`,
          ]),
        '.',
      ),
    )
  if (symbolic !== undefined) lines.push(el('p', '', 'For any sizes: ', el('code', '', shortened(symbolic, 400)), ' MAC.'))
  if (unknown > 0)
    lines.push(
      el(
        'p',
        'warning',
        `${plural(unknown, 'node')} of ${nodes.toLocaleString('en')} are not counted: what they work on depends on the input. With inputs of declared sizes more of them are.`,
      ),
    )
  if (hasControlFlow) lines.push(el('p', '', 'Bodies of loops count once, and of a branch both ways.'))
  return lines.length === 0 ? [] : [el('div', 'notes', ...lines)]
}

interface Row {
  readonly name: string
  readonly row: CostSum
}

function sums(rows: readonly Row[], total: CostSum): HTMLElement {
  const body = el('tbody')
  for (const { name, row } of rows.slice(0, MAX_ROWS)) body.append(rowOf(el('code', '', shortened(name, 100)), row, total))
  const made = el('table', 'figures', headOf('Operator'), body)
  return made
}

function headOf(first: string): HTMLTableSectionElement {
  const head = el('tr')
  for (const title of [first, 'Nodes', 'FLOP', '', 'Bytes', '']) {
    const cell = el('th', title === first ? '' : 'number', title)
    cell.scope = 'col'
    head.append(cell)
  }
  return el('thead', '', head)
}

function rowOf(name: Node, { nodes, flops, bytes: moved, unknown }: CostSum, total: CostSum): HTMLTableRowElement {
  const unknownText = unknown === 0 ? '' : unknown === nodes ? 'not known' : `+ ${unknown} unknown`
  return el(
    'tr',
    '',
    el('td', '', name),
    el('td', 'number', String(nodes)),
    el(
      'td',
      'number',
      unknown === nodes && flops === 0 ? '' : count(flops),
      ...(unknownText === '' ? [] : [el('span', 'soft', ` ${unknownText}`)]),
    ),
    el('td', 'bar-cell', bar(flops, total.flops)),
    el('td', 'number', unknown === nodes && moved === 0 ? '' : bytes(moved)),
    el('td', 'bar-cell', bar(moved, total.bytes)),
  )
}

function bar(part: number, whole: number): HTMLElement {
  const fill = el('span', 'bar-fill')
  fill.style.width = `${whole === 0 ? 0 : Math.max(part === 0 ? 0 : 0.5, (100 * part) / whole)}%`
  const made = el('span', 'bar', fill)
  return el('span', 'bar-row', made, el('span', 'soft', part === 0 ? '' : share(part, whole)))
}

/** Modules of the first level; each opens to what is in it. */
function moduleTree(cost: ModelCost): HTMLElement {
  const rows = new Map(cost.byModule.map((row) => [row.module, row]))
  const children = new Map<string, string[]>()
  for (const { module } of cost.byModule) {
    if (module === '') continue
    const dot = module.lastIndexOf('.')
    const above = dot === -1 ? '' : module.slice(0, dot)
    children.set(above, [...(children.get(above) ?? []), module])
  }
  const natural = new Intl.Collator('en', { numeric: true })
  const body = el('tbody')
  const open = new Set<string>()
  const draw = (): void => {
    body.replaceChildren()
    const add = (path: string, depth: number): void => {
      const own = (children.get(path) ?? []).sort(natural.compare)
      for (const child of own.slice(0, MAX_ROWS)) {
        const inner = children.get(child) ?? []
        const label = shortened(child.slice(path === '' ? 0 : path.length + 1), 80)
        const name = el('span', 'tree-name')
        name.style.paddingInlineStart = `${depth * 1.1}rem`
        if (inner.length === 0) name.append(el('span', 'twist', ''), el('code', '', label))
        else {
          const twist = button(`${open.has(child) ? '▾' : '▸'} ${label}`, 'link mono', () => {
            if (!open.delete(child)) open.add(child)
            draw()
          })
          twist.setAttribute('aria-expanded', String(open.has(child)))
          name.append(twist)
        }
        body.append(rowOf(name, rows.get(child)!, cost))
        if (open.has(child)) add(child, depth + 1)
      }
    }
    add('', 0)
  }
  draw()
  return el('table', 'figures', headOf('Module'), body)
}
