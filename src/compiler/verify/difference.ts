// How far the results of two forms of a graph are apart. Floats within DESIGN's tolerance of whole networks, relative to the standard deviation of
// what was before; everything else to the bit; data types and sizes exactly.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import { contiguousBytes, type Tensor } from '../../ir/tensor.ts'
import { readElements } from '../../ir/tensor-elements.ts'

/** Of whole networks, in standard deviations of the reference. */
const NETWORK = 1e-3
const HALF = 1e-2
/** For what is nearly constant: torch.testing's own absolute tolerances. */
const ATOL = new Map<ScalarType, number>([['float16', 1e-3], ['bfloat16', 1e-2], ['float32', 1e-5], ['float64', 1e-7]]) // prettier-ignore

export interface Difference {
  /** Greatest absolute difference of floats, in standard deviations of the reference. */
  readonly deviations: number
  /** What is beyond tolerance; undefined where nothing is. */
  readonly wrong?: string
}

/** `hasError`: the last tensor is an error code; where it tells of one, nobody reads the others. */
export function differenceOf(after: readonly Tensor[], before: readonly Tensor[], hasError: boolean): Difference {
  let deviations = 0
  const raises = hasError && Number(readElements(before.at(-1)!)[0] ?? 0) !== 0
  for (const [i, reference] of before.entries()) {
    const isError = hasError && i === before.length - 1
    if (raises && !isError) continue
    const tensor = after[i]
    // An error code that is 0 on every path is left out.
    if (tensor === undefined && isError && !raises) continue
    const name = isError ? 'the error code' : `output ${i + 1}`
    if (tensor === undefined) return { deviations, wrong: `${name} is gone` }
    const one = ofTensor(tensor, reference)
    deviations = Math.max(deviations, one.deviations)
    if (one.wrong !== undefined) return { deviations, wrong: `${name} ${one.wrong}` }
  }
  return { deviations }
}

function ofTensor(after: Tensor, before: Tensor): Difference {
  const sizes = ({ sizes: all }: Tensor): string => `[${all.join(', ')}]`
  if (after.dtype !== before.dtype) return { deviations: 0, wrong: `is ${after.dtype}, and was ${before.dtype}` }
  if (sizes(after) !== sizes(before)) return { deviations: 0, wrong: `has sizes ${sizes(after)}, and had ${sizes(before)}` }
  const [a, b] = [numbersOf(after), numbersOf(before)]
  const isFloat = isFloatingPoint(before.dtype)
  const spread = isFloat ? deviationOf(b) : 0
  const relative = before.dtype === 'float16' || before.dtype === 'bfloat16' ? HALF : NETWORK
  const allowed = isFloat ? (ATOL.get(before.dtype) ?? 1e-5) + relative * spread : 0
  let [worst, at, count] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!]
    if (x === y || Object.is(x, y)) continue
    const difference = Math.abs(x - y)
    if (!(difference <= allowed)) count++
    // NaN against a number, or an infinity, is as far apart as can be.
    const far = Number.isFinite(difference) ? difference : Infinity
    if (far > worst) [worst, at] = [far, i]
  }
  const deviations = isFloat && worst > 0 ? worst / (spread === 0 ? 1 : spread) : worst
  if (count === 0) return { deviations }
  const place = a.length === 1 ? '' : ` at element ${at}, and ${count} of ${a.length} are beyond tolerance`
  const limit = isFloat ? ` (${Number(allowed.toPrecision(3))} is allowed)` : ''
  return { deviations, wrong: `is ${shown(a[at]!)} instead of ${shown(b[at]!)}${place}${limit}` }
}

const shown = (x: number): string => String(Number.isInteger(x) ? x : Number(x.toPrecision(7)))

type Numbers = Float32Array | Float64Array | number[]

/** Large results are compared after every pass: floats are read where they lie. */
function numbersOf(tensor: Tensor): Numbers {
  const { dtype } = tensor
  if (dtype !== 'float32' && dtype !== 'float64') return readElements(tensor).map(Number)
  const bytes = contiguousBytes(tensor)
  const View = dtype === 'float32' ? Float32Array : Float64Array
  const width = View.BYTES_PER_ELEMENT
  return bytes.byteOffset % width === 0
    ? new View(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / width)
    : new View(Uint8Array.from(bytes).buffer)
}

/** Of the finite ones. */
function deviationOf(numbers: Numbers): number {
  let [count, sum, squares] = [0, 0, 0]
  for (let i = 0; i < numbers.length; i++)
    if (Number.isFinite(numbers[i])) {
      count++
      sum += numbers[i]!
    }
  if (count < 2) return 0
  const mean = sum / count
  for (let i = 0; i < numbers.length; i++) if (Number.isFinite(numbers[i])) squares += (numbers[i]! - mean) ** 2
  return Math.sqrt(squares / count)
}
