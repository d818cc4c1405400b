// Tensors as text, as C++ prints them: elements in columns, then the type with its extents in brackets.
// Answers to aten/src/ATen/core/Formatting.cpp.

import { element, scalarName, type HostTensor } from './tensor.ts'

interface Form {
  readonly scale: number
  readonly width: number
  readonly print: (value: number) => string
}

const WIDTH = 80

function scientific(value: number): string {
  if (!Number.isFinite(value)) return plain(value)
  const [mantissa, exponent] = value.toExponential(4).split('e') as [string, string]
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${exponent.slice(1).padStart(2, '0')}`
}
const plain = (value: number): string => (Number.isNaN(value) ? 'nan' : Number.isFinite(value) ? String(value) : value < 0 ? '-inf' : 'inf')
/** `%g` with so many digits. */
export function general(value: number, digits: number): string {
  if (!Number.isFinite(value)) return plain(value)
  const [mantissa, exponentText] = value.toExponential(digits - 1).split('e') as [string, string]
  const exponent = Number(exponentText)
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  if (exponent < -4 || exponent >= digits)
    return `${trim(mantissa)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  return Object.is(value, -0) ? '-0' : trim(value.toFixed(digits - 1 - exponent))
}

/** One form for all elements: whole numbers, decimals, or exponents where they differ too much. */
function formOf(values: readonly number[]): Form {
  const finite = values.filter(Number.isFinite).map(Math.abs)
  const exponent = (x: number): number => (x === 0 ? 1 : Math.floor(Math.log10(x)) + 1)
  const low = finite.length === 0 ? 1 : exponent(Math.min(...finite))
  const high = finite.length === 0 ? 1 : exponent(Math.max(...finite))
  if (finite.length === 0 && values.length === 0) return { scale: 1, width: 0, print: plain }
  if (values.every((value) => !Number.isFinite(value) || Number.isInteger(value))) {
    if (high > 9) return { scale: 1, width: 11, print: scientific }
    return { scale: 1, width: high + 1, print: plain }
  }
  const fixed = (value: number): string => (Number.isFinite(value) ? value.toFixed(4) : plain(value))
  if (high - low > 4) return { scale: 1, width: high > 100 || low < -100 ? 12 : 11, print: scientific }
  if (high > 5 || high < 0) return { scale: 10 ** (high - 1), width: 7, print: fixed }
  return { scale: 1, width: high === 0 ? 7 : high + 6, print: fixed }
}

const scaleLine = ({ scale }: Form): string => `${general(scale, 6)} *`

function vectorText(values: readonly number[]): string {
  const form = formOf(values)
  const head = form.scale === 1 ? '' : `${scaleLine(form)}\n`
  return head + values.map((value) => `${form.print(value / form.scale).padStart(form.width)}\n`).join('')
}

function matrixText(values: readonly number[], rows: number, columns: number, indent: number): string {
  const form = formOf(values)
  const pad = ' '.repeat(indent)
  const perPart = Math.max(1, Math.floor((WIDTH - indent) / (form.width + 1)))
  let text = ''
  for (let first = 0; first < columns; first += perPart) {
    const last = Math.min(first + perPart, columns) - 1
    if (perPart < columns) text += `${first === 0 ? '' : '\n'}Columns ${first + 1} to ${last + 1}${pad}`
    if (form.scale !== 1) text += `${scaleLine(form)}\n${pad}`
    for (let row = 0; row < rows; row++) {
      const cells = values.slice(row * columns + first, row * columns + last + 1)
      text += cells.map((value) => form.print(value / form.scale).padStart(form.width)).join(' ')
      text += row === rows - 1 ? '\n' : `\n${pad}`
    }
  }
  return text
}

export function tensorText(tensor: HostTensor): string {
  const { dims } = tensor
  const count = dims.reduce((product, dim) => product * dim, 1)
  const values = Array.from({ length: count }, (_, i) => Number(element(tensor, i)))
  const type = `CPU${scalarName(tensor)}Type`
  const rank = dims.length
  if (rank === 0) return `${general(values[0]!, 17)}\n[ ${type}{} ]`
  let text = ''
  if (rank === 1) text = count === 0 ? '' : vectorText(values)
  else if (rank === 2) text = count === 0 ? '' : matrixText(values, dims[0]!, dims[1]!, 0)
  else if (count > 0) {
    const [rows, columns] = dims.slice(-2) as [number, number]
    const outer = dims.slice(0, -2)
    const index = outer.map(() => 0)
    // The first index runs fastest in C++'s walk over the slices.
    for (let slice = 0; slice < count / (rows * columns); slice++) {
      let at = 0
      for (const [i, dim] of outer.entries()) at = at * dim + index[i]!
      const part = values.slice(at * rows * columns, (at + 1) * rows * columns)
      text += `${slice === 0 ? '' : '\n'}(${index.map((i) => i + 1).join(',')},.,.) = \n${matrixText(part, rows, columns, 1)}`
      for (let i = 0; i < outer.length && ++index[i]! === outer[i]; i++) index[i] = 0
    }
  }
  return `${text}[ ${type}{${dims.join(',')}} ]`
}
