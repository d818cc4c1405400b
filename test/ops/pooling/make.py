"""Pooling: fixed and adaptive windows, ceil_mode, padding counts, divisors, indices, unpooling."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=12)
F16, F64 = torch.float16, torch.float64
SIZES = {1: (9,), 2: (7, 6), 3: (5, 4, 6)}

for n in (1, 2, 3):
    x = lambda **k: c.perm(2, 2, *SIZES[n], scale=0.1, **k)
    one = lambda: c.perm(2, *SIZES[n], scale=0.1)
    m, mi, avg = f'aten::max_pool{n}d', f'aten::max_pool{n}d_with_indices', f'aten::avg_pool{n}d'
    for op in (m, mi):
        c.case(op, x(), [2] * n)
        c.case(op, x(), [3] * n, [2] * n, [1] * n)
        c.case(op, one(), [3] * n, [1] * n, [1] * n, [1] * n)
        c.case(op, x(), [2] * n, [2] * n, [0] * n, [2] * n)
        c.case(op, x(), [3] * n, [2] * n, [1] * n, [1] * n, True)
        c.case(op, x(), [2] * n, [3] * n, [1] * n, [1] * n, True)
        c.case(op, x(), [2], [2], [0], [1])
        c.case(op, x(dtype=F64), [2] * n)
    c.case(m, x(dtype=F16), [2] * n)
    for pad in (True, False):
        c.case(avg, x(), [2] * n, [], [0] * n, False, pad)
        c.case(avg, x(), [3] * n, [2] * n, [1] * n, False, pad)
        c.case(avg, one(), [3] * n, [2] * n, [1] * n, True, pad)
        c.case(avg, x(), [2] * n, [3] * n, [1] * n, True, pad)
        c.case(avg, x(), [4] * n, [3] * n, [1] * n, True, pad)
    if n < 3:
        c.case(avg, x(dtype=F16), [2] * n)
    c.case(avg, x(dtype=F64), [2] * n)
    if n > 1:
        c.case(avg, x(), [2] * n, [1] * n, [1] * n, False, True, 3)
        c.case(avg, x(), [3] * n, [2] * n, [1] * n, True, False, 5)
        c.case(avg, one(), [2] * n, [3] * n, [1] * n, True, True, 5)
        c.case(avg, one(), [2] * n, [2] * n, [0] * n, False, True, -2)
    for op in (f'aten::adaptive_avg_pool{n}d', f'aten::adaptive_max_pool{n}d'):
        c.case(op, x(), [1] * n)
        c.case(op, one(), [1] * n)
        c.case(op, x(), [3] * n)
        c.case(op, x(), [2] * n)
        c.case(op, one(), [4] * n)
        c.case(op, x(), [7] * n)
        c.case(op, x(dtype=F64), [2] * n)
        if n < 3:
            c.case(op, x(dtype=F16), [2] * n)
        c.case(op, x(dtype=F64), [1] * n)
        c.case(op, c.perm(1, 2, *([6] * n)), [3] * n)
        c.case(op, c.perm(1, 2, *([6] * n), dtype=F64), [3] * n)

c.case('aten::max_pool2d', c.ints(1, 2, 5, 5, low=-100, high=100, dtype=torch.uint8), [2, 2])
c.case('aten::max_pool2d', c.ints(1, 2, 5, 5, low=-100, high=100, dtype=torch.int32), [2, 3], [1, 1], [1, 1])
c.case('aten::max_pool2d', c.ints(1, 2, 5, 5, low=-100, high=100), [2, 2])
c.case('aten::max_pool2d', torch.full((1, 1, 3, 3), -float('inf')), [2, 2])
c.case('aten::max_pool2d_with_indices', torch.zeros(1, 2, 4, 4), [2, 2])
c.case('aten::max_pool2d_with_indices', c.rand(0, 2, 4, 4), [2, 2])
c.case('aten::adaptive_avg_pool2d', c.rand(1, 2, 7, 6), [7, 2])
c.case('aten::adaptive_avg_pool2d', c.rand(1, 2, 7, 6), [3, 6])
c.case('aten::_adaptive_avg_pool2d', c.rand(1, 2, 7, 6), [3, 2])
c.case('aten::_adaptive_avg_pool3d', c.rand(1, 2, 4, 5, 6), [3, 2, 3])
c.case('aten::adaptive_max_pool2d', torch.zeros(1, 2, 7, 6), [3, 4])
c.case('aten::adaptive_max_pool2d', c.perm(1, 2, 7, 6), [7, 2])
c.ir(
    """graph(%x : Tensor):
  %two : int = prim::Constant[value=2]()
  %axis : int = prim::Constant[value=-1]()
  %w : int = aten::size(%x, %axis)
  %size : int[] = prim::ListConstruct(%two, %w)
  %y : Tensor = aten::adaptive_avg_pool2d(%x, %size)
  return (%y)
""",
    c.rand(1, 2, 7, 6),
)
v, i = torch.nn.functional.max_pool2d(c.perm(2, 3, 6, 6), 2, return_indices=True)
c.case('aten::max_unpool2d', v, i, [6, 6])
c.case('aten::max_unpool2d', v, i, [7, 8])
c.case('aten::max_unpool2d', v[0], i[0], [6, 6])
v, i = torch.nn.functional.max_pool3d(c.perm(1, 2, 4, 4, 4), 2, return_indices=True)
c.case('aten::max_unpool3d', v, i, [4, 4, 4], [2, 2, 2], [0, 0, 0])
spoiled = c.perm(1, 2, 4, 4)
spoiled[0, 0, 1, 2] = float('nan')
c.case('aten::max_pool2d', spoiled, [2, 2])
c.case('aten::max_pool2d', spoiled, [3, 3], [1, 1], [1, 1])
c.case('aten::adaptive_avg_pool2d', spoiled, [2, 2])
spoiled[0, 0, 1, 1] = float('nan')
c.case('aten::max_pool2d_with_indices', spoiled, [2, 2])
c.case('aten::max_pool2d_with_indices', spoiled, [3, 3], [1, 1], [1, 1])
c.case('aten::max_pool2d_with_indices', spoiled.double(), [3, 2], [2, 1], [1, 0], 1, True)
c.case('aten::max_pool1d_with_indices', spoiled[0, 0], 2)
c.case('aten::max_pool3d_with_indices', spoiled[None], [1, 2, 2])
c.write()
