// A strided tensor's elements in row-major order. Transposed weights have millions of elements: axes that lie as one are walked as one,
// elements move as machine words, and a transposition goes by tiles that fit into the processor's cache.

/** What is copied: `size` steps of `stride` units. */
interface Axis {
  readonly size: number
  readonly stride: number
}

type Words = Uint8Array | Uint16Array | Uint32Array

/** Side of a tile of a transposition, in units. */
const TILE = 32
/** Units from which on a run is moved as a whole. */
const LONG = 64

/**
 * A fresh copy of the elements that `sizes`, `strides` and `offset` (counted in elements of `width` bytes) choose from `bytes`.
 * They have been checked against the bytes.
 */
export function copyRowMajor(
  bytes: Uint8Array,
  width: number,
  sizes: readonly number[],
  strides: readonly number[],
  offset: number,
): Uint8Array {
  const unit = width % 4 === 0 ? 4 : width
  const perElement = width / unit
  const axes = merged([
    ...sizes.map((size, i) => ({ size, stride: strides[i]! * perElement })),
    ...(perElement > 1 ? [{ size: perElement, stride: 1 }] : []),
  ])
  const count = axes.reduce((product, { size }) => product * size, 1)
  const out = new Uint8Array(count * unit)
  if (count === 0) return out
  const first = offset * width
  const from = words(bytes, unit, first)
  const to = words(out, unit, 0).words
  // Outside of the tiled plane: the axes but for the last one and the one that is nearest in memory.
  const row = axes.at(-1) ?? { size: 1, stride: 1 }
  const columnAt = row.stride === 1 ? undefined : nearest(axes)
  const outer = axes.slice(0, -1).filter((_, i) => i !== columnAt)
  const steps = outSteps(axes)
  const outerSteps = steps.slice(0, -1).filter((_, i) => i !== columnAt)
  const copy = (source: number, target: number): void => {
    if (columnAt !== undefined) transpose(from.words, to, source, target, axes[columnAt]!, steps[columnAt]!, row)
    else if (row.stride === 1 && row.size >= LONG) to.set(from.words.subarray(source, source + row.size), target)
    else for (let i = 0; i < row.size; i++) to[target + i] = from.words[source + i * row.stride]!
  }
  const index = new Float64Array(outer.length)
  let source = from.start
  let target = 0
  for (;;) {
    copy(source, target)
    let axis = outer.length - 1
    for (; axis >= 0; axis--) {
      const { size, stride } = outer[axis]!
      source += stride
      target += outerSteps[axis]!
      if (++index[axis]! < size) break
      source -= stride * size
      target -= outerSteps[axis]! * size
      index[axis] = 0
    }
    if (axis < 0) return out
  }
}

/** Without axes of one step; neighbours that are one run of memory joined. */
function merged(axes: readonly Axis[]): Axis[] {
  const out: Axis[] = []
  for (const axis of axes) {
    const before = out.at(-1)
    if (axis.size === 1) continue
    if (before !== undefined && before.stride === axis.stride * axis.size)
      out.splice(-1, 1, { size: before.size * axis.size, stride: axis.stride })
    else out.push(axis)
  }
  return out
}

/** Of all axes but the last the one of the least stride; undefined where there is none. */
function nearest(axes: readonly Axis[]): number | undefined {
  let found: number | undefined
  for (const [i, { stride }] of axes.slice(0, -1).entries()) if (found === undefined || stride < axes[found]!.stride) found = i
  return found
}

/** Units from one step of an axis to the next, in the copy. */
function outSteps(axes: readonly Axis[]): number[] {
  const steps = axes.map(() => 1)
  for (let i = axes.length - 2; i >= 0; i--) steps[i] = steps[i + 1]! * axes[i + 1]!.size
  return steps
}

/** The bytes as words, and which of them `first` is; a copy where words are not aligned in them. */
function words(bytes: Uint8Array, unit: number, first: number): { readonly words: Words; readonly start: number } {
  if (unit === 1) return { words: bytes, start: first }
  const aligned = (bytes.byteOffset + first) % unit === 0
  const begin = aligned ? first % unit : first
  const part = aligned ? bytes.subarray(begin) : new Uint8Array(bytes.subarray(begin))
  const { buffer, byteOffset } = part
  const length = Math.floor(part.byteLength / unit)
  return {
    words: unit === 2 ? new Uint16Array(buffer, byteOffset, length) : new Uint32Array(buffer, byteOffset, length),
    start: (first - begin) / unit,
  }
}

/** The plane of two axes: `column` goes `step` units on in the copy, `row` one. */
function transpose(from: Words, to: Words, source: number, target: number, column: Axis, step: number, row: Axis): void {
  for (let c0 = 0; c0 < column.size; c0 += TILE) {
    const c1 = Math.min(c0 + TILE, column.size)
    for (let r0 = 0; r0 < row.size; r0 += TILE) {
      const r1 = Math.min(r0 + TILE, row.size)
      for (let c = c0; c < c1; c++) {
        let at = source + c * column.stride + r0 * row.stride
        const line = target + c * step
        for (let r = r0; r < r1; r++, at += row.stride) to[line + r] = from[at]!
      }
    }
  }
}
