// Shape arithmetic on small integer tensors: traced models compute sizes with 0-d and 1-d int64 tensors (`NumToTensor`, `mul`, `Int`).
// Adds the elements of a result to the fact that the operator's own rule gave. Extents may be symbolic.

import { dimAdd, dimFloorDiv, dimMod, dimMul, dimNeg, dimProduct, dimSub, type Dim } from '../ir/dim.ts'
import { qualifiedName, type FunctionSchema } from '../ir/function-schema.ts'
import { isIntegral, scalarTypeOfCode, type ScalarType } from '../ir/scalar-type.ts'
import { scalarTensor } from '../ir/tensor-elements.ts'
import { constantFact, tensorFact, unknown, type Fact } from '../ops/fact.ts'
import { knownInt, wrapAxis } from '../ops/facts.ts'

type Args = Readonly<Record<string, Fact>>
type Content = readonly Dim[]

interface Small {
  readonly content: Content
  readonly dims: readonly number[]
}

const MAX = 64

/** A tensor of known extents and known integer elements. */
function small(fact: Fact | undefined): Small | undefined {
  if (fact === undefined) return undefined
  if (fact.sym !== undefined) return { content: [fact.sym], dims: [] }
  const { content, dims } = fact
  if (content === undefined || dims === undefined || dims.some((dim) => typeof dim !== 'number')) return undefined
  return { content, dims: dims as readonly number[] }
}

/** Elementwise over equal shapes, or a 0-d operand with any. */
function zip(a: Small | undefined, b: Small | undefined, apply: (x: Dim, y: Dim) => Dim): Small | undefined {
  if (a === undefined || b === undefined) return undefined
  const wide = a.dims.length >= b.dims.length ? a : b
  const narrow = wide === a ? b : a
  if (narrow.dims.length > 0 && String(narrow.dims) !== String(wide.dims)) return undefined
  const at = (s: Small, i: number): Dim => s.content[s.dims.length === 0 ? 0 : i] ?? null
  return { dims: wide.dims, content: wide.content.map((_, i) => apply(at(a, i), at(b, i))) }
}

const isOne = (alpha: Fact | undefined): boolean => alpha === undefined || knownInt(alpha) === 1

const binary =
  (apply: (x: Dim, y: Dim) => Dim) =>
  ({ self, other, alpha }: Args): Small | undefined =>
    isOne(alpha) ? zip(small(self), small(other), apply) : undefined

const kept = ({ self }: Args): Small | undefined => small(self)
const wholeNumber = (dtype: ScalarType | undefined): boolean => dtype !== undefined && isIntegral(dtype)

/** As `self`, when the dtype asked for holds integers. */
const cast =
  (name: string) =>
  (args: Args): Small | undefined => {
    const code = args[name]?.value
    if (code === null) return small(args['self'])
    const dtype = typeof code === 'bigint' ? scalarTypeOfCode(Number(code)) : undefined
    return wholeNumber(dtype) ? small(args['self']) : undefined
  }

const flat = ({ self }: Args): Small | undefined => {
  const s = small(self)
  return s === undefined ? undefined : { content: s.content, dims: [s.content.length] }
}

function list(fact: Fact | undefined): Small[] | undefined {
  const items = fact?.items?.map(small)
  return items === undefined || items.includes(undefined) ? undefined : (items as Small[])
}

const rows = new Map<string, (args: Args) => Small | undefined>([
  ['aten::add.Tensor', binary(dimAdd)],
  ['aten::add.Scalar', binary(dimAdd)],
  ['aten::sub.Tensor', binary(dimSub)],
  ['aten::sub.Scalar', binary(dimSub)],
  ['aten::rsub.Scalar', binary((x, y) => dimSub(y, x))],
  ['aten::rsub.Tensor', binary((x, y) => dimSub(y, x))],
  ['aten::mul.Tensor', binary(dimMul)],
  ['aten::mul.Scalar', binary(dimMul)],
  ['aten::floor_divide', binary(dimFloorDiv)],
  ['aten::floor_divide.Scalar', binary(dimFloorDiv)],
  ['aten::remainder.Tensor', binary(dimMod)],
  ['aten::remainder.Scalar', binary(dimMod)],
  ['aten::div.Tensor_mode', divideWithMode],
  ['aten::div.Scalar_mode', divideWithMode],
  ['aten::neg', ({ self }) => zip(small(self), small(self), (x) => dimNeg(x))],
  ['aten::clone', kept],
  ['aten::detach', kept],
  ['aten::contiguous', kept],
  ['aten::alias', kept],
  ['prim::data', ({ a }) => small(a)],
  ['aten::to.dtype', cast('dtype')],
  ['aten::to.dtype_layout', cast('dtype')],
  ['aten::to.device', cast('dtype')],
  ['aten::to.prim_Device', cast('dtype')],
  ['aten::to.prim_dtype', cast('dtype')],
  ['aten::type_as', ({ self, other }) => (wholeNumber(other?.dtype) ? small(self) : undefined)],
  ['aten::unsqueeze', ({ self }) => (self?.dims?.length === 0 ? flat({ self }) : undefined)],
  ['aten::ravel', flat],
  ['aten::flatten.using_ints', flat],
  ['aten::reshape', ({ self, shape }) => (shape?.items?.length === 1 ? flat({ self: self! }) : undefined)],
  ['aten::view', ({ self, size }) => (size?.items?.length === 1 ? flat({ self: self! }) : undefined)],
  ['aten::squeeze', ({ self }) => (small(self)?.content.length === 1 ? { content: small(self)!.content, dims: [] } : undefined)],
  [
    'aten::stack',
    ({ tensors }) => {
      const items = list(tensors)
      return items?.every((s) => s.dims.length === 0) === true
        ? { content: items.flatMap((s) => s.content), dims: [items.length] }
        : undefined
    },
  ],
  [
    'aten::cat',
    ({ tensors }) => {
      const items = list(tensors)
      if (items?.every((s) => s.dims.length === 1) !== true) return undefined
      const content = items.flatMap((s) => s.content)
      return { content, dims: [content.length] }
    },
  ],
  [
    'aten::select.int',
    ({ self, index }) => {
      const s = small(self)
      const i = s?.dims.length === 1 ? wrapAxis(knownInt(index), s.content.length) : undefined
      return i === undefined ? undefined : { content: [s!.content[i]!], dims: [] }
    },
  ],
  ['aten::prod', ({ self }) => reduced(self, (content) => dimProduct(content))],
  ['aten::sum', ({ self }) => reduced(self, (content) => content.reduce<Dim>(dimAdd, 0))],
  [
    'aten::tensor',
    ({ data }) =>
      data?.items?.every((f) => f.sym !== undefined) === true
        ? { content: data.items.map((f) => f.sym!), dims: [data.items.length] }
        : undefined,
  ],
  ['aten::scalar_tensor', ({ s }) => small(s)],
])

function reduced(self: Fact | undefined, apply: (content: Content) => Dim): Small | undefined {
  const s = small(self)
  return s === undefined ? undefined : { content: [apply(s.content)], dims: [] }
}

function divideWithMode(args: Args): Small | undefined {
  const mode = args['rounding_mode']?.value
  // Extents are not negative, where truncation and floor agree; of other numbers only constants are certain.
  const [a, b] = [small(args['self']), small(args['other'])]
  const positive = (s: Small | undefined): boolean =>
    s?.content.every((dim) => (typeof dim === 'string' ? /^\w+$/.test(dim) : dim !== null && dim >= 0)) === true
  if (mode === 'floor' || (mode === 'trunc' && positive(a) && positive(b))) return zip(a, b, dimFloorDiv)
  return undefined
}

/** The rule's facts, with elements added where this is shape arithmetic. */
export function withContent(schema: FunctionSchema, args: Args, facts: readonly Fact[]): readonly Fact[] {
  const compute = rows.get(qualifiedName(schema))
  if (compute === undefined || facts.length > 1) return facts
  const fact = facts[0] ?? unknown
  if (fact.content !== undefined || fact.value !== undefined) return facts
  const operands = Object.values(args)
  if (operands.some((a) => a.dtype !== undefined && !isIntegral(a.dtype))) return facts
  const result = compute(args)
  if (result === undefined || result.content.length > MAX || result.content.every((dim) => dim === null)) return facts
  const dtype = fact.dtype ?? operands.find((a) => a.dtype !== undefined)?.dtype ?? 'int64'
  if (!isIntegral(dtype)) return facts
  const [only] = result.content
  // A number that is known for certain is a constant like any other.
  if (result.dims.length === 0 && typeof only === 'number') return [constantFact(scalarTensor(dtype, BigInt(only)))]
  return [tensorFact(dtype, result.dims, result.content)]
}
