"""Reductions and running reductions. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import warnings

import torch
from opcase import Cases, dyn

warnings.simplefilter('ignore')
c = Cases(seed=16)
F32, F64, F16, I64, I32, I16, I8, U8, B = (
    torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
)  # fmt: skip
INF, NAN = float('inf'), float('nan')
WITH_NAN = torch.tensor([[1.0, NAN, 3.0], [4.0, 5.0, -6.0], [NAN, NAN, NAN]])
WITH_INF = torch.tensor([[1.0, INF, 3.0], [-INF, 5.0, -6.0], [-INF, -INF, -INF], [INF, INF, -INF]])


def of(dtype, *shape):
    return c.bools(*shape) if dtype == B else c.rand(*shape, dtype=dtype) if dtype.is_floating_point else c.ints(*shape, dtype=dtype, low=0, high=5)


x = c.rand(2, 3, 4)
for op in ('sum', 'mean', 'prod'):
    for dtype in (F32, F64, F16) + (() if op == 'mean' else (I64, I32, I16, I8, U8, B)):
        c.case(f'aten::{op}', of(dtype, 2, 3))
    c.case(f'aten::{op}', c.rand())
    c.case(f'aten::{op}', of(I64, 2, 3), dtype=F32)
    c.case(f'aten::{op}', c.rand(2, 3), dtype=F64)
    if op != 'mean':
        c.case(f'aten::{op}', c.rand(0, 3))
        c.case(f'aten::{op}', of(I32, 3), dtype=I32)
for op in ('sum.dim_IntList', 'mean.dim', 'nansum', 'nanmean'):
    for dim in (0, -1, [0, 2], [-1, -2], [], None, [0, 1, 2]):
        c.case(f'aten::{op}', x, dim)
        c.case(f'aten::{op}', x, dim, True)
    c.case(f'aten::{op}', c.rand(), 0)
    c.case(f'aten::{op}', c.rand(), None, True)
    c.case(f'aten::{op}', c.rand(3, dtype=F64), 0)
    c.case(f'aten::{op}', c.rand(2, 3, dtype=F16), 1)
    c.case(f'aten::{op}', WITH_NAN, 1)
    c.case(f'aten::{op}', c.rand(2, 3), 1, False, dtype=F64)
    if 'sum' in op:
        c.case(f'aten::{op}', of(I64, 2, 3), 1)
        c.case(f'aten::{op}', of(I32, 2, 3), 0, True)
        c.case(f'aten::{op}', c.rand(0, 3), 0)
c.case('aten::sum.dim_IntList', c.bools(2, 3), 1)
c.case('aten::mean.dim', of(I64, 2, 3), 1, dtype=F32)
for dim in (0, 1, -1):
    c.case('aten::prod.dim_int', x, dim)
    c.case('aten::prod.dim_int', x, dim, True)
c.case('aten::prod.dim_int', of(I32, 2, 3), 1)
c.case('aten::prod.dim_int', c.bools(2, 3), 1, dtype=I32)
c.case('aten::prod.dim_int', c.rand(), 0)

for op in ('max', 'min'):
    for dtype in (F32, F64, F16, I64, I32, I16, I8, U8, B):
        y = c.perm(2, 3, dtype=I64).to(dtype) if dtype != B else c.bools(2, 3)
        c.case(f'aten::{op}', y)
        c.case(f'aten::a{op}', y, 1)
        if dtype not in (B,):
            c.case(f'aten::{op}.dim', y.abs(), 1)
            c.case(f'aten::arg{op}', y.abs(), 0)
    c.case(f'aten::{op}', c.rand())
    for z in (WITH_NAN, WITH_INF, WITH_NAN.to(F16), WITH_NAN.to(F64)):
        c.case(f'aten::{op}', z)
        c.case(f'aten::a{op}', z, 1)
        c.case(f'aten::a{op}', z, [0, 1], True)
    p = c.perm(2, 3, 4)
    for dim in (0, 1, -1):
        for keep in (False, True):
            c.case(f'aten::{op}.dim', p, dim, keep)
            c.case(f'aten::arg{op}', p, dim, keep)
            c.case(f'aten::a{op}', p, dim, keep)
    c.case(f'aten::a{op}', p, [], True)
    c.case(f'aten::a{op}', p)
    c.case(f'aten::a{op}', p, [0, -1])
    c.case(f'aten::arg{op}', p)
    c.case(f'aten::arg{op}', p, None, True)
    c.case(f'aten::arg{op}', c.rand())
    c.case(f'aten::arg{op}', c.rand(), 0)
    c.case(f'aten::arg{op}', c.rand(), None, True)
    c.case(f'aten::{op}.dim', c.rand(), 0)
    c.case(f'aten::{op}.dim', c.rand(), -1, True)
    c.case(f'aten::arg{op}', torch.tensor([[3, 7, 7], [5, 5, 1]]), 1)
    c.case(f'aten::arg{op}', c.bools(4).to(I16), 0)
    c.case(f'aten::{op}.dim', torch.tensor([[3.0, 7.0, 7.0], [5.0, 5.0, 1.0]]), 1)
c.case('aten::aminmax', x)
c.case('aten::aminmax', x, dim=1)
c.case('aten::aminmax', x, dim=-1, keepdim=True)
c.case('aten::_aminmax', x)
c.case('aten::_aminmax.dim', x, 0, True)

for op in ('any', 'all'):
    for y in (c.bools(2, 3), of(I64, 2, 3), of(U8, 2, 3), torch.tensor([0.0, NAN]), c.rand(2, 0), c.bools(), torch.ones(2, 3)):
        c.case(f'aten::{op}', y)
        c.case(f'aten::{op}.dim', y, 0)
        c.case(f'aten::{op}.dim', y, -1, True)
    c.case(f'aten::{op}.dims', c.bools(2, 3, 2), [0, 2])
    c.case(f'aten::{op}.dims', c.bools(2, 3, 2), [1], True)
    c.case(f'aten::{op}.dims', c.bools(2, 3, 2), None)
    c.case(f'aten::{op}.dims', c.bools(2, 3, 2), [])
for y in (of(I64, 2, 3), torch.tensor([[0.0, NAN], [1.0, -0.0]]), c.bools(2, 2), c.rand(0, 2)):
    c.case('aten::count_nonzero', y)
    c.case('aten::count_nonzero', y, 1)
    c.case('aten::count_nonzero.dim_IntList', y, [0, 1])
    c.case('aten::count_nonzero.dim_IntList', y, [-1])

for op in ('var', 'std', 'var_mean', 'std_mean'):
    c.case(f'aten::{op}', x)
    c.case(f'aten::{op}', x, False)
    c.case(f'aten::{op}', c.rand(5, dtype=F64))
    c.case(f'aten::{op}', c.rand(5, dtype=F16))
    c.case(f'aten::{op}', c.rand(1))
    for dim in (0, -1, [0, 2], None, []):
        c.case(f'aten::{op}.dim', x, dim)
        c.case(f'aten::{op}.dim', x, dim, False, True)
        c.case(f'aten::{op}.correction', x, dim)
        c.case(f'aten::{op}.correction', x, dim, correction=0, keepdim=True)
        c.case(f'aten::{op}.correction', x, dim, correction=2)
    c.case(f'aten::{op}.correction', x, 1, correction=dyn(2))
    c.case(f'aten::{op}.correction', x, 1, correction=0.5)
    c.case(f'aten::{op}.correction', c.rand(2, 2), 1, correction=2)
    c.case(f'aten::{op}.correction', c.rand(2, 2), 1, correction=3)

for op in ('logsumexp', 'special_logsumexp'):
    c.case(f'aten::{op}', x, [], True)
    for dim in (0, -1, [0, 2]):
        c.case(f'aten::{op}', x, dim)
        c.case(f'aten::{op}', x, dim, True)
    c.case(f'aten::{op}', WITH_INF, 1)
    c.case(f'aten::{op}', WITH_NAN, 1)
    c.case(f'aten::{op}', torch.tensor([1000.0, 1001.0]), 0)
    c.case(f'aten::{op}', of(I64, 2, 3), 1)
    c.case(f'aten::{op}', c.rand(), 0)
    c.case(f'aten::{op}', c.rand(2, 3, dtype=F16), 1)
    c.case(f'aten::{op}', c.rand(2, 3, dtype=F64), 1, True)

for p in (2, 1, 0, INF, -INF, 3, 0.5, -1, 2.0):
    c.case('aten::norm.Scalar', x, p)
    c.case('aten::norm.ScalarOpt_dim', x, p, 1)
    c.case('aten::linalg_vector_norm', x, p)
    c.case('aten::linalg_vector_norm', x, p, [0, -1], True)
    c.case('aten::linalg_norm', c.rand(4), p)
    c.case('aten::linalg_norm', x, p, 1)
    c.case('aten::dist', c.rand(2, 3), c.rand(3), p)
c.case('aten::norm.Scalar', x)
c.case('aten::norm.Scalar', c.rand(4, dtype=F16))
c.case('aten::norm.Scalar', c.rand(4, dtype=F64))
c.case('aten::norm.Scalar', c.rand())
c.case('aten::norm.ScalarOpt_dim', x, None, [0, 1], True)
c.case('aten::norm.ScalarOpt_dim', x, 2, [])
c.case('aten::norm.ScalarOpt_dim', WITH_NAN, INF, 1)
c.case('aten::norm.ScalarOpt_dim_dtype', x, 2, 1, True, dtype=F64)
c.case('aten::norm.ScalarOpt_dtype', x, None, dtype=F64)
c.case('aten::frobenius_norm.dim', x, [0, 1])
c.case('aten::frobenius_norm.dim', x, [-1], True)
c.case('aten::linalg_vector_norm', x, dtype=F64)
c.case('aten::linalg_norm', x)
c.case('aten::linalg_norm', x, None, [1, 2])
c.case('aten::linalg_norm', c.rand(3, 4), None)
for order in (1, -1, INF, -INF):
    c.case('aten::linalg_norm', c.rand(3, 4), order)
    c.case('aten::linalg_norm', x, order, [0, 2], True)
    c.case('aten::linalg_matrix_norm', x, order)
    c.case('aten::linalg_matrix_norm', x, order, [1, 0])
c.case('aten::linalg_norm.ord_str', c.rand(3, 4), 'fro')
c.case('aten::linalg_norm.ord_str', x, 'fro', [0, 1], True)
c.case('aten::linalg_matrix_norm.str_ord', x)
c.case('aten::linalg_matrix_norm.str_ord', x, 'fro', [0, 1], True)
c.case('aten::dist', c.rand(4), c.rand(4))

for op in ('cumsum', 'cumprod'):
    for dim in (0, 1, -1):
        c.case(f'aten::{op}', x, dim)
    for dtype in (F64, F16, I64, I32, U8, B):
        c.case(f'aten::{op}', of(dtype, 2, 4), 1)
    c.case(f'aten::{op}', c.rand(), 0)
    c.case(f'aten::{op}', c.rand(0, 3), 0)
    c.case(f'aten::{op}', c.rand(2, 0, 3), 0)
    c.case(f'aten::{op}', of(I64, 4), 0, dtype=F32)
    c.case(f'aten::{op}', c.rand(4), 0, dtype=F64)
c.case('aten::cumsum', c.rand(2, 3), dyn(1))
for op in ('cummax', 'cummin'):
    for dim in (0, 1, -1):
        c.case(f'aten::{op}', x, dim)
    c.case(f'aten::{op}', of(I64, 2, 6), 1)
    c.case(f'aten::{op}', of(U8, 6), 0)
    c.case(f'aten::{op}', torch.tensor([3.0, 1.0, NAN, 5.0, NAN, 9.0]), 0)
    c.case(f'aten::{op}', c.rand(), 0)
for dim in (0, -1):
    c.case('aten::logcumsumexp', x, dim)
c.case('aten::logcumsumexp', torch.tensor([-INF, 1.0, INF, 2.0]), 0)
c.case('aten::logcumsumexp', c.rand(4, dtype=F64), 0)

for op in ('median', 'nanmedian'):
    for y in (c.perm(5), c.perm(2, 3), c.perm(6, dtype=I64), c.perm(4, dtype=F64), c.rand(), c.perm(5, dtype=I32), WITH_NAN[:2]):
        c.case(f'aten::{op}', y)
    for dim in (0, -1):
        for keep in (False, True):
            c.case(f'aten::{op}.dim', c.perm(3, 4), dim, keep)
    c.case(f'aten::{op}.dim', c.perm(2, 5, dtype=I64), 1)
    c.case(f'aten::{op}.dim', WITH_NAN[:2], 1)
    c.case(f'aten::{op}.dim', WITH_NAN[:2], 1, True)
    c.case(f'aten::{op}.dim', c.rand(), 0)

holes = torch.tensor([[1.0, NAN, 3.0, NAN], [INF, 2.0, NAN, INF], [-INF, 0.0, 1.0, 2.0]])
for op in ('argmax', 'argmin'):
    c.case(f'aten::{op}', holes)
    c.case(f'aten::{op}', holes, 1)
    c.case(f'aten::{op}', holes.double(), 0, True)
    c.case(f'aten::{op}', holes.half(), -1)
for op in ('max', 'min'):
    c.case(f'aten::{op}.dim', holes, 1)
    c.case(f'aten::{op}.dim', holes, 0, True)

c.write()
