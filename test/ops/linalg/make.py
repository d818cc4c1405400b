"""Products, determinants, distances. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=17)
F32, F64, F16, I64, I32, I16, I8, U8 = (
    torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
)  # fmt: skip
NAN, INF = float('nan'), float('inf')

for op in ('matmul', 'linalg_matmul'):
    for a, b in [((3,), (3,)), ((2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((3,), (5, 3, 4)),
                 ((5, 2, 3), (3,)), ((2, 0), (0, 3)), ((0, 2), (2, 3)), ((5, 2, 3), (5, 3, 1))]:  # fmt: skip
        c.case(f'aten::{op}', c.rand(*a), c.rand(*b))
for dtype in (F64, F16):
    c.case('aten::matmul', c.rand(2, 3, dtype=dtype), c.rand(3, 2, dtype=dtype))
for dtype in (I64, I32, I16, I8, U8):
    c.case('aten::matmul', c.ints(2, 3, dtype=dtype, low=0), c.ints(3, 2, dtype=dtype, low=0))
    c.case('aten::mm', c.ints(2, 3, dtype=dtype, low=0), c.ints(3, 2, dtype=dtype, low=0))
c.case('aten::mm', c.rand(2, 3), c.rand(3, 4))
c.case('aten::bmm', c.rand(2, 2, 3), c.rand(2, 3, 4))
c.case('aten::mv', c.rand(2, 3), c.rand(3))
c.case('aten::mv', c.ints(2, 3), c.ints(3))
for op in ('dot', 'vdot'):
    c.case(f'aten::{op}', c.rand(3), c.rand(3))
    c.case(f'aten::{op}', c.ints(3), c.ints(3))
    c.case(f'aten::{op}', c.rand(0), c.rand(0))
for op in ('outer', 'ger'):
    c.case(f'aten::{op}', c.rand(3), c.rand(2))
    c.case(f'aten::{op}', c.ints(3), c.ints(2))
c.case('aten::outer', c.ints(3), c.rand(2))
for a, b in [((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), (3,)), ((), (3,)), ((2, 4, 3), (5, 3))]:
    c.case('aten::inner', c.rand(*a), c.rand(*b))
c.case('aten::linalg_vecdot', c.rand(2, 3), c.rand(3))
c.case('aten::linalg_vecdot', c.rand(2, 3), c.rand(2, 3), dim=0)

for shape in ((2, 4), (4,), (1, 4), (2, 1), ()):
    c.case('aten::addmm', c.rand(*shape), c.rand(2, 3), c.rand(3, 4))
c.case('aten::addmm', c.rand(2, 4), c.rand(2, 3), c.rand(3, 4), beta=0.5, alpha=2)
c.case('aten::addmm', torch.full((2, 4), NAN), c.rand(2, 3), c.rand(3, 4), beta=0, alpha=2)
c.case('aten::addmm', c.rand(2, 4), c.rand(2, 3), c.rand(3, 4), beta=dyn(2), alpha=dyn(0.5))
c.case('aten::addmm', c.ints(2, 4), c.ints(2, 3), c.ints(3, 4), beta=2, alpha=3)
c.case('aten::addmm', c.rand(4, dtype=F64), c.rand(2, 3, dtype=F64), c.rand(3, 4, dtype=F64))
c.case('aten::addmm', c.rand(4, dtype=F16), c.rand(2, 3, dtype=F16), c.rand(3, 4, dtype=F16))
c.case('aten::addmv', c.rand(2), c.rand(2, 3), c.rand(3))
c.case('aten::addmv', c.rand(2), c.rand(2, 3), c.rand(3), beta=0.5, alpha=2)
c.case('aten::addr', c.rand(2, 3), c.rand(2), c.rand(3))
c.case('aten::addr', c.rand(3), c.rand(2), c.rand(3), beta=0.5, alpha=2)
c.case('aten::baddbmm', c.rand(5, 2, 4), c.rand(5, 2, 3), c.rand(5, 3, 4))
c.case('aten::baddbmm', c.rand(1, 4), c.rand(5, 2, 3), c.rand(5, 3, 4), beta=2, alpha=0.5)
c.case('aten::baddbmm', torch.full((5, 2, 4), NAN), c.rand(5, 2, 3), c.rand(5, 3, 4), beta=0, alpha=0.5)
c.case('aten::addbmm', c.rand(2, 4), c.rand(5, 2, 3), c.rand(5, 3, 4))
c.case('aten::addbmm', c.rand(4), c.rand(5, 2, 3), c.rand(5, 3, 4), beta=2, alpha=0.5)

for shape in ((3,), (2, 3), (2, 4, 3), (2, 1, 4, 3), (0, 3)):
    c.case('aten::linear', c.rand(*shape), c.rand(5, 3), c.rand(5))
    c.case('aten::linear', c.rand(*shape), c.rand(5, 3))
c.case('aten::linear', c.rand(2, 3), c.rand(3))
for dtype in (F64, F16):
    c.case('aten::linear', c.rand(2, 3, dtype=dtype), c.rand(5, 3, dtype=dtype), c.rand(5, dtype=dtype))
    c.case('aten::linear', c.rand(2, 2, 3, dtype=dtype), c.rand(5, 3, dtype=dtype), c.rand(5, dtype=dtype))
for lead in ((), (2,), (2, 3)):
    c.case('aten::bilinear', c.rand(*lead, 3), c.rand(*lead, 4), c.rand(5, 3, 4), c.rand(5))
c.case('aten::bilinear', c.rand(2, 3), c.rand(2, 4), c.rand(5, 3, 4), None)

for equation, *shapes in [
    ('ij,jk->ik', (2, 3), (3, 4)), ('ij,jk', (2, 3), (3, 4)), ('bij,bjk->bik', (2, 2, 3), (2, 3, 4)), ('bhqd,bhkd->bhqk', (1, 2, 3, 4), (1, 2, 5, 4)),
    ('...ij,...jk->...ik', (2, 5, 2, 3), (3, 4)), ('...ij,...jk->...ik', (2, 1, 2, 3), (5, 3, 4)), ('ii->i', (3, 3)), ('ii', (3, 3)), ('ij->', (2, 3)), ('i,j->ij', (2,), (3,)),
    ('ij->ji', (2, 3)), ('ba', (2, 3)), ('Ab,bC->CA', (2, 3), (3, 4)), ('...', (2, 3)), ('i...->...', (2, 3, 4)), (' i j , j k -> i k ', (2, 3), (3, 4)), ('bn,anm,bm->ba', (2, 3), (4, 3, 5), (2, 5)),
    ('i,i,i->i', (3,), (3,), (3,)), ('ijk,jil->kl', (2, 3, 4), (3, 2, 5)), ('...j,...j->...', (2, 3), (2, 3)), ('bi,bi->b', (2, 3), (1, 3)), ('xyz->zxy', (2, 3, 4)), ('a,->a', (3,), ()),
]:  # fmt: skip
    c.case('aten::einsum', equation, [c.rand(*shape) for shape in shapes])
c.case('aten::einsum', 'ij,jk->ik', [c.ints(2, 3), c.ints(3, 4)])
c.case('aten::einsum', 'ij,jk->ik', [c.rand(2, 3, dtype=F64), c.rand(3, 4, dtype=F64)])
c.case('aten::einsum', 'ij,jk->ik', [c.rand(2, 3), c.rand(3, 4)], path=[0, 1])
c.case('aten::tensordot', c.rand(2, 3, 4), c.rand(4, 3, 5), [1, 2], [1, 0])
c.case('aten::tensordot', c.rand(2, 3), c.rand(3, 5), [-1], [0])
c.case('aten::tensordot', c.rand(2), c.rand(3), [], [])
c.case('aten::chain_matmul', [c.rand(2, 3), c.rand(3, 4), c.rand(4, 5)])
c.case('aten::linalg_multi_dot', [c.rand(2, 3), c.rand(3, 4), c.rand(4)])

for dim in (0, -1):
    shape = (3, 2) if dim == 0 else (2, 3)
    c.case('aten::cross', c.rand(*shape), c.rand(*shape), dim)
    c.case('aten::linalg_cross', c.rand(*shape), c.rand(*shape), dim=dim)
c.case('aten::linalg_cross', c.rand(2, 3), c.rand(1, 3))
c.case('aten::linalg_cross', c.ints(2, 3), c.ints(2, 3))
for a, b in [((2, 3), (4, 5)), ((2,), (3,)), ((2, 3), (4,)), ((2,), (3, 4)), ((), (2, 2)), ((2, 2, 2), (3, 1, 2)), ((0, 2), (2, 2))]:
    c.case('aten::kron', c.rand(*a), c.rand(*b))
c.case('aten::kron', c.ints(2, 2), c.ints(2, 2))
for n in (0, 1, 2, 3, 5, -1):
    c.case('aten::matrix_power', c.rand(3, 3) + torch.eye(3) * 3, n)
    c.case('aten::linalg_matrix_power', c.rand(2, 3, 3) + torch.eye(3) * 3, n)
c.case('aten::trace', c.rand(3, 3))
c.case('aten::trace', c.rand(2, 4))
c.case('aten::trace', c.ints(3, 2))
c.case('aten::trace', c.ints(3, 2, dtype=I32))
c.case('aten::trace', torch.tensor([[1.0, INF], [NAN, 2.0]]))
for shape in ((3, 3), (2, 2, 2), (1, 1)):
    x = c.rand(*shape) + torch.eye(shape[-1]) * 3
    for op in ('det', 'linalg_det', 'logdet', 'slogdet', 'linalg_slogdet', 'inverse', 'linalg_inv', 'linalg_inv_ex'):
        c.case(f'aten::{op}', x)
c.case('aten::inverse', c.rand(3, 3, dtype=F64) + torch.eye(3) * 3)

for p in (2.0, 1.0, 0.0, INF, 3.0):
    c.case('aten::cdist', c.rand(2, 3), c.rand(4, 3), p)
    c.case('aten::cdist', c.rand(2, 1, 2, 3), c.rand(5, 4, 3), p, None)
    c.case('aten::pairwise_distance', c.rand(2, 3), c.rand(2, 3), p)
    c.case('aten::pairwise_distance', c.rand(2, 3), c.rand(3), p, 1e-3, True)
c.case('aten::cdist', c.rand(2, 3), c.rand(4, 3))
c.case('aten::_cdist_forward', c.rand(2, 3), c.rand(4, 3), 2.0, None)
c.case('aten::_euclidean_dist', c.rand(2, 3), c.rand(4, 3))
c.case('aten::pairwise_distance', c.rand(3), c.rand(3))
for dim in (0, 1, -1):
    c.case('aten::cosine_similarity', c.rand(2, 3), c.rand(2, 3), dim)
c.case('aten::cosine_similarity', c.rand(2, 3, 4), c.rand(3, 1))
c.case('aten::cosine_similarity', torch.zeros(2, 3), c.rand(2, 3), 1, 1e-3)
c.case('aten::cosine_similarity', c.rand(2, 3, dtype=F64), c.rand(2, 3, dtype=F64), 1, dyn(1e-6))

for p in (0.5, 1.5, 2.0, 1.0, INF, 0.0):
    c.case('aten::cdist', c.rand(3, 4, dtype=F64), c.rand(2, 4, dtype=F64), p)
    c.case('aten::cdist', c.rand(0, 3), c.rand(4, 3), p)
    c.case('aten::cdist', c.rand(2, 0), c.rand(4, 0), p)
    c.case('aten::cdist', c.rand(2, 3, 2), c.rand(2, 0, 2), p)
c.case('aten::cdist', torch.tensor([[1.0, 2.0], [NAN, 0.0], [INF, 1.0]]), torch.tensor([[1.0, 2.0], [0.0, 0.0]]), 2.0)
c.case('aten::cdist', c.rand(40, 3), c.rand(30, 3), 2.0, 1)
c.case('aten::cdist', c.rand(4, 3), c.rand(3, 3), 2.0, 2)
c.case('aten::chain_matmul', [c.rand(2, 3)])
c.case('aten::chain_matmul', [c.rand(2, 3), c.rand(3, 1), c.rand(1, 4), c.rand(4, 2)])
c.case('aten::linalg_multi_dot', [c.rand(3), c.rand(3, 4), c.rand(4)])
c.case('aten::linalg_multi_dot', [c.rand(3), c.rand(3)])
c.case('aten::linalg_multi_dot', [c.rand(2, 3, dtype=F64), c.rand(3, 4, dtype=F64), c.rand(4, 2, dtype=F64), c.rand(2, 5, dtype=F64)])
c.case('aten::linalg_cross', c.rand(4, 1, 3), c.rand(1, 2, 3))
c.case('aten::linalg_cross', c.rand(3, 2, 2), c.rand(3, 1, 2), dim=-3)
c.case('aten::linalg_cross', c.rand(3, dtype=F64), c.rand(3, dtype=F64))
c.case('aten::linalg_vecdot', c.rand(2, 3), c.rand(4, 1, 3))
c.case('aten::linalg_vecdot', c.rand(3, 2, 2), c.rand(3, 1, 2), dim=-3)
c.case('aten::linalg_vecdot', c.rand(2, 0), c.rand(2, 0))
c.case('aten::linalg_vecdot', c.rand(3, dtype=F64), c.rand(3, dtype=F64))
for n in (-2, -3, 4, 7):
    c.case('aten::linalg_matrix_power', c.rand(2, 3, 3, dtype=F64) + torch.eye(3) * 3, n)
c.case('aten::linalg_matrix_power', c.rand(0, 0), 3)
c.case('aten::linalg_matrix_power', c.rand(1, 1), -1)

c.write()
