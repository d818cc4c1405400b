// Python's built-in names as TorchScript has them. Answers to the table of globals in torch/csrc/jit/frontend/ir_emitter.cpp.

import { boolType, complexType, floatType, intType, strType, tensorType, type Type } from '../../ir/type.ts'
import {
  BuiltinFunction,
  CastFunction,
  ExceptionClass,
  MagicFunction,
  PrintFunction,
  SpecialForm,
  type FormName,
} from '../values/functions.ts'
import type { SugaredValue } from '../values/sugared-value.ts'
import type { Emitter } from './emitter.ts'

const FORMS = new Map<string, FormName>([
  ['tuple', 'tuple'],
  ['getattr', 'getattr'],
  ['hasattr', 'hasattr'],
  ['isinstance', 'isinstance'],
  ['range', 'range'],
  ['zip', 'zip'],
  ['enumerate', 'enumerate'],
  ['list', 'list'],
  ['dict', 'dict'],
])

/** Casts also ask a class instance for its method. */
const CASTS = new Map<string, readonly [magic: string, operator: string, type: Type]>([
  ['float', ['__float__', 'aten::Float', floatType]],
  ['int', ['__int__', 'aten::Int', intType]],
  ['bool', ['__bool__', 'aten::Bool', boolType]],
  ['str', ['__str__', 'aten::str', strType]],
  ['complex', ['__complex__', 'aten::Complex', complexType]],
])

const MAGIC = new Map<string, readonly [magic: string, operator: string]>([
  ['len', ['__len__', 'aten::len']],
  ['hex', ['__hex__', 'aten::hex']],
  ['oct', ['__oct__', 'aten::oct']],
  ['round', ['__round__', 'aten::round']],
])

const OPERATORS = new Map<string, string>([
  ['hash', 'aten::hash'],
  ['id', 'prim::id'],
  ['min', 'prim::min'],
  ['max', 'prim::max'],
  ['abs', 'prim::abs'],
  ['all', 'aten::all'],
  ['any', 'aten::any'],
  ['divmod', 'aten::divmod'],
  ['sum', 'aten::sum'],
  ['ord', 'aten::ord'],
  ['chr', 'aten::chr'],
  ['bin', 'aten::bin'],
  ['pow', 'aten::pow'],
  ['rangelist', 'prim::rangelist'],
  ['sorted', 'aten::sorted'],
])

/** What a built-in name stands for; undefined for any other. */
export function globalValue(e: Emitter, name: string): SugaredValue | undefined {
  const form = FORMS.get(name)
  if (form !== undefined) return new SpecialForm(e, form)
  const cast = CASTS.get(name)
  if (cast !== undefined) return new MagicFunction(e, cast[0], new CastFunction(e, cast[1], cast[2]))
  const magic = MAGIC.get(name)
  if (magic !== undefined) return new MagicFunction(e, magic[0], new BuiltinFunction(e, magic[1]))
  const operator = OPERATORS.get(name)
  if (operator !== undefined) return new BuiltinFunction(e, operator)
  switch (name) {
    case 'print':
      return new PrintFunction(e)
    case '_to_tensor':
      return new CastFunction(e, 'prim::NumToTensor', tensorType)
    case 'AssertionError':
      return new ExceptionClass(e, 'AssertionError', undefined)
    default:
      return undefined
  }
}
