"""Seeded inputs for operator cases."""

import numpy
import torch


class Random:
    """Seeded inputs, the same on every machine (numpy's RandomState is frozen by its own promise)."""

    def __init__(self, seed: int):
        self.state = numpy.random.RandomState(seed)

    def rand(self, *shape: int, dtype: torch.dtype = torch.float32, low: float = -2.0, high: float = 2.0) -> torch.Tensor:
        values = torch.from_numpy(self.state.uniform(low, high, shape).astype('float64').reshape(shape))
        if dtype.is_complex:
            imag = torch.from_numpy(self.state.uniform(low, high, shape).astype('float64').reshape(shape))
            return torch.complex(values, imag).to(dtype)
        return values.to(dtype)

    def ints(self, *shape: int, dtype: torch.dtype = torch.int64, low: int = -5, high: int = 6) -> torch.Tensor:
        """Integers of [low, high)."""
        return torch.from_numpy(self.state.randint(low, high, shape).astype('int64').reshape(shape)).to(dtype)

    def bools(self, *shape: int) -> torch.Tensor:
        return self.ints(*shape, low=0, high=2).to(torch.bool)

    def perm(self, *shape: int, dtype: torch.dtype = torch.float32, scale: float = 1.0) -> torch.Tensor:
        """All elements different, in random order: for sort, topk, argmax, where ties would be undefined."""
        count = int(numpy.prod(shape))
        order = self.state.permutation(count).astype('float64') - count // 2
        return (torch.from_numpy(order.reshape(shape)) * scale).to(dtype)
