"""Programs that raise: functions for torch.jit.script, each with inputs that do and do not."""
from typing import List, Optional

import torch
from registry import raising, t
from torch import Tensor


@raising(t(3), t(3, start=9.0))
def raise_first(x):
    if bool(x.sum() > 3):
        raise ValueError('too large')
    y = x + 1
    y.mul_(2)
    return y


@raising(t(3), t(3, start=9.0), t(3, start=-9.0))
def raise_in_either(x):
    s = x.sum()
    if bool(s > 3):
        raise ValueError('too large')
    elif bool(s < -20):
        raise KeyError('too small')
    else:
        y = x * 2
    return y + 1, s


@raising(t(3), t(3, start=9.0))
def asserts(x):
    assert bool(x.sum() < 3), 'a sum'
    y = x + 1
    assert bool(y.sum() < 3)
    return y


@raising((t(3), 2), (t(3), 7))
def raise_in_loop(x, n: int):
    y = x.clone()
    for i in range(n):
        if i > 4:
            raise RuntimeError('too many turns')
        y.add_(i)
    return y, n


@raising((t(3), 2), (t(3), 7), (t(3, start=50.0), 3))
def raise_in_nested_loops(x, n: int):
    y = x.clone()
    k = 0
    for i in range(n):
        for j in range(i):
            if bool(y.sum() > 60):
                raise ValueError('sum')
            y = y + 1
            k += 1
        if k > 15:
            raise IndexError('count')
    return y, k


@raising((t(3), 1), (t(3), 2), (t(3), 3), (t(3), 9))
def nested_raises(x, n: int):
    y = x
    if n > 1:
        if n > 2:
            if n > 5:
                raise ValueError('five')
            y = x + 3
        else:
            y = x + 2
        y = y * 2
    return y


@raising((t(3), None), (t(3), t(3)))
def raise_on_none(x, y: Optional[Tensor]):
    if y is None:
        raise TypeError('y is missing')
    return x + y


@raising((t(3), 0), (t(3), 1), (t(3), 5))
def list_after_raise(x, n: int):
    out: List[Tensor] = []
    for i in range(n):
        if i == 3:
            raise ValueError('three')
        out.append(x * i)
    if len(out) == 0:
        raise ValueError('empty')
    return torch.stack(out)


@raising((t(3), 0), (t(3), 1), (t(3), 5))
def message_is_chosen(x, n: int):
    m = 'none' if n == 0 else 'many'
    if n != 1:
        raise ValueError(m)
    return x


@raising((t(3), 0), (t(3), 1), (t(3), 5))
def early_return(x, n: int):
    if n == 0:
        return x
    if n == 5:
        raise ValueError('five')
    return x * 2


@raising((t(3), 0), (t(3), 6))
def while_raises(x, n: int):
    y = x.clone()
    i = 0
    while i < 10:
        if i == n:
            break
        if i == 4:
            raise RuntimeError('four')
        y[0] += 1
        i += 1
    return y, i


@raising(t(3), t(3, start=1.0))
def always_raises(x):
    if bool(x.sum() > 0):
        raise ValueError('positive')
    else:
        raise ValueError('negative')
    return x
