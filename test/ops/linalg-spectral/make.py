"""Eigenvalues, singular values and what is made of them. Writes cases.json.

Vectors are unique up to their sign: cases compare their absolute values, where no two values are equal, and what the factors multiply to.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=43)
F32, F64 = torch.float32, torch.float64
INF, NAN = float('inf'), float('nan')
EIGH = """graph(%x : Tensor):
  %uplo : str = prim::Constant[value="{uplo}"]()
  %a : int = prim::Constant[value=-2]()
  %b : int = prim::Constant[value=-1]()
  %w : Tensor, %v : Tensor = aten::linalg_eigh(%x, %uplo)
  %vt : Tensor = aten::transpose(%v, %a, %b)
  %row : Tensor = aten::unsqueeze(%w, %a)
  %vw : Tensor = aten::mul(%v, %row)
  %back : Tensor = aten::matmul(%vw, %vt)
  %unit : Tensor = aten::matmul(%vt, %v)
  %abs : Tensor = aten::abs(%v)
  return (%w, %back, %unit, %abs)
"""
SVD = """graph(%x : Tensor):
  %full : bool = prim::Constant[value={full}]()
  %vectors : bool = prim::Constant[value=1]()
  %driver : NoneType = prim::Constant()
  %a : int = prim::Constant[value=-2]()
  %b : int = prim::Constant[value=-1]()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %u : Tensor, %s : Tensor, %vh : Tensor = {call}
  %ut : Tensor = aten::transpose(%u, %a, %b)
  %v : Tensor = aten::transpose(%vh, %a, %b)
  %row : Tensor = aten::unsqueeze(%s, %a)
  %k : int = aten::size(%s, %b)
  %us : Tensor = aten::slice(%u, %b, %zero, %k, %one)
  %vhs : Tensor = aten::slice(%vh, %a, %zero, %k, %one)
  %scaled : Tensor = aten::mul(%us, %row)
  %back : Tensor = aten::matmul(%scaled, %vhs)
  %unitU : Tensor = aten::matmul(%ut, %u)
  %unitV : Tensor = aten::matmul(%vh, %v)
  %absU : Tensor = aten::abs({absU})
  %absV : Tensor = aten::abs({absV})
  return (%s, %back, %unitU, %unitV{more})
"""
CALLS = {'linalg_svd': 'aten::linalg_svd(%x, %full, %driver)', '_svd': 'aten::svd(%x, %full, %vectors)'}


def symmetric(*shape, dtype=F32):
    x = c.rand(*shape, dtype=dtype)
    return x + x.mT


def without(text, line):
    return ''.join(part + '\n' for part in text.splitlines() if line not in part).replace(', %abs)', ')')


for shape in ((3, 3), (4, 4), (2, 5, 5), (2, 1, 2, 2), (1, 1), (0, 0), (0, 3, 3), (2, 0, 0), (9, 9)):
    for dtype in (F32, F64):
        for uplo in ('L', 'U', 'l'):
            if uplo != 'l' or shape == (3, 3):
                x = c.rand(*shape, dtype=dtype)
                c.ir(EIGH.format(uplo=uplo), x, op='aten::linalg_eigh')
                c.case('aten::linalg_eigvalsh', x, uplo)
# Equal eigenvalues: the vectors are any basis.
for x in (torch.eye(4), torch.zeros(3, 3), torch.ones(4, 4), torch.diag(torch.tensor([3.0, -1.0, 3.0])), torch.stack([torch.eye(3), symmetric(3, 3)])):
    c.ir(without(EIGH.format(uplo='L'), '%abs :'), x, op='aten::linalg_eigh')
    c.case('aten::linalg_eigvalsh', x)
c.case('aten::linalg_eigvalsh', symmetric(20, 20, dtype=F64))
c.case('aten::linalg_eigvalsh', symmetric(3, 3, dtype=F64) * 1e200)
c.case('aten::linalg_eigvalsh', symmetric(3, 3) * 1e-25)

for shape in ((3, 3), (5, 3), (3, 5), (2, 4, 2), (2, 2, 4), (2, 2, 3, 2), (1, 1), (1, 4), (4, 1), (0, 3), (3, 0), (0, 0), (0, 3, 2), (8, 7)):
    for dtype in (F32, F64):
        x = c.rand(*shape, dtype=dtype)
        for full in (False, True):
            for name, call in CALLS.items():
                # What completes a square is any basis.
                fixedU, fixedV = not full or shape[-2] <= shape[-1], not full or shape[-2] >= shape[-1]
                more = ', %absU' * fixedU + ', %absV' * fixedV
                names = {'absU': '%u', 'absV': '%vh'}
                text = SVD.format(full=int(full), call=call, more=more, **names)
                if name == '_svd':
                    # Its third result is V, and its flag says the opposite.
                    text = text.replace('%s : Tensor, %vh : Tensor', '%s : Tensor, %v : Tensor').replace('  %v : Tensor = aten::transpose(%vh, %a, %b)', '  %vh : Tensor = aten::transpose(%v, %a, %b)')
                    text = text.replace(f'%full : bool = prim::Constant[value={int(full)}]', f'%full : bool = prim::Constant[value={int(not full)}]')
                c.ir(text, x, op='aten::' + name.lstrip('_'))
        c.case('aten::linalg_svdvals', x)
        c.case('aten::svd', x, True, False)
for x in (torch.eye(3), torch.zeros(3, 2), torch.ones(4, 3), torch.ones(3, 4), torch.outer(c.rand(4), c.rand(3)), c.rand(4, 2) @ c.rand(2, 4), torch.diag(torch.tensor([2.0, 0.0, -2.0]))):
    for full in (0, 1):
        c.ir(SVD.format(full=full, call=CALLS['linalg_svd'], more='', absU='%u', absV='%vh'), x, op='aten::linalg_svd')
    c.case('aten::linalg_svdvals', x)
c.case('aten::linalg_svdvals', c.rand(3, 4, dtype=F64) * 1e200)
c.case('aten::linalg_svdvals', c.rand(21, 16))

for shape in ((3, 4), (4, 3), (2, 3, 3), (0, 3), (3, 0)):
    x = c.rand(*shape)
    for keepdim in (False, True):
        if len(shape) == 2:
            c.case('aten::nuclear_norm', x, keepdim)
        c.case('aten::nuclear_norm.dim', x, [0, 1], keepdim)
        c.case('aten::linalg_matrix_norm.str_ord', x, 'nuc', keepdim=keepdim)
        if 0 not in shape:
            c.case('aten::linalg_matrix_norm', x, 2, keepdim=keepdim)
            c.case('aten::linalg_matrix_norm', x, -2, keepdim=keepdim)
            c.case('aten::linalg_norm', x, 2, [0, -1], keepdim)
            c.case('aten::linalg_norm.ord_str', x, 'nuc', [-1, 0], keepdim)
c.case('aten::linalg_matrix_norm', c.rand(2, 3, 4, 2, dtype=F64), -2, [0, 2], True)
c.case('aten::linalg_matrix_norm', c.rand(2, 3), 2, dtype=F64)

low = c.rand(2, 4, 2) @ c.rand(2, 2, 3)
square = c.rand(4, 2) @ c.rand(2, 4)
tolerance = torch.tensor(0.5)
for x in (c.rand(3, 4), low, square, torch.zeros(3, 3), torch.eye(3), c.rand(0, 3), c.rand(2, 3, 0), c.rand(3, 3, dtype=F64), c.rand(2, 2, 4, 3)):
    c.case('aten::linalg_matrix_rank', x, 0.5)
    c.case('aten::linalg_matrix_rank.tol_tensor', x, torch.tensor(0.5))
    c.case('aten::linalg_matrix_rank.atol_rtol_tensor', x)
    c.case('aten::linalg_matrix_rank.atol_rtol_float', x, atol=0.5)
    c.case('aten::linalg_matrix_rank.atol_rtol_float', x, atol=0.0)
    c.case('aten::linalg_matrix_rank.atol_rtol_float', x, rtol=0.25)
    c.case('aten::linalg_matrix_rank.atol_rtol_float', x, atol=0.1, rtol=0.25)
    c.case('aten::linalg_matrix_rank.atol_rtol_tensor', x, atol=torch.tensor(0.5))
    c.case('aten::linalg_matrix_rank.atol_rtol_tensor', x, rtol=torch.tensor(0.25, dtype=F64))
    c.case('aten::linalg_matrix_rank.atol_rtol_tensor', x, atol=torch.tensor(0.0))
    c.case('aten::linalg_pinv.atol_rtol_float', x)
    c.case('aten::linalg_pinv.atol_rtol_float', x, atol=0.5)
    c.case('aten::linalg_pinv.atol_rtol_float', x, atol=0.1, rtol=0.25)
    c.case('aten::linalg_pinv', x, 1e-3)
    c.case('aten::linalg_pinv.rcond_tensor', x, torch.tensor(1e-3))
    c.case('aten::linalg_pinv.atol_rtol_float', x)
    c.case('aten::linalg_pinv.atol_rtol_tensor', x, rtol=torch.tensor(0.25))
c.case('aten::linalg_matrix_rank.tol_tensor', low, torch.tensor([0.5, 2.0]))
c.case('aten::linalg_matrix_rank.atol_rtol_tensor', c.rand(3, 3), atol=torch.tensor([0.1, 1.0, 100.0]), rtol=torch.tensor([[0.0], [0.5]]))
c.case('aten::linalg_pinv.atol_rtol_tensor', c.rand(2, 3, 4), atol=torch.tensor([0.0, 1.5]), rtol=torch.tensor([0.1, 0.0]))
for x in (symmetric(3, 3), symmetric(2, 4, 4), torch.ones(3, 3), torch.zeros(2, 2), symmetric(3, 3, dtype=F64), c.rand(0, 0)):
    c.case('aten::linalg_matrix_rank.atol_rtol_tensor', x, hermitian=True)
    c.case('aten::linalg_matrix_rank', x, 1.5, True)
    c.case('aten::linalg_pinv.atol_rtol_float', x, hermitian=True)
    c.case('aten::linalg_pinv', x, 0.3, True)
    c.case('aten::linalg_pinv.atol_rtol_tensor', x, atol=torch.tensor(1.5), hermitian=True)
for x in (c.rand(3, 4), c.rand(2, 4, 2), c.rand(3, 3), c.rand(4, 1)):
    c.case('aten::pinverse', x)
    c.case('aten::pinverse', x, 0.3)

for x in (c.rand(3, 3) + torch.eye(3) * 3, c.rand(2, 4, 4) + torch.eye(4) * 4, c.rand(2, 2, dtype=F64), c.rand(1, 1)):
    for p in (None, 2, -2, 1, -1, INF, -INF):
        c.case('aten::linalg_cond', x, p)
    for p in ('fro', 'nuc'):
        c.case('aten::linalg_cond.p_str', x, p)
for p in (None, 2, -2):
    c.case('aten::linalg_cond', c.rand(2, 5, 3), p)
for p in (1, INF, -1):
    c.case('aten::linalg_cond', torch.stack([torch.zeros(2, 2), torch.eye(2), torch.tensor([[1.0, 2.0], [2.0, 4.0]])]), p)
c.case('aten::linalg_cond.p_str', torch.stack([torch.ones(2, 2), torch.eye(2)]), 'fro')

deficient = torch.cat([c.rand(5, 2), c.rand(5, 1) * 0], 1)
deficient[:, 2] = deficient[:, 0] - deficient[:, 1]
for driver in (None, 'gelsy', 'gelsd', 'gelss', 'gels'):
    for a, b in [(c.rand(5, 3), c.rand(5, 2)), (c.rand(5, 3), c.rand(5)), (c.rand(3, 5), c.rand(3, 2)), (c.rand(3, 3), c.rand(3, 2)), (c.rand(2, 5, 3), c.rand(2, 5, 2)), (c.rand(2, 2, 5, 3), c.rand(2, 2, 5)),
                 (c.rand(4, 2, dtype=F64), c.rand(4, 1, dtype=F64)), (c.rand(3, 0), c.rand(3, 2))]:  # fmt: skip
        # Of a matrix without columns gels tells residuals of 0.
        if driver != 'gels' or a.shape[-1] > 0:
            c.case('aten::linalg_lstsq', a, b, driver=driver)
    if driver != 'gels':
        c.case('aten::linalg_lstsq', deficient, c.rand(5, 2), 1e-5, driver=driver)
        c.case('aten::linalg_lstsq', torch.stack([deficient, c.rand(5, 3)]), c.rand(2, 5, 1), 1e-5, driver=driver)
        b = c.rand(3, 2)
        # LAPACK's gelsy takes pivots from memory that torch leaves as it was: its rank of this matrix varies.
        if driver not in (None, 'gelsy'):
            c.case('aten::linalg_lstsq', torch.diag(torch.tensor([4.0, 2.0, 0.1])), b, 0.1, driver=driver)

c.write()
