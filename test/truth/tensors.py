"""Tensors: indexing, writes in place, views, buffers, creation."""

from typing import List, Optional, Tuple

import torch
import torch.nn.functional as F
from registry import ints, scripted, t
from torch import Tensor, nn


@scripted(t(4, 5, 6))
class Slicing(nn.Module):
    def forward(self, x: Tensor) -> List[Tensor]:
        return [
            x[1:, ::2, None, ..., -1],
            x[0],
            x[..., 2:-1],
            x[-1, :, 3],
            x[:, None],
            x[1:3][0],
            x[:2, [0, 2]],
            x[torch.tensor([0, 1]), torch.tensor([2, 3])],
            x[x > 1],
            x[x[:, 0, 0] > 0],
        ]


@scripted(('2', t(3, 4), 2), ('-1', t(3, 4), -1))
class DynamicIndex(nn.Module):
    def forward(self, x: Tensor, i: int) -> Tuple[Tensor, Tensor, Tensor, Optional[Tensor]]:
        n = x.size(1)
        k = torch.tensor(1)
        return x[i], x[:, i:n], x[k, 1:], None if i < 0 else x[i:, : i + 1]


@scripted(t(3, 4))
class IndexAssign(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        x = x.clone()
        x[0] = 1.0
        x[0, 1] += 2
        x[1:, ::2] = x[1:, 1::2] * 2
        x[x > 2] = 0.0
        x[:, 3] = torch.arange(3)
        x[torch.tensor([0, 2]), 0] = torch.tensor([5.0, 6.0])
        x[..., -1] *= 3
        return x


@scripted(('pos', t(2, 3).abs()), ('neg', -t(2, 3).abs()))
class InPlace(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        y = x.clone()
        view = y.view(-1)
        view.add_(1)
        y[0].mul_(2)
        if y.sum() > 0:
            y.t().relu_()
        else:
            view.fill_(3)
        z = y.clamp_(max=2.5)
        z += 1
        return y, view.unsqueeze(0)


@scripted(('three', 3), ('none', 0))
class InPlaceLoop(nn.Module):
    def forward(self, n: int) -> Tensor:
        out = torch.zeros(4, 2)
        for i in range(n):
            out[i] = i
            out[i + 1, 0] += 0.5
        return out


@scripted(('one', t(2, 3)), ('two', t(2, 3, seed=4)))
class MutatedBuffer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer('mean', torch.zeros(3))
        self.register_buffer('steps', torch.tensor(0))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        self.mean.mul_(0.5).add_(x.mean(0) * 0.5)
        self.steps += 1
        return x - self.mean, self.steps


@scripted(('3', 3), ('1', 1))
class Creation(nn.Module):
    def forward(self, n: int) -> List[Tensor]:
        a = torch.arange(n)
        return [
            torch.arange(0, 1, 0.25),
            torch.full([n, 2], 7),
            torch.full([2], 0.5, dtype=torch.float64),
            torch.eye(n),
            torch.tensor([[1, 2], [3, n]]),
            torch.tensor([0.5, 1.5]),
            torch.tensor(n),
            torch.zeros(n, 2, dtype=torch.bool),
            torch.linspace(0, 1, 5),
            a.new_ones([2]),
            torch.empty(n, 0),
            a.to(torch.float32).fill_(2),
        ]


@scripted(t(2, 6))
class SplitUnpack(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, int]:
        a, b = torch.chunk(x, 2, dim=1)
        c, d, e = x.split(2, 1)
        values, indices = torch.max(a, dim=1)
        top = torch.topk(x, 2)
        first, second = x.unbind(0)
        return (a * b).sum() + (c - d + e).sum() + values.sum() + first.dot(second), top.values + top[0], int(indices[0])


@scripted(('float', t(2, 2)), ('int', ints(2, 2)))
class Conversions(nn.Module):
    def forward(self, x: Tensor) -> Tuple[List[Tensor], float, List[List[float]]]:
        y = x.to(torch.float64)
        parts = [x.int(), x.to(torch.bool).float(), x.half(), y.type_as(x), x.long() // 2, x / 2, x > 1, 2**x, 1 - x, x % 2]
        item = float(y.sum().item())
        rows: List[List[float]] = x.float().tolist()
        return parts, item, rows


@scripted(('a', t(2, 3), t(3)), ('b', t(3, 1), t(2)))
class OperatorForms(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        c = torch.add(a, b, alpha=2) - 3 * a + b / 2 - 1.5
        d = (a < b) & (a != 0) | ~(b >= 0)
        e = torch.where(d, c, c.neg()) ** 2
        return c, d, e @ e.t() if e.size(0) == 2 else torch.einsum('ij,ij->i', e, e)


@scripted(t(1, 2, 4, 5))
class ShapeArithmetic(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, List[int]]:
        n, c, h, w = x.shape
        y = x.view(n, c * h, w).permute(0, 2, 1).contiguous()
        y = y.reshape(n, -1, h // 2)
        y = F.pad(y, (1, h - w + 2))
        z = y.expand(2, -1, -1).flatten(1)
        return z, [n, c, h, w] + list(z.size())


@scripted(t(3, 4))
class OutVariants(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        out = torch.zeros_like(x)
        torch.add(x, 1, out=out)
        torch.cat([x[:1], x[1:]], out=out)
        return out + torch.sum(x, dim=[0], keepdim=True) + torch.sum(x, 1)[:, None] + x.mean()


@scripted(t(2, 3))
class ScriptedState(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(t(3, 3, seed=5))
        self.tied = self.weight
        self.register_buffer('view', t(12, seed=2).reshape(3, 4)[1:, ::2])
        self.register_buffer('halves', t(3, seed=3).half())
        self.register_buffer('mask', torch.tensor([True, False, True]))
        self.register_buffer('empty', torch.zeros(0, 2))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        y = x @ self.weight + self.halves
        return y * self.mask @ self.tied.t(), torch.cat([self.view, self.empty])
