// Where a tensor's elements lie: the row-major tensor whose storage it views, with strides and offset as extents of it. Followed through views;
// whether a reshape is one of them is computeStride of aten/src/ATen/TensorUtils.cpp, over symbolic extents. What that leaves open is not known.

import { constantTensor } from '../ir/constant.ts'
import { dimAdd, dimMul, dimProduct, dimsEqual, type Dim } from '../ir/dim.ts'
import { isContiguous } from '../ir/tensor.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { dimOf, isNone, knownBool, knownInt, knownInts, wrapAxis } from '../ops/facts.ts'
import type { Facts } from './facts.ts'

export interface StorageLayout {
  /** Lies row-major, and is all of its storage. */
  readonly root: Value
  readonly dims: readonly Dim[]
  /** In elements; `null` where it is not known. */
  readonly strides: readonly Dim[]
  readonly offset: Dim
}

/** Chains of views longer than this are not followed. */
const MAX_DEPTH = 200

/** Never copies. */
const VIEWS: ReadonlySet<string> = new Set(['view', 'view_as', 'unflatten', '_unsafe_view'].map((name) => `aten::${name}`))
/** A view where strides allow one, else a row-major copy. */
const RESHAPES: ReadonlySet<string> = new Set(['reshape', 'reshape_as', 'flatten', 'ravel'].map((name) => `aten::${name}`))

/** `isRowMajor` tells of tensors that are no views whether their memory is in order. */
export function storageLayout(value: Value, facts: Facts, isRowMajor: (value: Value) => boolean, depth = 0): StorageLayout | undefined {
  const { dims } = facts.of(value)
  if (dims === undefined || depth > MAX_DEPTH) return undefined
  const own: StorageLayout = { root: value, dims, strides: rowMajor(dims), offset: 0 }
  const { node } = value
  const below = (): StorageLayout | undefined => storageLayout(node.input(), facts, isRowMajor, depth + 1)
  if (VIEWS.has(node.kind)) {
    const base = below()
    return base && { ...base, dims, strides: stridesOf(viewed(base, dims), dims) }
  }
  if (RESHAPES.has(node.kind)) {
    const base = below()
    const strides = base && viewed(base, dims)
    if (strides === undefined) return undefined
    return strides === 'copy' ? own : { ...base!, dims, strides }
  }
  if (node.kind === 'aten::to' && isSame(node, facts)) return below()
  const step = VIEW_STEPS.get(node.kind)
  if (step !== undefined) {
    const base = below()
    const change =
      base &&
      step(
        base,
        node.inputs.slice(1).map((input) => facts.of(input)),
      )
    return change && { ...base!, ...change, dims }
  }
  const tensor = constantTensor(value)
  if (tensor !== undefined ? isContiguous(tensor) : isRowMajor(value)) return own
  if (node.kind !== 'aten::pad' && node.kind !== 'aten::constant_pad_nd') return undefined
  // What is padded is new memory; of 4 and 5 axes it may lie channels last. A pad of nothing is a clone, strides and all.
  return dims.length !== 4 && dims.length !== 5 && knownInts(facts.of(node.input(1)))?.some((size) => size !== 0) === true ? own : undefined
}

/** A conversion that gives its argument itself. */
function isSame(node: Node, facts: Facts): boolean {
  const { dtype } = facts.of(node.input())
  const [copy, format] = [node.namedInput('copy'), node.namedInput('memory_format')]
  return (
    dtype !== undefined &&
    dtype === facts.of(node.output()).dtype &&
    (copy === undefined || knownBool(facts.of(copy)) === false) &&
    (format === undefined || isNone(facts.of(format)))
  )
}

type Change = Partial<StorageLayout> | undefined
type FactOf = ReturnType<Facts['of']>

type Step = (base: StorageLayout, args: readonly FactOf[]) => Change

const VIEW_STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['aten::detach', () => ({})],
  ['aten::alias', () => ({})],
  ['aten::t', ({ strides }) => ({ strides: [...strides].reverse() })],
  ['aten::numpy_T', ({ strides }) => ({ strides: [...strides].reverse() })],
  [
    'aten::transpose',
    ({ strides }, [dim0, dim1]) => {
      const [i, j] = [wrapAxis(knownInt(dim0), strides.length), wrapAxis(knownInt(dim1), strides.length)]
      if (i === undefined || j === undefined) return undefined
      return { strides: strides.map((stride, axis) => (axis === i ? strides[j]! : axis === j ? strides[i]! : stride)) }
    },
  ],
  [
    'aten::permute',
    ({ strides }, [order]) => {
      const axes = knownInts(order)?.map((axis) => wrapAxis(axis, strides.length))
      return axes === undefined || axes.includes(undefined) ? undefined : { strides: axes.map((axis) => strides[axis!]!) }
    },
  ],
  [
    'aten::unsqueeze',
    ({ dims, strides }, [dim]) => {
      const axis = wrapAxis(knownInt(dim), strides.length + 1)
      if (axis === undefined) return undefined
      const stride = axis < dims.length ? dimMul(dims[axis]!, strides[axis]!) : 1
      return { strides: [...strides.slice(0, axis), stride, ...strides.slice(axis)] }
    },
  ],
  [
    'aten::select',
    ({ strides, offset }, [dim, index]) => {
      const [axis, at] = [wrapAxis(knownInt(dim), strides.length), knownInt(index)]
      if (axis === undefined || at === undefined || at < 0) return undefined
      return { strides: strides.filter((_, i) => i !== axis), offset: dimAdd(offset, dimMul(at, strides[axis]!)) }
    },
  ],
  [
    'aten::slice',
    ({ dims, strides, offset }, [dim, start, , step]) => {
      const axis = wrapAxis(knownInt(dim), strides.length)
      const [from, by] = [isNone(start) ? 0 : dimOf(start), knownInt(step)]
      if (axis === undefined || by === undefined || typeof from !== 'number' || from < 0) return undefined
      // A start behind the end is the end.
      const inside = from === 0 || (typeof dims[axis] === 'number' && from <= dims[axis])
      return {
        strides: strides.map((stride, i) => (i === axis ? dimMul(by, stride) : stride)),
        offset: inside ? dimAdd(offset, dimMul(from, strides[axis]!)) : null,
      }
    },
  ],
])

/** Of a view: what is not known by axis is not known at all. */
function stridesOf(strides: readonly Dim[] | 'copy' | undefined, dims: readonly Dim[]): readonly Dim[] {
  return strides === undefined || strides === 'copy' ? dims.map(() => null) : strides
}

function rowMajor(dims: readonly Dim[]): Dim[] {
  return dims.map((_, axis) => dimProduct(dims.slice(axis + 1)))
}

/**
 * Strides of `base` seen with other extents; 'copy' when no strides give that, undefined when it depends on the extents. What fits with every
 * run of axes by itself fits too where an extent happens to be 1 and runs join.
 */
function viewed(base: StorageLayout, dims: readonly Dim[]): readonly Dim[] | 'copy' | undefined {
  const { dims: old, strides } = base
  if (old.length === 0) return dims.map(() => 1)
  const result: Dim[] = dims.map(() => null)
  let at = dims.length - 1
  let numel: Dim = 1
  let stride = strides.at(-1)!
  let fits = true
  for (let axis = old.length - 1; axis >= 0 && fits; axis--) {
    numel = dimMul(numel, old[axis]!)
    if (axis > 0 && (old[axis - 1] === 1 || dimsEqual(strides[axis - 1]!, dimMul(numel, stride)) === true)) continue
    let seen: Dim = 1
    for (; at >= 0 && (dims[at] === 1 || dimsEqual(seen, numel) !== true); at--) {
      result[at] = dimMul(seen, stride)
      seen = dimMul(seen, dims[at]!)
    }
    fits = dimsEqual(seen, numel) === true
    if (axis > 0) [stride, numel] = [strides[axis - 1]!, 1]
  }
  if (fits && at === -1) return result
  return [...old, ...dims, ...strides].every((dim) => typeof dim === 'number') && dimProduct(old) !== 0 ? 'copy' : undefined
}
