// Views of tensors in a host program: they look at the memory of another one, by strides, so that a write through any name is seen by all.
// Nothing is cached: a view reads its elements when it is asked for them. Answers to ATen/native/TensorShape.cpp and ATen/TensorUtils.cpp.

import { count } from '../tensor.ts'
import type { Tensor, TypedArray } from '../tensor-types.ts'
import { fail } from './error.ts'
import { scalarName } from './tensor.ts'

interface Layout {
  /** Who owns the memory: dense, row-major. */
  readonly base: Tensor
  readonly offset: number
  readonly dims: readonly number[]
  readonly strides: readonly number[]
}

class View {
  readonly #layout: Layout

  constructor(layout: Layout) {
    this.#layout = layout
  }
  static isView(t: Tensor): boolean {
    return #layout in t
  }
  static layoutOf(t: Tensor): Layout {
    if (#layout in t) return (t as unknown as View).#layout
    return { base: t, offset: 0, dims: t.dims, strides: t.dims.map((_, axis) => count(t.dims.slice(axis + 1))) }
  }
  get type(): Tensor['type'] {
    return this.#layout.base.type
  }
  get dims(): readonly number[] {
    return this.#layout.dims
  }
  get size(): number {
    return count(this.dims)
  }
  get data(): TypedArray {
    const { data } = this.#layout.base
    const places = this.#places()
    const made = data.slice(0, 0)
    const array = new (made.constructor as new (length: number) => TypedArray & { [index: number]: unknown })(places.length)
    places.forEach((place, i) => (array[i] = data[place]!))
    return array
  }
  /** Where each element is in the base. */
  #places(): number[] {
    const { dims, strides, offset } = this.#layout
    return dims.reduce(
      (places, extent, axis) => places.flatMap((place) => Array.from({ length: extent }, (_, i) => place + i * strides[axis]!)),
      [offset],
    )
  }
  /** Python's in-place write. `some`: by an operator that may write some elements only, and so elements that share places. */
  write(from: ArrayLike<unknown>, some = false): void {
    const { base, dims, strides } = this.#layout
    const isOverlapping = this.size > 0 && dims.some((extent, axis) => extent > 1 && strides[axis] === 0)
    if (isOverlapping && !some)
      fail(
        'unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.',
      )
    const data = base.data as unknown as { [index: number]: unknown }
    const before: ArrayLike<unknown> | undefined = isOverlapping ? this.data : undefined
    for (const [i, place] of this.#places().entries()) if (before === undefined || !Object.is(before[i], from[i])) data[place] = from[i]
  }
  /** The same view of another base. */
  of(copy: (base: Tensor) => unknown): unknown {
    return new View({ ...this.#layout, base: copy(this.#layout.base) as Tensor })
  }
}

const layoutOf = (t: Tensor): Layout => View.layoutOf(t)
const made = (layout: Layout): Tensor => new View(layout) as unknown as Tensor

function axisOf(rank: number, dim: bigint): number {
  const size = BigInt(Math.max(rank, 1))
  if (dim < -size || dim >= size) fail(`Dimension out of range (expected to be in range of [${-size}, ${size - 1n}], but got ${dim})`)
  return Number(dim < 0n ? dim + size : dim)
}

/** `list` with what stands at `axis` replaced. */
const put = (list: readonly number[], axis: number, ...by: readonly number[]): number[] => [
  ...list.slice(0, axis),
  ...by,
  ...list.slice(axis + 1),
]

/** `t.select(dim, index)`, `t[index]` */
export function select(t: Tensor, dim: bigint, index: bigint): Tensor {
  const { base, offset, dims, strides } = layoutOf(t)
  if (dims.length === 0) return fail('select() cannot be applied to a 0-dim tensor.')
  const axis = axisOf(dims.length, dim)
  const size = BigInt(dims[axis]!)
  if (index < -size || index >= size)
    fail(`select(): index ${index} out of range for tensor of size [${dims.join(', ')}] at dimension ${axis}`)
  const at = Number(index < 0n ? index + size : index)
  return made({ base, offset: offset + at * strides[axis]!, dims: put(dims, axis), strides: put(strides, axis) })
}

/** `t[start:end:step]` along an axis. */
export function sliced(t: Tensor, dim = 0n, start: bigint | null = null, end: bigint | null = null, step = 1n): Tensor {
  const { base, offset, dims, strides } = layoutOf(t)
  if (dims.length === 0) return fail('slice() cannot be applied to a 0-dim tensor.')
  const axis = axisOf(dims.length, dim)
  if (step <= 0n) fail('slice step must be positive')
  const extent = BigInt(dims[axis]!)
  const clamp = (at: bigint, low: bigint): bigint => {
    const from = at < 0n ? at + extent : at
    return from < low ? low : from > extent ? extent : from
  }
  const from = clamp(start ?? 0n, 0n)
  const to = clamp(end ?? extent, from)
  const length = Number((to - from + step - 1n) / step)
  const stride = strides[axis]!
  return made({
    base,
    offset: offset + Number(from) * stride,
    dims: put(dims, axis, length),
    strides: put(strides, axis, stride * Number(step)),
  })
}

export function narrow(t: Tensor, dim: bigint, start: bigint, length: bigint): Tensor {
  const axis = axisOf(t.dims.length, dim)
  const extent = BigInt(t.dims[axis] ?? 0)
  if (length < 0n) fail('narrow(): length must be non-negative.')
  if (start < -extent || start > extent) fail(`start out of range (expected to be in range of [${-extent}, ${extent}], but got ${start})`)
  const from = start < 0n ? start + extent : start
  if (from > extent - length) fail(`start (${from}) + length (${length}) exceeds dimension size (${extent}).`)
  return sliced(t, BigInt(axis), from, from + length)
}

export function transpose(t: Tensor, a: bigint, b: bigint): Tensor {
  const layout = layoutOf(t)
  const rank = layout.dims.length
  const [x, y] = [axisOf(rank, a), axisOf(rank, b)]
  const swap = (list: readonly number[]): number[] => list.map((_, i) => list[i === x ? y : i === y ? x : i]!)
  return made({ ...layout, dims: swap(layout.dims), strides: swap(layout.strides) })
}

/** `t.t()` */
export function transposed(t: Tensor): Tensor {
  const { length } = t.dims
  if (length > 2) return fail(`t() expects a tensor with <= 2 dimensions, but self is ${length}D`)
  return length < 2 ? t : transpose(t, 0n, 1n)
}

export function permute(t: Tensor, order: readonly bigint[]): Tensor {
  const layout = layoutOf(t)
  const rank = layout.dims.length
  if (order.length !== rank)
    fail(
      `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${rank} is not equal to len(dims) = ${order.length}`,
    )
  const axes = order.map((dim) => axisOf(rank, dim))
  if (new Set(axes).size < rank) fail('permute(): duplicate dims are not allowed.')
  const pick = (list: readonly number[]): number[] => axes.map((axis) => list[axis]!)
  return made({ ...layout, dims: pick(layout.dims), strides: pick(layout.strides) })
}

export function unsqueeze(t: Tensor, dim: bigint): Tensor {
  const layout = layoutOf(t)
  const { dims, strides } = layout
  const axis = axisOf(dims.length + 1, dim)
  const stride = axis < dims.length ? dims[axis]! * strides[axis]! : 1
  return made({
    ...layout,
    dims: [...dims.slice(0, axis), 1, ...dims.slice(axis)],
    strides: [...strides.slice(0, axis), stride, ...strides.slice(axis)],
  })
}

/** Without the axes of extent 1, or without one of them. */
export function squeeze(t: Tensor, dim?: bigint): Tensor {
  const layout = layoutOf(t)
  const only = dim === undefined ? undefined : axisOf(layout.dims.length, dim)
  const stays = (_: number, axis: number): boolean => layout.dims[axis] !== 1 || (only !== undefined && axis !== only)
  return made({ ...layout, dims: layout.dims.filter(stays), strides: layout.strides.filter(stays) })
}

export function expand(t: Tensor, sizes: readonly (bigint | number)[]): Tensor {
  const layout = layoutOf(t)
  const wanted = sizes.map(Number)
  const fresh = wanted.length - layout.dims.length
  const shape = `[${wanted.join(', ')}]`
  if (fresh < 0)
    fail(
      `expand(${torchName(t)}{[${layout.dims.join(', ')}]}, size=${shape}): the number of sizes provided (${wanted.length}) must be greater or equal to the number of dimensions in the tensor (${layout.dims.length})`,
    )
  const strides: number[] = []
  const dims = wanted.map((size, axis) => {
    const own = layout.dims[axis - fresh]
    if (own === undefined && size < 0)
      fail(`The expanded size of the tensor (${size}) isn't allowed in a leading, non-existing dimension ${axis}`)
    if (own !== undefined && own !== 1 && size !== own && size !== -1)
      fail(
        `The expanded size of the tensor (${size}) must match the existing size (${own}) at non-singleton dimension ${axis}.  Target sizes: ${shape}.  Tensor sizes: [${layout.dims.join(', ')}]`,
      )
    const extent = size === -1 ? own! : size
    strides.push(own === undefined || own !== extent ? 0 : layout.strides[axis - fresh]!)
    return extent
  })
  return made({ ...layout, dims, strides })
}
const torchName = (t: Tensor): string => `torch.${scalarName(t)}Tensor`

/** `t.view(sizes)`: as far as strides allow it. */
export function viewed(t: Tensor, sizes: readonly (bigint | number)[]): Tensor {
  const layout = layoutOf(t)
  const dims = sizesOf(layout, sizes)
  const strides = stridesFor(layout, dims)
  if (strides === undefined)
    return fail(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
    )
  return made({ ...layout, dims, strides })
}

/** `sizes` with the one that is -1 found out. */
function sizesOf(layout: Layout, sizes: readonly (bigint | number)[]): number[] {
  const wanted = sizes.map(Number)
  const total = count(layout.dims)
  const known = count(wanted.filter((size) => size !== -1))
  const dims = wanted.map((size) => (size === -1 ? total / known : size))
  if (!dims.every(Number.isInteger) || count(dims) !== total) fail(`shape '[${wanted.join(', ')}]' is invalid for input of size ${total}`)
  return dims
}

/** Groups of axes that lie one in the other are cut anew, from the last: computeStride of ATen/TensorUtils.cpp. */
function stridesFor({ dims: old, strides: oldStrides }: Layout, dims: readonly number[]): number[] | undefined {
  if (count(old) === 0) return dims.map((_, axis) => count(dims.slice(axis + 1).map((size) => Math.max(size, 1))))
  const strides = dims.map(() => 1)
  let at = dims.length - 1
  let base = oldStrides.at(-1) ?? 1
  let size = 1
  let cut = 1
  for (let axis = old.length - 1; axis >= 0; axis--) {
    size *= old[axis]!
    if (axis > 0 && (old[axis - 1] === 1 || oldStrides[axis - 1] === size * base)) continue
    while (at >= 0 && (cut < size || dims[at] === 1)) {
      strides[at] = cut * base
      cut *= dims[at]!
      at--
    }
    if (cut !== size) return undefined
    if (axis > 0) {
      base = oldStrides[axis - 1]!
      size = 1
      cut = 1
    }
  }
  return strides
}

/** What `t` shows, in memory of its own. */
function dense(t: Tensor): Tensor {
  const data = View.isView(t) ? t.data : t.data.slice()
  return { type: t.type, data, dims: t.dims, size: data.length } as Tensor
}

/** `t.contiguous()`: a copy, unless the elements lie in row-major order. */
export function contiguous(t: Tensor): Tensor {
  const { dims, strides } = layoutOf(t)
  const inOrder = (extent: number, axis: number): boolean => extent === 1 || strides[axis] === count(dims.slice(axis + 1))
  return count(dims) === 0 || dims.every(inOrder) ? t : dense(t)
}

/** `t.reshape(sizes)`: a view where strides allow one, else a copy. */
export function reshaped(t: Tensor, sizes: readonly (bigint | number)[]): Tensor {
  const layout = layoutOf(t)
  const dims = sizesOf(layout, sizes)
  return stridesFor(layout, dims) === undefined ? viewed(dense(t), dims) : viewed(t, dims)
}

/** `t.flatten(start, end)` */
export function flattened(t: Tensor, start = 0n, end = -1n): Tensor {
  const { dims } = t
  const [from, to] = [axisOf(dims.length, start), axisOf(dims.length, end)]
  if (from > to) fail('flatten() has invalid args: start_dim cannot come after end_dim')
  if (from === to && dims.length > 0) return t
  return reshaped(t, [...dims.slice(0, from), count(dims.slice(from, to + 1)), ...dims.slice(to + 1)])
}

export function unbind(t: Tensor, dim = 0n): Tensor[] {
  if (t.dims.length === 0) fail(`Dimension specified as ${dim} but tensor has no dimensions`)
  const axis = axisOf(t.dims.length, dim)
  return Array.from({ length: t.dims[axis]! }, (_, i) => select(t, BigInt(axis), BigInt(i)))
}

/** `t.split(size)`, or into parts of the given sizes. */
export function splitTensor(t: Tensor, size: bigint | readonly bigint[], dim = 0n): Tensor[] {
  if (t.dims.length === 0) fail('split expects at least a 1-dimensional tensor')
  const axis = axisOf(t.dims.length, dim)
  const extent = BigInt(t.dims[axis]!)
  let sizes = size as readonly bigint[]
  if (typeof size === 'bigint') {
    if (size < 0n) fail(`split expects split_size be non-negative, but got split_size=${size}`)
    if (size === 0n && extent !== 0n) fail(`split_size can only be 0 if dimension size is 0, but got dimension size of ${extent}`)
    const parts = size === 0n ? 1 : Math.max(1, Number((extent + size - 1n) / size))
    sizes = Array.from({ length: parts }, (_, i) => (i < parts - 1 ? size : extent - size * BigInt(i)))
  } else if (sizes.reduce((sum, n) => sum + n, 0n) !== extent)
    fail(
      `split_with_sizes expects split_sizes to sum exactly to ${extent} (input tensor's size at dimension ${dim}), but got split_sizes=[${sizes.join(', ')}]`,
    )
  let at = 0n
  return sizes.map((length) => sliced(t, BigInt(axis), at, (at += length)))
}

export function chunk(t: Tensor, chunks: bigint, dim = 0n): Tensor[] {
  if (t.dims.length === 0) fail('chunk expects at least a 1-dimensional tensor')
  if (chunks <= 0n) fail(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`)
  const extent = BigInt(t.dims[axisOf(t.dims.length, dim)]!)
  const size = (extent + chunks - 1n) / chunks
  return size === 0n
    ? splitTensor(
        t,
        Array.from({ length: Number(chunks) }, () => 0n),
        dim,
      )
    : splitTensor(t, size, dim)
}

export function diagonal(t: Tensor, shift = 0n, a = 0n, b = 1n): Tensor {
  const layout = layoutOf(t)
  const { dims, strides, offset } = layout
  const [x, y] = [axisOf(dims.length, a), axisOf(dims.length, b)]
  if (x === y) fail(`diagonal dimensions cannot be identical ${a}, ${b}`)
  const by = Number(shift)
  const length = Math.max(0, by >= 0 ? Math.min(dims[x]!, dims[y]! - by) : Math.min(dims[x]! + by, dims[y]!))
  const others = (list: readonly number[]): number[] => list.filter((_, axis) => axis !== x && axis !== y)
  return made({
    ...layout,
    offset: length === 0 ? offset : offset + (by >= 0 ? by * strides[y]! : -by * strides[x]!),
    dims: [...others(dims), length],
    strides: [...others(strides), strides[x]! + strides[y]!],
  })
}
