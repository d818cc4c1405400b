// A Signature with other names for its graph inputs and outputs.

import type { Signature, ValueSpec } from '../ir/signature.ts'

export function renameSignature(signature: Signature, rename: (id: string) => string): Signature {
  const { params, result, state, error } = signature
  return {
    ...signature,
    params: params.map((param) => ({ ...param, spec: renameSpec(param.spec, rename) })),
    result: renameSpec(result, rename),
    ...(state === undefined
      ? {}
      : {
          state: {
            cold: rename(state.cold),
            slots: state.slots.map((slot) => ({ ...slot, input: rename(slot.input), output: rename(slot.output) })),
          },
        }),
    ...(error === undefined ? {} : { error: { ...error, id: rename(error.id) } }),
  }
}

function renameSpec(spec: ValueSpec, rename: (id: string) => string): ValueSpec {
  switch (spec.kind) {
    case 'constant':
    case 'str':
    case 'enum':
    case 'any':
      return spec
    case 'list':
    case 'dict':
      return { ...spec, of: renameSpec(spec.of, rename) }
    case 'optional':
      return { ...spec, flag: rename(spec.flag), of: renameSpec(spec.of, rename) }
    case 'tensors':
      return { ...spec, id: rename(spec.id), ranks: rename(spec.ranks), sizes: rename(spec.sizes) }
    case 'union':
    case 'tuple':
    case 'record':
    case 'object':
    case 'map':
      return { ...spec, items: spec.items.map((item) => renameSpec(item, rename)) }
    default:
      return { ...spec, id: rename(spec.id) }
  }
}
