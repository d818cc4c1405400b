// What a call gave: tensors by type, range and first elements, a row of scores by its largest; structure by keys.

import { el, shortened } from './dom.ts'

interface TensorLike {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: ArrayLike<number | bigint | string>
}

const FIRST = 24
const TOP = 5
const MAX_PARTS = 64
const MAX_DEPTH = 8

const isTensor = (value: unknown): value is TensorLike => typeof value === 'object' && value !== null && 'dims' in value && 'data' in value

export function resultView(value: unknown, name = 'result', depth = 0): HTMLElement {
  if (isTensor(value)) return tensorView(value, name)
  const title = el('code', '', shortened(name, 80))
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH)
    return el(
      'div',
      'result',
      title,
      ' ',
      el('code', 'value', shortened(typeof value === 'string' ? JSON.stringify(value) : String(value), 400)),
    )
  const parts: [string, unknown][] = Array.isArray(value)
    ? value.map((item, i): [string, unknown] => [String(i), item])
    : value instanceof Map
      ? [...value].map(([key, item]): [string, unknown] => [String(key), item])
      : Object.entries(value)
  const list = el('div', 'result-parts', ...parts.slice(0, MAX_PARTS).map(([key, item]) => resultView(item, key, depth + 1)))
  if (parts.length > MAX_PARTS) list.append(el('p', 'soft', `and ${parts.length - MAX_PARTS} more`))
  return el('div', 'result', title, list)
}

function tensorView({ type, dims, data }: TensorLike, name: string): HTMLElement {
  const root = el('div', 'result', el('code', '', shortened(name, 80)), ' ', el('span', 'type', `${type}[${dims.join(', ')}]`))
  if (typeof data[0] === 'string' || data.length === 0) return root
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number)
  const finite = numbers.filter(Number.isFinite)
  let [least, most, sum] = [Infinity, -Infinity, 0]
  for (const x of finite) {
    least = Math.min(least, x)
    most = Math.max(most, x)
    sum += x
  }
  if (finite.length > 1)
    root.append(
      el(
        'div',
        'soft',
        `${short(least)} to ${short(most)}, mean ${short(sum / finite.length)}${finite.length < numbers.length ? `, ${numbers.length - finite.length} not finite` : ''}`,
      ),
    )
  root.append(el('code', 'value', `${numbers.slice(0, FIRST).map(short).join('  ')}${numbers.length > FIRST ? '  …' : ''}`))
  const classes = dims.at(-1) ?? 1
  if (type.startsWith('float') && classes > 2 * TOP && numbers.length === classes) {
    const best = numbers.map((score, i) => [score, i] as const).sort(([a], [b]) => b - a)
    root.append(
      el(
        'div',
        'soft',
        `largest: ${best
          .slice(0, TOP)
          .map(([score, i]) => `${i} (${short(score)})`)
          .join(', ')}`,
      ),
    )
  }
  return root
}

const short = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(5).replace(/\.?0+(?=$|e)/, ''))
