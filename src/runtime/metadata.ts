// `.inputs` and `.outputs`: the tensors and scalars of a signature as a flat list.

import type { Constant, Dim, ValueSpec } from './signature.ts'

export interface ValueInfo {
  /** Where it sits: `x`, `boxes[0]`, `output.logits`. */
  readonly name: string
  readonly kind: 'tensor' | 'tensors' | 'int' | 'float' | 'bool' | 'scalars' | 'choice' | 'str' | 'list' | 'dict' | 'enum' | 'any'
  /** Of tensors and numbers. */
  readonly dtype?: string
  /** Of a tensor whose rank is known. */
  readonly dims?: readonly Dim[]
  /** Of a choice, a list or a dict. */
  readonly of?: string | readonly Constant[] | ValueSpec
  /** True where it may be null. */
  readonly optional?: boolean
}

export function describe(spec: ValueSpec, name: string): readonly ValueInfo[] {
  if ('items' in spec)
    return spec.items.flatMap((item, i) => describe(item, name + ('keys' in spec && spec.kind !== 'map' ? `.${spec.keys[i]}` : `[${i}]`)))
  if (spec.kind === 'optional') return describe(spec.of, name).map((one) => ({ ...one, optional: true }))
  return spec.kind === 'constant' ? [] : [{ ...spec, name }]
}
