"""Samples of PyTorch's operator database, names a … l. See ../opinfo.py."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from opcase import Cases, dyn  # noqa: E402
from opinfo import sweep  # noqa: E402

# Vectors have no sign of their own, eigenvalues of general matrices no order; and torch takes any of equal elements.
UNDEFINED = {'linalg.eig', 'linalg.eigh', 'linalg.eigvals', 'aten::linalg_eig', 'aten::linalg_eigvals', 'aten::_linalg_eigh', 'aten::_linalg_svd'}
UNDEFINED |= {'kthvalue', 'aten::kthvalue', 'bernoulli', 'aten::bernoulli'}
# Computed in one precision and rounded once, where torch rounds every step to float16.
ROUNDED = {'addr', 'nn.functional.bilinear', 'cumulative_trapezoid', 'linalg.cross', 'cross', 'gradient', 'logit'}
# bfloat16 is float32 outside of torch; what is for training only; results that serve the backward pass.
WITHOUT = {'bfloat16', 'hash_tensor', 'aten::hash_tensor', 'aten::unfold_backward', 'aten::_embedding_bag_forward_only'}
# torch's own float32 exponential of a large square is off by more than the tolerance.
WITHOUT |= {'special.erfcx', 'aten::special_erfcx'}
def without(name: str, dtype: torch.dtype, brief: str) -> bool:
    if name in UNDEFINED or name in WITHOUT or dtype == torch.float16 and name in ROUNDED:
        return True
    # The axis of three is looked for; groups of an empty batch.
    return name == 'cross' and 'dim' not in brief or 'group_norm' in name and '[0,' in brief


def more(c: Cases) -> None:
    x = c.rand(3, 2, 4)
    c.case('aten::batch_norm_update_stats', x, None, None, 0.1)
    c.case('aten::_batch_norm_with_update_functional', x, c.rand(2), c.rand(2), c.rand(2), c.rand(2, low=0.5), 0.2, 1e-5)
    for ord in (1, 2, 3):
        c.case('aten::linalg__powsum', x, ord, [1], True)
    c.case('aten::linalg__powsum', x)
    for number in (-3, 2, -1.5, 0.5):
        c.case('aten::angle', dyn(number))
    for shape, dim in (((0, 3), 1), ((0, 3), 0), ((2, 0, 3), 2)):
        c.case('aten::argsort', c.rand(*shape), dim)
        c.case('aten::sort', c.ints(*shape), dim, True)
    c.case('aten::_foreach_powsum', [c.rand(2, 3), c.rand(4)], 3)
    square = c.rand(2, 3, 3)
    symmetric = square + square.mT
    c.case('aten::_linalg_svd', square, False, False)
    c.case('aten::_linalg_eigh', symmetric, 'L', False)
    c.case('aten::special_logsumexp', c.rand(2, 3, dtype=torch.complex64), [1])
    c.case('aten::_linalg_solve_ex', square, c.rand(2, 3, 2))
    c.case('aten::_linalg_det', square)
    c.case('aten::_linalg_slogdet', square)


sweep('a', 'l', without, more)
