"""Tensors without elements: what is reduced over an axis of extent 0, which a dynamic dim may turn out to be, and batches of none."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=73)
z = lambda *sizes, dtype=torch.float32: torch.zeros(sizes, dtype=dtype)
I64 = torch.int64

REDUCE = 'mean var std logsumexp sum prod nanmean nansum all any norm linalg_vector_norm var_mean std_mean count_nonzero'.split()
for op in REDUCE:
    for x in (z(2, 0), z(0, 3), z(2, 0, 3)):
        for args in ((), (1,), ([1],), ([0],), ([0, 1],), ([-1],), ([-2],)):
            given = (2.0, *args) if op in ('norm', 'linalg_vector_norm') else args
            try:
                torch.ops.aten.__getattr__(op)(x, *given)
            except (RuntimeError, IndexError):
                continue
            try:
                c.case(f'aten::{op}', x, *given)
            except (ValueError, RuntimeError, StopIteration):
                continue
# Other axes than the empty one, which give no elements themselves
for op, args in (('amax', ([1],)), ('amin', ([1],)), ('max.dim', (1,)), ('min.dim', (1,)), ('argmax', (1,)), ('aminmax', ()), ('sort', (1,)), ('topk', (2, 1)), ('mode', (1,)), ('kthvalue', (1, 1))):  # fmt: skip
    kwargs = {'dim': 1} if op == 'aminmax' else {}
    c.case(f'aten::{op}', z(0, 3), *args, **kwargs)
for op in ('cumsum', 'cumprod', 'logcumsumexp', 'cummax', 'cummin', 'softmax', 'log_softmax', 'sort', 'flip'):
    for x in (z(2, 0), z(0, 3)):
        c.case(f'aten::{op}', x, [1] if op == 'flip' else 1)
for op in ('cumprod', 'logcumsumexp', 'cummax', 'cummin'):
    for x, dim in ((z(0, 3), 0), (z(2, 0, 3), 2), (z(2, 0, 3), -3)):
        c.case(f'aten::{op}', x, dim)
for op in ('median.dim', 'nanmedian.dim'):
    for x in (z(0, 3), z(0, 3, dtype=I64), z(2, 0, 3)):
        for keep in (False, True):
            c.case(f'aten::{op}', x, -1, keep)
c.case('aten::layer_norm', z(0, 4), [4], torch.ones(4), z(4))
c.case('aten::rms_norm', z(0, 4), [4], torch.ones(4))
c.case('aten::batch_norm', z(0, 3, 2), None, None, z(3), torch.ones(3), False, 0.1, 1e-5, True)
for loss in ('mse_loss', 'l1_loss', 'smooth_l1_loss', 'huber_loss', 'binary_cross_entropy_with_logits', 'kl_div'):
    for reduction in ([] if loss == 'huber_loss' else [0, 1, 2]):
        extra = (None, None) if 'logits' in loss else ()
        c.case(f'aten::{loss}', z(0, 2), z(0, 2), *extra, reduction)
for reduction in (0, 1, 2):
    c.case('aten::cross_entropy_loss', z(0, 3), z(0, dtype=I64), None, reduction)
    c.case('aten::nll_loss', z(0, 3), z(0, dtype=I64), None, reduction)
c.case('aten::adaptive_avg_pool2d', z(0, 2, 4, 4), [1, 1])
c.case('aten::linear', z(0, 3), torch.ones(2, 3), torch.ones(2))
c.case('aten::linear', z(2, 0), torch.ones(3, 0), torch.ones(3))
c.case('aten::matmul', z(2, 0), z(0, 3))
c.case('aten::bmm', z(2, 3, 0), z(2, 0, 4))
c.case('aten::addmm', torch.ones(3), z(2, 0), z(0, 3))
c.case('aten::conv2d', z(0, 2, 4, 4), torch.ones(3, 2, 2, 2))
c.case('aten::max_pool2d', z(0, 2, 4, 4), [2])
c.case('aten::avg_pool2d', z(0, 2, 4, 4), [2])
c.case('aten::cat', [z(0, 2), torch.ones(2, 2)])
c.case('aten::index_select', torch.ones(2, 3), 0, z(0, dtype=I64))
c.case('aten::embedding', torch.ones(4, 3), z(0, dtype=I64))
c.case('aten::where', z(0, 2).bool(), z(0, 2), z(0, 2))
c.case('aten::scaled_dot_product_attention', z(2, 0, 4), torch.ones(2, 3, 4), torch.ones(2, 3, 4))
c.case('aten::scaled_dot_product_attention', torch.ones(2, 3, 4), z(2, 0, 4), z(2, 0, 4))
c.case('aten::nonzero', z(0, 2))
c.case('aten::unique_dim', z(0, 2), 0)
c.write()
