"""The table: `@model(name, x=(dims), …)` above a module; dims are numbers, or letters of make.SIZES for what is dynamic."""
from typing import Dict, List, Optional, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

MODELS = []


def model(name, captures=("scripted", "traced"), **inputs):
    specs = {parameter: spec if isinstance(spec[-1], tuple) else (spec,) for parameter, spec in inputs.items()}

    def declare(make):
        MODELS.append((name, make, specs, captures))
        return make

    return declare


@model("mlp", x=("n", 6))
class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


@model("linear-any-rank", x=("n", "t", 6))
class LinearAnyRank(Mlp):
    def forward(self, x: Tensor) -> Tensor:
        return torch.softmax(self.layers(x), dim=-1)


@model("conv", x=("n", 3, "h", "w"))
class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.norm = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.b = nn.Conv2d(4, 5, 3, padding=1, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.b(F.relu(self.norm(self.a(x))))


@model("classifier", x=("n", 3, "h", "w"))
class Classifier(Conv):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.b(F.relu(self.norm(self.a(x))))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


@model("conv1d", x=("n", 2, "t"))
class Conv1d(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.norm = nn.Conv1d(2, 4, 3, padding=2, dilation=2), nn.GroupNorm(2, 4)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.norm(self.a(x)))


@model("conv3d", x=("n", 2, "k", "s", "t"))
class Conv3d(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv3d(2, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.a(x).mean(dim=[2, 3, 4])


@model("upsample", x=("n", 2, "h", "w"))
class Upsample(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(2, 3, 2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(self.up(x), scale_factor=2.0, mode="nearest")


@model("resize-to", x=("n", 2, "h", "w"))
class ResizeTo(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(x, size=[5, 7], mode="bilinear", align_corners=False)


@model("resize-like", x=("n", 2, "h", "w"), y=("n", 2, "s", "t"))
class ResizeLike(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return F.interpolate(x, size=y.shape[-2:], mode="bilinear", align_corners=True) + y


@model("u-net", x=("n", 2, "b", "c"))
class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.ConvTranspose2d(4, 2, 2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        y = self.up(F.relu(self.down(x)))
        y = F.interpolate(y, size=x.shape[2:], mode="nearest")
        return torch.cat([x, y], dim=1)


@model("pools", x=("n", 2, "b", "c"))
class Pools(nn.Module):
    def forward(self, x: Tensor) -> List[Tensor]:
        return [F.max_pool2d(x, 3, 2, 1), F.avg_pool2d(x, 2, 2, ceil_mode=True), F.adaptive_avg_pool2d(x, [3, 2])]


@model("lstm", x=("n", "t", 4))
class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(4, 5, num_layers=2, batch_first=True, bidirectional=True), nn.Linear(10, 2)

    def forward(self, x: Tensor) -> Tensor:
        y, (h, c) = self.lstm(x)
        return self.fc(y[:, -1]) + h.sum() + c.mean()


@model("gru", x=("t", "n", 4))
class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 5)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.gru(x)


@model("gru-cell-loop", captures=("scripted",), x=("t", "n", 4))
class GruCellLoop(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(4, 5)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(1), 5)
        steps: List[Tensor] = []
        for i in range(x.size(0)):
            h = self.cell(x[i], h)
            steps.append(h)
        return torch.stack(steps)


@model("rnn-tanh", x=("n", "t", 3), h=(1, "n", 4))
class Rnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 4, batch_first=True)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        return self.rnn(x, h)[0]


@model("embedding-bag", tokens=("ids", ("n", "t")))
class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.EmbeddingBag(7, 4, mode="mean")

    def forward(self, tokens: Tensor) -> Tensor:
        return self.table(tokens)


@model("text-cnn", tokens=("ids", ("n", "t")))
class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(7, 4)
        self.convs = nn.ModuleList([nn.Conv1d(4, 3, k, padding=k // 2) for k in (1, 3, 5)])

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.table(tokens).transpose(1, 2)
        return torch.cat([conv(x).amax(dim=2) for conv in self.convs], dim=1)


@model("positions", tokens=("ids", ("n", "t")))
class Positions(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.places = nn.Embedding(7, 4), nn.Embedding(16, 4)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.table(tokens) + self.places(torch.arange(tokens.size(1))).unsqueeze(0)


@model("attention", x=("n", "t", 8), memory=("n", "s", 8))
class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        return self.attention(x, memory, memory)[0]


@model("encoder", x=("n", "t", 8))
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2, enable_nested_tensor=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.encoder(x)


@model("causal-attention", x=("n", "t", 8))
class Causal(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(8, 24)

    def forward(self, x: Tensor) -> Tensor:
        n, t, c = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(n, t, c)


@model("own-mask", x=("n", "t", 8))
class OwnMask(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        scores = x @ x.transpose(1, 2)
        mask = torch.triu(torch.ones(x.size(1), x.size(1), dtype=torch.bool), diagonal=1)
        return torch.softmax(scores.masked_fill(mask, float("-inf")), dim=-1) @ x


@model("layer-norm", x=("n", "t", 6))
class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(6)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x) + F.normalize(x, dim=-1) + x / torch.linalg.vector_norm(x, dim=[2], keepdim=True)


@model("patches", x=("n", 3, 8, "c"))
class Patches(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.unfold(x, [4, 4], stride=4)


@model("pad-modes", x=("n", 2, "b", "c"))
class PadModes(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.pad(F.pad(x, [1, 2, 0, 1], mode="reflect"), [1, 0, 1, 1], mode="replicate")


@model("pad-to-multiple", x=("n", 2, "t"))
class PadToMultiple(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        missing = (4 - x.size(-1) % 4) % 4
        return F.pad(x, [0, missing]).view(x.size(0), 2, -1, 4).sum(dim=-1)


@model("pixel-shuffle", x=("n", 4, "h", "w"))
class Shuffle(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2) + 1


@model("grid-sample", x=("n", 2, "h", "w"), grid=("n", "s", "t", 2))
class Grid(nn.Module):
    def forward(self, x: Tensor, grid: Tensor) -> Tensor:
        return F.grid_sample(x, grid, align_corners=False)


@model("broadcast", x=("n", 1, 4), y=("m", 4))
class Broadcast(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x * y + torch.where(x > y, x, y)


@model("distances", x=("n", 3), y=("m", 3))
class Distances(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
        d = torch.cdist(x, y)
        return d, d.argmin(dim=1)


@model("einsum", x=("n", "t", 3), y=("n", "s", 3))
class Einsum(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return torch.einsum("ntc,nsc->nts", x, y)


@model("reshape-all", x=("n", "t", 6))
class Reshapes(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x.reshape(x.size(0), -1, 2).flatten(0, 1)
        return y.view(x.size(0), x.size(1), 3, 2).permute(0, 2, 1, 3).contiguous().view(x.size(0), 3, -1)


@model("slices", x=("n", "t", 5))
class Slices(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x[:, -1:], x[:, ::2], x.flip(1)[:, :1]], dim=1)[..., 1:-1]


@model("chunks", x=("n", "t", 6))
class Chunks(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        a, b = x.chunk(2, dim=-1)
        c, d, e = torch.split(x, [1, 2, 3], dim=2)
        return torch.cat([a * torch.sigmoid(b), c, d, e], dim=-1)


@model("reductions", x=("n", "t", "k"))
class Reductions(nn.Module):
    def forward(self, x: Tensor) -> List[Tensor]:
        return [x.mean(dim=(0, 2)), x.amax(dim=1), x.sum(), x.var(dim=0, unbiased=False), torch.logsumexp(x, dim=-1), x.cumsum(dim=1)]


@model("sort-top", x=("n", "b"))
class SortTop(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return torch.sort(x, dim=1, descending=True)[0], torch.topk(x, 3, dim=1)[0]


@model("gather-scatter", x=("n", "t", 4), at=("ids", ("n", 1)))
class GatherScatter(nn.Module):
    def forward(self, x: Tensor, at: Tensor) -> Tensor:
        where = (at % x.size(1)).unsqueeze(-1).expand(-1, -1, 4)
        return torch.zeros_like(x).scatter_add(1, where, torch.gather(x, 1, where))


@model("masked-mean", x=("n", "t", 4), keep=("bool", ("n", "t")))
class MaskedMean(nn.Module):
    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        kept = keep.unsqueeze(-1).to(x.dtype)
        return (x * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1.0)


@model("select-rows", captures=("scripted", "traced"), x=("b", 3))
class SelectRows(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x[x[:, 0] > -1.0] * 2


@model("meshgrid", x=("n", 2, "h", "w"))
class Mesh(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        h, w = x.shape[-2:]
        ys, xs = torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")
        return torch.cat([x, torch.stack([xs, ys]).unsqueeze(0).expand(x.size(0), -1, -1, -1)], dim=1)


@model("windows", x=("n", "b"))
class Windows(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.unfold(1, 4, 2).mean(dim=-1)


@model("spectrum", x=("n", "b"))
class Spectrum(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.fft.rfft(x, n=16).abs()


@model("double-solve", x=("double", ("n", 3, 3)), y=("double", ("n", 3, "k")))
class Solve(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return torch.linalg.solve(x @ x.transpose(1, 2) + 3 * torch.eye(3, dtype=torch.float64), y)


@model("in-place-rows", x=("m", "t"))
class InPlaceRows(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.zeros(x.size(0), x.size(1) + 1)
        y[:, 1:] = x
        y[:, 0] = x.sum(dim=1)
        return y


@model("row-loop", captures=("scripted",), x=("m", "t"))
class RowLoop(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        total = torch.zeros(x.size(1))
        for row in x:
            if bool(row.sum() > 0):
                total = total + row
            else:
                total = total * 0.5
        return total


@model("size-branch", captures=("scripted",), x=("n", "t"))
class SizeBranch(nn.Module):
    """Sizes decide: never at build time, save where they are declared."""

    def forward(self, x: Tensor) -> Tuple[Tensor, int]:
        if x.size(0) > 1:
            x = x - x.mean(dim=0)
        if x.size(1) % 2 == 1:
            x = torch.cat([x, x[:, :1]], dim=1)
        rounds = 0
        while rounds * 2 < x.size(1):
            x = x * 1.5
            rounds += 1
        return x, rounds


@model("size-one", captures=("scripted",), x=("n", "t"))
class SizeOne(nn.Module):
    """An extent of 1 is a case of its own."""

    def forward(self, x: Tensor, scale: Optional[Tensor] = None) -> Dict[str, Tensor]:
        y = x.squeeze(1) if x.size(1) == 1 else x.max(dim=1)[0]
        if scale is not None:
            x = x * scale
        return {"max": y, "all": x}


@model("pyramid", captures=("scripted",), x=("n", 2, "b", "c"))
class Pyramid(nn.Module):
    """Halved until a side is below 3: as many turns as the picture is large."""

    def forward(self, x: Tensor) -> Tensor:
        total = x.mean()
        while min(x.size(2), x.size(3)) > 2:
            x = F.avg_pool2d(x, 2)
            total = total + x.mean()
        return total
