"""Tensors from sizes and numbers, one_hot, bucketize. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=18)
F32, F64, F16, I64, I32, I16, I8, U8, B = (
    torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
)  # fmt: skip
DTYPES = (F32, F64, F16, I64, I32, I16, I8, U8, B)
NAN, INF = float('nan'), float('inf')
CPU = torch.device('cpu')

for op in ('zeros', 'ones'):
    c.case(f'aten::{op}', [2, 3])
    c.case(f'aten::{op}', [])
    c.case(f'aten::{op}', [0, 3])
    c.case(f'aten::{op}', [30, 40])
    c.case(f'aten::{op}', dyn([2, 3]))
    c.case(f'aten::{op}', [2], dtype=I64, layout=torch.strided, device=CPU, pin_memory=False)
    for dtype in DTYPES:
        c.case(f'aten::{op}', [2], dtype=dtype)
        c.case(f'aten::{op}_like', c.rand(2, 3).to(dtype))
    c.case(f'aten::{op}_like', c.rand(2, 3), dtype=I64)
    c.case(f'aten::{op}_like', c.rand())
    c.case(f'aten::{op}_like', c.rand(0, 3))
    c.case(f'aten::new_{op}', c.ints(2), [2, 3])
    c.case(f'aten::new_{op}', c.ints(2), dyn([2, 3]))
    c.case(f'aten::new_{op}', c.ints(2), [2, 3], dtype=F32)
c.case('aten::full', [2, 3], 7)
c.case('aten::full', [2, 3], 7.5)
c.case('aten::full', [2, 3], dyn(7))
c.case('aten::full', [2, 3], dyn(7.5))
c.case('aten::full', [], 2.5)
c.case('aten::full', [2, 3], -INF)
for dtype in DTYPES:
    c.case('aten::full', [2], 1, dtype=dtype)
    c.case('aten::full_like', c.ints(2).to(dtype), 1)
c.case('aten::full_like', c.rand(2, 3), 2, dtype=I64)
c.case('aten::full_like', c.rand(2, 3), dyn(2.5))
c.case('aten::new_full', c.rand(2), [3], 2)
c.case('aten::new_full', c.ints(2), [3], 2, dtype=F64)
c.ir('graph(%x : Tensor):\n  %0 : int = prim::Constant[value=0]()\n  %1 : int = prim::Constant[value=1]()\n  %n : NoneType = prim::Constant()\n  %a : int = aten::size(%x, %0)\n  %b : int = aten::size(%x, %1)\n'
     '  %s : int[] = prim::ListConstruct(%b, %a)\n  %y : Tensor = aten::ones(%s, %n, %n, %n, %n)\n  return (%y)\n', c.rand(2, 3), op='aten::ones')  # fmt: skip

# What is not initialised is compared by dtype and shape.
NONE = '  %n : NoneType = prim::Constant()\n  %i2 : int = prim::Constant[value=2]()\n  %i3 : int = prim::Constant[value=3]()\n  %i4 : int = prim::Constant[value=4]()\n  %s : int[] = prim::ListConstruct(%i2, %i3)\n'  # fmt: skip
for call in ('empty(%s, %n, %n, %n, %n, %n)', 'empty(%s, %i4, %n, %n, %n, %n)', 'empty_strided(%s, %s, %n, %n, %n, %n)', 'empty_like(%x, %n, %n, %n, %n, %n)',
             'empty_like(%x, %i4, %n, %n, %n, %n)', 'new_empty(%x, %s, %n, %n, %n, %n)', 'new_empty_strided(%x, %s, %s, %i4, %n, %n, %n)',
             '_efficientzerotensor(%s, %n, %n, %n, %n)', 'empty_permuted(%s, %p, %n, %n, %n, %n)'):  # fmt: skip
    order = '  %o : int = prim::Constant[value=1]()\n  %z0 : int = prim::Constant[value=0]()\n  %p : int[] = prim::ListConstruct(%o, %z0)\n'
    c.ir(f'graph(%x : Tensor):\n{NONE}{order}  %e : Tensor = aten::{call}\n  %y : Tensor = aten::zeros_like(%e, %n, %n, %n, %n, %n)\n  return (%y)\n',
         c.ints(4), op=f'aten::{call.split("(")[0]}', case_name=f'aten::{call}')  # fmt: skip

for end in (5, 0, 5.0, 2.5, 100):
    c.case('aten::arange', end)
    c.case('aten::arange', dyn(end))
c.case('aten::arange', 5, dtype=F32)
c.case('aten::arange', 5, dtype=I32)
c.case('aten::arange', dyn(5), dtype=F16)
c.case('aten::arange.start', 2, 7)
c.case('aten::arange.start', 2.0, 7)
c.case('aten::arange.start', dyn(2), dyn(7))
c.case('aten::arange.start', 2, 7, dtype=F64)
c.case('aten::arange.start_step', 0, 10, 3)
c.case('aten::arange.start_step', 10, 0, -3)
c.case('aten::arange.start_step', 0, 1, 0.1)
c.case('aten::arange.start_step', 1.0, -1.0, -0.25)
c.case('aten::arange.start_step', dyn(0), dyn(10), dyn(4))
c.case('aten::arange.start_step', dyn(0.0), dyn(1.0), dyn(0.3))
c.case('aten::arange.start_step', 0, 10, 2, dtype=F32)
c.case('aten::range', 0, 5)
c.case('aten::range', 0.5, 3.0)
c.case('aten::range', dyn(0), dyn(5))
c.case('aten::range', dyn(0.5), 3.0)
c.case('aten::range.step', dyn(5), 0, -2)
c.case('aten::range.step', 0, 5, 2)
c.case('aten::range.step', 5, 0, -2)
c.case('aten::range.step', 0.0, 1.0, 0.25)
for start, end, steps in ((0, 1, 5), (-2.5, 3, 4), (3, -3, 7), (2, 5, 1), (0, 1, 0), (0, 10, 11)):
    c.case('aten::linspace', start, end, steps)
    c.case('aten::linspace', dyn(float(start)), end, dyn(steps))
c.case('aten::linspace', 0, 1, 5, dtype=F64)
c.case('aten::linspace', 0, 10, 6, dtype=I64)
c.case('aten::linspace.Tensor_Tensor', torch.tensor(0.5), torch.tensor(2), 5)
c.case('aten::linspace.Tensor_Scalar', torch.tensor(0.5), 2, 5)
c.case('aten::linspace.Scalar_Tensor', 0.5, torch.tensor(2.0), 5)
c.case('aten::arange.start_step', 0, 1000, 0.5)
c.case('aten::logspace', 0, 2, 5)
c.case('aten::logspace', dyn(0.5), 2, 5)
c.case('aten::logspace', 0, 3, 4, 2.0, dtype=F64)
for n in (3, 0, 1):
    c.case('aten::eye', n)
    c.case('aten::eye', dyn(n))
c.case('aten::eye.m', 2, 4)
c.case('aten::eye.m', dyn(3), 2)
for dtype in DTYPES:
    c.case('aten::eye', 3, dtype=dtype)
for op in ('tril', 'triu'):
    for diagonal in (0, 1, -1, 5, -5):
        c.case(f'aten::{op}', c.rand(3, 4), diagonal)
    for dtype in (F64, F16, I64, I32, U8, I8, B):
        c.case(f'aten::{op}', c.ints(3, 3, low=0).to(dtype))
    c.case(f'aten::{op}', c.rand(2, 3, 3))
    c.case(f'aten::{op}', torch.full((3, 3), -INF), 1)
    c.case(f'aten::{op}', c.rand(3, 3), dyn(1))
    c.case(f'aten::{op}', c.rand(0, 3))
    for offset in (0, 1, -1):
        c.case(f'aten::{op}_indices', 3, 4, offset)
    c.case(f'aten::{op}_indices', 3, 3, dtype=I32)
    c.case(f'aten::{op}_indices', 0, 3)
for name in ('hann', 'hamming', 'blackman', 'bartlett'):
    for n in (8, 1, 5):
        c.case(f'aten::{name}_window', n)
        c.case(f'aten::{name}_window.periodic', n, False)
    c.case(f'aten::{name}_window', 6, dtype=F64)
c.case('aten::hamming_window.periodic_alpha', 6, True, 0.6)
c.case('aten::hamming_window.periodic_alpha_beta', 6, False, 0.6, 0.3)
c.case('aten::scalar_tensor', 3)
c.case('aten::scalar_tensor', dyn(2.5))
c.case('aten::scalar_tensor', 2.5, dtype=I64)
c.case('aten::scalar_tensor', 2, dtype=B)
for name, value in (('int', 3), ('float', 2.5), ('bool', True)):
    for v in (value, dyn(value)):
        c.case(f'aten::tensor.{name}', v)
        c.case(f'aten::tensor.{name}', v, dtype=F64)
        c.case(f'aten::as_tensor.{name}', v)
        c.case(f'aten::as_tensor.{name}', v, dtype=I32)

c.case('aten::one_hot', torch.tensor([0, 2, 1]), 3)
c.case('aten::one_hot', torch.tensor([[0, 2], [1, 4]]), 5)
c.case('aten::one_hot', torch.tensor([[0, 2], [1, 4]]))
c.case('aten::one_hot', torch.tensor(2), 4)
c.case('aten::one_hot', torch.tensor([0, 2, 1]), dyn(4))
c.case('aten::one_hot', torch.zeros(0, dtype=I64), 4)
bounds = torch.tensor([-1.0, 0.0, 0.5, 0.5, 2.0])
values = torch.tensor([[-2.0, -1.0, 0.25], [0.5, 2.0, 3.0], [NAN, INF, -INF]])
for right in (False, True):
    c.case('aten::bucketize.Tensor', values, bounds, right=right)
    c.case('aten::bucketize.Tensor', values, bounds, out_int32=True, right=right)
    c.case('aten::bucketize.Tensor', c.ints(4), torch.tensor([-2, 0, 3]), right=right)
    c.case('aten::bucketize.Scalar', 0.5, bounds, right=right)
    c.case('aten::searchsorted.Tensor', bounds, values, right=right)
    c.case('aten::searchsorted.Tensor', torch.tensor([[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]), torch.tensor([[3.0, 6.0], [3.0, 4.0]]), right=right)
    c.case('aten::searchsorted.Scalar', bounds, 0.5, right=right)
c.case('aten::searchsorted.Tensor', bounds, values, side='right')
c.case('aten::searchsorted.Tensor', bounds, values, side='left', out_int32=True)
c.case('aten::searchsorted.Tensor', torch.tensor([3.0, 1.0, 2.0]), torch.tensor([1.5, 3.0]), sorter=torch.tensor([1, 2, 0]))
c.case('aten::bucketize.Tensor', torch.tensor(0.25), bounds)
c.case('aten::bucketize.Tensor', values, torch.zeros(0))

c.write()
