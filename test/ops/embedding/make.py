"""Table look-ups: every index dtype and rank; bags by sum, mean and max."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=15)
F16, F64 = torch.float16, torch.float64


def index(*shape, dtype=torch.int64):
    return c.ints(*shape, low=0, high=7, dtype=dtype)


for shape in ((), (4,), (2, 3), (2, 1, 3), (0,), (2, 0)):
    c.case('aten::embedding', c.rand(7, 4), index(*shape))
c.case('aten::embedding', c.rand(7, 4), index(3, dtype=torch.int32))
c.case('aten::embedding', c.rand(7, 4), index(3), 2)
c.case('aten::embedding', c.rand(7, 4), index(3), -1, True, False)
for dtype in (F16, F64):
    c.case('aten::embedding', c.rand(7, 4, dtype=dtype), index(2, 3))
c.case('aten::embedding_renorm', c.rand(7, 4), index(3), 1.5, 2.0)
c.case('aten::embedding_renorm', c.rand(7, 4), index(2, 3), 0.5, 1.0)




GRAPH = """graph(%weight : Tensor, %indices : Tensor, %offsets : Tensor{more}):
  %no : bool = prim::Constant[value=0]()
  %mode : int = prim::Constant[value={mode}]()
  %none : NoneType = prim::Constant()
  %last : bool = prim::Constant[value={last}]()
  %pad : int = prim::Constant[value={pad}]()
  %a : Tensor, %b : Tensor, %c : Tensor, %d : Tensor = aten::{op}(%weight, %indices, %offsets, %no, %mode, %no, {weights}, %last{tail})
  return (%a)
"""


def bags(op, weight, indices, offsets, mode, last=False, pad=None, weights=None):
    text = GRAPH.format(
        op=op, mode=mode, last=int(last), pad=-1 if pad is None else pad,
        more='' if weights is None else ', %w : Tensor', weights='%none' if weights is None else '%w',
        tail='' if pad is None else ', %pad',
    )  # fmt: skip
    c.ir(text, weight, indices, torch.tensor(offsets), *([] if weights is None else [weights]), op=f'aten::{op}', case_name=f'{op} mode {mode} last {last} pad {pad} {offsets} {weight.dtype}')


for mode in (0, 1, 2):
    for dtype in (torch.float32, F64):
        bags('embedding_bag', c.rand(7, 4, dtype=dtype), index(9), [0, 3, 3, 8], mode)
    bags('embedding_bag', c.rand(7, 4), index(9), [0, 3, 3, 9], mode, last=True)
    bags('embedding_bag', c.rand(7, 4), index(9), [0, 2, 5], mode, pad=3)
    bags('embedding_bag', c.rand(7, 4), torch.tensor([3, 3, 3, 1, 3]), [0, 2, 5], mode, pad=3)
    bags('_embedding_bag', c.rand(7, 4), index(6), [0, 2, 5], mode, pad=1)
    bags('_embedding_bag_forward_only', c.rand(7, 4), index(6), [0, 2, 5], mode, pad=-1)
bags('embedding_bag', c.rand(7, 4), index(6), [0, 2, 5], 0, weights=c.rand(6))
bags('_embedding_bag', c.rand(7, 4), index(6), [0, 2, 5], 0, pad=2, weights=c.rand(6))
# All four results
for op in ('embedding_bag', '_embedding_bag', '_embedding_bag_forward_only'):
    for mode in (0, 1, 2):
        for last in (False, True):
            for dtype in (torch.float32, torch.float64):
                pad = () if op == 'embedding_bag' else (2,)
                for extra in {(), pad}:
                    c.case(f'aten::{op}', c.ints(6, 4, dtype=dtype), torch.tensor([1, 5, 2, 0, 2, 2]), torch.tensor([0, 2, 2, 6] if last else [0, 2, 2]), False, mode, False, None, last, *extra)

c.write()
