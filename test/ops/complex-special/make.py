"""Functions of complex numbers at infinities, NaN and zeros of both signs. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=73)
INF, NAN = float('inf'), float('nan')
# NaN's sign and that of a result which C leaves open are not compared.
PARTS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, INF, -INF, NAN]
X = torch.tensor([complex(a, b) for a in PARTS for b in PARTS], dtype=torch.complex128)
NAMES = (
    'exp log log2 log10 log1p expm1 exp2 sqrt rsqrt sinh cosh tanh sin cos tan asin acos atan asinh acosh atanh sigmoid sgn abs angle '
    'reciprocal square sinc isnan isinf isfinite'
)
for name in NAMES.split():
    c.case(f'aten::{name}', X)
for name in 'exp tanh asin acos acosh atanh sqrt log sigmoid'.split():
    c.case(f'aten::{name}', X.to(torch.complex64))
for exponent in (2, 3, 0.5, -1, 2.5):
    c.case('aten::pow.Tensor_Scalar', X, exponent)
LARGE = torch.tensor([complex(a, b) for a in (1e30, -1e30, 0.5) for b in (1e30, -1e30, 0.5)])
for name in 'asin acos atan asinh acosh atanh sqrt log log1p reciprocal abs rsqrt'.split():
    c.case(f'aten::{name}', LARGE)
for name in ('eq', 'ne'):
    c.case(f'aten::{name}.Tensor', X[:, None], X[::7])
c.case('aten::log1p', torch.tensor([-1 + 1e-30j, 1e-20 + 1e-20j, -0.5 + 0.5j, 3 + 4j], dtype=torch.complex128))
c.case('aten::atanh', torch.tensor([-1 + 1e-30j, 1 - 1e-30j, 1e-20 + 1e-20j], dtype=torch.complex128))
c.write()
