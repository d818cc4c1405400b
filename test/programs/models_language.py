"""Submodules and objects chosen at run time, enums, objects and Any as results, complex numbers of Python."""

from enum import Enum
from typing import Any, Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from models import x


@torch.jit.interface
class Layer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


class Scaled(nn.Module):
    def __init__(self, k: float):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.k = k
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) * self.k


class Gated(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if bool(x.sum() > 0):
            return x.relu()
        return x * 2


class Counted(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 0
        self.register_buffer("mean", torch.zeros(3))
    def forward(self, x: Tensor) -> Tensor:
        self.n += 1
        self.mean += x.sum(0)
        return x * self.n + self.mean


class Indexed(nn.Module):
    """Submodules by a number of run time, some with state."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Scaled(1.0), Gated(), Counted(), Counted()])
    def forward(self, x: Tensor, order: List[int]) -> Tensor:
        for i in order:
            layer: Layer = self.layers[i]
            x = layer.forward(x) + x
        return x


class Keyed(nn.Module):
    """Submodules by text."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"a": Scaled(1.0), "b": Gated()})
        self.more = nn.ModuleList([Scaled(2.0)])
    def forward(self, x: Tensor, key: str) -> Tensor:
        if len(key) > 1:
            layer: Layer = self.more[len(key) - 2]
        else:
            layer: Layer = self.layers[key]
        return layer.forward(x)


@torch.jit.interface
class Shape:
    def area(self, s: float) -> float:
        pass


@torch.jit.script
class Square:
    def __init__(self, a: float):
        self.a = a
    def area(self, s: float) -> float:
        return self.a * self.a * s


@torch.jit.script
class Circle:
    def __init__(self, r: float):
        self.r = r
        self.asked = 0
    def area(self, s: float) -> float:
        self.asked += 1
        return 3.0 * self.r * self.r * s + self.asked


class Shapes(nn.Module):
    """Objects of two classes in one list."""

    def make(self, kind: int) -> Shape:
        if kind == 0:
            s: Shape = Square(2.0)
        else:
            s: Shape = Circle(float(kind))
        return s
    def forward(self, x: Tensor, kinds: List[int]) -> Tensor:
        shapes: List[Shape] = []
        for kind in kinds:
            shapes.append(self.make(kind))
            shapes.append(Circle(0.5))
        total = 0.0
        for s in shapes:
            total += s.area(2.0)
            total += s.area(3.0)
        return x * total


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


class Mode(Enum):
    FAST = "fast"
    SLOW = "slow"


class EnumIn(nn.Module):
    """A member of an enum handed in, and one given back, in one graph."""

    mode: Mode

    def __init__(self):
        super().__init__()
        self.mode = Mode.FAST
    def forward(self, x: Tensor, c: Color) -> Tuple[Tensor, str, int, Color, Mode]:
        if c == Color.BLUE:
            self.mode = Mode.SLOW
        if c == Color.RED:
            return x * 2, c.name, c.value, c, self.mode
        return x + c.value, c.name + "!", c.value, Color.RED, self.mode


class EnumLists(nn.Module):
    """Enums in lists, dicts and Optionals."""

    def forward(self, x: Tensor, cs: List[Color], m: Optional[Mode] = None) -> Tuple[Tensor, List[str], List[Color], Dict[str, Mode], Optional[Mode]]:
        names: List[str] = []
        back: List[Color] = [Color.GREEN]
        for c in cs:
            names.append(c.name)
            if c != Color.BLUE:
                back.append(c)
            x = x + c.value
        d: Dict[str, Mode] = {}
        if m is not None:
            d[m.value] = m
        return x, names, back, d, m


@torch.jit.script
class Point:
    def __init__(self, x: Tensor, n: int, name: str):
        self.x = x
        self.n = n
        self.name = name
        self.tags: List[str] = []
    def bump(self) -> None:
        self.n += 1
        self.tags.append(self.name + str(self.n))


class Objects(nn.Module):
    """Objects as results, in lists, dicts and Optionals."""

    def forward(self, x: Tensor, ns: List[int]) -> Tuple[List[Point], Dict[str, Point], Optional[Point]]:
        ps: List[Point] = []
        d: Dict[str, Point] = {}
        last: Optional[Point] = None
        for n in ns:
            p = Point(x * n, n, "q")
            p.bump()
            ps.append(p)
            d[str(n)] = p
            last = p
        return ps, d, last


class AnyOut(nn.Module):
    """A result of any type."""

    def forward(self, x: Tensor, n: int) -> Any:
        if n == 0:
            return x
        if n == 1:
            return n
        if n == 2:
            return "two"
        if n == 3:
            return (x, [1, 2])
        if n == 4:
            return {"a": 1.5}
        if n == 5:
            return Color.BLUE
        return None


class ComplexNumbers(nn.Module):
    """Python's complex numbers in dicts and text, in and out."""

    def __init__(self):
        super().__init__()
        self.z = complex(1.0, 2.0)
    def forward(self, x: Tensor, z: complex, s: str) -> Tuple[Tensor, List[complex], str, bool]:
        d = {s: z * 2j}
        a = complex(float(x.sum()), 1.0)
        l: List[complex] = [self.z]
        for i in range(len(s)):
            l.append(a / complex(0.5, 0.25) - d[s] * i)
        return x * l[-1], l, s + str(z) + f"{d[s]}", abs(z) > 2.0 and a != z


MODELS = {
    "indexed": (Indexed, [(x(2, 3), [0, 1]), (x(2, 3), [2, 1, 0, 3, 2]), (x(2, 3), [3])], True),
    "keyed": (Keyed, [(x(2, 3), "a"), (x(2, 3), "b"), (x(2, 3), "aa")], False),
    "ifaces": (Shapes, [(x(2, 3), [0]), (x(2, 3), [0, 1, 2]), (x(3, 3), [])], False),
    "enumin": (EnumIn, [(x(2), Color.RED), (x(2), Color.BLUE), (x(2), Color.GREEN)], True),
    "enumlists": (EnumLists, [(x(2), [Color.RED]), (x(2), [Color.RED, Color.BLUE, Color.RED], Mode.SLOW), (x(2), [], None)], False),
    "objects": (Objects, [(x(2), []), (x(2), [2, 5])], False),
    "anyout": (AnyOut, [(x(2), n) for n in range(7)], False),
    "complexnumbers": (ComplexNumbers, [(x(2), 1 + 2j, "n"), (x(3), -2.5j, "mm")], False),
}
