"""Traced modules, and the marks tracing leaves: tensors of shape arithmetic, constants, complete types."""

import torch
import torch.nn.functional as F
from registry import add, ints, t, traced
from torch import nn

IMAGE = t(1, 3, 8, 8)


@traced((IMAGE,), ('8 x 8', IMAGE), ('other', t(1, 3, 8, 8, seed=4)))
class TracedConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.fc = nn.Linear(36, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = x + self.conv2(x)
        return F.softmax(self.fc(F.dropout(x.flatten(1), training=self.training)), dim=1)


@traced((t(2, 4),), ('two', t(2, 4)), ('three', t(3, 4)))
class TracedMlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2, bias=False), nn.Sigmoid())

    def forward(self, x):
        return self.layers(x)


@traced((t(3, 2, 4),), ('three', t(3, 2, 4)), ('other', t(3, 2, 4, seed=6)))
class TracedLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 3)
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        out, (h, c) = self.rnn(x)
        return self.head(out[-1]), h, c


@traced((ints(2, 3, high=7),), ('2 x 3', ints(2, 3, high=7)), ('1 x 2', ints(1, 2, seed=3, high=7)))
class TracedEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(7, 4)

    def forward(self, tokens):
        x = self.embed(tokens)
        return x.mean(dim=1), (tokens != 0).sum(dim=1)


@traced((t(3, 2, 4),), ('three', t(3, 2, 4)))
class TracedTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(4, 2, 8, norm_first=True)

    def forward(self, x):
        return self.layer(x)


def _fused_transformer():
    # Eval mode without gradients: the layer is one fused operator, aten::_transformer_encoder_layer_fwd.
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True).eval()
    with torch.no_grad():
        return torch.jit.trace(layer, (t(2, 3, 4),))


add('traced-fused-transformer', _fused_transformer, [('three', t(2, 3, 4)), ('five', t(1, 5, 4))], 'trace')


@traced((t(3, 2, 4),), ('three', t(3, 2, 4)))
class TracedAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(4, 4)
        self.kv = nn.Linear(4, 8)

    def forward(self, x):
        length, batch, width = x.shape
        q = self.q(x).view(length, batch * 2, width // 2).transpose(0, 1)
        k, v = self.kv(x).view(length, batch * 2, width).transpose(0, 1).chunk(2, dim=-1)
        mask = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
        scores = torch.baddbmm(torch.zeros(1), q, k.transpose(1, 2)).div((width // 2) ** 0.5)
        return (scores.masked_fill(mask, float('-inf')).softmax(-1) @ v).transpose(0, 1).reshape(length, batch, width)


@traced((t(2, 3, 4),), ('2 x 3 x 4', t(2, 3, 4)), ('5 x 3 x 6', t(5, 3, 6)))
class TracedShapes(nn.Module):
    def forward(self, x):
        b, c, w = x.shape
        y = x.view(b, -1, w // 2)
        z = torch.arange(w * 2, device=x.device).float() / c
        return y[:, 1:], z[: x.size(0) + 1], y * (w**0.5), torch.zeros(b, 3).expand(b, -1) + b


@traced((t(2, 4),), ('a', t(2, 4)), strict=False)
class TracedContainers(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer('scale', t(4, seed=8))
        self.plain = t(4, seed=9)

    def forward(self, x):
        a, b = x.split(2, dim=1)
        return {'a': a * 2, 'b': b.exp()}, [x + self.scale, x * self.plain], (a, (b,))


@traced((t(3, 4),), ('a', t(3, 4)), ('b', t(3, 4, seed=7)))
class TracedInPlace(nn.Module):
    def forward(self, x):
        y = x.clone()
        y[0] = 5
        y[:, 1] += x[:, 2]
        y[y > 2] = 0
        y.view(-1)[3:5].mul_(2)
        z = torch.zeros_like(y)
        z[1:, ::2] = y[1:, 1::2]
        return y, z


@traced((IMAGE,), ('8 x 8', IMAGE), ('6 x 10', t(1, 3, 6, 10)))
class TracedUpsample(nn.Module):
    def forward(self, x):
        small = F.avg_pool2d(x, 2)
        big = F.interpolate(small, size=x.shape[2:], mode='bilinear', align_corners=False)
        return F.pad(big - x, (1, 1)), F.interpolate(small, scale_factor=2)


@traced((t(2, 3), t(2, 3, seed=2)), ('a', t(2, 3), t(2, 3, seed=2)), ('b', t(2, 3, seed=5), t(2, 3)))
class TracedOperators(nn.Module):
    def forward(self, a, b):
        c = torch.where(a > b, a, b - 1)
        d = torch.einsum('ij,kj->ik', a, b) + torch.cdist(a, b)
        values, index = c.topk(2, dim=1)
        e = torch.gather(a, 1, index) + a.sort(dim=1, descending=True)[0][:, :2]
        return c.clamp(-1, 1).norm(dim=1), d.argmax(1), values + e, torch.stack([a, b]).std(0), a.cumsum(1).to(torch.float64)


@traced((t(4),), ('four', t(4)), ('six', t(6)))
class TracedLoop(nn.Module):
    def forward(self, x):
        out = []
        for i in range(3):
            out.append(x * i if i != 1 else x.sin())
        if x.size(0) > 2:
            out.append(-x)
        return torch.cat(out)


def polynomial(x, y):
    return 3 * x**2 + 2 * y - 1, (x - y).abs().sqrt()


def _function():
    function = torch.jit.trace(polynomial, (t(3), t(3, seed=2)))
    function.training = False
    return function


add('traced-function', _function, [('a', t(3), t(3, seed=2)), ('b', t(2), t(2, seed=2))], 'trace')


class TwoMethods(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Linear(4, 2)
        self.up = nn.Linear(2, 4)

    def forward(self, x):
        return self.up(self.down(x))

    def encode(self, x):
        return self.down(x).relu()


def _two_methods():
    return torch.jit.trace_module(TwoMethods().eval(), {'forward': t(1, 4), 'encode': t(1, 4)})


add('traced-methods', _two_methods, [('a', t(1, 4)), ('b', t(3, 4))], 'trace')
