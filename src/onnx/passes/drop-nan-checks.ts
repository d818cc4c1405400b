// Torch's max_pool, argmax, argmin, amax and amin hand NaN on; onnxruntime's kernels pass it by, so lowering adds a second walk over the input
// that looks for it (lowering/pooling.ts, reduction.ts, reduce.ts). Exactly those checks are removed here: without a NaN in the input of such a
// node its result is the same, and networks do not pay for it. isnan() of the model's own is never touched.

import { hasElements, readElements } from '../../ir/tensor-elements.ts'
import type { OnnxNode } from '../model.ts'
import { expressionKey } from './expression-key.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { replaceNodes, type GraphIndex } from './graph-index.ts'
import { isOp, newNode } from './readers.ts'

export const dropNanChecks = defineOnnxPass({
  name: 'drop-nan-checks',
  doc: 'Pools, argmax, argmin and extremes do without a second look at their input that only hands NaN on; without NaN there the results are the same.',
  optional: true,
  wants: ['IsNaN', 'ArgMax', 'ArgMin', 'ReduceMax', 'ReduceMin'],
  run: (model, { missed }) =>
    replaceNodes(model, 'nan', (node, index) => {
      const kept = isOp(node, 'Where') ? (pooled(node, index) ?? place(node, index)) : isOp(node, 'Add') ? extreme(node, index) : undefined
      if (kept === undefined) return undefined
      if (isPadded(kept, index)) {
        missed.push({
          pass: 'drop-nan-checks',
          reason: 'onnxruntime takes padding by a number before a pool for padding of its own, once nothing else reads it',
        })
        return undefined
      }
      // What is known of the result holds for what it always is.
      const type = index.type(node.outputs[0])
      if (type !== undefined) model.types.set(kept, type)
      return newNode('Identity', [kept], node.outputs)
    }),
})

/** Nodes that only change the dtype, or put axes of extent 1 there and away. */
const THROUGH = new Set(['Cast', 'Unsqueeze', 'Squeeze'])

/** The value before such nodes. */
function origin(name: string | undefined, index: GraphIndex): string | undefined {
  for (let at = name; ;) {
    const node = index.producer(at)
    if (node === undefined || node.domain !== '' || !THROUGH.has(node.opType)) return at
    at = node.inputs[0]
  }
}

const isNaNConstant = (name: string | undefined, index: GraphIndex): boolean => Number.isNaN(index.element(name) ?? 0)

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
function pooled(where: OnnxNode, index: GraphIndex): string | undefined {
  const [condition, yes, no] = where.inputs as [string, string, string]
  const test = index.producer(origin(condition, index))
  if (test === undefined) return undefined
  const flags = index.producer(origin(test.inputs[0], index), 'MaxPool')
  if (flags === undefined || index.element(test.inputs[1]) !== 0) return undefined
  const marks = index.producer(origin(flags.inputs[0], index))
  if (isOp(test, 'Greater') && isOp(marks, 'IsNaN') && isNaNConstant(yes, index))
    return poolOf(no, flags, marks.inputs[0]!, index) ? no : undefined
  const check = isOp(marks, 'Where') ? index.producer(marks.inputs[0], 'IsNaN') : undefined
  if (!isOp(test, 'Less') || check === undefined || index.element(marks!.inputs[2]) !== -1) return undefined
  if (isNaNConstant(no, index)) return poolOf(yes, flags, check.inputs[0]!, index) ? yes : undefined
  // The places of the pool itself, counted in their plane; else the place of the last NaN.
  const places = index.producer(origin(yes, index), 'Mod')
  const isPlaces = places !== undefined && poolOf(places.inputs[0]!, flags, check.inputs[0]!, index)
  return isPlaces && origin(no, index) === flags.outputs[0] ? yes : undefined
}

/**
 * True for a MaxPool right behind a Pad: onnxruntime's PadFusion makes the Pad a part of it whatever the padded value is, and a pool pads with −∞.
 * onnxruntime/core/optimizer/pad_fusion.cc
 */
function isPadded(name: string, index: GraphIndex): boolean {
  const pool = index.producer(origin(name, index), 'MaxPool')
  return pool !== undefined && index.producer(origin(pool.inputs[0], index), 'Pad') !== undefined
}

/** True when `name` is a pool of `x` with the geometry of `like`. */
function poolOf(name: string, like: OnnxNode, x: string, index: GraphIndex): boolean {
  const pool = index.producer(origin(name, index), 'MaxPool')
  return pool !== undefined && origin(pool.inputs[0], index) === origin(x, index) && geometry(pool) === geometry(like)
}

/** Where(ReduceMax(IsNaN(x)), ArgMax(IsNaN(x)), ArgMax(x)) → ArgMax(x), and ArgMin likewise. */
function place(where: OnnxNode, index: GraphIndex): string | undefined {
  const [condition, first, found] = where.inputs as [string, string, string]
  const some = index.producer(origin(condition, index), 'ReduceMax')
  const [ofNaN, ofAll] = [index.producer(first, 'ArgMax'), index.producer(found)]
  if (some === undefined || ofNaN === undefined || !(isOp(ofAll, 'ArgMax') || isOp(ofAll, 'ArgMin'))) return undefined
  const check = index.producer(origin(some.inputs[0], index), 'IsNaN')
  const isSame = check !== undefined && some.inputs[0] === ofNaN.inputs[0] && check.inputs[0] === ofAll.inputs[0]
  return isSame && attributesOf(ofNaN) === attributesOf(ofAll) ? found : undefined
}

const attributesOf = ({ attributes }: OnnxNode): string | undefined =>
  expressionKey({ opType: '', domain: '', inputs: [], outputs: [], attributes })

/** ReduceMax(x) + ReduceSum(Clip(x, 0, 0)) → ReduceMax(x): the sum is 0, or NaN. ReduceMin likewise. */
function extreme(add: OnnxNode, index: GraphIndex): string | undefined {
  for (const [found, other] of [add.inputs, [...add.inputs].reverse()] as [string, string][]) {
    const best = index.producer(found)
    const sum = index.producer(other, 'ReduceSum')
    const clip = index.producer(sum?.inputs[0], 'Clip')
    if (sum === undefined || clip === undefined || !(isOp(best, 'ReduceMax') || isOp(best, 'ReduceMin'))) continue
    const isZero = index.element(clip.inputs[1]) === 0 && index.element(clip.inputs[2]) === 0
    const isSame = best.inputs[0] === clip.inputs[0] && sameAxes(best.inputs[1], sum.inputs[1], index)
    if (isZero && isSame && attributesOf(best) === attributesOf(sum)) return found
  }
  return undefined
}

function sameAxes(a: string | undefined, b: string | undefined, index: GraphIndex): boolean {
  if ((a ?? '') === (b ?? '')) return true
  const [x, y] = [index.constant(a), index.constant(b)]
  if (x === undefined || y === undefined || !hasElements(x.dtype) || !hasElements(y.dtype)) return false
  return readElements(x).join() === readElements(y).join()
}
