"""Differences, gradients, integrals."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=59)
F64, F16 = torch.float64, torch.float16

for dtype in (torch.float32, F64, F16, torch.int64, torch.int32, torch.uint8):
    c.case('aten::diff', c.ints(3, 5, dtype=dtype))
c.case('aten::diff', c.bools(3, 5))
for n in (0, 2, 3, 5):
    c.case('aten::diff', c.rand(3, 4), n, 0)
    c.case('aten::diff', c.ints(3, 4), n, -1)
c.case('aten::diff', c.rand(3, 4), 1, 1, c.rand(3, 2))
c.case('aten::diff', c.rand(3, 4), 2, 0, None, c.rand(1, 4))
c.case('aten::diff', c.rand(3, 4), 1, -1, c.rand(3, 1), c.rand(3, 2))
c.case('aten::diff', c.ints(3, 4), 1, -1, c.rand(3, 1))
c.case('aten::diff', c.rand(0, 4), 1, 1)
c.case('aten::diff', c.rand(1), 1, 0)
c.case('aten::diff', c.rand(2, 3, 4), 1, -2)

for dtype in (torch.float32, F64, torch.int64):
    y = c.ints(3, 5, dtype=dtype)
    for name in ('trapezoid', 'cumulative_trapezoid'):
        c.case(f'aten::{name}', y)
        c.case(f'aten::{name}', y, dim=0)
        c.case(f'aten::{name}', y, dx=0.5)
        c.case(f'aten::{name}', y, dx=2, dim=0)
    c.case('aten::trapz', y)
    c.case('aten::trapz', y, dx=0.25, dim=0)
for name in ('trapezoid', 'cumulative_trapezoid', 'trapz'):
    c.case(f'aten::{name}', c.rand(3, 5), c.rand(5))
    c.case(f'aten::{name}', c.rand(3, 5), c.rand(3), dim=0)
    c.case(f'aten::{name}', c.rand(3, 5), c.rand(3, 5), dim=-1)
    c.case(f'aten::{name}', c.rand(3, 5), c.rand(1, 5))
    c.case(f'aten::{name}', c.rand(2, 3, 5, dtype=F64), c.rand(3, 5, dtype=F64))
    c.case(f'aten::{name}', c.ints(3, 5), c.ints(5))
    c.case(f'aten::{name}', c.rand(4), c.ints(4))
    c.case(f'aten::{name}', c.rand(3, 1), c.rand(1))
c.case('aten::trapezoid', c.rand(3, 0))
c.case('aten::trapezoid', c.rand(0, 3), dim=1)

for order in (1, 2):
    for x in (c.rand(5), c.rand(4, 5), c.rand(4, 5, dtype=F64), c.ints(4, 5)):
        c.case('aten::gradient', x, edge_order=order)
    x = c.rand(4, 5)
    c.case('aten::gradient', c.ints(4, 5, dtype=F16), edge_order=order)
    c.case('aten::gradient', x, spacing=0.5, edge_order=order)
    c.case('aten::gradient', x, spacing=2, dim=1, edge_order=order)
    c.case('aten::gradient', x, dim=-1, edge_order=order)
    c.case('aten::gradient', x, dim=[0], edge_order=order)
    c.case('aten::gradient', x, dim=[1, 0], edge_order=order)
    c.case('aten::gradient', x, spacing=0.5, dim=[1, 0], edge_order=order)
    c.case('aten::gradient', x, spacing=[0.5, 2.0], edge_order=order)
    c.case('aten::gradient', x, spacing=[0.5, 2.0], dim=[-1, 0], edge_order=order)
    rows, columns = torch.tensor([0.0, 1.0, 1.5, 4.0]), torch.tensor([-1.0, 0.5, 1.0, 3.0, 3.5])
    c.case('aten::gradient', x, spacing=[rows, columns], edge_order=order)
    c.case('aten::gradient', x, spacing=[columns], dim=1, edge_order=order)
    c.case('aten::gradient', x, spacing=[columns, rows], dim=[1, 0], edge_order=order)
    c.case('aten::gradient', c.rand(3, 3, 4), edge_order=order)
c.write()
