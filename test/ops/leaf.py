"""The leaf format of all committed goldens: Python values and tensors as JSON. Read back by test/support/leaf.ts.

tensor {"dtype","shape","data": base64 of the little-endian bytes} · int {"int": "5"} · float {"float": "1.5"} · complex {"complex": [re, im]}
bool, None and str as JSON · {"list"}, {"tuple"[, "names"]}, {"dict": [[key, value], …]}
"""

import base64
import enum
import json
import math
from collections import abc

import numpy
import torch

# Bits of dtypes that numpy lacks travel as integers of the same width.
_BITS = {torch.bfloat16: torch.int16, torch.float8_e4m3fn: torch.uint8, torch.float8_e5m2: torch.uint8}
_COMPLEX = {torch.complex64: torch.float32, torch.complex128: torch.float64, torch.complex32: torch.float16}


def _float(value: float) -> str:
    if math.isnan(value):
        return 'nan'
    if math.isinf(value):
        return 'inf' if value > 0 else '-inf'
    return repr(value)


def encode_tensor(t: torch.Tensor) -> dict:
    dtype = str(t.dtype).removeprefix('torch.')
    shape = list(t.shape)
    t = t.detach().resolve_conj().resolve_neg().contiguous()
    if t.dtype in _COMPLEX:
        t = torch.view_as_real(t)
    if t.dtype in _BITS:
        t = t.view(_BITS[t.dtype])
    array = t.numpy()
    data = array.astype(array.dtype.newbyteorder('<')).tobytes()
    return {'dtype': dtype, 'shape': shape, 'data': base64.b64encode(data).decode('ascii')}


def encode(value) -> object:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, torch.Tensor):
        return encode_tensor(value)
    if isinstance(value, enum.Enum):
        return encode(value.value)
    if isinstance(value, torch.dtype):
        return {'int': str(dtype_code(value))}
    if isinstance(value, torch.device):
        return str(value)
    if isinstance(value, int):
        return {'int': str(value)}
    if isinstance(value, float):
        return {'float': _float(value)}
    if isinstance(value, complex):
        return {'complex': [_float(value.real), _float(value.imag)]}
    if isinstance(value, tuple):
        items = {'tuple': [encode(v) for v in value]}
        if hasattr(value, '_fields'):
            items['names'] = list(value._fields)
        return items
    if isinstance(value, abc.Mapping):
        return {'dict': [[encode(k), encode(v)] for k, v in value.items()]}
    if isinstance(value, abc.Sequence) or type(value).__name__ == 'ScriptList':
        return {'list': [encode(v) for v in value]}
    raise TypeError(f'no leaf for {type(value)}')


_DTYPES = [
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64,
    torch.complex32, torch.complex64, torch.complex128, torch.bool, torch.qint8, torch.quint8, torch.qint32, torch.bfloat16,
]  # fmt: skip


def dtype_code(dtype: torch.dtype) -> int:
    """The int that stands for a dtype in TorchScript (c10::ScalarType)."""
    return _DTYPES.index(dtype)


def dumps(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'))


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
