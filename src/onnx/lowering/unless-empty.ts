// What onnxruntime's kernels refuse for tensors without elements: an If around them, where that may happen.

import type { Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'

type Build = (scope: OnnxBuilder) => readonly OnnxValue[]

/** `results` of `full`, or of `empty` where `x` has no elements. What is known of the extents decides it at build time. */
export function unlessEmpty(
  b: OnnxBuilder,
  x: OnnxValue,
  results: readonly { readonly dtype: ScalarType; readonly dims: Dims }[],
  empty: Build,
  full: Build,
): OnnxValue[] {
  if (x.dims?.includes(0) === true) return [...empty(b)]
  if (x.dims?.every((extent) => typeof extent === 'number') === true) return [...full(b)]
  const branch = (name: string, build: Build): ReturnType<OnnxBuilder['subgraph']> => {
    const scope = b.scope()
    const outputs = build(scope).map(({ name: value, dtype }) => {
      const given = scope.freshName()
      scope.emit('Identity', [value], [given], {})
      return { name: given, dtype, dims: undefined }
    })
    return scope.subgraph(name, [], outputs)
  }
  const condition = b.op('Equal', [b.number(b.numel(x), 'int64'), b.scalar('int64', 0)], {}, { dtype: 'bool', dims: [] })
  const subgraphs = { then_branch: branch('empty', empty), else_branch: branch('full', full) }
  return b.ops('If', [condition], subgraphs, results)
}
