// Torch's max_pool, argmax, argmin, amax and amin hand NaN on; onnxruntime's kernels pass it by, so lowering adds a second walk over the input
// that looks for it (lowering/pooling.ts, reduction.ts, reduce.ts). Exactly those checks are removed here: without a NaN in the input of such a
// node its result is the same, and networks do not pay for it. isnan() of the model's own is never touched.

import { hasElements, readElements } from '../../ir/tensor-elements.ts'
import type { OnnxNode } from '../model.ts'
import { expressionKey } from './expression-key.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { isOp, newNode, replaceNodes, type Readers } from './readers.ts'

export const dropNanChecks = defineOnnxPass({
  name: 'drop-nan-checks',
  doc: 'Pools, argmax, argmin and extremes do without a second look at their input that only hands NaN on; without NaN there the results are the same.',
  optional: true,
  wants: ['IsNaN', 'ArgMax', 'ArgMin', 'ReduceMax', 'ReduceMin'],
  run: (model, { missed }) =>
    replaceNodes(model, (node, readers) => {
      const kept = isOp(node, 'Where')
        ? (pooled(node, readers) ?? place(node, readers))
        : isOp(node, 'Add')
          ? extreme(node, readers)
          : undefined
      if (kept === undefined) return undefined
      if (isPadded(kept, readers)) {
        missed.push({
          pass: 'drop-nan-checks',
          reason: 'onnxruntime takes padding by a number before a pool for padding of its own, once nothing else reads it',
        })
        return undefined
      }
      // What is known of the result holds for what it always is.
      const type = readers.type(node.outputs[0])
      if (type !== undefined) model.types.set(kept, type)
      return newNode('Identity', [kept], node.outputs)
    }),
})

/** Nodes that only change the dtype, or put axes of extent 1 there and away. */
const THROUGH = new Set(['Cast', 'Unsqueeze', 'Squeeze'])

/** The value before such nodes. */
function origin(name: string | undefined, readers: Readers): string | undefined {
  for (let at = name; ;) {
    const node = readers.producer(at)
    if (node === undefined || node.domain !== '' || !THROUGH.has(node.opType)) return at
    at = node.inputs[0]
  }
}

const isNaNConstant = (name: string | undefined, readers: Readers): boolean => Number.isNaN(readers.scalar(name) ?? 0)

/** The attributes of two pools of one geometry. */
const geometry = ({ opType, attributes }: OnnxNode): string | undefined =>
  expressionKey({
    opType,
    domain: '',
    inputs: [],
    outputs: [],
    attributes: new Map([...attributes].filter(([name]) => name !== 'storage_order')),
  })

/**
 * Where(MaxPool(IsNaN(x)) > 0, NaN, MaxPool(x)) → MaxPool(x). With indices, the places of NaN are pooled:
 * none = MaxPool(Where(IsNaN(x), place, −1)) < 0, and Where(none, MaxPool(x), NaN) → MaxPool(x), Where(none, places, …) → places.
 */
function pooled(where: OnnxNode, readers: Readers): string | undefined {
  const [condition, yes, no] = where.inputs as [string, string, string]
  const test = readers.producer(origin(condition, readers))
  if (test === undefined) return undefined
  const flags = readers.producer(origin(test.inputs[0], readers), 'MaxPool')
  if (flags === undefined || readers.scalar(test.inputs[1]) !== 0) return undefined
  const marks = readers.producer(origin(flags.inputs[0], readers))
  if (isOp(test, 'Greater') && isOp(marks, 'IsNaN') && isNaNConstant(yes, readers))
    return poolOf(no, flags, marks.inputs[0]!, readers) ? no : undefined
  const check = isOp(marks, 'Where') ? readers.producer(marks.inputs[0], 'IsNaN') : undefined
  if (!isOp(test, 'Less') || check === undefined || readers.scalar(marks!.inputs[2]) !== -1) return undefined
  if (isNaNConstant(no, readers)) return poolOf(yes, flags, check.inputs[0]!, readers) ? yes : undefined
  // The places of the pool itself, counted in their plane; else the place of the last NaN.
  const places = readers.producer(origin(yes, readers), 'Mod')
  const isPlaces = places !== undefined && poolOf(places.inputs[0]!, flags, check.inputs[0]!, readers)
  return isPlaces && origin(no, readers) === flags.outputs[0] ? yes : undefined
}

/**
 * True for a MaxPool right behind a Pad: onnxruntime's PadFusion makes the Pad a part of it whatever the padded value is, and a pool pads with −∞.
 * onnxruntime/core/optimizer/pad_fusion.cc
 */
function isPadded(name: string, readers: Readers): boolean {
  const pool = readers.producer(origin(name, readers), 'MaxPool')
  return pool !== undefined && readers.producer(origin(pool.inputs[0], readers), 'Pad') !== undefined
}

/** True when `name` is a pool of `x` with the geometry of `like`. */
function poolOf(name: string, like: OnnxNode, x: string, readers: Readers): boolean {
  const pool = readers.producer(origin(name, readers), 'MaxPool')
  return pool !== undefined && origin(pool.inputs[0], readers) === origin(x, readers) && geometry(pool) === geometry(like)
}

/** Where(ReduceMax(IsNaN(x)), ArgMax(IsNaN(x)), ArgMax(x)) → ArgMax(x), and ArgMin likewise. */
function place(where: OnnxNode, readers: Readers): string | undefined {
  const [condition, first, found] = where.inputs as [string, string, string]
  const some = readers.producer(origin(condition, readers), 'ReduceMax')
  const [ofNaN, ofAll] = [readers.producer(first, 'ArgMax'), readers.producer(found)]
  if (some === undefined || ofNaN === undefined || !(isOp(ofAll, 'ArgMax') || isOp(ofAll, 'ArgMin'))) return undefined
  const check = readers.producer(origin(some.inputs[0], readers), 'IsNaN')
  const isSame = check !== undefined && some.inputs[0] === ofNaN.inputs[0] && check.inputs[0] === ofAll.inputs[0]
  return isSame && attributesOf(ofNaN) === attributesOf(ofAll) ? found : undefined
}

const attributesOf = ({ attributes }: OnnxNode): string | undefined =>
  expressionKey({ opType: '', domain: '', inputs: [], outputs: [], attributes })

/** ReduceMax(x) + ReduceSum(Clip(x, 0, 0)) → ReduceMax(x): the sum is 0, or NaN. ReduceMin likewise. */
function extreme(add: OnnxNode, readers: Readers): string | undefined {
  for (const [found, other] of [add.inputs, [...add.inputs].reverse()] as [string, string][]) {
    const best = readers.producer(found)
    const sum = readers.producer(other, 'ReduceSum')
    const clip = readers.producer(sum?.inputs[0], 'Clip')
    if (sum === undefined || clip === undefined || !(isOp(best, 'ReduceMax') || isOp(best, 'ReduceMin'))) continue
    const isZero = readers.scalar(clip.inputs[1]) === 0 && readers.scalar(clip.inputs[2]) === 0
    const isSame = best.inputs[0] === clip.inputs[0] && sameAxes(best.inputs[1], sum.inputs[1], readers)
    if (isZero && isSame && attributesOf(best) === attributesOf(sum)) return found
  }
  return undefined
}

function sameAxes(a: string | undefined, b: string | undefined, readers: Readers): boolean {
  if ((a ?? '') === (b ?? '')) return true
  const [x, y] = [readers.constant(a), readers.constant(b)]
  if (x === undefined || y === undefined || !hasElements(x.dtype) || !hasElements(y.dtype)) return false
  return readElements(x).join() === readElements(y).join()
}
