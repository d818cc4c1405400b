"""interpolate and upsample as operators of their own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=73)
line, image, volume = c.rand(1, 2, 7), c.rand(1, 2, 5, 4), c.rand(1, 1, 3, 4, 3)
# One factor for several axes is read from beyond its end by torch itself: a list there.
by = lambda x, f: f if x.dim() == 3 else [f] * (x.dim() - 2)
for x, mode in ((line, 'linear'), (image, 'bilinear'), (image, 'bicubic'), (volume, 'trilinear')):
    for align in (True, False):
        c.case('aten::__interpolate', x, None, by(x, 2.0), mode, align)
        c.case('aten::__interpolate', x, 6, None, mode, align)
        c.case('aten::__interpolate', x, None, by(x, 1.7), mode, align, True)
        c.case('aten::__interpolate', x, None, by(x, 1.7), mode, align, False)
for x in (line, image, volume):
    for mode in ('nearest', 'area'):
        c.case('aten::__interpolate', x, None, by(x, 2.0), mode)
        c.case('aten::__interpolate', x, None, by(x, 1.7), mode)
        c.case('aten::__interpolate', x, None, by(x, 1.7), mode, None, True)
        c.case('aten::__interpolate', x, 5, None, mode)
c.case('aten::__interpolate', line, None, 1.7, 'nearest', None, False)
c.case('aten::__interpolate', image, [7, 3], None, 'bilinear', False)
c.case('aten::__interpolate', image, None, [2.0, 1.5], 'nearest')
c.case('aten::__interpolate', image, [7, 3], None, 'nearest')
c.case('aten::__interpolate', image, None, [0.5, 1.5], 'bilinear', False, True)
for op, extra in (('__upsample', ('nearest',)), ('__upsample', ('bilinear', True)), ('__upsample', ('bilinear', False)), ('__upsample_nearest', ()), ('__upsample_bilinear', ())):
    c.case(f'aten::{op}', image, None, 2, *extra)
    c.case(f'aten::{op}', image, 7, None, *extra)
    c.case(f'aten::{op}', image, [7, 9], None, *extra)
c.case('aten::__upsample_bilinear', image, None, [2, 3])
c.write()
