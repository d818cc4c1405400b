"""Factors of complex matrices: Cholesky, LU, LDL, QR, Hermitian eigenvalues, singular values, and what is solved by them. Writes cases.json.

Factors that LAPACK fixes are compared themselves. Vectors have a sign of their own: their absolute values are compared, and what they multiply to.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=91)
C64, C128 = torch.complex64, torch.complex128


def z(*shape, dtype=C64, **options):
    return c.rand(*shape, dtype=dtype, **options)


def positive(*shape, dtype=C128):
    x = z(*shape, shape[-1], dtype=dtype)
    return x @ x.mH + torch.eye(shape[-1], dtype=dtype)


def hermitian(*shape, dtype=C128):
    x = z(*shape, shape[-1], dtype=dtype)
    return x + x.mH


# Cholesky.
for x in (positive(3), positive(2, 4), positive(1), positive(3, dtype=C64), positive(2, 2, 3), positive(0), positive(0, 3)):
    for upper in (False, True):
        c.case('aten::linalg_cholesky', x, upper=upper)
    c.case('aten::linalg_cholesky_ex', x)
    c.case('aten::cholesky', x)
# Only one triangle counts, and of the diagonal the real part.
c.case('aten::linalg_cholesky', positive(3).tril() + 1j * torch.eye(3, dtype=torch.float64))
c.case('aten::linalg_cholesky', positive(3).triu(), upper=True)
INFO = 'graph(%x : Tensor):\n  %f : bool = prim::Constant[value=0]()\n  %l : Tensor, %i : Tensor = aten::linalg_cholesky_ex(%x, %f, %f)\n  return (%i)\n'
for k in range(3):
    x = torch.stack([positive(3), positive(3)])
    x[1, k, k] = -1
    c.ir(INFO, x, op='aten::linalg_cholesky_ex')
for upper in (False, True):
    for batch in ((), (2,)):
        l = torch.linalg.cholesky(positive(*batch, 3))
        l = l.mH if upper else l
        c.case('aten::cholesky_inverse', l, upper)
        c.case('aten::cholesky_solve', z(*batch, 3, 2, dtype=C128), l, upper)
        c.case('aten::cholesky_solve', z(2, 3, 2, dtype=C128), z(3, 3, dtype=C128) + 2 * torch.eye(3, dtype=C128), upper)
        c.case('aten::_cholesky_solve_helper', z(*batch, 3, 1, dtype=C128), l, upper)

# LU.
for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 3), (1, 1), (2, 2, 3, 2), (0, 0), (0, 3, 3), (3, 0), (5, 5)):
    for dtype in (C64, C128):
        x = z(*shape, dtype=dtype)
        c.case('aten::linalg_lu', x)
        c.case('aten::linalg_lu_factor', x)
        if dtype == C128:
            c.case('aten::linalg_lu_factor_ex', x)
            c.case('aten::_lu_with_info', x)
            c.case('aten::lu_unpack', *torch.linalg.lu_factor(x))
            for flags in ((False, True), (True, False)):
                c.case('aten::lu_unpack', *torch.linalg.lu_factor(x), *flags)
SINGULAR = torch.tensor([[1 + 1j, 2 + 2j, 1], [2, 4, 1j], [1j, 2j, 0]], dtype=C128)
c.case('aten::linalg_lu_factor_ex', torch.zeros(2, 2, dtype=C128))
c.case('aten::linalg_inv_ex', z(3, 3, dtype=C128))
c.ir('graph(%x : Tensor):\n  %f : bool = prim::Constant[value=0]()\n  %l : Tensor, %i : Tensor = aten::linalg_inv_ex(%x, %f)\n  return (%i)\n', torch.stack([torch.zeros(2, 2, dtype=C128), z(2, 2, dtype=C128)]), op='aten::linalg_inv_ex')
for batch in ((), (2,)):
    a = z(*batch, 3, 3, dtype=C128)
    lu, pivots = torch.linalg.lu_factor(a)
    b, wide = z(*batch, 3, 2, dtype=C128), z(*batch, 2, 3, dtype=C128)
    c.case('aten::lu_solve', b, lu, pivots)
    for adjoint in (False, True):
        c.case('aten::linalg_lu_solve', lu, pivots, b, adjoint=adjoint)
        c.case('aten::linalg_lu_solve', lu, pivots, wide, left=False, adjoint=adjoint)
    c.case('aten::linalg_solve', a, b)
    c.case('aten::linalg_solve', a, wide, left=False)
    c.case('aten::linalg_solve', a, z(*batch, 3, dtype=C128))
    c.case('aten::linalg_solve_ex', a, b)
    c.case('aten::_linalg_solve_ex', a, b)
    for op in ('det', 'linalg_det', 'slogdet', 'linalg_slogdet', 'logdet', '_linalg_det', '_linalg_slogdet'):
        c.case(f'aten::{op}', a)
c.case('aten::linalg_lu_solve', *torch.linalg.lu_factor(z(3, 3, dtype=C128)), z(2, 3, 2, dtype=C128))
for op in ('det', 'slogdet'):
    c.case(f'aten::{op}', torch.zeros(2, 2, dtype=C128))
    c.case(f'aten::{op}', z(0, 0))
    c.case(f'aten::{op}', z(2, 3, 3))

# Triangular systems.
for upper in (False, True):
    for flag in (False, True):
        for batch in ((), (2,)):
            t = z(*batch, 3, 3, dtype=C128) + 2 * torch.eye(3, dtype=C128)
            b = z(*batch, 3, 2, dtype=C128)
            c.case('aten::linalg_solve_triangular', t, b, upper=upper, unitriangular=flag)
            c.case('aten::linalg_solve_triangular', t, b.mT, upper=upper, left=False, unitriangular=flag)
            c.case('aten::triangular_solve', b, t, upper, flag)
        c.case('aten::triangular_solve', z(3, 1, dtype=C128), z(3, 3, dtype=C128) + 2 * torch.eye(3, dtype=C128), upper, True, flag)
c.case('aten::linalg_solve_triangular', z(3, 3) + 2 * torch.eye(3), z(2, 3, 2), upper=True)
c.case('aten::triangular_solve', z(2, 3, 2), z(3, 3) + 2 * torch.eye(3))
c.case('aten::linalg_solve_triangular', z(0, 0), z(0, 2), upper=True)

# QR: LAPACK fixes the phases.
for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 3), (1, 1), (2, 2, 3, 2), (0, 3, 3), (5, 4)):
    for dtype in (C64, C128):
        x = z(*shape, dtype=dtype)
        for mode in ('reduced', 'complete', 'r'):
            c.case('aten::linalg_qr', x, mode)
        c.case('aten::qr', x, False)
        c.case('aten::geqrf', x)
c.case('aten::qr', z(3, 2))
c.case('aten::geqrf', torch.tensor([[1, 2j], [0, 3], [0, 0]], dtype=C128))
c.case('aten::geqrf', torch.tensor([[1j, 2], [0, 3j]], dtype=C128))
for batch in ((), (2,)):
    packed, tau = torch.geqrf(z(*batch, 4, 3, dtype=C128))
    c.case('aten::linalg_householder_product', packed, tau)
    c.case('aten::orgqr', packed, tau[..., :2])
    for left in (True, False):
        for turned in (False, True):
            c.case('aten::ormqr', packed, tau, z(*batch, 4, 2, dtype=C128) if left else z(*batch, 2, 4, dtype=C128), left, turned)

# LDL.
for n in (1, 2, 3, 4, 6):
    for kind in (False, True):
        for batch in ((), (2,)):
            x = z(*batch, n, n, dtype=C128)
            x = x + (x.mH if kind else x.mT)
            if n > 3:
                # Pivots of two rows.
                x.diagonal(dim1=-2, dim2=-1)[:] *= 0.01
            ld, pivots = torch.linalg.ldl_factor(x, hermitian=kind)
            c.case('aten::linalg_ldl_factor', x, hermitian=kind)
            c.case('aten::linalg_ldl_factor_ex', x, hermitian=kind)
            c.case('aten::linalg_ldl_solve', ld, pivots, z(*batch, n, 2, dtype=C128), hermitian=kind)
x = hermitian(3)
c.case('aten::linalg_ldl_factor', x.tril() + 1j * torch.eye(3), hermitian=True)

# Hermitian eigenvalues: |v|, and V·diag(w)·Vᴴ.
EIGH = """graph(%x : Tensor):
  %uplo : str = prim::Constant[value="{uplo}"]()
  %mid : int = prim::Constant[value=-2]()
  %w : Tensor, %v : Tensor = aten::linalg_eigh(%x, %uplo)
  %row : Tensor = aten::unsqueeze(%w, %mid)
  %scaled : Tensor = aten::mul(%v, %row)
  %turned : Tensor = aten::mH(%v)
  %back : Tensor = aten::matmul(%scaled, %turned)
  %unit : Tensor = aten::matmul(%turned, %v)
  %abs : Tensor = aten::abs(%v)
  return (%w, %back, %unit, %abs)
"""


def without(text: str, line: str, name: str) -> str:
    return ''.join(row for row in text.splitlines(True) if line not in row).replace(f', {name})', ')')


for x in (hermitian(3), hermitian(2, 4), hermitian(1), hermitian(5), hermitian(3, dtype=C64), hermitian(2, 2, 3), hermitian(0, 3)):
    for uplo in 'LU':
        c.ir(EIGH.format(uplo=uplo), x, op='aten::linalg_eigh')
    c.case('aten::linalg_eigvalsh', x)
q = torch.linalg.qr(z(4, 4, dtype=C128))[0]
for values in ([1, 1, 1, 1], [1, 1, 2, 2], [0, 0, 0, 3], [0, 0, 0, 0]):
    x = q @ torch.diag(torch.tensor(values, dtype=C128)) @ q.mH
    c.ir(without(EIGH.format(uplo='L'), '%abs :', '%abs'), x, op='aten::linalg_eigh')
# One phase is LAPACK's, the sign is not: the square of each first component.
SIGNLESS = EIGH.replace('aten::abs(%v)', 'aten::mul(%v, %v)')
for uplo in 'LU':
    c.ir(SIGNLESS.format(uplo=uplo), hermitian(4), op='aten::linalg_eigh')

SVD = """graph(%x : Tensor):
  %full : bool = prim::Constant[value={full}]()
  %driver : NoneType = prim::Constant()
  %mid : int = prim::Constant[value=-2]()
  %last : int = prim::Constant[value=-1]()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %u : Tensor, %s : Tensor, %vh : Tensor = aten::linalg_svd(%x, %full, %driver)
  %k : int = aten::size(%s, %last)
  %uk : Tensor = aten::slice(%u, %last, %zero, %k, %one)
  %vk : Tensor = aten::slice(%vh, %mid, %zero, %k, %one)
  %row : Tensor = aten::unsqueeze(%s, %mid)
  %us : Tensor = aten::mul(%uk, %row)
  %back : Tensor = aten::matmul(%us, %vk)
  %uh : Tensor = aten::mH(%u)
  %uu : Tensor = aten::matmul(%uh, %u)
  %v : Tensor = aten::mH(%vh)
  %vv : Tensor = aten::matmul(%vh, %v)
  %abs : Tensor = aten::mul(%uk, %uk)
  return (%s, %back, %uu, %vv, %abs)
"""
for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 3), (1, 1), (2, 2, 3, 2), (5, 5), (0, 3, 2)):
    for full in (0, 1):
        c.ir(SVD.format(full=full), z(*shape, dtype=C128), op='aten::linalg_svd')
    c.case('aten::linalg_svdvals', z(*shape, dtype=C128))
    c.case('aten::svd', z(*shape, dtype=C128), True, False)
    for op in ('aten::linalg_svd',):
        c.ir(without(SVD.format(full=1), '%abs :', '%abs'), z(*shape), op=op)
low = z(4, 1, dtype=C128) @ z(1, 3, dtype=C128)
c.ir(without(SVD.format(full=1), '%abs :', '%abs'), low, op='aten::linalg_svd')
c.ir(without(SVD.format(full=0), '%abs :', '%abs'), torch.zeros(3, 2, dtype=C128), op='aten::linalg_svd')
OLD = SVD.replace('aten::linalg_svd(%x, %full, %driver)', 'aten::svd(%x, %full, %yes)').replace('  %mid :', '  %yes : bool = prim::Constant[value=1]()\n  %mid :', 1)
OLD = OLD.replace('%vh : Tensor = aten::svd', '%vo : Tensor = aten::svd').replace('  %k :', '  %vh : Tensor = aten::mH(%vo)\n  %k :', 1)
for full in (0, 1):
    c.ir(OLD.format(full=full), z(3, 2, dtype=C128), op='aten::svd')
c.case('aten::_linalg_svd', z(3, 2, dtype=C128), False, False)

# Made of singular values.
for a in (z(4, 3, dtype=C128), z(2, 3, 4, dtype=C128), z(4, 4, dtype=C128), low, z(3, 3)):
    for hermitian_flag in (False, True):
        if hermitian_flag and a.shape[-1] != a.shape[-2]:
            continue
        x = a + a.mH if hermitian_flag else a
        c.case('aten::linalg_matrix_rank.atol_rtol_tensor', x, hermitian=hermitian_flag)
        c.case('aten::linalg_matrix_rank.atol_rtol_float', x, atol=0.4, hermitian=hermitian_flag)
        c.case('aten::linalg_matrix_rank.atol_rtol_tensor', x, rtol=torch.tensor(0.3, dtype=torch.float64), hermitian=hermitian_flag)
        c.case('aten::linalg_matrix_rank', x, 0.5, hermitian_flag)
        if a.dtype == C128:
            c.case('aten::linalg_pinv.atol_rtol_float', x, rtol=1e-10, hermitian=hermitian_flag)
square = z(2, 3, 3, dtype=C128)
for p in (None, 2, -2, 1, -1, float('inf'), float('-inf')):
    c.case('aten::linalg_cond', square, p)
for p in ('nuc', 'fro'):
    c.case('aten::linalg_cond.p_str', square, p)
c.case('aten::linalg_cond', z(4, 2, dtype=C128))
c.case('aten::linalg_cond', torch.zeros(2, 2, dtype=C128), 1)
for driver in ('gelsy', 'gels', 'gelsd', 'gelss', None):
    for a, b in ((z(4, 2, dtype=C128), z(4, 3, dtype=C128)), (z(2, 4, 2, dtype=C128), z(2, 4, 1, dtype=C128)), (z(2, 4, dtype=C128), z(2, 3, dtype=C128)), (z(3, 3, dtype=C128), z(3, 3, dtype=C128))):
        c.case('aten::linalg_lstsq', a, b, driver=driver)
c.case('aten::linalg_lstsq', z(2, 4, 2, dtype=C128), z(2, 4, dtype=C128))
c.case('aten::linalg_lstsq', z(4, 2), z(4, 2))

# Compositions.
for p in (2.0, 1.0):
    c.case('aten::pairwise_distance', z(2, 3), z(2, 3), p)
    c.case('aten::triplet_margin_loss', z(2, 3), z(2, 3), z(2, 3), p=p)
c.case('aten::pairwise_distance', z(3), z(2, 3), keepdim=True)
for reduction in (0, 2):
    c.case('aten::triplet_margin_loss', z(2, 3), z(2, 3), z(2, 3), swap=True, reduction=reduction)
for p, dim in ((2, 0), (1, -1), (3.5, 1)):
    c.case('aten::renorm', z(2, 3, 2), p, dim, 0.7)
c.case('aten::rms_norm', z(2, 3), [3])
c.case('aten::rms_norm', z(2, 3, dtype=C128), [2, 3], z(2, 3, dtype=C128), 0.1)
for n in (None, 2, 5):
    c.case('aten::linalg_vander', z(2, 3), N=n)
    c.case('aten::vander', z(4), n)
    c.case('aten::vander', z(4), n, True)
c.case('aten::linalg_vander', torch.tensor([0j, 1, -1, 1j]))
for dim in (0, 1, -1):
    c.case('aten::logcumsumexp', z(3, 4), dim)
c.case('aten::logcumsumexp', torch.complex(c.rand(5, low=-50, high=50), c.rand(5)), 0)
c.case('aten::logcumsumexp', z(), 0)
c.case('aten::linalg_tensorinv', z(2, 3, 6, dtype=C128))
c.case('aten::linalg_tensorinv', z(6, 3, 2, dtype=C128), 1)
c.case('aten::linalg_tensorsolve', z(2, 3, 6, dtype=C128), z(2, 3, dtype=C128))
c.case('aten::linalg_tensorsolve', z(2, 6, 3, dtype=C128), z(2, 3, dtype=C128), [1])
for n in (-1, -2, -3):
    c.case('aten::linalg_matrix_power', z(2, 3, 3, dtype=C128), n)
c.case('aten::_unsafe_masked_index', z(4, 3), c.bools(2, 3), [c.ints(2, 1, low=0, high=4), c.ints(1, 3, low=0, high=3)], dyn(1 - 2j))
c.case('aten::_unsafe_masked_index_put_accumulate', z(4, 3), c.bools(2, 3), [c.ints(2, 1, low=0, high=4), c.ints(1, 3, low=0, high=3)], z(2, 3))
c.case('aten::einsum', 'ab,bc,cd,de,ef,fg,gh->ah', [z(2, 2, dtype=C128) for _ in range(7)])
c.case('aten::einsum', 'ab,bc,cd,de,ef,fg,gh', [z(2, 2, dtype=C128) for _ in range(6)] + [z(2, 3, dtype=C128)])
c.write()
