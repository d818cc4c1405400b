"""Sound: dilated stacks, filter banks made of convolutions, recognisers."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import image, network
from torch import Tensor


class CausalConv1d(nn.Conv1d):
    def __init__(self, cin, cout, kernel, dilation=1):
        super().__init__(cin, cout, kernel, dilation=dilation)
        self.left = (kernel - 1) * dilation

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(F.pad(x, (self.left, 0)), self.weight, self.bias)


class WaveBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.filter = CausalConv1d(channels, channels, 2, dilation)
        self.gate = CausalConv1d(channels, channels, 2, dilation)
        self.res = nn.Conv1d(channels, channels, 1)
        self.skip = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        z = torch.tanh(self.filter(x)) * torch.sigmoid(self.gate(x))
        return x + self.res(z), self.skip(z)


@network("wavenet", (image(1, 1, 40),), (image(2, 1, 33),))
class WaveNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = CausalConv1d(1, 8, 2)
        self.blocks = nn.ModuleList([WaveBlock(8, 2**i) for i in range(4)])
        self.end1 = nn.Conv1d(8, 8, 1)
        self.end2 = nn.Conv1d(8, 16, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.start(x)
        skips = torch.zeros_like(x)
        for block in self.blocks:
            x, skip = block(x)
            skips = skips + skip
        return self.end2(F.relu(self.end1(F.relu(skips))))


@network("mel-front-end", (image(1, 400),), (image(2, 640),))
class MelFrontEnd(nn.Module):
    """A spectrogram by convolution with windowed waves, triangular filters, decibels, mean and variance taken out."""

    def __init__(self, n_fft: int = 64, hop: int = 32, mels: int = 12):
        super().__init__()
        self.n_fft = n_fft
        self.hop = hop
        window = torch.hann_window(n_fft)
        time = torch.arange(n_fft).float()
        frequency = torch.arange(n_fft // 2 + 1).float()
        angle = 2 * math.pi * frequency[:, None] * time[None] / n_fft
        self.register_buffer("basis", torch.cat((torch.cos(angle) * window, -torch.sin(angle) * window)).unsqueeze(1))
        points = torch.linspace(0, n_fft // 2, mels + 2)
        up = (frequency[None] - points[:-2, None]) / (points[1:-1] - points[:-2])[:, None]
        down = (points[2:, None] - frequency[None]) / (points[2:] - points[1:-1])[:, None]
        self.register_buffer("fb", torch.clamp(torch.min(up, down), min=0))

    def forward(self, wave: Tensor) -> Tensor:
        emphasised = torch.cat((wave[:, :1], wave[:, 1:] - 0.97 * wave[:, :-1]), dim=1)
        padded = F.pad(emphasised.unsqueeze(1), (self.n_fft // 2, self.n_fft // 2), mode="reflect")
        spectrum = F.conv1d(padded, self.basis, stride=self.hop)
        real, imaginary = spectrum.chunk(2, dim=1)
        power = real.pow(2) + imaginary.pow(2)
        mel = torch.matmul(self.fb, power)
        db = 10.0 * torch.log10(torch.clamp(mel, min=1e-10))
        db = torch.max(db, db.amax(dim=(-2, -1), keepdim=True) - 80.0)
        mean = db.mean(dim=-1, keepdim=True)
        return (db - mean) / (db.std(dim=-1, keepdim=True) + 1e-5)


@network("crnn", (image(1, 1, 16, 40),), (image(2, 1, 16, 56),))
class Crnn(nn.Module):
    """Convolutions over a spectrogram, recurrent over its columns."""

    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(True), nn.MaxPool2d(2, 2), nn.Conv2d(4, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(True), nn.MaxPool2d((2, 2), (2, 1), (0, 1)), nn.Conv2d(8, 8, (4, 2))
        )
        self.rnn = nn.GRU(8, 6, num_layers=2, bidirectional=True)
        self.fc = nn.Linear(12, 7)

    def forward(self, x: Tensor) -> Tensor:
        conv = self.cnn(x)
        b, c, h, w = conv.size()
        assert h == 1, "the height of conv must be 1"
        conv = conv.squeeze(2).permute(2, 0, 1)
        recurrent, _ = self.rnn(conv)
        T, b, h = recurrent.size()
        output = self.fc(recurrent.view(T * b, h)).view(T, b, -1)
        return F.log_softmax(output, 2)


class Chomp1d(nn.Module):
    def __init__(self, chomp_size: int):
        super().__init__()
        self.chomp_size = chomp_size

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :, : -self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, cin, cout, kernel, dilation):
        super().__init__()
        padding = (kernel - 1) * dilation
        self.net = nn.Sequential(
            nn.Conv1d(cin, cout, kernel, padding=padding, dilation=dilation), Chomp1d(padding), nn.ReLU(), nn.Dropout(0.2), nn.Conv1d(cout, cout, kernel, padding=padding, dilation=dilation), Chomp1d(padding), nn.ReLU(), nn.Dropout(0.2)
        )
        self.downsample = nn.Conv1d(cin, cout, 1) if cin != cout else None
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return self.relu(out + res)


@network("tcn", (image(2, 3, 20),), (image(1, 3, 31),))
class Tcn(nn.Module):
    def __init__(self):
        super().__init__()
        self.network = nn.Sequential(TemporalBlock(3, 6, 2, 1), TemporalBlock(6, 6, 2, 2), TemporalBlock(6, 8, 2, 4))
        self.linear = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.network(x)[:, :, -1])


@network("wav2vec-encoder", (image(1, 400),), (image(2, 555),))
class Wav2VecEncoder(nn.Module):
    """Strided convolutions with a group norm, positions by a grouped convolution, one layer of attention."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 8, 10, stride=5, bias=False)
        self.norm = nn.GroupNorm(8, 8)
        self.conv2 = nn.Conv1d(8, 8, 3, stride=2, bias=False)
        self.conv3 = nn.Conv1d(8, 8, 2, stride=2, bias=False)
        self.layer_norm = nn.LayerNorm(8)
        self.project = nn.Linear(8, 12)
        self.pos_conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(12, 12, 8, padding=4, groups=4), name="weight", dim=2)
        nn.utils.parametrize.remove_parametrizations(self.pos_conv, "weight")
        self.attention = nn.TransformerEncoderLayer(12, 3, 24, activation="gelu", batch_first=True)

    def forward(self, wave: Tensor) -> Tensor:
        wave = F.layer_norm(wave, wave.shape[-1:])
        x = F.gelu(self.norm(self.conv1(wave.unsqueeze(1))))
        x = F.gelu(self.conv3(F.gelu(self.conv2(x))))
        x = self.project(self.layer_norm(x.transpose(1, 2)))
        positions = self.pos_conv(x.transpose(1, 2))[:, :, :-1]
        x = x + F.gelu(positions).transpose(1, 2)
        return self.attention(x)


class FeedForwardModule(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.sequential = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, 2 * dim), nn.SiLU(), nn.Dropout(0.1), nn.Linear(2 * dim, dim), nn.Dropout(0.1))

    def forward(self, x: Tensor) -> Tensor:
        return self.sequential(x)


class ConvolutionModule(nn.Module):
    def __init__(self, dim, kernel):
        super().__init__()
        self.layer_norm = nn.LayerNorm(dim)
        self.sequential = nn.Sequential(
            nn.Conv1d(dim, 2 * dim, 1), nn.GLU(dim=1), nn.Conv1d(dim, dim, kernel, padding=(kernel - 1) // 2, groups=dim), nn.BatchNorm1d(dim), nn.SiLU(), nn.Conv1d(dim, dim, 1), nn.Dropout(0.1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.sequential(self.layer_norm(x).transpose(1, 2)).transpose(1, 2)


class RelativeAttention(nn.Module):
    """Transformer-XL's: content and position scores, the latter shifted into place."""

    def __init__(self, dim: int, heads: int):
        super().__init__()
        self.heads = heads
        self.d_head = dim // heads
        self.dim = dim
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.pos = nn.Linear(dim, dim, bias=False)
        self.u_bias = nn.Parameter(torch.randn(heads, dim // heads))
        self.v_bias = nn.Parameter(torch.randn(heads, dim // heads))
        self.out = nn.Linear(dim, dim)

    def positions(self, length: int) -> Tensor:
        position = torch.arange(length - 1, -length, -1.0)
        rate = torch.exp(torch.arange(0, self.dim, 2.0) * (-math.log(10000.0) / self.dim))
        angle = position[:, None] * rate[None]
        return torch.stack((angle.sin(), angle.cos()), dim=-1).view(1, -1, self.dim)

    def relative_shift(self, score: Tensor) -> Tensor:
        batch, heads, length, width = score.size()
        zeros = score.new_zeros(batch, heads, length, 1)
        padded = torch.cat([zeros, score], dim=-1).view(batch, heads, width + 1, length)
        return padded[:, :, 1:].view_as(score)[:, :, :, : width // 2 + 1]

    def forward(self, x: Tensor) -> Tensor:
        batch, length, _dim = x.shape
        q = self.query(x).view(batch, -1, self.heads, self.d_head)
        k = self.key(x).view(batch, -1, self.heads, self.d_head).permute(0, 2, 1, 3)
        v = self.value(x).view(batch, -1, self.heads, self.d_head).permute(0, 2, 1, 3)
        p = self.pos(self.positions(length)).view(1, -1, self.heads, self.d_head)
        content = torch.matmul((q + self.u_bias).transpose(1, 2), k.transpose(2, 3))
        position = torch.matmul((q + self.v_bias).transpose(1, 2), p.permute(0, 2, 3, 1))
        score = (content + self.relative_shift(position)) / math.sqrt(self.dim)
        context = torch.matmul(F.softmax(score, -1), v).transpose(1, 2)
        return self.out(context.contiguous().view(batch, -1, self.dim))


@network("conformer", (image(1, 9, 12),), (image(2, 14, 12),))
class Conformer(nn.Module):
    def __init__(self, dim: int = 12):
        super().__init__()
        self.ffn1 = FeedForwardModule(dim)
        self.norm = nn.LayerNorm(dim)
        self.attention = RelativeAttention(dim, 3)
        self.conv_module = ConvolutionModule(dim, 5)
        self.ffn2 = FeedForwardModule(dim)
        self.final_layer_norm = nn.LayerNorm(dim)

    def forward(self, x: Tensor) -> Tensor:
        x = x + 0.5 * self.ffn1(x)
        x = x + self.attention(self.norm(x))
        x = x + self.conv_module(x)
        x = x + 0.5 * self.ffn2(x)
        return self.final_layer_norm(x)


@network("tasnet", (image(2, 96),), (image(1, 128),))
class TasNet(nn.Module):
    """Separation: learned analysis, masks per source, learned synthesis."""

    def __init__(self, sources: int = 2, n: int = 8):
        super().__init__()
        self.sources = sources
        self.encoder = nn.Conv1d(1, n, 8, stride=4, bias=False)
        self.norm = nn.GroupNorm(1, n, eps=1e-8)
        self.conv = nn.Conv1d(n, n, 3, padding=2, dilation=2, groups=n)
        self.prelu = nn.PReLU()
        self.mask = nn.Conv1d(n, sources * n, 1)
        self.decoder = nn.ConvTranspose1d(n, 1, 8, stride=4, bias=False)

    def forward(self, mix: Tensor) -> Tensor:
        w = F.relu(self.encoder(mix.unsqueeze(1)))
        batch, n, frames = w.shape
        masks = torch.sigmoid(self.mask(self.prelu(self.conv(self.norm(w))))).view(batch, self.sources, n, frames)
        separated = (w.unsqueeze(1) * masks).view(batch * self.sources, n, frames)
        return self.decoder(separated).view(batch, self.sources, -1)
