"""nn.LSTM, GRU and RNN as modules and as functions; their cells in loops of the user's own; packed sequences."""
import torch
import torch.nn as nn
from configurations import Configured, configurations
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence, unpad_sequence

# Extents of the two sizes.
TIME, BATCH = (4, 6), (3, 2)
IN, HIDDEN = 3, 4


def layer(kind, layers, both, first, bias, dropout, proj):
    options = dict(num_layers=layers, bidirectional=both, batch_first=first, bias=bias, dropout=dropout if layers > 1 else 0.0)
    if kind == "lstm":
        return nn.LSTM(IN, HIDDEN, proj_size=proj, **options)
    return nn.GRU(IN, HIDDEN, **options) if kind == "gru" else nn.RNN(IN, HIDDEN, nonlinearity=kind, **options)


LAYER = dict(kind=("lstm", "gru", "tanh", "relu"), layers=(1, 2, 3), both=(False, True), first=(False, True), bias=(True, False), dropout=(0.0, 0.3), proj=(0, 2))


class Layer(Configured):
    def __init__(self, kind, layers, both, first, bias, dropout, proj, batched=True):
        super().__init__()
        self.rnn = layer(kind, layers, both, first, bias, dropout, proj)
        self.rows, self.first, self.out, self.batched = layers * (2 if both else 1), first, proj or HIDDEN, batched

    @staticmethod
    def valid(kind, proj, layers, dropout, **_):
        return (kind == "lstm" or proj == 0) and (layers > 1 or dropout == 0)

    def x(self, size):
        t, b = TIME[size], BATCH[size]
        if not self.batched:
            return torch.randn(t, IN)
        return torch.randn((b, t, IN) if self.first else (t, b, IN))

    def state(self, size, width):
        return torch.randn(self.rows, BATCH[size], width) if self.batched else torch.randn(self.rows, width)


@configurations("layer", **LAYER, batched=(True, False))
class Zero(Layer):
    """Without a first state."""

    def inputs(self, size):
        return (self.x(size),)

    def forward(self, x: Tensor):
        return self.rnn(x)


@configurations("state", **{**LAYER, "kind": ("lstm",)}, batched=(True, False))
class Pair(Layer):
    def inputs(self, size):
        return self.x(size), self.state(size, self.out), self.state(size, HIDDEN)

    def forward(self, x: Tensor, h: Tensor, c: Tensor):
        return self.rnn(x, (h, c))


@configurations("state", **{**LAYER, "kind": ("gru", "tanh", "relu"), "proj": (0,)}, batched=(True, False))
class One(Layer):
    def inputs(self, size):
        return self.x(size), self.state(size, HIDDEN)

    def forward(self, x: Tensor, h: Tensor):
        return self.rnn(x, h)


class Packing(Layer):
    def __init__(self, enforce, total, padding, **settings):
        super().__init__(**settings)
        self.enforce, self.total, self.padding = enforce, total, padding

    def inputs(self, size):
        lengths = torch.tensor([TIME[size], 2, 1][: BATCH[size]])
        if not self.enforce:
            lengths = lengths.flip(0)
        return self.x(size), lengths


PACKED = dict(enforce=(True, False), total=(None, 9), padding=(0.0, -1.5))


@configurations("packed", **LAYER, **PACKED)
class Packed(Packing):
    def forward(self, x: Tensor, lengths: Tensor):
        packed = pack_padded_sequence(x, lengths, batch_first=self.first, enforce_sorted=self.enforce)
        y, state = self.rnn(packed)
        out, sizes = pad_packed_sequence(y, batch_first=self.first, padding_value=self.padding, total_length=self.total)
        return out, sizes, state


@configurations("packed-state", **{**LAYER, "kind": ("lstm",)}, enforce=(True, False), total=(None,), padding=(0.0,))
class PackedPair(Packing):
    """The states are given and come back in the order of the caller's batch."""

    def inputs(self, size):
        x, lengths = super().inputs(size)
        return x, lengths, self.state(size, self.out), self.state(size, HIDDEN)

    def forward(self, x: Tensor, lengths: Tensor, h: Tensor, c: Tensor):
        packed = pack_padded_sequence(x, lengths, batch_first=self.first, enforce_sorted=self.enforce)
        y, state = self.rnn(packed, (h, c))
        out, _sizes = pad_packed_sequence(y, batch_first=self.first)
        return out, state


@configurations("packed-state", **{**LAYER, "kind": ("gru", "tanh", "relu"), "proj": (0,)}, enforce=(True, False), total=(None,), padding=(0.0,))
class PackedOne(Packing):
    def inputs(self, size):
        return (*super().inputs(size), self.state(size, HIDDEN))

    def forward(self, x: Tensor, lengths: Tensor, h: Tensor):
        packed = pack_padded_sequence(x, lengths, batch_first=self.first, enforce_sorted=self.enforce)
        y, state = self.rnn(packed, h)
        out, _sizes = pad_packed_sequence(y, batch_first=self.first)
        return out, state


@configurations("pack-sequence", captures=("traced",), kind=("lstm", "gru"), both=(False, True), enforce=(True, False))
class PackSequence(Configured):
    """From tensors of different lengths; the lengths are constants of the trace."""

    dynamic = False

    def __init__(self, kind, both, enforce):
        super().__init__()
        self.rnn = layer(kind, 1, both, False, True, 0.0, 0)
        self.enforce = enforce

    def inputs(self, size):
        a, b = torch.randn(4, IN), torch.randn(2, IN)
        return (a, b) if self.enforce else (b, a)

    def forward(self, a: Tensor, b: Tensor):
        y, state = self.rnn(pack_sequence([a, b], enforce_sorted=self.enforce))
        return pad_packed_sequence(y), state


@configurations("packed-in-out", captures=("scripted",), kind=("lstm", "gru"), both=(False, True))
class PackedInOut(Configured):
    """The fields of a packed sequence go in, data and sizes come out."""

    def __init__(self, kind, both):
        super().__init__()
        self.rnn = layer(kind, 1, both, False, True, 0.0, 0)

    def inputs(self, size):
        return (torch.randn(6, IN), torch.tensor([3, 2, 1])) if size == 0 else (torch.randn(5, IN), torch.tensor([2, 2, 1]))

    def forward(self, data: Tensor, sizes: Tensor):
        y, state = self.rnn(PackedSequence(data, sizes))
        return y.data, y.batch_sizes, state


@configurations("packed-list", captures=("traced",), kind=("lstm", "gru"), first=(False, True), enforce=(True, False))
class PackedList(Configured):
    """Lengths as a list of Python's: constants of the trace."""

    dynamic = False

    def __init__(self, kind, first, enforce):
        super().__init__()
        self.rnn, self.first, self.enforce = layer(kind, 1, False, first, True, 0.0, 0), first, enforce

    def inputs(self, size):
        return (torch.randn((3, 4, IN) if self.first else (4, 3, IN)),)

    def forward(self, x: Tensor):
        packed = pack_padded_sequence(x, [4, 2, 1] if self.enforce else [2, 4, 1], batch_first=self.first, enforce_sorted=self.enforce)
        y, state = self.rnn(packed)
        return pad_packed_sequence(y, batch_first=self.first), state


@configurations("packed-parameter", captures=("scripted",), kind=("lstm", "gru"), both=(False, True))
class PackedParameter(Configured):
    """A packed sequence as the caller hands it in, with its permutation."""

    def __init__(self, kind, both):
        super().__init__()
        self.rnn = layer(kind, 1, both, False, True, 0.0, 0)

    def inputs(self, size):
        sizes, order = ([3, 2, 1], [1, 2, 0]) if size == 0 else ([2, 2, 1], [1, 0])
        return torch.randn(sum(sizes), IN), torch.tensor(sizes), torch.tensor(order), torch.tensor(order).argsort()

    def forward(self, data: Tensor, sizes: Tensor, order: Tensor, inverse: Tensor):
        y, state = self.rnn(PackedSequence(data, sizes, order, inverse))
        return y.data, pad_packed_sequence(y), state


@configurations("optional-state", captures=("scripted",), layers=(1, 2), first=(False, True), both=(False, True))
class OptionalPair(Layer):
    """With a state and without."""

    def __init__(self, layers, first, both):
        super().__init__("lstm", layers, both, first, True, 0.0, 0)

    @staticmethod
    def valid(**_):
        return True

    def inputs(self, size):
        return (self.x(0),) if size == 0 else (self.x(1), (self.state(1, HIDDEN), self.state(1, HIDDEN)))

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor] | None = None):
        return self.rnn(x, state)


@configurations("optional-state", captures=("scripted",), kind=("gru", "tanh"), first=(False, True), both=(False, True))
class OptionalOne(Layer):
    def __init__(self, kind, first, both):
        super().__init__(kind, 1, both, first, True, 0.0, 0)

    @staticmethod
    def valid(**_):
        return True

    def inputs(self, size):
        return (self.x(0),) if size == 0 else (self.x(1), self.state(1, HIDDEN))

    def forward(self, x: Tensor, h: Tensor | None = None):
        return self.rnn(x, h)


@configurations("pad-sequence", first=(False, True), value=(0.0, 0.5))
class PadSequence(Configured):
    """Tensors of different lengths, padded and taken apart again."""

    dynamic = False

    def __init__(self, first, value):
        super().__init__()
        self.first, self.value = first, value

    def inputs(self, size):
        return torch.randn(3 + size, IN), torch.randn(5, IN), torch.randn(1 + size, IN)

    def forward(self, a: Tensor, b: Tensor, c: Tensor):
        x = pad_sequence([a, b, c], batch_first=self.first, padding_value=self.value)
        return x, unpad_sequence(x, torch.tensor([2, 5, 1]), batch_first=self.first)


CELL = dict(kind=("lstm", "gru", "tanh", "relu"), bias=(True, False), given=(True, False), batched=(True, False))


def cell(kind, bias):
    if kind == "lstm":
        return nn.LSTMCell(IN, HIDDEN, bias)
    return nn.GRUCell(IN, HIDDEN, bias) if kind == "gru" else nn.RNNCell(IN, HIDDEN, bias, kind)


class Loop(Configured):
    dynamic = False

    def __init__(self, kind, bias, given, batched):
        super().__init__()
        self.cell, self.lstm, self.given, self.batched = cell(kind, bias), kind == "lstm", given, batched

    def inputs(self, size):
        def rows(width):
            return torch.randn(BATCH[size], width) if self.batched else torch.randn(width)

        x = torch.randn(TIME[size], BATCH[size], IN) if self.batched else torch.randn(TIME[size], IN)
        return (x, *(rows(HIDDEN) for _ in range(2 if self.lstm else 1)))


@configurations("cell", **{**CELL, "kind": ("lstm",)})
class PairLoop(Loop):
    def forward(self, x: Tensor, h: Tensor, c: Tensor):
        outputs: list[Tensor] = []
        if not self.given:
            h, c = self.cell(x[0])
        for t in range(x.size(0)):
            h, c = self.cell(x[t], (h, c))
            outputs.append(h)
        return torch.stack(outputs, 0), c


@configurations("cell", **{**CELL, "kind": ("gru", "tanh", "relu")})
class OneLoop(Loop):
    def forward(self, x: Tensor, h: Tensor):
        outputs: list[Tensor] = []
        if not self.given:
            h = self.cell(x[0])
        for t in range(x.size(0)):
            h = self.cell(x[t], h)
            outputs.append(h)
        return torch.stack(outputs, 0)


@configurations("decode", captures=("scripted",), kind=("lstm", "gru", "tanh"), layers=(1, 2), first=(False, True))
class Decode(Configured):
    """The layer in a loop of its caller, one step at a time, over an extent known at run time; each step sees what the last one gave."""

    def __init__(self, kind, layers, first):
        super().__init__()
        self.rnn = layer(kind, layers, False, first, True, 0.0, 0)
        self.out, self.axis = nn.Linear(HIDDEN, IN), 1 if first else 0

    def inputs(self, size):
        t, b = TIME[size], BATCH[size]
        return (torch.randn((b, t, IN) if self.axis == 1 else (t, b, IN)),)

    def forward(self, x: Tensor):
        y, state = self.rnn(x.narrow(self.axis, 0, 1))
        outputs = [y]
        for t in range(1, x.size(self.axis)):
            y, state = self.rnn(self.out(y) + x.narrow(self.axis, t, 1), state)
            outputs.append(y)
        return torch.cat(outputs, self.axis), state


@configurations("function", captures=("traced",), kind=("lstm", "gru", "rnn_tanh", "rnn_relu"), first=(False, True), both=(False, True), form=("layer", "data", "cell"))
class Function(Configured):
    """torch.lstm and the like, called without a module."""

    def __init__(self, kind, first, both, form):
        super().__init__()
        gates, directions = {"lstm": 4, "gru": 3}.get(kind, 1), 2 if both else 1
        shapes = [(gates * HIDDEN, IN), (gates * HIDDEN, HIDDEN), (gates * HIDDEN,), (gates * HIDDEN,)] * directions
        self.weights = nn.ParameterList(nn.Parameter(torch.empty(shape)) for shape in shapes)
        self.kind, self.form, self.first, self.both = kind, form, first, both

    @staticmethod
    def valid(form, first, both, **_):
        return form == "layer" or not first and (form == "data" or not both)

    def inputs(self, size):
        b = BATCH[size]
        states = [torch.randn(2 if self.both else 1, b, HIDDEN) for _ in range(2 if self.kind == "lstm" else 1)]
        if self.form == "cell":
            return torch.randn(b, IN), *(state[0] for state in states)
        if self.form == "layer":
            return torch.randn((b, TIME[size], IN) if self.first else (TIME[size], b, IN)), *states
        return torch.randn(b + 1, IN), *states, torch.tensor([b, 1])

    def forward(self, x, *rest):
        weights = list(self.weights)
        hx = rest[:2] if self.kind == "lstm" else rest[0]
        if self.form == "cell":
            return getattr(torch, f"{self.kind}_cell")(x, hx, *weights)
        if self.form == "layer":
            return getattr(torch, self.kind)(x, hx, weights, True, 1, 0.0, False, self.both, self.first)
        return getattr(torch, self.kind)(x, rest[-1], hx, weights, True, 1, 0.0, False, self.both)
