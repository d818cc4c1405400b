// From tensors to Python numbers and back, and what Python can ask of a tensor: sizes, dtype, device.
// Answers to torch/csrc/jit/runtime/register_prim_ops.cpp and register_special_ops.cpp (aten::tensor).

import { dimProduct } from '../../ir/dim.ts'
import type { Device, IValue } from '../../ir/ivalue.ts'
import { isComplex, isFloatingPoint, scalarTypeInfo, scalarTypeOfCode, type ScalarType } from '../../ir/scalar-type.ts'
import { itemOf, scalarTensor, tensorFromElements, type Element } from '../../ir/tensor-elements.ts'
import { constantFact, intFact, listFact, numberFact, tensorFact, unknown, type Fact } from '../fact.ts'
import { isNone, knownInt, numberKind, promoted, wrapAxis } from '../facts.ts'
import { promoteTypes, wrappedType } from '../promotion.ts'
import type { Rule } from '../rule.ts'
import { boolFact, evaluated, isInt, knownNumber, row, toInt, type NamedFacts, type Num } from './scalar-row.ts'

/** The only element of a tensor, as a Python value, or what is known of it. */
function elementFact(tensor: Fact): Fact {
  if (typeof tensor.value === 'object' && tensor.value !== null && tensor.value.kind === 'tensor') {
    const item = itemOf(tensor.value)
    if (item !== undefined) return constantFact(item)
  }
  const [only] = tensor.content ?? []
  if (only !== undefined && only !== null && tensor.content!.length === 1) return intFact(only)
  if (tensor.dtype === undefined) return unknown
  const { category } = scalarTypeInfo(tensor.dtype)
  return category === 'quantized' ? unknown : { number: category }
}

function converted(fact: Fact, to: 'int' | 'float' | 'bool'): Fact {
  const number = knownNumber(fact)
  if (number === undefined) {
    if (to === 'int' && fact.sym !== undefined) return intFact(fact.sym)
    return unknown
  }
  if (to === 'float') return constantFact(Number(number))
  if (to === 'bool') return constantFact(truthy(number))
  return isInt(number) || Number.isFinite(number) ? constantFact(BigInt.asIntN(64, toInt(number))) : unknown
}

/** C's truth: NaN is true. */
export const truthy = (value: Num): boolean => Boolean(value) || Number.isNaN(value)

const dtypeCode = (dtype: ScalarType): Fact => intFact(scalarTypeInfo(dtype).code)
const cpu: Device = { kind: 'device', name: 'cpu' }

/** A tensor made of known numbers (nested lists of them), with torch's default dtypes unless one is asked for. */
function tensorOfNumbers(data: Fact, dtype: Fact | undefined): Fact {
  const wanted = isNone(dtype) ? null : knownInt(dtype)
  const sizes: number[] = []
  let level: readonly Fact[] = [data]
  let innermost: Fact | undefined
  while (level.length > 0 && level.every((fact) => fact.items !== undefined)) {
    const length = level[0]!.items!.length
    if (level.some((fact) => fact.items!.length !== length)) return unknown
    sizes.push(length)
    if (length === 0) for (innermost = level[0]!.element; innermost?.element !== undefined;) innermost = innermost.element
    level = level.flatMap((fact) => fact.items!)
  }
  const open = level.find((fact) => fact.element !== undefined && fact.items === undefined)
  if (open !== undefined) {
    const { dtype, dims } = openTensor(open, wanted)
    return tensorFact(dtype, dims === undefined ? undefined : [...sizes, ...dims])
  }
  const natural = level.length === 0 ? (naturalDtype(innermost ?? {}) ?? 'float32') : naturalDtype(level[0]!)
  const target = wanted === null ? natural : wanted === undefined ? undefined : scalarTypeOfCode(wanted)
  const numbers = level.map(knownNumber)
  if (target !== undefined && !isComplex(target) && !numbers.includes(undefined)) {
    const elements = target === 'bool' ? (numbers as Num[]).map(truthy) : (numbers as Element[])
    return constantFact(tensorFromElements(target, sizes, elements))
  }
  const known = data.items !== undefined || data.element === undefined
  return tensorFact(target, known ? sizes : undefined, target === 'int64' ? level.map((fact) => fact.sym ?? null) : undefined)
}
/** Of a list whose length is not known: one axis for each level of lists. */
function openTensor(data: Fact, wanted: number | null | undefined): Fact {
  const dims: null[] = []
  let leaf = data
  for (; leaf.element !== undefined; leaf = leaf.element) dims.push(null)
  const dtype = wanted === null ? naturalDtype(leaf) : wanted === undefined ? undefined : scalarTypeOfCode(wanted)
  return tensorFact(dtype, leaf.items === undefined ? dims : undefined)
}
function naturalDtype(fact: Fact): ScalarType | undefined {
  const kind = numberKind(fact)
  return kind === undefined ? undefined : wrappedType(kind)
}

/** A tensor as nested lists; integers that are known are kept. */
function listed(self: Fact, depth: number, kind: 'int' | 'float' | 'bool'): Fact {
  if (depth === 0) return kind === 'int' && typeof self.content?.[0] === 'number' ? intFact(self.content[0]) : numberFact(kind)
  const [extent, ...rest] = self.dims ?? []
  if (depth === 1 && kind === 'int' && self.content !== undefined) return listFact(self.content.map(intFact))
  const element = listed(tensorFact(self.dtype, self.dims === undefined ? undefined : rest), depth - 1, kind)
  return typeof extent === 'number' && extent <= 64 ? { items: Array.from({ length: extent }, () => element) } : { element }
}

/** float → float64, unlike `torch.tensor`. */
function numToTensor({ a }: NamedFacts): Fact {
  const value = knownNumber(a)
  if (value !== undefined)
    return constantFact(scalarTensor(typeof value === 'bigint' ? 'int64' : typeof value === 'number' ? 'float64' : 'bool', value))
  if (a!.sym !== undefined) return tensorFact('int64', [], [a!.sym])
  const dtype = naturalDtype(a!)
  return tensorFact(dtype === 'float32' ? 'float64' : dtype, [])
}

const tensorRow = (schema: string, name: string): Rule => row(schema, (args) => tensorOfNumbers(args[name]!, args['dtype']))

const never = [
  'is_cuda',
  'is_xla',
  'is_xpu',
  'is_ipu',
  'is_mps',
  'is_mtia',
  'is_maia',
  'is_mkldnn',
  'is_vulkan',
  'is_sparse',
  'is_sparse_csr',
  'is_meta',
  'is_nested',
  'requires_grad',
]

const ifDtype = (fact: Fact | undefined, make: (dtype: ScalarType) => Fact): Fact =>
  fact?.dtype === undefined ? unknown : make(fact.dtype)

const dtypes = (a: bigint, b: bigint, make: (a: ScalarType, b: ScalarType) => IValue): IValue | undefined => {
  const [x, y] = [scalarTypeOfCode(Number(a)), scalarTypeOfCode(Number(b))]
  return x === undefined || y === undefined ? undefined : make(x, y)
}
const LEVELS = ['bool', 'int', 'float', 'complex']

export const convertRules: readonly Rule[] = [
  row('aten::item(Tensor self) -> Scalar', ({ self }) => elementFact(self!)),
  row('aten::ScalarImplicit(Tensor a) -> Scalar', ({ a }) => elementFact(a!)),
  row('aten::IntImplicit(Tensor a) -> int', ({ a }) => converted(elementFact(a!), 'int')),
  row('aten::FloatImplicit(Tensor a) -> float', ({ a }) => converted(elementFact(a!), 'float')),
  row('aten::Int.Tensor(Tensor a) -> int', ({ a }) => converted(elementFact(a!), 'int')),
  row('aten::Float.Tensor(Tensor a) -> float', ({ a }) => converted(elementFact(a!), 'float')),
  row('aten::Bool.Tensor(Tensor a) -> bool', ({ a }) => converted(elementFact(a!), 'bool')),
  row('aten::Int.bool(bool a) -> int', ({ a }) => converted(a!, 'int')),
  row('aten::Int.float(float a) -> int', ({ a }) => converted(a!, 'int')),
  row('aten::Int.Scalar(Scalar a) -> int', ({ a }) => converted(a!, 'int')),
  row('aten::Float.Scalar(Scalar a) -> float', ({ a }) => converted(a!, 'float')),
  row('aten::Float.int(int a) -> float', ({ a }) => converted(a!, 'float')),
  row('aten::Float.bool(bool a) -> float', ({ a }) => converted(a!, 'float')),
  row('aten::Bool.int(int a) -> bool', ({ a }) => converted(a!, 'bool')),
  row('aten::Bool.float(float a) -> bool', ({ a }) => converted(a!, 'bool')),
  row('prim::NumToTensor.Scalar(Scalar a) -> Tensor', numToTensor),
  row('prim::NumToTensor.bool(bool a) -> Tensor', numToTensor),
  tensorRow('aten::tensor.int(int t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor', 't'),
  tensorRow('aten::tensor.float(float t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor', 't'),
  tensorRow('aten::tensor.bool(bool t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor', 't'),
  tensorRow('aten::tensor(t[] data, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor', 'data'),
  tensorRow('aten::as_tensor.list(t[] data, *, ScalarType? dtype=None, Device? device=None) -> Tensor', 'data'),
  row('aten::_list_to_tensor(int[] self) -> Tensor', ({ self }) => tensorOfNumbers(self!, dtypeCode('int32'))),
  row('aten::_tensor_to_list(Tensor self) -> int[]', ({ self }) => listed(self!, 1, 'int')),
  row('prim::tolist(...) -> ...', ({ '...': given }) => {
    const [self, depth, type] = given!.items!
    const kind = (['int', 'float', 'bool'] as const)[knownInt(type) ?? 3]
    const levels = knownInt(depth)
    return self === undefined || kind === undefined || levels === undefined ? unknown : listed(self, levels, kind)
  }),

  row('aten::size(Tensor self) -> int[]', ({ self }) =>
    self!.dims === undefined ? { element: { number: 'int' } } : listFact(self!.dims.map(intFact)),
  ),
  row('aten::size.int(Tensor self, int dim) -> int', ({ self, dim }) => {
    const axis = self!.dims === undefined ? undefined : wrapAxis(knownInt(dim), self!.dims.length)
    return axis === undefined ? unknown : intFact(self!.dims![axis]!)
  }),
  row('aten::sym_size.int(Tensor self, int dim) -> SymInt', ({ self, dim }) => {
    const axis = self!.dims === undefined ? undefined : wrapAxis(knownInt(dim), self!.dims.length)
    return axis === undefined ? unknown : intFact(self!.dims![axis]!)
  }),
  row('aten::_shape_as_tensor(Tensor self) -> Tensor', ({ self }) =>
    self!.dims === undefined ? tensorFact('int64', [null]) : tensorFact('int64', [self!.dims.length], self!.dims),
  ),
  row('aten::dim(Tensor self) -> int', ({ self }) => (self!.dims === undefined ? unknown : intFact(self!.dims.length))),
  row('aten::numel(Tensor self) -> int', ({ self }) => (self!.dims === undefined ? unknown : intFact(dimProduct(self!.dims)))),
  row('aten::len.Tensor(Tensor t) -> int', ({ t }) => (t!.dims?.[0] === undefined ? unknown : intFact(t!.dims[0]))),
  row('aten::is_floating_point(Tensor self) -> bool', ({ self }) => ifDtype(self, (dtype) => boolFact(isFloatingPoint(dtype)))),
  row('aten::is_complex(Tensor self) -> bool', ({ self }) => ifDtype(self, (dtype) => boolFact(isComplex(dtype)))),
  row('aten::is_signed(Tensor self) -> bool', ({ self }) => ifDtype(self, (dtype) => boolFact(dtype !== 'bool' && !dtype.startsWith('u')))),
  row('prim::dtype(Tensor a) -> int', ({ a }) => ifDtype(a, dtypeCode)),
  row('prim::itemsize(Tensor a) -> int', ({ a }) => ifDtype(a, (dtype) => intFact(scalarTypeInfo(dtype).bytes))),
  row('prim::is_quantized(Tensor a) -> bool', ({ a }) => ifDtype(a, (dtype) => boolFact(scalarTypeInfo(dtype).category === 'quantized'))),
  row('prim::device(Tensor a) -> Device', () => constantFact(cpu)),
  row('prim::layout(Tensor a) -> Layout', () => intFact(0)),
  row('prim::is_cpu(Tensor a) -> bool', () => boolFact(true)),
  row('prim::name(Tensor a) -> str?', () => constantFact(null)),
  ...never.map((name) => row(`prim::${name}(Tensor a) -> bool`, () => boolFact(false))),
  row('aten::get_device(Tensor self) -> int', () => intFact(-1)),
  row('aten::is_grad_enabled() -> bool', () => boolFact(false)),
  row('aten::is_autocast_enabled() -> bool', () => boolFact(false)),
  row('aten::is_autocast_cpu_enabled() -> bool', () => boolFact(false)),
  row('aten::is_scripting() -> bool', () => boolFact(true)),
  row('aten::_get_tracing_state() -> bool', () => boolFact(false)),
  row('aten::has_torch_function(...) -> bool', () => boolFact(false)),
  row('aten::is_vulkan_available() -> bool', () => boolFact(false)),
  row('prim::index(Device self) -> int?', ({ self }) => deviceIndex(self!.value)),
  evaluated('prim::type(Device self) -> str', (self: Device) => self.name.split(':')[0]!),
  evaluated('aten::device(str a) -> Device', (name: string) => ({ kind: 'device', name })),
  evaluated('aten::device.with_index(str type, int index) -> Device', (type: string, index: bigint) => ({
    kind: 'device',
    name: `${type}:${index}`,
  })),

  evaluated('aten::promote_types(ScalarType type1, ScalarType type2) -> ScalarType', (a: bigint, b: bigint) =>
    dtypes(a, b, (x, y) => BigInt(scalarTypeInfo(promoteTypes(x, y)).code)),
  ),
  // Casting down in category (float → int → bool) loses values and is refused.
  evaluated('aten::can_cast(ScalarType from_, ScalarType to) -> bool', (a: bigint, b: bigint) =>
    dtypes(a, b, (x, y) => {
      const [from, to] = [scalarTypeInfo(x), scalarTypeInfo(y)]
      if (from.category === 'int' && to.category === 'int' && !from.name.startsWith('u') && to.name.startsWith('uint')) return true
      return LEVELS.indexOf(from.category) <= LEVELS.indexOf(to.category)
    }),
  ),
  row('aten::result_type.Tensor(Tensor tensor, Tensor other) -> ScalarType', ({ tensor, other }) => typeCode(promoted(tensor!, other!))),
  row('aten::result_type.Scalar(Tensor tensor, Scalar other) -> ScalarType', ({ tensor, other }) => typeCode(promoted(tensor!, other!))),
  row('aten::result_type.Scalar_Tensor(Scalar scalar, Tensor tensor) -> ScalarType', ({ scalar, tensor }) =>
    typeCode(promoted(scalar!, tensor!)),
  ),
  row('aten::result_type.Scalar_Scalar(Scalar scalar1, Scalar scalar2) -> ScalarType', ({ scalar1, scalar2 }) =>
    typeCode(promoted(scalar1!, scalar2!)),
  ),
  row('prim::EnumName(AnyEnumType enum) -> str', (args) => {
    const value = args['enum']!.value
    const name = value !== undefined && value !== null && typeof value === 'object' && value.kind === 'enum' ? value.name : undefined
    return name === undefined ? unknown : constantFact(name)
  }),
  ...['int', 'float', 'str'].map((type) =>
    row(`prim::EnumValue.${type}(AnyEnumType enum) -> ${type}`, (args) => {
      const value = args['enum']!.value
      return value !== undefined && value !== null && typeof value === 'object' && value.kind === 'enum'
        ? constantFact(value.value)
        : unknown
    }),
  ),
]

const typeCode = (dtype: ScalarType | undefined): Fact => (dtype === undefined ? unknown : dtypeCode(dtype))

function deviceIndex(value: IValue | undefined): Fact {
  if (value === undefined || value === null || typeof value !== 'object' || value.kind !== 'device') return unknown
  const index = value.name.split(':')[1]
  return index === undefined ? constantFact(null) : constantFact(BigInt(index))
}
