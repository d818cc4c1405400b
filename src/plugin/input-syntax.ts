// `x=float32[n,3,64,64]`: the declaration of one input, as the command line and an import's query write it.

import type { InputOption } from '../compiler/types.ts'
import { isScalarType } from '../ir/scalar-type.ts'

const INPUT = /^(?<name>[A-Za-z_]\w*)=(?<dtype>\w+)?(?:\[(?<dims>[^\]]*)\])?$/

/** Name, dtype and shape; dtype or shape may be left out. Undefined when the text is none. */
export function parseInput(text: string): { readonly name: string; readonly option: InputOption } | undefined {
  const groups = INPUT.exec(text.trim())?.groups as { name: string; dtype?: string; dims?: string } | undefined
  if (groups === undefined) return undefined
  const { name, dtype, dims } = groups
  if (dtype !== undefined && !isScalarType(dtype)) return undefined
  const shape: (number | string)[] = []
  for (const dim of dims === undefined || dims.trim() === '' ? [] : dims.split(',')) {
    const word = dim.trim()
    if (/^\d+$/.test(word) && Number.isSafeInteger(Number(word))) shape.push(Number(word))
    else if (/^[A-Za-z_]\w*$/.test(word)) shape.push(word)
    else return undefined
  }
  return { name, option: { ...(dtype === undefined ? {} : { dtype }), ...(dims === undefined ? {} : { shape }) } }
}
