"""Python numbers that are known only at run time, as graph inputs. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=15)
INF, NAN = float('inf'), float('nan')


def s(op, *args):
    c.case(op, *map(dyn, args))


INTS = [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 3), (2**40 + 1, 3)]
FLOATS = [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-0.0, 3.0)]
for name in ('add', 'sub', 'mul', 'floordiv', 'remainder'):
    for a, b in INTS:
        s(f'aten::{name}.int', a, b)
    for a, b in FLOATS:
        s(f'aten::{name}.float', a, b)
    s(f'aten::{name}.int_float', 7, -2.5)
    s(f'aten::{name}.float_int', -7.5, 2)
for name in ('min', 'max'):
    for a, b in INTS:
        s(f'prim::{name}.int', a, b)
    for a, b in FLOATS + [(NAN, 1.0), (1.0, NAN)]:
        s(f'prim::{name}.float', a, b)
    s(f'prim::{name}.int_float', 1, 0.5)
    s(f'prim::{name}.float_int', 0.5, 1)
s('aten::div.int', 7, 2)
s('aten::div.float', 7.0, 2.0)
s('aten::div.float', 1.0, 0.0)
s('aten::div', 7, 2.0)
s('aten::pow.int', 2, 10)
s('aten::pow.float', 2.0, 0.5)
s('aten::pow.int_float', 2, 0.5)
s('aten::pow.float_int', 1.5, 2)
for name in ('fmod', 'mathremainder'):
    s(f'aten::{name}.float', 7.5, 2.0)
    s(f'aten::{name}.float', -7.5, 2.0)
    s(f'aten::{name}.int', -7, 2)
s('aten::mathremainder.float', 7.5, INF)
s('aten::copysign.float', 3.0, -0.0)
s('aten::atan2.float', -1.0, -1.0)
s('aten::atan2.int', 1, 0)
s('aten::log.int_int', 8, 2)
s('aten::log.float_float', 8.0, 2.0)
s('aten::__round_to_zero_floordiv', -7, 2)
for a, b in ((5, 3), (-20, 2), (1, 62)):
    s('aten::__lshift__.int', a, b)
    s('aten::__rshift__.int', a, b)
s('aten::divmod.int', -7, 2)
s('aten::divmod.float', -7.5, 2.0)
for name in 'sqrt exp log log10 log1p expm1 sin cos tan atan sinh cosh tanh asinh erf erfc lgamma fabs degrees radians'.split():
    s(f'aten::{name}.int', 3)
    for value in (0.25, 0.0, 2.5):
        s(f'aten::{name}.float', value)
for name in ('asin', 'acos', 'atanh'):
    s(f'aten::{name}.float', 0.25)
    s(f'aten::{name}.float', -0.9)
s('aten::acosh.float', 2.5)
for name in ('ceil', 'floor', 'round', 'neg'):
    s(f'aten::{name}.int', -5)
    for value in (-2.5, -0.5, 0.5, 1.5, 2.4999999):
        s(f'aten::{name}.float', value)
s('prim::abs.int', -5)
s('prim::abs.float', -5.5)
for name in ('isnan', 'isinf', 'isfinite'):
    for value in (NAN, INF, -INF, 1.0):
        s(f'aten::{name}.float', value)
for name in ('eq', 'ne', 'lt', 'le', 'gt', 'ge'):
    for a, b in [(1, 2), (2, 2), (3, -2), (2**53 + 1, 2**53)]:
        s(f'aten::{name}.int', a, b)
    s(f'aten::{name}.float', 1.5, 1.5)
    s(f'aten::{name}.float', NAN, NAN)
    s(f'aten::{name}.int_float', 1, 1.0)
    s(f'aten::{name}.float_int', 0.5, 1)
for a in (True, False):
    s('aten::__not__', a)
    for b in (True, False):
        for name in ('__and__.bool', '__or__.bool', '__xor__.bool', 'eq.bool', 'ne.bool'):
            s(f'aten::{name}', a, b)
for name in ('__and__.int', '__or__.int', '__xor__.int'):
    s(f'aten::{name}', 12, -7)
for lo, hi, step in ((0, 10, 1), (0, 10, 3), (3, 3, 1), (5, 0, 1), (5, 0, -1), (5, 0, -2), (-4, 9, 4)):
    s('aten::__range_length', lo, hi, step)
s('aten::__derive_index', 3, 5, -2)
# Arithmetic on a Scalar that comes out of a tensor.
for x in (torch.tensor(3), torch.tensor(2.5), torch.tensor(-2.5, dtype=torch.float64)):
    for call, result in (('add', 'Scalar'), ('mul', 'Scalar'), ('div', 'float'), ('floordiv', 'Scalar'), ('remainder', 'Scalar'), ('lt', 'bool'), ('eq', 'bool')):
        if call == 'remainder' and x.is_floating_point():
            continue
        c.ir(f'graph(%x : Tensor):\n  %n : int = prim::Constant[value=2]()\n  %s : Scalar = aten::item(%x)\n  %y : {result} = aten::{call}(%s, %n)\n  return (%y)\n', x, op=f'aten::{call}')
    c.ir('graph(%x : Tensor):\n  %s : Scalar = aten::item(%x)\n  %y : Scalar = aten::neg(%s)\n  return (%y)\n', x, op='aten::neg.Scalar')

# Questions about tensors.
for x in (c.rand(2, 3), c.ints(4), c.bools(2, 0, 3), c.rand(), c.rand(2, dtype=torch.float16)):
    c.case('aten::size', x)
    c.case('aten::dim', x)
    c.case('aten::numel', x)
    c.case('aten::_shape_as_tensor', x)
    c.case('prim::dtype', x)
    c.case('aten::is_floating_point', x)
    c.case('aten::is_signed', x)
    c.case('aten::is_complex', x)
    c.case('prim::is_cuda', x)
    c.case('prim::layout', x)
    c.case('aten::sym_size', x)
    c.case('aten::sym_numel', x)
    if x.dim() > 0:
        c.case('aten::len.Tensor', x)
        c.case('aten::size.int', x, 0)
        c.case('aten::size.int', x, -1)
        c.case('aten::size.int', x, dyn(0))

c.ir('graph(%x : Tensor):\n  %d : Device = prim::device(%x)\n  %n : NoneType = prim::Constant()\n  %0 : int = prim::Constant[value=6]()\n  %s : int[] = aten::size(%x)\n  %y : Tensor = aten::ones(%s, %0, %n, %d, %n)\n  return (%y)\n',
     c.rand(2, 3), op='prim::device')  # fmt: skip

# Lists of numbers.
for name in ('min', 'max'):
    c.case(f'prim::{name}.self_int', dyn([3, -1, 7]))
    c.case(f'prim::{name}.self_float', dyn([0.5, -1.5]))
    c.case(f'prim::{name}.self_bool', dyn([True, False]))
c.case('aten::sum.int', dyn([3, -1, 7]))
c.case('aten::sum.float', dyn([0.5, -1.5]))
for name in ('any', 'all'):
    c.case(f'aten::{name}.int', dyn([0, 1]))
    c.case(f'aten::{name}.float', dyn([0.5, 1.5]))
    c.case(f'aten::{name}.bool', dyn([False, False]))
c.ir('graph(%x : Tensor):\n  %s : int[] = aten::size(%x)\n  %y : int = aten::sum(%s)\n  return (%y)\n', c.rand(2, 5), op='aten::sum.int')

c.write()
