"""Comparisons of tensors. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=12)
INF, NAN = float('inf'), float('nan')
DTYPES = (torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)


def of(dtype, *shape):
    return c.ints(*shape, low=0, high=3).to(dtype)


for name in ('eq', 'ne', 'lt', 'le', 'gt', 'ge', 'not_equal', 'less', 'less_equal', 'greater', 'greater_equal'):
    op = f'aten::{name}.Tensor'
    c.case(op, torch.tensor([1.0, NAN, INF, -INF, 0.0]), torch.tensor([1.0, NAN, INF, INF, -0.0]))
    for dtype in DTYPES:
        c.case(op, of(dtype, 2, 4), of(dtype, 4))
    c.case(op, of(torch.int64, 4), torch.tensor([0.5, 1.0, 1.5, 2.0]))
    c.case(op, of(torch.uint8, 4), c.ints(4, dtype=torch.int8))
    c.case(op, of(torch.float32, 3, 1), of(torch.float32, 1, 4))
    c.case(op, of(torch.float32), of(torch.float32, 2, 0))
    c.case(op, of(torch.int32, 3), of(torch.float64))
    op = f'aten::{name}.Scalar'
    c.case(op, of(torch.float32, 2, 3), 1)
    c.case(op, torch.tensor([NAN, 1.0]), 1.0)
    for dtype in DTYPES:
        c.case(op, of(dtype, 4), 1)
        c.case(op, of(dtype, 4), 1.5)
    c.case(op, of(torch.int64, 4), dyn(1))
    c.case(op, of(torch.int64, 4), dyn(0.5))
    c.case(op, of(torch.float32), dyn(1))

c.write()
