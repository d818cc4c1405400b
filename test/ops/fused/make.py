"""Operators that do several things at once, or one thing as a back end has it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=67)
F64, F16 = torch.float64, torch.float16

x, w, bias = c.rand(2, 4, 7, 6), c.rand(6, 2, 3, 3), c.rand(6)
S, P, D, Z = [2, 1], [1, 0], [1, 2], [0, 0]
z = c.rand(2, 6, 4, 2)
for b in (None, bias):
    plain = (x, w, b, S, P, D, False, Z, 2)
    for op in ('cudnn', 'miopen'):
        c.twin(f'aten::{op}_convolution_relu', x, w, b, S, P, D, 2, of='aten::convolution', of_args=plain, cast=torch.relu)
        c.twin(f'aten::{op}_convolution_add_relu', x, w, z, None, b, S, P, D, 2, of='aten::convolution', of_args=plain, cast=lambda y: torch.relu(y + z))
        c.twin(f'aten::{op}_convolution_add_relu', x, w, z, 0.5, b, S, P, D, 2, of='aten::convolution', of_args=plain, cast=lambda y: torch.relu(y + 0.5 * z))
b4, w, w3 = c.rand(4), c.rand(4, 1, 3, 3), c.rand(4, 1, 2, 2, 2)
x3 = c.rand(1, 2, 4, 3, 5)


def depthwise(op, x, weight, bias, stride, padding, dilation):
    """The number of channels is the number of groups, which must be known: the extents are said in the graph."""
    ints = lambda name, values: ''.join(f'  %{name}{i} : int = prim::Constant[value={v}]()\n' for i, v in enumerate(values)) + f'  %{name} : int[] = prim::ListConstruct({", ".join(f"%{name}{i}" for i in range(len(values)))})\n'
    lists = ints('size', x.shape) + ints('k', weight.shape[2:]) + ints('s', stride) + ints('p', padding) + ints('d', dilation)
    params, none = ('%x : Tensor, %w : Tensor, %b : Tensor', '') if bias is not None else ('%x : Tensor, %w : Tensor', '  %b : NoneType = prim::Constant()\n')
    text = f'graph({params}):\n{none}{lists}  %v : Tensor = aten::view(%x, %size)\n  %y : Tensor = {op}(%v, %w, %k, %b, %s, %p, %d)\n  return (%y)\n'
    conv = torch.conv2d if x.dim() == 4 else torch.conv3d
    c.ir(text, *(t for t in (x, weight, bias) if t is not None), op=op, outputs=[conv(x, weight, bias, stride, padding, dilation, x.shape[1])])


for b in (b4, None):
    depthwise('aten::_conv_depthwise2d', x, w, b, S, P, D)
    depthwise('aten::conv_depthwise3d', x3, w3, b, [1, 1, 2], [1, 0, 0], [1, 1, 1])
theta = c.rand(2, 2, 3)
c.twin('aten::cudnn_affine_grid_generator', theta, 2, 3, 4, 5, of='aten::affine_grid_generator', of_args=(theta, [2, 3, 4, 5], True))

for dtype in (torch.float32, F64, F16, torch.int64, torch.int32):
    a = c.ints(3, 4, dtype=dtype)
    if dtype in (torch.float32, F64):
        c.case('aten::_add_relu', a, c.ints(3, 4, dtype=dtype))
        c.case('aten::_add_relu', a, c.ints(3, 4, dtype=dtype), alpha=2)
    c.twin('aten::_add_relu.Scalar', a, 2, of='aten::add.Scalar', of_args=(a, 2), cast=torch.relu)
for dtype in (torch.float32, F64):
    a, m, n = c.rand(5, dtype=dtype), c.rand(3, 4, dtype=dtype), c.rand(4, 5, dtype=dtype)
    for gelu in (False, True):
        c.case('aten::_addmm_activation', a, m, n, use_gelu=gelu)
        c.case('aten::_addmm_activation', c.rand(3, 5, dtype=dtype), m, n, beta=0.5, alpha=2, use_gelu=gelu)
c.case('aten::_int_mm', c.ints(17, 8, dtype=torch.int8, low=-128, high=128), c.ints(8, 16, dtype=torch.int8, low=-128, high=128))
m, n = c.rand(3, 4, dtype=F16), c.rand(4, 5, dtype=F16)
wide = lambda *xs: tuple(x.float() for x in xs)
c.twin('aten::mm.dtype', m, n, torch.float32, of='aten::mm', of_args=wide(m, n))
p, q = c.rand(2, 3, 4, dtype=F16), c.rand(2, 4, 5, dtype=F16)
c.twin('aten::bmm.dtype', p, q, torch.float32, of='aten::bmm', of_args=wide(p, q))
s = c.rand(3, 5)
c.twin('aten::addmm.dtype', s, m, n, torch.float32, of='aten::addmm', of_args=(s, *wide(m, n)))
c.twin('aten::baddbmm.dtype', s, p, q, torch.float32, of='aten::baddbmm', of_args=(s, *wide(p, q)))

c.case('aten::_dim_arange', c.rand(3, 4), 1)
c.case('aten::_dim_arange', c.rand(3, 4), -2)
for shape in ([2, 6], [-1, 3], [12]):
    c.case('aten::_reshape_from_tensor', c.rand(3, 4), torch.tensor(shape))
parts = [c.rand(2, 3), c.rand(4), c.rand(1, 2)]
c.case('aten::flatten_dense_tensors', parts)
c.case('aten::flatten_dense_tensors', [c.ints(2, 2)])
c.case('aten::unflatten_dense_tensors', c.rand(12), parts)
for kind, mask in ((2, c.bools(2, 3, 4, 4)), (0, c.bools(4, 4)), (1, torch.tensor([[False, False, True, True], [False, True, False, False]]))):
    y = c.rand(2, 3, 4, 4)
    c.case('aten::_masked_softmax', y, mask, 3, kind)
c.case('aten::_masked_softmax', c.rand(2, 3), torch.tensor([[True, False, False], [False, True, False]]), None, 2)

FILL = 'graph(%%x : Tensor):\n  %%v : %s = prim::Constant[value=%s]()\n  %%w : bool = prim::Constant[value=%d]()\n  %%y : Tensor = functional::fill_diagonal(%%x, %%v, %%w)\n  return (%%y)\n'
for x in (c.rand(3, 3), c.rand(3, 5), c.rand(7, 3), c.ints(4, 2), c.bools(3, 3), c.rand(3, 3, 3, dtype=F64), c.ints(6, 2, dtype=torch.uint8)):
    for wrap in (False, True):
        c.ir(FILL % ('int', 1, wrap), x, op='functional::fill_diagonal', outputs=[x.clone().fill_diagonal_(1, wrap)])
x = c.rand(3, 3)
c.ir(FILL % ('float', '-0.5', 0), x, op='functional::fill_diagonal', outputs=[x.clone().fill_diagonal_(-0.5)])
for size in ([2, 6], [12]):
    c.twin('aten::resize', c.rand(3, 4), size, of='aten::reshape')
x = c.rand(3, 4)
for size in ([4], [3, 2], []):
    c.twin('aten::resize', x, size, of='aten::clone', of_args=(x.flatten()[: torch.Size(size).numel()].reshape(size),))
c.twin('aten::resize_as', x, c.rand(2, 2), of='aten::clone', of_args=(x.flatten()[:4].reshape(2, 2),))
c.write()
