"""Operator cases of slicing, its scatter twins, and diagonals. See test/ops/opcase.py."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from opcase import Cases, dyn  # noqa: E402

c = Cases(seed=13)
x = c.rand(3, 4)
x234 = c.rand(2, 3, 4)
x8 = c.rand(8)
i64, flags = c.ints(3, 4), c.bools(3, 4)
i32, u8 = i64.to(torch.int32), i64.abs().to(torch.uint8)
empty = torch.zeros(0, 3)

for d, i in ((0, 0), (1, 2), (-1, -1), (-2, 1), (0, -2)):
    c.case('aten::select.int', x, d, i)
c.case('aten::select.int', x234, 1, dyn(2))
c.case('aten::select.int', x234, -1, dyn(-3))
c.case('aten::select.int', x8, 0, 3)
for t in (i64, i32, u8, flags, x.half(), x.double()):
    c.case('aten::select.int', t, 0, 1)
c.case('aten::select_copy.int', x, 0, 1)
c.case('aten::select.int', torch.zeros(2, 0), 0, 1)

for start, end, step in (
    (None, None, 1), (0, 2**63 - 1, 1), (1, None, 1), (None, -1, 1), (2, 6, 1), (-3, None, 1), (None, -6, 1), (1, 7, 2), (None, None, 3),
    (-100, 100, 1), (5, 2, 1), (8, 12, 1), (9, 20, 1), (-2, 2, 1), (-2, 8, 1), (3, 3, 1), (None, None, 100), (-20, -1, 2),
):  # fmt: skip
    c.case('aten::slice.Tensor', x8, 0, start, end, step)
c.case('aten::slice.Tensor', x234, 1, 1, 3)
c.case('aten::slice.Tensor', x234, -1, None, 2)
c.case('aten::slice.Tensor', x234, -1, 1, -1, 2)
c.case('aten::slice_copy.Tensor', x234, 1, 1, 3)
c.case('aten::slice.Tensor', x8, 0, dyn(2), dyn(5), dyn(2))
c.case('aten::slice.Tensor', x8, 0, dyn(-3), dyn(100))
c.case('aten::slice.Tensor', x8, 0, None, dyn(-5))
c.case('aten::slice.Tensor', x8, 0, dyn(6), dyn(2))
c.case('aten::slice.Tensor', x8, 0, 0, dyn(3))
for t in (i64, i32, u8, flags, x.half(), x.double(), u8.to(torch.int8), i32.to(torch.int16)):
    c.case('aten::slice.Tensor', t, 1, 1, 3)
c.case('aten::slice.Tensor', empty, 0, 0, 2)
c.case('aten::slice.Tensor', empty, 1, 1, 2)

for start, length in ((0, 2), (1, 3), (-2, 2), (-3, 2), (4, 0), (0, 4), (-4, 4), (-4, 0)):
    c.case('aten::narrow', x, 1, start, length)
c.case('aten::narrow', x, -2, 1, 1)
c.case('aten::narrow', x, 1, dyn(-2), dyn(2))
c.case('aten::narrow', x, 1, dyn(1), 2)
c.case('aten::narrow', x, 1, -3, dyn(3))
c.case('aten::narrow', x, -1, 2, dyn(1))
c.case('aten::narrow_copy', x, 1, 1, 2)
c.case('aten::narrow.Tensor', x, 1, torch.tensor(1), 2)
c.case('aten::narrow.Tensor', x, -1, torch.tensor(-2), 2)
c.case('aten::narrow.Tensor', x, 0, torch.tensor(1, dtype=torch.int32), dyn(2))

for d, i in ((0, 1), (1, -1), (-1, 0), (0, dyn(-1)), (-2, dyn(2))):
    c.case('aten::select_scatter', x, c.rand(3 if d in (1, -1) else 4), d, i)
c.case('aten::select_scatter', x8, c.rand(), 0, 3)
c.case('aten::select_scatter', i64, c.ints(4), 0, 1)
c.case('aten::select_scatter', flags, c.bools(4), 0, 1)
c.case('aten::select_scatter', u8, u8[0], 0, 2)
c.case('aten::select_scatter', x, c.ints(4), 0, 1)
c.case('aten::select_scatter', x.half(), c.rand(4).half(), 0, 1)
c.case('aten::select_scatter', x.double(), c.rand(4).double(), 0, 1)
c.case('aten::slice_scatter', x8, c.rand(3), 0, 2, 5)
c.case('aten::slice_scatter', x8, c.rand(8))
c.case('aten::slice_scatter', x8, c.rand(2), 0, -2)
c.case('aten::slice_scatter', x8, c.rand(4), 0, None, None, 2)
c.case('aten::slice_scatter', x8, c.rand(2), 0, 1, 6, 3)
c.case('aten::slice_scatter', x8, c.rand(0), 0, 5, 2)
c.case('aten::slice_scatter', x8, c.rand(3), 0, 5, 100)
c.case('aten::slice_scatter', x8, c.rand(3), 0, dyn(2), dyn(5))
c.case('aten::slice_scatter', x8, c.rand(4), 0, dyn(0), None, dyn(2))
c.case('aten::slice_scatter', x234, c.rand(2, 2, 4), 1, 1)
c.case('aten::slice_scatter', x234, c.rand(2, 3, 1), -1, 2, 3)
c.case('aten::slice_scatter', i64, c.ints(3, 2), 1, 0, 2)
c.case('aten::slice_scatter', flags, c.bools(3, 2), 1, 0, 2)
c.case('aten::slice_scatter', u8, u8[:, :2], 1, 2, 4)
c.case('aten::slice_scatter', x.half(), c.rand(3, 2).half(), 1, 0, 2)
c.case('aten::slice_scatter', x.double(), c.rand(3, 2), 1, 0, 2)

for offset in (0, 1, -1, 3, -2, 4, -3):
    c.case('aten::diagonal', x, offset)
for op in ('aten::diagonal', 'aten::diagonal_copy'):
    c.case(op, x234, 0, 1, 2)
    c.case(op, x234, 0, 0, 2)
c.case('aten::diagonal', x234, 1, -1, 0)
c.case('aten::diagonal', x234, -1, 0, 2)
c.case('aten::diagonal', flags)
c.case('aten::diagonal', i64, 1)
c.case('aten::diagonal', u8, 1)
c.case('aten::diagonal', torch.zeros(0, 3))
c.case('aten::linalg_diagonal', x234)
c.case('aten::linalg_diagonal', x234, offset=-1, dim1=0, dim2=1)
c.case('aten::diagonal_scatter', x, c.rand(3))
c.case('aten::diagonal_scatter', x, c.rand(3), 1)
c.case('aten::diagonal_scatter', x, c.rand(2), -1)
c.case('aten::diagonal_scatter', x234, c.rand(2, 3), 0, 1, 2)
c.case('aten::diagonal_scatter', x234, c.rand(3, 2), 1, 0, 2)
c.case('aten::diagonal_scatter', flags, c.bools(3))
c.case('aten::diagonal_scatter', i64, c.ints(3))
for offset in (0, 1, -2, 4):
    c.case('aten::diag', x, offset)
    c.case('aten::diag', c.rand(3), offset)
    c.case('aten::diag_embed', c.rand(3), offset)
    c.case('aten::diagflat', c.rand(2, 2), offset)
c.case('aten::diag', c.ints(3))
c.case('aten::diag', c.bools(3))
c.case('aten::diag', c.rand(0))
c.case('aten::diag_embed', c.rand(2, 3))
c.case('aten::diag_embed', c.rand(2, 3), 1, 0, 2)
c.case('aten::diag_embed', c.rand(2, 3), -1, 1, -1)
c.case('aten::diag_embed', c.rand(2, 3), 0, 2, 0)
c.case('aten::diag_embed', c.ints(2, 3))
c.case('aten::diag_embed', c.bools(2, 3))
c.case('aten::diagflat', c.rand())

c.case('aten::as_strided', x8, [2, 3], [3, 1])
c.case('aten::as_strided', x8, [2, 3], [1, 2], 1)
c.case('aten::as_strided', x, [3, 2], [4, 2])
c.case('aten::as_strided', x, [4, 3], [1, 4])
c.case('aten::as_strided', x, [3, 3], [0, 1], 2)
c.case('aten::as_strided', x, [], [], 5)
c.case('aten::as_strided', i64, [2, 2], [4, 1])
c.case('aten::as_strided', flags, [2, 2], [4, 1], dyn(3))
c.case('aten::as_strided', x, [dyn(2), 2], [4, dyn(1)])
c.case('aten::as_strided_copy', x, [2, 2], [4, 1])
c.case('aten::as_strided_scatter', x, c.rand(2, 2), [2, 2], [4, 1], 1)
c.case('aten::as_strided_scatter', i64, c.ints(2), [2], [5])
# Bounds on one side, and beyond the extent: what stays is before and behind.
c.case('aten::slice_scatter', x8, c.rand(2), 0, -4, -2)
c.case('aten::slice_scatter', x8, c.rand(5), 0, 0, -3)
c.case('aten::slice_scatter', x8, c.rand(1), 0, -20, -7)
c.case('aten::slice_scatter', x8, c.rand(0), 0, -20, -9)
c.case('aten::slice_scatter', x8, c.rand(0), 0, 9, 12)
c.case('aten::slice_scatter', x8, c.rand(0), 0, 6, -3)
c.case('aten::slice_scatter', x234, c.rand(2, 3, 2), 2, -3, -1)
c.case('aten::slice_scatter', x234, c.rand(2, 3, 2), 2, 1, 3)
c.write()
