"""Operators that are programs of others (src/ops/compositions). `told`: torch has a kernel for other devices alone, and the golden is made of other calls."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=71)
torch.manual_seed(71)
F64, F16, I32 = torch.float64, torch.float16, torch.int32
wide = lambda x: x.float() if x.dtype == F16 else x

# Statistics of synchronised batch norm
EPS = 1e-3
for x in (c.rand(3, 4, 5), c.rand(6, 3), c.rand(2, 3, 4, 2, dtype=F64), c.rand(2, 3, 4, dtype=F16)):
    axes, shape = [i for i in range(x.dim()) if i != 1], [-1] + [1] * (x.dim() - 2)
    mean, inv = wide(x).mean(axes), torch.rsqrt(wide(x).var(axes, correction=0) + EPS)
    c.told('aten::batch_norm_stats', x, EPS, outputs=[mean, inv])
    weight, bias = c.rand(x.shape[1], dtype=mean.dtype), c.rand(x.shape[1], dtype=mean.dtype)
    y = (wide(x) - mean.view(shape)) * inv.view(shape)
    c.told('aten::batch_norm_elemt', x, None, None, mean, inv, EPS, outputs=[y.to(x.dtype)])
    c.told('aten::batch_norm_elemt', x, weight, bias, mean, inv, EPS, outputs=[(y * weight.view(shape) + bias.view(shape)).to(x.dtype)])
parts = [c.rand(n, 3, 4) for n in (2, 5, 1)]
both = torch.cat(parts)
means = torch.stack([p.mean([0, 2]) for p in parts])
invs = torch.stack([torch.rsqrt(p.var([0, 2], correction=0) + EPS) for p in parts])
whole = [both.mean([0, 2]), torch.rsqrt(both.var([0, 2], correction=0) + EPS)]
counts = torch.tensor([8.0, 20.0, 4.0])
for running in ((None, None), (c.rand(3), c.rand(3))):
    c.told('aten::batch_norm_gather_stats_with_counts', parts[0], means, invs, *running, 0.1, EPS, counts, outputs=whole)
c.told('aten::batch_norm_gather_stats_with_counts', parts[0], means, invs, None, None, 0.1, EPS, counts.to(I32), outputs=whole)
parts = [c.rand(4, 3, 2) for _ in range(3)]
both = torch.cat(parts)
means = torch.stack([p.mean([0, 2]) for p in parts])
invs = torch.stack([torch.rsqrt(p.var([0, 2], correction=0) + EPS) for p in parts])
whole = [both.mean([0, 2]), torch.rsqrt(both.var([0, 2], correction=0) + EPS)]
c.told('aten::batch_norm_gather_stats', parts[0], means, invs, None, None, 0.1, EPS, 8, outputs=whole)

# Products in groups: of rows, of what is summed over, of columns, and with an axis of groups in both
ends = lambda *xs: torch.tensor(xs, dtype=I32)
for dtype in (torch.float32, F16):
    r = lambda *s: c.rand(*s, dtype=dtype)
    for offs in (ends(3, 8), ends(0, 8), ends(8, 8)):
        c.case('aten::_grouped_mm', r(8, 16), r(2, 16, 8), offs)
    c.case('aten::_grouped_mm', r(8, 16), r(16, 8), ends(8, 16))
    c.case('aten::_grouped_mm', r(2, 8, 16), r(16, 8), ends(4, 8))
    c.case('aten::_grouped_mm', r(2, 8, 16), r(2, 16, 8))
c.case('aten::_grouped_mm', c.rand(8, 16), c.rand(2, 16, 8), ends(5, 8), None, torch.float32)
for dtype in (torch.float32, torch.float16):
    c.case('aten::_weight_int8pack_mm', c.rand(4, 64, dtype=dtype), c.ints(32, 64, dtype=torch.int8, low=-128, high=128), c.rand(32, dtype=dtype) * 0.01)
c.case('aten::_compute_linear_combination', c.rand(3, 4), c.rand(2, 3))
c.case('aten::_compute_linear_combination', c.rand(3, 4, 2, dtype=F64), c.rand(5, 3, dtype=F64))
a, b = c.rand(3, 4), c.rand(4, 2)
c.told('aten::_sparse_sparse_matmul', a, b, outputs=[a @ b])

# Attention of back ends
sdpa = torch.nn.functional.scaled_dot_product_attention
turn = lambda x: x.transpose(1, 2)
for L, S in ((4, 4), (3, 5)):
    q, k, v = c.rand(2, L, 2, 4), c.rand(2, S, 2, 4), c.rand(2, S, 2, 4)
    rights = torch.ones(L, S, dtype=torch.bool).tril(S - L)
    sums = lambda mask, scale: torch.logsumexp(turn(q) @ turn(k).transpose(-1, -2) * scale + mask, -1)
    hide = lambda seen: torch.zeros(L, S).masked_fill(~seen, float('-inf'))
    for causal in (False, True):
        mask = hide(rights) if causal else torch.zeros(L, S)
        for scale in (None, 0.3):
            y = turn(sdpa(turn(q), turn(k), turn(v), mask, scale=scale))
            c.told('aten::_flash_attention_forward', q, k, v, None, None, L, S, 0.0, causal, False, scale=scale, outputs=[y, sums(mask, scale or 0.5)])
        c.told('aten::_scaled_dot_product_flash_attention.quantized', turn(q), turn(k), turn(v), None, None, None, 0.0, causal and L == S,
               outputs=[sdpa(turn(q), turn(k), turn(v), is_causal=causal and L == S)])  # fmt: skip
    bias = c.rand(2, 2, L, S)
    for kind, seen in ((0, torch.ones(L, S, dtype=torch.bool)), (1, torch.ones(L, S, dtype=torch.bool).tril()), (2, rights)):
        for given in (None, bias):
            mask = hide(seen) + (0 if given is None else given)
            y = turn(sdpa(turn(q), turn(k), turn(v), mask))
            c.told('aten::_efficient_attention_forward', q, k, v, given, None, None, None, None, 0.0, kind, outputs=[y, sums(mask, 0.5)])
    for given in (None, bias):
        y = sdpa(turn(q), turn(k), turn(v), given)
        c.told('aten::_cudnn_attention_forward', turn(q), turn(k), turn(v), given, None, None, L, S, True, outputs=[y, sums(0 if given is None else given, 0.5)])
    c.told('aten::_triton_scaled_dot_attention', turn(q), turn(k), turn(v), outputs=[sdpa(turn(q), turn(k), turn(v))])
x, w, wb, p, pb = c.rand(2, 3, 4), c.rand(12, 4), c.rand(12), c.rand(4, 4), c.rand(4)
c.told('aten::_triton_multi_head_attention', x, x, x, 4, 2, w, wb, p, pb, outputs=[torch.ops.aten._native_multi_head_attention(x, x, x, 4, 2, w, wb, p, pb)[0]])
for dtype in (torch.float32, F64):
    c.case('aten::_transform_bias_rescale_qkv', c.rand(2, 3, 12, dtype=dtype), c.rand(12, dtype=dtype), 2)
c.case('aten::_transform_bias_rescale_qkv', c.rand(1, 5, 9), c.rand(9), 1)
q, k, v = c.rand(2, 2, 3, 4), c.rand(2, 2, 5, 4), c.rand(2, 2, 5, 4)
c.case('aten::_fused_sdp_choice', q, k, v)
c.case('aten::_fused_sdp_choice', q, k, c.rand(2, 2, 5, 6))
c.case('aten::_fused_sdp_choice', q[0], k[0], v[0])

# Recurrent layers: torch's own order of gates, whichever the back end
def net(kind, size, hidden, layers=1, bidirectional=False, bias=True, proj=0, batch_first=False):
    net = getattr(torch.nn, kind)(size, hidden, layers, bidirectional=bidirectional, bias=bias, batch_first=batch_first, **({'proj_size': proj} if proj else {}))
    for p in net.parameters():
        p.data = c.rand(*p.shape)
    return net


with torch.no_grad():
    for kind, mode in (('RNN', 1), ('LSTM', 2), ('GRU', 3)):
        for layers, both, bias, proj, first in ((1, False, True, 0, False), (2, True, True, 0, True), (1, True, False, 0, False), (1, False, True, 2, False)):
            if proj and kind != 'LSTM':
                continue
            m, n = net(kind, 3, 4, layers, both, bias, proj, first), layers * (2 if both else 1)
            x, h, cell = c.rand(5, 2, 3) if not first else c.rand(2, 5, 3), c.rand(n, 2, proj or 4), c.rand(n, 2, 4)
            y, state = m(x, (h, cell) if kind == 'LSTM' else h)
            outputs = [y, *state] if kind == 'LSTM' else [y, state]
            weights, stride = [p.data for p in m.parameters()], (4 if bias else 2) + (1 if proj else 0)
            c.told('aten::_cudnn_rnn', x, weights, stride, None, h, cell if kind == 'LSTM' else None, mode, 4, proj, layers, first, 0.0, False, both, [], None, outputs=outputs)
            if not proj:
                c.told('aten::miopen_rnn', x, weights, stride, h, cell if kind == 'LSTM' else None, mode, 4, layers, first, 0.0, False, both, [], None, outputs=outputs)
            if kind == 'LSTM':
                c.told('aten::_lstm_mps', x, [h, cell], weights, bias, layers, 0.0, False, both, first, outputs=outputs)
        m = net(kind, 3, 4)
        data = torch.nn.utils.rnn.pack_padded_sequence(c.rand(4, 3, 3), torch.tensor([4, 2, 1]))
        h, cell = c.rand(1, 3, 4), c.rand(1, 3, 4)
        y, state = m(data, (h, cell) if kind == 'LSTM' else h)
        outputs = [y.data, *state] if kind == 'LSTM' else [y.data, state]
        weights, sizes = [p.data for p in m.parameters()], data.batch_sizes.tolist()
        c.told('aten::_cudnn_rnn', data.data, weights, 4, None, h, cell if kind == 'LSTM' else None, mode, 4, 0, 1, False, 0.0, False, False, sizes, None, outputs=outputs)
    m = torch.nn.RNN(3, 4, nonlinearity='relu')
    x, h = c.rand(5, 2, 3), c.rand(1, 2, 4)
    c.told('aten::_cudnn_rnn', x, [p.data for p in m.parameters()], 4, None, h, None, 0, 4, 0, 1, False, 0.0, False, False, [], None, outputs=list(m(x, h)))
    x, h, cell = c.rand(3, 2, 4), c.rand(1, 2, 5), c.rand(1, 2, 5)
    for back in (False, True):
        ws = [c.rand(20, 4), c.rand(20, 5), c.rand(20), c.rand(20)]
        out = torch.ops.aten.mkldnn_rnn_layer(x, *ws, h, cell, back, [], 2, 5, 1, True, False, False, False)
        c.told('aten::mkldnn_rnn_layer', x, *ws, h, cell, back, [], 2, 5, 1, True, False, False, False, outputs=[o.reshape(s.shape) for o, s in zip(out[:3], (out[0], h, cell))])
    for bias in (False, True):
        m = torch.nn.LSTMCell(3, 4)
        x, h, cell = c.rand(2, 3), c.rand(2, 4), c.rand(2, 4)
        bi, bh = (m.bias_ih.data, m.bias_hh.data) if bias else (None, None)
        if not bias:
            m.bias_ih.data.zero_(), m.bias_hh.data.zero_()
        c.told('aten::_thnn_fused_lstm_cell', x @ m.weight_ih.T, h @ m.weight_hh.T, cell, bi, bh, outputs=[o.detach() for o in m(x, (h, cell))])
        m = torch.nn.GRUCell(3, 4)
        bi, bh = (m.bias_ih.data, m.bias_hh.data) if bias else (None, None)
        if not bias:
            m.bias_ih.data.zero_(), m.bias_hh.data.zero_()
        c.told('aten::_thnn_fused_gru_cell', x @ m.weight_ih.T, h @ m.weight_hh.T, h, bi, bh, outputs=[m(x, h).detach()])

# Look-ups
yes = torch.tensor([True, False, True])
I = lambda *xs: torch.tensor(xs)
for x in (c.rand(3, 4), c.ints(3, 4), c.rand(3, 4, 2, dtype=F64)):
    c.case('aten::_unsafe_masked_index', x, yes if x.dim() == 2 else yes[:, None], [I(0, 9, 2), I(1, -7, 3)], 7)
    c.case('aten::_unsafe_masked_index', x, torch.tensor([[True], [False]]) if x.dim() == 2 else torch.tensor([[[True]], [[False]]]), [I(1, 5), None], -1)
c.case('aten::_unsafe_masked_index', c.rand(3, 4), torch.tensor([[True, False], [False, True], [True, True]]), [None, I(0, 9)], 0.5)
for x in (c.rand(3, 4), c.ints(3, 4)):
    c.case('aten::_unsafe_masked_index_put_accumulate', x, yes, [I(0, 9, 2), I(1, 9, -1)], c.rand(3) if x.is_floating_point() else c.ints(3))
    c.case('aten::_unsafe_masked_index_put_accumulate', x, yes, [I(1, 1, 1), I(2, 2, 2)], c.rand(3) if x.is_floating_point() else c.ints(3))
for values in (c.rand(7, 3), c.rand(7, 2, 2, dtype=F64), c.ints(7, 1)):
    for offsets in (I(0, 2, 7), I(0, 0, 4, 7)):
        if values.is_floating_point():
            dense = torch.ops.aten._jagged_to_padded_dense_forward(values, [offsets], [5], 0.5)
            c.case('aten::_jagged_to_padded_dense_forward', values, [offsets], [5], 0.5)
            c.case('aten::_jagged_to_padded_dense_forward', values, [offsets], [dyn(4)], 0.0)
            c.case('aten::_padded_dense_to_jagged_forward', dense, [offsets], 7)
            c.case('aten::_padded_dense_to_jagged_forward', dense, [offsets])
for int32 in (False, True):
    c.case('aten::_convert_indices_from_coo_to_csr', I(0, 0, 2, 2, 2, 4), 6, out_int32=int32)
    c.case('aten::_convert_indices_from_coo_to_csr', I(1), dyn(3), out_int32=int32)
    for transpose in (False, True):
        c.case('aten::_convert_indices_from_csr_to_coo', I(0, 2, 2, 3), I(0, 1, 2), out_int32=int32, transpose=transpose)

# Small functions
x, m = c.rand(3, 4), c.bools(3, 4)
c.told('aten::_masked_scale', x, m, 2.0, outputs=[x * m * 2.0])
c.told('aten::_masked_scale', x, m.to(torch.uint8), 1.25, outputs=[x * m * 1.25])
c.case('aten::_neg_view_copy', c.rand(3, 2))
c.case('aten::_neg_view_copy', c.ints(4))
c.case('aten::_saturate_weight_to_fp16', c.rand(3, 4) * 1e6)
for dtype in (torch.float32, F64):
    lists = [[c.rand(2, 3, dtype=dtype), c.rand(4, dtype=dtype)] for _ in range(3)]
    for op in ('addcmul', 'addcdiv'):
        c.case(f'aten::_foreach_{op}.Tensor', *lists, torch.tensor([2.0, -0.5], dtype=dtype))

c.write()
