"""oneDNN's layers with a function behind them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=83)
x, w, b = c.rand(3, 4), c.rand(5, 4), c.rand(5)
img, k, kb, other = c.rand(2, 4, 6, 5), c.rand(6, 2, 3, 3), c.rand(6), c.rand(2, 6, 3, 5)
FUNCTIONS = [('none', [], ''), ('relu', [], ''), ('sigmoid', [], ''), ('tanh', [], ''), ('swish', [], ''), ('hardswish', [], ''), ('hardsigmoid', [], ''),
             ('leaky_relu', [0.2], ''), ('hardtanh', [-0.5, 0.75], ''), ('gelu', [], 'none'), ('gelu', [], 'tanh')]  # fmt: skip
CONV = ([1, 1], [2, 1], [1, 1], 2)


def told(op, *args):
    name, _, overload = op.partition('.')
    kernel = getattr(getattr(torch.ops.mkldnn, name), overload or 'default')
    c.told(f'mkldnn::{op}', *args, outputs=[kernel(*args)])


for attr, scalars, algorithm in FUNCTIONS:
    told('_linear_pointwise', x, w, b, attr, scalars, algorithm)
    told('_convolution_pointwise', img, k, kb, *CONV, attr, scalars, algorithm)
told('_linear_pointwise', x, w, None, 'relu', [], '')
told('_linear_pointwise', c.rand(2, 3, 4), w, b, 'none', [], '')
told('_convolution_pointwise', img, k, None, *CONV, 'relu', [], '')
for attr in ('add', 'sub', 'mul'):
    told('_linear_pointwise.binary', x, c.rand(3, 5), w, b, attr)
for alpha in (None, 1.0):
    for unary in (None, 'relu'):
        told('_convolution_pointwise.binary', img, other, k, kb, *CONV, 'add', alpha, unary, [], None)
c.told('mkldnn::_reorder_linear_weight', w, outputs=[w])
c.told('mkldnn::_reorder_convolution_weight', k, outputs=[k])
c.write()
