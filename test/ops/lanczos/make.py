"""Lanczos resampling."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=89)
for dtype in (torch.float32, torch.float64):
    for x, size in ((c.rand(1, 2, 8, 8, dtype=dtype), [5, 5]), (c.rand(2, 1, 7, 5, dtype=dtype), [9, 13]), (c.rand(1, 1, 6, 9, dtype=dtype), [1, 9]), (c.rand(1, 3, 12, 10, dtype=dtype), [4, 20])):
        for aligned in (False, True):
            c.case('aten::_upsample_lanczos2d_aa', x, size, aligned)
    c.case('aten::_upsample_lanczos2d_aa', c.rand(1, 2, 8, 8, dtype=dtype), [4, 6], False, 0.5, 0.8)
    c.case('aten::_upsample_lanczos2d_aa.vec', c.rand(1, 2, 8, 8, dtype=dtype), [4, 6], False, None)
    c.case('aten::_upsample_lanczos2d_aa.vec', c.rand(1, 2, 8, 7, dtype=dtype), None, False, [0.5, 1.6])
    c.case('aten::_upsample_lanczos2d_aa.vec', c.rand(1, 2, 8, 7, dtype=dtype), None, True, [0.5, 1.6])
c.write()
