// Searching, comparing and sorting lists of tensors of known length: each tensor is one number then, as torch's `is_nonzero` wants it.
// Answers to torch/csrc/jit/runtime/register_ops_utils.cpp.

import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { ConstantOperand, ListOperand, Operand, OnnxValue, ScalarOperand } from '../operand.ts'
import { compute, EQUAL, kernelType, resultDtype, select, tensor, type Kernels } from './compute.ts'
import { placeOf } from './list.ts'
import { lower, lowers, UnmetNeed, type LoweringRow } from './row.ts'
import { allTrue } from './selection.ts'

const SORTED: Kernels = ['float32', 'float64', 'int64', 'int32']
const constant = (value: boolean): ConstantOperand => ({ kind: 'constant', value })

function tensorsOf(list: Operand, name: string): readonly OnnxValue[] {
  if (list.kind !== 'list' || list.items.some((item) => item.kind !== 'tensor'))
    throw new UnmetNeed(name, 'a list of tensors of known length')
  return list.items as readonly OnnxValue[]
}
/** The numbers side by side. */
function numbersOf(items: readonly OnnxValue[], dtype: ScalarType, b: OnnxBuilder): OnnxValue {
  if (items.length === 0) return b.elements(dtype, [0], [])
  const parts = items.map((item) => b.reshapeTo(b.cast(item, dtype), [1]))
  return b.op('Concat', parts, { axis: 0 }, { dims: [items.length] })
}
/** The dtype that holds all of them and has a kernel of equality. */
const common = (...items: readonly OnnxValue[]): ScalarType => kernelType(resultDtype([], ...items.map(tensor)), EQUAL)

function equalLists(a: Operand, c: Operand, b: OnnxBuilder): ScalarOperand {
  const [x, y] = [tensorsOf(a, 'a'), tensorsOf(c, 'b')]
  if (x.length !== y.length) return constant(false)
  if (x.length === 0) return constant(true)
  const dtype = common(...x, ...y)
  return allTrue(b, b.op('Equal', [numbersOf(x, dtype, b), numbersOf(y, dtype, b)], {}, { dims: [x.length] }))
}
const not = (value: ScalarOperand, b: OnnxBuilder): ScalarOperand =>
  value.kind === 'constant' ? constant(value.value !== true) : b.op('Not', [value], {}, { dims: [] })

function place(items: readonly OnnxValue[], el: OnnxValue, b: OnnxBuilder): OnnxValue {
  const dtype = common(...items, el)
  return placeOf(numbersOf(items, dtype, b), b.reshapeTo(b.cast(el, dtype), []), dtype, b)
}
/** Tensors of one dtype and rank: they can stand for one another. */
function alike(items: readonly OnnxValue[]): void {
  const [first] = items
  if (items.some(({ dtype, dims }) => dtype !== first!.dtype || dims?.length !== first!.dims?.length))
    throw new UnmetNeed('self', 'tensors of one dtype and rank')
}
/** Without the first that equals `el`. */
function removed(items: readonly OnnxValue[], el: OnnxValue, b: OnnxBuilder): ListOperand {
  alike(items)
  const at = place(items, el, b)
  const rest = items.slice(0, -1).map((item, i) => {
    const before = b.op('Less', [b.scalar('int64', i), at], {}, { dims: [] })
    return { ...select(b, before, item, items[i + 1]!), dims: item.dims }
  })
  return { kind: 'list', items: rest }
}
function sorted(items: readonly OnnxValue[], reverse: boolean, b: OnnxBuilder): ListOperand {
  if (items.length < 2) return { kind: 'list', items }
  alike(items)
  const [first] = items
  const dtype = first!.dtype
  const values = compute(
    b,
    dtype,
    SORTED,
    [numbersOf(items, dtype, b)],
    (x) =>
      b.ops('TopK', [x, b.ints([items.length])], { axis: 0, largest: reverse ? 1 : 0, sorted: 1 }, [
        { dims: [items.length] },
        { dtype: 'int64' },
      ])[0]!,
  )
  const at = (i: number): OnnxValue => b.op('Gather', [values, b.scalar('int64', i)], { axis: 0 }, { dims: [] })
  // Each in the shape of the one that was in its place: all of them hold one number.
  return {
    kind: 'list',
    items: items.map((item, i) => (item.dims?.length === 0 ? at(i) : b.op('Reshape', [at(i), b.shape(item)], {}, { dims: item.dims }))),
  }
}

export const tensorListLowerings: readonly LoweringRow[] = [
  lower('aten::count.Tensor(Tensor[] self, Tensor el) -> int', ({ self, el }, b) => {
    const items = tensorsOf(self, 'self')
    const dtype = common(...items, el)
    const hits = b.op('Equal', [numbersOf(items, dtype, b), b.reshapeTo(b.cast(el, dtype), [1])], {}, { dims: [items.length] })
    return b.op('ReduceSum', [b.cast(hits, 'int64')], { keepdims: 0 }, { dims: [] })
  }),
  lower('aten::index.list_Tensor(Tensor[] self, Tensor el) -> int', ({ self, el }, b) => place(tensorsOf(self, 'self'), el, b)),
  lower('aten::eq.Tensor_list(Tensor[] a, Tensor[] b) -> bool', ({ a, b: other }, b) => equalLists(a, other, b)),
  lower('aten::ne.Tensor_list(Tensor[] a, Tensor[] b) -> bool', ({ a, b: other }, b) => not(equalLists(a, other, b), b)),
  lower('functional::remove.Tensor(Tensor[] self, Tensor el) -> Tensor[]', ({ self, el }, b) => removed(tensorsOf(self, 'self'), el, b)),
  ...lowers(['functional::sort.Tensor(Tensor[] self, bool reverse=False) -> Tensor[]'], ({ self, reverse }, b) =>
    sorted(tensorsOf(self, 'self'), reverse, b),
  ),
  lower('aten::sorted.Tensor(Tensor[](a) input) -> Tensor[]', ({ input }, b) => sorted(tensorsOf(input, 'input'), false, b)),
]
