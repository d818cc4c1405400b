"""Padding: constants, reflection, replication, circular; negative pads; pads known only at run time; sequences."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=14)
F16, F64 = torch.float16, torch.float64
for pad in ([1, 2], [0, 0], [-1, 2], [1, -2], [1, 2, 3, 0], [-1, -1, 1, 0], [0, 1, 0, 2, 1, 0], []):
    c.case('aten::constant_pad_nd', c.rand(2, 4, 5), pad)
    c.case('aten::constant_pad_nd', c.rand(2, 4, 5), dyn(pad) if pad else pad, 1.5)
c.case('aten::constant_pad_nd', c.rand(4), [1, 2], float('-inf'))
c.case('aten::constant_pad_nd', c.rand(2, 3), [1, 1], dyn(2.5))
c.case('aten::constant_pad_nd', c.rand(0, 3), [1, 1, 2, 0], 2)
for dtype in (torch.int64, torch.int32, torch.int16, torch.uint8, torch.int8):
    c.case('aten::constant_pad_nd', c.ints(2, 3, dtype=dtype), [1, 2], 3)
    c.case('aten::constant_pad_nd', c.ints(2, 3, dtype=dtype), [1, 2], 3.7)
c.case('aten::constant_pad_nd', c.bools(2, 3), [1, 2], 1)
c.case('aten::constant_pad_nd', c.bools(2, 3), [1, 2])
for dtype in (F16, F64):
    c.case('aten::constant_pad_nd', c.rand(2, 3, dtype=dtype), [1, 2], 0.1)
    c.case('aten::reflection_pad1d', c.rand(2, 3, dtype=dtype), [1, 2])
    c.case('aten::replication_pad1d', c.rand(2, 3, dtype=dtype), [1, 2])
    c.case('aten::_pad_circular', c.rand(1, 2, 3, dtype=dtype), [1, 2])

SIZES = {1: (5,), 2: (4, 5), 3: (3, 4, 5)}
PADS = {1: [[2, 1], [0, 3], [-1, 2]], 2: [[2, 1, 1, 0], [3, 0, -1, 2]], 3: [[2, 1, 1, 0, 1, 1], [1, 0, -1, 1, 0, 2]]}
for n in (1, 2, 3):
    for pad in PADS[n]:
        for lead in ((2, 2), (2,)):
            x = c.rand(*lead, *SIZES[n])
            c.case(f'aten::reflection_pad{n}d', x, pad)
            c.case(f'aten::replication_pad{n}d', x, pad)
            for mode in ('constant', 'reflect', 'replicate', 'circular'):
                if mode != 'circular' or len(lead) == 2:
                    c.case('aten::pad', x, pad, mode)
        c.case('aten::_pad_circular', c.rand(2, 2, *SIZES[n]), pad)
        c.case('aten::pad', c.rand(1, 2, *SIZES[n]), dyn([abs(p) for p in pad]), 'circular')
        c.case('aten::pad', c.rand(1, 2, *SIZES[n]), dyn([abs(p) for p in pad]), 'reflect')
c.case('aten::reflection_pad1d', c.rand(1, 3), dyn([1, 1]))
c.case('aten::replication_pad2d', c.rand(1, 2, 2), [4, 3, 2, 5])
c.case('aten::pad', c.rand(2, 3), [1, 1], 'constant', 2.5)
c.case('aten::pad', c.ints(2, 3), [1, 1], 'constant', 2.0)
c.case('aten::pad', c.rand(2, 3, 4), [1, 1], 'constant', None)
for mode in range(4):
    c.case('aten::_pad_enum', c.rand(1, 2, 5), [1, 2], mode)

for first in (True, False):
    for side in ('right', 'left'):
        c.case('aten::pad_sequence', [c.rand(3), c.rand(1), c.rand(2)], first, 0.0, side)
        c.case('aten::pad_sequence', [c.rand(3, 2), c.rand(4, 2)], first, -1.0, side)
c.case('aten::pad_sequence', [c.ints(3), c.ints(5)])
c.write()
