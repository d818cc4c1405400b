"""Stacks of torch.nn's own layers: recurrent, attention, convolution and sequence to sequence."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import architecture, ids, image


class Tagger(nn.Module):
    def __init__(self, kind="LSTM", layers=2, bidirectional=True):
        super().__init__()
        self.embedding = nn.Embedding(50, 24, padding_idx=0)
        self.rnn = getattr(nn, kind)(24, 32, layers, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(64 if bidirectional else 32, 7)

    def forward(self, tokens):
        x, _ = self.rnn(self.embedding(tokens))
        return self.head(x)


class Positions(nn.Module):
    def __init__(self, width, longest=64):
        super().__init__()
        place = torch.arange(longest)[:, None]
        step = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        table = torch.zeros(1, longest, width)
        table[0, :, 0::2] = torch.sin(place * step)
        table[0, :, 1::2] = torch.cos(place * step)
        self.register_buffer("table", table)

    def forward(self, x):
        return x + self.table[:, : x.size(1)]


class Encoder(nn.Module):
    def __init__(self, norm_first=False, activation="relu"):
        super().__init__()
        self.embedding = nn.Embedding(50, 32)
        self.positions = Positions(32)
        layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, norm_first=norm_first, activation=activation)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(32, 50)

    def forward(self, tokens):
        return self.head(self.encoder(self.positions(self.embedding(tokens))))


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(50, 32), nn.Embedding(60, 32)
        self.positions = Positions(32)
        self.transformer = nn.Transformer(32, 4, 2, 2, 64, batch_first=True)
        self.head = nn.Linear(32, 60)

    def forward(self, source, target):
        mask = torch.full((target.size(1), target.size(1)), float("-inf")).triu(1)
        out = self.transformer(self.positions(self.source(source)), self.positions(self.target(target)), tgt_mask=mask)
        return self.head(out)


class Attention(nn.Module):
    """Bahdanau's attention over the encoder's states, decoding greedily for as many steps as the source has."""

    def __init__(self, width=24, words=30):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.encoder = nn.GRU(width, width, batch_first=True)
        self.cell = nn.GRUCell(2 * width, width)
        self.query, self.key, self.score = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, 1)
        self.head = nn.Linear(width, words)

    def forward(self, source):
        states, last = self.encoder(self.embedding(source))
        hidden = last[0]
        token = torch.zeros(source.size(0), dtype=torch.long)
        steps = []
        for _ in range(source.size(1)):
            weights = F.softmax(self.score(torch.tanh(self.query(hidden)[:, None] + self.key(states))), dim=1)
            context = (weights * states).sum(1)
            hidden = self.cell(torch.cat([self.embedding(token), context], -1), hidden)
            logits = self.head(hidden)
            token = logits.argmax(-1)
            steps.append(logits)
        return torch.stack(steps, 1)


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 32)
        self.convs = nn.ModuleList(nn.Conv1d(32, 16, size) for size in (2, 3, 4))
        self.head = nn.Linear(48, 4)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        return self.head(torch.cat([F.relu(conv(x)).max(dim=2)[0] for conv in self.convs], 1))


class Crnn(nn.Module):
    """Text lines in images (Shi et al., 2015)."""

    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 16, 3, 1, 1), nn.ReLU(True), nn.MaxPool2d(2, 2),
            nn.Conv2d(16, 32, 3, 1, 1), nn.BatchNorm2d(32), nn.ReLU(True), nn.MaxPool2d((2, 2), (2, 1), (0, 1)),
            nn.Conv2d(32, 32, 3, 1, 1), nn.LeakyReLU(0.2), nn.MaxPool2d((2, 2), (2, 1), (0, 1)), nn.Conv2d(32, 48, (4, 1)),
        )  # fmt: skip
        self.rnn = nn.LSTM(48, 32, 2, bidirectional=True)
        self.head = nn.Linear(64, 37)

    def forward(self, x):
        x = self.cnn(x).squeeze(2).permute(2, 0, 1)
        x, _ = self.rnn(x)
        return self.head(x).log_softmax(2)


class Tcn(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for index, width in enumerate((16, 24, 32)):
            dilation = 2**index
            layers += [nn.ConstantPad1d((2 * dilation, 0), 0.0), nn.utils.parametrizations.weight_norm(nn.Conv1d((8, 16, 24)[index], width, 3, dilation=dilation)), nn.ReLU(), nn.Dropout(0.2)]
        self.net = nn.Sequential(*layers)
        self.head = nn.Linear(32, 5)

    def forward(self, x):
        return self.head(self.net(x)[:, :, -1])


class DcGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(32, 32, 4, 1, 0, bias=False), nn.BatchNorm2d(32), nn.ReLU(True),
            nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(True),
            nn.ConvTranspose2d(16, 3, 4, 2, 1, bias=False), nn.Tanh(),
        )  # fmt: skip

    def forward(self, z):
        return self.main(z)


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.block = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU(True), nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width))

    def forward(self, x):
        return x + self.block(x)


class CycleGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.ReflectionPad2d(3), nn.Conv2d(3, 8, 7), nn.InstanceNorm2d(8), nn.ReLU(True),
            nn.Conv2d(8, 16, 3, 2, 1), nn.InstanceNorm2d(16), nn.ReLU(True), Residual(16), Residual(16),
            nn.ConvTranspose2d(16, 8, 3, 2, 1, output_padding=1), nn.InstanceNorm2d(8), nn.ReLU(True), nn.ReflectionPad2d(3), nn.Conv2d(8, 3, 7), nn.Tanh(),
        )  # fmt: skip

    def forward(self, x):
        return self.model(x)


class Edsr(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.ModuleList(nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.ReLU(True), nn.Conv2d(width, width, 3, padding=1)) for _ in range(4))
        self.tail = nn.Sequential(nn.Conv2d(width, 4 * width, 3, padding=1), nn.PixelShuffle(2), nn.Conv2d(width, 3, 3, padding=1))

    def forward(self, x):
        x = self.head(x)
        y = x
        for block in self.body:
            y = y + block(y) * 0.1
        return self.tail(x + y)


class ConvLstm(nn.Module):
    """Frames in, the last state out (Shi et al., 2015)."""

    def __init__(self, width=8):
        super().__init__()
        self.width = width
        self.gates = nn.Conv2d(3 + width, 4 * width, 3, padding=1)

    def forward(self, frames):
        batch, steps, _, height, breadth = frames.shape
        hidden = torch.zeros(batch, self.width, height, breadth)
        cell = torch.zeros_like(hidden)
        for step in range(steps):
            i, f, o, g = self.gates(torch.cat([frames[:, step], hidden], 1)).chunk(4, 1)
            cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
            hidden = torch.sigmoid(o) * torch.tanh(cell)
        return hidden, cell


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Conv2d(1, 8, 4, 2, 1), nn.ELU(), nn.Conv2d(8, 16, 4, 2, 1), nn.ELU(), nn.Flatten(), nn.Linear(784, 64), nn.ELU())
        self.mean, self.spread = nn.Linear(64, 8), nn.Linear(64, 8)
        self.decode = nn.Sequential(nn.Linear(8, 784), nn.ELU(), nn.Unflatten(1, (16, 7, 7)), nn.ConvTranspose2d(16, 8, 4, 2, 1), nn.ELU(), nn.ConvTranspose2d(8, 1, 4, 2, 1), nn.Sigmoid())

    def forward(self, x):
        code = self.encode(x)
        mean, spread = self.mean(code), self.spread(code)
        z = mean
        if self.training:
            z = mean + torch.exp(0.5 * spread) * torch.randn_like(spread)
        return self.decode(z), mean, spread


class Unet3d(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv3d(1, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.LeakyReLU())
        self.down2 = nn.Sequential(nn.MaxPool3d(2), nn.Conv3d(8, 16, 3, padding=1), nn.GroupNorm(4, 16), nn.LeakyReLU())
        self.up = nn.ConvTranspose3d(16, 8, 2, 2)
        self.head = nn.Conv3d(16, 2, 1)

    def forward(self, x):
        a = self.down1(x)
        return self.head(torch.cat([a, self.up(self.down2(a))], 1))


class Dlrm(nn.Module):
    """Recommendation (Naumov et al., 2019): bags of categories beside dense features, and their pairwise products."""

    def __init__(self):
        super().__init__()
        self.bags = nn.ModuleList(nn.EmbeddingBag(40, 16, mode="sum") for _ in range(3))
        self.bottom = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU())
        self.top = nn.Sequential(nn.Linear(22, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
        self.register_buffer("rows", torch.tensor([1, 2, 2, 3, 3, 3]))
        self.register_buffer("columns", torch.tensor([0, 0, 1, 0, 1, 2]))

    def forward(self, dense, categories):
        x = self.bottom(dense)
        parts = [x]
        for index, bag in enumerate(self.bags):
            parts.append(bag(categories[:, index]))
        stacked = torch.stack(parts, 1)
        products = torch.bmm(stacked, stacked.transpose(1, 2))
        return self.top(torch.cat([x, products[:, self.rows, self.columns]], 1))


architecture("stack-lstm", Tagger, (ids(50, 2, 7),), (ids(50, 3, 12),))
architecture("stack-gru", lambda: Tagger("GRU"), (ids(50, 2, 7),), (ids(50, 3, 12),))
architecture("stack-rnn", lambda: Tagger("RNN", 1, False), (ids(50, 2, 7),), (ids(50, 3, 12),))
architecture("stack-encoder", Encoder, (ids(50, 2, 7),), (ids(50, 3, 12),))
architecture("stack-encoder-norm-first", lambda: Encoder(True, "gelu"), (ids(50, 2, 7),), (ids(50, 3, 12),))
architecture("stack-translator", Translator, (ids(50, 2, 7), ids(60, 2, 5)), (ids(50, 3, 12), ids(60, 3, 9)))
architecture("stack-attention-seq2seq", Attention, (ids(30, 2, 6),), (ids(30, 3, 9),), captures=("scripted",))
architecture("stack-attention-seq2seq-fixed", Attention, (ids(30, 1, 6),), (ids(30, 1, 6),), captures=("traced",))
architecture("stack-text-cnn", TextCnn, (ids(100, 2, 9),), (ids(100, 3, 15),))
architecture("stack-crnn", Crnn, (image(1, 1, 32, 60),), (image(2, 1, 32, 90),), captures=("scripted",))
architecture("stack-tcn", Tcn, (image(1, 8, 20),), (image(3, 8, 33),), captures=("traced",))
architecture("stack-dcgan", DcGan, (image(1, 32, 1, 1),), (image(2, 32, 2, 1),))
architecture("stack-cyclegan", CycleGan, (image(1, 3, 32, 32),), (image(2, 3, 40, 24),))
architecture("stack-edsr", Edsr, (image(1, 3, 16, 16),), (image(2, 3, 24, 20),))
architecture("stack-conv-lstm", ConvLstm, (image(1, 4, 3, 12, 12),), (image(2, 4, 3, 16, 10),), captures=("scripted",))
architecture("stack-vae", Vae, (image(1, 1, 28, 28),), (image(3, 1, 28, 28),))
architecture("stack-unet-3d", Unet3d, (image(1, 1, 8, 8, 8),), (image(2, 1, 8, 12, 16),))
architecture("stack-dlrm", Dlrm, (image(2, 6), ids(40, 2, 3, 4)), (image(5, 6), ids(40, 5, 3, 6)))
