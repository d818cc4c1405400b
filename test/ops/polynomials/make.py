"""Orthogonal polynomials: every family in its three forms, degrees by recurrence and by closed form, ends, degrees that are none. Writes cases.json."""

import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=58)
F32, F64, I32, I64 = torch.float32, torch.float64, torch.int32, torch.int64
INF, NAN = math.inf, math.nan


def t(*values, dtype=F32):
    return torch.tensor(values, dtype=dtype)


FAMILIES = [f'{shift}chebyshev_polynomial_{kind}' for shift in ('', 'shifted_') for kind in 'tuvw'] + [
    'hermite_polynomial_h', 'hermite_polynomial_he', 'laguerre_polynomial_l', 'legendre_polynomial_p',
]  # fmt: skip
for name in FAMILIES:
    op = f'aten::special_{name}'
    x = (-2.5, -1.3, -1.0, -0.9, -0.6, -0.25, 0.0, 0.1, 0.35, 0.5, 0.8, 0.99, 1.0, 1.2, 3.0)
    for dtype in (F32, F64):
        c.case(op, t(*x, dtype=dtype).reshape(-1, 1), t(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, dtype=I64))
        c.case(f'{op}.n_scalar', t(*x, dtype=dtype), 15)
        c.case(f'{op}.n_scalar', t(*x, dtype=dtype), dyn(7))
        c.case(f'{op}.n_scalar', t(*x, dtype=dtype), 3.7)
        c.case(f'{op}.x_scalar', 0.3, t(-2, -1, 0, 1, 2, 5, 11, 20, dtype=I64))
        c.case(f'{op}.x_scalar', dyn(-1.5), t(-2, 0, 1, 2, 5, 11, dtype=dtype))
        # Of NaN and a degree beyond 1 torch gives what is not initialised, save for Chebyshev's T and Hermite's.
        c.case(op, t(0.5, 0.0, NAN, INF, -INF, 1.5, 2.0, dtype=dtype), t(2.0, 0.0, 1.0, 2.0, 3.0, 40.0, -1.0, dtype=dtype), case_name=f'{op}({dtype} special values)')
    c.case(f'{op}.n_scalar', t(0.2, 0.7, dtype=F64), 60)
    c.case(f'{op}.n_scalar', t(-1, 0, 1, 2, dtype=I64), 4)
    c.case(f'{op}.x_scalar', 2, t(0, 3, 6, dtype=I32))
    c.case(op, torch.empty(0, 3), t(1, 2, 3, dtype=I64))
    c.case(op, torch.tensor(0.4), torch.tensor(5))
    c.case(op, c.rand(2, 1, 3), c.ints(4, 1, low=0, high=7))
    c.case(f'{op}.n_scalar', c.rand(2, 3), 0)
for name in ('hermite_polynomial_h', 'hermite_polynomial_he'):
    c.case(f'aten::special_{name}', t(0.5, 0.5, 0.5), t(30, 128, 129, dtype=I64))
    c.case(f'aten::special_{name}', t(0.5, 0.5, dtype=F64), t(129, 513, dtype=I64))

c.write()
