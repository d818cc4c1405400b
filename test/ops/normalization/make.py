"""Normalisations: with and without weights and statistics, every rank, dtype; dropout at inference."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=13)
F16, F64 = torch.float16, torch.float64
SHAPES = [(5, 3), (2, 3, 4), (2, 3, 4, 5), (1, 3, 2, 3, 2)]


def v(n=3, dtype=torch.float32):
    return c.rand(n, dtype=dtype)


def positive(n=3, dtype=torch.float32):
    return c.rand(n, dtype=dtype, low=0.5, high=2.0)


for shape in SHAPES:
    x = c.rand(*shape)
    c.case('aten::batch_norm', x, v(), v(), v(), positive(), False, 0.1, 1e-5, True)
    c.case('aten::batch_norm', x, None, None, v(), positive(), False, 0.1, 1e-3, True)
    c.case('aten::batch_norm', x, v(), v(), v(), positive(), True, 0.1, 1e-5, True)
    c.case('aten::batch_norm', x, None, None, None, None, True, 0.1, 1e-5, True)
for dtype in (F16, F64):
    c.case('aten::batch_norm', c.rand(2, 3, 4, dtype=dtype), v(dtype=dtype), v(dtype=dtype), v(dtype=dtype), positive(dtype=dtype), False, 0.1, 1e-5, True)
c.case('aten::batch_norm', c.rand(2, 3, 4, dtype=F64), v(dtype=F64), v(dtype=F64), None, None, True, 0.1, 1e-5, True)
x = c.rand(2, 3, 4, 5)
c.case('aten::native_batch_norm', x, v(), v(), v(), positive(), False, 0.1, 1e-5)
c.case('aten::native_batch_norm', x, v(), v(), None, None, True, 0.1, 1e-5)
c.case('aten::_native_batch_norm_legit_no_training', x, v(), v(), v(), positive(), 0.1, 1e-5)
c.case('aten::_native_batch_norm_legit_no_training', x, None, None, v(), positive(), 0.1, 1e-5)
c.case('aten::_native_batch_norm_legit.no_stats', x, v(), v(), True, 0.1, 1e-5)
c.case('aten::_native_batch_norm_legit_functional', x, v(), v(), v(), positive(), True, 0.1, 1e-5)
c.case('aten::_native_batch_norm_legit_functional', x, v(), v(), v(), positive(), False, 0.1, 1e-5)

for shape in SHAPES[1:]:
    x = c.rand(*shape)
    c.case('aten::instance_norm', x, v(), v(), None, None, True, 0.1, 1e-5, True)
    c.case('aten::instance_norm', x, None, None, None, None, True, 0.1, 1e-3, True)
    c.case('aten::instance_norm', x, v(), v(), v(), positive(), False, 0.1, 1e-5, True)
c.case('aten::instance_norm', c.rand(2, 3, 4, dtype=F64), v(dtype=F64), v(dtype=F64), None, None, True, 0.1, 1e-5, True)
c.case('aten::instance_norm', c.rand(2, 3, 9, dtype=F16), None, None, None, None, True, 0.1, 1e-5, True)

for shape, k in [((5,), 1), ((3, 5), 1), ((2, 3, 5), 1), ((2, 3, 5), 2), ((2, 3, 5), 3), ((2, 2, 3, 5), 2)]:
    x, n = c.rand(*shape), list(shape[-k:])
    w = lambda: c.rand(*n)
    c.case('aten::layer_norm', x, n, w(), w(), 1e-5, True)
    c.case('aten::layer_norm', x, n, None, None, 1e-3, True)
    c.case('aten::layer_norm', x, n, w(), None)
    c.case('aten::native_layer_norm', x, n, w(), w(), 1e-5)
    c.case('aten::native_layer_norm', x, n, None, None, 1e-5)
    c.case('aten::rms_norm', x, n, w(), 1e-3)
    c.case('aten::rms_norm', x, n)
for dtype in (F16, F64):
    t = lambda *s: c.rand(*s, dtype=dtype)
    c.case('aten::layer_norm', t(3, 8), [8], t(8), t(8))
    c.case('aten::layer_norm', t(3, 8), [8])
    c.case('aten::rms_norm', t(3, 8), [8], t(8))
    c.case('aten::rms_norm', t(3, 8) * 1e-4, [8])
    c.case('aten::group_norm', t(2, 4, 5), 2, t(4), t(4))
c.case('aten::rms_norm', torch.zeros(2, 4), [4])
c.case('aten::layer_norm', torch.zeros(2, 4), [4])
c.case('aten::_fused_rms_norm', c.rand(2, 3, 5), [5], c.rand(5), 1e-5)

for shape in [(3, 4), (2, 4, 5), (2, 6, 3, 3), (1, 4, 2, 3, 2)]:
    x = c.rand(*shape)
    # A group of one number has no deviation: what is left is rounding.
    for g in (1, 2, shape[1]) if len(shape) > 2 else (1, 2):
        c.case('aten::group_norm', x, g, c.rand(shape[1]), c.rand(shape[1]))
    c.case('aten::group_norm', x, 2, None, None, 1e-3)
    c.case('aten::native_group_norm', x, c.rand(shape[1]), c.rand(shape[1]), shape[0], shape[1], x.numel() // shape[0] // shape[1], 2, 1e-5)

for p in (1, 2, 3, 2.5, float('inf')):
    c.case('aten::renorm', c.rand(4, 3, 2), p, 0, 1.5)
c.case('aten::renorm', c.rand(4, 3, 2), 2, -1, 1)
c.case('aten::renorm', c.rand(4, 3), 1, 1, 2.0)
for dim in (0, 2):
    g = torch.ones(3, 1, 1) if dim == 0 else c.rand(1, 1, 2)
    c.case('aten::_weight_norm', c.rand(3, 4, 2), g, dim)
    c.case('aten::_weight_norm_interface', c.rand(3, 4, 2), g, dim)
    c.case('aten::norm_except_dim', c.rand(3, 4, 2), 2, dim)
c.case('aten::_weight_norm', c.rand(3, 4), c.rand(3, 1), 0)
c.case('aten::norm_except_dim', c.rand(3, 4, 2), 2, -1)

for op in ('dropout', 'feature_dropout', 'alpha_dropout', 'feature_alpha_dropout', 'native_dropout'):
    c.case(f'aten::{op}', c.rand(2, 3, 4), 0.5, False)
c.case('aten::dropout', c.rand(2, 3), 0.0, True)
c.write()
