"""Programs with class instances and with-blocks."""
from typing import List

import torch
from registry import t, with_objects
from torch import Tensor


@torch.jit.script
class Counter:
    def __init__(self, n: int):
        self.n = n

    def step(self, k: int) -> int:
        self.n += k
        return self.n


@torch.jit.script
class Accumulator:
    def __init__(self, total: Tensor):
        self.total = total
        self.count = 0
        self.names: List[int] = []

    def add(self, x: Tensor):
        self.total = self.total + x
        self.count += 1
        self.names.append(self.count)


@with_objects((t(3), 4), (t(3), 0))
def counter_in_loop(x, n: int):
    c = Counter(2)
    for i in range(n):
        if i % 2 == 0:
            c.step(i)
        else:
            x = x + c.step(10)
    return x, c.n


@with_objects((t(3), 3))
def object_with_tensor(x, n: int):
    a = Accumulator(torch.zeros(3))
    for i in range(n):
        a.add(x * i)
    a.total[0] = 7
    return a.total, a.count, a.names


@with_objects((t(3), 3))
def object_alias(x, n: int):
    a = Accumulator(x.clone())
    b = a
    b.total.add_(1)
    b.count = 5
    y = a.total
    y.mul_(2)
    return a.total, a.count, b.total


@with_objects((t(3), 3))
def object_of_one_turn(x, n: int):
    for i in range(n):
        c = Counter(i)
        c.step(1)
        x = x + c.n
    return x


@with_objects(t(3))
def no_grad(x):
    with torch.no_grad():
        y = x + 1
        y.mul_(2)
    return y
