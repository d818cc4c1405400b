"""Arithmetic at its edges: signs of zero, infinities, NaN, division by zero, shifts by more bits than there are, limits of dtypes. Writes cases.json."""

import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=60)
F16, F32, F64 = torch.float16, torch.float32, torch.float64
U8, I8, I16, I32, I64, BOOL = torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool
INF, NAN = math.inf, math.nan


def t(*values, dtype=F32):
    return torch.tensor(values, dtype=dtype)


EDGES = (0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 1e-30, -7.0, INF, -INF, NAN)
for dtype in (F32, F64):
    x, y = t(*EDGES, dtype=dtype).reshape(-1, 1), t(*EDGES, dtype=dtype)
    for name in ('remainder.Tensor', 'fmod.Tensor', 'floor_divide', 'div.Tensor', 'atan2', 'copysign.Tensor', 'hypot', 'maximum', 'minimum', 'fmax', 'fmin', 'pow.Tensor_Tensor', 'float_power.Tensor_Tensor', 'xlogy.Tensor', 'logaddexp', 'logaddexp2', 'heaviside'):  # fmt: skip
        c.case(f'aten::{name}', x, y)
    for mode in ('trunc', 'floor', None):
        c.case('aten::div.Tensor_mode', x, y, rounding_mode=mode)
    for value in (0.0, -0.0, 3.0, -3.0, INF, -INF):
        for name in ('remainder.Scalar', 'fmod.Scalar', 'floor_divide.Scalar', 'div.Scalar', 'copysign.Scalar', 'pow.Tensor_Scalar'):
            c.case(f'aten::{name}', y, value)
        c.case('aten::remainder.Scalar_Tensor', value, y)
        c.case('aten::pow.Scalar', value, y)
    for name in ('signbit', 'sign', 'sgn', 'frac', 'trunc', 'floor', 'ceil', 'round', 'abs', 'neg', 'reciprocal', 'rsqrt', 'sqrt', 'isnan', 'isinf', 'isfinite', 'isposinf', 'isneginf'):  # fmt: skip
        c.case(f'aten::{name}', y)
    c.case('aten::copysign.Scalar', y, dyn(-0.0), case_name=f'aten::copysign.Scalar({dtype}, dyn -0.0)')
c.case('aten::copysign.Tensor', t(3, -4, 0, dtype=I64), t(-0.0, 1.0, -2.0))
c.case('aten::copysign.Tensor', t(3, -4, 0, dtype=I64), t(-1, 1, -2, dtype=I32))
c.case('aten::copysign.Scalar', t(3, -4, 0, dtype=I64), -2)
c.case('aten::copysign.Tensor', t(3.0, -4.0, dtype=F16), t(-0.0, 0.0, dtype=F16))
for dtype in (I64, I32, I16, I8, BOOL, U8):
    values = (0, 1, 1) if dtype in (BOOL, U8) else (0, -3, 5)
    c.case('aten::signbit', t(*values, dtype=dtype))
    c.case('aten::float_power.Tensor_Scalar', t(*values, dtype=dtype), 2)
    c.case('aten::float_power.Tensor_Tensor', t(*values, dtype=dtype), t(2, 0, 3, dtype=I64))
c.case('aten::float_power.Scalar', 3, t(2, 0, -1, dtype=I64))
c.case('aten::float_power.Scalar', 2.5, t(2.0, 0.5, -1.0))

# Integers: signs, and numbers that float64 does not hold
BIG = 2**62 + 1
for dtype in (I64, I32, I16, I8):
    x, y = t(7, -7, 7, -7, 0, -1, 100, -128, dtype=dtype), t(3, 3, -3, -3, 5, 9, -7, 5, dtype=dtype)
    for name in ('remainder.Tensor', 'fmod.Tensor', 'floor_divide', 'div.Tensor'):
        c.case(f'aten::{name}', x, y)
    for mode in ('trunc', 'floor'):
        c.case('aten::div.Tensor_mode', x, y, rounding_mode=mode)
    for value in (3, -3, 2.5):
        for name in ('remainder.Scalar', 'fmod.Scalar', 'floor_divide.Scalar'):
            c.case(f'aten::{name}', x, value)
    c.case('aten::remainder.Scalar_Tensor', -7, y)
c.case('aten::floor_divide', t(BIG, -BIG, dtype=I64), t(3, 3, dtype=I64))
c.case('aten::remainder.Tensor', t(BIG, -BIG, dtype=I64), t(10, 10, dtype=I64))
c.case('aten::div.Tensor_mode', t(BIG, -BIG, dtype=I64), t(7, 7, dtype=I64), rounding_mode='trunc')
c.case('aten::remainder.Tensor', t(7, 200, dtype=U8), t(3, 150, dtype=U8))
c.case('aten::floor_divide', t(7, 200, dtype=U8), t(3, 150, dtype=U8))
c.case('aten::fmod.Tensor', t(7, 200, dtype=U8), t(3, 150, dtype=U8))

# Shifts by none, by all bits and by more
for dtype, bits in ((I64, 64), (I32, 32), (I16, 16), (I8, 8), (U8, 8)):
    x = t(*((5, 1, 100) if dtype == U8 else (5, -6, 100)), dtype=dtype).reshape(-1, 1)
    n = t(0, 1, bits - 1, bits, bits + 5 if bits < 60 else 100, dtype=dtype)
    for name in ('bitwise_left_shift.Tensor', 'bitwise_right_shift.Tensor', '__lshift__.Tensor', '__rshift__.Tensor'):
        c.case(f'aten::{name}', x, n)
        if dtype != U8:
            c.case(f'aten::{name}', x, t(-1, -5, dtype=dtype))
    for name in ('bitwise_left_shift.Tensor_Scalar', 'bitwise_right_shift.Tensor_Scalar', '__lshift__.Scalar', '__rshift__.Scalar'):
        c.case(f'aten::{name}', x, 2)
        c.case(f'aten::{name}', x, bits)
    c.case('aten::bitwise_left_shift.Scalar_Tensor', 3, n)
    c.case('aten::bitwise_right_shift.Scalar_Tensor', 100, n)
c.case('aten::bitwise_left_shift.Tensor', t(1, 2, dtype=I32), t(33, 40, dtype=I64))

# Rounding to digits
for dtype in (F32, F64):
    x = t(0.125, -0.375, 12345.678, -2.5, 1e20, 0.045, INF, NAN, -0.0, dtype=dtype)
    for digits in (0, 1, 2, 5, -1, -3):
        c.case('aten::round.decimals', x, decimals=digits)
        c.case('aten::special_round', x, decimals=digits)
c.case('aten::round.decimals', t(0.125, 2.5, 33.3, dtype=F16), decimals=1)
for digits in (2, -2, 0):
    c.case('aten::round.decimals', t(0.125, 12345.678), decimals=dyn(digits))

c.write()
