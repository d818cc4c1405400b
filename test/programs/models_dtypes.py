"""Programs whose tensors are of one data type or another, or of a rank that nothing tells, from turn to turn and call to call."""

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from models import x


class Joined(nn.Module):
    """Branches of different dtypes; what is computed of their result, and lists of it."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x: Tensor, name: str) -> Tuple[Tensor, Tensor, str]:
        y = self.fc(x)
        if name.startswith("in"):
            z = y.argmax(1)
        elif name == "half":
            z = y > 0
        else:
            z = torch.sigmoid(y)
        w = (z + 1) * 2
        total = w.sum()
        text = name + "!"
        if bool(total > 4):
            text = text + str(int(total))
        return w, torch.stack([z, z]).to(torch.float32).mean() + w, text


class Mixed(nn.Module):
    """A dict of tensors of several dtypes, walked over and summed up."""

    def forward(self, x: Tensor, keys: List[str]) -> Tuple[Tensor, Dict[str, Tensor]]:
        d: Dict[str, Tensor] = {}
        for i, key in enumerate(keys):
            if i % 3 == 0:
                d[key] = x * i
            elif i % 3 == 1:
                d[key] = (x * 10).to(torch.int64)
            else:
                d[key] = x > 0
        total = torch.zeros(x.size(1))
        for key, value in d.items():
            total = total + (value + value).sum(0)
        return total, d


class Turns(nn.Module):
    """A loop that carries an int tensor at first and a float tensor later, and a list of both."""

    def forward(self, n: int) -> Tuple[Tensor, List[Tensor], str]:
        t = torch.tensor([1, 2, 3])
        seen: List[Tensor] = []
        names = ""
        for i in range(n):
            t = t * 2
            if i == 2:
                t = t / 5
            seen.append(t + 1)
            names = names + str(i)
        return t, seen, names


class Kinds(nn.Module):
    """dtypes asked for at run time by a name, and read again."""

    def forward(self, x: Tensor, kind: str) -> Tuple[Tensor, str, Optional[Tensor]]:
        kinds = {"int": x.to(torch.int32), "long": x.long(), "byte": (x * x).to(torch.uint8), "double": x.double()}
        y = kinds.get(kind, x)
        z: Optional[Tensor] = None
        if y.dtype == torch.float64:
            z = y * 0.5
        elif y.is_floating_point():
            return y.exp(), "float", z
        return y * y, kind + str(y.dim()), z


class Ranks(nn.Module):
    """Tensors of different ranks in one list; operators that need to know the rank."""

    def forward(self, x: Tensor, names: List[str]) -> Tuple[Dict[str, Tensor], int]:
        out: Dict[str, Tensor] = {}
        parts = [x, x[0], x[0, 0], x.unsqueeze(0)]
        ranks = 0
        for i, name in enumerate(names):
            part = parts[i % 4]
            ranks += part.dim()
            out[name] = part.softmax(-1).flip([-1]) + part.mean(-1, keepdim=True).expand_as(part)
        return out, ranks


class Unmade(nn.Module):
    """A tensor that may be one of bools where an operator takes none: the program is there for the others."""

    def forward(self, x: Tensor, name: str) -> Tensor:
        y = x if name.startswith("in") else x > 0
        if name == "mask":
            return y.to(torch.float32)
        return torch.linalg.inv(y)


MODELS = {
    "joined": (Joined, [(x(2, 3), "in"), (x(4, 3, seed=1), "half"), (x(2, 3, seed=2), "out"), (x(1, 3), "half")], False),
    "mixed": (Mixed, [(x(2, 3), ["a", "b", "c", "d"]), (x(3, 2, seed=1), ["q"]), (x(1, 2), ["b", "b", "c"])], False),
    "turns": (Turns, [(1,), (2,), (3,), (5,), (0,)], False),
    "kinds": (Kinds, [(x(2, 3), "int"), (x(2, 3, seed=1), "long"), (x(3), "byte"), (x(2, 2, seed=3), "double"), (x(2, 1), "none")], False),
    "unmade": (Unmade, [(x(2, 2), "in"), (x(3, 3, seed=1), "inner"), (x(2, 2, seed=2), "mask")], False),
    "ranks": (Ranks, [(x(2, 2, 3), ["a", "b", "c", "d"]), (x(3, 1, 2, seed=1), ["c"])], False),
}
