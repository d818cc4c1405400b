"""Convolutions: strides, padding lists and strings, dilation, groups, transposed, with and without batch; unfold and fold."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=11)
F16, F64 = torch.float16, torch.float64
SIZES = {1: (9,), 2: (6, 5), 3: (5, 3, 4)}
KERNELS = {1: (3,), 2: (3, 2), 3: (2, 3, 1)}


def x(n, channels=4, batch=(1,), dtype=torch.float32):
    return c.rand(*batch, channels, *SIZES[n], dtype=dtype)


def w(n, out=6, channels=4, dtype=torch.float32, kernel=None):
    return c.rand(out, channels, *(kernel or KERNELS[n]), dtype=dtype, low=-0.5, high=0.5)


for n in (1, 2, 3):
    op = f'aten::conv{n}d'
    c.case(op, x(n), w(n), None)
    c.case(op, x(n), w(n), c.rand(6))
    c.case(op, x(n, batch=()), w(n), c.rand(6))
    c.case(op, x(n), w(n), c.rand(6), [2] * n, [1] * n)
    c.case(op, x(n), w(n), c.rand(6), [2] * n, list(range(1, n + 1)), [1] * n, 1)
    c.case(op, x(n), w(n, channels=2), c.rand(6), [1] * n, [2] * n, [2] * n, 2)
    c.case(op, x(n), w(n, out=4, channels=1), None, 1, 1, 1, 4)
    c.case(op, x(n), w(n), c.rand(6), [2], [1], [1])
    c.case(f'{op}.padding', x(n), w(n), c.rand(6), [1] * n, 'same')
    c.case(f'{op}.padding', x(n), w(n), None, [1] * n, 'same', [2] * n)
    c.case(f'{op}.padding', x(n, batch=()), w(n), None, [2] * n, 'valid')
    t = 'aten::conv_transpose1d' if n == 1 else f'aten::conv_transpose{n}d.input'
    wt = lambda out=3: c.rand(4, out, *KERNELS[n], low=-0.5, high=0.5)
    c.case(t, x(n), wt(), None)
    c.case(t, x(n), wt(), c.rand(3), [2] * n, [1] * n, [1] * n)
    c.case(t, x(n, batch=()), wt(), c.rand(3), [2] * n)
    c.case(t, x(n), wt(), c.rand(6), [3] * n, [0] * n, [2] * n, 2, [1] * n)
    c.case(t, x(n), wt(), c.rand(3), [1] * n, [1] * n, [0] * n, 1, [2] * n)
    c.case(t, x(n), wt(1), None, [2], [0], [0], 4)
    one, none, two = [1] * n, [0] * n, [2] * n
    c.case('aten::convolution', x(n), w(n), c.rand(6), one, none, one, False, none, 1)
    c.case('aten::convolution', x(n), wt(), None, two, one, one, True, one, 1)
    c.case('aten::_convolution', x(n), w(n, channels=2), c.rand(6), two, one, one, False, none, 2, False, False, True, True)
    c.case('aten::_convolution', x(n), wt(), c.rand(3), two, none, one, True, none, 1, False, False, True, True)
    c.case('aten::_convolution.deprecated', x(n), w(n), None, one, one, two, False, none, 1, False, False, True)
    c.case('aten::_convolution.deprecated', x(n), w(n), None, [1], [0], [1], False, [0], 1, False, False, True)
    c.case('aten::_convolution_mode', x(n), w(n), c.rand(6), one, 'same', one, 1)
    c.case('aten::_convolution_mode', x(n), w(n), None, two, 'valid', one, 1)

c.case('aten::conv2d', c.rand(1, 4, 5, 5, dtype=F16), w(2, dtype=F16), c.rand(6, dtype=F16), 1, 1)
c.case('aten::conv2d', c.rand(1, 4, 5, 5, dtype=F64), w(2, dtype=F64), c.rand(6, dtype=F64), 1, 1)
c.case('aten::conv_transpose2d.input', c.rand(1, 4, 5, 5, dtype=F64), c.rand(4, 2, 3, 3, dtype=F64))
c.case('aten::conv2d', c.rand(1, 4, 5, 5), w(2, kernel=(1, 1)))
c.case('aten::conv2d', c.rand(0, 4, 5, 5), w(2), c.rand(6))
c.case('aten::conv_tbc', c.rand(7, 2, 4), c.rand(3, 4, 5), c.rand(5), 0)
c.case('aten::conv_tbc', c.rand(7, 2, 4), c.rand(3, 4, 5), c.rand(5), 2)

c.case('aten::im2col', c.rand(2, 3, 6, 7), [2, 3], [1, 1], [0, 0], [1, 1])
c.case('aten::im2col', c.rand(2, 3, 6, 7), [2, 3], [2, 1], [1, 2], [2, 3])
c.case('aten::im2col', c.rand(3, 6, 7), [3, 3], [1, 1], [1, 1], [2, 2])
c.case('aten::im2col', c.rand(1, 3, 6, 7, dtype=F64), [2, 2], [1, 1], [1, 0], [2, 2])
c.case('aten::col2im', c.rand(2, 18, 20), [5, 7], [2, 3], [1, 1], [0, 0], [1, 1])
c.case('aten::col2im', c.rand(2, 27, 12), [6, 7], [3, 3], [1, 1], [1, 1], [2, 2])
c.case('aten::col2im', c.rand(8, 9), [6, 6], [2, 2], [1, 1], [0, 0], [2, 2])
c.write()
