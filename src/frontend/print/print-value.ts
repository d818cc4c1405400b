// Constants as TorchScript text: `1.`, `(2,)`, `annotate(List[int], [])`, `torch.device("cpu")`. What has no literal goes into the table
// of constants. Answers to IValue::repr in aten/src/ATen/core/ivalue.cpp and printConstant in torch/csrc/jit/serialization/python_print.cpp.

import { formatFloat, quoteString } from '../../ir/literal.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { annotationText } from '../../ir/print-type.ts'
import type { Type } from '../../ir/type.ts'
import { typeOfIValue } from '../../ir/constant.ts'
import { constantsEqual } from '../../passes/constants-equal.ts'

/** Constants without a literal form, numbered as `CONSTANTS.cN`. */
export class PrintedConstants {
  readonly values: IValue[] = []

  reference(value: IValue): string {
    let index = this.values.findIndex((other) => constantsEqual(other, value))
    if (index === -1) index = this.values.push(value) - 1
    return `CONSTANTS.c${index}`
  }
}

/** Where the members tell the type of a list or dict, it needs no annotation. */
export function inferredFromMembers(element: Type): boolean {
  return !['Union', 'Optional', 'number', 'Interface', 'Any'].includes(element.kind)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** `value` of static type `type`. */
export function printValue(value: IValue, type: Type, constants: PrintedConstants): string {
  if (value === null) return 'None'
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
      return value.toString()
    case 'number':
      return formatFloat(value)
    case 'string':
      return isAscii(value) ? quoteString(value) : constants.reference(value)
  }
  const declared = type.kind === 'Optional' ? type.of : type
  switch (value.kind) {
    case 'complex':
      return `${formatFloat(value.re)}${value.im < 0 || Object.is(value.im, -0) ? '' : '+'}${formatFloat(value.im)}j`
    case 'device':
      return `torch.device(${quoteString(value.name)})`
    case 'enum':
      return `${value.className}.${value.name ?? ''}`
    case 'tuple': {
      const of = (i: number): Type => (declared.kind === 'Tuple' ? declared.of[i]! : typeOfIValue(value.items[i]!))
      const items = value.items.map((item, i) => printValue(item, of(i), constants))
      const name = declared.kind === 'Tuple' && declared.name !== undefined ? declared.name : ''
      return `${name}(${items.join(', ')}${items.length === 1 ? ',' : ''})`
    }
    case 'list': {
      const own = declared.kind === 'List' ? declared : typeOfIValue(value)
      const element: Type = own.kind === 'List' ? own.of : { kind: 'Tensor' }
      const text = `[${value.items.map((item) => printValue(item, element, constants)).join(', ')}]`
      return value.items.length > 0 && inferredFromMembers(element) ? text : `annotate(${annotationText(own)}, ${text})`
    }
    case 'dict': {
      const own = declared.kind === 'Dict' ? declared : typeOfIValue(value)
      if (own.kind !== 'Dict') return constants.reference(value)
      const entries = value.entries.map(
        ([key, item]) => `${printValue(key, own.key, constants)}: ${printValue(item, own.value, constants)}`,
      )
      const text = `{${entries.join(', ')}}`
      return entries.length > 0 && inferredFromMembers(own.key) && inferredFromMembers(own.value)
        ? text
        : `annotate(${annotationText(own)}, ${text})`
    }
    default:
      return constants.reference(value)
  }
}
