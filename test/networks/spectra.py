"""Complex numbers and Fourier transforms in networks: spectrograms and back, filters in the frequency domain, rotations, oscillators."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import Random, image, network
from torch import Tensor


def signal(*shape):
    """complex64, normally distributed."""
    return Random(lambda: torch.randn(shape, dtype=torch.complex64), shape)


def tilted(sign, *shape):
    """complex64 with a larger real part, or a larger imaginary one."""
    return Random(lambda: torch.randn(shape, dtype=torch.complex64) + sign * (1 - 1j), shape)


def filters(bins: int, mels: int) -> Tensor:
    points = torch.linspace(0, bins - 1, mels + 2)
    frequency = torch.arange(bins).float()
    up = (frequency[None] - points[:-2, None]) / (points[1:-1] - points[:-2])[:, None]
    down = (points[2:, None] - frequency[None]) / (points[2:] - points[1:-1])[:, None]
    return torch.clamp(torch.min(up, down), min=0)


class Spectrogram(nn.Module):
    """As torchaudio has it: any leading axes, power of magnitudes."""

    def __init__(self, n_fft: int, hop: int, power: float = 2.0):
        super().__init__()
        self.n_fft = n_fft
        self.hop = hop
        self.power = power
        self.register_buffer("window", torch.hann_window(n_fft))

    def forward(self, wave: Tensor) -> Tensor:
        shape = wave.size()
        flat = wave.reshape(-1, shape[-1])
        spectrum = torch.stft(
            input=flat, n_fft=self.n_fft, hop_length=self.hop, win_length=self.n_fft, window=self.window, center=True,
            pad_mode="reflect", normalized=False, onesided=True, return_complex=True,
        )  # fmt: skip
        spectrum = spectrum.reshape(shape[:-1] + spectrum.shape[-2:])
        return spectrum.abs().pow(self.power) if self.power != 1.0 else spectrum.abs()


@network("mel-spectrogram", (image(1, 400),), (image(2, 640),))
class MelSpectrogram(nn.Module):
    def __init__(self):
        super().__init__()
        self.spectrogram = Spectrogram(64, 32)
        self.register_buffer("fb", filters(33, 12))
        self.conv = nn.Conv1d(12, 4, 3)

    def forward(self, wave: Tensor) -> Tensor:
        mel = torch.matmul(self.spectrogram(wave).transpose(-1, -2), self.fb.transpose(0, 1)).transpose(-1, -2)
        return self.conv(torch.log(mel + 1e-6))


@network("griffin-lim", (image(1, 33, 12),), (image(2, 33, 9),))
class GriffinLim(nn.Module):
    """Phases for magnitudes, a few rounds forth and back."""

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(64))

    def forward(self, spec: Tensor) -> Tensor:
        magnitude = torch.sqrt(torch.exp(spec))
        angles = torch.ones_like(magnitude, dtype=torch.complex64)
        before = torch.zeros_like(angles)
        for _ in range(3):
            wave = torch.istft(magnitude * angles, 64, 16, 64, self.window)
            rebuilt = torch.stft(wave, 64, 16, 64, self.window, return_complex=True)
            angles = rebuilt - before.mul(0.5)
            angles = angles.div(angles.abs().add(1e-16))
            before = rebuilt
        return torch.istft(magnitude * angles, 64, 16, 64, self.window)


@network("denoiser", (image(1, 512),), (image(2, 480),))
class Denoiser(nn.Module):
    """A mask on a spectrum, and back to a wave of the same length."""

    def __init__(self):
        super().__init__()
        self.mask = nn.Sequential(nn.Linear(33, 16), nn.ReLU(), nn.Linear(16, 33), nn.Sigmoid())
        self.register_buffer("window", torch.hamming_window(64))

    def forward(self, wave: Tensor) -> Tensor:
        spectrum = torch.stft(wave, 64, 32, 64, self.window, return_complex=True)
        mask = self.mask(torch.log1p(spectrum.abs()).transpose(1, 2)).transpose(1, 2)
        return torch.istft(torch.polar(spectrum.abs() * mask, spectrum.angle()), 64, 32, 64, self.window, length=wave.size(-1))


@network("fnet", (image(1, 10, 16),), (image(2, 7, 16),))
class FNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(16)
        self.norm2 = nn.LayerNorm(16)
        self.feed = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm1(x + torch.fft.fft(torch.fft.fft(x, dim=-1), dim=-2).real)
        return self.norm2(x + self.feed(x))


@network("fourier-operator", (image(1, 2, 12, 10),), (image(2, 2, 9, 16),))
class FourierOperator(nn.Module):
    """Spectral convolution with complex weights, written into a part of a spectrum."""

    def __init__(self, modes: int = 4):
        super().__init__()
        self.modes = modes
        self.weight1 = nn.Parameter(0.1 * torch.randn(2, 3, modes, modes, dtype=torch.cfloat))
        self.weight2 = nn.Parameter(0.1 * torch.randn(2, 3, modes, modes, dtype=torch.cfloat))
        self.skip = nn.Conv2d(2, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        ft = torch.fft.rfft2(x)
        out = torch.zeros(x.size(0), 3, x.size(-2), x.size(-1) // 2 + 1, dtype=torch.cfloat)
        out[:, :, : self.modes, : self.modes] = torch.einsum("bixy,ioxy->boxy", ft[:, :, : self.modes, : self.modes], self.weight1)
        out[:, :, -self.modes :, : self.modes] = torch.einsum("bixy,ioxy->boxy", ft[:, :, -self.modes :, : self.modes], self.weight2)
        return F.gelu(torch.fft.irfft2(out, s=(x.size(-2), x.size(-1))) + self.skip(x))


@network("rotary-attention", (image(1, 6, 16),), (image(2, 9, 16),))
class RotaryAttention(nn.Module):
    """Positions as rotations of pairs, with a complex buffer."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(16, 48)
        frequencies = 1.0 / (100 ** (torch.arange(0, 8, 2).float() / 8))
        angles = torch.outer(torch.arange(32).float(), frequencies)
        self.register_buffer("rotation", torch.polar(torch.ones_like(angles), angles))

    def rotate(self, x: Tensor) -> Tensor:
        pairs = torch.view_as_complex(x.float().reshape(x.size(0), x.size(1), x.size(2), -1, 2))
        return torch.view_as_real(pairs * self.rotation[: x.size(1)].unsqueeze(1)).flatten(3).type_as(x)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).view(x.size(0), x.size(1), 3, 2, 8).unbind(2)
        q, k = self.rotate(q).transpose(1, 2), self.rotate(k).transpose(1, 2)
        return F.scaled_dot_product_attention(q, k, v.transpose(1, 2)).transpose(1, 2).flatten(2)


@network("state-space", (image(1, 4, 20),), (image(2, 4, 33),))
class StateSpace(nn.Module):
    """S4D: a kernel of damped oscillations, applied in the frequency domain."""

    def __init__(self, states: int = 6):
        super().__init__()
        self.c = nn.Parameter(torch.view_as_real(torch.randn(4, states, dtype=torch.cfloat)))
        self.log_dt = nn.Parameter(torch.rand(4) * 2 - 3)
        self.log_a = nn.Parameter(torch.log(0.5 * torch.ones(4, states)))
        self.a_im = nn.Parameter(math.pi * torch.arange(states).float().repeat(4, 1))

    def forward(self, u: Tensor) -> Tensor:
        length = u.size(-1)
        dt = torch.exp(self.log_dt)
        c = torch.view_as_complex(self.c)
        a = torch.complex(-torch.exp(self.log_a), self.a_im)
        dta = a * dt.unsqueeze(-1)
        k = dta.unsqueeze(-1) * torch.arange(length)
        c = c * (torch.exp(dta) - 1.0) / a
        kernel = 2 * torch.einsum("hn,hnl->hl", c, torch.exp(k)).real
        spectrum = torch.fft.rfft(u, n=2 * length) * torch.fft.rfft(kernel, n=2 * length)
        return torch.fft.irfft(spectrum, n=2 * length)[..., :length]


@network("oscillators", (image(1, 5, 4),), (image(2, 9, 4),), captures=("scripted",))
class Oscillators(nn.Module):
    """A complex state carried through a loop over time; lists of complex tensors; a Python complex number."""

    def __init__(self):
        super().__init__()
        self.register_buffer("poles", 0.9 * torch.exp(1j * torch.linspace(0.2, 2.0, 4)))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        state = torch.zeros(x.size(0), x.size(2), dtype=torch.complex64)
        states: list[Tensor] = []
        for t in range(x.size(1)):
            state = state * self.poles + x[:, t]
            states.append(state)
        return torch.stack(states, 1).imag, state * 2j


@network("phases", (tilted(1, 2, 3),), (tilted(-1, 4, 3),), captures=("scripted",))
class Phases(nn.Module):
    """Complex in, complex out; branches that join; a loop that data ends."""

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if bool(z.real.sum() > z.imag.sum()):
            turned, size = z * 1j, z.abs()
        else:
            turned, size = z.conj() + 0.5, z.angle()
        rounds = 0
        square = turned
        while bool(square.abs().max() < 50.0) and rounds < 20:
            square = square * square + 1.0
            rounds += 1
        return turned, size, torch.view_as_real(square / square.abs().max())


@network("written-parts", (signal(2, 4),), (signal(3, 4),))
class WrittenParts(nn.Module):
    """Writes through views of parts."""

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        y = z * 2
        pairs = torch.view_as_real(y)
        pairs[..., 0] += 1.0
        y.imag.mul_(-1)
        y[:, 1:3] = y[:, 1:3] * 1j
        w = torch.stack((y.real, y.imag), -1)
        torch.view_as_complex(w)[:, 0].add_(5.0)
        return y, w
