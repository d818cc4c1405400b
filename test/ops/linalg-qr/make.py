"""QR and products with Q. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=42)
F32, F64 = torch.float32, torch.float64
SHAPES = ((3, 3), (5, 3), (3, 5), (2, 4, 2), (2, 2, 4), (2, 3, 3, 2), (1, 1), (1, 4), (4, 1), (0, 3), (3, 0), (0, 0), (0, 3, 2))

for shape in SHAPES:
    for dtype in (F32, F64):
        x = c.rand(*shape, dtype=dtype)
        for mode in ('reduced', 'complete', 'r'):
            c.case('aten::linalg_qr', x, mode)
        c.case('aten::qr', x, dtype is F32)
        a, tau = torch.geqrf(x)
        c.case('aten::geqrf', x)
        if shape[-2] >= shape[-1]:
            c.case('aten::linalg_householder_product', a, tau)
            c.case('aten::orgqr', a, tau)
            if tau.shape[-1] > 1:
                c.case('aten::linalg_householder_product', a, tau[..., :-1].clone())
        if 0 not in shape:
            lead = shape[:-2]
            for transpose in (False, True):
                c.case('aten::ormqr', a, tau, c.rand(*lead, shape[-2], 3, dtype=dtype), True, transpose)
                c.case('aten::ormqr', a, tau, c.rand(*lead, 2, shape[-2], dtype=dtype), False, transpose)
# Signs, zeros below the diagonal, columns without anything to reflect, missing rank.
for x in (torch.eye(3), -torch.eye(3), torch.zeros(3, 2), torch.tensor([[1.0, 2.0], [0.0, 3.0], [0.0, 4.0]]), torch.tensor([[0.0, 2.0], [3.0, 3.0]]),
          torch.tensor([[-2.0, 1.0, 5.0], [0.0, 0.0, 1.0], [0.0, 0.0, 2.0]]), c.rand(3, 4).triu()):  # fmt: skip
    c.case('aten::linalg_qr', x)
    c.case('aten::linalg_qr', x, 'complete')
    c.case('aten::geqrf', x)
c.case('aten::linalg_qr', c.rand(24, 17))

c.write()
