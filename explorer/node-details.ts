// What is known of a node: results, operands with their weights, attributes, cost, and the line of the model's code that asks for it.

import type { DrawnNode, DrawnValue, Exploration } from '../src/compiler/explore/types.ts'
import { button, el, section, shortened } from './dom.ts'
import { bytes, count } from './format.ts'

export interface DetailEvents {
  readonly openPlace: (place: number) => void
  readonly openGraph: (node: DrawnNode, name: string) => void
  readonly openWeight: (path: string) => void
}

export function nodeDetails(node: DrawnNode, { places }: Exploration, events: DetailEvents): HTMLElement[] {
  const parts: HTMLElement[] = [el('h3', '', shortened(node.op))]
  const facts = el('dl', 'facts')
  const fact = (name: string, ...value: readonly (Node | string)[]): void => facts.append(el('dt', '', name), el('dd', '', ...value))
  if (node.module !== '') fact('Module', el('code', '', shortened(node.module, 200)))
  const place = node.place === undefined ? undefined : places[node.place]
  if (place !== undefined && node.place !== undefined) {
    const index = node.place
    const label = `${place.source.slice(place.source.lastIndexOf('/') + 1)}:${place.line}`
    fact(
      'Code',
      button(shortened(label), 'link', () => events.openPlace(index), `Show ${shortened(place.source)}, line ${place.line}`),
    )
  }
  const { macs, flops, bytes: moved } = node.cost
  if (flops !== undefined) fact('Work', `${count(flops)}FLOP${macs === undefined || macs === 0 ? '' : ` (${count(macs)}MAC)`}`)
  else fact('Work', 'not known: its shapes depend on the input')
  if (moved !== undefined && moved > 0) fact('Moved', bytes(moved))
  parts.push(facts)
  for (const [name] of node.subgraphs) parts.push(button(`Open ${shortened(name)}`, 'plain', () => events.openGraph(node, name)))
  parts.push(section('Results', valueList(node.outputs)))
  const operands = el('ul', 'values')
  for (const [i, input] of node.inputs.entries()) {
    const { name, type, weight } = input
    const item = el('li', '', el('span', 'soft', String(i)), ' ')
    if (name === '') item.append(el('span', 'soft', 'left out'))
    else if (weight === undefined) item.append(el('code', '', shortened(name, 80)), ' ', typeTexts(input))
    else {
      const { path } = weight
      item.append(
        path === undefined
          ? el('code', '', shortened(name, 80))
          : button(shortened(path, 120), 'link', () => events.openWeight(path), 'Show it among the weights'),
      )
      item.append(' ', el('span', 'type', `${shortened(type, 120)} · ${bytes(weight.bytes)}`))
      if (weight.preview !== '{…}') item.append(el('code', 'preview', weight.preview))
    }
    operands.append(item)
  }
  parts.push(section('Operands', operands))
  if (node.attributes.length > 0) {
    const list = el('dl', 'facts')
    for (const [name, text] of node.attributes) list.append(el('dt', '', shortened(name, 60)), el('dd', '', el('code', '', text)))
    parts.push(section('Attributes', list))
  }
  return parts
}

/** The type, and its extents at the stated sizes. */
const typeTexts = ({ type, at }: DrawnValue): HTMLElement =>
  el('span', 'type', shortened(type, 160) || 'shape not known', ...(at === undefined ? [] : [el('span', 'at', ` = [${at}]`)]))

export function valueList(values: readonly DrawnValue[]): HTMLElement {
  const list = el('ul', 'values')
  for (const value of values)
    if (value.name !== '') list.append(el('li', '', el('code', '', shortened(value.name, 80)), ' ', typeTexts(value)))
  return list
}
