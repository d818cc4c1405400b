"""Eigenvalues of general matrices. Writes cases.json.

torch's order of them is what its LAPACK finds first: cases bring both sides into one order. Vectors are compared by their absolute
values, where no two eigenvalues are equal, and by A·v − λ·v.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=45)
F32, F64 = torch.float32, torch.float64
ORDER = """  %one : int = prim::Constant[value=1]()
  %last : int = prim::Constant[value=-1]()
  %down : bool = prim::Constant[value=0]()
  %weight : float = prim::Constant[value=0.123]()
  %re : Tensor = aten::real(%w)
  %im : Tensor = aten::imag(%w)
  %part : Tensor = aten::mul(%im, %weight)
  %key : Tensor = aten::add(%re, %part, %one)
  %order : Tensor = aten::argsort(%key, %last, %down)
  %wr : Tensor = aten::gather(%re, %last, %order, %down)
  %wi : Tensor = aten::gather(%im, %last, %order, %down)
"""
VALUES = 'graph(%x : Tensor):\n  %w : Tensor = aten::linalg_eigvals(%x)\n' + ORDER + '  return (%wr, %wi)\n'
VECTORS = (
    'graph(%x : Tensor):\n  %w : Tensor, %v : Tensor = aten::linalg_eig(%x)\n'
    + ORDER
    + """  %second : int = prim::Constant[value=-2]()
  %none : NoneType = prim::Constant()
  %xc : Tensor = aten::mul(%x, %unit)
  %left : Tensor = aten::matmul(%xc, %v)
  %row : Tensor = aten::unsqueeze(%w, %second)
  %right : Tensor = aten::mul(%v, %row)
  %rest : Tensor = aten::sub(%left, %right, %one)
  %restAbs : Tensor = aten::abs(%rest)
  %abs : Tensor = aten::abs(%v)
  %orders : Tensor = aten::unsqueeze(%order, %second)
  %wide : Tensor = aten::expand_as(%orders, %abs)
  %sorted : Tensor = aten::gather(%abs, %last, %wide, %down)
  return (%wr, %wi, %restAbs{more})
"""
).replace('graph(%x : Tensor)', 'graph(%x : Tensor, %unit : Tensor)')


def case(x, distinct=True):
    unit = torch.ones((), dtype=torch.complex64 if x.dtype in (F32, torch.complex64) else torch.complex128)
    c.ir(VALUES, x, op='aten::linalg_eigvals')
    text = VECTORS.replace('{more}', ', %sorted' if distinct else '')
    c.ir(text, x, unit, op='aten::linalg_eig')


for shape in ((3, 3), (4, 4), (2, 5, 5), (2, 1, 2, 2), (1, 1), (8, 8), (0, 0), (0, 3, 3), (2, 0, 0)):
    for dtype in (F32, F64, torch.complex64, torch.complex128):
        if 0 in shape:
            c.case('aten::linalg_eigvals', c.rand(*shape, dtype=dtype))
            c.case('aten::linalg_eig', c.rand(*shape, dtype=dtype))
        else:
            case(c.rand(*shape, dtype=dtype))
rotation = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
for x in (rotation, torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([[1.0, 0.0], [5.0, -2.0]]), torch.eye(4).roll(1, 0), torch.eye(3).roll(1, 0) * 2, torch.block_diag(rotation * 2, torch.tensor([[3.0]]), rotation),
          c.rand(4, 4) * 1e4, c.rand(3, 3, dtype=F64) * 1e150, torch.stack([rotation, torch.tensor([[1.0, 2.0], [3.0, 4.0]])]), c.rand(5, 5).triu(), c.rand(5, 5).tril(), torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [6.0, -11.0, 6.0]])):  # fmt: skip
    if x.abs().max() < 1e3:
        case(x)
    else:
        c.ir(VALUES, x, op='aten::linalg_eigvals')
for x in (torch.eye(3), torch.zeros(2, 2), torch.ones(3, 3)):
    case(x, distinct=False)
x = c.rand(4, 4)
case(x + x.T)
case(c.rand(16, 16, dtype=F64))

c.ir(VALUES.replace('linalg_eigvals', '_linalg_eigvals'), c.rand(3, 3), op='aten::_linalg_eigvals')
for shape in ((3, 3), (2, 2, 2), (1, 1), (0, 0)):
    for dtype in (torch.complex64, torch.complex128):
        x = c.rand(*shape, dtype=dtype) + torch.eye(shape[-1]) * 4
        c.case('aten::linalg_inv', x)
        c.case('aten::inverse', x)
        c.case('aten::linalg_matrix_exp', c.rand(*shape, dtype=dtype))
        c.case('aten::matrix_exp', c.rand(*shape, dtype=dtype))
        c.case('aten::det', x)
        c.case('aten::linalg_det', x)
        c.case('aten::slogdet', x)
        c.case('aten::linalg_slogdet', x)
        if x.numel() > 0:
            c.case('aten::linalg_solve', x, c.rand(*shape[:-1], 2, dtype=dtype))
            c.case('aten::linalg_solve', x, c.rand(*shape[:-1], dtype=dtype))
            c.case('aten::linalg_svdvals', c.rand(*shape, dtype=dtype))
            c.case('aten::linalg_svdvals', c.rand(*shape[:-1], 5, dtype=dtype))
            c.case('aten::linalg_pinv', c.rand(*shape[:-1], 2, dtype=dtype), 1e-3)
            c.case('aten::pinverse', c.rand(*shape[:-1], 4, dtype=dtype))
            c.case('aten::linalg_eigvalsh', x + x.mH)
            c.case('aten::linalg_eigvalsh', x, 'U')
c.write()
