"""Activations. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=13)
F64, F16, I64, I32 = torch.float64, torch.float16, torch.int64, torch.int32
INF, NAN = float('inf'), float('nan')
SPECIAL = torch.tensor([-INF, -1e4, -30.0, -3.5, -1.0, -0.5, -1e-4, -0.0, 0.0, 1e-4, 0.5, 1.0, 3.5, 6.5, 30.0, 1e4, INF])


def each(op, *args, nan=True, inputs=(), **kwargs):
    """One operator on several dtypes and shapes."""
    # torch's gelu of an infinity is NaN.
    c.case(op, SPECIAL[1:-1] if op == 'aten::gelu' else SPECIAL, *args, **kwargs)
    if nan:
        c.case(op, torch.tensor([NAN, 1.0, NAN, -1.0, NAN]), *args, **kwargs)
    c.case(op, c.rand(2, 3, 2, low=-4, high=4), *args, **kwargs)
    c.case(op, c.rand(2, 3, dtype=F64, low=-4, high=4), *args, **kwargs)
    c.case(op, c.rand(2, 3, dtype=F16, low=-4, high=4), *args, **kwargs)
    c.case(op, c.rand(), *args, **kwargs)
    c.case(op, c.rand(2, 0), *args, **kwargs)
    for x in inputs:
        c.case(op, x, *args, **kwargs)


ints = (c.ints(5), c.ints(5, dtype=I32), c.ints(5, dtype=torch.int8))
each('aten::relu', inputs=(*ints, c.ints(5, dtype=torch.uint8, low=0), c.ints(5, dtype=torch.int16)))
each('aten::relu6', inputs=ints)
each('aten::hardtanh')
each('aten::hardtanh', -2, 3, inputs=(c.ints(5),))
each('aten::hardtanh', -0.5, 0.25)
each('aten::hardtanh', dyn(-0.5), dyn(0.25))
each('aten::leaky_relu')
each('aten::leaky_relu', 0.2)
each('aten::leaky_relu', dyn(0.3))
each('aten::elu')
each('aten::elu', 0.7)
each('aten::elu', 1.5, 2.0, 0.5)
each('aten::elu', dyn(0.7))
each('aten::selu')
each('aten::celu')
each('aten::celu', 0.5)
each('aten::celu', dyn(2.0))
each('aten::gelu')
each('aten::gelu', approximate='none')
each('aten::gelu', approximate='tanh')
each('aten::silu')
each('aten::mish')
each('aten::hardsigmoid')
each('aten::hardswish')
each('aten::softplus')
each('aten::softplus', 2)
each('aten::softplus', 0.5, 1)
each('aten::softplus', 1, dyn(2))
each('aten::softshrink')
each('aten::softshrink', 1)
each('aten::softshrink', dyn(0.25))
each('aten::hardshrink')
each('aten::hardshrink', 1.0)
each('aten::threshold', 0.5, -7, inputs=())
each('aten::threshold', 1, 20, inputs=(c.ints(5), c.ints(5, dtype=I32)))
each('aten::threshold', dyn(0.1), dyn(20.0))
each('aten::rrelu')
each('aten::rrelu', 0.1, 0.3, False)
each('aten::log_sigmoid')
c.case('aten::log_sigmoid_forward', c.rand(2, 3))
for shape, weights in (((2, 3), (1, 3)), ((2, 3, 4), (1, 3)), ((2, 3, 2, 2), (1, 3)), ((4,), (1,)), ((), (1,)), ((2, 0), (1,)), ((3,), (1,))):
    for weight in weights:
        c.case('aten::prelu', c.rand(*shape), c.rand(weight))
c.case('aten::prelu', c.rand(2, 3, dtype=F64), c.rand(3, dtype=F64))
c.case('aten::prelu', c.rand(2, 3), torch.tensor(0.25))
c.case('aten::prelu', torch.tensor([INF, -INF, NAN]), c.rand(1))
c.case('aten::_prelu_kernel', c.rand(2, 3, 4), c.rand(1, 3, 1))
for name in ('softmax.int', 'log_softmax.int', 'special_softmax', 'special_log_softmax'):
    op = f'aten::{name}'
    for dim in (-1, 0, 1, -3):
        c.case(op, c.rand(2, 3, 4), dim)
    c.case(op, c.rand(5, dtype=F64), 0)
    c.case(op, c.rand(2, 5, dtype=F16), 1)
    c.case(op, c.rand(), 0)
    c.case(op, c.rand(), -1)
    c.case(op, c.rand(0, 3), 1)
    c.case(op, torch.tensor([[1e4, -1e4, 0.0], [-INF, 1.0, 2.0]]), 1)
    c.case(op, torch.tensor([[-INF, -INF], [NAN, 1.0]]), 1)
    c.case(op, c.rand(2, 3), 1, dtype=F64)
    c.case(op, c.ints(2, 3), 1, dtype=torch.float32)
    c.case(op, c.rand(2, 3, dtype=F16), 1, dtype=torch.float32)
for name in ('_softmax', '_log_softmax'):
    c.case(f'aten::{name}', c.rand(2, 3), 1, False)
    c.case(f'aten::{name}', c.rand(2, 3), -2, False)
for shape, dim in (((2, 4), -1), ((2, 4), 1), ((4, 3, 2), 0), ((2, 6, 2), 1), ((4,), 0)):
    c.case('aten::glu', c.rand(*shape), dim)
c.case('aten::glu', c.rand(2, 4))
c.case('aten::glu', c.rand(2, 4, dtype=F64), 1)
c.case('aten::glu', c.rand(2, 4, dtype=F16), 1)

c.write()
