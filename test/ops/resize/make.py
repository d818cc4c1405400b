"""Resampling: every mode by size, by scale and by both; corners, antialiasing; sampling at points of a grid."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=18)
F16, F64 = torch.float16, torch.float64
SIZES = {1: (7,), 2: (5, 4), 3: (3, 4, 3)}
LINEAR = {1: 'upsample_linear1d', 2: 'upsample_bilinear2d', 3: 'upsample_trilinear3d'}
TARGETS = {1: [(14,), (5,), (1,), (10,)], 2: [(10, 8), (3, 7), (1, 1), (5, 9)], 3: [(6, 8, 6), (2, 5, 4)]}
SCALES = {1: [[2.0], [1.7], [0.5], [1.05]], 2: [[2.0, 2.0], [1.7, 1.3], [0.6, 0.5], [3.0, 1.0], [1.05, 1.2], [1.5, 1.2]], 3: [[2.0, 2.0, 2.0], [1.5, 0.7, 1.4]]}


def scaled(n, scales):
    return [int(size * scale) for size, scale in zip(SIZES[n], scales)]


for n in (1, 2, 3):
    x = lambda **k: c.rand(1, 2, *SIZES[n], **k)
    for op in (f'upsample_nearest{n}d', f'_upsample_nearest_exact{n}d'):
        for size in TARGETS[n]:
            c.case(f'aten::{op}', x(), list(size))
        for scales in SCALES[n]:
            c.case(f'aten::{op}.vec', x(), None, scales)
            c.case(f'aten::{op}', x(), scaled(n, scales), *scales)
        c.case(f'aten::{op}', x(dtype=F64), list(TARGETS[n][0]))
        c.case(f'aten::{op}', c.ints(1, 2, *SIZES[n], dtype=torch.uint8, low=0, high=255), list(TARGETS[n][1]))
        c.case(f'aten::{op}', x(), dyn(list(TARGETS[n][1])))
    ops = [LINEAR[n]] + (['upsample_bicubic2d', '_upsample_bilinear2d_aa', '_upsample_bicubic2d_aa'] if n == 2 else [])
    for op in ops:
        for corners in (False, True):
            if corners and op.endswith('_aa'):
                continue
            for size in TARGETS[n]:
                c.case(f'aten::{op}', x(), list(size), corners)
            for scales in SCALES[n]:
                # onnxruntime copies where both extents are kept; the cubic kernel of torch does not.
                if op == 'upsample_bicubic2d' and scaled(n, scales) == list(SIZES[n]):
                    continue
                c.case(f'aten::{op}.vec', x(), None, corners, scales)
                c.case(f'aten::{op}', x(), scaled(n, scales), corners, *scales)
        c.case(f'aten::{op}', x(dtype=F64), list(TARGETS[n][0]), False)
        c.case(f'aten::{op}', x(), dyn(list(TARGETS[n][1])), False)
c.case('aten::upsample_nearest2d', c.rand(1, 1, 3, 41), [3, 97])
c.case('aten::_upsample_nearest_exact2d', c.rand(1, 1, 3, 41), [6, 97])
c.case('aten::upsample_nearest2d', c.rand(1, 2, 4, 4, dtype=F16), [8, 8])
c.case('aten::upsample_bilinear2d', c.rand(1, 2, 4, 4, dtype=F16), [8, 8], False)
c.case('aten::upsample_bilinear2d', c.rand(2, 3, 8, 8), [3, 5], False)

for mode in (0, 1, 2):
    for padding in (0, 1, 2):
        for corners in (True, False):
            c.case('aten::grid_sampler', c.rand(2, 2, 4, 5), c.rand(2, 3, 3, 2, low=-1.2, high=1.2), mode, padding, corners)
c.case('aten::grid_sampler_2d', c.rand(1, 2, 4, 5), c.rand(1, 3, 2, 2, low=-1, high=1), 0, 0, False)
for mode in (0, 1):
    for padding in (0, 1, 2):
        c.case('aten::grid_sampler', c.rand(1, 2, 3, 4, 5), c.rand(1, 2, 3, 2, 3, low=-1.2, high=1.2), mode, padding, padding == 1)
        c.case('aten::grid_sampler_3d', c.rand(1, 2, 3, 4, 5), c.rand(1, 2, 3, 2, 3, low=-1.2, high=1.2), mode, padding, False)
c.case('aten::grid_sampler', c.rand(1, 2, 4, 5, dtype=F64), c.rand(1, 3, 3, 2, dtype=F64, low=-1, high=1), 0, 0, False)
for corners in (True, False):
    c.case('aten::affine_grid_generator', c.rand(2, 2, 3), [2, 3, 4, 5], corners)
    c.case('aten::affine_grid_generator', c.rand(2, 3, 4), [2, 3, 2, 4, 5], corners)
c.case('aten::affine_grid_generator', c.rand(1, 2, 3, dtype=F64), [1, 3, 4, 5], False)
c.case('aten::affine_grid_generator', c.rand(1, 2, 3), dyn([1, 3, 4, 5]), False)
# Extents that a scale keeps: torch steps by the scale all the same. They must be known.
KEPT = '''graph(%x : Tensor):
  %n1 : int = prim::Constant[value=1]()
  %h : int = prim::Constant[value={h}]()
  %w : int = prim::Constant[value={w}]()
  %sizes : int[] = prim::ListConstruct(%n1, %n1, %h, %w)
  %y : Tensor = aten::view(%x, %sizes)
  %none : NoneType = prim::Constant()
  %align : bool = prim::Constant[value={align}]()
  %f : float = prim::Constant[value={fh}]()
  %g : float = prim::Constant[value={fw}]()
  %fs : float[] = prim::ListConstruct(%f, %g)
  %out : Tensor = aten::upsample_bicubic2d(%y, %none, %align, %fs)
  return (%out)
'''
for h, w, fh, fw in ((1, 4, 1.5, 1.5), (3, 5, 1.25, 2.0), (4, 4, 1.2, 1.2), (2, 3, 1.4, 0.5)):
    for align in (0, 1):
        c.ir(KEPT.format(h=h, w=w, fh=fh, fw=fw, align=align), c.rand(1, 1, h, w), op='aten::upsample_bicubic2d.vec')
c.write()
