"""torch.special, greatest common divisors, parts of floats: arguments tiny, large, negative, at poles and beyond. Writes cases.json."""

import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=57)
F16, F32, F64 = torch.float16, torch.float32, torch.float64
U8, I8, I16, I32, I64 = torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64
INF, NAN = math.inf, math.nan


def t(*values, dtype=F32):
    return torch.tensor(values, dtype=dtype)


def spread(low, high, count=9):
    """From tiny to large by factors, both signs where the range has both, and even steps between."""
    even = [low + (high - low) * i / (count - 1) for i in range(count)]
    small = [s * 10.0 ** -k for k in (1, 3, 6, 12, 30) for s in ((1, -1) if low < 0 else (1,))]
    return sorted({v for v in even + small if low <= v <= high})


def elementwise(op, low, high, extra=(), special=(0.0, -0.0, INF, -INF, NAN), half=True, before=()):
    """One operator of one tensor: both float types over a range, what is not finite, integers, bools, and shapes."""
    args = tuple(before)
    values = spread(low, high) + list(extra)
    for dtype in (F32, F64):
        c.case(f'aten::{op}', *args, t(*values, dtype=dtype))
        c.case(f'aten::{op}', *args, t(*special, dtype=dtype), case_name=f'aten::{op}({dtype} special values{"" if not args else args})')
    even = [low + (high - low) * (i + 0.37) / 6 for i in range(6)]
    c.case(f'aten::{op}', *args, t(*even).reshape(2, 1, 3))
    if half:
        c.case(f'aten::{op}', *args, t(*even, dtype=F16))
    whole = [i for i in range(max(-3, math.ceil(low)), min(7, math.floor(high) + 1))]
    for dtype in (I64, I32, U8):
        c.case(f'aten::{op}', *args, t(*[v for v in whole if v >= 0 or dtype != U8], dtype=dtype))
    c.case(f'aten::{op}', *args, t(*(True, False) if low <= 0 else (True,), dtype=torch.bool))
    c.case(f'aten::{op}', *args, torch.empty(0, 3))
    c.case(f'aten::{op}', *args, torch.tensor(even[2]))


# Bessel functions
for name in ('i0', 'special_i0', 'special_i0e', 'special_i1', 'special_i1e'):
    elementwise(name, -30, 30, extra=(8.0, 7.9999, 8.0001, -8.0, 60.0, 85.0, -85.0) + ((500.0, 1e6, 1e30) if name.endswith('e') else ()))
for name in ('i0', 'special_i1'):
    c.case(f'aten::{name}', t(88.0, 89.0, 90.0, 95.0, -90.0), case_name=f'aten::{name}(the end of float32)')
    c.case(f'aten::{name}', t(300.0, 700.0, 709.0, 711.0, 720.0, dtype=F64), case_name=f'aten::{name}(the end of float64)')
for name in ('bessel_j0', 'bessel_j1'):
    elementwise(f'special_{name}', -40, 40, extra=(5.0, 4.9999, 5.0001, -5.0, 2.404825557695773, 5.520078110286311, 3.831705970207512, 100.5, -333.25), half=False)
for name in ('bessel_y0', 'bessel_y1'):
    elementwise(f'special_{name}', 0.01, 40, extra=(5.0, 4.9999, 5.0001, 0.8935769662791675, 2.197141326031017, 1e-5, 100.5, 333.25), special=(0.0, -0.0, INF, NAN, -1.0, -7.5), half=False)
for name in ('modified_bessel_i0', 'modified_bessel_i1'):
    elementwise(f'special_{name}', -20, 20, extra=(8.0, 7.9999, 8.0001, 60.0, 80.0), half=False)
for name in ('modified_bessel_k0', 'modified_bessel_k1', 'scaled_modified_bessel_k0', 'scaled_modified_bessel_k1'):
    elementwise(f'special_{name}', 0.01, 30, extra=(2.0, 1.9999, 2.0001, 1e-5, 60.0, 80.0), special=(0.0, -0.0, INF, NAN, -1.0, -7.5), half=False)
elementwise('special_spherical_bessel_j0', -30, 30, extra=(0.5, 0.4999, -0.5, 3.141592653589793, 1e4), half=False)
elementwise('special_airy_ai', -20, 20, extra=(2.09, -2.09, 2.0899, -2.0901, 8.33, 50.0, 104.0, -2.338107410459767), half=False)

# Gamma and its relatives
for name in ('digamma', 'special_digamma', 'special_psi'):
    elementwise(name, -7.3, 30, extra=(1.4616321449683622, 10.0, 1e3, 1e10, 1e17, 1e30, 1e-8, -1e-8, -0.5, -20.25, -100.7, -1.0, -2.0, -30.0))
for name in ('lgamma', 'special_gammaln'):
    elementwise(name, -7.3, 30, extra=(1.0, 2.0, 1.0001, 1.9999, 10.0, 1e3, 1e6, 1e10, 1e30, 1e-30, -0.5, -20.25, -100.7, -1.0, -2.0, -30.0))
for n in (0, 1, 2, 3, 6):
    elementwise('polygamma', 0.03, 30, extra=(0.5, 0.4999, 9.0, 10.0, 1e3, 1e6), special=(INF, NAN), half=False, before=(n,))
    c.case('aten::polygamma', n, t(0.0, -0.25, -0.5, -1.5, -3.75, -9.2), case_name=f'aten::polygamma({n}, below 0)')
    c.case('aten::polygamma', n, t(0.0, -0.25, -0.5, -1.5, -3.75, -9.2, -40.6, dtype=F64), case_name=f'aten::polygamma({n}, float64 below 0)')
c.case('aten::polygamma', 2, t(-1.0, -2.0, 0.0))
c.case('aten::special_polygamma', 1, c.rand(2, 3, low=0.1, high=4))
c.case('aten::special_polygamma', 4, c.rand(2, 3, low=0.1, high=4, dtype=F64))
for p in (1, 2, 5):
    for dtype in (F32, F64):
        c.case('aten::mvlgamma', c.rand(2, 4, low=p / 2, high=20, dtype=dtype), p)
        c.case('aten::special_multigammaln', c.rand(5, low=p / 2, high=300, dtype=dtype), p)
c.case('aten::mvlgamma', t(3, 4, 5, dtype=I64), 2)
c.case('aten::special_multigammaln', torch.tensor(4.5), 3)
c.case('aten::mvlgamma', torch.empty(0, 2), 2)

# Zeta
for dtype in (F32, F64):
    x = t(1.0001, 1.5, 2.0, 3.0, 4.5, 10.0, 30.0, 100.0, dtype=dtype)
    q = t(1e-3, 0.5, 1.0, 2.25, 8.0, 10.0, 150.0, 1e5, dtype=dtype)
    c.case('aten::special_zeta', x.reshape(8, 1), q)
    c.case('aten::special_zeta', t(2.0, 3.0, 4.0, 5.0, dtype=dtype), t(-0.5, -3.25, -10.75, -40.5, dtype=dtype))
    c.case('aten::special_zeta', t(1.0, 0.5, -2.0, 2.0, 2.0, 2.5, NAN, 2.0, INF, 1.0, dtype=dtype), t(2.0, 2.0, 2.0, 0.0, -3.0, -1.5, 1.0, NAN, 2.0, -1.0, dtype=dtype), case_name=f'aten::special_zeta({dtype} special values)')  # fmt: skip
    c.case('aten::special_zeta.other_scalar', x, 1.5)
    c.case('aten::special_zeta.other_scalar', x, dyn(2))
    c.case('aten::special_zeta.self_scalar', 2.5, q)
    c.case('aten::special_zeta.self_scalar', dyn(3), q)
c.case('aten::special_zeta', t(2, 3, 4, dtype=I64), t(1, 2, 3, dtype=I32))
c.case('aten::special_zeta.self_scalar', 2, t(1, 2, 3, dtype=I64))
c.case('aten::special_zeta', torch.empty(0, 3), t(1.0, 2.0, 3.0))
c.case('aten::special_zeta', torch.tensor(2.0), torch.tensor(1.0))

# Incomplete gamma functions
for name in ('igamma', 'igammac', 'special_gammainc', 'special_gammaincc'):
    for dtype in (F32, F64):
        a = t(1e-3, 0.3, 0.5, 1.0, 2.5, 9.0, 19.0, 21.0, 60.0, 180.0, dtype=dtype)
        x = t(1e-6, 0.01, 0.4, 0.75, 1.0, 1.05, 1.2, 2.5, 8.0, 20.0, 25.0, 70.0, 170.0, 400.0, dtype=dtype)
        c.case(f'aten::{name}', a.reshape(-1, 1), x)
        c.case(f'aten::{name}', t(250.0, 250.0, 250.0, 1e3, 1e3, 1e4, 1e4, 1e4, 200.0, 200.0, dtype=dtype), t(250.0, 200.0, 330.0, 1010.0, 1.0, 9990.0, 1.2e4, 1e4, 200.0, 170.0, dtype=dtype))  # fmt: skip
        c.case(f'aten::{name}', t(0.0, 0.0, 1.0, -1.0, 1.0, INF, 1.0, INF, NAN, 1.0, 0.0, INF, dtype=dtype), t(0.0, 1.0, 0.0, 1.0, -1.0, 1.0, INF, INF, 1.0, NAN, INF, 0.0, dtype=dtype), case_name=f'aten::{name}({dtype} special values)')  # fmt: skip
    c.case(f'aten::{name}', torch.empty(2, 0), torch.tensor(1.0))
    c.case(f'aten::{name}', torch.tensor(1.5), torch.tensor(1.0))
    c.case(f'aten::{name}', c.rand(3, 1, low=0.1, high=3), c.rand(2, 1, 4, low=0.1, high=3, dtype=F64))

# The normal distribution and error functions
elementwise('special_erfcx', -4, 60, extra=(-9.0, -26.0, 1e3, 1e10, 1e30), half=False)
elementwise('special_log_ndtr', -40, 20, extra=(-1.0, -1.0001, -0.9999, -200.0, -1e4, 5.5), half=False)
elementwise('special_ndtri', 0.0, 1.0, extra=(1e-20, 1e-10, 1e-5, 0.13, 0.1354, 0.5, 0.8646, 0.87, 0.999, 0.99999), special=(0.0, 1.0, -0.1, 1.1, NAN, INF), half=False)
elementwise('special_ndtr', -12, 12, extra=(-5.5, 5.5), half=False)
for name, low, high in (('erfinv', -0.999, 0.999), ('special_erfinv', -0.999, 0.999)):
    elementwise(name, low, high, extra=(0.99999, -0.99999, 1.0, -1.0), special=(0.0, -0.0, 1.5, -2.0, NAN))
elementwise('special_entr', -1, 8, extra=(1e-20,))
for name in ('erf', 'erfc'):
    elementwise(name, -9, 9, extra=(0.4769362762044699, 13.0, -30.0))
elementwise('expm1', -30, 30, extra=(1e-8, -1e-8, 80.0, 88.0, -100.0))
elementwise('log1p', -0.999, 30, extra=(1e-8, -1e-8, 1e10, 1e30, -0.5), special=(0.0, -0.0, -1.0, -2.0, INF, NAN))
elementwise('atanh', -0.99, 0.99, extra=(0.9999, -0.9999, 1e-5), special=(0.0, -0.0, 1.0, -1.0, 1.5, -2.0, NAN))
for name, low, high in (('sinh', -30, 30), ('cosh', -30, 30), ('asinh', -1e6, 1e6), ('acosh', 1, 1e6), ('tan', -20, 20), ('atan', -1e4, 1e4)):
    elementwise(name, low, high)
elementwise('exp2', -30, 30, extra=(100.0, 120.0, -130.0))
elementwise('sinc', -9, 9, extra=(1e-4, 0.5, 100.25))
elementwise('logit', 0.001, 0.999, extra=(1e-6,), special=(0.0, 1.0, -0.5, 1.5, NAN))
for dtype in (F32, F64):
    x, y = t(0.0, 0.0, 0.0, 1.0, -2.0, 0.0, NAN, 3.0, INF, 0.0, dtype=dtype), t(0.0, NAN, INF, 0.0, 3.0, -1.0, 1.0, -2.0, 1.0, -2.0, dtype=dtype)
    for name in ('xlogy.Tensor', 'special_xlogy', 'special_xlog1py'):
        c.case(f'aten::{name}', x, y, case_name=f'aten::{name}({dtype} special values)')
    for name in ('logaddexp', 'logaddexp2'):
        c.case(f'aten::{name}', t(INF, -INF, INF, NAN, 100.0, -1e30, 1e30, 0.0, dtype=dtype), t(INF, -INF, -INF, 1.0, -100.0, 1e30, 1e30, 1e-30, dtype=dtype), case_name=f'aten::{name}({dtype} special values)')  # fmt: skip
    c.case('aten::hypot', t(INF, NAN, INF, 0.0, -3.0, 1e-30, dtype=dtype), t(NAN, 1.0, -INF, -0.0, 4.0, 1e30, dtype=dtype), case_name=f'aten::hypot({dtype} special values)')

# Integers
for dtype in (I64, I32, I16, I8, U8):
    x, y = (0, 0, 12, 18, 7, 100, 1, 6), (0, 5, 18, 12, 13, 75, 0, 6)
    for name in ('gcd', 'lcm'):
        c.case(f'aten::{name}', t(*x, dtype=dtype), t(*y, dtype=dtype))
        if dtype != U8:
            c.case(f'aten::{name}', t(-12, 18, -7, -5, dtype=dtype), t(18, -12, -13, 0, dtype=dtype))
for name in ('gcd', 'lcm'):
    c.case(f'aten::{name}', t(1071, 832040, 10**9 + 7, dtype=I64).reshape(3, 1), t(462, 514229, 2**40, dtype=I64))
    c.case(f'aten::{name}', t(4, 6, dtype=I32), t(6, 9, dtype=I64))
    c.case(f'aten::{name}', t(4, 6, dtype=U8), t(6, -9, dtype=I8))
    c.case(f'aten::{name}', torch.tensor(12), t(8, 9, dtype=I32))
    c.case(f'aten::{name}', torch.empty(0, 2, dtype=I64), torch.tensor([3, 4]))
for a, b in ((12, 18), (-12, 18), (0, 5), (0, 0), (17, -51), (2**40, 10**9)):
    c.case('aten::gcd.int', dyn(a), dyn(b))
c.case('aten::gcd.int', dyn(12), 8)
for n in (0, 1, 5, 20):
    c.case('aten::factorial.int', dyn(n))

# Parts of floats
EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -3.75, 1e-3, 1e30, INF, -INF, NAN, 1024.0, 1.9999999, 0.1)
LIMITS = {F32: (3.4028234663852886e38, 1.1754943508222875e-38, 1.401298464324817e-45, 1e-40, 0.99999994), F64: (1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, 1e-310, 0.9999999999999999)}  # fmt: skip
for dtype in (F32, F64):
    x = t(*EDGES, *LIMITS[dtype], *[-v for v in LIMITS[dtype]], dtype=dtype)
    c.case('aten::frexp.Tensor', x, case_name=f'aten::frexp.Tensor({dtype})')
    for y in (0.0, -0.0, INF, -INF, NAN, 1.0):
        c.case('aten::nextafter', x, torch.tensor(y, dtype=dtype), case_name=f'aten::nextafter({dtype} towards {y})')
    c.case('aten::nextafter', x, x, case_name=f'aten::nextafter({dtype} towards itself)')
    c.case('aten::nextafter', c.rand(2, 1, 3, dtype=dtype), c.rand(4, 1, dtype=dtype))
    c.case('aten::ldexp.Tensor', t(0.5, -0.75, 0.0, INF, 1.0, 1.0, NAN, dtype=dtype), t(3, -2, 10, -3, 100, -100, 1, dtype=I64))
c.case('aten::frexp.Tensor', t(0.1, 1000.0, -6e-8, 65504.0, dtype=F16))
c.case('aten::frexp.Tensor', torch.empty(0, 2))
c.case('aten::frexp.Tensor', torch.tensor(-12.5))
c.case('aten::ldexp.Tensor', c.rand(2, 3), torch.tensor(4))
c.case('aten::ldexp.Tensor', t(1, 2, 3, dtype=I64), t(1, 2, 3, dtype=I32))
c.case('aten::ldexp.Tensor', c.rand(2, 1, dtype=F16), t(1, 2, dtype=I32))
for a in (0.1, -12.5, 0.0, 1024.0, 5e-324, 1.7e308, INF, -INF):
    c.case('aten::frexp', dyn(a), case_name=f'aten::frexp({a})')
for a in (0.1, -12.5, 0.0, 1024.75, -0.25, 1e300, INF, -INF):
    c.case('aten::modf', dyn(a), case_name=f'aten::modf({a})')
for x, i in ((0.5, 3), (-0.75, -2), (1.0, 1023), (1.0, 1024), (0.75, -1073), (1e-300, 2000), (1.0, -1074), (5e-324, 1074)):
    c.case('aten::ldexp', dyn(x), dyn(i), case_name=f'aten::ldexp({x}, {i})')
for a in (0.5, 5.0, 1e-3, -0.5, -1.5, -2.25, 20.5, 150.0, 171.0):
    c.case('aten::gamma.float', dyn(a), case_name=f'aten::gamma.float({a})')
for a in (1, 5, 12):
    c.case('aten::gamma.int', dyn(a))

c.write()
