"""Operator cases of sorting, selection by rank, distinct values and counting. See test/ops/opcase.py."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from opcase import Cases, dyn  # noqa: E402

c = Cases(seed=16)
nan, inf = float('nan'), float('inf')
x = c.rand(3, 5)
x234 = c.rand(2, 3, 4)
ties = torch.tensor([[2.0, 1.0, 2.0, 1.0, 3.0], [0.0, 0.0, 0.0, -1.0, -1.0]])
odd = torch.tensor([nan, 1.0, inf, nan, -inf, 2.0, inf])
i64 = c.ints(3, 5)
empty = torch.zeros(2, 0)

DTYPES = (torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
for descending in (False, True):
    for d in (-1, 0, 1):
        c.case('aten::sort', x, d, descending)
    c.case('aten::sort', x234, 1, descending)
    c.case('aten::sort', ties, -1, descending)
    c.case('aten::sort', odd, 0, descending)
    c.case('aten::sort', c.rand(), -1, descending)
    c.case('aten::sort', empty, -1, descending)
    c.case('aten::sort', empty, 0, descending)
    for dtype in DTYPES:
        data = (x * 10).to(dtype)
        c.case('aten::sort', data.abs() if dtype == torch.uint8 else data, -1, descending)
    c.case('aten::sort', c.bools(6), 0, descending)
    c.case('aten::sort.stable', ties, stable=True, dim=1, descending=descending)
    c.case('aten::sort.stable', ties, stable=None, dim=0, descending=descending)
    c.case('aten::argsort', ties, -1, descending)
    c.case('aten::argsort', x, 0, descending)
    c.case('aten::argsort', i64, -1, descending)
    c.case('aten::argsort.stable', ties, stable=True, dim=-1, descending=descending)
c.case('aten::msort', x)
c.case('aten::msort', i64)
c.case('aten::msort', c.rand())

# Where values are equal torch.topk promises no order of the indices: distinct values here.
distinct = torch.tensor([[3.0, -1.0, 7.0, 0.5, 2.0], [1.0, 9.0, -4.0, 6.0, 5.0]])
for largest in (True, False):
    for k in (1, 3, 5, 0):
        c.case('aten::topk', distinct, k, -1, largest, True)
    c.case('aten::topk', distinct, dyn(2), 1, largest, True)
    c.case('aten::topk', distinct, 2, 0, largest, True)
    c.case('aten::topk', distinct, 1, 1, largest, False)
    for dtype in (torch.float64, torch.float16, torch.int64, torch.int32, torch.int8):
        c.case('aten::topk', (distinct * 2).to(dtype), 2, -1, largest, True)
c.case('aten::topk', torch.tensor([1.0, nan, inf, -inf]), 3)
c.case('aten::topk', torch.tensor([1.0, nan, inf, -inf]), 3, largest=False)
c.case('aten::topk', c.rand(), 1)
for k in (1, 3, 5):
    c.case('aten::kthvalue', distinct, k)
c.case('aten::kthvalue', distinct, 2, 1, True)
c.case('aten::kthvalue', distinct, dyn(2), 0)
c.case('aten::kthvalue', (distinct * 2).to(torch.int64), 4)
c.case('aten::kthvalue', torch.tensor([nan, 3.0, 1.0]), 3)
c.case('aten::kthvalue', c.rand(), 1)

small = torch.tensor([[1, 2, 2, 1, 3], [3, 3, 1, 1, 0], [4, 5, 6, 7, 8]])
for keepdim in (False, True):
    for d in (0, 1, -1):
        c.case('aten::mode', small, d, keepdim)
    c.case('aten::mode', ties, -1, keepdim)
c.case('aten::mode', small.to(torch.int32))
c.case('aten::mode', small.to(torch.uint8))
c.case('aten::mode', small.double())
c.case('aten::mode', c.rand())

for interpolation in ('linear', 'lower', 'higher', 'midpoint', 'nearest'):
    c.case('aten::quantile', x, torch.tensor([0.0, 0.3, 1.0]), 1, interpolation=interpolation)
    c.case('aten::quantile.scalar', x, 0.6, 0, interpolation=interpolation)
for op in ('aten::quantile', 'aten::nanquantile'):
    holes = torch.tensor([[1.0, nan, 3.0, 2.0], [nan, nan, nan, nan], [4.0, 0.0, 2.0, 1.0]])
    c.case(op, x, torch.tensor([0.25, 0.5]))
    c.case(op, x234, torch.tensor([0.25, 0.5]), 1, True)
    c.case(op, x, torch.tensor([0.25, 0.5]), None, True)
    c.case(op, x, torch.tensor(0.5), -1)
    c.case(op, holes, torch.tensor([0.1, 0.9]), 1)
    c.case(op + '.scalar', holes, 0.5, 1)
    c.case(op + '.scalar', x, 0.75)
    c.case(op + '.scalar', x, dyn(0.75), 1, True)
    c.case(op + '.scalar', x.double(), 0.1, 0)

values = torch.tensor([[3, 1, 3, 2], [1, 1, 5, 2]])
for inverse in (False, True):
    c.case('aten::_unique', values, True, inverse)
    for counts in (False, True):
        c.case('aten::_unique2', values, True, inverse, counts)
        c.case('aten::unique_consecutive', values, inverse, counts)
        c.case('aten::unique_dim', values, 1, True, inverse, counts)
for dtype in (torch.float32, torch.float64, torch.float16, torch.int32, torch.int16, torch.uint8, torch.int8, torch.bool):
    c.case('aten::_unique2', values.to(dtype), True, True, True)
    c.case('aten::unique_consecutive', values.to(dtype), True, True)
c.case('aten::_unique2', values.flatten(), False, True, True)
c.case('aten::_unique2', torch.zeros(0), True, True, True)
c.case('aten::_unique2', torch.tensor(7), True, True, True)
rows = torch.tensor([[2, 1], [1, 1], [2, 1], [2, 1], [0, 9]])
for data in (rows, rows.float(), rows.to(torch.int32)):
    c.case('aten::unique_dim', data, 0)
    c.case('aten::unique_dim', data, -1, True, True, True)
    c.case('aten::unique_consecutive', data, True, True, 0)
    c.case('aten::unique_consecutive', data, False, False, -1)
    c.case('aten::unique_dim_consecutive', data, 0, True, True)
c.case('aten::unique_consecutive', torch.tensor([1.0, 1.0, 2.0, 2.0, 2.0, 1.0]), True, True)
c.case('aten::unique_consecutive', torch.zeros(0), True, True)
c.case('aten::unique_consecutive', torch.tensor([4]), True, True)

c.case('aten::isin.Tensor_Tensor', values, torch.tensor([1, 5]))
c.case('aten::isin.Tensor_Tensor', values, torch.tensor([[1.5], [2.0]]))
c.case('aten::isin.Tensor_Tensor', values.to(torch.uint8), torch.tensor([3, 300]))
c.case('aten::isin.Tensor_Tensor', values, torch.tensor([1, 5]), invert=True)
c.case('aten::isin.Tensor_Tensor', values, torch.tensor([1, 5]), assume_unique=True)
c.case('aten::isin.Tensor_Tensor', values, torch.zeros(0, dtype=torch.int64))
c.case('aten::isin.Tensor_Tensor', torch.zeros(0), torch.tensor([1.0]))
c.case('aten::isin.Tensor_Tensor', torch.tensor(3), torch.tensor([1, 3]))
c.case('aten::isin.Tensor_Scalar', values, 3)
c.case('aten::isin.Tensor_Scalar', values, dyn(2), invert=True)
c.case('aten::isin.Scalar_Tensor', 3, values)
c.case('aten::isin.Scalar_Tensor', dyn(9), values)

c.case('aten::bincount', torch.tensor([1, 1, 4, 0]))
c.case('aten::bincount', torch.tensor([1, 1, 4, 0]), None, 8)
c.case('aten::bincount', torch.tensor([1, 1, 4, 0]), None, dyn(2))
c.case('aten::bincount', torch.tensor([1, 1, 4, 0], dtype=torch.int32))
c.case('aten::bincount', torch.zeros(0, dtype=torch.int64))
c.case('aten::bincount', torch.zeros(0, dtype=torch.int64), None, 3)
for dtype in (torch.float32, torch.float64, torch.int64, torch.float16):
    c.case('aten::bincount', torch.tensor([1, 1, 4, 0]), torch.tensor([1, 2, 3, 4]).to(dtype))
data = torch.tensor([-1.0, 0.0, 0.3, 0.5, 0.99, 1.0, 1.5, 0.25])
c.case('aten::histc', data, 4, 0, 1)
c.case('aten::histc', data, 4, 0.0, 1.0)
c.case('aten::histc', data, 5)
c.case('aten::histc', data.view(2, 4), 3, -2, 2)
c.case('aten::histc', torch.ones(4), 3)
c.case('aten::histc', data.double(), 4, 0, 1)
c.case('aten::histc', data, 4, dyn(0), dyn(1))
c.case('aten::histc', torch.tensor([0.1, nan, 0.9]), 2, 0, 1)
# More tests than are compared one by one.
for dtype in (torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.float16):
    c.case('aten::isin', c.ints(4, 7, dtype=dtype, low=0, high=60), c.ints(5, 8, dtype=dtype, low=0, high=60))
c.case('aten::isin', c.ints(4, 7, low=0, high=60), c.ints(40, low=0, high=60), invert=True)
many = c.ints(40, low=0, high=60).float()
many[3] = nan
c.case('aten::isin', torch.tensor([nan, 1.0, 0.0, many[0]]), many)
c.case('aten::isin', torch.tensor([]), many)
c.case('aten::isin', c.ints(3, low=0, high=60), c.ints(40, low=0, high=60).float())
c.case('aten::mode', torch.tensor([nan, 1.0, 1.0, nan]))
c.case('aten::mode', c.ints(2, 3, 9, low=0, high=3), 1)
c.case('aten::mode', c.ints(2, 9, dtype=torch.uint8, low=0, high=3), -1, True)
c.case('aten::mode', c.bools(3, 5), 0)
c.write()
