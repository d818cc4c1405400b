// Zeros around the extents of an image, put there by a Pad of their own, are padding of the convolution or average pool behind it.
// A pool must count what is padded, as it counted the zeros. ONNX spec: Pad-18, Conv-11, AveragePool-19.

import type { OnnxNode } from '../model.ts'
import { onnxNode, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass, type OnnxPassContext } from './onnx-pass.ts'
import { intAttribute, intsAttribute } from './values.ts'

const PASS = 'fold-pad'

export const foldPad = defineOnnxPass({
  name: PASS,
  doc: 'Makes zeros that are padded around an image part of the convolution or average pool behind.',
  optional: true,
  wants: ['Pad'],
  run: (model, context) => replaceNodes(model, 'fp', (node, index) => fold(node, index, context)),
})

function fold(node: OnnxNode, index: GraphIndex, { missed }: OnnxPassContext): OnnxNode[] | undefined {
  if (node.domain !== '' || (node.opType !== 'Conv' && node.opType !== 'AveragePool')) return undefined
  const pad = index.made(node.inputs[0], 'Pad')
  const around = pad === undefined ? undefined : spatialZeros(pad, index)
  if (around === undefined) return undefined
  const miss = (reason: string): undefined => void missed.push({ pass: PASS, reason })
  if (!index.isReadOnce(node.inputs[0]!)) return miss('what is padded is used elsewhere, too')
  if (node.opType === 'AveragePool') {
    const own = intsAttribute(node, 'pads') ?? []
    if (intAttribute(node, 'ceil_mode', 0) !== 0) return miss('the pool rounds its extents up')
    if (intAttribute(node, 'count_include_pad', 0) !== 1 && own.some((n) => n !== 0))
      return miss('the pool leaves its own padding out of the mean')
    const kernel = intsAttribute(node, 'kernel_shape')
    if (kernel === undefined || !around.every((n, i) => n + (own[i] ?? 0) < kernel[i % kernel.length]!))
      return miss('the padding is as wide as the window')
  }
  if (node.attributes.has('auto_pad') && node.attributes.get('auto_pad') !== 'NOTSET')
    return miss('the convolution chooses its own padding')
  const own = intsAttribute(node, 'pads') ?? around.map(() => 0)
  if (own.length !== around.length) return undefined
  const attributes = {
    ...Object.fromEntries(node.attributes),
    pads: own.map((n, i) => n + around[i]!),
    ...(node.opType === 'AveragePool' ? { count_include_pad: 1 } : {}),
  }
  return [onnxNode(node.opType, [pad!.inputs[0], ...node.inputs.slice(1)], node.outputs, attributes)]
}

/** Begins, then ends, of the axes behind batch and channels; undefined where it is not zeros that are added there, and there alone. */
function spatialZeros(pad: OnnxNode, index: GraphIndex): number[] | undefined {
  const mode = pad.attributes.get('mode')
  const all = index.ints(pad.inputs[1])
  const value = (pad.inputs[2] ?? '') === '' ? 0 : index.scalar(pad.inputs[2])
  if ((mode !== undefined && mode !== 'constant') || (pad.inputs[3] ?? '') !== '' || all === undefined || !Object.is(value, 0))
    return undefined
  const rank = all.length / 2
  if (rank < 3 || all.some((n) => n < 0)) return undefined
  const halves = [all.slice(0, rank), all.slice(rank)]
  if (halves.some(([batch, channels]) => batch !== 0 || channels !== 0)) return undefined
  return halves.flatMap((half) => half.slice(2))
}
