// Which outputs of the graph may stay on the GPU: tensors of results and of state, of data types that its buffers hold as they are.

import type { Signature, ValueSpec } from '../signature.ts'

const TYPES = ['float32', 'float16', 'int32']

/** The tensors of a result by id, whatever their type. Not the numbers, flags and sizes, which decide what the result is. */
export function tensorIds(spec: ValueSpec): readonly (readonly [id: string, dtype: string])[] {
  if ('items' in spec) return spec.items.flatMap(tensorIds)
  if (spec.kind === 'optional') return tensorIds(spec.of)
  return spec.kind === 'tensor' ? [[spec.id, spec.dtype]] : []
}

/** The others: numbers, flags and sizes, which are read wherever they are. */
export function numberIds(spec: ValueSpec): readonly string[] {
  if ('items' in spec) return spec.items.flatMap(numberIds)
  if (spec.kind === 'optional') return [spec.flag, ...numberIds(spec.of)]
  if (spec.kind === 'tensors') return [spec.id, spec.ranks, spec.sizes]
  return spec.kind !== 'tensor' && 'id' in spec ? [spec.id] : []
}

export function tensorOutputs(signatures: readonly Signature[]): readonly string[] {
  // Of a host program, JavaScript reads what regions give.
  const outputs = signatures.flatMap(({ result, state, run }) =>
    run === undefined ? [...tensorIds(result), ...(state?.slots ?? []).map(({ output, dtype }) => [output, dtype] as const)] : [],
  )
  return outputs.flatMap(([id, dtype]) => (TYPES.includes(dtype) ? [id] : []))
}
