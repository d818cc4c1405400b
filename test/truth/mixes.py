"""Tracing and scripting in one module."""

from typing import Dict, List, Tuple

import torch
import torch.nn.functional as F
from registry import add, ints, mixed, t
from torch import Tensor, nn

A, B = ('positive', t(3, 4).abs()), ('negative', -t(3, 4).abs())


class Gate(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if x.sum() > 0:
            return x
        return -x


class Cell(nn.Module):
    def __init__(self, gate):
        super().__init__()
        self.gate = gate
        self.linear = nn.Linear(4, 4)

    def forward(self, x, h):
        new_h = torch.tanh(self.gate(self.linear(x)) + h)
        return new_h, new_h


def traced_cell():
    return torch.jit.trace(Cell(torch.jit.script(Gate())).eval(), (t(3, 4), t(3, 4, seed=2)))


add('gated-cell', traced_cell, [(A[0], A[1], t(3, 4, seed=5)), (B[0], B[1], t(3, 4, seed=5))], 'mixed')


@mixed(('three steps', t(3, 3, 4)), ('one step', t(1, 3, 4)), ('none', t(0, 3, 4)))
class CellLoop(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = traced_cell()

    def forward(self, xs: Tensor) -> Tuple[Tensor, Tensor]:
        h, y = torch.zeros(3, 4), torch.zeros(3, 4)
        for i in range(xs.size(0)):
            y, h = self.cell(xs[i], h)
        return y, h


@mixed(('loop', t(3, 3, 4)), ('again', -t(3, 3, 4)), example=(t(3, 3, 4),))
class WrappedLoop(nn.Module):
    def __init__(self):
        super().__init__()
        self.loop = torch.jit.script(CellLoop())

    def forward(self, xs):
        y, h = self.loop(xs)
        return torch.relu(y) + h.sum()


@torch.jit.script
def normalise(x: Tensor, steps: int) -> Tensor:
    for _ in range(steps):
        if x.abs().max() > 1:
            x = x / 2
    return x


@mixed(('large', t(2, 2) * 9), ('small', t(2, 2) / 9), example=(t(2, 2),))
class TraceCallsFunction(nn.Module):
    def forward(self, x):
        return normalise(x * 2, 3) + normalise(x, 1).relu()


def smooth(x):
    return F.avg_pool1d(x, 3, 1, 1) * 2


@mixed(('twice', t(1, 2, 5), 2), ('never', t(1, 2, 5), 0))
class ScriptCallsTracedFunction(nn.Module):
    def __init__(self):
        super().__init__()
        self.smooth = torch.jit.trace(smooth, (t(1, 2, 5),))

    def forward(self, x: Tensor, n: int) -> Tensor:
        for _ in range(n):
            x = self.smooth(x)
        return x


class Body(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        return F.relu(self.conv(x))


@mixed(('twice', -t(1, 3, 4, 4).abs()), ('once', t(1, 3, 4, 4).abs()))
class ControlledTrace(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torch.jit.trace(Body().eval(), t(1, 3, 4, 4))

    def forward(self, x: Tensor) -> Tensor:
        loops = 2 if x.mean().item() < 0 else 1
        for _ in range(loops):
            x = self.body(x)
        return x


@mixed(A, B)
class TracedList(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([torch.jit.trace(nn.Linear(4, 4).eval(), t(3, 4)) for _ in range(3)])
        self.gate = Gate()

    def forward(self, x: Tensor) -> List[Tensor]:
        out: List[Tensor] = []
        for layer in self.layers:
            x = self.gate(layer(x))
            if bool(x.max() > 0.5):
                out.append(x)
        out.append(x)
        return out


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(8, 4)
        self.rnn = nn.GRU(4, 4)

    def forward(self, tokens):
        return self.rnn(self.embed(tokens))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(8, 4)
        self.rnn = nn.GRU(4, 4)
        self.out = nn.Linear(4, 8)

    def forward(self, token, h):
        y, h = self.rnn(self.embed(token), h)
        return self.out(y[0]), h


@mixed(('three', ints(4, 1, high=8), 3), ('six', ints(2, 1, seed=4, high=8), 6))
class GreedyDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = torch.jit.trace(Encoder().eval(), (ints(4, 1, high=8),))
        self.decoder = torch.jit.trace(Decoder().eval(), (ints(1, 1, high=8), t(1, 1, 4)))

    def forward(self, tokens: Tensor, limit: int) -> Tuple[Tensor, Tensor]:
        _, h = self.encoder(tokens)
        token = torch.zeros([1, 1], dtype=torch.long)
        words = torch.zeros([0], dtype=torch.long)
        scores = torch.zeros([0])
        for step in range(limit):
            logits, h = self.decoder(token, h)
            score, word = torch.max(torch.softmax(logits, 1), dim=1)
            words = torch.cat((words, word))
            scores = torch.cat((scores, score))
            if int(word.item()) == 7:
                break
            token = word.unsqueeze(0)
        return words, scores


class Route(nn.Module):
    def forward(self, x: Tensor, table: Dict[str, Tensor]) -> Dict[str, Tensor]:
        out: Dict[str, Tensor] = {}
        for key, value in table.items():
            out[key + '_sum'] = x + value if value.dim() > 0 else x
        return out


@mixed(('a', t(2)), ('b', t(2, seed=3)), example=(t(2),))
class TraceThroughDict(nn.Module):
    def __init__(self):
        super().__init__()
        self.route = torch.jit.script(Route())

    def forward(self, x):
        found = self.route(x, {'one': x * 2, 'two': x.sum()})
        return found['one_sum'] - found['two_sum']


@torch.jit.script_if_tracing
def clip_rows(x: Tensor, limit: int) -> Tensor:
    out = x
    if x.size(0) > limit:
        out = x[:limit]
    return out


@mixed(('clipped', t(4, 2)), ('short', t(1, 2)), example=(t(4, 2),))
class ScriptIfTracing(nn.Module):
    def forward(self, x):
        return clip_rows(x, 2) * 3


class EarlyOut(nn.Module):
    def __init__(self):
        super().__init__()
        self.threshold = 0.25
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        mean = x.mean()
        if float(mean) > self.threshold:
            return x, mean
        for _ in range(2):
            x = self.linear(x)
            if float(x.mean()) > self.threshold:
                return x, x.mean()
        return x, mean


class UsesEarlyOut(nn.Module):
    def __init__(self):
        super().__init__()
        self.early = torch.jit.script(EarlyOut().eval())
        self.norm = nn.LayerNorm(4)

    def forward(self, x):
        y, _ = self.early(x)
        return self.norm(y)


@mixed(A, B)
class ThreeLevels(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.jit.trace(UsesEarlyOut().eval(), (t(3, 4),))
        self.count = 0

    def forward(self, x: Tensor) -> Tensor:
        while self.count < 2:
            x = self.inner(x)
            self.count += 1
        if self.count > 5:
            raise RuntimeError('unreachable count')
        return x


@mixed(A, ('negative', -t(3, 4, seed=3).abs()), example=(t(3, 4),))
class TracedSharedGate(nn.Module):
    def __init__(self):
        super().__init__()
        gate = torch.jit.script(Gate())
        self.first, self.second = gate, gate
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        return self.second(self.linear(self.first(x)))


def _frozen_mix():
    return torch.jit.freeze(torch.jit.script(ControlledTrace().eval()), preserved_attrs=['training'])


add('frozen-mix', _frozen_mix, [('twice', -t(1, 3, 4, 4).abs()), ('once', t(1, 3, 4, 4).abs())], 'mixed')


@mixed(('positive', t(1, 3).abs()), ('negative', -t(1, 3).abs()))
class TracedInBranch(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = torch.jit.trace(nn.Sequential(nn.Linear(3, 3), nn.ReLU()).eval(), t(1, 3))
        self.right = torch.jit.trace_module(nn.Linear(3, 3).eval(), {'forward': t(1, 3)})

    def forward(self, x: Tensor) -> Tensor:
        if bool(x.sum() > 0):
            y = self.left(x)
        else:
            y = self.right(x) - self.left(-x)
        return y
