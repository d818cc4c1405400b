"""Programs that write tensors which have several names: elements of lists, views in lists and dicts, state that is a view."""

from typing import Dict, List, Tuple

import torch
from torch import Tensor, nn

from models import x


class Rows(nn.Module):
    """Views of one tensor in a list; writes to the tensor and to the views are seen by all."""

    def forward(self, x: Tensor, names: List[str]) -> Tuple[Tensor, List[Tensor], Dict[str, Tensor]]:
        y = x * 2
        rows: List[Tensor] = []
        found: Dict[str, Tensor] = {}
        for i, name in enumerate(names):
            row = y[i % y.size(0)]
            rows.append(row)
            found[name] = row[1:]
        for i in range(len(rows)):
            rows[i][0] += i + 1
            if i > 0:
                rows[i].mul_(rows[i - 1] + 0.5)
        for key in found.keys():
            found[key].sub_(1)
        y.add_(100)
        return y, rows, found


class Elements(nn.Module):
    """Two elements of one list in one computation, one of them written; they may be one tensor."""

    def forward(self, x: Tensor, order: List[int], name: str) -> Tuple[List[Tensor], str]:
        items = [x + 1, x + 2, x + 3]
        chosen: List[Tensor] = []
        text = name
        for i in order:
            chosen.append(items[i])
            text += str(i)
        for i in range(1, len(chosen)):
            chosen[i] += chosen[i - 1] * 2
            last = chosen[i - 1]
            last[0] = chosen[i][-1]
        return chosen, text


class Shapes(nn.Module):
    """Views of every kind in a list, written one after the other."""

    def forward(self, x: Tensor, tag: str) -> Tuple[Tensor, List[Tensor]]:
        y = x.clone()
        views: List[Tensor] = [y.transpose(0, 1), y.view(-1), y.unsqueeze(1), y[:, ::2], y.permute(1, 0), y.narrow(0, 1, 1), y.t()]
        if tag != "all":
            views.append(y.diagonal())
            views.extend(y.unbind(0))
            views.extend(y.split(2, 1))
            views.extend(y.chunk(2, 1))
        views.append(y.view(2, 2, -1).squeeze(0).select(1, 0))
        for i, view in enumerate(views):
            view.mul_(1.0 + 0.125 * i)
            view[0] = view[-1] - i
        return y, views


class Window(nn.Module):
    """State: a buffer and a list of views of it, kept from call to call."""

    views: List[Tensor]

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("memory", torch.zeros(3, 2))
        self.views: List[Tensor] = []

    def forward(self, x: Tensor, slot: int, name: str) -> Tuple[Tensor, Tensor, str]:
        while len(self.views) < 3:
            self.views.append(self.memory[len(self.views)])
        self.views[slot].copy_(x)
        self.memory[:, 0] += 1
        return self.memory, torch.stack(self.views) * 2, name + str(len(self.views))


class Masked(nn.Module):
    """Writes by index and by mask to elements of a dict."""

    def forward(self, x: Tensor, keys: List[str]) -> Dict[str, Tensor]:
        d: Dict[str, Tensor] = {}
        for key in keys:
            if key not in d:
                d[key] = x.clone()
            t = d[key]
            t[t > 1] = 0.5
            t[torch.tensor([0, 1]), 0] = t[1, :2] + len(d)
            d[keys[0]][-1] += t[0]
        return d


MODELS = {
    "rows": (Rows, [(x(3, 3), ["a", "b", "a"]), (x(2, 4, seed=1), ["a", "b", "c", "d", "e"]), (x(2, 2), ["q"])], False),
    "elements": (Elements, [(x(3), [0, 1, 2], "n"), (x(2, 2, seed=4), [0, 0, 1, 0], "m"), (x(2), [2], "k")], False),
    "shapes": (Shapes, [(x(2, 4), "all"), (x(2, 4, seed=2), "more")], False),
    "window": (Window, [(x(2), 0, "a"), (x(2, seed=1), 2, "b"), (x(2, seed=2), 0, "c"), (x(2, seed=3), 1, "d")], True),
    "masked": (Masked, [(x(3, 3), ["a", "b", "a"]), (x(2, 2, seed=5) * 2, ["z"]), (x(2, 3, seed=6), ["u", "v", "w", "v"])], False),
}
