// Searching, comparing and sorting lists of tensors: each tensor is one number then. Answers to torch/csrc/jit/runtime/register_ops_utils.cpp.

import { numberFact, type Fact } from '../fact.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** Any of the elements, in some order. */
const reordered = (list: Fact): Fact => {
  const [first, ...rest] = list.items ?? []
  if (first === undefined) return list.element === undefined ? {} : { element: list.element }
  const alike = rest.every(({ dtype, dims }) => dtype === first.dtype && dims?.length === first.dims?.length)
  const one: Fact = alike
    ? {
        ...(first.dtype === undefined ? {} : { dtype: first.dtype }),
        ...(first.dims === undefined ? {} : { dims: first.dims.map(() => 1) }),
      }
    : {}
  return { items: list.items!.map(() => one) }
}

export const tensorListRules: readonly Rule[] = [
  rule('aten::count.Tensor(Tensor[] self, Tensor el) -> int', () => numberFact('int')),
  rule('aten::index.list_Tensor(Tensor[] self, Tensor el) -> int', () => numberFact('int')),
  ...rules(['aten::eq.Tensor_list(Tensor[] a, Tensor[] b) -> bool', 'aten::ne.Tensor_list(Tensor[] a, Tensor[] b) -> bool'], () =>
    numberFact('bool'),
  ),
  rule('aten::sorted.Tensor(Tensor[](a) input) -> Tensor[]', ({ input }) => reordered(input)),
]
