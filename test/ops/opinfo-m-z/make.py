"""Samples of PyTorch's operator database, names m … z, and corners that they do not reach. See ../opinfo.py."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from opcase import Cases  # noqa: E402
from opinfo import sweep  # noqa: E402

# Vectors have no sign of their own, draws no golden; the pivoted factors that a solver hands on are any that solve.
UNDEFINED = {'svd', 'linalg.svd', 'svd_lowrank', 'pca_lowrank', 'aten::_linalg_svd', 'aten::_linalg_eigh', 'aten::_linalg_solve_ex', 'multinomial'}
# Gradients, and what only torch's own compiler writes.
TRAINING = {
    'max_pool2d_with_indices_backward', 'aten::max_pool2d_with_indices_backward', 'native_dropout_backward', '_softmax_backward_data',
    '_unsafe_masked_index', '_unsafe_masked_index_put_accumulate', 'aten::nll_loss_forward',
}  # fmt: skip
# Written in place, which a pass takes away before operators are lowered; orders given as infinity, which the IR text has as inputs.
INDIRECT = {'zero_', '_native_batch_norm_legit', 'norm.inf'}
# A batch of nothing, which is known to be that with static dims alone.
NOTHING = {'native_group_norm'}
# float32 exponentials of large numbers, of which torch's own are off by more than the tolerance.
COARSE = {'matrix_exp'}
# Bytes are computed in bytes there, and in floats here.
WHOLE = {'nn.functional.triplet_margin_loss'}


def without(name: str, dtype: torch.dtype, *_) -> bool:
    if name in UNDEFINED or name in TRAINING or name in INDIRECT or name in COARSE or name in NOTHING:
        return True
    return dtype == torch.uint8 and name in WHOLE


def more(c: Cases) -> None:
    nan, inf = float('nan'), float('inf')
    # A NaN anywhere in a window.
    for n in (1, 2, 3):
        for dtype in (torch.float32, torch.float64):
            for kernel, dilation in ((3, 1), (2, 2)):
                x = c.rand(1, 2, *([9] if n == 1 else [6] if n == 2 else [4] * 3 if n == 3 else []), *([6] if n == 2 else []), dtype=dtype)
                x[c.rand(*x.shape) > 1.5] = nan
                c.case(f'aten::max_pool{n}d', x, kernel, 2, 1, dilation, True)
    # No keys, and masks that hide all.
    for keys in (0, 3):
        q, k, v = c.rand(2, 2, 4), c.rand(2, keys, 4), c.rand(2, keys, 5)
        for mask in (None, c.bools(2, keys), c.rand(2, keys)):
            c.case('aten::scaled_dot_product_attention', q, k, v, mask)
    # Moments of nothing.
    for x in (torch.zeros(0), torch.zeros(2, 0), torch.zeros(0, 2)):
        c.case('aten::mean', x)
        c.case('aten::var_mean', x)
        c.case('aten::std', x, False)
    # Powers that wrap.
    exponents = torch.tensor([-3, -2, -1, 0, 1, 5, 40, 63, 64, 100])
    bases = torch.tensor([[2], [3], [-3], [1], [-1], [0], [7]])
    for dtype in (torch.int64, torch.int32, torch.uint8, torch.int8):
        powers = exponents.abs().to(dtype) if dtype == torch.uint8 else exponents.to(dtype)
        c.case('aten::pow.Tensor_Tensor', bases.to(dtype), powers)
        c.case('aten::pow.Scalar', 3, powers)
        c.case('aten::sum_to_size', bases[0, 0].to(dtype), [])
    # A view of nothing as nothing else.
    for sizes in ([0, 2], [2, 0, 1]):
        c.case('aten::view_as', torch.zeros(0, 3), torch.zeros(*sizes))
        c.case('aten::reshape_as', torch.zeros(0, 3), torch.zeros(*sizes))
    for dtype in (torch.int64, torch.float32):
        x = c.ints(3, 4, low=0, dtype=dtype)
        c.case('aten::margin_ranking_loss', x, x.flip(0), x.flip(1), 0.5, 0)
        c.case('aten::triplet_margin_loss', x, x.flip(0), x.flip(1))
        c.case('aten::poisson_nll_loss', x, x.flip(0), False, True, 1e-8, 2)
        c.case('aten::pairwise_distance', x, x.flip(0))
        c.case('aten::pixel_shuffle', c.ints(1, 8, 2, 3, dtype=dtype), 2)
    # Infinite parts.
    corners = torch.tensor([complex(re, im) for re in (-inf, -1.5, 0.0, 2.0, inf) for im in (-inf, -1.0, 0.0, 3.0, inf)])
    for name in ('sqrt', 'tanh', 'cosh'):
        c.case(f'aten::{name}', corners)
    # Norms of singular values, along any axes.
    z = c.rand(2, 3, 4, dtype=torch.complex64)
    for order in (2, -2):
        c.case('aten::linalg_matrix_norm', z, order)
        c.case('aten::linalg_norm', z, order, [0, 2], True)
    c.case('aten::linalg_matrix_norm.str_ord', z, 'nuc', [2, 0])
    c.case('aten::nuclear_norm', z[0], True)
    c.case('aten::select_copy.int', z, 1, -1)
    c.case('aten::slice_copy.Tensor', z, 2, 1, 4, 2)
    c.case('aten::split_copy.Tensor', z, 2, 1)
    c.case('aten::special_sinc', torch.cat([z[0, 0], torch.zeros(1)]))
    for how in ('sum', 'mean', 'max', 'min', 'prod'):
        c.case('aten::segment_reduce', c.rand(2, 5, 3), how, lengths=torch.tensor([[1, 0, 4], [2, 3, 0]]), axis=1, unsafe=True)
        c.case('aten::segment_reduce', c.rand(2, 5), how, offsets=torch.tensor([[0, 2, 5], [0, 5, 5]]), axis=1, unsafe=True, initial=1)


if __name__ == '__main__':
    sweep('m', 'z', without, more)
