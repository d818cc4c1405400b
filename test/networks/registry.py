"""How the networks of this folder are declared: `@network(name, cases, captures)` above a module class without arguments.

Each case is a tuple of inputs; `image(…)`, `ids(…)` and the like stand for random tensors, other values for themselves. A trace is recorded
on the first case; the goldens are of all of them, save where the trace is true of some sizes only: `traced` then has its own cases.
A network's weights and inputs depend on its own name only.
"""
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn as nn


@dataclass
class Network:
    name: str
    make: type
    cases: tuple
    captures: tuple
    traced: tuple | None

    def cases_of(self, capture):
        return self.traced if capture == "traced" and self.traced else self.cases

    @property
    def seed(self):
        return zlib.crc32(self.name.encode())


NETWORKS: list[Network] = []


def network(name, *cases, captures=("traced", "scripted"), traced=None):
    def declare(make):
        NETWORKS.append(Network(name, make, cases, captures, traced))
        return make

    return declare


@dataclass
class Random:
    make: Callable[[], torch.Tensor]
    shape: tuple

    def __str__(self):
        return "x".join(map(str, self.shape)) or "scalar"


def image(*shape):
    """float32, normally distributed."""
    return Random(lambda: torch.randn(shape), shape)


def ids(high, *shape, low=0):
    """int64 in low … high - 1."""
    return Random(lambda: torch.randint(low, high, shape), shape)


def unit(*shape):
    """float32 in 0 … 1."""
    return Random(lambda: torch.rand(shape), shape)


def lengths(longest, *rest):
    """int64, not increasing, the first as given."""
    return Random(lambda: torch.tensor([longest, *rest]), (len(rest) + 1,))


def prefix(lengths, longest):
    """bool [len(lengths), longest], true where a text has a word."""
    return Random(lambda: torch.arange(longest)[None] < torch.tensor(lengths)[:, None], (len(lengths), longest))


def inputs_of(case):
    return tuple(item.make() if isinstance(item, Random) else item for item in case)


def name_of(case):
    return ", ".join(str(item) for item in case)


def build(entry):
    """The module in eval mode; normalisation layers as if they had been trained."""
    torch.manual_seed(entry.seed)
    module = entry.make().eval()
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm) and part.running_mean is not None:
            part.running_mean.normal_(0, 0.2)
            part.running_var.uniform_(0.5, 1.5)
        if isinstance(part, (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm, nn.InstanceNorm2d)) and part.weight is not None:
            nn.init.uniform_(part.weight, 0.7, 1.3)
            nn.init.normal_(part.bias, 0, 0.1)
    return module
