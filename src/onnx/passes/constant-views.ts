// View operators on constants: Transpose, Reshape, Squeeze, Unsqueeze, Split, Slice and Gather of one index. A constant is a strided
// view on the model file's bytes, so these cost nothing until the model is written; then big ones may not be stored twice.
// ONNX spec: Transpose-13, Reshape-14, Split-18, Slice-13, Gather-13.

import { contiguousBytes, contiguousStrides, isContiguous, numel, tensorOf, type Tensor } from '../../ir/tensor.ts'
import { wrap } from '../axes.ts'
import type { OnnxNode } from '../model.ts'
import { intAttribute, intsAttribute, type Values } from './values.ts'

type View = (x: Tensor, node: OnnxNode, values: Values) => readonly Tensor[] | undefined

const views = new Map<string, View>([
  [
    'Transpose',
    (x, node) => {
      const perm = intsAttribute(node, 'perm') ?? x.sizes.map((_, i) => x.sizes.length - 1 - i)
      return [{ ...x, sizes: perm.map((p) => x.sizes[p]!), strides: perm.map((p) => x.strides[p]!) }]
    },
  ],
  [
    'Reshape',
    (x, node, values) => {
      const asked = values.ints(node.inputs[1])
      if (asked === undefined) return undefined
      const copies = intAttribute(node, 'allowzero', 0) === 0
      const sizes = asked.map((size, i) => (size === 0 && copies ? x.sizes[i]! : size))
      const open = sizes.indexOf(-1)
      if (open !== -1) {
        const rest = numel(sizes.filter((_, i) => i !== open))
        if (rest === 0) return undefined
        sizes[open] = numel(x.sizes) / rest
      }
      return sizes.every(Number.isInteger) && numel(sizes) === numel(x.sizes) ? [reshaped(x, sizes)] : undefined
    },
  ],
  [
    'Unsqueeze',
    (x, node, values) => {
      const axes = values.ints(node.inputs[1])
      if (axes === undefined) return undefined
      const rank = x.sizes.length + axes.length
      const ones = new Set(axes.map((axis) => wrap(axis, rank)))
      let next = 0
      return [
        reshaped(
          x,
          Array.from({ length: rank }, (_, i) => (ones.has(i) ? 1 : x.sizes[next++]!)),
        ),
      ]
    },
  ],
  [
    'Squeeze',
    (x, node, values) => {
      const axes = node.inputs[1] === undefined ? x.sizes.flatMap((size, i) => (size === 1 ? [i] : [])) : values.ints(node.inputs[1])
      if (axes === undefined) return undefined
      const gone = new Set(axes.map((axis) => wrap(axis, x.sizes.length)))
      return [
        reshaped(
          x,
          x.sizes.filter((_, i) => !gone.has(i)),
        ),
      ]
    },
  ],
  [
    'Split',
    (x, node, values) => {
      const axis = wrap(intAttribute(node, 'axis', 0), x.sizes.length)
      const count = node.outputs.length
      const even = Math.ceil(x.sizes[axis]! / count)
      const sizes =
        node.inputs[1] === undefined
          ? node.outputs.map((_, i) => Math.max(0, Math.min(even, x.sizes[axis]! - i * even)))
          : values.ints(node.inputs[1])
      if (sizes?.length !== count) return undefined
      let start = 0
      return sizes.map((size) => {
        start += size
        return narrow(x, axis, start - size, size)
      })
    },
  ],
  [
    'Slice',
    (x, node, values) => {
      const [starts, ends] = [values.ints(node.inputs[1]), values.ints(node.inputs[2])]
      if (starts === undefined || ends === undefined) return undefined
      const axes = given(node.inputs[3]) ? values.ints(node.inputs[3]) : starts.map((_, i) => i)
      const steps = given(node.inputs[4]) ? values.ints(node.inputs[4]) : starts.map(() => 1)
      if (axes === undefined || steps === undefined || steps.some((step) => step < 1)) return undefined
      let out = x
      for (const [i, start] of starts.entries()) {
        const axis = wrap(axes[i]!, x.sizes.length)
        const extent = x.sizes[axis]!
        const clamp = (at: number): number => Math.max(0, Math.min(at < 0 ? at + extent : at, extent))
        const first = clamp(start)
        const size = Math.max(0, Math.ceil((clamp(ends[i]!) - first) / steps[i]!))
        out = narrow(out, axis, first, size)
        out = { ...out, strides: out.strides.map((stride, k) => (k === axis ? stride * steps[i]! : stride)) }
      }
      return [out]
    },
  ],
  [
    'Gather',
    (x, node, values) => {
      const index = values.constant(node.inputs[1])
      const [at] = values.ints(node.inputs[1]) ?? []
      if (index?.sizes.length !== 0 || at === undefined) return undefined
      const axis = wrap(intAttribute(node, 'axis', 0), x.sizes.length)
      const extent = x.sizes[axis]!
      if (at < -extent || at >= extent) return undefined
      const one = narrow(x, axis, wrap(at, extent), 1)
      const others = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== axis)
      return [{ ...one, sizes: others(one.sizes), strides: others(one.strides) }]
    },
  ],
])

const given = (name: string | undefined): boolean => name !== undefined && name !== ''

function narrow(x: Tensor, axis: number, start: number, size: number): Tensor {
  return { ...x, sizes: x.sizes.map((s, i) => (i === axis ? size : s)), offset: x.offset + start * x.strides[axis]! }
}

/** A contiguous tensor is seen anew; others are copied. */
function reshaped(x: Tensor, sizes: readonly number[]): Tensor {
  return isContiguous(x) ? { ...x, sizes, strides: contiguousStrides(sizes) } : tensorOf(x.dtype, sizes, contiguousBytes(x))
}

/** True for a node that would be a view of a constant, were its first input one. A Gather of many indices reads all of it: an embedding. */
export const isView = (node: OnnxNode, values: Values): boolean =>
  views.has(node.opType) && node.domain === '' && (node.opType !== 'Gather' || values.constant(node.inputs[1])?.sizes.length === 0)

/** The results of a view operator on a constant; undefined when they are not known, or would be stored beside the constant itself. */
export function constantViews(node: OnnxNode, values: Values): readonly Tensor[] | undefined {
  const [name] = node.inputs
  const x = values.constant(name)
  if (x === undefined || name === undefined) return undefined
  const results = views.get(node.opType)?.(x, node, values)
  const count = results?.reduce((sum, { sizes }) => sum + numel(sizes), 0) ?? 0
  return results !== undefined && values.spend(name, count) ? results : undefined
}
