"""Values of every structure in and out; futures, methods that were left out, submodules chosen at run time."""

from typing import Dict, List, Optional, Tuple, Union

import torch
from torch import Tensor, nn

from models import x


class UnionIn(nn.Module):
    """A parameter and a result of one of several types."""

    def forward(self, x: Union[Tensor, int, str]) -> Union[Tensor, str]:
        if isinstance(x, int):
            return torch.tensor([x * 2])
        elif isinstance(x, str):
            return x + "!"
        else:
            return x * 3


class Nested(nn.Module):
    """Optionals in lists in dicts in tuples, in and out."""

    def forward(self, xs: List[Optional[Tensor]], d: Dict[str, Optional[Tuple[Tensor, List[int]]]], name: str) -> Tuple[List[Optional[Tensor]], Dict[str, List[Optional[int]]]]:
        out: List[Optional[Tensor]] = []
        for t in xs:
            if t is not None:
                out.append(t * 2)
            else:
                out.append(None)
        got: Dict[str, List[Optional[int]]] = {}
        for k, v in d.items():
            if v is not None:
                t, ns = v
                l: List[Optional[int]] = [None]
                for n in ns:
                    l.append(n + int(t.sum()))
                got[k + name] = l
            else:
                e: List[Optional[int]] = []
                got[k] = e
        return out, got


class ComplexList(nn.Module):
    """Complex tensors in a dict."""

    def forward(self, x: Tensor, names: List[str]) -> Tuple[Dict[str, Tensor], List[Tensor]]:
        d: Dict[str, Tensor] = {}
        l: List[Tensor] = []
        for n in names:
            z = torch.fft.fft(x)
            d[n] = z
            l.append(torch.view_as_real(z) * len(l))
        return d, l


class Forked(nn.Module):
    """Futures in a list."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def work(self, x: Tensor, s: str) -> Tuple[Tensor, str]:
        return self.fc(x), s + "w"
    def forward(self, x: Tensor, names: List[str]) -> Tuple[Tensor, str]:
        futs: List[torch.jit.Future[Tuple[Tensor, str]]] = []
        for n in names:
            futs.append(torch.jit.fork(self.work, x, n))
        total = torch.zeros_like(x)
        text = ""
        for f in futs:
            y, s = torch.jit.wait(f)
            total = total + y
            text += s
        return total, text


class Ignored(nn.Module):
    """A method that torch left out: an exception when it is called, and only then."""

    @torch.jit.unused
    def debug(self, x: Tensor) -> Tensor:
        return x
    def forward(self, x: Tensor, s: str) -> Tuple[Tensor, str]:
        if s == "debug":
            return self.debug(x), s
        return x * 2, s + "?"


class A1(nn.Module):
    def __init__(self, k: float):
        super().__init__()
        self.k = k
        self.fc = nn.Linear(2, 2)
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) * self.k


class A2(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.relu()


class ChosenIf(nn.Module):
    """Submodules chosen by text."""

    def __init__(self):
        super().__init__()
        self.a = A1(1.0)
        self.b = A1(2.0)
        self.d = nn.ModuleDict({"u": A1(3.0), "v": A2()})
    def forward(self, x: Tensor, s: str) -> Tuple[Tensor, str]:
        if s == "a":
            x = self.a(x)
        else:
            x = self.b(x)
        for k, m in self.d.items():
            if k == s:
                x = m(x)
        return x, s + "."


MODELS = {
    "unionin": (UnionIn, [(x(2),), (3,), ("q",)], False),
    "nested": (Nested, [([x(2), None], {"a": (x(2), [1, 2]), "b": None}, "n"), ([], {}, "m")], False),
    "complexlist": (ComplexList, [(x(4), ["a", "b"]), (x(2), ["z"])], False),
    "forked": (Forked, [(x(1, 2), ["a", "b"]), (x(1, 2), [])], False),
    "ignored": (Ignored, [(x(1, 2), "a"), (x(1, 2), "debug"), (x(1, 2), "b")], False),
    "chosenif": (ChosenIf, [(x(1, 2), "a"), (x(1, 2), "u"), (x(1, 2), "v")], False),
}
