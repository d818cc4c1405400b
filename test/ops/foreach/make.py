"""The operator of one tensor for every tensor of a list."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=79)
F64 = torch.float64
UNARY = 'abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 neg reciprocal round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc clone max'
low = lambda *s, **k: c.rand(*s, low=0.1, high=0.9, **k)
for name in UNARY.split():
    c.case(f'aten::_foreach_{name}', [low(2, 3), low(4), low(1, 2, dtype=F64)])
a, b, d = [c.rand(2, 3), c.rand(4)], [low(2, 3), low(4)], [low(2, 3), low(1)]
for name in ('add', 'sub', 'mul', 'div'):
    c.case(f'aten::_foreach_{name}.Scalar', a, 2)
    c.case(f'aten::_foreach_{name}.Scalar', [c.ints(3), c.rand(2)], 1.5)
    c.case(f'aten::_foreach_{name}.ScalarList', a, [2.0, 0.5])
    c.case(f'aten::_foreach_{name}.List', a, b)
    if name != 'sub':
        c.case(f'aten::_foreach_{name}.Tensor', a, torch.tensor(0.5))
c.case('aten::_foreach_add.List', a, b, alpha=2)
c.case('aten::_foreach_sub.List', a, b, alpha=0.5)
c.case('aten::_foreach_add.List', [c.ints(2, 3), c.rand(4)], b)
for name in ('clamp_max', 'clamp_min', 'maximum', 'minimum'):
    c.case(f'aten::_foreach_{name}.Scalar', a, 0.25)
    c.case(f'aten::_foreach_{name}.ScalarList', a, [0.25, -1.0])
    c.case(f'aten::_foreach_{name}.List', a, b)
for name in ('addcmul', 'addcdiv'):
    c.case(f'aten::_foreach_{name}.Scalar', a, b, d, 0.5)
    c.case(f'aten::_foreach_{name}.ScalarList', a, b, d, [0.5, 2.0])
c.case('aten::_foreach_pow.Scalar', b, 3)
c.case('aten::_foreach_pow.ScalarList', b, [0.5, 2.0])
c.case('aten::_foreach_pow.List', b, d)
c.case('aten::_foreach_pow.ScalarAndTensor', 2.0, a)
c.case('aten::_foreach_lerp.Scalar', a, b, 0.3)
c.case('aten::_foreach_lerp.ScalarList', a, b, [0.3, 0.7])
c.case('aten::_foreach_lerp.List', a, b, [low(2, 3), low(4)])
for p in (2, 1, float('inf')):
    c.case('aten::_foreach_norm', a, p)
c.case('aten::_foreach_mm', [c.rand(2, 3), c.rand(4, 1)], [c.rand(3, 2), c.rand(1, 5)])
c.case('aten::_foreach_copy', a, b)
c.case('aten::_foreach_zero', [c.rand(2, 3), c.ints(3)])
c.case('aten::_to_cpu', [c.rand(2, 3), c.ints(3)])
c.write()
