"""The primitives of torch's reference implementations (torch._prims)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
import torch._prims
from opcase import Cases, dyn

c = Cases(seed=79)
F64, F16, I64, I32 = torch.float64, torch.float16, torch.int64, torch.int32
CPU = torch.device('cpu')
unit = lambda dtype=torch.float32: torch.tensor([[0.1, 0.35, 0.8], [0.5, 0.95, 0.25]], dtype=dtype)

for op in ('abs acos asin atan asinh atanh ceil cos cosh digamma erf erfc erf_inv erfcx exp exp2 expm1 floor lgamma log log10 log1p log2 neg reciprocal round rsqrt '
           'sign sin sinh sqrt tan tanh trunc isfinite signbit cbrt bessel_i0 bessel_i0e bessel_i1 bessel_i1e bessel_j0 bessel_j1 ndtri spherical_bessel_j0').split():  # fmt: skip
    c.case(f'prims::{op}', unit())
    c.case(f'prims::{op}', unit(F64) * (1 if op in ('acos', 'asin', 'atanh', 'erf_inv', 'ndtri') else 1.5))
c.case('prims::acosh', unit() + 1)
c.case('prims::frexp', c.rand(2, 3) * 100)
for op in ('abs', 'neg', 'sign', 'bitwise_not', 'signbit'):
    c.case(f'prims::{op}', c.ints(2, 3))
for op in 'add sub mul div eq ne lt le gt ge fmax fmin fmod hypot maximum minimum nextafter pow remainder atan2 igamma igammac'.split():
    x, y = unit() * 3, unit().flip(0) + 0.1
    c.case(f'prims::{op}', x, y)
    c.case(f'prims::{op}', x.double(), y.double())
c.case('prims::zeta', unit() + 1.5, unit() + 1)
for op in 'add sub mul div eq lt ge fmod maximum minimum remainder gcd bitwise_and bitwise_or bitwise_xor'.split():
    for dtype in (I64, I32):
        y = c.ints(2, 3, dtype=dtype)
        c.case(f'prims::{op}', c.ints(2, 3, dtype=dtype), torch.where(y == 0, 3, y).to(dtype))
for op in ('shift_left', 'shift_right_arithmetic'):
    c.case(f'prims::{op}', c.ints(2, 3), c.ints(2, 3, low=0, high=5))



def view(op, *args):
    """Views alias their argument, which the interpreter does not let Python kernels do."""
    with torch.no_grad():
        golden = getattr(torch.ops.prims, op)(*(a.value if isinstance(a, dyn) else a for a in args))
    c.told(f'prims::{op}', *args, outputs=[golden])


x = c.rand(2, 3, 4)
c.case('prims::cat', [x, c.rand(2, 1, 4)], 1)
c.case('prims::clone', x)
c.case('prims::rev', x, [0, 2])
view('transpose', x, [2, 0, 1])
c.case('prims::reshape', x, [4, 6])
c.case('prims::reshape', x, dyn([6, 4]))
view('squeeze', c.rand(2, 1, 3, 1), [1, 3])
for op in ('collapse', 'collapse_view'):
    view(op, x, 0, 1)
    view(op, x, 1, 2)
    view(op, x, 1, 1)
view('split_dim', c.rand(6, 4), 0, 2)
view('split_dim', c.rand(2, 6), 1, dyn(3))
view('broadcast_in_dim', c.rand(3), [2, 3, 4], [1])
view('broadcast_in_dim', c.rand(2, 1), [2, 5, 3], [0, 2])
view('broadcast_in_dim', c.rand(4), [4], [0])
view('broadcast_in_dim', c.rand(3), [2, 3], [1])
c.case('prims::where', c.bools(2, 3), c.rand(2, 3), c.rand(2, 3))
c.twin('prims::view_of', x, of='aten::alias')
c.told('prims::view_of_dtype', x, torch.float32, outputs=[x])
for dtype in (F64, F16, I64, torch.bool):
    c.case('prims::convert_element_type', x * 3, dtype)
c.case('prims::device_put', x, CPU)
c.case('prims::copy_strided', x, [12, 4, 1])
c.case('prims::fill', x, 2.5)
c.case('prims::as_strided_scatter', c.rand(12), c.rand(3), [3], [4], 1)
c.case('prims::full', [2, 3], 1.5, dtype=torch.float32, device=CPU, requires_grad=False)
c.case('prims::full', dyn([2, 3]), 7, dtype=I64, device=CPU, requires_grad=False)
c.case('prims::full_like', x, 2, dtype=F64, device=CPU, requires_grad=False)
c.case('prims::scalar_tensor', 2.5, dtype=F64, device=CPU)
c.case('prims::scalar_tensor', dyn(3), dtype=I64, device=CPU)
for length, start, step, dtype in ((5, 0, 1, I64), (dyn(4), 3, 2, I32), (3, 5, -2, I64)):
    c.case('prims::iota', length, start=start, step=step, dtype=dtype, device=CPU, requires_grad=False)
for op in ('amax', 'amin', 'sum', 'prod'):
    for dims in ([0], [1, 2], [2], [0, 1, 2]):
        c.case(f'prims::{op}', x, dims)
        c.case(f'prims::{op}', c.ints(2, 3, 4, dtype=I32), dims)
for correction in (0.0, 1.0, 2.0):
    c.case('prims::var', x, [0, 2], correction)
c.case('prims::item', torch.tensor(2.5))
a = c.rand(3, 4)
SVD = 'graph(%a : Tensor):\n  %no : bool = prim::Constant[value=0]()\n  %u : Tensor, %s : Tensor, %v : Tensor = prims::svd(%a, %no)\n  return (%s)\n'
c.ir(SVD, a, op='prims::svd', outputs=[torch.linalg.svdvals(a)])
c.write()
