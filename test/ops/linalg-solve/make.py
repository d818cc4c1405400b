"""Linear systems, inverses, determinants, LU and Cholesky. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=41)
F32, F64 = torch.float32, torch.float64
SQUARES = ((3, 3), (2, 4, 4), (2, 1, 3, 3), (1, 1), (5, 5), (0, 0), (0, 3, 3), (2, 0, 0))


def well(*shape, dtype=F32):
    """A matrix far from singular, whose pivots are not on the diagonal."""
    n = shape[-1]
    return c.rand(*shape, dtype=dtype) + torch.eye(n, dtype=dtype).roll(1, -1) * 5


def positive(*shape, dtype=F32):
    x = c.rand(*shape, dtype=dtype)
    return x @ x.mT + torch.eye(shape[-1], dtype=dtype)


for shape in SQUARES:
    for dtype in (F32, F64):
        x = well(*shape, dtype=dtype)
        for op in ('det', 'linalg_det', 'logdet', 'slogdet', 'linalg_slogdet', 'inverse', 'linalg_inv', 'linalg_inv_ex', 'linalg_lu_factor', 'linalg_lu_factor_ex', 'linalg_lu'):
            if dtype is F32 or op not in ('linalg_det', 'linalg_slogdet', 'linalg_inv', 'linalg_lu_factor'):
                c.case(f'aten::{op}', x)
SINGULAR = (torch.tensor([[1.0, 2.0], [2.0, 4.0]]), torch.zeros(3, 3), torch.tensor([[0.0, 1.0, 2.0], [0.0, 3.0, 4.0], [0.0, 5.0, 7.0]]))
for x in (*SINGULAR, torch.stack([SINGULAR[2], torch.eye(3)])):
    for op in ('det', 'slogdet', 'logdet', 'linalg_lu_factor_ex', 'linalg_lu'):
        c.case(f'aten::{op}', x)
c.case('aten::det', torch.tensor([[float('nan'), 1.0], [1.0, 2.0]]))
c.case('aten::slogdet', torch.full((40, 40), -0.5) + torch.eye(40) * 30)
c.case('aten::det', torch.eye(30) * 0.01)
for n in (12, 33):
    x = well(n, n)
    c.case('aten::linalg_inv', x)
    c.case('aten::linalg_solve', x, c.rand(n, 3))

for shape in ((3, 5), (5, 3), (2, 4, 2), (2, 2, 4), (1, 3), (3, 1), (0, 3), (3, 0), (2, 3, 2, 4)):
    x = c.rand(*shape)
    for op in ('linalg_lu_factor', 'linalg_lu_factor_ex', 'linalg_lu', '_lu_with_info'):
        c.case(f'aten::{op}', x)
    lu, pivots = torch.linalg.lu_factor(x)
    c.case('aten::lu_unpack', lu, pivots)
    c.case('aten::lu_unpack', lu, pivots, False, True)
    c.case('aten::lu_unpack', lu, pivots, True, False)

for a, b in [((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (2, 3)), ((2, 3, 3), (2, 3, 2)), ((3, 3), (2, 3, 2)), ((2, 1, 3, 3), (2, 4, 3, 2)), ((1, 1), (1, 1)), ((2, 3, 3), (3,)), ((0, 3, 3), (0, 3, 2)),
             ((3, 3), (3, 0)), ((0, 0), (0, 2)), ((2, 2, 3, 3), (2, 2, 3)), ((4, 4), (4, 1))]:  # fmt: skip
    for dtype in (F32, F64):
        c.case('aten::linalg_solve', well(*a, dtype=dtype), c.rand(*b, dtype=dtype))
    c.case('aten::linalg_solve_ex', well(*a), c.rand(*b))
for a, b in [((3, 3), (2, 3)), ((2, 3, 3), (2, 4, 3)), ((3, 3), (2, 1, 3))]:
    c.case('aten::linalg_solve', well(*a), c.rand(*b), left=False)
    c.case('aten::linalg_solve_ex', well(*a), c.rand(*b), left=False)

for a, b in [((3, 3), (3, 2)), ((2, 3, 3), (2, 3, 2)), ((3, 3), (2, 3, 2)), ((2, 1, 3, 3), (4, 3, 2)), ((1, 1), (1, 3)), ((0, 0), (0, 2)), ((3, 3), (3, 0))]:
    for upper in (True, False):
        t = well(*a)
        t = t + torch.eye(a[-1]) * 4
        side = c.rand(*b)
        c.case('aten::linalg_solve_triangular', t.triu() if upper else t.tril(), side, upper=upper)
        c.case('aten::linalg_solve_triangular', t.triu() if upper else t.tril(), side.mT, upper=upper, left=False)
        c.case('aten::linalg_solve_triangular', t.double(), side.double(), upper=upper, unitriangular=True)
        c.case('aten::linalg_solve_triangular', t, side.mT, upper=upper, left=False, unitriangular=True)
        for transpose in (True, False):
            c.case('aten::triangular_solve', side, t, upper, transpose, transpose)
        c.case('aten::triangular_solve', side, t, upper)
        factor = torch.linalg.cholesky_ex(positive(*a), upper=upper)[0]
        c.case('aten::cholesky_solve', side, factor, upper)
        c.case('aten::_cholesky_solve_helper', side.expand(torch.broadcast_shapes(side.shape[:-2], a[:-2]) + side.shape[-2:]).clone(), factor.expand(torch.broadcast_shapes(side.shape[:-2], a[:-2]) + a[-2:]).clone(), upper)
    lu, pivots = torch.linalg.lu_factor(well(*a))
    for adjoint in (True, False):
        c.case('aten::linalg_lu_solve', lu, pivots, side, adjoint=adjoint)
        c.case('aten::linalg_lu_solve', lu, pivots, side.mT, left=False, adjoint=adjoint)
    c.case('aten::lu_solve', side, lu, pivots)

for shape in SQUARES:
    for dtype in (F32, F64):
        x = positive(*shape, dtype=dtype)
        for upper in (False, True):
            c.case('aten::linalg_cholesky', x, upper=upper)
            c.case('aten::cholesky', x, upper)
            c.case('aten::linalg_cholesky_ex', x, upper=upper)
            c.case('aten::cholesky_inverse', torch.linalg.cholesky_ex(x, upper=upper)[0], upper)
# Only one triangle is looked at.
c.case('aten::linalg_cholesky', positive(3, 3).tril())
c.case('aten::linalg_cholesky', positive(3, 3).triu(), upper=True)
for x in (torch.tensor([[1.0, 2.0], [2.0, 1.0]]), torch.zeros(3, 3), torch.stack([torch.eye(3), -torch.eye(3)]), torch.diag(torch.tensor([1.0, 1.0, -1.0]))):
    text = 'graph(%x : Tensor):\n  %f : bool = prim::Constant[value=0]()\n  %l : Tensor, %info : Tensor = aten::linalg_cholesky_ex(%x, %f, %f)\n  return (%info)\n'
    c.ir(text, x, op='aten::linalg_cholesky_ex')

for shape in (*SQUARES, (6, 6), (9, 9)):
    for dtype in (F32, F64):
        x = c.rand(*shape, dtype=dtype)
        # Diagonals of zeros want pivots of two rows.
        for matrix in (x + x.mT, (x + x.mT) * (1 - torch.eye(shape[-1], dtype=dtype)), positive(*shape, dtype=dtype)):
            if matrix.shape[-1] == 1 and not matrix.any():
                continue
            c.case('aten::linalg_ldl_factor_ex', matrix)
            if dtype is F32:
                c.case('aten::linalg_ldl_factor', matrix, hermitian=True)
            ld, pivots = torch.linalg.ldl_factor(matrix)
            c.case('aten::linalg_ldl_solve', ld, pivots, c.rand(*shape[:-2], shape[-1], 2, dtype=dtype))
for x in (torch.zeros(3, 3), torch.tensor([[1.0, 2.0], [2.0, 4.0]]), torch.ones(3, 3), torch.stack([torch.zeros(2, 2), torch.tensor([[0.0, 1.0], [1.0, 0.0]])])):
    c.case('aten::linalg_ldl_factor_ex', x)

c.write()
