// Constant tensors as torch prints them in graphs: `{3}` for one element, `1  2 [ CPULongType{2} ]` for a short vector, `<Tensor>` for the rest.
// Mirrors printAttribute in torch/csrc/jit/ir/ir.cpp and print in aten/src/ATen/core/Formatting.cpp.

import { formatFloat } from './literal.ts'
import { scalarTypeInfo } from './scalar-type.ts'
import { numel, type Tensor } from './tensor.ts'
import { hasElements, readElements } from './tensor-elements.ts'

// max_tensor_display_size in ir.cpp
const LIMIT = 10

export function torchTensorText(tensor: Tensor): string {
  const count = numel(tensor.sizes)
  if (count > LIMIT || !hasElements(tensor.dtype)) return '<Tensor>'
  const elements = readElements(tensor)
  if (count === 1) {
    const [value] = elements
    return `{${typeof value === 'number' ? sixDigits(value) : Number(value)}}`
  }
  const type = `[ CPU${scalarTypeInfo(tensor.dtype).graphName}Type{${tensor.sizes.join(',')}} ]`
  if (tensor.sizes.length !== 1) return '<Tensor>'
  return count === 0 ? type : `${column(elements.map(Number)).join(' ')} ${type}`
}

/** `%g`: what an ostream prints. */
function sixDigits(x: number): string {
  if (!Number.isFinite(x) || x === 0) return formatFloat(x).replace(/\.$/, '')
  const [mantissa, exponent] = x.toExponential(5).split('e') as [string, string]
  const power = Number(exponent)
  const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  if (power >= -4 && power < 6) return trimmed(x.toFixed(5 - power))
  return `${trimmed(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** One width for all; integers plain, reals with four decimals, exponents where the range is wide. */
function column(values: readonly number[]): string[] {
  const finite = values.filter(Number.isFinite).map(Math.abs)
  const exponent = (x: number): number => (x === 0 ? 1 : Math.floor(Math.log10(x)) + 1)
  const low = exponent(finite.length === 0 ? 0 : Math.min(...finite))
  const high = exponent(finite.length === 0 ? 0 : Math.max(...finite))
  if (values.every(Number.isInteger)) {
    const width = high > 9 ? 11 : high + 1
    return values.map((x) => (high > 9 ? scientific(x) : String(x)).padStart(width))
  }
  if (high - low > 4) return values.map((x) => scientific(x).padStart(high > 100 || low < -100 ? 12 : 11))
  const scaled = high > 5 || high < 0
  const scale = scaled ? 10 ** (high - 1) : 1
  const width = scaled ? 7 : high === 0 ? 7 : high + 6
  const lines = values.map((x) => (x / scale).toFixed(4).padStart(width))
  return scaled ? [`${scale} *`, ...lines] : lines
}

function scientific(x: number): string {
  const [mantissa, exponent] = x.toExponential(4).split('e') as [string, string]
  const power = Number(exponent)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
