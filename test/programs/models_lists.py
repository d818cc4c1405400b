"""Lists of tensors: views of one that is written later, of several dtypes, handed whole into one computation."""

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from models import x


class Unbound(nn.Module):
    """Lists of views of a tensor that is written behind them, and written through them."""

    def forward(self, x: Tensor, name: str) -> Tuple[List[Tensor], List[Tensor], Tensor, str]:
        v = torch.relu(x) + 1
        rows = list(torch.unbind(v))
        halves = [part for part in v.chunk(2, 1)]
        halves.reverse()
        if name.startswith("w"):
            v[::2].mul_(2)
        elif name == "parts":
            for part in halves:
                part += 1
            rows[0].zero_()
        while bool(v.sum() < 20.0):
            v += 1
            name = name + "+"
        return rows, halves, v, name


class Pieces(nn.Module):
    """Lists whose tensors have several dtypes: of known length beside others, and filled in a loop."""

    def forward(self, x: Tensor, names: List[str]) -> Tuple[Tensor, Tensor]:
        d: Dict[str, List[Tensor]] = {}
        d["all"] = [x, torch.arange(3)]
        filled: List[Tensor] = []
        for i, name in enumerate(names):
            if name in d:
                filled.extend(d[name])
            elif i % 2 == 0:
                filled.append(x)
            else:
                filled.append(torch.arange(3) * i)
        return torch.cat([x > 0] + d["all"]), torch.stack(filled)


class Kept(nn.Module):
    """A list of several dtypes that is kept from call to call."""

    kept: List[Tensor]

    def __init__(self) -> None:
        super().__init__()
        self.kept = [torch.zeros(2), torch.arange(2)]

    def forward(self, x: Tensor, name: str) -> Tuple[Tensor, Tensor, str]:
        self.kept.append(x)
        if len(self.kept) > 3:
            self.kept.pop(0)
        return torch.cat(self.kept), self.kept[0] + 1, name + str(len(self.kept))


class Copied(nn.Module):
    """A list of bools that is copied and cut on one way; a condition over what a loop takes out of a dict."""

    counts: Dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.counts = {"a": 1}

    def forward(self, x: Tensor, n: Optional[int]) -> Tuple[List[Tensor], Dict[str, int], int]:
        masks = [torch.logical_not(x)]
        if n is not None:
            if bool(x.all()):
                masks = (masks + masks.copy())[:n]
        total = 0
        for key, count in self.counts.items():
            turn = 0
            while turn < abs(count // (abs(count) + 2)) + 2:
                self.counts["{}:{}".format(key[:1], turn)] = turn - (-count)
                turn += 1
                total -= -(-turn)
        return masks, self.counts, total


class Joins(nn.Module):
    """Tensors that have no axes cannot be joined, which only the call that comes there sees."""

    def forward(self, x: Tensor, sizes: Dict[str, int]) -> Tuple[Tensor, int]:
        total = x.sum()
        if len(sizes) == 2:
            sizes["n"] = int(torch.cat([x.flatten(), total]).sum())
        return total, len(sizes)


MODELS = {
    "unbound": (Unbound, [(x(3, 4), "write"), (x(2, 2, seed=1), "parts"), (x(4, 3, seed=2), "none")], False),
    "pieces": (Pieces, [(x(3), ["a", "b"]), (x(3, seed=1), ["a"]), (x(3, seed=2), ["a", "all", "b"])], False),
    "kept": (Kept, [(x(3), "a"), (x(2, seed=1), "b"), (x(1, seed=2), "c")], True),
    "copied": (Copied, [(x(3) > 9, None), (x(3) > -9, 1), (x(2) > -9, 4), (x(2) > 0, 2)], True),
    "joins": (Joins, [(x(3), {"a": 1}), (x(2, seed=1), {}), (x(3, seed=2), {"a": 1, "b": 2, "c": 3})], False),
}
