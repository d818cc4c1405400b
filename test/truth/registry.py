"""What the files of test/truth are written with: decorators that note a module, how it is captured, and the inputs of its cases."""

import re
import zlib
from collections import namedtuple

import torch

Entry = namedtuple('Entry', 'name build cases kind')
ENTRIES = []


def t(*shape, seed=1):
    """A float tensor of multiples of 1/8 in [-2.5, 2.5): the same on every machine, and short in binary."""
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count) * 23 + seed * 7).remainder(40).sub(20).div(8).reshape(shape)


def ints(*shape, seed=1, high=5):
    return (t(*shape, seed=seed) * 8 + 20).to(torch.int64).remainder(high)


def stem(name):
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '-', name).lower().replace('_', '-')


def add(name, build, cases, kind):
    """Each case is (name, *inputs). `build()` gives the module to save; its weights depend on the name alone."""

    def seeded():
        torch.manual_seed(zlib.crc32(name.encode()))
        module = build()
        return module

    assert all(entry.name != name for entry in ENTRIES), name
    ENTRIES.append(Entry(name, seeded, [case if isinstance(case, tuple) else ('only', case) for case in cases], kind))


def scripted(*cases, args=()):
    """A class that is scripted whole."""

    def note(cls):
        add(stem(cls.__name__), lambda: torch.jit.script(cls(*args).eval()), cases, 'script')
        return cls

    return note


def traced(example, *cases, args=(), kind='trace', strict=True):
    """A class that is traced on `example` (a tuple of inputs)."""

    def note(cls):
        def build():
            return torch.jit.trace(cls(*args).eval(), example, strict=strict)

        add(stem(cls.__name__), build, cases, kind)
        return cls

    return note


def mixed(*cases, example=None, args=()):
    """A class that captures parts of itself otherwise; traced where it has an example, scripted otherwise."""

    def note(cls):
        def build():
            module = cls(*args).eval()
            return torch.jit.script(module) if example is None else torch.jit.trace(module, example)

        add(stem(cls.__name__), build, cases, 'mixed')
        return cls

    return note
