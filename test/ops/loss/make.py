"""Losses: every reduction, weights, classes left out, smoothing, probabilities."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=19)
F64 = torch.float64
share = lambda *s, **k: c.rand(*s, low=0.02, high=0.98, **k)
labels = lambda *s, n=4: c.ints(*s, low=0, high=n)
for reduction in (0, 1, 2):
    for name in ('mse_loss', 'l1_loss', 'smooth_l1_loss', 'huber_loss', 'soft_margin_loss'):
        c.case(f'aten::{name}', c.rand(3, 4), c.rand(3, 4), reduction)
    c.case('aten::mse_loss', c.rand(3, 4, dtype=F64), c.rand(3, 4, dtype=F64), reduction)
    c.case('aten::smooth_l1_loss', c.rand(3, 4), c.rand(3, 4), reduction, 0.5)
    c.case('aten::smooth_l1_loss', c.rand(3, 4), c.rand(3, 4), reduction, 0.0)
    c.case('aten::huber_loss', c.rand(3, 4), c.rand(3, 4), reduction, 0.5)
    c.case('aten::kl_div', c.rand(3, 4), share(3, 4), reduction)
    c.case('aten::kl_div', c.rand(3, 4), c.rand(3, 4), reduction, log_target=True)
    c.case('aten::binary_cross_entropy', share(3, 4), share(3, 4), None, reduction)
    c.case('aten::binary_cross_entropy', share(3, 4), share(3, 4), share(3, 4), reduction)
    c.case('aten::binary_cross_entropy_with_logits', c.rand(3, 4), share(3, 4), None, None, reduction)
    c.case('aten::binary_cross_entropy_with_logits', c.rand(3, 4), share(3, 4), share(3, 4), share(4), reduction)
    for op in ('nll_loss', 'nll_loss_nd'):
        c.case(f'aten::{op}', c.rand(5, 4), labels(5), None, reduction)
        c.case(f'aten::{op}', c.rand(5, 4), torch.tensor([1, 2, 3, 2, 0]), share(4), reduction, 2)
    c.case('aten::nll_loss_forward', c.rand(5, 4), torch.tensor([1, 2, 3, 2, 0]), share(4), reduction, 2)
    c.case('aten::nll_loss', c.rand(4), torch.tensor(2), None, reduction)
    c.case('aten::nll_loss2d', c.rand(2, 4, 3, 2), labels(2, 3, 2), share(4), reduction)
    c.case('aten::nll_loss_nd', c.rand(2, 4, 3), labels(2, 3), None, reduction)
    for x, target in ((c.rand(5, 4), labels(5)), (c.rand(2, 4, 3), labels(2, 3)), (c.rand(4), torch.tensor(1))):
        c.case('aten::cross_entropy_loss', x, target, None, reduction)
        c.case('aten::cross_entropy_loss', x, target, share(4), reduction, -100, 0.1)
        c.case('aten::cross_entropy_loss', x, target, None, reduction, -100, 0.2)
    c.case('aten::cross_entropy_loss', c.rand(5, 4), torch.tensor([1, 2, 3, 2, 0]), None, reduction, 2)
    for shape in ((5, 4), (2, 4, 3), (4,)):
        c.case('aten::cross_entropy_loss', c.rand(*shape), share(*shape), None, reduction)
        c.case('aten::cross_entropy_loss', c.rand(*shape), share(*shape), share(4), reduction, -100, 0.1)
c.case('aten::cross_entropy_loss', c.rand(5, 4, dtype=F64), labels(5))
c.case('aten::binary_cross_entropy', torch.tensor([0.0, 1.0, 0.5]), torch.tensor([1.0, 1.0, 0.0]), None, 0)
c.case('aten::binary_cross_entropy_with_logits', torch.tensor([200.0, -200.0, 0.0]), torch.tensor([0.0, 1.0, 1.0]), None, None, 0)
c.case('aten::kl_div', torch.zeros(3), torch.tensor([0.0, 1.0, 0.5]), 0)
import margin  # noqa: E402

margin.add(c)
c.write()
