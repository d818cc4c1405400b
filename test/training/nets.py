"""The modules of this folder, all in training mode or partly so. Each takes one tensor; an entry tells its shape, call by call.

`random`: in training mode they draw random numbers. `after`: .eval() was called on the captured module.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F
from make import Entry
from torch import Tensor

ENTRIES: list[Entry] = []
BOTH = ("traced", "scripted")


def entry(*cases, captures=BOTH, random=False, after=False):
    def declare(make):
        ENTRIES.append(Entry(make, cases, captures, random, after))
        return make

    return declare


def name_of(entry):
    name = entry.make.__name__
    return "".join(f"-{c.lower()}" if c.isupper() and i > 0 else c.lower() for i, c in enumerate(name))


def prepare(module):
    """Statistics and affine parameters as if they had been trained."""
    for part in module.modules():
        if getattr(part, "running_mean", None) is not None:
            part.running_mean.normal_(0, 0.2)
            part.running_var.uniform_(0.5, 1.5)
            part.num_batches_tracked.fill_(3)
        if isinstance(part, (nn.modules.batchnorm._NormBase, nn.GroupNorm)) and part.weight is not None:
            nn.init.uniform_(part.weight, 0.7, 1.3)
            nn.init.normal_(part.bias, 0, 0.1)
    return module


@entry((2, 3, 6, 6), (1, 3, 8, 7), random=True)
class ConvNormDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout2d(0.3)
        self.fc = nn.Linear(4, 5)
        self.last = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(F.relu(self.norm(self.conv(x))))
        return self.fc(self.last(x.mean([2, 3])))


@entry((2, 3, 6, 6), (3, 3, 4, 5), (2, 3, 4, 4))
class ConvNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x))


@entry((4, 3), (5, 3), (2, 3))
class NormOfVectors(nn.Module):
    """Rank 2; then rank 3, with another momentum."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3, momentum=0.3)
        self.again = nn.BatchNorm1d(3, eps=1e-3, affine=False)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(x)
        return self.again(torch.stack((y, x * 2), dim=2))


@entry((4, 3), (5, 3), (2, 3), captures=("scripted",))
class NormOfAllBatches(nn.Module):
    """Without a momentum the statistics are the mean over all batches."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3, momentum=None)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x)


@entry((2, 3, 4, 4), (3, 3, 5, 2))
class NormWithoutStatistics(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(3, track_running_stats=False)
        self.each = nn.InstanceNorm2d(3, affine=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.each(self.norm(x) * 2)


@entry((2, 3, 4, 4), (3, 3, 5, 2), (2, 3, 3, 3))
class InstanceNormWithStatistics(nn.Module):
    def __init__(self):
        super().__init__()
        self.each = nn.InstanceNorm2d(3, affine=True, track_running_stats=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.each(x)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm1d(3)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))


@entry((2, 3, 6), (3, 3, 8), (2, 3, 5))
class MixedFlags(nn.Module):
    """The container is in training mode, one block in evaluation, and of the other only the norm."""

    def __init__(self):
        super().__init__()
        self.first = Block()
        self.second = Block()
        self.third = Block().eval()
        self.second.norm.eval()

    def forward(self, x: Tensor) -> Tensor:
        return self.third(self.second(self.first(x)))


@entry((2, 3, 6), (3, 3, 8), (2, 3, 5))
class FrozenOutside(nn.Module):
    """The module is in evaluation and a submodule still trains."""

    def __init__(self):
        super().__init__()
        self.block = Block()
        self.eval()
        self.block.norm.train()

    def forward(self, x: Tensor) -> Tensor:
        return self.block(x) + 1


@entry((2, 3, 6), (3, 3, 8), (2, 3, 5), captures=("traced",), after=True)
class EvaluatedTooLate(nn.Module):
    """Traced in training mode; eval() of the trace does not reach its constants."""

    def __init__(self):
        super().__init__()
        self.block = Block()

    def forward(self, x: Tensor) -> Tensor:
        return self.block(x) * 3


@entry((2, 5, 4), (3, 7, 4), random=True)
class LstmDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 3, num_layers=2, dropout=0.4, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(6, 3, num_layers=2, dropout=0.2, batch_first=True)
        self.rnn = nn.RNN(3, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.rnn(self.gru(self.lstm(x)[0])[0])[0]


@entry((2, 5, 4), (3, 7, 4), captures=("scripted",))
class LstmWithoutDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 3, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(x)[0]


@entry((3, 4), (2, 4), captures=("scripted",))
class AsksItsMode(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.aux = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x)
        if self.training:
            y = y + self.aux(x)
        return y if not self.training else y * 2


@entry((3, 4), (2, 4), captures=("scripted",))
class ReturnsByMode(nn.Module):
    """In training mode there is a second result."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.aux = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        aux: Tensor | None = None
        if self.training:
            aux = self.aux(x)
        return self.fc(x), aux


@entry((3, 4), (2, 4), random=True)
class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.Sequential(nn.Linear(4, 4), nn.RReLU(0.1, 0.5), nn.AlphaDropout(0.3), nn.FeatureAlphaDropout(0.2), nn.Dropout(0.1))

    def forward(self, x: Tensor) -> Tensor:
        return self.parts(x)


@entry((3, 4), (2, 4), random=True)
class InPlaceDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 6)
        self.drop = nn.Dropout(0.4, inplace=True)
        self.alpha = nn.AlphaDropout(0.4, inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.alpha(self.drop(self.fc(x)) + 1)


@entry((2, 5, 8), (3, 4, 8), random=True)
class AttentionDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(8, 2, 12, dropout=0.3, batch_first=True)
        self.attention = nn.MultiheadAttention(8, 2, dropout=0.2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.layer(x)
        return self.attention(y, y, y)[0] + F.scaled_dot_product_attention(y, y, y, dropout_p=0.1 if self.training else 0.0)


@entry((4, 3), (5, 3), captures=("scripted",))
class StatisticsOfTheBatch(nn.Module):
    """The code itself says training=True: that is its algorithm, in evaluation too, and it updates what it is given."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("var", torch.ones(3))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y = F.batch_norm(x, self.mean, self.var, training=True)
        return y, self.mean + self.var


@entry((4, 3), (5, 3), (2, 3), captures=("scripted",))
class ReadsItsStatistics(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None, Tensor | None]:
        y = self.norm(x)
        return y, self.norm.running_mean, self.norm.running_var, self.norm.num_batches_tracked


@entry((3, 4, 5), (2, 3, 2), captures=("scripted",), random=True)
class EveryDropout(nn.Module):
    """Each with p = 0.25 on [N, C, L]; the slopes of RReLU between 0.2 and 0.4."""

    def __init__(self):
        super().__init__()
        self.slopes = nn.RReLU(0.2, 0.4)

    def forward(self, x: Tensor) -> list[Tensor]:
        t = self.training
        return [
            F.dropout(x, 0.25, t),
            F.dropout1d(x, 0.25, t),
            F.alpha_dropout(x, 0.25, t),
            F.feature_alpha_dropout(x, 0.25, t),
            self.slopes(-x),
            torch.native_dropout(x, 0.25, t)[0],
            F.dropout(x, 1.0, t),
            F.dropout(x, 0.0, t),
        ]
