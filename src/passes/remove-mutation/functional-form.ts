// The functional form of an operator that writes tensors: what the written arguments become. Found by name and arguments among torch's
// own schemas (`add_` → `add`, `add.out` → `add.Tensor`); only operators whose functional form says it better have a row here.

import { fail } from '../../diagnostics/compile-error.ts'
import type { Builder } from '../../ir/builder.ts'
import { isMutating, type FunctionSchema } from '../../ir/function-schema.ts'
import type { Node } from '../../ir/node.ts'
import { noneType, tensorType, typesEqual } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf, schemasOf } from '../../ops/schema-of.ts'

/** New values of the written inputs, by position. The node's inputs are the present values. */
export function functionalForm(b: Builder, node: Node): ReadonlyMap<number, Value> {
  const self = node.inputs[0]
  const special = specials.get(node.kind)
  if (special !== undefined && self !== undefined) return new Map([[0, special(b, node, self)]])
  const schema = schemaOf(node)
  const twin = schema === undefined ? undefined : twinOf(schema)
  if (schema === undefined || twin === undefined)
    fail('PT3003', `${node.kind} writes its argument and has no functional form.`, {
      ...(node.range === undefined ? {} : { range: node.range }),
      fix: 'use operators that give a new tensor.',
    })
  const written = schema.args.flatMap((arg, i) => (arg.alias?.isWrite === true ? [i] : []))
  const isOut = !node.kind.endsWith('_')
  const inputs = isOut ? node.inputs.filter((_, i) => !written.includes(i)) : node.inputs
  const casts = isOut || !keepsDtype(node, schema)
  const types = written.map((i) => (casts ? tensorType : node.input(i).type))
  // What a factory also takes comes from the tensor that it writes.
  const rest = twin.args.slice(inputs.length).map(() => b.constant(null, noneType))
  const call = b.graph.create(twin.name, [...inputs, ...rest], types)
  call.schema = twin
  b.insert(call)
  return new Map(written.map((i, k) => [i, casts ? like(b, call.output(k), node.input(i)) : call.output(k)]))
}

/** Whether writes of this operator become a value, by a row of its own or by a twin that `serves`. */
export function hasFunctionalForm(schema: FunctionSchema, serves: (twin: FunctionSchema) => boolean): boolean {
  const twin = specials.has(schema.name) ? undefined : twinOf(schema)
  return specials.has(schema.name) || (twin !== undefined && serves(twin))
}

/** In the dtype of `self`; the same value where both are known to agree. */
function like(b: Builder, value: Value, self: Value): Value {
  const [from, to] = [value.type, self.type]
  if (from.kind === 'Tensor' && to.kind === 'Tensor' && from.dtype !== undefined && from.dtype === to.dtype) return value
  return b.op('aten::type_as', [value, self], to)
}

/** Point the tensor at other memory, or give it another size: no value of its elements says that. */
const relocating = new Set(
  'set_ set_data resize_ resize_as_ as_strided_ resize_as_sparse_ sparse_resize_'.split(' ').map((name) => `aten::${name}`),
)

/** Arguments of factories, all of them optional: `full(size, value, *, dtype, …)` is the twin of `full.out`. */
const FACTORY = new Set(['dtype', 'layout', 'device', 'pin_memory'])

const twins = new Map<string, FunctionSchema | undefined>()

function twinOf(schema: FunctionSchema): FunctionSchema | undefined {
  if (relocating.has(schema.name)) return undefined
  if (twins.has(schema.text)) return twins.get(schema.text)
  const kept = schema.name.endsWith('_') ? schema.args : schema.args.filter((arg) => arg.alias?.isWrite !== true)
  const names = schema.name.endsWith('_') ? [inPlaceBase(schema.name), `${inPlaceBase(schema.name)}_functional`] : [schema.name]
  const found = names
    .flatMap((name) => schemasOf(name))
    .find(
      (other) =>
        !isMutating(other) &&
        other.args.slice(kept.length).every(({ name }) => FACTORY.has(name)) &&
        other.args.length >= kept.length &&
        // The first argument goes by its place: `dropout(Tensor input, …)`, `dropout_(Tensor self, …)`.
        other.args
          .slice(0, kept.length)
          .every((arg, i) => (i === 0 || arg.name === kept[i]!.name) && typesEqual(arg.type, kept[i]!.type)) &&
        other.returns.length >= 1 &&
        other.returns[0]!.type.kind === 'Tensor',
    )
  twins.set(schema.text, found)
  return found
}

/** `aten::add_` → `aten::add`, `aten::__ior__` → `aten::__or__`. */
function inPlaceBase(name: string): string {
  const dunder = /^(.*::__)i(\w+__)$/.exec(name)
  return dunder !== null ? `${dunder[1]}${dunder[2]}` : name.slice(0, -1)
}

/** Results of these have self's dtype, or torch refuses the call. */
const sameDtypeArguments = new Set(
  'index_put index_copy index_add index_fill scatter scatter_add scatter_reduce masked_scatter put addmm addmv addbmm baddbmm addr lerp'
    .split(' ')
    .map((name) => `aten::${name}_`),
)
const bools = new Set(
  'eq ne lt le gt ge not_equal less less_equal greater greater_equal logical_not'.split(' ').map((name) => `aten::${name}_`),
)

function keepsDtype(node: Node, schema: FunctionSchema): boolean {
  if (bools.has(node.kind)) return false
  if (sameDtypeArguments.has(node.kind)) return true
  return schema.args.every((arg, i) => {
    if (i === 0 || arg.type.kind !== 'Tensor')
      return i === 0 || arg.type.kind !== 'Optional' || arg.type.of.kind !== 'Tensor' || node.input(i).type.kind === 'None'
    const [self, other] = [node.input(0).type, node.input(i).type]
    return self.kind === 'Tensor' && other.kind === 'Tensor' && self.dtype !== undefined && self.dtype === other.dtype
  })
}

/** `value` broadcast to self's shape, in its dtype. */
function assign(b: Builder, value: Value, self: Value): Value {
  return b.op('aten::expand_as', [like(b, value, self), self], self.type)
}

const specials: ReadonlyMap<string, (b: Builder, node: Node, self: Value) => Value> = new Map([
  [
    'aten::copy_',
    (b, node, self) => (node.input(1).type.kind === 'Tensor' ? assign(b, node.input(1), self) : full(b, node.input(1), self)),
  ],
  [
    'aten::fill_',
    (b, node, self) => (node.input(1).type.kind === 'Tensor' ? assign(b, node.input(1), self) : full(b, node.input(1), self)),
  ],
  ['aten::fill_diagonal_', (b, node, self) => b.op('functional::fill_diagonal', [self, ...node.inputs.slice(1)], self.type)],
  ['aten::zero_', (b, _node, self) => full(b, b.int(0), self)],
])

/** `full_like` keeps the dtype, whatever the number. */
function full(b: Builder, value: Value, self: Value): Value {
  const none = b.constant(null, noneType)
  return b.op('aten::full_like', [self, value, none, none, none, none, none], self.type)
}
