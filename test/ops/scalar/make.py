"""Operators on Python values: int, float, bool, str, lists and dicts. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=3)
INT_MAX, INT_MIN = 2**63 - 1, -(2**63)
INF, NAN = float('inf'), float('nan')


def s(op, *args, **kwargs):
    """One call with every argument a graph input."""
    c.case(op, *[a if a is None else dyn(a) for a in args], **{k: v if v is None else dyn(v) for k, v in kwargs.items()})


INTS = [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 3)]
FLOATS = [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-0.0, 3.0)]
for name in ('add', 'sub', 'mul', 'div', 'floordiv', 'remainder', 'pow'):
    for a, b in INTS:
        s(f'aten::{name}.int', a, b)
    for a, b in FLOATS:
        s(f'aten::{name}.float', a, b)
    s(f'aten::{name}.int_float' if name != 'div' else 'aten::div', 7, -2.5)
    s(f'aten::{name}.float_int' if name != 'div' else 'aten::div', -7.5, 2)
s('aten::add.int', INT_MAX, -1)
s('aten::sub.int', INT_MIN, -1)
s('aten::mul.int', 3037000500, -3037000499)
s('aten::floordiv.int', INT_MAX, 2)
s('aten::remainder.int', INT_MIN, 10)
s('aten::add.float', INF, 1.0)
s('aten::sub.float', INF, INF)
s('aten::mul.float', NAN, 0.0)
s('aten::mul.float', 1e308, 10.0)
s('aten::pow.int', 2, -1)
s('aten::pow.int', 0, 0)
s('aten::pow.float', 2.0, 0.5)
s('aten::pow.float', 0.0, 0.0)
s('aten::__round_to_zero_floordiv', -7, 2)
s('aten::__round_to_zero_floordiv', 7, 2)
for a, b in [*INTS, (12, 18)]:
    s('aten::gcd.int', a, b)
s('aten::divmod.int', -7, 2)
s('aten::divmod.float', -7.5, 2.0)
s('aten::fmod.int', -7, 2)
s('aten::fmod.float', -7.5, 2.0)
s('aten::mathremainder.float', 7.5, 2.0)

for name in ('neg', 'ceil', 'floor', 'round', 'abs'):
    op = f'{"prim" if name == "abs" else "aten"}::{name}'
    s(f'{op}.int', -5)
    for value in (-2.5, -0.5, 0.5, 1.5, 2.4999999):
        s(f'{op}.float', value)
s('aten::neg.int', INT_MAX)
for name in ('sqrt', 'log', 'exp', 'sin', 'cos', 'tanh', 'log1p', 'expm1', 'log10', 'erf', 'atan', 'fabs', 'lgamma'):
    s(f'aten::{name}.int', 3)
    s(f'aten::{name}.float', 0.25)
s('aten::sqrt.float', -1.0)
s('aten::log.float', 0.0)
s('aten::log.int_int', 8, 2)
s('aten::atan2.float', -1.0, -1.0)
s('aten::copysign.float', 3.0, -0.0)
s('aten::factorial.int', 10)
s('aten::isnan.float', NAN)
s('aten::isinf.float', -INF)
s('aten::isfinite.float', 1.0)

for name in ('eq', 'ne', 'lt', 'le', 'gt', 'ge'):
    for a, b in [(1, 2), (2, 2), (3, -2)]:
        s(f'aten::{name}.int', a, b)
    s(f'aten::{name}.float', 1.5, 1.5)
    s(f'aten::{name}.float', NAN, NAN)
    s(f'aten::{name}.int_float', 1, 1.0)
    s(f'aten::{name}.float_int', 0.5, 1)
    s(f'aten::{name}.str', 'abc', 'abd')
for name in ('eq', 'ne'):
    s(f'aten::{name}.int_list', [1, 2], [1, 2])
    s(f'aten::{name}.int_list', [1, 2], [1])
    s(f'aten::{name}.float_list', [1.0, NAN], [1.0, NAN])
    s(f'aten::{name}.str_list', ['a'], ['a'])
    s(f'aten::{name}.bool', True, False)
    c.case(f'aten::{name}.device', torch.device('cpu'), torch.device('cuda:0'))
for name in ('__and__', '__or__', '__xor__'):
    s(f'aten::{name}.bool', True, False)
    s(f'aten::{name}.bool', True, True)
    s(f'aten::{name}.int', -6, 11)
s('aten::__not__', True)
s('aten::__not__', False)
s('aten::__lshift__.int', 3, 4)
s('aten::__rshift__.int', -17, 2)
c.case('aten::__is__', dyn(1), None)
c.case('aten::__is__', None, None)
c.case('aten::__isnot__', dyn(1), None)
c.case('aten::__isnot__', None, None)

for a, b in [(3, 2), (-3, 2), (2, 2)]:
    s('prim::min.int', a, b)
    s('prim::max.int', a, b)
for a, b in [(1.5, -2.0), (-0.0, 0.0), (NAN, 1.0), (1.0, NAN)]:
    s('prim::min.float', a, b)
    s('prim::max.float', a, b)
s('prim::min.int_float', 2, 1.5)
s('prim::max.float_int', 2.5, 3)
for values in ([3, 1, 2], [-1], [5, 5]):
    s('prim::min.self_int', values)
    s('prim::max.self_int', values)
s('prim::min.self_float', [0.5, -INF, 3.0])
s('prim::max.self_float', [0.5, -INF, 3.0])
s('prim::min.int_list', [1, 5], [1, 3])
s('prim::max.int_list', [1, 5], [1, 3])
s('prim::min.self_bool', [True, False])

for lo, hi, step in [(0, 10, 3), (10, 0, -3), (0, 0, 1), (5, 2, 1), (-4, 4, 2), (2, 5, -1), (0, INT_MAX, 1)]:
    s('aten::__range_length', lo, hi, step)
for index, start, step in [(0, 2, 3), (4, 2, 3), (2, 10, -3)]:
    s('aten::__derive_index', index, start, step)
s('prim::rangelist', 4)
s('prim::rangelist', 0)

for values in ([10, 20, 30, 40], []):
    c.case('aten::len.t', dyn(values, 'int[]'))
L = [10, 20, 30, 40, 50]
for start, end, step in [(None, None, 1), (1, 3, 1), (-2, None, 1), (None, -1, 2), (3, 1, 1), (-100, 100, 1), (1, None, 3), (0, INT_MAX, 1), (None, None, -1), (4, 1, -2)]:
    s('aten::slice.t', L, start, end, step)
    s('aten::slice.str', 'hello', start, end, step)
for index in (0, 2, -1, -5):
    s('aten::__getitem__.t', L, index)
s('aten::__getitem__.t', [0.5, 1.5], 1)
s('aten::__getitem__.str', 'hello', -2)
s('prim::StringIndex', 'hello', 1)
s('aten::__getitem__.Dict_str', {'a': 1, 'b': 2}, 'b')
s('aten::__getitem__.Dict_int', {3: 1.5, -1: 2.5}, -1)
s('aten::__contains__.int_list', L, 30)
s('aten::__contains__.int_list', L, 31)
s('aten::__contains__.str_list', ['x', 'y'], 'y')
s('aten::__contains__.str', {'a': 1}, 'b')
s('aten::get.default_str', {'a': 1}, 'b', 7)
s('aten::get.str', {'a': 1}, 'a')
s('aten::get.str', {'a': 1}, 'z')
s('aten::keys.str', {'b': 1, 'a': 2})
s('aten::values.str', {'b': 1, 'a': 2})
s('aten::items.str', {'b': 1, 'a': 2})
s('aten::len.Dict_str', {'b': 1, 'a': 2})
s('aten::add.t', [1, 2], [3])
s('aten::mul.left_t', [1, 2], 3)
s('aten::mul.right_', 2, [0.5])
s('aten::list.t', [1, 2])
s('aten::list', 'abc')
s('aten::copy.t', [1, 2])
s('aten::index.list_int', L, 40)
s('aten::count.int', [1, 2, 1], 1)
s('aten::sorted.int', [3, -1, 2])
s('aten::sorted.float', [3.0, -1.0, 2.5])
s('aten::sorted.str', ['b', 'a', 'B'])
s('aten::sum.int', [1, 2, 3])
s('aten::sum.float', [1.5, 2.5])
s('aten::sum.bool', [True, True, False])
s('aten::any.bool', [False, True])
s('aten::all.bool', [False, True])
s('aten::any.int', [0, 0])
s('aten::all.float', [1.0, NAN])


def mutate(op, call, list_value, *extra):
    """A call in place; the list afterwards is the result."""
    params = ''.join(f', %e{i} : {"int" if isinstance(e, int) and not isinstance(e, bool) else "int[]"}' for i, e in enumerate(extra))
    c.ir(f'graph(%l : int[]{params}):\n  %copy : int[] = aten::copy(%l)\n{call}  return (%copy)\n', list_value, *extra, op=op)


mutate('aten::append', '  %r : int[] = aten::append(%copy, %e0)\n', [1, 2], 3)
mutate('aten::extend', '   = aten::extend(%copy, %e0)\n', [1, 2], [3, 4])
mutate('aten::insert', '   = aten::insert(%copy, %e0, %e1)\n', [1, 2], 0, 9)
mutate('aten::insert', '   = aten::insert(%copy, %e0, %e1)\n', [1, 2], -1, 9)
mutate('aten::pop', '  %r : int = aten::pop(%copy, %e0)\n', [1, 2, 3], 0)
mutate('aten::remove', '   = aten::remove(%copy, %e0)\n', [1, 2, 1], 1)
mutate('aten::clear', '   = aten::clear(%copy)\n', [1, 2])
mutate('aten::reverse', '   = aten::reverse(%copy)\n', [1, 2, 3])
mutate('aten::_set_item', '  %r : int[] = aten::_set_item(%copy, %e0, %e1)\n', [1, 2, 3], -1, 7)
mutate('aten::Delete', '   = aten::Delete(%copy, %e0)\n', [1, 2, 3], 1)
mutate('aten::sort', '  %f : bool = prim::Constant[value=1]()\n   = aten::sort(%copy, %f)\n', [1, 3, 2])
mutate('aten::add_', '  %r : int[] = aten::add_(%copy, %e0)\n', [1], [2, 3])

s('aten::Int.float', -2.9)
s('aten::Int.float', 2.9)
s('aten::Int.bool', True)
s('aten::Int.Scalar', 4)
s('aten::Int.str', '-12')
s('aten::Float', 3)
s('aten::Float.bool', True)
s('aten::Float.Scalar', 4)
s('aten::Float.str', '1e-3')
s('aten::Bool.int', 0)
s('aten::Bool.int', -3)
s('aten::Bool.float', 0.0)
s('aten::Bool.float', NAN)
for value in (5, -0.5, 1.0, 1e-5, 1e20, True, 'x', [1, 2], INF):
    s('aten::str', value)
c.case('aten::format', '{} of {}: {}', dyn(1), dyn(2.5), dyn('x'))
c.case('aten::format', 'a{}b{}', dyn(True), dyn([1, 2]))
c.case('aten::format', '{}', None)
c.case('aten::percentFormat', '%d-%s', dyn((3, 'x')))
s('aten::add.str', 'ab', 'cd')
s('aten::len.str', 'hello')
s('aten::join', ', ', ['a', 'b'])
c.case('aten::split.str', dyn('a,b,,c'), dyn(','), -1)
c.case('aten::split.str', dyn('  a b '), None, -1)
s('aten::splitlines', 'a\nb\n')
s('aten::strip', '  a ')
s('aten::lower', 'AbC')
s('aten::upper', 'AbC')
s('aten::replace', 'banana', 'a', 'o')
s('aten::find', 'banana', 'an')
s('aten::find', 'banana', 'x')
s('aten::startswith', 'banana', 'ba')
s('aten::endswith', 'banana', 'na')
s('aten::isdigit', '12')
s('aten::ord', 'a')
s('aten::chr', 97)
s('aten::count', 'banana', 'an')

s('aten::Complex.float_float', 1.5, -2.0)
c.case('aten::mul.complex', dyn(1 + 2j), dyn(3 - 1j))
c.case('aten::broadcast_shapes', dyn([2, 1, 3]), dyn([4, 1]))
c.case('aten::_infer_size', dyn([2, 1]), dyn([1, 5]))
c.case('prim::unchecked_cast', dyn(3))
c.case('prim::unchecked_unwrap_optional', dyn(3, 'int?'))
c.case('aten::_unwrap_optional', dyn(3, 'int?'))
c.case('aten::promote_types', torch.int64, torch.float16)
c.case('aten::can_cast', torch.float32, torch.int32)

# What connects tensors and Python values.
t = c.rand(2, 3)
for dtype, value in [(torch.float32, 1.5), (torch.int64, -3), (torch.bool, 1), (torch.float64, 0.1)]:
    one = torch.tensor(value).to(dtype)
    c.case('aten::item', one)
    c.case('aten::Int.Tensor', one)
    c.case('aten::Float.Tensor', one.reshape(1, 1))
    c.case('aten::Bool.Tensor', one)
c.case('aten::size', t)
c.case('aten::size.int', t, -1)
c.case('aten::dim', t)
c.case('aten::numel', t)
c.case('aten::len.Tensor', t)
c.case('aten::is_floating_point', t)
c.case('prim::dtype', t)
c.case('prim::NumToTensor.Scalar', dyn(3))
c.case('prim::NumToTensor.Scalar', dyn(1.5))
c.case('prim::NumToTensor.bool', dyn(True))
c.case('aten::tensor.int', dyn(3))
c.case('aten::tensor.float', dyn(1.5))
c.case('aten::tensor.bool', dyn(True))
c.case('aten::tensor.float', dyn(1.5), dtype=torch.int64)
c.case('aten::tensor', dyn([1, 2]))
c.case('aten::tensor', dyn([[1.5], [2.5]]))
c.case('aten::scalar_tensor', dyn(2.5))
for pair in ((2, 3), (2, 3.5), (1.5, 2.5)):
    c.case('aten::result_type.Scalar_Scalar', *pair)
c.write()
