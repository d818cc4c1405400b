"""Pictures out: super-resolution, style transfer, generators, autoencoders, and a spatial transformer."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import image, network
from torch import Tensor


@network("super-resolution", (image(1, 1, 12, 14),), (image(2, 1, 9, 16),))
class SuperResolution(nn.Module):
    def __init__(self, upscale_factor: int = 3):
        super().__init__()
        self.relu = nn.ReLU()
        self.conv1 = nn.Conv2d(1, 16, (5, 5), (1, 1), (2, 2))
        self.conv2 = nn.Conv2d(16, 8, (3, 3), (1, 1), (1, 1))
        self.conv3 = nn.Conv2d(8, upscale_factor**2, (3, 3), (1, 1), (1, 1))
        self.pixel_shuffle = nn.PixelShuffle(upscale_factor)

    def forward(self, x: Tensor) -> Tensor:
        base = F.interpolate(x, scale_factor=3.0, mode="bicubic", align_corners=False)
        x = self.relu(self.conv1(x))
        x = self.relu(self.conv2(x))
        return self.pixel_shuffle(self.conv3(x)) + base


class ConvLayer(nn.Module):
    def __init__(self, cin, cout, kernel, stride, upsample: int | None = None):
        super().__init__()
        self.upsample = upsample
        self.reflection_pad = nn.ReflectionPad2d(kernel // 2)
        self.conv2d = nn.Conv2d(cin, cout, kernel, stride)

    def forward(self, x: Tensor) -> Tensor:
        if self.upsample is not None:
            x = F.interpolate(x, scale_factor=float(self.upsample), mode="nearest")
        return self.conv2d(self.reflection_pad(x))


class StyleResidual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = ConvLayer(channels, channels, 3, 1)
        self.in1 = nn.InstanceNorm2d(channels, affine=True)
        self.conv2 = ConvLayer(channels, channels, 3, 1)
        self.in2 = nn.InstanceNorm2d(channels, affine=True)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        residual = x
        out = self.relu(self.in1(self.conv1(x)))
        return self.in2(self.conv2(out)) + residual


@network("style-transfer", (image(1, 3, 16, 20),), (image(2, 3, 24, 16),))
class StyleTransfer(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = ConvLayer(3, 6, 9, 1)
        self.in1 = nn.InstanceNorm2d(6, affine=True)
        self.conv2 = ConvLayer(6, 8, 3, 2)
        self.in2 = nn.InstanceNorm2d(8, affine=True)
        self.res = StyleResidual(8)
        self.deconv = ConvLayer(8, 6, 3, 1, upsample=2)
        self.in3 = nn.InstanceNorm2d(6)
        self.out = ConvLayer(6, 3, 9, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.in1(self.conv1(x)))
        y = torch.relu(self.in2(self.conv2(y)))
        y = self.res(y)
        y = torch.relu(self.in3(self.deconv(y)))
        return torch.clamp(self.out(y) * 127.5 + 127.5, 0, 255)


@network("dcgan", (image(1, 10, 1, 1),), (image(3, 10, 1, 1),))
class Dcgan(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(10, 12, 4, 1, 0, bias=False),
            nn.BatchNorm2d(12),
            nn.ReLU(True),
            nn.ConvTranspose2d(12, 6, 4, 2, 1, bias=False),
            nn.BatchNorm2d(6),
            nn.ReLU(True),
            nn.ConvTranspose2d(6, 3, 3, 2, 1, output_padding=1, bias=False),
            nn.Tanh(),
        )

    def forward(self, input: Tensor) -> Tensor:
        return self.main(input)


@network("gan-discriminator", (image(1, 3, 16, 16),), (image(4, 3, 16, 16),))
class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.utils.spectral_norm(nn.Conv2d(3, 8, 4, 2, 1)), nn.LeakyReLU(0.2, inplace=True), nn.Conv2d(8, 16, 4, 2, 1, bias=False), nn.InstanceNorm2d(16), nn.LeakyReLU(0.2, inplace=True), nn.Conv2d(16, 1, 4, 1, 0), nn.Sigmoid()
        )
        nn.utils.remove_spectral_norm(self.main[0])

    def forward(self, x: Tensor) -> Tensor:
        return self.main(x).view(-1, 1).squeeze(1)


@network("vae", (image(2, 1, 12, 12),), (image(5, 1, 12, 12),))
class Vae(nn.Module):
    """In use the latent is the mean; sampling is for training."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(144, 32)
        self.fc21 = nn.Linear(32, 6)
        self.fc22 = nn.Linear(32, 6)
        self.fc3 = nn.Linear(6, 32)
        self.fc4 = nn.Linear(32, 144)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu: Tensor, logvar: Tensor) -> Tensor:
        if self.training:
            std = torch.exp(0.5 * logvar)
            return mu + torch.randn_like(std) * std
        return mu

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mu, logvar = self.encode(x.view(-1, 144))
        z = self.reparameterize(mu, logvar)
        out = torch.sigmoid(self.fc4(F.relu(self.fc3(z))))
        kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)
        return out.view(-1, 1, 12, 12), mu, kld


@network("conv-autoencoder", (image(1, 1, 16, 16),), (image(2, 1, 20, 28),))
class ConvAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Conv2d(1, 6, 3, 2, 1), nn.ELU(), nn.Conv2d(6, 8, 3, 2, 1), nn.SELU())
        self.dec = nn.Sequential(nn.ConvTranspose2d(8, 6, 2, 2), nn.CELU(0.8), nn.ConvTranspose2d(6, 1, 3, 2, 1, 1), nn.Sigmoid())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        out = self.dec(self.enc(x))
        return out, F.mse_loss(out, x, reduction="none").mean(dim=(1, 2, 3))


@network("spatial-transformer", (image(1, 1, 28, 28),), (image(3, 1, 28, 28),))
class SpatialTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.localization = nn.Sequential(nn.Conv2d(1, 4, kernel_size=7), nn.MaxPool2d(2, stride=2), nn.ReLU(True), nn.Conv2d(4, 5, kernel_size=5), nn.MaxPool2d(2, stride=2), nn.ReLU(True))
        self.fc_loc = nn.Sequential(nn.Linear(5 * 3 * 3, 16), nn.ReLU(True), nn.Linear(16, 3 * 2))
        self.conv1 = nn.Conv2d(1, 5, kernel_size=5)
        self.conv2_drop = nn.Dropout2d()
        self.fc = nn.Linear(5 * 12 * 12, 10)

    def stn(self, x: Tensor) -> Tensor:
        xs = self.localization(x)
        theta = self.fc_loc(xs.view(-1, 45)).view(-1, 2, 3)
        grid = F.affine_grid(theta, x.size(), align_corners=False)
        return F.grid_sample(x, grid, align_corners=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stn(x)
        x = F.relu(F.max_pool2d(self.conv2_drop(self.conv1(x)), 2))
        return F.log_softmax(self.fc(x.view(-1, 720)), dim=1)


@network("diffusion-step", (image(2, 2, 8, 8), image(2)), (image(1, 2, 12, 16), image(1)))
class DiffusionStep(nn.Module):
    """A denoiser's step: sinusoidal time embedding, scale and shift, attention in the middle."""

    def __init__(self, dim: int = 8):
        super().__init__()
        self.dim = dim
        self.conv_in = nn.Conv2d(2, dim, 3, padding=1)
        self.time = nn.Sequential(nn.Linear(dim, 2 * dim), nn.SiLU(), nn.Linear(2 * dim, 2 * dim))
        self.norm1 = nn.GroupNorm(2, dim)
        self.conv1 = nn.Conv2d(dim, dim, 3, padding=1)
        self.norm2 = nn.GroupNorm(2, dim)
        self.qkv = nn.Conv1d(dim, 3 * dim, 1)
        self.conv_out = nn.Conv2d(dim, 2, 3, padding=1)

    def embed(self, t: Tensor) -> Tensor:
        half = self.dim // 2
        freqs = torch.exp(torch.arange(half, dtype=torch.float32, device=t.device) * (-9.21034 / half))
        args = t[:, None].float() * 100.0 * freqs[None]
        return torch.cat([torch.cos(args), torch.sin(args)], dim=-1)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        h = self.conv_in(x)
        scale, shift = self.time(self.embed(t))[:, :, None, None].chunk(2, dim=1)
        h = h + self.conv1(F.silu(self.norm1(h) * (1 + scale) + shift))
        b, c, height, width = h.shape
        q, k, v = self.qkv(self.norm2(h).reshape(b, c, height * width)).chunk(3, dim=1)
        weight = torch.einsum("bct,bcs->bts", q * c**-0.5, k).softmax(dim=-1)
        h = h + torch.einsum("bts,bcs->bct", weight, v).reshape(b, c, height, width)
        return x - 0.1 * self.conv_out(h)
