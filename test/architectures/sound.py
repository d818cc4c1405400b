"""Networks over waveforms and spectrograms, as papers give them."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import architecture, image


class M5(nn.Module):
    """Very deep convolutions on raw waveforms (Dai et al., 2017), as in PyTorch's speech command tutorial."""

    def __init__(self, channels=32, classes=35):
        super().__init__()
        self.conv1 = nn.Conv1d(1, channels, 80, stride=16)
        self.bn1 = nn.BatchNorm1d(channels)
        self.pool1 = nn.MaxPool1d(4)
        self.conv2 = nn.Conv1d(channels, channels, 3)
        self.bn2 = nn.BatchNorm1d(channels)
        self.pool2 = nn.MaxPool1d(4)
        self.conv3 = nn.Conv1d(channels, 2 * channels, 3)
        self.bn3 = nn.BatchNorm1d(2 * channels)
        self.pool3 = nn.MaxPool1d(4)
        self.fc1 = nn.Linear(2 * channels, classes)

    def forward(self, x):
        x = self.pool1(F.relu(self.bn1(self.conv1(x))))
        x = self.pool2(F.relu(self.bn2(self.conv2(x))))
        x = self.pool3(F.relu(self.bn3(self.conv3(x))))
        x = F.avg_pool1d(x, x.shape[-1])
        return F.log_softmax(self.fc1(x.permute(0, 2, 1)), dim=2)


class Wav2Letter(nn.Module):
    """Wav2Letter (Collobert et al., 2016): convolutions from waveform to letters."""

    def __init__(self, classes=29, width=64):
        super().__init__()
        layers = [nn.Conv1d(1, width, 250, 160, 45), nn.ReLU(True), nn.Conv1d(width, width, 48, 2, 23), nn.ReLU(True)]
        for _ in range(3):
            layers += [nn.Conv1d(width, width, 7, 1, 3), nn.ReLU(True)]
        layers += [nn.Conv1d(width, 2 * width, 32, 1, 16), nn.ReLU(True), nn.Conv1d(2 * width, classes, 1), nn.ReLU(True)]
        self.acoustic_model = nn.Sequential(*layers)

    def forward(self, x):
        return F.log_softmax(self.acoustic_model(x), dim=1)


class GlobalNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(1, channels, 1))
        self.bias = nn.Parameter(torch.zeros(1, channels, 1))

    def forward(self, x):
        mean = x.mean(dim=(1, 2), keepdim=True)
        variance = ((x - mean) ** 2).mean(dim=(1, 2), keepdim=True)
        return self.gain * (x - mean) / torch.sqrt(variance + 1e-8) + self.bias


class ConvTasNet(nn.Module):
    """Separation of sources (Luo and Mesgarani, 2019): an encoder, masks by dilated blocks, overlap and add."""

    def __init__(self, sources=2, kernel=16, width=32, hidden=48, blocks=3, repeats=2):
        super().__init__()
        self.sources, self.width, self.kernel = sources, width, kernel
        self.encoder = nn.Conv1d(1, width, kernel, kernel // 2, bias=False)
        self.norm = nn.GroupNorm(1, width)
        self.residual = nn.ModuleList()
        for _ in range(repeats):
            for block in range(blocks):
                dilation = 2**block
                self.residual.append(
                    nn.Sequential(
                        nn.Conv1d(width, hidden, 1), nn.PReLU(), GlobalNorm(hidden),
                        nn.Conv1d(hidden, hidden, 3, padding=dilation, dilation=dilation, groups=hidden), nn.PReLU(), GlobalNorm(hidden),
                        nn.Conv1d(hidden, width, 1),
                    )  # fmt: skip
                )
        self.mask = nn.Conv1d(width, sources * width, 1)
        self.decoder = nn.ConvTranspose1d(width, 1, kernel, kernel // 2, bias=False)

    def forward(self, wave):
        batch, _, samples = wave.shape
        stride = self.kernel // 2
        rest = (samples - self.kernel) % stride
        if rest > 0:
            wave = F.pad(wave, (0, stride - rest))
        frames = F.relu(self.encoder(wave))
        x = self.norm(frames)
        for block in self.residual:
            x = x + block(x)
        masks = torch.sigmoid(self.mask(x)).view(batch, self.sources, self.width, -1)
        masked = masks * frames.unsqueeze(1)
        out = self.decoder(masked.view(batch * self.sources, self.width, -1))
        return out.view(batch, self.sources, -1)[:, :, :samples]


class Separable(nn.Module):
    def __init__(self, inputs, outputs, kernel, repeats=2):
        super().__init__()
        layers = []
        for index in range(repeats):
            source = inputs if index == 0 else outputs
            layers += [nn.Conv1d(source, source, kernel, padding=kernel // 2, groups=source), nn.Conv1d(source, outputs, 1), nn.BatchNorm1d(outputs)]
            if index + 1 < repeats:
                layers += [nn.ReLU(), nn.Dropout(0.1)]
        self.layers = nn.Sequential(*layers)
        self.skip = nn.Sequential(nn.Conv1d(inputs, outputs, 1), nn.BatchNorm1d(outputs))

    def forward(self, x):
        return F.relu(self.layers(x) + self.skip(x))


class QuartzNet(nn.Module):
    """QuartzNet (Kriman et al., 2019): separable convolutions over mel frames."""

    def __init__(self, mels=32, width=48, classes=29):
        super().__init__()
        self.body = nn.Sequential(nn.Conv1d(mels, width, 33, stride=2, padding=16), nn.BatchNorm1d(width), nn.ReLU(), Separable(width, width, 33), Separable(width, 2 * width, 39))
        self.head = nn.Conv1d(2 * width, classes, 1)

    def forward(self, mel):
        return F.log_softmax(self.head(self.body(mel)).transpose(1, 2), dim=-1)


class DeepSpeech(nn.Module):
    """DeepSpeech 2 (Amodei et al., 2015): convolutions, recurrent layers in both directions, a projection per frame."""

    def __init__(self, features=40, hidden=32, classes=29):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 8, (11, 7), (2, 2), (5, 3)), nn.BatchNorm2d(8), nn.Hardtanh(0.0, 20.0), nn.Conv2d(8, 8, (7, 5), (2, 1), (3, 2)), nn.BatchNorm2d(8), nn.Hardtanh(0.0, 20.0))
        self.rnn = nn.GRU(8 * (features // 4), hidden, 2, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, classes)

    def forward(self, spectrogram):
        x = self.conv(spectrogram)
        x = x.flatten(1, 2).transpose(1, 2)
        x, _ = self.rnn(x)
        return F.log_softmax(self.fc(x), -1)


class Vggish(nn.Module):
    """VGGish (Hershey et al., 2017), narrow: log-mel patches to an embedding."""

    def __init__(self):
        super().__init__()
        layers, source = [], 1
        for width in (8, "M", 16, "M", 32, 32, "M", 64, 64, "M"):
            if width == "M":
                layers.append(nn.MaxPool2d(2, 2))
            else:
                layers += [nn.Conv2d(source, width, 3, padding=1), nn.ReLU(inplace=True)]
                source = width
        self.features = nn.Sequential(*layers)
        self.embeddings = nn.Sequential(nn.Linear(64 * 6 * 4, 128), nn.ReLU(True), nn.Linear(128, 64))

    def forward(self, x):
        x = self.features(x)
        x = x.permute(0, 2, 3, 1).contiguous().view(x.size(0), -1)
        return self.embeddings(x)


class WaveRnnUpsampler(nn.Module):
    """MelResNet and the stretching of WaveRNN (Kalchbrenner et al., 2018)."""

    def __init__(self, mels=16, width=24, scales=(2, 3)):
        super().__init__()
        self.first = nn.Sequential(nn.Conv1d(mels, width, 5, bias=False), nn.BatchNorm1d(width), nn.ReLU())
        self.blocks = nn.ModuleList(nn.Sequential(nn.Conv1d(width, width, 1, bias=False), nn.BatchNorm1d(width), nn.ReLU(), nn.Conv1d(width, width, 1, bias=False), nn.BatchNorm1d(width)) for _ in range(3))
        self.scales = scales
        self.stretch = nn.ModuleList(nn.Conv2d(1, 1, (1, 2 * scale + 1), padding=(0, scale), bias=False) for scale in scales)

    def forward(self, mel):
        x = self.first(mel)
        for block in self.blocks:
            x = x + block(x)
        y = mel.unsqueeze(1)
        for scale, stretch in zip(self.scales, self.stretch):
            y = stretch(F.interpolate(y, scale_factor=(1.0, float(scale)), mode="nearest"))
        return x, y.squeeze(1).transpose(1, 2)


architecture("sound-m5", M5, (image(1, 1, 8000),), (image(3, 1, 8000),))
architecture("sound-m5-lengths", M5, (image(1, 1, 8000),), (image(2, 1, 9600),), captures=("scripted",))
architecture("sound-wav2letter", Wav2Letter, (image(1, 1, 4000),), (image(2, 1, 6400),))
architecture("sound-conv-tasnet", ConvTasNet, (image(1, 1, 1600),), (image(2, 1, 2400),))
architecture("sound-conv-tasnet-lengths", ConvTasNet, (image(1, 1, 1600),), (image(2, 1, 1999),), captures=("scripted",))
architecture("sound-quartznet", QuartzNet, (image(1, 32, 64),), (image(2, 32, 97),))
architecture("sound-deep-speech", DeepSpeech, (image(1, 1, 40, 60),), (image(2, 1, 40, 83),))
architecture("sound-vggish", Vggish, (image(1, 1, 96, 64),), (image(3, 1, 96, 64),))
architecture("sound-wave-rnn-upsampler", WaveRnnUpsampler, (image(1, 16, 12),), (image(2, 16, 19),))
