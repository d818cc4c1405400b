"""Operators that are another one under another name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=47)
F64, I64 = torch.float64, torch.int64

# Copies of views
for x in (c.rand(2, 3), c.ints(2, 3), c.bools(2, 3)):
    c.case('aten::permute_copy', x, [1, 0])
    c.case('aten::t_copy', x)
    c.case('aten::unsqueeze_copy', x, 1)
c.case('aten::expand_copy', c.rand(3, 1), [3, 4])
c.case('aten::expand_copy', c.rand(3, 1), [2, -1, 4])
c.case('aten::view_copy', c.rand(3, 4), [2, -1])
c.case('aten::view_copy', c.rand(3, 4), dyn([6, 2]))
c.case('aten::view_copy.dtype', c.rand(3, 4), torch.float32)
c.case('aten::permute_copy', c.rand(2, 3, 4), [-1, 0, 1])
c.case('aten::t_copy', c.rand(4))
c.case('aten::transpose_copy', c.rand(2, 3, 4), 0, -1)
c.case('aten::unsqueeze_copy', c.rand(2, 3), -1)
c.case('aten::unfold_copy', c.rand(2, 7), 1, 3, 2)
c.case('aten::unfold_copy', c.rand(7, 2), 0, 2, 1)
c.twin('aten::_reshape_copy', c.rand(3, 4), [2, 6], of='aten::reshape')
c.case('aten::_reshape_alias_copy', c.rand(3, 4), [2, 6], [6, 1])
c.case('aten::_lazy_clone', c.rand(2, 3))
c.case('aten::data', c.rand(2, 3))
c.twin('aten::_mkldnn_reshape', c.rand(3, 4), [2, 6], of='aten::reshape')
c.twin('aten::_mkldnn_transpose', c.rand(3, 4), 0, 1, of='aten::transpose')

# Places
x = c.rand(2, 3)
c.twin('aten::cuda', x, of='aten::cpu')
c.twin('aten::pin_memory', x, of='aten::alias', of_args=(x,))
c.twin('aten::_pin_memory', x, of='aten::alias', of_args=(x,))
for dtype in (None, F64):
    c.case('aten::to_dense', x, dtype)
    c.twin('aten::_to_dense', x, dtype, of='aten::to_dense')
c.twin('aten::to_mkldnn', x, of='aten::alias', of_args=(x,))
MKLDNN = 'graph(%x : Tensor):\n  %none : NoneType = prim::Constant()\n  %m : Tensor = aten::to_mkldnn(%x, %none)\n  %y : Tensor = aten::to_dense(%m, %none, %none)\n  return (%y)\n'
c.ir(MKLDNN, x, op='aten::to_mkldnn')
w = c.rand(4, 3, 2, 2)
c.twin('aten::mkldnn_reorder_conv2d_weight', w, [0, 0], [1, 1], [1, 1], 1, None, of='aten::alias', of_args=(w,))
w = c.rand(4, 3, 2, 2, 2)
c.twin('aten::mkldnn_reorder_conv3d_weight', w, of='aten::alias', of_args=(w,))
c.case('aten::_autocast_to_full_precision', x, False, False)

# Convolution
x, w, bias = c.rand(2, 4, 7, 6), c.rand(6, 2, 3, 3), c.rand(6)
S, P, D, Z = [2, 1], [1, 0], [1, 2], [0, 0]
plain = lambda b: (x, w, b, S, P, D, False, Z, 2)
c.twin('aten::cudnn_convolution', x, w, P, S, D, 2, False, False, False, of='aten::convolution', of_args=plain(None))
for b in (None, bias):
    c.twin('aten::mkldnn_convolution', x, w, b, P, S, D, 2, of='aten::convolution', of_args=plain(b))
    c.twin('prim::mkldnn_convolution', x, w, b, S, P, D, 2, of='aten::convolution', of_args=plain(b))
    c.twin('aten::_mps_convolution', x, w, b, P, S, D, 2, of='aten::convolution', of_args=plain(b))
    c.twin('aten::miopen_convolution', x, w, b, P, S, D, 2, False, False, of='aten::convolution', of_args=plain(b))
    c.twin('aten::miopen_depthwise_convolution', x, w, b, P, S, D, 2, False, False, of='aten::convolution', of_args=plain(b))
    c.twin('aten::convolution_overrideable', *plain(b), of='aten::convolution')
t = c.rand(4, 3, 3, 3)
trans = lambda b: (x, t, b, S, P, [1, 1], True, [1, 0], 2)
c.twin('aten::cudnn_convolution_transpose', x, t, P, [1, 0], S, [1, 1], 2, False, False, False, of='aten::convolution', of_args=trans(None))
c.twin('aten::_mps_convolution_transpose', x, t, P, [1, 0], S, [1, 1], 2, of='aten::convolution', of_args=trans(None))
for b in (None, bias):
    c.twin('aten::miopen_convolution_transpose', x, t, b, P, [1, 0], S, [1, 1], 2, False, False, of='aten::convolution', of_args=trans(b))
x, w, bias = c.rand(2, 3, 7, 6), c.rand(4, 3, 3, 2), c.rand(4)
K = [3, 2]
for b in (None, bias):
    c.case('aten::thnn_conv2d', x, w, K, b, S, P)
    c.case('aten::_slow_conv2d_forward', x, w, K, b, S, P)
    c.case('aten::slow_conv_dilated2d', x, w, K, b, S, P, D)
    c.case('aten::_nnpack_spatial_convolution', x, w, b, P, S) if torch._nnpack_available() else c.twin('aten::_nnpack_spatial_convolution', x, w, b, P, S, of='aten::conv2d', of_args=(x, w, b, S, P))
    c.case('aten::slow_conv_transpose2d', x, c.rand(3, 4, 3, 2), K, b, S, P, [1, 0])
x, w = c.rand(1, 2, 3, 4, 3), c.rand(3, 2, 2, 3, 2)
for b in (None, bias[:3]):
    c.case('aten::slow_conv3d', x, w, [2, 3, 2], b, [1, 2, 1], [1, 0, 1])
    c.case('aten::slow_conv3d_forward', x, w, [2, 3, 2], b, [1, 2, 1], [1, 0, 1])
    c.case('aten::slow_conv_dilated3d', x, w, [2, 3, 2], b, [1, 2, 1], [1, 0, 1], [2, 1, 1])
    c.case('aten::slow_conv_transpose3d', x, c.rand(2, 3, 2, 3, 2), [2, 3, 2], b, [1, 2, 1], [1, 0, 1], [0, 1, 0])
x, w = c.rand(2, 3), c.rand(4, 3)
c.twin('aten::mkldnn_linear', x, w, c.rand(4), of='aten::linear')

# Norms
x = c.rand(2, 3, 4)
stats = (c.rand(3), c.rand(3), c.rand(3), c.rand(3, low=0.5, high=2.0))
for training in (False, True):
    full = (x, *stats, training, 0.1, 1e-5)
    for op in ('cudnn', 'miopen'):
        c.twin(f'aten::{op}_batch_norm', *full, of='aten::native_batch_norm', take=1)
    c.twin('aten::_batch_norm_impl_index', *full, True, of='aten::native_batch_norm', of_args=full, take=1)
c.twin('aten::_batch_norm_no_update', x, *stats, 0.1, 1e-5, of='aten::native_batch_norm', of_args=(x, *stats, False, 0.1, 1e-5), take=1)
for p in (2, 1, 0.5):
    c.twin('aten::native_norm', c.rand(2, 3), p, of='aten::norm')

x = c.rand(2, 3)
for p, dim, keep in ((2, [1], False), (1, [0, 1], True), (None, [0], True)):
    c.twin('aten::native_norm.ScalarOpt_dim_dtype', x, p, dim, keep, None, of='aten::norm.ScalarOpt_dim', of_args=(x, p, dim, keep))
c.twin('aten::native_norm.ScalarOpt_dim_dtype', x, 2, [1], False, F64, of='aten::norm.ScalarOpt_dim', of_args=(x.double(), 2, [1], False))

# Pooling, sampling
x = c.rand(2, 3, 7, 6)
c.twin('aten::mkldnn_max_pool2d', x, 3, 2, 1, 1, True, of='aten::max_pool2d')
c.twin('aten::mkldnn_max_pool3d', c.rand(1, 2, 5, 6, 4), 2, [1, 2, 2], 1, of='aten::max_pool3d')
c.twin('aten::mkldnn_adaptive_avg_pool2d', x, [3, 2], of='aten::adaptive_avg_pool2d')
grid = c.rand(2, 4, 5, 2)
for mode in (0, 1, 2):
    c.case('aten::_grid_sampler_2d_cpu_fallback', x, grid, 0, mode, mode == 1)
c.twin('aten::cudnn_grid_sampler', x, grid, of='aten::grid_sampler', of_args=(x, grid, 0, 0, True))
c.case('aten::native_channel_shuffle', c.rand(1, 6, 3, 2), 3)
c.case('aten::native_channel_shuffle', c.rand(2, 4, 3), 2)

# Internal names
c.case('aten::_logcumsumexp', c.rand(3, 4), 1)
for x in (c.bools(3), torch.ones(2, 2, dtype=torch.bool), torch.zeros(2, dtype=torch.bool)):
    c.case('aten::_is_all_true', x)
    c.case('aten::_is_any_true', x)
for x in (c.rand(3), c.ints(3)):
    c.case('prim::abs', x)
c.write()
