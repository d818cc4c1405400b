// A result as people look at it: numbers as bars, a picture or a heat map, and their figures; text and lists as they are.

import { element } from '../find.ts'
import { planes } from './planes.ts'
import { isTensor, numberAt, numbersOf, toNested, type PlainTensor } from './plain-tensor.ts'

const MOST_BARS = 64
const MOST_ROWS = 6
const MOST_SHOWN = 512
const MOST_RANKED = 100_000

export function resultView(value: unknown, name = 'result'): HTMLElement {
  if (isTensor(value)) return tensorView(value, name)
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null))
    return listView(value.map((item, i) => [`${name}[${i}]`, item]))
  if (value instanceof Map) return listView(Array.from(value, ([key, item]) => [`${name}[${String(key)}]`, item]))
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return listView(Object.entries(value).map(([key, item]) => [`${name}.${key}`, item]))
  return element('div', 'value', element('code', 'field-name', name), element('span', 'value-plain', plainText(value)))
}

const listView = (items: readonly (readonly [string, unknown])[]): HTMLElement =>
  element('div', 'values', ...items.slice(0, 40).map(([name, item]) => resultView(item, name)))

function plainText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null || value === undefined) return 'None'
  return Array.isArray(value) ? `[${value.map(plainText).join(', ')}]` : String(value)
}

function tensorView(tensor: PlainTensor, name: string): HTMLElement {
  const { type, dims, data, label } = tensor
  const head = element(
    'div',
    'field-head',
    element('code', 'field-name', name),
    element('span', 'field-type', `${type}[${dims.join(', ')}]`),
    ...(label === undefined ? [] : [element('span', 'chip', label)]),
  )
  const view = element('div', 'value', head)
  if (data.length === 0) return view
  const { least, most, mean, odd } = figures(tensor)
  const [height, width] = [dims.at(-2) ?? 1, dims.at(-1) ?? 1]
  const rows = data.length / width
  if (data.length === 1) view.append(element('span', 'value-plain value-big', short(numberAt(tensor, 0))))
  else if (width <= MOST_BARS && rows <= MOST_ROWS && type.startsWith('float'))
    for (let row = 0; row < rows; row++) view.append(bars(tensor, row * width, width, least, most))
  else if (data.length <= 48) view.append(element('span', 'value-plain', numbersOf(tensor).map(short).join(', ')))
  else if (dims.length >= 2 && height > 1 && width > 1) view.append(planes(tensor, least, most))
  else view.append(leaders(tensor))
  if (data.length > 1)
    view.append(
      element(
        'p',
        'value-figures',
        `least ${short(least)} · most ${short(most)} · mean ${short(mean)}${odd === 0 ? '' : ` · ${odd} not finite`}`,
      ),
    )
  if (data.length > 1) view.append(numbers(tensor))
  return view
}

function figures(tensor: PlainTensor): { readonly least: number; readonly most: number; readonly mean: number; readonly odd: number } {
  let [least, most, sum, odd] = [Infinity, -Infinity, 0, 0]
  for (let i = 0; i < tensor.data.length; i++) {
    const value = numberAt(tensor, i)
    if (!Number.isFinite(value)) odd++
    else {
      least = Math.min(least, value)
      most = Math.max(most, value)
      sum += value
    }
  }
  return { least, most, mean: sum / (tensor.data.length - odd), odd }
}

/** Bars from a common zero; the largest is marked. */
function bars(tensor: PlainTensor, from: number, count: number, least: number, most: number): HTMLElement {
  const values = Array.from({ length: count }, (_, i) => numberAt(tensor, from + i))
  const top = values.indexOf(Math.max(...values))
  const [low, high] = [Math.min(0, least), Math.max(0, most)]
  const range = high - low || 1
  const list = element('div', 'strip')
  list.setAttribute('role', 'img')
  list.ariaLabel = `${count} values; the largest is number ${top}, ${short(values[top] ?? 0)}`
  for (const [i, value] of values.entries()) {
    const bar = element('i', i === top ? 'top' : '')
    const [start, end] = [Math.min(0, value), Math.max(0, value)]
    bar.style.setProperty('--from', String((start - low) / range))
    bar.style.setProperty('--size', String((end - start) / range))
    bar.title = `${i}: ${short(value)}`
    list.append(count <= 16 ? element('span', 'strip-cell', bar, element('small', '', String(i))) : element('span', 'strip-cell', bar))
  }
  return list
}

/** The largest of many numbers, with their places: the classes of a classifier. */
function leaders(tensor: PlainTensor): HTMLElement {
  const values = numbersOf(tensor, MOST_RANKED)
  const order = values.map((_, i) => i).toSorted((a, b) => values[b]! - values[a]!)
  const [top = 0, last = 0] = [values[order[0]!], Math.min(0, ...values)]
  return element(
    'ol',
    'leaders',
    ...order.slice(0, 5).map((i) => {
      const bar = element('i')
      bar.style.setProperty('--size', String((values[i]! - last) / (top - last || 1)))
      return element('li', '', element('code', '', String(i)), bar, element('span', '', short(values[i]!)))
    }),
  )
}

/** All numbers, or the first of them, behind a click. */
function numbers(tensor: PlainTensor): HTMLElement {
  const details = element('details', 'numbers', element('summary', '', 'numbers'))
  details.addEventListener(
    'toggle',
    () => {
      const isAll = tensor.data.length <= MOST_SHOWN
      const text = isAll
        ? JSON.stringify(toNested(tensor))
        : `${numbersOf(tensor, MOST_SHOWN).map(short).join(', ')}, … ${tensor.data.length - MOST_SHOWN} more`
      details.append(element('pre', 'lines', text))
    },
    { once: true },
  )
  return details
}

export function short(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value)
  const size = Math.abs(value)
  return (size !== 0 && size < 1e-3) || size >= 1e6 ? value.toExponential(2) : value.toPrecision(4)
}
