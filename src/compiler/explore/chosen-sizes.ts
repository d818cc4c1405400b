// What dynamic dims are taken to be where a cost is told: the sizes of an example, or those that a trace recorded, or ones that are merely usual.

import type { ScriptArchive } from '../../archive/archive.ts'
import type { ScriptModule } from '../../frontend/import-script.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { CompiledMethod } from '../compile-methods.ts'
import type { CompileOptions } from '../compile.ts'
import type { ModelCost } from './types.ts'

type Sizes = ModelCost['sizes'][number]

/** One for each symbol in the extents of the inputs, in their order. */
export function chosenSizes(
  { graph }: OnnxModel,
  methods: readonly CompiledMethod[],
  script: ScriptModule,
  archive: ScriptArchive,
  options: CompileOptions,
): readonly Sizes[] {
  const found = new Map<string, Sizes>()
  const tell = (dims: readonly unknown[] | undefined, sizes: readonly number[] | undefined, from: Sizes['from']): void => {
    for (const [axis, name] of (dims ?? []).entries()) {
      const size = sizes?.[axis]
      if (typeof name === 'string' && size !== undefined && !found.has(name)) found.set(name, { name, size, from })
    }
  }
  const examples = new Map(Object.entries(options.exampleInputs?.[0] ?? {}))
  for (const { inputs, signature } of methods) {
    const names = script.method(signature.name).params.map(({ name }) => name)
    for (const { name, dims } of inputs) tell(dims, (examples.get(name) ?? examples.get(String(names.indexOf(name))))?.dims, 'example')
    const traced = archive.tracedInputs.get(signature.name) ?? []
    for (const { name, dims } of inputs) {
      const value = traced[names.indexOf(name)]
      if (value !== null && typeof value === 'object' && value.kind === 'tensor') tell(dims, value.sizes, 'recorded')
    }
  }
  for (const { inputs } of methods)
    for (const { dims } of inputs)
      tell(
        dims,
        dims?.map((_, axis) => usual(axis, dims.length)),
        'chosen',
      )
  for (const { dims } of graph.inputs)
    tell(
      dims,
      dims?.map((_, axis) => usual(axis, dims.length)),
      'chosen',
    )
  return [...found.values()]
}

/** One item of a batch; a picture of 224 × 224 with three channels, or 64 of anything else. */
const usual = (axis: number, rank: number): number => (axis === 0 ? 1 : rank === 4 ? (axis === 1 ? 3 : 224) : 64)
