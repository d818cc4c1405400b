// Which attribute of the module a constant is a view of: for options and reports that name weights by path.

import type { IObject } from '../ir/ivalue.ts'
import type { Storage, Tensor } from '../ir/tensor.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { attributePaths } from '../passes/module-attributes.ts'

/** `layer1.0.conv1.weight` of a tensor that views its memory; weights that are tied have the path that comes first. */
export function weightPaths(root: IObject): (tensor: Tensor) => string | undefined {
  const paths = new Map<Storage, string>()
  for (const [object, base] of attributePaths(root))
    for (const [name, value] of object.attributes)
      if (value !== null && typeof value === 'object' && value.kind === 'tensor' && !paths.has(value.storage))
        paths.set(value.storage, base === '' ? name : `${base}.${name}`)
  return ({ storage }) => paths.get(storage)
}

/** Fills in the origins of constants that are views of attributes: transposed weights, which the lowering made. In place. */
export function nameWeights({ graph, origins }: OnnxModel, root: IObject): void {
  const pathOf = weightPaths(root)
  for (const [name, tensor] of graph.initializers) {
    const path = origins.has(name) ? undefined : pathOf(tensor)
    if (path !== undefined) origins.set(name, path)
  }
}
