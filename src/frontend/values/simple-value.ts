// A first-class value, and all that can be done with one by its type. Answers to SimpleValue in torch/csrc/jit/frontend/sugared_value.cpp.

import { typeText } from '../../ir/print-type.ts'
import { intType, isSubtype, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { unpackTuple } from '../../ops/schema-conversion.ts'
import { schemasOf } from '../../ops/schema-of.ts'
import { matchTypeVariables, replaceTypeVariables, type TypeEnvironment } from '../../ops/schema-type-variables.ts'
import { emitBuiltinCall } from '../emit/builtin-calls.ts'
import type { Emitter } from '../emit/emitter.ts'
import { BuiltinFunction, SpecialForm, TensorCast } from './functions.ts'
import { TupleOfValues } from './iterables.ts'
import { Method } from './methods.ts'
import { SugaredValue, type CallArguments, type Place } from './sugared-value.ts'

/** `x.float()` and its like: the dtype's number. */
const CAST_METHODS = new Map<string, bigint>([
  ['byte', 0n],
  ['char', 1n],
  ['short', 2n],
  ['int', 3n],
  ['long', 4n],
  ['half', 5n],
  ['float', 6n],
  ['double', 7n],
  ['cfloat', 9n],
  ['cdouble', 10n],
])

/** Attributes that are operators without further arguments. */
const TENSOR_PROPERTIES = new Map<string, string>([
  ...(
    'dtype device grad data shape is_cuda is_cpu is_xla is_xpu is_sparse is_sparse_csr is_mkldnn is_mps is_mtia is_quantized is_vulkan ' +
    'is_ipu is_meta is_nested requires_grad layout T H is_maia itemsize nbytes ndim name'
  )
    .split(' ')
    .map((name): [string, string] => [name, `prim::${name}`]),
  ...'is_leaf mT mH real imag retains_grad'.split(' ').map((name): [string, string] => [name, `aten::${name}`]),
])
const PROPERTIES = new Map<Type['kind'], ReadonlyMap<string, string>>([
  ['Tensor', TENSOR_PROPERTIES],
  [
    'Device',
    new Map([
      ['type', 'prim::type'],
      ['index', 'prim::index'],
    ]),
  ],
  ['Optional', new Map([['unchecked_unwrap_optional', 'prim::unchecked_unwrap_optional']])],
])

export class SimpleValue extends SugaredValue {
  readonly value: Value
  get kind(): string {
    return `a value of type ${typeText(this.value.type)}`
  }

  constructor(emitter: Emitter, value: Value) {
    super(emitter)
    this.value = value
  }

  override asValue(): Value {
    return this.value
  }

  override attr(name: string, at: Place): SugaredValue {
    const { emitter: e, value } = this
    const { type } = value
    e.mark(at)
    if (type.kind === 'Tensor') {
      const dtype = CAST_METHODS.get(name)
      if (dtype !== undefined) return new TensorCast(e, dtype, value)
    }
    const property = PROPERTIES.get(type.kind)?.get(name)
    if (property !== undefined) return new SimpleValue(e, emitBuiltinCall(e, property, { args: [value] }, at))
    return this.#member(name, at) ?? this.#builtinMethod(name) ?? this.#noAttribute(name, at)
  }

  /** A field, attribute or method that the value's own type declares. */
  #member(name: string, at: Place): SugaredValue | undefined {
    const { emitter: e, value } = this
    const { type } = value
    switch (type.kind) {
      case 'Tuple': {
        const index = type.fields?.indexOf(name) ?? -1
        if (index === -1) return undefined
        const position = e.constant(BigInt(index), intType)
        return new SimpleValue(e, e.builder.op('prim::TupleIndex', [value, position], type.of[index]!))
      }
      case 'Await': {
        const waited = emitBuiltinCall(e, 'prim::awaitable_wait', { args: [value] }, at)
        return new SimpleValue(e, waited).attr(name, at)
      }
      case 'Class': {
        const cls = e.unit.class(type.name)
        if (cls === undefined)
          return e.fail(
            'PT2012',
            `'${name}' of ${type.name} is needed, whose code is not in the archive`,
            at,
            type.name.startsWith('__torch__.torch.classes.')
              ? 'this is a class of native code; it cannot be compiled'
              : 'export the model again',
          )
        const method = cls.methods.get(name)
        if (method !== undefined) return new Method(e, value, name)
        const attribute = cls.attributes.get(name)
        if (attribute !== undefined) {
          const loaded = e.builder.op('prim::GetAttr', [value], attribute.type, [['name', name]])
          return new SimpleValue(e, loaded.setDebugName(/^\d+$/.test(name) ? `_${name}` : name))
        }
        const constant = cls.constants.get(name)
        return constant === undefined ? undefined : new SimpleValue(e, e.constant(constant.value, constant.type))
      }
      case 'Interface':
        return e.unit.interface(type.name)?.methods.has(name) ? new Method(e, value, name) : undefined
      case 'Enum':
        if (name === 'name') return new SimpleValue(e, emitBuiltinCall(e, 'prim::EnumName', { args: [value] }, at))
        if (name === 'value') return new SimpleValue(e, e.builder.op('prim::EnumValue', [value], type.value))
        return undefined
      default:
        return undefined
    }
  }

  #builtinMethod(name: string): SugaredValue | undefined {
    const { emitter: e, value } = this
    if (name === 'type' && takesSelf('aten::to', value.type)) return new BuiltinFunction(e, 'aten::to', value)
    if (takesSelf(`aten::${name}`, value.type)) return new BuiltinFunction(e, `aten::${name}`, value)
    if (value.type.kind === 'Tensor' && name === 'tolist') return new SpecialForm(e, 'tolist')
    if (value.type.kind === 'Tensor' && name === '__getitem__') return new SpecialForm(e, 'tensor-getitem')
    return undefined
  }

  #noAttribute(name: string, at: Place): never {
    const { type } = this.value
    return this.emitter.fail(
      'PT2021',
      `${typeText(type)} has no attribute or method '${name}'`,
      at,
      type.kind === 'Class' ? 'attributes are made in __init__' : undefined,
    )
  }

  override hasAttr(name: string, at: Place): boolean {
    const { type } = this.value
    if (type.kind === 'Class') {
      const cls = this.emitter.unit.class(type.name)
      return cls !== undefined && (cls.methods.has(name) || cls.attributes.has(name) || cls.constants.has(name))
    }
    if (type.kind === 'Tuple' && type.fields !== undefined) return type.fields.includes(name)
    return this.emitter.fail('PT2021', `hasattr asks objects and NamedTuples, found ${typeText(type)}`, at)
  }

  override setAttr(name: string, value: Value, at: Place): void {
    const e: Emitter = this.emitter
    const { type } = this.value
    const cls = e.unit.classOf(type)
    if (cls === undefined) e.fail('PT2034', `the attribute '${name}' of ${typeText(type)} cannot be assigned`, at)
    let expected = cls.attributes.get(name)?.type
    if (expected === undefined) {
      // A plain class gets its attributes where __init__ first sets them.
      const isInitializing = e.name === '__init__' && e.graph.inputs[0]?.type.kind === 'Class' && e.graph.inputs[0].type.name === cls.name
      if (!isInitializing) e.fail('PT2021', `${typeText(type)} has no attribute '${name}'`, at, 'set it in __init__ first')
      if (e.builder.point.block !== e.graph.block)
        e.fail('PT2034', `the attribute '${name}' is first set inside a branch or loop`, at, 'set it at the top level of __init__')
      cls.attributes.set(name, { type: value.type, isParameter: false, isBuffer: false })
      expected = value.type
    }
    if (!e.subtype(value.type, expected))
      e.fail('PT2030', `the attribute '${name}' is ${typeText(expected)}, but set to a value of type ${typeText(value.type)}`, at)
    e.mark(at).node('prim::SetAttr', [this.value, value], [], [['name', name]])
  }

  override asTuple(count: number | undefined, at: Place): readonly SugaredValue[] {
    const e: Emitter = this.emitter
    const { value } = this
    const { type } = value
    e.mark(at)
    if (type.kind === 'Tuple') return unpackTuple(value, e.builder).map((item) => new SimpleValue(e, item))
    if (type.kind === 'List') {
      if (count === undefined) e.fail('PT2026', 'how many elements this list has is not known here', at)
      const node = e.node(
        'prim::ListUnpack',
        [value],
        Array.from({ length: count }, () => type.of),
      )
      return node.outputs.map((item) => new SimpleValue(e, item))
    }
    return e.fail('PT2026', `${typeText(type)} cannot be unpacked`, at)
  }

  override call(call: CallArguments, at: Place): SugaredValue {
    if (this.value.type.kind === 'Class') return this.attr('__call__', at).call(call, at)
    return super.call(call, at)
  }

  override length(at: Place): Value {
    const { type } = this.value
    if (type.kind !== 'List' && type.kind !== 'str' && type.kind !== 'Tensor') return super.length(at)
    return emitBuiltinCall(this.emitter, 'aten::len', { args: [this.value] }, at)
  }

  override item(index: Value, hint: Type | undefined, at: Place): SugaredValue {
    const { emitter: e, value } = this
    e.mark(at)
    const simple = (result: Value): SugaredValue => new SimpleValue(e, result)
    switch (value.type.kind) {
      case 'List':
      case 'str':
      case 'Dict':
        return simple(emitBuiltinCall(e, 'aten::__getitem__', { args: [value, index] }, at))
      case 'Tensor':
        return simple(emitBuiltinCall(e, 'aten::select', { args: [value, e.constant(0n), index] }, at))
      case 'Class':
        if (e.unit.class(value.type.name)?.isModule === true && hint !== undefined) {
          const result = emitBuiltinCall(e, 'prim::ModuleContainerIndex', { args: [value, index] }, at)
          return simple(result.setType(hint))
        }
        return this.attr('__getitem__', at).call({ args: [index], kwargs: [] }, at)
      default:
        return e.fail('PT2026', `${typeText(value.type)} cannot be indexed`, at)
    }
  }

  override iterate(at: Place): SugaredValue {
    const { emitter: e, value } = this
    switch (value.type.kind) {
      case 'List':
      case 'str':
      case 'Tensor':
        return this
      case 'Dict':
        return new SimpleValue(e, emitBuiltinCall(e, 'aten::keys', { args: [value] }, at))
      case 'Tuple':
        return new TupleOfValues(
          e,
          unpackTuple(value, e.mark(at).builder).map((item) => new SimpleValue(e, item)),
        )
      default:
        return super.iterate(at)
    }
  }
}

/** True when some overload has an argument `self` that a value of this type fits. */
function takesSelf(operator: string, type: Type): boolean {
  return schemasOf(operator).some((schema) => {
    const self = schema.args.find((arg) => arg.name === 'self')
    if (self === undefined) return false
    const environment: TypeEnvironment = new Map()
    if (matchTypeVariables(self.type, type, environment) !== undefined) return false
    const concrete = replaceTypeVariables(self.type, environment)
    return concrete !== undefined && isSubtype(type, concrete)
  })
}
