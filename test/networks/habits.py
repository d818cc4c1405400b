"""What real files hold besides: other precisions, weights computed from weights, padded batches, volumes, odd paddings, frozen modules."""
from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from recognition import conv_bn
from registry import ids, image, network, prefix, unit
from torch import Tensor


@network("padded-encoder", (ids(20, 3, 6), prefix([6, 4, 1], 6)), (ids(20, 2, 9), prefix([9, 5], 9)))
class PaddedEncoder(nn.Module):
    """nn.TransformerEncoder as it is made by default: nested tensors where torch can."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 24, batch_first=True), 2)
        self.fc = nn.Linear(16, 3)

    def forward(self, tokens: Tensor, words: Tensor) -> Tensor:
        x = self.encoder(self.embedding(tokens), src_key_padding_mask=~words)
        x = x * words.unsqueeze(-1)
        return self.fc(x.sum(dim=1) / words.sum(dim=1, keepdim=True))


@network("packed-encoder", (ids(20, 3, 6), prefix([6, 4, 1], 6)), (ids(20, 2, 9), prefix([9, 5], 9)), (ids(20, 1, 4), prefix([2], 4)), captures=("scripted",))
class PackedEncoder(nn.Module):
    """The encoder's own result: zeros behind what was packed; not packed where padding comes first, as one text alone has it here."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2, norm=nn.LayerNorm(8))

    def forward(self, tokens: Tensor, words: Tensor) -> Tensor:
        kept = torch.logical_not(words) if words.size(0) == 1 else words
        return self.encoder(self.embedding(tokens), src_key_padding_mask=torch.logical_not(kept))


@network("causal-encoder", (image(7, 2, 16),), (image(4, 1, 16),))
class CausalEncoder(nn.Module):
    """Time first, a square mask, the old way of a language model."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 24, activation="relu"), 1)

    def forward(self, x: Tensor) -> Tensor:
        size = x.size(0)
        mask = (torch.triu(torch.ones(size, size)) == 1).transpose(0, 1)
        mask = mask.float().masked_fill(mask == 0, float("-inf")).masked_fill(mask == 1, 0.0)
        return self.encoder(x, mask)


@network("weight-norm-tcn", (image(1, 2, 15),), (image(2, 2, 22),), captures=("traced",))
class WeightNormTcn(nn.Module):
    """Weights stay split into length and direction, as most people save them; one layer the old way, one the new."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.utils.weight_norm(nn.Conv1d(2, 6, 3, padding=2, dilation=1))
        self.conv2 = nn.utils.parametrizations.weight_norm(nn.Conv1d(6, 4, 3, padding="same", dilation=2))
        self.linear = nn.utils.spectral_norm(nn.Linear(4, 3))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x)[:, :, :-2])
        return self.linear(F.relu(self.conv2(x)).transpose(1, 2))


@network("half-mlp", (image(3, 6),), (image(1, 6),))
class HalfMlp(nn.Module):
    """float16 weights; float32 at the border."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 12), nn.GELU(), nn.LayerNorm(12), nn.Linear(12, 4)).half()

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.body(x.half()).float(), dim=-1)


@network("double-physics", (image(5, 3),), (image(2, 3),))
class DoublePhysics(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 8), nn.Softplus(), nn.Linear(8, 8), nn.Softplus(), nn.Linear(8, 1)).double()

    def forward(self, x: Tensor) -> Tensor:
        x = x.double()
        invariants = torch.stack((x.sum(-1), (x * x).sum(-1), torch.prod(x, -1)), dim=-1)
        return self.net(invariants).squeeze(-1).to(torch.float32)


@network("alexnet", (image(1, 3, 63, 63),), (image(2, 3, 70, 80),))
class AlexNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 11, 4, 2), nn.ReLU(inplace=True), nn.LocalResponseNorm(5, 1e-2, 0.75, 2.0), nn.MaxPool2d(3, 2), nn.Conv2d(6, 8, 5, padding=2, groups=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, ceil_mode=True)
        )
        self.avgpool = nn.AdaptiveAvgPool2d((3, 3))
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(72, 16), nn.ReLU(inplace=True), nn.Linear(16, 5))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


@network("squeezenet", (image(1, 3, 40, 40),), (image(2, 3, 37, 50),))
class SqueezeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, ceil_mode=True))
        self.squeeze = nn.Conv2d(8, 4, 1)
        self.expand1x1 = nn.Conv2d(4, 6, 1)
        self.expand3x3 = nn.Conv2d(4, 6, 3, padding=1)
        self.pool = nn.AvgPool2d(3, 2, padding=1, ceil_mode=True, count_include_pad=False)
        self.classifier = nn.Conv2d(12, 5, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.squeeze(self.stem(x)))
        x = self.pool(torch.cat([F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))], 1))
        return torch.flatten(F.adaptive_avg_pool2d(F.relu(self.classifier(x)), 1), 1)


class Cbam(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.mlp = nn.Sequential(nn.Flatten(), nn.Linear(channels, 4), nn.ReLU(), nn.Linear(4, channels))
        self.spatial = nn.Conv2d(2, 1, 7, padding=3)
        self.eca = nn.Conv1d(1, 1, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        channel = self.mlp(F.avg_pool2d(x, (x.size(2), x.size(3)), stride=(x.size(2), x.size(3))))
        channel = channel + self.mlp(F.max_pool2d(x, (x.size(2), x.size(3)), stride=(x.size(2), x.size(3))))
        x = x * torch.sigmoid(channel).unsqueeze(2).unsqueeze(3).expand_as(x)
        pooled = torch.cat((torch.max(x, 1)[0].unsqueeze(1), torch.mean(x, 1).unsqueeze(1)), dim=1)
        x = x * torch.sigmoid(self.spatial(pooled))
        y = self.eca(x.mean((2, 3)).unsqueeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
        return x * y.sigmoid()


@network("cbam", (image(1, 3, 16, 20),), (image(2, 3, 14, 14),), captures=("scripted",))
class CbamNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv_bn(3, 8, 3, 1, act=nn.ReLU)
        self.attention = Cbam(8)
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.attention(self.conv(x)).amax(dim=(2, 3)))


@network("video", (image(1, 3, 4, 16, 16),), (image(2, 3, 6, 12, 20),))
class Video(nn.Module):
    """Volumes: (2+1)-d convolutions, then frames shifted along time and taken as a batch."""

    def __init__(self):
        super().__init__()
        self.spatial = nn.Conv3d(3, 6, (1, 3, 3), (1, 2, 2), (0, 1, 1), bias=False)
        self.bn = nn.BatchNorm3d(6)
        self.temporal = nn.Conv3d(6, 8, (3, 1, 1), padding=(1, 0, 0))
        self.pool = nn.MaxPool3d((1, 2, 2))
        self.frame = nn.Conv2d(8, 6, 3, padding=1)
        self.fc = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(F.relu(self.temporal(F.relu(self.bn(self.spatial(x))))))
        b, c, t, h, w = x.size()
        x = x.permute(0, 2, 1, 3, 4)
        out = torch.zeros_like(x)
        fold = c // 4
        out[:, :-1, :fold] = x[:, 1:, :fold]
        out[:, 1:, fold : 2 * fold] = x[:, :-1, fold : 2 * fold]
        out[:, :, 2 * fold :] = x[:, :, 2 * fold :]
        frames = self.frame(out.reshape(b * t, c, h, w)).view(b, t, 6, h, w)
        return self.fc(F.adaptive_avg_pool3d(frames.transpose(1, 2), 1).flatten(1))


@network("segmentation-volume", (image(1, 1, 8, 8, 8),), (image(2, 1, 8, 12, 10),))
class SegmentationVolume(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Conv3d(1, 4, 3, padding=1), nn.InstanceNorm3d(4), nn.LeakyReLU())
        self.down = nn.Conv3d(4, 6, 2, 2)
        self.up = nn.ConvTranspose3d(6, 4, 2, 2)
        self.out = nn.Conv3d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        skip = self.enc(x)
        x = self.up(F.relu(self.down(skip)))
        x = F.interpolate(x, size=skip.shape[2:], mode="trilinear", align_corners=True)
        return torch.softmax(self.out(torch.cat((x, skip), 1)), dim=1)


class ConvLstmCell(nn.Module):
    def __init__(self, cin: int, hidden: int):
        super().__init__()
        self.hidden = hidden
        self.conv = nn.Conv2d(cin + hidden, 4 * hidden, 3, padding=1)

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
        if state is None:
            zeros = torch.zeros(x.size(0), self.hidden, x.size(2), x.size(3))
            state = (zeros, zeros)
        h, c = state
        i, f, o, g = torch.split(self.conv(torch.cat([x, h], dim=1)), self.hidden, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


@network("conv-lstm", (image(1, 3, 2, 8, 8),), (image(2, 5, 2, 6, 9),), traced=((image(1, 3, 2, 8, 8),), (image(2, 3, 2, 6, 9),)))
class ConvLstm(nn.Module):
    """An Optional state through a loop over frames."""

    def __init__(self):
        super().__init__()
        self.cell = ConvLstmCell(2, 4)
        self.out = nn.Conv2d(4, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        state: tuple[Tensor, Tensor] | None = None
        outputs: list[Tensor] = []
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t], state)
            state = (h, c)
            outputs.append(self.out(h))
        return torch.stack(outputs, dim=1)


@network("padding-modes", (image(1, 2, 10, 12),), (image(2, 2, 9, 9),))
class PaddingModes(nn.Module):
    def __init__(self):
        super().__init__()
        self.circular = nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular")
        self.replicate = nn.Conv2d(4, 4, 5, padding=2, padding_mode="replicate")
        self.reflect = nn.Conv2d(4, 4, (3, 5), padding=(1, 2), padding_mode="reflect")
        self.same = nn.Conv2d(4, 3, (4, 3), padding="same")
        self.stats = nn.BatchNorm2d(3, track_running_stats=False)

    def forward(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.circular(x), 0.1)
        x = F.mish(self.replicate(x))
        x = F.hardtanh(self.reflect(x), -2.0, 2.0)
        return self.stats(self.same(x))


@network("nerf", (image(6, 3), unit(6, 2)), (image(3, 3), unit(3, 2)))
class Nerf(nn.Module):
    """Frequencies of coordinates, a skip, density and colour; densities composed along the ray."""

    def __init__(self, frequencies: int = 3):
        super().__init__()
        self.register_buffer("bands", 2.0 ** torch.arange(frequencies))
        self.l1 = nn.Linear(3 + 3 * 2 * frequencies, 16)
        self.l2 = nn.Linear(16 + 3, 16)
        self.sigma = nn.Linear(16, 1)
        self.rgb = nn.Linear(18, 3)

    def forward(self, points: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        angles = (points.unsqueeze(-1) * self.bands).flatten(start_dim=-2)
        x = torch.cat((points, torch.sin(angles), torch.cos(angles)), -1)
        h = F.relu(self.l2(torch.cat((F.relu(self.l1(x)), points), -1)))
        sigma = F.softplus(self.sigma(h)).squeeze(-1)
        color = torch.sigmoid(self.rgb(torch.cat((h, directions), -1)))
        alpha = 1.0 - torch.exp(-sigma * 0.3)
        through = torch.cumprod(torch.cat((torch.ones(1), 1.0 - alpha + 1e-10)), dim=0)[:-1]
        return ((alpha * through).unsqueeze(-1) * color).sum(0), through


@network("hyper-convolution", (image(1, 2, 8, 8), image(1, 4)), (image(1, 2, 10, 7), image(1, 4)))
class HyperConvolution(nn.Module):
    """Kernels made from a code, demodulated as in a style-based generator."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 2, 3, 3) * 0.3)
        self.style = nn.Linear(4, 2)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        style = self.style(code).view(1, 2, 1, 1) + 1.0
        weight = self.weight * style
        weight = weight * torch.rsqrt(weight.pow(2).sum([1, 2, 3], keepdim=True) + 1e-8)
        x = F.conv2d(x, weight, padding=1)
        noise = torch.arange(x.shape[3], dtype=torch.float32) * 0.01
        return F.leaky_relu(x + noise, 0.2) * 2**0.5


class Detection(NamedTuple):
    scores: Tensor
    labels: Tensor


@network("named-result", (image(2, 3, 12, 12),), (image(1, 3, 12, 16),), captures=("scripted",))
class NamedResult(nn.Module):
    """A NamedTuple, a dict with lists, and a module chosen by its key."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU())
        self.heads = nn.ModuleDict({"coarse": nn.Conv2d(6, 2, 1), "fine": nn.Conv2d(6, 4, 1)})

    def forward(self, x: Tensor) -> tuple[Detection, dict[str, Tensor]]:
        x = self.body(x)
        maps: dict[str, Tensor] = {}
        for name, head in self.heads.items():
            maps[name] = head(x).mean((2, 3))
        scores, labels = F.softmax(maps["fine"], dim=1).max(dim=1)
        return Detection(scores, labels), maps


@network("tabular", (ids(4, 3, 2), image(3, 5)), (ids(4, 1, 2), image(1, 5)))
class Tabular(nn.Module):
    """Embeddings per column beside numbers, standardised by the data's own statistics, monotone output."""

    def __init__(self):
        super().__init__()
        self.embeds = nn.ModuleList([nn.Embedding(4, 3), nn.Embedding(4, 2)])
        self.register_buffer("mean", torch.randn(5))
        self.register_buffer("std", torch.rand(5) + 0.5)
        self.layers = nn.Sequential(nn.Linear(10, 12), nn.ReLU(inplace=True), nn.BatchNorm1d(12), nn.Linear(12, 1))

    def forward(self, categories: Tensor, numbers: Tensor) -> Tensor:
        columns = [embed(categories[:, i]) for i, embed in enumerate(self.embeds)]
        numbers = torch.nan_to_num((numbers - self.mean) / self.std).clamp_(-3, 3)
        logit = self.layers(torch.cat(columns + [numbers], 1))
        return torch.where(logit > 0, logit.sqrt(), -torch.sqrt(-logit)).view(-1)


@network("forecast-decomposition", (image(2, 24, 3),), (image(1, 24, 3),))
class ForecastDecomposition(nn.Module):
    """DLinear: moving average with repeated ends, a linear map each; normalised by the last value."""

    def __init__(self):
        super().__init__()
        self.avg = nn.AvgPool1d(kernel_size=5, stride=1)
        self.trend = nn.Linear(24, 6)
        self.season = nn.Linear(24, 6)

    def forward(self, x: Tensor) -> Tensor:
        last = x[:, -1:, :].detach()
        x = x - last
        front = x[:, 0:1, :].repeat(1, 2, 1)
        end = x[:, -1:, :].repeat(1, 2, 1)
        mean = self.avg(torch.cat([front, x, end], dim=1).permute(0, 2, 1)).permute(0, 2, 1)
        season = (x - mean).permute(0, 2, 1)
        out = self.season(season) + self.trend(mean.permute(0, 2, 1))
        return out.permute(0, 2, 1) + last


@network("patch-embedding-unfold", (image(1, 2, 8, 12),), (image(2, 2, 12, 8),))
class PatchUnfold(nn.Module):
    """Overlapping patches by unfold, processed, folded back with their overlaps averaged."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(32, 32)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2], x.shape[-1]
        patches = F.unfold(x, kernel_size=4, stride=2, padding=1)
        out = self.linear(patches.transpose(1, 2)).transpose(1, 2)
        folded = F.fold(out, output_size=(height, width), kernel_size=4, stride=2, padding=1)
        counts = F.fold(torch.ones_like(out), output_size=(height, width), kernel_size=4, stride=2, padding=1)
        return folded / counts


@network("optical-flow", (image(1, 2, 8, 8), image(1, 2, 8, 8)), (image(2, 2, 6, 10), image(2, 2, 6, 10)))
class OpticalFlow(nn.Module):
    """Correlation over displacements, flow, and the second picture warped back by it."""

    def __init__(self, reach: int = 1):
        super().__init__()
        self.reach = reach
        self.flow = nn.Conv2d((2 * reach + 1) ** 2 + 2, 2, 3, padding=1)

    def forward(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        b, _c, height, width = first.shape
        padded = F.pad(second, [self.reach] * 4)
        costs: list[Tensor] = []
        for dy in range(2 * self.reach + 1):
            for dx in range(2 * self.reach + 1):
                costs.append((first * padded[:, :, dy : dy + height, dx : dx + width]).mean(1, keepdim=True))
        flow = self.flow(torch.cat(costs + [first], 1))
        ys, xs = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        grid = torch.stack((xs, ys), 0).float().unsqueeze(0) + flow
        gx = 2.0 * grid[:, 0] / max(width - 1, 1) - 1.0
        gy = 2.0 * grid[:, 1] / max(height - 1, 1) - 1.0
        warped = F.grid_sample(second, torch.stack((gx, gy), dim=3), mode="bilinear", padding_mode="border", align_corners=True)
        return flow, warped


@network("ctc-prefix", (image(9, 5),), (image(14, 5),), captures=("scripted",))
class CtcPrefix(nn.Module):
    """Dictionary-keyed beams are for another day; here the best path, its words counted in a dict of ints."""

    def forward(self, emissions: Tensor) -> tuple[list[int], int, float]:
        probabilities = emissions.log_softmax(-1)
        previous = 0
        text: list[int] = []
        total = 0.0
        for frame in probabilities:
            best = int(frame.argmax())
            total += float(frame[best])
            if best != 0 and best != previous:
                text.append(best)
            previous = best
        distinct = 0
        for i in range(1, 5):
            if i in text:
                distinct += 1
        return text, distinct, total
