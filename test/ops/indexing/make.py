"""Operator cases of reading and writing by index, masks and positions. See test/ops/opcase.py."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from opcase import Cases, dyn  # noqa: E402

c = Cases(seed=14)
nan, inf = float('nan'), float('inf')


def t(*items, dtype=torch.int64):
    return torch.tensor(items if len(items) != 1 else items[0], dtype=dtype)


def flags(*shape):
    """A mask with both values in it."""
    mask = c.bools(*shape)
    mask.view(-1)[0] = True
    mask.view(-1)[-1] = False
    return mask


x = c.rand(4, 5)
x345 = c.rand(3, 4, 5)
x7 = c.rand(7)
DTYPES = (torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)


def as_type(tensor, dtype):
    return tensor > 0.5 if dtype == torch.bool else (tensor * (1 if dtype.is_floating_point else 10)).to(dtype)


row, col = t([0, 2, -1]), t([4, 1, 0])
grid = t([[0, 1], [2, -1]])
none_of = torch.zeros(0, dtype=torch.int64)
m4, m5, m45 = flags(4), flags(5), flags(4, 5)
off = torch.zeros(4, dtype=torch.bool)
READS = [
    (x7, [t([1, -1, 0])]), (x7, [t(3)]), (x7, [none_of]), (x7, [grid]), (x7, [flags(7)]), (x7, [row.to(torch.int32)]),
    (x, [row]), (x, [None, row]), (x, [row, None]), (x, [row, col]), (x, [row.unsqueeze(1), col]), (x, [t(2), col]), (x, [t(-1), t(-2)]),
    (x, [grid, t(1)]), (x, [grid, t([1, 0])]), (x, [grid]), (x, [None, grid]), (x, [none_of, none_of]), (x, [none_of, t(1)]),
    (x, [m4]), (x, [None, m5]), (x, [m45]), (x, [off]), (x, [off, t(1)]), (x, [m4, t(0)]), (x, [t(1), m5]), (x, [m4.to(torch.uint8)]),
    (x, [row.to(torch.int32), col]),
    (x345, [row]), (x345, [None, row]), (x345, [None, None, row]), (x345, [row, None, col]), (x345, [None, row, col]), (x345, [row, row]),
    (x345, [row, row, t(0)]), (x345, [row, row, col]), (x345, [grid, None, t(2)]), (x345, [None, grid, t([1, 0])]), (x345, [t(1), None, t(2)]),
    (x345, [None, m45]), (x345, [flags(3, 4)]), (x345, [flags(3), None, t(1)]), (x345, [None, m4, t(2)]), (x345, [None, m4]),
    (x345, [flags(3, 4, 5)]), (x345, [None, None, m5]),
    (c.rand(2, 3, 4, 5), [None, row.clamp(0, 2), None, row]), (c.rand(2, 3, 4, 5), [None, t([0, 1]), t([3, 2])]),
    (torch.zeros(0, 3), [none_of]), (torch.zeros(0, 3), [None, t([0, 2])]), (torch.zeros(2, 0), [t([0, 1])]),
]  # fmt: skip
for data, indices in READS:
    c.case('aten::index.Tensor', data, indices)
for dtype in DTYPES:
    c.case('aten::index.Tensor', as_type(x, dtype), [row, col])
    c.case('aten::index.Tensor', as_type(x, dtype), [m45])
c.case('aten::_unsafe_index.Tensor', x, [row, col])
c.case('aten::index.Tensor_hacked_twin', x, [row, col])
c.case('aten::_unsafe_index.Tensor_hacked_twin', x, [row])

WRITES = [
    (x7, [t([1, -1, 0])], c.rand(3)), (x7, [t([1, 3])], c.rand()), (x7, [t(3)], c.rand()), (x7, [none_of], c.rand(0)), (x7, [grid], c.rand(2, 2)),
    (x7, [flags(7)], c.rand()), (x, [row], c.rand(3, 5)), (x, [row], c.rand(5)), (x, [row], c.rand(3, 1)), (x, [row], c.rand()),
    (x, [None, row], c.rand(4, 3)), (x, [None, row], c.rand(3)), (x, [None, row], c.rand(1)), (x, [row, col], c.rand(3)),
    (x, [row, col], c.rand()), (x, [row.unsqueeze(1), col], c.rand(3, 3)), (x, [row.unsqueeze(1), col], c.rand(3)), (x, [t(2), col], c.rand(3)),
    (x, [grid], c.rand(2, 2, 5)), (x, [m4], c.rand(5)), (x, [m4], c.rand()), (x, [m4], c.rand(1)), (x, [None, m5], c.rand()),
    (x, [None, m5], c.rand(4, 1)), (x, [m45], c.rand()), (x, [m45], c.rand(int(m45.sum()))), (x, [m4], c.rand(int(m4.sum()), 5)),
    (x, [off], c.rand()), (x, [off], c.rand(0, 5)), (x, [m4, t(0)], c.rand()), (x, [m4.to(torch.uint8)], c.rand(5)),
    (x345, [row, None, col], c.rand(3, 4)), (x345, [None, row, col], c.rand(3, 3)), (x345, [None, row, col], c.rand(3)),
    (x345, [None, row], c.rand(3, 3, 5)), (x345, [None, row], c.rand(5)), (x345, [None, m45], c.rand()), (x345, [None, m45], c.rand(3, 1)),
    (x345, [flags(3)], c.rand()), (x345, [None, m4], c.rand()), (x345, [None, m4], c.rand(1, 1, 5)),
]  # fmt: skip
for data, indices, values in WRITES:
    c.case('aten::index_put', data, indices, values)
    c.case('aten::index_put', data, indices, values, True)
c.case('aten::index_put', x, [m45], c.rand(1, 1))
c.case('aten::index_put', x7, [t([1, 1, 2, 1])], c.rand(4), True)
c.case('aten::index_put', x, [t([0, 0]), t([1, 1])], c.rand(2), True)
for dtype in DTYPES:
    data = as_type(x, dtype)
    c.case('aten::index_put', data, [row, col], as_type(c.rand(3), dtype))
    c.case('aten::index_put', data, [m45], as_type(c.rand(1), dtype))
    if dtype != torch.bool:
        c.case('aten::index_put', data, [row, row], as_type(c.rand(3), dtype), True)
        c.case('aten::index_put', data, [m45], as_type(c.rand(1), dtype), True)
c.case('aten::_unsafe_index_put', x, [row], c.rand(5))
c.case('aten::_index_put_impl', x, [row], c.rand(5), False, True)
c.case('aten::index_put.hacked_twin', x, [row, col], c.rand(3))
c.case('aten::_unsafe_index_put.hacked_twin', x, [row], c.rand(5), True)

pick = t([3, 0, 0])
for d in (0, 1, -1):
    c.case('aten::index_select', x, d, pick)
c.case('aten::index_select', x345, 1, pick.to(torch.int32))
c.case('aten::index_select', x, 0, t(2))
c.case('aten::index_select', x, 1, none_of)
c.case('aten::index_select', c.rand(), 0, t([0]))
c.case('aten::index_select', torch.zeros(0, 3), 1, t([2, 0]))
for dtype in DTYPES:
    data, two = as_type(x, dtype), as_type(c.rand(2, 5), dtype)
    c.case('aten::index_select', data, 0, pick)
    c.case('aten::index_copy', data, 0, t([2, 0]), two)
    c.case('aten::index_fill.int_Scalar', data, 1, t([2, 0]), 1)
    c.case('aten::gather', data, 0, grid.clamp(0))
    c.case('aten::take', data, t([3, -1]))
    c.case('aten::scatter.src', data, 0, t([[1, 0, 2]]), two)
    c.case('aten::scatter.value', data, 1, t([[1, 0, 2]]), 1)
    c.case('aten::masked_select', data, m45)
    c.case('aten::masked_scatter', data, m45, as_type(c.rand(4, 5), dtype))
    c.case('aten::nonzero', data)
    if dtype != torch.bool:
        c.case('aten::index_add', data, 0, t([2, 0]), two)
        c.case('aten::index_add', data, 0, t([2, 2]), two, alpha=2)
        c.case('aten::scatter_add', data, 0, t([[1, 1, 2]]), two)
        for reduce in ('sum', 'prod', 'mean', 'amax', 'amin'):
            c.case('aten::scatter_reduce.two', data, 0, t([[1, 1, 2], [1, 0, 2]]), two, reduce)
            c.case('aten::scatter_reduce.two', data, 0, t([[1, 1, 2], [1, 0, 2]]), two, reduce, include_self=False)

c.case('aten::index_add', x, 1, t([4, 0, 4]), c.rand(4, 3))
c.case('aten::index_add', x345, -2, t([1, 1]), c.rand(3, 2, 5), alpha=-0.5)
c.case('aten::index_add', x7, 0, t([1, 1, 6]), c.rand(3), alpha=dyn(3.0))
c.case('aten::index_add', x7, 0, none_of, c.rand(0))
c.case('aten::index_add', c.rand(), 0, t([0]), c.rand())
c.case('aten::index_copy', x, 1, t([4, 0]), c.rand(4, 2))
c.case('aten::index_copy', x, -1, t(3), c.rand(4, 1))
c.case('aten::index_copy', x7, 0, none_of, c.rand(0))
c.case('aten::index_fill.int_Scalar', x, 0, t([1, 3]), -1.5)
c.case('aten::index_fill.int_Scalar', x, 0, t([1, 3]), dyn(2.5))
c.case('aten::index_fill.int_Scalar', x345, -2, t(3), 0)
c.case('aten::index_fill.int_Scalar', x, 0, none_of, 7)
c.case('aten::index_fill.int_Scalar', c.rand(), 0, t([0]), 7)
c.case('aten::index_fill.int_Tensor', x, 1, t([0, -1]), torch.tensor(4.0))
for reduce in ('prod', 'mean', 'amax', 'amin'):
    c.case('aten::index_reduce', x, 0, t([1, 1, 3]), c.rand(3, 5), reduce)
    c.case('aten::index_reduce', x345, 1, t([0, 0, 2]), c.rand(3, 3, 5), reduce, include_self=False)

c.case('aten::gather', x, 1, t([[0, 1], [4, 4]]))
c.case('aten::gather', x, -1, torch.zeros(4, 7, dtype=torch.int64))
c.case('aten::gather', x345, 2, torch.ones(3, 2, 1, dtype=torch.int64))
c.case('aten::gather', x7, 0, t([6, 6]))
c.case('aten::gather', x7, 0, t(3))
c.case('aten::gather', c.rand(), 0, t([0, 0]))
c.case('aten::gather', c.rand(), 0, t(0))
c.case('aten::gather', x, 1, torch.zeros(4, 0, dtype=torch.int64))
c.case('aten::gather', x, 1, t([[0, 1], [4, 4]]), sparse_grad=True)
c.case('aten::take', x, grid)
c.case('aten::take', x, t(7))
c.case('aten::take', x, none_of)
c.case('aten::take_along_dim', x, t([[0, 1], [4, 4], [0, 0], [3, 2]]), 1)
c.case('aten::take_along_dim', x, t([[0, 3]]), 1)
c.case('aten::take_along_dim', x, t([[0], [3]]), 0)
c.case('aten::take_along_dim', c.rand(1, 5), t([[0], [3], [2]]), 1)
c.case('aten::take_along_dim', x345, t([[[1]]]), -2)
c.case('aten::take_along_dim', x, t([0, 19, 7]))
c.case('aten::put', x, t([0, 19, -2]), c.rand(3))
c.case('aten::put', x, grid, c.rand(2, 2))
c.case('aten::put', x, t([1, 1, 1]), c.rand(3), True)
c.case('aten::put', x, none_of, c.rand(0))

for op in ('aten::scatter.src', 'aten::scatter_add'):
    c.case(op, x, 1, t([[0, 1], [4, 3]]), c.rand(2, 2))
    c.case(op, x, 1, t([[0, 1], [4, 3]]), c.rand(3, 4))
    c.case(op, x345, -1, torch.ones(2, 2, 1, dtype=torch.int64), c.rand(3, 4, 5))
    c.case(op, x7, 0, t([6, 2]), c.rand(2))
    c.case(op, x7, 0, t([6, 2]), c.rand(4))
    c.case(op, x7, 0, none_of, c.rand(0))
    c.case(op, c.rand(), 0, t(0), c.rand())
    c.case(op, x, 0, torch.zeros(0, 5, dtype=torch.int64), c.rand(4, 5))
c.case('aten::scatter_add', x, 0, torch.zeros(4, 5, dtype=torch.int64), c.rand(4, 5))
for value in (1.5, 0, dyn(2.5)):
    c.case('aten::scatter.value', x, 1, t([[0, 1], [4, 3]]), value)
c.case('aten::scatter.value', c.rand(), 0, t(0), 3)
for reduce in ('add', 'multiply'):
    c.case('aten::scatter.reduce', x, 1, t([[0, 0], [4, 3]]), c.rand(2, 2), reduce=reduce)
    c.case('aten::scatter.value_reduce', x, 1, t([[0, 0], [4, 3]]), 3.0, reduce=reduce)
for reduce in ('sum', 'prod', 'mean', 'amax', 'amin'):
    for include_self in (True, False):
        c.case('aten::scatter_reduce.two', x7, 0, t([1, 1, 2, 1]), c.rand(4), reduce, include_self=include_self)
        c.case('aten::scatter_reduce.two', x345, -1, torch.ones(3, 4, 2, dtype=torch.int64), c.rand(3, 4, 5), reduce, include_self=include_self)
        c.case('aten::scatter_reduce.two', x7, 0, none_of, c.rand(0), reduce, include_self=include_self)
        c.case('aten::scatter_reduce.two', t([7, -7, 7, 3]), 0, t([1, 0, 1]), t([-4, 6, -1]), reduce, include_self=include_self)
for reduce in ('amax', 'amin'):
    c.case('aten::scatter_reduce.two', x7, 0, t([1, 1, 2, 3, 3]), torch.tensor([nan, 1.0, 3.0, 2.0, nan]), reduce)
    c.case('aten::scatter_reduce.two', torch.tensor([nan, 1.0, inf]), 0, t([0, 1, 2]), torch.tensor([5.0, -inf, 1.0]), reduce)

c.case('aten::masked_select', x, m5)
c.case('aten::masked_select', x, m4.unsqueeze(1))
c.case('aten::masked_select', x7, torch.tensor(True))
c.case('aten::masked_select', c.rand(), flags(4))
c.case('aten::masked_select', x, torch.zeros(4, 5, dtype=torch.bool))
c.case('aten::masked_select', torch.zeros(0, 3), torch.zeros(0, 3, dtype=torch.bool))
c.case('aten::masked_scatter', x, m5, c.rand(20))
c.case('aten::masked_scatter', x, m4.unsqueeze(1), c.rand(4, 5))
c.case('aten::masked_scatter', x, torch.zeros(4, 5, dtype=torch.bool), c.rand(0))
c.case('aten::masked_scatter', x7, flags(7), c.rand(2, 4))
sparse = (x345 * (x345 > 0.5)).round()
for op in ('aten::nonzero', 'aten::argwhere', 'aten::nonzero_numpy'):
    c.case(op, sparse)
    c.case(op, m45)
    c.case(op, flags(7))
    c.case(op, torch.zeros(3))
    c.case(op, torch.tensor([nan, 0.0, -0.0, inf]))
    c.case(op, torch.tensor(3.0))
    c.case(op, torch.tensor(0))
    c.case(op, torch.zeros(0, 3))
c.case('aten::where', m45)
c.case('aten::where', sparse)
c.case('aten::where', torch.tensor(True))
c.case('aten::nonzero_static', m45, size=4)
c.case('aten::nonzero_static', m4, size=7)
c.case('aten::nonzero_static', m4, size=dyn(6), fill_value=9)
c.write()
