"""Programs that torch.jit.script takes, with the inputs that each is run on."""
import torch

PROGRAMS = []
RAISING = []
OBJECTS = []


def program(*inputs, into=PROGRAMS):
    """Registers a function; each input is one argument, or a tuple of all arguments."""

    def add(function):
        into.append((function, [i if isinstance(i, tuple) else (i,) for i in inputs]))
        return function

    return add


def raising(*inputs):
    return program(*inputs, into=RAISING)


def with_objects(*inputs):
    return program(*inputs, into=OBJECTS)


def t(*shape, start=0.0):
    """A float32 tensor of that shape, counting up in halves."""
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float32) * 0.5 - 1.25 + start).reshape(shape)
