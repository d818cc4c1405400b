"""Scripted modules of torch.nn."""

from typing import List, Optional, Tuple

import torch
import torch.nn.functional as F
from registry import add, ints, scripted, stem, t
from torch import Tensor, nn

IMAGE = t(1, 3, 8, 8)


@scripted(('8 x 8', IMAGE), ('two of 6 x 10', t(2, 3, 6, 10)))
class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, padding='same', groups=2), nn.LeakyReLU(0.1), nn.AdaptiveAvgPool2d(1),
        )  # fmt: skip
        self.head = nn.Linear(6, 3)
        self.dropout = nn.Dropout(0.3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = torch.flatten(x, 1)
        return F.log_softmax(self.head(self.dropout(x)), dim=1)


@scripted(('4 steps', t(4, 2, 3)), ('1 step', t(1, 2, 3)))
class ScriptedLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 4, num_layers=2, bidirectional=True)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        out, (h, c) = self.rnn(x)
        return out, h + c


@scripted(('given', t(2, 3, 3), t(1, 2, 4)), ('none', t(2, 3, 3), None))
class ScriptedGru(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 4, batch_first=True)

    def forward(self, x: Tensor, h: Optional[Tensor]) -> Tensor:
        out, h = self.rnn(x, h)
        return out[:, -1]


@scripted(('3 steps', t(3, 2, 3)), ('5 steps', t(5, 2, 3)))
class RnnCells(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTMCell(3, 4)
        self.gru = nn.GRUCell(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(1), 4)
        c = torch.zeros(x.size(1), 4)
        for i in range(x.size(0)):
            h, c = self.lstm(x[i], (h, c))
            c = self.gru(h, c)
        return h + c


@scripted(('3', t(3, 2, 4)), ('masked', t(3, 2, 4), torch.tensor([[False, True, False], [False, False, True]])))
class ScriptedAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2)

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tuple[Tensor, Optional[Tensor]]:
        return self.attention(x, x, x, key_padding_mask=mask)


@scripted(('3', t(2, 3, 4)), ('5', t(1, 5, 4)))
class ScriptedEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True, activation='gelu')
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.encoder(x)


@scripted(('3 and 2', t(3, 1, 4), t(2, 1, 4)))
class ScriptedDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerDecoderLayer(4, 2, 8, norm_first=True)

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        return self.layer(x, memory)


@scripted(('words', ints(2, 3, high=6)), ('one', ints(1, 1, high=6)))
class Embeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(6, 4, padding_idx=0)
        self.norm = nn.LayerNorm(4)
        self.position = nn.Parameter(t(5, 4, seed=9))

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embed(tokens) + self.position[: tokens.size(1)]
        return F.gelu(self.norm(x)).mean(1)


@scripted(('nearest', IMAGE, 'nearest'), ('bilinear', IMAGE, 'bilinear'))
class Interpolate(nn.Module):
    def forward(self, x: Tensor, mode: str) -> List[Tensor]:
        a = F.interpolate(x, scale_factor=2.0, mode=mode)
        b = F.interpolate(x, size=[5, 7], mode='bilinear', align_corners=True)
        return [a, b, F.interpolate(x[:, :, 0], size=3, mode='linear', align_corners=False)]


@scripted(t(1, 2, 4, 4))
class Padding(nn.Module):
    def __init__(self):
        super().__init__()
        self.reflect = nn.ReflectionPad2d(1)
        self.replicate = nn.ReplicationPad2d((1, 0, 2, 1))
        self.conv = nn.Conv2d(2, 2, 3, padding=1, padding_mode='circular')

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        return self.reflect(x), self.replicate(x), F.pad(x, [1, 2], value=3.0), self.conv(x)


@scripted(t(2, 4, 5))
class Normalisations(nn.Module):
    def __init__(self):
        super().__init__()
        self.group = nn.GroupNorm(2, 4)
        self.instance = nn.InstanceNorm1d(4, affine=True)
        self.batch = nn.BatchNorm1d(4)
        self.layer = nn.LayerNorm([4, 5], elementwise_affine=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(self.batch(self.instance(self.group(x)))) + F.normalize(x, dim=1)


@scripted(t(2, 4))
class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.prelu = nn.PReLU(4)
        self.layers = nn.Sequential(nn.ELU(0.5), nn.Hardtanh(-1.0, 1.5), nn.SiLU(), nn.Softplus(), nn.Hardswish(), nn.GELU('tanh'), nn.Mish())

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        return self.layers(self.prelu(x)), F.softmax(x, -1), F.relu6(x) + F.selu(x) + F.logsigmoid(x) + F.glu(x.repeat(1, 2))


@scripted(t(1, 4, 6))
class ConvFamily(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv1d(4, 4, 3, stride=2, dilation=1)
        self.up = nn.ConvTranspose1d(4, 2, 4, stride=2, padding=1, output_padding=1)
        self.pool = nn.AvgPool1d(2, ceil_mode=True)
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        y = self.up(self.one(x))
        return y, self.pool(y), self.shuffle(x.unsqueeze(-1))


@scripted(('right', t(2, 3), ints(2, high=3)), ('wrong', t(2, 3, seed=3), ints(2, seed=2, high=3)))
class Losses(nn.Module):
    def __init__(self):
        super().__init__()
        self.cross = nn.CrossEntropyLoss()
        self.mse = nn.MSELoss(reduction='none')

    def forward(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
        one_hot = F.one_hot(y, 3).float()
        return self.cross(x, y), self.mse(x, one_hot)


class _Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)
        self.scale = 2.0

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x)


def before(self, inputs: Tuple[Tensor]) -> Tuple[Tensor]:
    return (inputs[0] * self.scale,)


def after(self, inputs: Tuple[Tensor], output: Tensor) -> Tensor:
    if bool(inputs[0].sum() > 0):
        return output + 1
    return output


class Hooks(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = _Hooked()
        self.inner.register_forward_pre_hook(before)
        self.inner.register_forward_hook(after)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x) * 2


add(stem('Hooks'), lambda: torch.jit.script(Hooks().eval()), [('positive', t(1, 3).abs()), ('negative', -t(1, 3).abs())], 'script')


class _Block(nn.Module):
    def __init__(self, width: int, down: Optional[nn.Module]):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 1)
        self.down = down

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        if self.down is not None:
            x = self.down(x)
        return F.relu(y + x)


@scripted(t(1, 2, 3, 3))
class ResidualBlocks(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(_Block(2, None), _Block(2, nn.Conv2d(2, 2, 1)), _Block(2, nn.BatchNorm2d(2)))

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(x)


class _Freezable(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)
        self.norm = nn.BatchNorm2d(2)
        self.flag = True

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.conv(x))
        if self.flag and bool(y.mean() > 0):
            return y.relu()
        return y * 2


add('frozen', lambda: torch.jit.freeze(torch.jit.script(_Freezable().eval()), preserved_attrs=['training']), [('a', IMAGE), ('b', -IMAGE)], 'script')
