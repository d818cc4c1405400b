"""Fractional max pooling with given samples."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=97)
unit = lambda *s, **k: c.rand(*s, low=0.0, high=0.999, **k)
for dtype in (torch.float32, torch.float64):
    c.case('aten::fractional_max_pool2d', c.rand(2, 3, 9, 7, dtype=dtype), [2, 3], [4, 3], unit(2, 3, 2, dtype=dtype))
    c.case('aten::fractional_max_pool2d', c.rand(3, 9, 7, dtype=dtype), [3, 2], [5, 2], unit(1, 3, 2, dtype=dtype))
    c.case('aten::fractional_max_pool3d', c.rand(2, 2, 5, 6, 4, dtype=dtype), [2, 3, 2], [3, 2, 2], unit(2, 2, 3, dtype=dtype))
    c.case('aten::fractional_max_pool3d', c.rand(2, 5, 6, 4, dtype=dtype), [2, 2, 2], [2, 3, 2], unit(1, 2, 3, dtype=dtype))
c.case('aten::fractional_max_pool2d', c.rand(1, 2, 6, 6), 2, 1, unit(1, 2, 2))
c.case('aten::fractional_max_pool2d', c.rand(1, 2, 6, 6), 3, 4, torch.zeros(1, 2, 2))
x = c.rand(1, 1, 6, 6)
x[0, 0, 2, 3] = x[0, 0, 3, 3] = float('nan')
c.case('aten::fractional_max_pool2d', x, 3, 3, unit(1, 1, 2))
c.write()
