"""Elementwise operators. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=11)
F32, F64, F16, I64, I32, I16, I8, U8, B = (
    torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
)  # fmt: skip
INF, NAN = float('inf'), float('nan')


def t(*values, dtype=F32):
    return torch.tensor(values, dtype=dtype)


def of(dtype, *shape, low=-4, high=5):
    """Random values that fit a dtype."""
    if dtype == B:
        return c.bools(*shape)
    if dtype.is_floating_point:
        return c.rand(*shape, dtype=dtype)
    return c.ints(*shape, dtype=dtype, low=max(low, 0) if dtype == U8 else low, high=high)


def nonzero(x):
    return torch.where(x == 0, torch.ones_like(x), x)


SPECIAL = t(-INF, -2.5, -1.5, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 1.5, 2.5, INF, NAN)
FLOATS = (F32, F64, F16)
NUMBERS = (F32, F64, F16, I64, I32, I16, I8, U8)

# One tensor.
for name in ('floor', 'ceil', 'round', 'trunc', 'fix', 'abs', 'absolute', 'neg', 'negative', 'sign', 'sgn', 'square'):
    c.case(f'aten::{name}', SPECIAL)
    for dtype in (F64, F16, I64, I32, I8):
        c.case(f'aten::{name}', of(dtype, 2, 3))
    c.case(f'aten::{name}', c.rand(0, 3))
    c.case(f'aten::{name}', c.rand())
for name in ('abs', 'sign', 'square', 'floor'):
    c.case(f'aten::{name}', of(U8, 4))
    c.case(f'aten::{name}', of(I16, 4))
c.case('aten::sign', c.bools(4))
c.case('aten::square', c.bools(4))
c.case('aten::frac', t(-2.5, -0.25, 0.0, 0.25, 3.75))
c.case('aten::frac', of(F64, 5))
DOMAIN = {
    'sqrt': (0, 4), 'rsqrt': (0.1, 4), 'log': (0.01, 4), 'log2': (0.01, 4), 'log10': (0.01, 4), 'log1p': (-0.9, 4), 'asin': (-1, 1), 'acos': (-1, 1),
    'atanh': (-0.99, 0.99), 'acosh': (1, 5), 'erfinv': (-0.999, 0.999), 'lgamma': (-3.7, 9), 'digamma': (0.1, 9), 'special_ndtri': (0.01, 0.99),
    'special_entr': (0, 3),
}  # fmt: skip
MATH = (
    'sqrt rsqrt exp exp2 expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc erfinv reciprocal sigmoid '
    'sinc deg2rad rad2deg lgamma digamma special_ndtr special_ndtri special_entr special_log_ndtr'
).split()
for name in MATH:
    low, high = DOMAIN.get(name, (-3, 3))
    x = c.rand(3, 5, low=low, high=high)
    c.case(f'aten::{name}', x)
    c.case(f'aten::{name}', c.rand(3, 5, dtype=F64, low=low, high=high))
    if name not in ('special_ndtri', 'special_log_ndtr', 'special_entr', 'lgamma', 'digamma', 'erfinv', 'special_ndtr'):
        c.case(f'aten::{name}', c.rand(2, 3, dtype=F16, low=low, high=high))
    c.case(f'aten::{name}', SPECIAL, case_name=f'aten::{name}(special values)')
    c.case(f'aten::{name}', t(1e-5, -1e-5, 1e-7, 0.3, 0.49, 0.51), case_name=f'aten::{name}(near zero)')
    if name not in ('rsqrt', 'log', 'log2', 'log10', 'acosh', 'lgamma', 'digamma', 'special_log_ndtr'):
        c.case(f'aten::{name}', t(0, 1, dtype=I64))
        c.case(f'aten::{name}', t(True, False, dtype=B))
    c.case(f'aten::{name}', c.rand())
    c.case(f'aten::{name}', c.rand(0))
for name in ('arcsin', 'arccos', 'arctan', 'arcsinh', 'arccosh', 'arctanh', 'special_expit', 'special_exp2', 'special_expm1', 'special_log1p', 'special_erf',
             'special_erfc', 'special_erfinv', 'special_sinc', 'special_gammaln'):  # fmt: skip
    c.case(f'aten::{name}', t(0.25, 0.5, 1.0))
c.case('aten::erf', t(-3.0, -1.0, -1e-3, 0.0, 1e-3, 0.5, 1.0, 3.0, 6.0, dtype=F64))
c.case('aten::erfc', t(-6.0, -3.0, 0.0, 1.0, 3.0, 5.0, dtype=F64))
c.case('aten::atan', t(-1e20, -10.0, -1.0, 0.0, 1e-3, 1.0, 10.0, 1e20, INF, -INF, NAN, dtype=F64))
c.case('aten::asin', t(-1.0, -0.999999, 0.0, 0.5, 0.999999, 1.0, 1.5, NAN, dtype=F64))
c.case('aten::acos', t(-1.0, -0.999999, 0.0, 0.5, 0.999999, 1.0, 1.5, NAN, dtype=F64))
for name in ('logit', 'special_logit'):
    c.case(f'aten::{name}', t(0.0, 0.1, 0.5, 0.9, 1.0, 1.5))
    c.case(f'aten::{name}', t(0.0, 0.1, 0.5, 0.9, 1.0), 0.2)
c.case('aten::logit', t(0.0, 0.1, 0.5, 0.9, 1.0), dyn(0.25))
c.case('aten::logit', t(0.1, 0.5, dtype=F64))
for decimals in (0, 1, 2, -1):
    c.case('aten::round.decimals', t(-12.345, 0.125, 1.5, 2.5, 37.0), decimals=decimals)
c.case('aten::round.decimals', t(-12.345, 0.125, dtype=F64), decimals=1)
c.case('aten::special_round', t(1.25, 2.5))
for name in ('isnan', 'isinf', 'isfinite', 'isposinf', 'isneginf', 'signbit', 'logical_not'):
    c.case(f'aten::{name}', SPECIAL)
    c.case(f'aten::{name}', SPECIAL.to(F64))
    c.case(f'aten::{name}', SPECIAL.to(F16))
    for dtype in (I64, I32, U8, B, I8):
        c.case(f'aten::{name}', of(dtype, 3))
    c.case(f'aten::{name}', c.rand(2, 0))
c.case('aten::nan_to_num', SPECIAL)
c.case('aten::nan_to_num', SPECIAL.to(F64))
c.case('aten::nan_to_num', SPECIAL.to(F16))
c.case('aten::nan_to_num', SPECIAL, 7.0, 8.0, -9.0)
c.case('aten::nan_to_num', SPECIAL, dyn(7.0), None, -9.0)
c.case('aten::nan_to_num', of(I64, 3))
for name in ('conj', 'positive', 'real', 'conj_physical'):
    c.case(f'aten::{name}', c.rand(3))

# Two operands: promotion and broadcasting.
PAIRS = [
    (c.rand(2, 3), c.rand(2, 3)), (c.rand(2, 3), c.rand(3)), (c.rand(2, 1, 3), c.rand(4, 1)), (c.rand(2), c.rand()), (c.rand(0, 3), c.rand(3)),
    (c.rand(3), of(I64, 3)), (of(I64, 3), c.rand(3, dtype=F64)), (c.rand(3, dtype=F16), c.rand()), (of(I32, 3), of(I64, 3)), (of(U8, 3), of(I8, 3)),
    (of(I64, 3), c.rand()), (of(I32, 2, 2), of(I64)), (c.rand(3, dtype=F64), c.rand(3)), (c.rand(3, dtype=F16), c.rand(3, dtype=F16)),
    (c.bools(3), of(I64, 3)), (of(I16, 3), of(I16, 3)), (of(U8, 3), of(U8, 3)),
]  # fmt: skip
for name in ('add.Tensor', 'sub.Tensor', 'mul.Tensor', 'div.Tensor', 'maximum', 'minimum', 'fmax', 'fmin', 'rsub.Tensor'):
    for x, y in PAIRS:
        if name in ('sub.Tensor', 'rsub.Tensor') and B in (x.dtype, y.dtype):
            continue
        c.case(f'aten::{name}', x, y)
for name in ('add.Tensor', 'mul.Tensor', 'maximum', 'minimum', 'max.other', 'min.other'):
    c.case(f'aten::{name}', c.bools(4), c.bools(4))
for name in ('maximum', 'minimum', 'fmax', 'fmin'):
    c.case(f'aten::{name}', t(1.0, NAN, 2.0, NAN, INF), t(NAN, 1.0, 3.0, NAN, -INF))
for name in ('multiply.Tensor', 'divide.Tensor', 'true_divide.Tensor', 'subtract.Tensor'):
    c.case(f'aten::{name}', c.rand(3), c.rand(3))
for name in ('add.Tensor', 'sub.Tensor', 'rsub.Tensor'):
    c.case(f'aten::{name}', c.rand(3), c.rand(3), alpha=2)
    c.case(f'aten::{name}', c.rand(3), c.rand(3), alpha=0.5)
    c.case(f'aten::{name}', of(I64, 3), of(I64, 3), alpha=-3)
    c.case(f'aten::{name}', of(I32, 3), of(I64, 3), alpha=2)
    c.case(f'aten::{name}', c.rand(3), c.rand(3), alpha=dyn(3))
    c.case(f'aten::{name}', c.rand(3), c.rand(3), alpha=dyn(0.25))
for name in ('add.Scalar', 'sub.Scalar', 'rsub.Scalar'):
    for x in (c.rand(2, 3), of(I64, 3), c.rand(3, dtype=F16), c.rand(3, dtype=F64), of(I32, 3), of(U8, 3)):
        c.case(f'aten::{name}', x, 2)
        c.case(f'aten::{name}', x, 1.5)
        c.case(f'aten::{name}', x, dyn(2))
        c.case(f'aten::{name}', x, dyn(1.5))
    c.case(f'aten::{name}', c.rand(3), 2, 3)
    c.case(f'aten::{name}', of(I64, 3), 2, 3)
    c.case(f'aten::{name}', c.rand(3), 1.5, 0.5)
    c.case(f'aten::{name}', c.rand(3), dyn(1.5), 2)
c.case('aten::add.Scalar', c.bools(3), 1)
c.case('aten::add.Scalar', c.bools(3), 2.5)
c.case('aten::subtract.Scalar', c.rand(3), 1)
for name in ('mul.Scalar', 'div.Scalar', 'multiply.Scalar', 'divide.Scalar', 'true_divide.Scalar'):
    for x in (c.rand(2, 3), of(I64, 3), c.rand(3, dtype=F16), c.bools(3)):
        c.case(f'aten::{name}', x, 2)
        c.case(f'aten::{name}', x, 2.5)
    c.case(f'aten::{name}', c.rand(3), dyn(3))
    c.case(f'aten::{name}', of(I64, 3), dyn(0.3))
for name in ('div', 'divide'):
    for mode in (None, 'trunc', 'floor'):
        x, y = t(7.0, -7.0, 7.0, -7.0, 5.5, 6.0), t(3.0, 3.0, -3.0, -3.0, 0.5, 0.1)
        c.case(f'aten::{name}.Tensor_mode', x, y, rounding_mode=mode)
        c.case(f'aten::{name}.Scalar_mode', x, 3, rounding_mode=mode)
        c.case(f'aten::{name}.Scalar_mode', t(7, -7, 6, -6, dtype=I64), 3, rounding_mode=mode)
        c.case(f'aten::{name}.Scalar_mode', t(7, -7, 6, -6, dtype=I64), -2.5, rounding_mode=mode)
        c.case(f'aten::{name}.Tensor_mode', t(7, -7, 7, -7, dtype=I64), t(3, 3, -3, -3, dtype=I64), rounding_mode=mode)
        c.case(f'aten::{name}.Tensor_mode', t(7, -7, 7, -7, dtype=I32), t(3, 3, -3, -3, dtype=I32), rounding_mode=mode)
        c.case(f'aten::{name}.Tensor_mode', t(7, 200, dtype=U8), t(3, 7, dtype=U8), rounding_mode=mode)
        c.case(f'aten::{name}.Scalar_mode', t(7, -7, dtype=I64), dyn(2), rounding_mode=mode)
c.case('aten::div.Tensor', t(1.0, 0.0, -1.0), t(0.0, 0.0, 0.0))
for name in ('floor_divide', 'remainder.Tensor', 'fmod.Tensor'):
    c.case(f'aten::{name}', t(7.5, -7.5, 7.5, -7.5, 6.0, 0.0, -6.0), t(2.0, 2.0, -2.0, -2.0, 0.1, 3.0, 3.0))
    c.case(f'aten::{name}', t(7, -7, 7, -7, 6, -6, dtype=I64), t(3, 3, -3, -3, 3, 3, dtype=I64))
    c.case(f'aten::{name}', t(7, -7, 7, -7, 6, -6, dtype=I32), t(3, 3, -3, -3, 3, 3, dtype=I32))
    c.case(f'aten::{name}', t(7, -7, dtype=I8), t(3, 3, dtype=I8))
    c.case(f'aten::{name}', t(7, 250, dtype=U8), t(3, 4, dtype=U8))
    c.case(f'aten::{name}', t(7, -7, dtype=I64), t(1.5, 2.5))
    c.case(f'aten::{name}', t(7.5, -7.5, dtype=F64), t(2.0, 2.0, dtype=F64))
    c.case(f'aten::{name}', c.rand(2, 3), c.rand(3))
    c.case(f'aten::{name}', t(1.0, NAN, INF, 2.0), t(INF, 1.0, 2.0, 0.0), case_name=f'aten::{name}(special values)')
for name in ('floor_divide.Scalar', 'remainder.Scalar', 'fmod.Scalar'):
    c.case(f'aten::{name}', t(7.5, -7.5), 2)
    c.case(f'aten::{name}', t(7, -7, dtype=I64), 3)
    c.case(f'aten::{name}', t(7, -7, dtype=I64), -1.5)
    c.case(f'aten::{name}', t(7, -7, dtype=I64), dyn(3))
    c.case(f'aten::{name}', t(7.5, -7.5), dyn(-2.0))
c.case('aten::remainder.Scalar_Tensor', 7, t(3, -3, dtype=I64))
c.case('aten::remainder.Scalar_Tensor', -7.5, t(2.0, -2.0))

# Powers.
for x, e in [(t(1.5, 2.0, 0.5), t(2.0, -1.0, 0.5)), (of(I64, 3), t(2, 3, 0, dtype=I64)), (of(I32, 3), t(2, 3, 1, dtype=I32)), (t(1, 2, 3, dtype=I64), t(0.5, 1.5, -1.0)),
             (t(1.5, 2.5), t(2, 3, dtype=I64)), (c.rand(2, 3, low=0.1), c.rand(3)), (t(2.0, 3.0, dtype=F64), t(0.5, 2.0)), (t(2, 3, dtype=U8), t(2, 2, dtype=U8)),
             (t(1.5, 2.5, dtype=F16), t(2.0, 3.0, dtype=F16)), (t(-2.0, 0.0, INF, NAN), t(0.5, 0.0, -1.0, 0.0))]:  # fmt: skip
    c.case('aten::pow.Tensor_Tensor', x, e)
for e in (0, 1, 2, 3, 4, 5, 7, -1, -2, 0.5, 1.5, -0.5, 2.0, 3.0):
    c.case('aten::pow.Tensor_Scalar', t(0.5, 1.5, 2.5), e)
for e in (0, 1, 2, 3, 5):
    c.case('aten::pow.Tensor_Scalar', t(-3, 0, 2, 5, dtype=I64), e)
c.case('aten::pow.Tensor_Scalar', t(3, dtype=I64).reshape(()), 39)
c.case('aten::pow.Tensor_Scalar', t(1, 2, dtype=I64), 0.5)
c.case('aten::pow.Tensor_Scalar', t(1, 2, dtype=I64), -1.0)
c.case('aten::pow.Tensor_Scalar', c.bools(3), 2)
c.case('aten::pow.Tensor_Scalar', t(3, 4, dtype=I32), 3)
c.case('aten::pow.Tensor_Scalar', c.rand(3, dtype=F16), 2)
c.case('aten::pow.Tensor_Scalar', c.rand(3, dtype=F64), 3)
c.case('aten::pow.Tensor_Scalar', t(1.5, 2.5), dyn(2))
c.case('aten::pow.Tensor_Scalar', t(1.5, 2.5), dyn(1.5))
c.case('aten::pow.Tensor_Scalar', t(1, 2, dtype=I64), dyn(1.5))
c.case('aten::pow.Scalar', 2, t(0, 1, 5, dtype=I64))
c.case('aten::pow.Scalar', 2.0, t(0, 1, 5, dtype=I64))
c.case('aten::pow.Scalar', 10000.0, t(0.0, 0.5, 1.0))
c.case('aten::pow.Scalar', dyn(2.5), t(0.0, 0.5, 1.0))
c.case('aten::float_power.Tensor_Tensor', t(1.5, 2.0), t(2, 3, dtype=I64))
c.case('aten::float_power.Tensor_Scalar', t(2, 3, dtype=I64), 2)
c.case('aten::float_power.Scalar', 2, t(0.5, 2.0))

for name in ('atan2', 'arctan2', 'hypot', 'copysign.Tensor', 'logaddexp', 'logaddexp2', 'xlogy.Tensor', 'special_xlogy', 'special_xlog1py'):
    c.case(f'aten::{name}', c.rand(2, 3), c.rand(3))
    c.case(f'aten::{name}', c.rand(3, dtype=F64), c.rand(3, dtype=F64))
    c.case(f'aten::{name}', t(0.0, -0.0, 0.0, -0.0, 1.0, -1.0, INF, -INF, INF, NAN, 1.0, 0.0), t(1.0, 1.0, -1.0, -1.0, 0.0, -0.0, INF, -INF, -INF, 1.0, NAN, 0.0))
    if name != 'hypot' and 'logaddexp' not in name:
        c.case(f'aten::{name}', of(I64, 3), t(1, 2, 3, dtype=I64))
c.case('aten::atan2', t(1.0, 1.0, -1.0, -1.0), t(1.0, -1.0, 1.0, -1.0))
c.case('aten::hypot', t(3e30, 1e-30), t(4e30, 1e-30))
for name in ('copysign.Scalar', 'xlogy.Scalar_Other', 'special_xlogy.other_scalar', 'special_xlog1py.other_scalar'):
    c.case(f'aten::{name}', t(0.0, 1.0, -2.0), 2.5)
for name in ('xlogy.Scalar_Self', 'special_xlogy.self_scalar', 'special_xlog1py.self_scalar'):
    c.case(f'aten::{name}', 2, t(0.0, 1.0, 2.0))
    c.case(f'aten::{name}', 0, t(0.0, 1.0, NAN))
c.case('aten::ldexp.Tensor', t(1.5, -2.0), t(3, -1, dtype=I64))
c.case('aten::heaviside', t(-1.0, 0.0, 2.0), t(0.5))
c.case('aten::heaviside', t(-1, 0, 2, dtype=I64), t(7, 8, 9, dtype=I64))

# Three operands.
for weight in (0.25, 0.75, 2.0, dyn(0.25), dyn(0.75)):
    c.case('aten::lerp.Scalar', c.rand(2, 3), c.rand(3), weight)
c.case('aten::lerp.Tensor', c.rand(2, 3), c.rand(3), t(0.1, 0.5, 0.9))
c.case('aten::lerp.Tensor', c.rand(3, dtype=F16), c.rand(3, dtype=F16), t(0.1, 0.5, 0.9, dtype=F16))
for name in ('addcmul', 'addcdiv'):
    c.case(f'aten::{name}', c.rand(2, 3), c.rand(3), c.rand(2, 1))
    c.case(f'aten::{name}', c.rand(3), c.rand(3), c.rand(3), value=0.5)
    c.case(f'aten::{name}', c.rand(3), c.rand(3), c.rand(3), value=dyn(2))
    c.case(f'aten::{name}', c.rand(3, dtype=F16), c.rand(3, dtype=F16), c.rand(3, dtype=F16, low=1), value=2)
c.case('aten::addcmul', of(I64, 3), of(I64, 3), of(I64, 3), value=2)
for name in ('clamp', 'clip'):
    for low, high in ((-1, 1), (None, 0.5), (-0.5, None), (1.0, -1.0), (dyn(-1.0), dyn(1.0)), (None, dyn(1))):
        c.case(f'aten::{name}', SPECIAL, low, high)
    for dtype in (F64, F16, I64, I32, I8, U8):
        c.case(f'aten::{name}', of(dtype, 4), 1, 2)
    c.case(f'aten::{name}', of(I64, 4), -1.5, 2)
    c.case(f'aten::{name}', of(I64, 4), dyn(0.5), None)
    c.case(f'aten::{name}.Tensor', c.rand(2, 3), t(-0.5, 0.0, 0.5), t(0.5))
    c.case(f'aten::{name}.Tensor', c.rand(2, 3), None, c.rand(3))
    c.case(f'aten::{name}.Tensor', c.rand(2, 3), c.rand(3), None)
    c.case(f'aten::{name}.Tensor', of(I64, 3), c.rand(3), None)
c.case('aten::clamp_min', SPECIAL, 0)
c.case('aten::clamp_min', of(I64, 4), 1)
c.case('aten::clamp_max', SPECIAL, 0.5)
c.case('aten::clamp_max', of(I64, 4), dyn(1))
c.case('aten::clamp_min.Tensor', c.rand(2, 3), c.rand(3))
c.case('aten::clamp_max.Tensor', of(I16, 3), of(I16, 3))
for x, y in [(c.rand(2, 3), c.rand(3)), (of(I64, 3), c.rand(3)), (c.bools(3), c.bools(3)), (of(I8, 3), of(I8, 3)), (of(U8, 3), of(U8, 3)), (of(I16, 3), of(I32, 3)),
             (c.rand(3, dtype=F16), c.rand()), (c.rand(3, dtype=F64), of(I64, 3)), (c.rand(2, 0, 3), c.rand(3))]:  # fmt: skip
    c.case('aten::where.self', c.bools(3), x, y)
c.case('aten::where.self', c.bools(), c.rand(3), c.rand(3))
c.case('aten::where.self', c.bools(4, 1), c.rand(3), c.rand(2, 1, 1))
c.case('aten::where.ScalarOther', c.bools(3), of(I64, 3), 1.5)
c.case('aten::where.ScalarOther', c.bools(3), c.rand(3), dyn(2))
c.case('aten::where.ScalarSelf', c.bools(3), -INF, c.rand(2, 3))
c.case('aten::where.ScalarSelf', c.bools(3), 1, of(I32, 3))
c.case('aten::where.Scalar', c.bools(2, 3), 1.0, 0.0)
c.case('aten::where.Scalar', c.bools(2, 3), 1, 2.5)
c.case('aten::where.Scalar', c.bools(2, 3), 1, 2)
c.case('aten::where.Scalar', c.bools(2, 3), dyn(1), dyn(2.5))
for x in (c.bools(5), c.bools(2, 3), of(I64, 2, 2, 2), c.rand(3), torch.zeros(3), torch.ones(2, 0), torch.tensor(True), torch.tensor(0.0)):
    c.case('aten::where', x)
for x in (c.rand(2, 3), of(I64, 2, 3), c.bools(2, 3), c.rand(2, 3, dtype=F16), of(U8, 2, 3)):
    c.case('aten::masked_fill.Scalar', x, c.bools(3), 1)
    c.case('aten::masked_fill.Tensor', x, c.bools(2, 1), torch.tensor(1))
c.case('aten::masked_fill.Scalar', c.rand(2, 3), c.bools(3), -INF)
c.case('aten::masked_fill.Scalar', c.rand(2, 3), c.bools(3), dyn(-1e9))
c.case('aten::masked_fill.Scalar', c.rand(3), c.bools(2, 3), 0.5)
c.case('aten::masked_fill.Tensor', c.rand(2, 3), c.bools(2, 3), torch.tensor(2.5, dtype=F64))

# Logic and bits.
for name in ('logical_and', 'logical_or', 'logical_xor'):
    c.case(f'aten::{name}', c.bools(4), c.bools(4))
    c.case(f'aten::{name}', SPECIAL, torch.ones(1))
    c.case(f'aten::{name}', of(I64, 2, 3), c.bools(3))
for name in ('and', 'or', 'xor'):
    for op in (f'bitwise_{name}.Tensor', f'__{name}__.Tensor'):
        c.case(f'aten::{op}', c.bools(2, 3), c.bools(3))
        for dtype in (I64, I32, I16, I8, U8):
            c.case(f'aten::{op}', of(dtype, 4), of(dtype, 4))
        c.case(f'aten::{op}', of(I64, 4), of(I32, 4))
        c.case(f'aten::{op}', of(I64, 4), c.bools(4))
    for op in (f'bitwise_{name}.Scalar', f'__{name}__.Scalar'):
        c.case(f'aten::{op}', of(I64, 4), 5)
        c.case(f'aten::{op}', of(I32, 4), dyn(6))
    c.case(f'aten::bitwise_{name}.Scalar_Tensor', 5, of(I64, 4))
for dtype in (I64, I32, I16, I8, U8, B):
    c.case('aten::bitwise_not', of(dtype, 4))
for op in ('bitwise_left_shift.Tensor', 'bitwise_right_shift.Tensor', '__lshift__.Tensor', '__rshift__.Tensor'):
    for dtype in (I64, I32, U8, I8):
        c.case(f'aten::{op}', of(dtype, 4, low=-20, high=20), of(dtype, 4, low=0, high=4))
    c.case(f'aten::{op}', t(-9, 7, 1, dtype=I64), t(70, 64, 62, dtype=I64))
for op in ('bitwise_left_shift.Tensor_Scalar', 'bitwise_right_shift.Tensor_Scalar', '__lshift__.Scalar', '__rshift__.Scalar'):
    c.case(f'aten::{op}', of(I64, 4, low=-20, high=20), 2)
    c.case(f'aten::{op}', of(I32, 4, low=-20, high=20), dyn(3))
c.case('aten::bitwise_left_shift.Scalar_Tensor', 3, t(0, 1, 5, dtype=I64))
c.case('aten::bitwise_right_shift.Scalar_Tensor', -30, t(0, 1, 5, dtype=I64))

# Nearness.
for x, y in [(t(1.0, 2.0, INF, -INF, NAN), t(1.000001, 2.1, INF, INF, NAN)), (of(I64, 3), of(I64, 3)), (c.rand(2, 3), c.rand(3)), (c.rand(0), c.rand(0))]:
    c.case('aten::isclose', x, y)
    c.case('aten::isclose', x, y, 0.1, 0.1, x.is_floating_point())
    c.case('aten::allclose', x, y)
    c.case('aten::allclose', x, x.clone(), equal_nan=True)
c.case('aten::isclose', c.rand(3), c.rand(3), dyn(0.5), dyn(0.1))
c.case('aten::isclose', c.rand(3, dtype=F64), c.rand(3, dtype=F64), 0.0, 0.0)
one = c.rand(2, 3)
for x, y in [(one, one.clone()), (one, c.rand(2, 3)), (one, c.rand(3, 2)), (one, c.rand(6)), (c.rand(2, 1), c.rand(2, 3)), (of(I64, 3), of(I64, 3)), (c.rand(0), c.rand(0)),
             (c.bools(3), c.bools(3)), (t(NAN), t(NAN))]:  # fmt: skip
    c.case('aten::equal', x, y)
    c.case('aten::is_same_size', x, y)

c.write()
