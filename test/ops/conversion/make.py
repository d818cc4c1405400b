"""Conversions between dtypes, Python numbers from tensors and back, copies. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=14)
DTYPES = {
    'float32': torch.tensor([-2.7, -1.0, -0.3, 0.0, 0.4, 1.0, 2.5, 100.6]), 'float64': torch.tensor([-2.7, 0.0, 0.5, 3e5], dtype=torch.float64),
    'float16': torch.tensor([-2.7, 0.0, 0.5, 100.0], dtype=torch.float16), 'int64': torch.tensor([-3, 0, 1, 300]), 'int32': torch.tensor([-3, 0, 1, 300], dtype=torch.int32),
    'int16': torch.tensor([-3, 0, 1, 300], dtype=torch.int16), 'int8': torch.tensor([-3, 0, 1], dtype=torch.int8), 'uint8': torch.tensor([0, 1, 200], dtype=torch.uint8),
    'bool': torch.tensor([True, False]),
}  # fmt: skip
CPU = torch.device('cpu')
for source, x in DTYPES.items():
    for target in DTYPES:
        # Negative or large floats as narrow integers are undefined behaviour.
        y = x.abs().clamp(max=100) if x.is_floating_point() and target in ('uint8', 'int8') else x
        c.case('aten::to.dtype', y, getattr(torch, target))
NANS = torch.tensor([float('nan'), float('inf'), 0.0, -0.0])
c.case('aten::to.dtype', NANS, torch.bool)
c.case('aten::to.dtype', NANS, torch.float64)
c.case('aten::to.dtype', torch.tensor([1e5, -1e5, 1e-9]), torch.float16)
c.case('aten::to.dtype', c.rand(2, 0), torch.int64)
c.case('aten::to.dtype', c.rand(), torch.int64, False, True)
x = c.rand(2, 3)
c.case('aten::to.device', x, CPU, torch.float64)
c.case('aten::to.device', x, torch.device('cuda:0') if torch.cuda.is_available() else CPU, torch.float32, False, True)
c.case('aten::to.dtype_layout', x, dtype=torch.int64)
c.case('aten::to.dtype_layout', x, dtype=torch.float64, layout=torch.strided, device=CPU)
c.case('aten::to.dtype_layout', x, device=CPU)
c.case('aten::to.other', x, c.ints(2))
c.case('aten::to.other', c.ints(3), x)
c.case('aten::to.prim_Device', x, CPU, torch.int64)
c.case('aten::to.prim_Device', x, CPU, None)
c.case('aten::to.prim_dtype', x, torch.int32)
c.case('aten::to.prim_dtype', x, None)
c.case('aten::to.prim_other', x)
c.case('aten::_to_copy', x, dtype=torch.float16)
c.case('aten::_to_copy', x)
c.case('aten::type_as', x, c.ints(2))
c.case('aten::type_as', c.bools(3), x)
c.case('aten::as_tensor', x)
c.case('aten::as_tensor', x, dtype=torch.int64)
for name in ('Byte', 'Char', 'Double', 'Float', 'Half', 'Int', 'Long', 'Short'):
    c.case(f'aten::_cast_{name}', torch.tensor([0.5, 1.0, 3.7]))
for name in ('contiguous', 'clone', 'detach', 'detach_copy', 'alias', 'alias_copy', 'lift', 'lift_fresh', 'lift_fresh_copy', 'cpu'):
    c.case(f'aten::{name}', x)
c.case('aten::clone', c.bools(2, 2))
c.case('aten::contiguous', x, memory_format=torch.contiguous_format)
c.case('prim::data', x)
c.case('aten::copy', x, c.rand(2, 3))
c.case('aten::copy', x, c.ints(3))
c.case('aten::copy', c.ints(2, 2), c.rand(2, 1))
c.case('aten::copy', x, torch.tensor(2))
for y in (x, c.ints(2, 2), c.bools(3), c.rand(0, 2), c.rand(), c.rand(2, dtype=torch.float16)):
    c.case('aten::fill.Scalar', y, 1)
    c.case('aten::fill.Scalar', y, dyn(2))
    c.case('aten::fill.Tensor', y, torch.tensor(3.5))
    c.case('aten::zero', y)

# Numbers.
for y in (torch.tensor(2.75), torch.tensor([-2.75]), torch.tensor([[3]]), torch.tensor(0), torch.tensor(True), torch.tensor(5, dtype=torch.uint8), torch.tensor(-2.5, dtype=torch.float16),
          torch.tensor(7, dtype=torch.int32), torch.tensor(1.25, dtype=torch.float64)):  # fmt: skip
    for name in ('Int.Tensor', 'Float.Tensor', 'Bool.Tensor', 'is_nonzero', 'item', '_local_scalar_dense'):
        c.case(f'aten::{name}', y)
c.case('aten::ScalarImplicit', torch.tensor(2.5))
c.case('aten::ScalarImplicit', torch.tensor(2))
c.case('aten::IntImplicit', torch.tensor(2))
c.case('aten::FloatImplicit', torch.tensor(2.5))
c.case('aten::FloatImplicit', torch.tensor(2.5, dtype=torch.float64))
c.case('prim::NumToTensor', dyn(3))
c.case('prim::NumToTensor', dyn(2.5))
c.case('prim::NumToTensor.bool', dyn(True))
for value in (0, 3, -2):
    c.case('aten::Float.Scalar', dyn(value, 'int'))
    c.case('aten::Bool.int', dyn(value))
for value in (0.0, 2.7, -2.7):
    c.case('aten::Int.float', dyn(value))
    c.case('aten::Bool.float', dyn(value))
for value in (True, False):
    c.case('aten::Int.bool', dyn(value))
    c.case('aten::Float.bool', dyn(value))
# A number that comes out of one tensor scales another, and promotes as a number.
for value in (torch.tensor(3), torch.tensor(2.5), torch.tensor(2.5, dtype=torch.float64)):
    for y in (c.rand(3), c.ints(3), c.rand(3, dtype=torch.float16)):
        c.ir('graph(%x : Tensor, %n : Tensor):\n  %s : Scalar = aten::item(%n)\n  %y : Tensor = aten::mul(%x, %s)\n  return (%y)\n', y, value, op='aten::item')
        c.ir('graph(%x : Tensor, %n : Tensor):\n  %s : float = aten::Float(%n)\n  %y : Tensor = aten::mul(%x, %s)\n  return (%y)\n', y, value, op='aten::Float.Tensor')

c.write()
