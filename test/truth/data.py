"""Python values: classes, tuples, enums, interfaces, dicts, lists, strings, numbers."""

import math
from enum import Enum
from typing import Any, Dict, Final, List, NamedTuple, Optional, Tuple

import torch
from registry import scripted, t
from torch import Tensor, nn


class Point(NamedTuple):
    x: Tensor
    n: int
    name: str = 'p'


@scripted(('three', t(2), 3), ('zero', t(2), 0))
class NamedTupleOut(nn.Module):
    def move(self, p: Point, by: int) -> Point:
        return Point(p.x + by, p.n + by, p.name + '!')

    def forward(self, x: Tensor, n: int) -> Point:
        p = Point(x, n)
        for _ in range(n):
            p = self.move(p, 2)
        return p


class Color(Enum):
    RED = 1
    GREEN = 2


class Mode(Enum):
    SUM = 'sum'
    MEAN = 'mean'


@scripted(('green', t(3), 2), ('red', t(3), 1))
class Enums(nn.Module):
    def __init__(self):
        super().__init__()
        self.mode = Mode.MEAN

    def pick(self, n: int) -> Color:
        if n == 1:
            return Color.RED
        return Color.GREEN

    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, str, int]:
        color = self.pick(n)
        y = x.mean() if self.mode == Mode.MEAN else x.sum()
        if color is Color.RED or color == Color.RED:
            y = y + 1
        return y, color.name, color.value


@torch.jit.script
class Counter:
    def __init__(self, start: int):
        self.count = start
        self.log: List[int] = []

    def bump(self, by: int = 1) -> int:
        self.count += by
        self.log.append(self.count)
        return self.count

    @property
    def double(self) -> int:
        return self.count * 2

    @staticmethod
    def limit() -> int:
        return 10

    def __add__(self, other: 'Counter') -> 'Counter':
        return Counter(self.count + other.count)

    def __len__(self) -> int:
        return len(self.log)


@scripted(('three', 3), ('none', 0))
class ScriptClass(nn.Module):
    def forward(self, n: int) -> Tuple[int, List[int], int, int]:
        c = Counter(5)
        for i in range(n):
            if c.bump(i) > Counter.limit():
                c.count = 0
        both = c + Counter(100)
        return both.count, c.log, c.double, len(c)


@torch.jit.interface
class Activation(nn.Module):
    def apply_to(self, x: Tensor) -> Tensor:
        pass

    def forward(self, x: Tensor) -> Tensor:
        pass


class Squash(nn.Module):
    def apply_to(self, x: Tensor) -> Tensor:
        return torch.tanh(x)

    def forward(self, x: Tensor) -> Tensor:
        return self.apply_to(x)


class Clip(nn.Module):
    def __init__(self):
        super().__init__()
        self.limit = 0.5

    def apply_to(self, x: Tensor) -> Tensor:
        return x.clamp(-self.limit, self.limit)

    def forward(self, x: Tensor) -> Tensor:
        return self.apply_to(x)


@scripted(t(4))
class Interfaces(nn.Module):
    act: Activation

    def __init__(self):
        super().__init__()
        self.act = Squash()
        self.items = nn.ModuleList([Squash(), Clip()])

    def forward(self, x: Tensor) -> Tensor:
        x = self.act.apply_to(x)
        for item in self.items:
            x = item.apply_to(x) * 2
        return x


@scripted(('plain', t(2)), ('other', t(3)))
class DictOps(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Dict[str, Tensor], List[str], int, Tensor]:
        d: Dict[str, Tensor] = {'a': x, 'b': x + 1}
        d['c'] = d['a'] * 2
        d.update({'e': x - 1})
        del d['b']
        n = len(d)
        e = d.pop('e')
        missing = d.get('zz', torch.zeros(1))
        copied = d.copy()
        copied.clear()
        if 'a' in d and 'b' not in d:
            n += 10
        return d, list(d.keys()), n + len(copied), e + missing.sum()


@scripted(('a', 'x', 2), ('b', 'y', 3))
class NestedData(nn.Module):
    def __init__(self):
        super().__init__()
        self.table: Dict[str, List[int]] = {'x': [1, 2, 3], 'y': [4]}

    def forward(self, key: str, n: int) -> Tuple[List[int], Dict[int, Tuple[str, float]], int]:
        row = self.table[key] + [n]
        info = {n: (key, n / 4), -1: ('z', float('inf'))}
        total = 0
        for v in self.table.values():
            total += sum(v)
        return row, info, total + self.table['x'][-1]


@scripted(('five', [5, 3, 9, 1, 3]), ('one', [4]))
class ListOps(nn.Module):
    def forward(self, values: List[int]) -> Tuple[List[int], List[int], List[int], int, bool]:
        a = values + [0] * 2
        a.insert(1, 42)
        a.extend([7, 8])
        last = a.pop()
        a.pop(0)
        a.remove(42)
        a.reverse()
        a[0] += 5
        b = sorted(values)
        b.sort(reverse=True)
        c = values[::2] + values[-2:] + values[1:-1]
        total = max(values) + min(values) + values.count(3) + last + a.index(0)
        return a, b, c, total, 3 in values


@scripted(('hello', 'Hello World', 3), ('empty', '', 0))
class StringOps(nn.Module):
    def forward(self, s: str, n: int) -> Tuple[str, List[str], int, str, bool]:
        text = f'{s} has {len(s)} chars, n={n}'
        text += ' and {}'.format(n * 2) + ' %d' % n
        parts = s.lower().split('o')
        joined = '-'.join(parts)
        first = s[0:3] + s[::-1].upper() if len(s) > 3 else 'short'
        return text, parts, s.find('o'), joined + first, s.startswith('He') and not s.endswith('!')


@scripted(('only', 1))
class StringConstants(nn.Module):
    def __init__(self):
        super().__init__()
        self.greeting = 'grüße'

    def forward(self, n: int) -> Tuple[str, str, str]:
        return 'tab\tnl\nq"s\'b\\nul\x00bell\aesc\x1bdel\x7f', 'unié 😀', self.greeting


@scripted(('seven', 7, 2.5), ('minus', -7, -2.5))
class IntFloat(nn.Module):
    def forward(self, n: int, f: float) -> Tuple[List[int], List[float], bool]:
        i = [n // 2, n % 3, -n, n * n, n << 2, n >> 1, n & 3, n | 8, n ^ 5, abs(n), int(f), 1 if round(f) > 2 else 0]
        g = [n / 2, f // 2, f % 3, f**2, n**2, n**0.5 if n > 0 else 0.0, float(n), float(math.floor(f) + math.ceil(f)), -f]
        h = [math.pi, math.sqrt(9.0), math.exp(0.0), math.pow(2, 3), float(math.gcd(12, 18))]
        return i, g + h, n == 7 and f >= 2.5 or bool(n)


@scripted(('only', t(1)))
class Literals(nn.Module):
    def forward(self, x: Tensor) -> Tuple[List[float], List[int], Tensor, complex]:
        floats = [0.0, -0.0, 0.1, 1e-5, 1e100, 5e-324, 100000.0, 1e17, float('inf'), -float('inf'), 2.5e9]
        ints = [9223372036854775807, -9223372036854775807 - 1, 0, -1]
        return floats, ints, x * 1e-3 + 1.0, complex(1.5, -2.0)


@scripted(('only', t(1)))
class NanLiteral(nn.Module):
    def forward(self, x: Tensor) -> Tuple[float, bool, Tensor]:
        n = float('nan')
        return n, n == n, x + n


@scripted(('defaults', t(2)), ('given', t(2), 5, True, t(2, seed=2), 'b', 2.0, (3, 4)))
class Defaults(nn.Module):
    def forward(
        self,
        x: Tensor,
        n: int = 2,
        flag: bool = False,
        o: Optional[Tensor] = None,
        s: str = 'a\'b"\n',
        f: float = float('inf'),
        pair: Tuple[int, int] = (1, 2),
    ) -> Tuple[Tensor, str]:
        y = x * n + pair[0] - pair[1]
        if o is not None:
            y = y + o
        return torch.clamp(y, max=f), s if flag else s + s


class _Const(nn.Module):
    size: Final[int]
    ratio: Final[float]

    def __init__(self, size: int):
        super().__init__()
        self.size = size
        self.ratio = size / 4
        self.dims: Final[List[int]] = [1, size]

    def forward(self, x: Tensor) -> Tensor:
        if self.size > 2:
            x = x.reshape(self.dims[0], -1)
        return x * self.ratio


@scripted(t(6))
class FinalConstants(nn.Module):
    __constants__ = ['offset', 'names']

    def __init__(self):
        super().__init__()
        self.offset = 3
        self.names = ['a', 'bb']
        self.small = _Const(2)
        self.large = _Const(3)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        n = self.offset
        for name in self.names:
            n += len(name)
        return self.small(x) + n, self.large(x)


@scripted(('three', t(3)))
class TupleOps(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tuple[Tensor, int], Tuple[int], Tuple[()], Tensor, int]:
        a = (x, 1, 'z', (2.5, True))
        b, c, *rest = (1, 2), 3, x
        first, (second, _) = a[0], a[3]
        tail = a[1:3]
        swap = (c, b)
        c, b = swap
        pair = (first, tail[0] + len(a) + len(tail[1]))
        return pair, (b[1] + int(second),), (), pair[0] * c, a[-3]


@scripted(('only', t(2, 2)))
class TensorAttributes(nn.Module):
    def forward(self, x: Tensor) -> Tuple[bool, int, List[int], int, bool, Tensor, Tensor]:
        same = x.dtype == torch.float32 and x.device == torch.device('cpu')
        y = torch.zeros_like(x, dtype=torch.int64, device=x.device)
        z = torch.ones(x.shape[1], 3, dtype=x.dtype)
        return same, x.ndim, list(x.shape), x.numel(), x.is_floating_point(), y + x.size(0), z.T


@scripted(('only', t(2)))
class AnyValue(nn.Module):
    def pack(self, x: Tensor, n: int) -> Any:
        if n > 1:
            return (x, n)
        return x

    def forward(self, x: Tensor) -> int:
        a = self.pack(x, 2)
        b = self.pack(x, 1)
        n = 0
        if isinstance(a, Tensor):
            n += 1
        if isinstance(b, Tensor):
            n += b.size(0) * 10
        return n


@scripted(('only', t(2)))
class OptionalList(nn.Module):
    def __init__(self):
        super().__init__()
        self.sizes: Optional[List[int]] = None
        self.extra: Optional[Tensor] = torch.ones(2)

    def forward(self, x: Tensor) -> List[Optional[Tensor]]:
        out: List[Optional[Tensor]] = [x, None]
        sizes = self.sizes
        if sizes is not None:
            out.append(x.reshape(sizes))
        extra = self.extra
        if extra is not None:
            out.append(x + extra)
        return out


@scripted(('three', t(3)), ('four', t(4)))
class StatefulAttributes(nn.Module):
    count: int
    history: List[float]
    last: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.count = 0
        self.history = []
        self.last = None
        self.register_buffer('total', torch.zeros(1))

    def forward(self, x: Tensor) -> Tuple[Tensor, int, List[float], bool]:
        self.count += 1
        self.total += x.sum()
        self.history.append(float(self.total))
        had = self.last is not None
        self.last = x
        return self.total.clone(), self.count, self.history, had


@scripted(('only', t(2)))
class ExportedMethods(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.helper(self.linear(x))

    def helper(self, x: Tensor, n: int = 1) -> Tensor:
        return x + n

    @torch.jit.export
    def encode(self, x: Tensor) -> Tuple[Tensor, int]:
        return self.helper(x, 2), 3

    @torch.jit.export
    def reset(self) -> None:
        self.linear.weight.zero_()

    @torch.jit.ignore
    def plain(self, x):
        return x.numpy()
