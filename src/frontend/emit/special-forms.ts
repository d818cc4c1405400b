// Calls with evaluation rules of their own, one function each. Answers to emitApplySpecialForm in
// torch/csrc/jit/frontend/ir_emitter.cpp.

import { typeText } from '../../ir/print-type.ts'
import { dictOf, listOf, strType, tensorType, typesEqual, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call, Expr } from '../tree.ts'
import type { FormName } from '../values/functions.ts'
import { IterableTree, RangeValue } from '../values/iterables.ts'
import { ClassReference } from '../values/methods.ts'
import { SimpleValue } from '../values/simple-value.ts'
import type { SugaredValue } from '../values/sugared-value.ts'
import { emitBuiltinCall } from './builtin-calls.ts'
import { emitArguments } from './arguments.ts'
import { emitFork } from './closures.ts'
import { emitDictComprehension, emitListComprehension } from './comprehensions.ts'
import { checkArguments, emitHasAttr, emitIsInstance } from './conditions.ts'
import { asDeclared } from './definitions.ts'
import type { Emitter } from './emitter.ts'
import { emitTensorIndex } from './subscripts.ts'

type Form = (e: Emitter, call: Call, hint: Type | undefined) => SugaredValue

const FORMS: ReadonlyMap<FormName, Form> = new Map<FormName, Form>([
  ['annotate', annotate],
  ['awaitable', (e, call) => fork(e, call, 'awaitable')],
  ['create-object', createObject],
  ['dict', dictForm],
  ['enumerate', enumerate],
  ['fork', (e, call) => fork(e, call, 'fork')],
  ['getattr', getAttribute],
  ['hasattr', hasAttribute],
  ['isinstance', isInstance],
  ['list', listForm],
  ['range', (e, call) => new RangeValue(e, e.items(call.args), call)],
  ['tensor-getitem', tensorGetItem],
  ['tolist', toList],
  ['tuple', tupleForm],
  ['unchecked_cast', uncheckedCast],
  ['uninitialized', uninitialized],
  ['zip', zip],
])

export function emitSpecialForm(e: Emitter, form: FormName, call: Call, hint: Type | undefined): SugaredValue {
  return FORMS.get(form)!(e, call, hint)
}

const simple = (e: Emitter, value: Value): SugaredValue => new SimpleValue(e, value)

/** `annotate(T, x)`: x converted to T, and None remembered as an absent T. */
function annotate(e: Emitter, call: Call): SugaredValue {
  checkArguments(e, call, 2, 'annotate')
  const type = e.types.parse(call.args[0]!)
  const value = asDeclared(e, e.expression(call.args[1]!, type), type, call)
  if (!e.subtype(value.type, type)) e.fail('PT2030', `a value of type ${typeText(value.type)} is annotated as ${typeText(type)}`, call)
  if (type.kind === 'Optional' && value.type.kind === 'None') return simple(e, e.mark(call).constant(null, type))
  return simple(e, value)
}

function uncheckedCast(e: Emitter, call: Call): SugaredValue {
  checkArguments(e, call, 2, 'unchecked_cast')
  const type = e.types.parse(call.args[0]!)
  const value = e.expression(call.args[1]!)
  const isCast = value.node.kind === 'prim::unchecked_cast' && typesEqual(value.type, type)
  return simple(e, isCast ? value : e.mark(call).uncheckedCast(value, type))
}

function uninitialized(e: Emitter, call: Call): SugaredValue {
  checkArguments(e, call, 1, 'uninitialized')
  const type = e.types.parse(call.args[0]!)
  return simple(e, e.mark(call).builder.op('prim::Uninitialized', [], type))
}

function isInstance(e: Emitter, call: Call): SugaredValue {
  checkArguments(e, call, 2, 'isinstance')
  return simple(e, emitIsInstance(e, call.args[0]!, call.args[1]!).value)
}

function hasAttribute(e: Emitter, call: Call): SugaredValue {
  checkArguments(e, call, 2, 'hasattr')
  return simple(e, emitHasAttr(e, call.args[0]!, call.args[1]!).value)
}

function getAttribute(e: Emitter, call: Call): SugaredValue {
  if (call.args.length !== 2 && call.args.length !== 3) checkArguments(e, call, 2, 'getattr')
  const object = e.sugared(call.args[0]!)
  const name = call.args[1]!
  if (name.kind !== 'string') return e.fail('PT2030', 'the second argument of getattr is a string literal', name)
  if (call.args.length === 3 && !object.hasAttr(name.value, call)) return e.sugared(call.args[2]!)
  return object.attr(name.value, call)
}

function createObject(e: Emitter, call: Call): SugaredValue {
  checkArguments(e, call, 1, '__new__')
  const cls = e.sugared(call.args[0]!)
  if (!(cls instanceof ClassReference)) return e.fail('PT2030', `__new__ takes a class, found ${cls.kind}`, call)
  return simple(e, e.mark(call).builder.op('prim::CreateObject', [], cls.cls.type))
}

function fork(e: Emitter, call: Call, kind: 'fork' | 'awaitable'): SugaredValue {
  const [callee, ...rest] = call.args
  if (callee === undefined) return e.fail('PT2023', `${kind} takes a function`, call)
  const forked = e.sugared(callee)
  return emitFork(e, forked, emitArguments(e, rest, call.kwargs), call, kind)
}

function tupleForm(e: Emitter, call: Call): SugaredValue {
  if (call.args.length === 0) return simple(e, e.mark(call).builder.tuple([]))
  checkArguments(e, call, 1, 'tuple')
  const parts = e.sugared(call.args[0]!).asTuple(undefined, call)
  return simple(e, e.mark(call).builder.tuple(parts.map((part) => part.asValue(call))))
}

const BASE_TYPES = new Map<Type['kind'], bigint>([
  ['int', 0n],
  ['float', 1n],
  ['bool', 2n],
  ['complex', 3n],
])

/** `x.tolist()`: the declared type says how deep and of what. */
function toList(e: Emitter, call: Call, hint: Type | undefined): SugaredValue {
  if (call.callee.kind !== 'select') return e.fail('PT2025', 'tolist is called on a tensor', call)
  const tensor = e.expression(call.callee.value)
  if (hint === undefined)
    return e.fail('PT2030', 'the type of tolist() is not known here', call, 'annotate it, as in x: List[float] = t.tolist()')
  let depth = 0n
  let base = hint
  for (; base.kind === 'List'; base = base.of) depth++
  const code = BASE_TYPES.get(base.kind)
  if (code === undefined) return e.fail('PT2030', `tolist() gives lists of int, float, bool or complex, not ${typeText(base)}`, call)
  e.mark(call)
  return simple(e, e.builder.op('prim::tolist', [tensor, e.constant(depth), e.constant(code)], hint))
}

function tensorGetItem(e: Emitter, call: Call): SugaredValue {
  if (call.callee.kind !== 'select') return e.fail('PT2025', '__getitem__ is called on a tensor', call)
  checkArguments(e, call, 1, '__getitem__')
  return simple(e, emitTensorIndex(e, e.expression(call.callee.value), call.args, call))
}

function enumerate(e: Emitter, call: Call): SugaredValue {
  if (call.args.length < 1 || call.args.length > 2)
    return e.fail('PT2023', `enumerate takes 1 or 2 arguments, found ${call.args.length}`, call)
  const start = call.args.length === 2 ? [e.expression(call.args[1]!)] : []
  const end = e.int(2n ** 63n - 1n, call)
  const values = e.sugared(call.args[0]!).iterate(call)
  const counter = new RangeValue(e, [...start, end], call, values.staticLength)
  const tree = new IterableTree(e)
  tree.add(counter, call)
  tree.add(values, call)
  return tree
}

function zip(e: Emitter, call: Call): SugaredValue {
  if (call.args.length === 0) return e.fail('PT2023', 'zip takes at least one argument', call)
  const tree = new IterableTree(e)
  for (const arg of call.args) tree.add(e.sugared(arg).iterate(call), call)
  return tree
}

/** `list(x)` is `[element for element in x]`; lists and strings have an operator. */
function listForm(e: Emitter, call: Call, hint: Type | undefined): SugaredValue {
  if (call.args.length === 0) {
    const type = hint ?? listOf(tensorType)
    if (type.kind !== 'List') return e.fail('PT2030', `${typeText(type)} is declared, but this is a list`, call)
    return simple(e, e.mark(call).builder.list([], type.of))
  }
  checkArguments(e, call, 1, 'list')
  const values = e.sugared(call.args[0]!)
  if (values instanceof SimpleValue && (values.value.type.kind === 'List' || values.value.type.kind === 'str'))
    return simple(e, emitBuiltinCall(e, 'aten::list', { args: [values.value] }, call))
  const iterable = named(e, 'iterable', values, call)
  const element = name(e.temporaryName('element'), call)
  const { start, end } = call
  return simple(e, emitListComprehension(e, { kind: 'list-comprehension', element, target: element, iterable, start, end }, hint))
}

/** `dict(x, a=1)`: copied, or filled from pairs, then the keywords. */
function dictForm(e: Emitter, call: Call, hint: Type | undefined): SugaredValue {
  const { start, end } = call
  const [first] = call.args
  if (call.args.length > 1) e.fail('PT2023', `dict takes one argument, found ${call.args.length}`, call)
  const addKeywords = (dict: Value): SugaredValue => {
    for (const { name: key, value } of call.kwargs) {
      const entry = [e.mark(call).constant(key, strType), e.expression(value)]
      emitBuiltinCall(e, 'aten::_set_item', { args: [dict, ...entry] }, call)
    }
    return simple(e, dict)
  }
  if (first === undefined || (first.kind === 'list' && first.items.length === 0)) {
    if (call.kwargs.length === 0) {
      const type = hint ?? dictOf(strType, tensorType)
      if (type.kind !== 'Dict') return e.fail('PT2030', `${typeText(type)} is declared, but this is a dict`, call)
      return simple(e, e.mark(call).builder.op('prim::DictConstruct', [], type))
    }
    const keys: Expr[] = call.kwargs.map((kwarg) => ({ kind: 'string', value: kwarg.name, start: kwarg.start, end: kwarg.end }))
    const values = call.kwargs.map((kwarg) => kwarg.value)
    return e.sugared({ kind: 'dict', keys, values, start, end }, hint)
  }
  if (first.kind === 'dict' || first.kind === 'dict-comprehension') return addKeywords(e.expression(first, hint))
  const values = e.sugared(first)
  if (values instanceof SimpleValue && values.value.type.kind === 'Dict')
    return addKeywords(emitBuiltinCall(e, 'aten::dict', { args: [values.value] }, call))
  const iterable = named(e, 'pairs', values, call)
  const key = name(e.temporaryName('key'), call)
  const value = name(e.temporaryName('value'), call)
  const target: Expr = { kind: 'tuple', items: [key, value], start, end }
  return addKeywords(emitDictComprehension(e, { kind: 'dict-comprehension', key, value, target, iterable, start, end }, hint))
}

function name(text: string, { start, end }: Call): Expr {
  return { kind: 'name', name: text, start, end }
}

/** Binds a value to a temporary, so that an expression can refer to it. */
function named(e: Emitter, prefix: string, value: SugaredValue, call: Call): Expr {
  const variable = e.temporaryName(prefix)
  e.environment.set(variable, value, undefined, call)
  return name(variable, call)
}
