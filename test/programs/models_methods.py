"""Methods that share state: what one of them changes, the others read."""

from typing import Dict, List

import fixture
import torch
import torch.nn as nn
from torch import Tensor


def x(*sizes, seed=0):
    return torch.randn(*sizes, generator=torch.Generator().manual_seed(seed))


class Reader(nn.Module):
    """A buffer that forward writes into, a number that it assigns, and a tensor that it replaces by one of another size."""

    def __init__(self):
        super().__init__()
        self.register_buffer("total", torch.zeros(3))
        self.calls = 0
        self.last = torch.zeros(1)

    def forward(self, x: Tensor) -> Tensor:
        self.total.add_(x)
        self.calls += 1
        self.last = torch.cat([self.last, x])
        return self.total

    @torch.jit.export
    def read(self, x: Tensor) -> Tensor:
        return x + self.total * self.calls

    @torch.jit.export
    def history(self) -> Tensor:
        return self.last * 2


class Keeper(nn.Module):
    """The same with a list and a dict that only JavaScript can keep, and a reader that alone would be a graph."""

    names: List[str]
    sums: Dict[str, Tensor]

    def __init__(self):
        super().__init__()
        self.names = []
        self.sums = {"none": torch.zeros(2)}
        self.scale = torch.ones(2)

    def forward(self, x: Tensor, name: str) -> Tensor:
        self.names.append(name)
        self.sums[name] = self.sums[name] + x if name in self.sums else x
        self.scale = self.scale + 1
        return self.sums[name]

    @torch.jit.export
    def scaled(self, x: Tensor) -> Tensor:
        return x * self.scale

    @torch.jit.export
    def known(self, name: str) -> bool:
        return name in self.sums and len(self.names) > 1


def calls(*parts):
    return [fixture.case(str(i), *arguments, method=method) for i, (method, *arguments) in enumerate(parts)]


MODELS = {
    "reader": (
        Reader,
        calls(("read", x(3)), ("forward", x(3, seed=1)), ("read", x(3)), ("history",), ("forward", x(3, seed=2)), ("read", x(3)), ("history",)),
        True,
    ),
    "keeper": (
        Keeper,
        calls(
            ("known", "a"), ("scaled", x(2)), ("forward", x(2, seed=1), "a"), ("known", "a"), ("scaled", x(2)), ("forward", x(2, seed=2), "a"),
            ("known", "a"), ("scaled", x(2)), ("known", "b"),
        ),
        True,
    ),
}
