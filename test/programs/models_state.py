"""State that is more than tensors: objects, enums, NamedTuples, containers under several names."""

from enum import Enum
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn

from models import x


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


@torch.jit.script
class Tally:
    def __init__(self, name: str):
        self.name = name
        self.counts: Dict[str, int] = {}
        self.last = torch.jit.annotate(Optional[Tensor], None)
    def add(self, key: str, value: Tensor) -> int:
        self.counts[key] = self.counts.get(key, 0) + 1
        self.last = value
        return self.counts[key]


class ObjectState(nn.Module):
    """An object of a class of the model's own, kept as state."""

    tally: Tally
    def __init__(self):
        super().__init__()
        self.tally = Tally("t")
        self.fc = nn.Linear(2, 2)
    def forward(self, x: Tensor, key: str) -> Tuple[Tensor, int, str]:
        y = self.fc(x)
        last = self.tally.last
        if last is not None:
            y = y + last
        n = self.tally.add(key, y)
        return y, n, self.tally.name + str(len(self.tally.counts))


class ObjectList(nn.Module):
    """A list of such objects, one chosen at run time."""

    tallies: List[Tally]
    def __init__(self):
        super().__init__()
        self.tallies = [Tally("a"), Tally("b")]
    def forward(self, x: Tensor, which: int) -> Tuple[Tensor, str]:
        t = self.tallies[which]
        t.add("k" + str(which), x)
        total = torch.zeros_like(x)
        for other in self.tallies:
            last = other.last
            if last is not None:
                total = total + last
        return total, t.name


class EnumState(nn.Module):
    """A member of an enum, and a list of them, kept as state."""

    color: Color
    seen: List[Color]
    def __init__(self):
        super().__init__()
        self.color = Color.RED
        self.seen: List[Color] = []
    def forward(self, x: Tensor, name: str) -> Tuple[Tensor, str, int]:
        if name == "g":
            self.color = Color.GREEN
        elif name == "b":
            self.color = Color.BLUE
        self.seen.append(self.color)
        n = 0
        for c in self.seen:
            if c == Color.GREEN:
                n += 1
        return x * self.color.value, self.color.name, n


class Pair(NamedTuple):
    t: Tensor
    n: int
    tags: List[str]


class NamedState(nn.Module):
    """A NamedTuple and a dict of tuples, kept as state."""

    pair: Pair
    table: Dict[str, Tuple[Tensor, int]]
    def __init__(self):
        super().__init__()
        self.pair = Pair(torch.ones(2), 0, ["x"])
        self.table: Dict[str, Tuple[Tensor, int]] = {"s": (torch.zeros(2), 1)}
    def forward(self, x: Tensor, tag: str) -> Tuple[Tensor, int, List[str]]:
        p = self.pair
        p.tags.append(tag)
        self.pair = Pair(p.t + x, p.n + 1, p.tags)
        if tag in self.table:
            t, k = self.table[tag]
            self.table[tag] = (t + x, k + 1)
        else:
            self.table[tag] = (x, 0)
        return self.pair.t + self.table[tag][0], self.pair.n + self.table[tag][1], self.pair.tags


class SharedState(nn.Module):
    """One list under two names, and a tensor that is in it under a third."""

    a: List[Tensor]
    b: List[Tensor]
    def __init__(self):
        super().__init__()
        self.t = torch.zeros(2)
        self.a = [self.t]
        self.b = self.a
    def forward(self, x: Tensor, s: str) -> Tuple[Tensor, int, int, str]:
        self.a.append(x)
        self.t += 1
        return self.b[-1] + self.b[0], len(self.a), len(self.b), s + "!"


MODELS = {
    "objectstate": (ObjectState, [(x(1, 2), "a"), (x(1, 2, seed=1), "b"), (x(1, 2, seed=2), "a")], True),
    "objectlist": (ObjectList, [(x(2), 0), (x(2, seed=1), 1), (x(2, seed=2), 0)], True),
    "enumstate": (EnumState, [(x(2), "a"), (x(2, seed=1), "g"), (x(2, seed=2), "z"), (x(2, seed=2), "b")], True),
    "namedstate": (NamedState, [(x(2), "a"), (x(2, seed=1), "s"), (x(2, seed=2), "a")], True),
    "sharedstate": (SharedState, [(x(2), "a"), (x(2, seed=1), "s"), (x(2, seed=2), "a")], True),
}
