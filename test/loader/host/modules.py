"""Modules whose code needs classes: objects, NamedTuples, enums, type refinement, attributes that change."""

import enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor, nn


@torch.jit.script
class Counter:
    def __init__(self, start: int):
        self.count = start
        self.seen: List[int] = []

    def step(self, n: int) -> int:
        self.count += n
        self.seen.append(self.count)
        return self.count


@torch.jit.script
class Node:
    def __init__(self, name: str, counter: Counter):
        self.name = name
        self.counter = counter
        self.next = torch.jit.annotate(Optional[Counter], None)


class Point(NamedTuple):
    x: int
    y: float = 0.5


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Mode(enum.Enum):
    FAST = 'fast'
    SLOW = 'slow'


class Level(enum.Enum):
    LOW = 0.5
    HIGH = 2.5


class Objects(nn.Module):
    def forward(self, n: int) -> Tuple[int, List[int], int]:
        a = Counter(n)
        b = a
        for i in range(3):
            b.step(i)
        c = Counter(0)
        if n > 1:
            c = a
        c.count = 100
        return a.count, a.seen, c.step(1)


class Shared(nn.Module):
    def forward(self, names: List[str]) -> Tuple[str, int, bool]:
        counter = Counter(0)
        nodes = [Node(name, counter) for name in names]
        for node in nodes:
            node.counter.step(len(node.name))
            node.next = counter
        text = ''
        last: Optional[Counter] = None
        for node in nodes:
            text += node.name
            last = node.next
        return text, counter.count, last is counter


class ObjectsInDict(nn.Module):
    def forward(self, words: List[str]) -> Dict[str, int]:
        table: Dict[str, Counter] = {}
        for word in words:
            if word not in table:
                table[word] = Counter(0)
            table[word].step(1)
        out: Dict[str, int] = {}
        for key, value in table.items():
            out[key] = value.count
        return out


class Named(nn.Module):
    def forward(self, n: int) -> Tuple[Point, float, str]:
        p = Point(n)
        q = Point(n + 1, 2.0)
        best = p
        if q.y > p.y * 3:
            best = q
        x, y = best
        return best, y + x, str(p)


class Enums(nn.Module):
    def forward(self, n: int) -> Tuple[str, int, bool, str, float]:
        color = Color.RED
        if n > 1:
            color = Color.GREEN
        modes = [Mode.FAST, Mode.SLOW]
        levels = [Level.LOW, Level.HIGH]
        i = 0 if n == 0 else 1
        return color.name, color.value, color == Color.GREEN, modes[i].value, levels[i].value


class EnumNot(nn.Module):
    def forward(self, n: int) -> Tuple[bool, bool, List[str]]:
        colors = [Color.RED, Color.GREEN]
        out: List[str] = []
        for color in colors:
            if color != Color.RED:
                out.append(color.name)
        return colors[0] is colors[1], colors[n] == Color.RED, out


class Refined(nn.Module):
    def forward(self, x: Union[int, float, str, List[int]]) -> str:
        if isinstance(x, int):
            return 'int {}'.format(x + 1)
        elif isinstance(x, str):
            return 'str ' + x.upper()
        elif isinstance(x, List[int]):
            return 'list {}'.format(len(x))
        return 'float {}'.format(x * 2)


class Kinds(nn.Module):
    def forward(self, x: Union[bool, None, Dict[str, int], Tuple[int, int], Tensor]) -> int:
        if x is None:
            return 0
        if isinstance(x, bool):
            return 1 if x else 2
        if isinstance(x, Tensor):
            return int(x)
        if isinstance(x, Dict[str, int]):
            return len(x)
        return 5


class Stateful(nn.Module):
    total: int
    history: List[int]
    best: Dict[str, int]

    def __init__(self):
        super().__init__()
        self.total = 0
        self.history = [0]
        self.best = {'start': 1}

    def forward(self, name: str, n: int) -> Tuple[int, List[int], Dict[str, int]]:
        self.total += n
        self.history.append(self.total)
        if name not in self.best or self.best[name] < n:
            self.best[name] = n
        return self.total, self.history, self.best


class Inner(nn.Module):
    count: int

    def __init__(self):
        super().__init__()
        self.count = 3

    def forward(self, n: int) -> int:
        self.count = self.count * n
        return self.count


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.others = nn.ModuleList([Inner(), Inner()])

    def forward(self, n: int) -> Tuple[int, int]:
        total = 0
        for other in self.others:
            total += other(n)
        return self.inner(n), total


class OddNames(nn.Module):
    constructor: int
    then: int

    def __init__(self):
        super().__init__()
        self.constructor = 1
        self.then = 2

    def forward(self, toString: int, arguments: int) -> Tuple[int, int]:
        self.constructor += toString
        self.then += arguments
        return self.constructor, self.then


class Custom(ValueError):
    def __init__(self, message: str):
        super().__init__(message)


class Raises(nn.Module):
    def forward(self, n: int) -> int:
        if n == 1:
            raise Custom('one {}'.format(n))
        if n == 2:
            raise NotImplementedError
        if n == 3:
            raise ValueError
        assert n != 4
        return n


class Mixed(nn.Module):
    def helper(self, x: int, y: Optional[int] = None) -> int:
        if y is None:
            return x
        return x - y

    def forward(self, xs: List[int], flag: bool = True) -> List[int]:
        out: List[int] = []
        for i, x in enumerate(xs):
            if flag:
                if x < 0:
                    continue
                if x > 100:
                    break
                out.append(self.helper(x, i))
            else:
                out.append(self.helper(x))
        return out


MODULES = [
    (Objects, [(1,), (5,)]),
    (Shared, [(['a', 'bcd'],), ([],)]),
    (ObjectsInDict, [(['x', 'y', 'x'],), ([],)]),
    (Named, [(1,), (9,)]),
    (Enums, [(0,), (2,)]),
    (EnumNot, [(0,), (1,)]),
    (Refined, [(3,), (2.5,), ('x',), ([1, 2],)]),
    (Kinds, [(None,), (True,), (False,), ({'a': 1},), ((1, 2),), (torch.tensor(7),)]),
    (Stateful, [('a', 5), ('b', 2), ('a', 3)]),
    (Nested, [(2,), (3,)]),
    (OddNames, [(5, 6), (1, 1)]),
    (Raises, [(0,), (1,), (2,), (3,), (4,)]),
    (Mixed, [([1, -2, 5, 200, 7], True), ([1, -2, 200], False), ([], True)]),
]
