"""Control flow: every statement of torchscript.md's section 6."""

from typing import Dict, List, Optional, Tuple, Union

import torch
from registry import ints, scripted, t
from torch import Tensor, nn

POS, NEG = ('positive', t(2, 3).abs()), ('negative', -t(2, 3).abs())


@scripted(POS, NEG)
class EarlyReturn(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if x.sum() > 0:
            return x
        return -x + 1


@scripted(('found', t(4), 1.0), ('not found', t(4), 99.0), ('empty', t(0), 0.0))
class EarlyReturnInLoop(nn.Module):
    def forward(self, x: Tensor, limit: float) -> Tensor:
        for i in range(x.size(0)):
            if float(x[i]) > limit:
                return x * i
        return x - 1


@scripted(('short', t(3), 3), ('breaks', t(3), 12), ('zero trips', t(3), 0))
class BreakContinue(nn.Module):
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, int]:
        i = 0
        steps = 0
        while i < n:
            if i == 7:
                break
            if i % 3 == 1:
                i += 2
                continue
            x = x + i
            i += 1
            steps += 1
        return x, steps


@scripted(('stops early', t(6), 0.5), ('runs through', t(6), 100.0))
class ForBreak(nn.Module):
    def forward(self, x: Tensor, limit: float) -> Tensor:
        total = torch.zeros([])
        for i in range(6):
            if i == 2:
                continue
            total = total + x[i].abs()
            if float(total) > limit:
                break
            total = total * 2
        return total


@scripted(('2 x 3', t(2, 3)), ('3 x 2', t(3, 2)), ('none', t(0, 2)))
class NestedLoops(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        total = torch.zeros(1)
        for i in range(x.size(0)):
            for j in range(x.size(1)):
                if (i + j) % 2 == 0:
                    total = total + x[i, j]
                else:
                    total = total - 0.5 * x[i, j]
        return total


@scripted(('large', t(3) * 20), ('small', t(3) / 100))
class WhileOnData(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, int]:
        count = 0
        while x.abs().max() > 1.0:
            x = x / 2
            count += 1
        return x, count


@scripted(('27', 27), ('1', 1), ('6', 6))
class Collatz(nn.Module):
    def forward(self, n: int) -> Tuple[int, int]:
        steps, top = 0, n
        while True:
            if n == 1:
                break
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            top = max(top, n)
            steps += 1
        return steps, top


@scripted(('down', 10, 0, -3), ('up', 2, 9, 2), ('none', 3, 3, 1))
class RangeSteps(nn.Module):
    def forward(self, lo: int, hi: int, step: int) -> List[int]:
        out: List[int] = []
        for i in range(lo, hi, step):
            out.append(i * i)
        return out


@scripted(t(3, 2))
class LoopOverTensor(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        total = torch.zeros(2)
        for row in x:
            total = torch.tanh(total + row)
        return total


@scripted(('equal', [1, 2, 3], [4, 5, 6]), ('unequal', [1, 2], [7, 8, 9]), ('empty', [], [1]))
class ZipEnumerate(nn.Module):
    def forward(self, a: List[int], b: List[int]) -> Tuple[int, int]:
        dot = 0
        weighted = 0
        for x, y in zip(a, b):
            dot += x * y
        for i, y in enumerate(b):
            weighted += i * y
        for i, y in enumerate(a, 10):
            weighted -= i * y
        return dot, weighted


@scripted(('a', t(2), 0), ('b', t(2), 1), ('c', t(2), 2), ('else', t(2), 7))
class ElifChain(nn.Module):
    def forward(self, x: Tensor, mode: int) -> Tensor:
        if mode == 0:
            y = torch.relu(x)
        elif mode == 1:
            y = torch.sigmoid(x)
        elif mode == 2:
            y = torch.tanh(x)
        else:
            y = x
        return y


@scripted(('tt', t(2), True, 3), ('tf', t(2), True, -3), ('ft', t(2), False, 3), ('ff', t(2), False, 0))
class BoolLogic(nn.Module):
    def forward(self, x: Tensor, flag: bool, n: int) -> Tuple[Tensor, bool, bool, int]:
        both = flag and n > 0
        either = flag or 10 // (n if n != 0 else 1) > 2
        y = x if both and not either or n == 0 else -x
        return y, both, either, 1 if 0 < n <= 3 else 2


@scripted(('fine', t(3).abs()), ('raises', -t(3).abs()))
class RaiseValueError(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if bool(x.min() < 0):
            raise ValueError('negative input')
        return x.sqrt()


@scripted(('fine', t(2, 3)), ('raises', t(3)))
class AssertRank(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        assert x.dim() == 2, f'expected a matrix, got rank {x.dim()}'
        return x.t()


@scripted(('fine', t(5), 4), ('raises', t(5), 2), ('zero', t(5), 0))
class RaiseInLoop(nn.Module):
    def forward(self, x: Tensor, limit: int) -> Tensor:
        total = torch.zeros([])
        for i in range(5):
            if i > limit:
                if limit == 0:
                    return total
                else:
                    raise RuntimeError('too many steps')
            total = total + x[i]
        return total


@scripted(('one', t(2), 1), ('two', t(2), 2), ('other', t(2), 5))
class RaiseElse(nn.Module):
    def forward(self, x: Tensor, n: int) -> Tensor:
        if n == 1:
            y = x + 1
        elif n == 2:
            y = x * 2
        else:
            raise NotImplementedError('n must be 1 or 2')
        return y.exp()


@scripted(('given', t(2), t(2, seed=3)), ('none', t(2), None))
class OptionalInput(nn.Module):
    def forward(self, x: Tensor, bias: Optional[Tensor] = None) -> Tensor:
        if bias is not None:
            x = x + bias
        return x * 2


@scripted(('given', t(2), 3), ('none', t(2), None))
class OptionalEarlyExit(nn.Module):
    def forward(self, x: Tensor, n: Optional[int]) -> Optional[Tensor]:
        if n is None:
            return None
        return x * n


@scripted(('both', t(2), t(2, seed=3)), ('left', t(2), None), ('neither', None, None))
class OptionalPair(nn.Module):
    def forward(self, a: Optional[Tensor], b: Optional[Tensor]) -> Tensor:
        if a is not None and b is not None:
            return a + b
        if a is None:
            a = torch.ones(2)
        assert a is not None
        return a


@scripted(('int', 3), ('str', 'abc'), ('tensor', t(2)))
class UnionInput(nn.Module):
    def forward(self, x: Union[int, str, Tensor]) -> int:
        if isinstance(x, int):
            return x + 1
        elif isinstance(x, str):
            return len(x)
        else:
            return x.size(0)


@scripted(('five', 5), ('none', 0))
class CarriedTuple(nn.Module):
    def forward(self, n: int) -> Tuple[int, int]:
        pair = (0, 1)
        for _ in range(n):
            a, b = pair
            pair = (b, a + b)
        return pair


@scripted(('three', [1, 2, 3]), ('empty', []))
class Comprehension(nn.Module):
    def forward(self, values: List[int]) -> Tuple[List[int], Dict[int, float], List[str]]:
        squares = [v * v for v in values]
        halves = {v: v / 2 for v in values}
        names = [str(v) for v in squares]
        return squares, halves, names


@scripted(('three', t(3, 2)), ('one', t(1, 2)))
class TensorListInLoop(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, List[Tensor]]:
        parts: List[Tensor] = []
        for i in range(x.size(0)):
            if i % 2 == 0:
                parts.append(x[i] * 2)
            else:
                parts += [x[i], x[i] - 1]
        return torch.stack(parts), parts


@scripted(('0 0', t(2), 0, 0), ('0 1', t(2), 0, 1), ('1 0', t(2), 1, 0), ('2 2', t(2), 2, 2))
class NestedIfReturn(nn.Module):
    def forward(self, x: Tensor, a: int, b: int) -> Tensor:
        if a == 0:
            if b == 0:
                return x
            x = x + 1
        else:
            if a == 1:
                x = x * 3
            else:
                return x - b
        x = x.relu()
        return x + a


class _Scale(nn.Module):
    def __init__(self, by: float):
        super().__init__()
        self.by = by

    def forward(self, x: Tensor) -> Tensor:
        return x * self.by if bool(x.sum() > 0) else x / self.by


@scripted(POS, NEG)
class ModuleListLoop(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([_Scale(2.0), _Scale(-3.0), _Scale(0.5)])
        self.named = nn.ModuleDict({'first': nn.Linear(3, 3), 'second': nn.ReLU()})

    def forward(self, x: Tensor) -> Tensor:
        for i, layer in enumerate(self.layers):
            x = layer(x) + i
        for name, module in self.named.items():
            if name != 'second':
                x = module(x)
        return self.layers[1](x)


@scripted(POS, NEG)
class TrainingFlag(nn.Module):
    def __init__(self):
        super().__init__()
        self.use_bias = False

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            x = x + torch.rand_like(x)
        if self.use_bias:
            x = x + 5
        if not torch.jit.is_scripting():
            x = x * 100
        return x if self.training else x * 2


@scripted(('some', torch.tensor([True, False])), ('none', torch.tensor([False, False])))
class TensorCondition(nn.Module):
    def forward(self, mask: Tensor) -> int:
        n = 0
        if mask.any():
            n += 1
        while mask.all():
            mask = ~mask
        return n + (2 if mask[0] else 4)


@scripted(('four', t(4)), ('two', t(2, seed=4)))
class WithNoGrad(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            y = x * 2
            if y.size(0) > 3:
                y = y[:2]
        return y + 1


@scripted(('a', t(2, 2)), ('b', -t(2, 2)))
class ForkWait(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 2)

    def work(self, x: Tensor, n: int) -> Tensor:
        for _ in range(n):
            x = torch.tanh(self.linear(x))
        return x

    def forward(self, x: Tensor) -> Tensor:
        future = torch.jit.fork(self.work, x, 2)
        other = self.work(-x, 1)
        return torch.jit.wait(future) + other


def helper(x: Tensor, n: int = 2) -> Tensor:
    if n > 3:
        return x
    for _ in range(n):
        x = x + inner(x)
    return x


def inner(x: Tensor) -> Tensor:
    return x.relu() if x.dim() > 1 else x.sigmoid()


@scripted(('matrix', t(2, 2), 1), ('vector', t(2), 5))
class HelperFunctions(nn.Module):
    def forward(self, x: Tensor, n: int) -> Tensor:
        return helper(helper(x), n=n)


@scripted(('hit', ints(6), 3), ('miss', ints(6), 77))
class FindFirst(nn.Module):
    def forward(self, x: Tensor, what: int) -> int:
        i = 0
        found = False
        while i < x.numel() and not found:
            if int(x[i].item()) == what:
                found = True
            else:
                i += 1
        return i if found else -1


@scripted(('a', t(3), 4), ('b', t(3), 1))
class BranchTypes(nn.Module):
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, float, str, List[int]]:
        scale = 1.0
        name = 'plain'
        shape: List[int] = []
        if n > 2:
            scale = n / 3
            name = 'scaled'
            shape = x.shape
            x = torch.cat([x, x])
        return x * scale, scale, name, shape


@scripted(('grows', t(1).abs()), ('stays', -t(1).abs()))
class LoopChangesShape(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        for _ in range(3):
            if x.sum() > -1:
                x = torch.cat([x, x + 1])
        return x


@scripted(('two', 2), ('nine', 9))
class WhileElseFlag(nn.Module):
    def forward(self, n: int) -> Tuple[bool, List[int]]:
        divisors: List[int] = []
        d = 2
        prime = True
        while d * d <= n:
            if n % d == 0:
                prime = False
                divisors.append(d)
                if d != n // d:
                    divisors.append(n // d)
            d += 1
        return prime, divisors


@scripted(('in', t(2), {'scale': 2.0}), ('out', t(2), {'other': 3.0}))
class DictBranch(nn.Module):
    def forward(self, x: Tensor, options: Dict[str, float]) -> Tensor:
        if 'scale' in options:
            x = x * options['scale']
        for key, value in options.items():
            if key == 'other':
                x = x - value
        return x
