"""Recurrent layers and cells: layers, directions, biases, projections, batch_first, packed sequences."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=16)
F16, F64 = torch.float16, torch.float64
GATES = {'lstm': 4, 'gru': 3, 'rnn_tanh': 1, 'rnn_relu': 1}


def params(kind, n, hidden, layers=1, both=False, bias=True, proj=0, dtype=torch.float32):
    out, width = [], n
    for layer in range(layers):
        for _ in range(2 if both else 1):
            r = lambda *s: c.rand(*s, low=-0.6, high=0.6, dtype=dtype)
            g = GATES[kind] * hidden
            out += [r(g, width), r(g, proj or hidden)]
            if bias:
                out += [r(g), r(g)]
            if proj:
                out.append(r(proj, hidden))
        width = (proj or hidden) * (2 if both else 1)
    return out


def states(kind, batch, hidden, layers=1, both=False, proj=0, dtype=torch.float32):
    rows = layers * (2 if both else 1)
    h = c.rand(rows, batch, proj or hidden, dtype=dtype)
    return [h, c.rand(rows, batch, hidden, dtype=dtype)] if kind == 'lstm' else h


def layer(kind, T=4, B=2, n=3, hidden=5, layers=1, both=False, bias=True, first=False, proj=0, dtype=torch.float32):
    x = c.rand(*((B, T) if first else (T, B)), n, dtype=dtype)
    c.case(f'aten::{kind}.input', x, states(kind, B, hidden, layers, both, proj, dtype), params(kind, n, hidden, layers, both, bias, proj, dtype),
           bias, layers, 0.0, False, both, first)  # fmt: skip


def packed(kind, lengths=(4, 3, 1), n=3, hidden=5, layers=1, both=False, bias=True, proj=0, dtype=torch.float32):
    sizes = torch.tensor([sum(length > t for length in lengths) for t in range(lengths[0])])
    c.case(f'aten::{kind}.data', c.rand(sum(lengths), n, dtype=dtype), sizes, states(kind, len(lengths), hidden, layers, both, proj, dtype),
           params(kind, n, hidden, layers, both, bias, proj, dtype), bias, layers, 0.0, False, both)  # fmt: skip


for kind in GATES:
    layer(kind)
    layer(kind, first=True, layers=2)
    layer(kind, both=True, bias=False)
    layer(kind, both=True, layers=2, first=True)
    layer(kind, T=1, B=1)
    layer(kind, dtype=F64, both=True)
    packed(kind)
    packed(kind, both=True, layers=2)
    packed(kind, lengths=(3, 3), bias=False)
    packed(kind, lengths=(2,))
    packed(kind, both=True, dtype=F64)
layer('lstm', proj=2)
layer('lstm', proj=2, both=True, layers=2, bias=False)
packed('lstm', proj=2, both=True)
layer('lstm', dtype=F16)
layer('gru', dtype=F16, both=True)

for kind in GATES:
    for bias in (True, False):
        w = params(kind, 3, 5, bias=bias)
        h = [c.rand(2, 5), c.rand(2, 5)] if kind == 'lstm' else c.rand(2, 5)
        c.case(f'aten::{kind}_cell', c.rand(2, 3), h, *w)
    w = params(kind, 3, 5, dtype=F64)
    h = [c.rand(1, 5, dtype=F64), c.rand(1, 5, dtype=F64)] if kind == 'lstm' else c.rand(1, 5, dtype=F64)
    c.case(f'aten::{kind}_cell', c.rand(1, 3, dtype=F64), h, *w)

LENGTHS = torch.tensor([4, 2, 2, 1])
SIZES = torch.tensor([4, 3, 1, 1])
for first in (True, False):
    c.case('aten::_pack_padded_sequence', c.rand(*((4, 5) if first else (5, 4)), 3), LENGTHS, first)
    c.case('aten::_pack_padded_sequence', c.ints(*((4, 4) if first else (4, 4))), LENGTHS, first)
    c.case('aten::_pad_packed_sequence', c.rand(9, 3), SIZES, first, 0.0, -1)
    c.case('aten::_pad_packed_sequence', c.rand(9, 3), SIZES, first, -1.5, 6)
    c.case('aten::_pad_packed_sequence', c.rand(9, 2, 2, dtype=F64), SIZES, first, 0, 4)
    c.case('aten::_pad_packed_sequence', c.ints(9), SIZES, first, 7, 5)
c.write()
