"""Functions of matrices and vectors that are no decomposition. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=44)
F32, F64, F16, I64, I32, I8, U8 = torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int8, torch.uint8
INF, NAN = float('inf'), float('nan')

for shape in ((3, 3), (2, 4, 4), (2, 1, 2, 2), (1, 1), (0, 0), (0, 3, 3), (2, 0, 0), (7, 7)):
    for dtype in (F32, F64):
        for scale in (1.0, 1e-3, 2.5 if shape[-1] < 7 else 1.5):
            c.case('aten::linalg_matrix_exp', c.rand(*shape, dtype=dtype) * scale)
    c.case('aten::matrix_exp', c.rand(*shape))
for x in (torch.zeros(2, 2), torch.diag(torch.tensor([-30.0, 3.0])), torch.tensor([[0.0, 1.0], [0.0, 0.0]]), torch.tensor([[0.0, 6.0], [-6.0, 0.0]]), torch.stack([torch.eye(2) * 5, torch.zeros(2, 2)])):
    c.case('aten::linalg_matrix_exp', x)

for x in (c.rand(4), c.rand(1), c.rand(0), c.rand(3, dtype=F64), c.rand(3, dtype=F16), c.ints(3), c.ints(3, dtype=I32), c.ints(3, dtype=I8, low=0, high=3), c.ints(3, dtype=U8, low=0), c.bools(3), torch.tensor([0.0, -2.0, INF, NAN])):
    for n in (None, 1, 3, 5):
        c.case('aten::vander', x, n, increasing=n == 3)
    if x.dtype not in (F16, torch.bool) and x.numel() > 1:
        c.case('aten::linalg_vander', x)
        c.case('aten::linalg_vander', x, N=4)
c.case('aten::vander', c.rand(3), 0)
c.case('aten::vander', c.rand(3), dyn(4))
for shape in ((2, 3), (2, 2, 2), (0, 3)):
    c.case('aten::linalg_vander', c.rand(*shape))
    c.case('aten::linalg_vander', c.rand(*shape), N=2)
    c.case('aten::linalg_vander', c.ints(*shape), N=4)

for x in (c.rand(3, 5), c.rand(5), c.rand(1, 4), c.rand(3, 5, dtype=F64), c.rand(3, 5, dtype=F16), c.ints(3, 4), c.ints(4, dtype=U8, low=0), torch.tensor(2.0), c.rand(2, 1), torch.ones(2, 3), torch.tensor([[1.0, NAN, 2.0], [1.0, 2.0, 3.0]])):
    c.case('aten::corrcoef', x)
    for correction in (1, 0, 2):
        c.case('aten::cov', x, correction=correction)
    n = x.shape[-1] if x.ndim else 1
    if n > 1:
        weights = {'fweights': c.ints(n, low=1), 'aweights': c.rand(n, low=0.1, dtype=x.dtype if x.is_floating_point() else F32)}
        for names in (('fweights',), ('aweights',), ('fweights', 'aweights')):
            for correction in (1, 0):
                c.case('aten::cov', x, correction=correction, **{name: weights[name] for name in names})
c.case('aten::cov', c.rand(2, 4), correction=dyn(2))
c.case('aten::cov', c.rand(2, 3), aweights=c.rand(3, dtype=F64, low=0.1))
c.case('aten::cov', c.rand(2, 3), fweights=c.ints(3, dtype=I32, low=1))

for shape, ind in [((4, 6, 8, 3), 2), ((24, 8, 3), 1), ((2, 3, 6), 2), ((3, 3), 1), ((0, 2, 0), 1), ((2, 2, 1, 4), 3)]:
    side = 1
    for extent in shape[:ind]:
        side *= extent
    x = (c.rand(side, side) + torch.eye(side) * 3 * side).reshape(shape)
    if x.numel() < 400:
        c.case('aten::linalg_tensorinv', x, ind)
for shape, other, dims in [((2, 3, 6), (2, 3), None), ((2, 3, 3, 2), (2, 3), None), ((4, 4), (4,), None), ((6, 2, 3), (6,), None)]:
    side = 1
    for extent in other:
        side *= extent
    x = (c.rand(side, side) + torch.eye(side) * 3 * side).reshape(shape)
    c.case('aten::linalg_tensorsolve', x, c.rand(*other), dims)
    c.case('aten::linalg_tensorsolve', x.double(), c.rand(*other, dtype=F64), dims)
x = (c.rand(6, 6) + torch.eye(6) * 18).reshape(2, 3, 6)
c.case('aten::linalg_tensorsolve', x.permute(2, 0, 1).contiguous(), c.rand(2, 3), [0])
c.case('aten::linalg_tensorsolve', x.permute(0, 2, 1).contiguous(), c.rand(2, 3), [-2])
x = (c.rand(6, 6) + torch.eye(6) * 18).reshape(2, 3, 3, 2)
c.case('aten::linalg_tensorsolve', x.permute(2, 0, 3, 1).contiguous(), c.rand(2, 3), [0, 2])

c.write()
