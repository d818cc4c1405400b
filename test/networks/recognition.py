"""Image classifiers: the families that people hand over, each at a few channels."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import image, network
from torch import Tensor


@network("vgg", (image(1, 3, 32, 32),), (image(3, 3, 48, 40),))
class Vgg(nn.Module):
    def __init__(self):
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in [8, "M", 12, "M", 16, 16, "M"]:
            if width == "M":
                layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            else:
                layers += [nn.Conv2d(channels, width, kernel_size=3, padding=1), nn.ReLU(inplace=True)]
                channels = width
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(nn.Linear(16 * 2 * 2, 24), nn.ReLU(True), nn.Dropout(), nn.Linear(24, 10))

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)


def conv_bn(cin, cout, kernel=3, stride=1, groups=1, act=nn.ReLU6):
    return nn.Sequential(
        nn.Conv2d(cin, cout, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False), nn.BatchNorm2d(cout), act(inplace=True)
    )


class InvertedResidual(nn.Module):
    def __init__(self, cin, cout, stride, expand):
        super().__init__()
        self.use_res_connect = stride == 1 and cin == cout
        hidden = cin * expand
        layers = [conv_bn(cin, hidden, 1)] if expand != 1 else []
        layers += [conv_bn(hidden, hidden, 3, stride, hidden), nn.Conv2d(hidden, cout, 1, bias=False), nn.BatchNorm2d(cout)]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        if self.use_res_connect:
            return x + self.conv(x)
        else:
            return self.conv(x)


@network("mobilenet-v2", (image(1, 3, 32, 32),), (image(2, 3, 45, 37),))
class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        blocks = [conv_bn(3, 8, 3, 2)]
        for cin, cout, stride, expand in [(8, 8, 1, 1), (8, 12, 2, 2), (12, 12, 1, 2)]:
            blocks.append(InvertedResidual(cin, cout, stride, expand))
        self.features = nn.Sequential(*blocks, conv_bn(12, 24, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(24, 10))

    def _forward_impl(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = nn.functional.adaptive_avg_pool2d(x, (1, 1))
        x = torch.flatten(x, 1)
        return self.classifier(x)

    def forward(self, x: Tensor) -> Tensor:
        return self._forward_impl(x)


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, squeeze, activation=nn.ReLU, scale=nn.Hardsigmoid):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeeze, 1)
        self.fc2 = nn.Conv2d(squeeze, channels, 1)
        self.activation = activation()
        self.scale_activation = scale()

    def _scale(self, x: Tensor) -> Tensor:
        scale = self.avgpool(x)
        scale = self.activation(self.fc1(scale))
        return self.scale_activation(self.fc2(scale))

    def forward(self, x: Tensor) -> Tensor:
        return self._scale(x) * x


@network("mobilenet-v3", (image(1, 3, 32, 32),), (image(2, 3, 40, 56),))
class MobileNetV3(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv_bn(3, 8, 3, 2, act=nn.Hardswish)
        self.block1 = nn.Sequential(conv_bn(8, 16, 1, act=nn.ReLU), conv_bn(16, 16, 3, 2, 16, act=nn.ReLU), SqueezeExcitation(16, 8), nn.Conv2d(16, 12, 1, bias=False), nn.BatchNorm2d(12))
        self.block2 = nn.Sequential(conv_bn(12, 24, 1, act=nn.Hardswish), conv_bn(24, 24, 5, 1, 24, act=nn.Hardswish), SqueezeExcitation(24, 8), nn.Conv2d(24, 12, 1, bias=False), nn.BatchNorm2d(12))
        self.head = conv_bn(12, 32, 1, act=nn.Hardswish)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Linear(32, 32), nn.Hardswish(inplace=True), nn.Dropout(p=0.2, inplace=True), nn.Linear(32, 7))

    def forward(self, x: Tensor) -> Tensor:
        x = self.block1(self.stem(x))
        x = x + self.block2(x)
        x = self.avgpool(self.head(x))
        return self.classifier(torch.flatten(x, 1))


class StochasticDepth(nn.Module):
    """Drop path: rows of the batch are dropped while training."""

    def __init__(self, p: float):
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return x
        keep = 1.0 - self.p
        noise = torch.empty([x.shape[0]] + [1] * (x.ndim - 1), dtype=x.dtype, device=x.device)
        return x * noise.bernoulli_(keep).div_(keep)


class MBConv(nn.Module):
    def __init__(self, cin, cout, expand, kernel, stride, drop):
        super().__init__()
        hidden = cin * expand
        self.use_res_connect = stride == 1 and cin == cout
        self.block = nn.Sequential(
            conv_bn(cin, hidden, 1, act=nn.SiLU),
            conv_bn(hidden, hidden, kernel, stride, hidden, act=nn.SiLU),
            SqueezeExcitation(hidden, max(1, cin // 4), nn.SiLU, nn.Sigmoid),
            nn.Conv2d(hidden, cout, 1, bias=False),
            nn.BatchNorm2d(cout),
        )
        self.stochastic_depth = StochasticDepth(drop)

    def forward(self, x: Tensor) -> Tensor:
        result = self.block(x)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += x
        return result


@network("efficientnet", (image(1, 3, 32, 32),), (image(2, 3, 50, 34),))
class EfficientNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv_bn(3, 8, 3, 2, act=nn.SiLU), MBConv(8, 8, 2, 3, 1, 0.1), MBConv(8, 12, 3, 5, 2, 0.2), MBConv(12, 12, 3, 3, 1, 0.2), conv_bn(12, 32, 1, act=nn.SiLU)
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(p=0.2, inplace=True), nn.Linear(32, 10))

    def forward(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))
        return self.classifier(x.flatten(1)).softmax(-1)


class LayerNorm2d(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class CNBlock(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dwconv = nn.Conv2d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, 4 * dim)
        self.act = nn.GELU()
        self.pwconv2 = nn.Linear(4 * dim, dim)
        self.layer_scale = nn.Parameter(torch.rand(dim) * 0.5)
        self.drop_path = StochasticDepth(0.1)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x
        x = self.dwconv(x).permute(0, 2, 3, 1)
        x = self.pwconv2(self.act(self.pwconv1(self.norm(x))))
        x = (self.layer_scale * x).permute(0, 3, 1, 2)
        return shortcut + self.drop_path(x)


@network("convnext", (image(1, 3, 32, 32),), (image(2, 3, 40, 48),))
class ConvNeXt(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 4, 4), LayerNorm2d(8, eps=1e-6))
        self.stage1 = nn.Sequential(CNBlock(8), CNBlock(8))
        self.down = nn.Sequential(LayerNorm2d(8, eps=1e-6), nn.Conv2d(8, 16, 2, 2))
        self.stage2 = CNBlock(16)
        self.norm = nn.LayerNorm(16, eps=1e-6)
        self.head = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stage2(self.down(self.stage1(self.stem(x))))
        return self.head(self.norm(x.mean([-2, -1])))


class DenseLayer(nn.Module):
    def __init__(self, cin, growth):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(cin)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(cin, 2 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(2 * growth)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(2 * growth, growth, 3, padding=1, bias=False)

    def forward(self, features: list[Tensor]) -> Tensor:
        x = torch.cat(features, 1)
        x = self.conv1(self.relu1(self.norm1(x)))
        x = self.conv2(self.relu2(self.norm2(x)))
        return F.dropout(x, p=0.1, training=self.training)


class DenseBlock(nn.ModuleDict):
    def __init__(self, layers, cin, growth):
        super().__init__()
        for i in range(layers):
            self.add_module(f"denselayer{i + 1}", DenseLayer(cin + i * growth, growth))

    def forward(self, init_features: Tensor) -> Tensor:
        features = [init_features]
        for name, layer in self.items():
            features.append(layer(features))
        return torch.cat(features, 1)


@network("densenet", (image(1, 3, 32, 32),), (image(2, 3, 44, 36),))
class DenseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 5, 2, 2, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
        self.block1 = DenseBlock(3, 8, 4)
        self.transition = nn.Sequential(nn.BatchNorm2d(20), nn.ReLU(inplace=True), nn.Conv2d(20, 10, 1, bias=False), nn.AvgPool2d(2, 2))
        self.block2 = DenseBlock(2, 10, 4)
        self.norm = nn.BatchNorm2d(18)
        self.classifier = nn.Linear(18, 10)

    def forward(self, x: Tensor) -> Tensor:
        features = self.norm(self.block2(self.transition(self.block1(self.stem(x)))))
        out = F.relu(features, inplace=True)
        out = F.adaptive_avg_pool2d(out, (1, 1))
        return self.classifier(torch.flatten(out, 1))


class BasicConv2d(nn.Module):
    def __init__(self, cin, cout, **kwargs):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, bias=False, **kwargs)
        self.bn = nn.BatchNorm2d(cout, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Inception(nn.Module):
    def __init__(self, cin):
        super().__init__()
        self.branch1x1 = BasicConv2d(cin, 4, kernel_size=1)
        self.branch7x7 = nn.Sequential(BasicConv2d(cin, 4, kernel_size=1), BasicConv2d(4, 4, kernel_size=(1, 7), padding=(0, 3)), BasicConv2d(4, 4, kernel_size=(7, 1), padding=(3, 0)))
        self.branch3x3 = nn.ModuleList([BasicConv2d(cin, 4, kernel_size=(1, 3), padding=(0, 1)), BasicConv2d(cin, 4, kernel_size=(3, 1), padding=(1, 0))])
        self.branch_pool = BasicConv2d(cin, 4, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        outputs = [self.branch1x1(x), self.branch7x7(x)]
        for conv in self.branch3x3:
            outputs.append(conv(x))
        pooled = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        outputs.append(self.branch_pool(pooled))
        return torch.cat(outputs, 1)


@network("inception", (image(2, 3, 35, 35),), (image(1, 3, 40, 47),))
class InceptionNet(nn.Module):
    def __init__(self, transform_input: bool = True):
        super().__init__()
        self.transform_input = transform_input
        self.stem = BasicConv2d(3, 8, kernel_size=3, stride=2)
        self.pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.mixed1 = Inception(8)
        self.mixed2 = Inception(20)
        self.fc = nn.Linear(20, 10)

    def forward(self, x: Tensor) -> Tensor:
        if self.transform_input:
            red = torch.unsqueeze(x[:, 0], 1) * (0.229 / 0.5) + (0.485 - 0.5) / 0.5
            green = torch.unsqueeze(x[:, 1], 1) * (0.224 / 0.5) + (0.456 - 0.5) / 0.5
            blue = torch.unsqueeze(x[:, 2], 1) * (0.225 / 0.5) + (0.406 - 0.5) / 0.5
            x = torch.cat((red, green, blue), 1)
        x = self.mixed2(self.mixed1(self.pool(self.stem(x))))
        x = F.avg_pool2d(x, kernel_size=x.size()[2:])
        return self.fc(x.view(x.size(0), -1))


def channel_shuffle(x: Tensor, groups: int) -> Tensor:
    batchsize, num_channels, height, width = x.size()
    channels_per_group = num_channels // groups
    x = x.view(batchsize, groups, channels_per_group, height, width)
    x = torch.transpose(x, 1, 2).contiguous()
    return x.view(batchsize, num_channels, height, width)


class ShuffleUnit(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.stride = stride
        half = cout // 2
        self.branch1 = nn.Sequential()
        if stride > 1:
            self.branch1 = nn.Sequential(
                nn.Conv2d(cin, cin, 3, stride, 1, groups=cin, bias=False), nn.BatchNorm2d(cin), nn.Conv2d(cin, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU(inplace=True)
            )
        self.branch2 = nn.Sequential(
            nn.Conv2d(cin if stride > 1 else half, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU(inplace=True), nn.Conv2d(half, half, 3, stride, 1, groups=half, bias=False), nn.BatchNorm2d(half)
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            x1, x2 = x.chunk(2, dim=1)
            out = torch.cat((x1, self.branch2(x2)), dim=1)
        else:
            out = torch.cat((self.branch1(x), self.branch2(x)), dim=1)
        return channel_shuffle(out, 2)


@network("shufflenet", (image(1, 3, 32, 32),), (image(2, 3, 35, 51),))
class ShuffleNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv_bn(3, 8, 3, 2)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.stages = nn.Sequential(ShuffleUnit(8, 16, 2), ShuffleUnit(16, 16, 1), nn.ChannelShuffle(4), ShuffleUnit(16, 16, 1))
        self.fc = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stages(self.maxpool(self.stem(x)))
        x = x.mean([2, 3])
        return self.fc(x)


class RegNetBlock(nn.Module):
    def __init__(self, cin, cout, stride, group_width):
        super().__init__()
        self.proj = None
        if cin != cout or stride != 1:
            self.proj = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))
        self.f = nn.Sequential(
            conv_bn(cin, cout, 1, act=nn.ReLU), conv_bn(cout, cout, 3, stride, cout // group_width, act=nn.ReLU), SqueezeExcitation(cout, 4, scale=nn.Sigmoid), nn.Conv2d(cout, cout, 1, bias=False), nn.BatchNorm2d(cout)
        )
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        if self.proj is not None:
            x = self.proj(x) + self.f(x)
        else:
            x = x + self.f(x)
        return self.activation(x)


@network("regnet", (image(1, 3, 32, 32),), (image(2, 3, 33, 49),))
class RegNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv_bn(3, 8, 3, 2, act=nn.ReLU)
        self.trunk = nn.Sequential(RegNetBlock(8, 12, 2, 4), RegNetBlock(12, 12, 1, 4))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.trunk(self.stem(x)))
        return F.log_softmax(self.fc(x.flatten(start_dim=1)), dim=1)


class VitAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.num_heads = heads
        self.scale = (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, dim * 3)
        self.attn_drop = nn.Dropout(0.1)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        attn = (q @ k.transpose(-2, -1)) * self.scale
        attn = self.attn_drop(attn.softmax(dim=-1))
        x = (attn @ v).transpose(1, 2).reshape(B, N, C)
        return self.proj(x)


class VitBlock(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = VitAttention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, dim * 2), nn.GELU(), nn.Dropout(0.1), nn.Linear(dim * 2, dim))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


@network("vit", (image(1, 3, 16, 24),), (image(3, 3, 16, 24),))
class Vit(nn.Module):
    def __init__(self, dim: int = 16):
        super().__init__()
        self.patch_embed = nn.Conv2d(3, dim, 8, 8)
        self.cls_token = nn.Parameter(torch.randn(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.randn(1, 7, dim))
        self.blocks = nn.ModuleList([VitBlock(dim, 4) for _ in range(2)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, 10)

    def forward(self, x: Tensor) -> Tensor:
        B = x.shape[0]
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls_token.expand(B, -1, -1), x), dim=1)
        x = x + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


@network("vit-any-size", (image(1, 3, 16, 24),), (image(2, 3, 32, 40),))
class VitAnySize(nn.Module):
    """Positions are resized to the grid of the picture, as detectors with a ViT backbone do."""

    def __init__(self, dim: int = 16):
        super().__init__()
        self.dim = dim
        self.patch_embed = nn.Conv2d(3, dim, 8, 8)
        self.pos_embed = nn.Parameter(torch.randn(1, dim, 2, 3))
        self.block = VitBlock(dim, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch_embed(x)
        height, width = x.shape[-2:]
        x = x + F.interpolate(self.pos_embed, size=(height, width), mode="bicubic", align_corners=False)
        x = self.block(x.flatten(2).transpose(1, 2))
        return x.transpose(1, 2).reshape(-1, self.dim, height, width)


def window_partition(x: Tensor, size: int) -> Tensor:
    B, H, W, C = x.shape
    x = x.view(B, H // size, size, W // size, size, C)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, size, size, C)


def window_reverse(windows: Tensor, size: int, H: int, W: int) -> Tensor:
    B = int(windows.shape[0] / (H * W / size / size))
    x = windows.view(B, H // size, W // size, size, size, -1)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(B, H, W, -1)


class WindowAttention(nn.Module):
    def __init__(self, dim, size, heads):
        super().__init__()
        self.num_heads = heads
        self.window = size * size
        self.scale = (dim // heads) ** -0.5
        self.relative_position_bias_table = nn.Parameter(torch.randn((2 * size - 1) ** 2, heads))
        coords = torch.stack(torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")).flatten(1)
        relative = (coords[:, :, None] - coords[:, None, :]).permute(1, 2, 0) + size - 1
        self.register_buffer("relative_position_index", relative[:, :, 0] * (2 * size - 1) + relative[:, :, 1])
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        B_, N, C = x.shape
        qkv = self.qkv(x).reshape(B_, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        attn = (q * self.scale) @ k.transpose(-2, -1)
        bias = self.relative_position_bias_table[self.relative_position_index.view(-1)].view(self.window, self.window, -1)
        attn = attn + bias.permute(2, 0, 1).contiguous().unsqueeze(0)
        nW = mask.shape[0]
        attn = attn.view(B_ // nW, nW, self.num_heads, N, N) + mask.unsqueeze(1).unsqueeze(0)
        attn = F.softmax(attn.view(-1, self.num_heads, N, N), dim=-1)
        x = (attn @ v).transpose(1, 2).reshape(B_, N, C)
        return self.proj(x)


@network("swin-block", (image(1, 3, 32, 32),), (image(2, 3, 32, 48),), traced=((image(2, 3, 32, 48),), (image(2, 3, 32, 48),)))
class SwinBlock(nn.Module):
    """Shifted windows over any grid that windows of 4 divide; the mask is made from the picture's size."""

    def __init__(self, dim: int = 12, window: int = 4, shift: int = 2):
        super().__init__()
        self.window_size = window
        self.shift_size = shift
        self.patch = nn.Conv2d(3, dim, 4, 4)
        self.norm1 = nn.LayerNorm(dim)
        self.attn = WindowAttention(dim, window, 3)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def attention_mask(self, H: int, W: int, x: Tensor) -> Tensor:
        region = torch.zeros((1, H, W, 1), device=x.device)
        size, shift = self.window_size, self.shift_size
        count = 0
        for top, bottom in [(0, -size), (-size, -shift), (-shift, H)]:
            for left, right in [(0, -size), (-size, -shift), (-shift, W)]:
                region[:, top:bottom, left:right, :] = count
                count += 1
        windows = window_partition(region, size).view(-1, size * size)
        mask = windows.unsqueeze(1) - windows.unsqueeze(2)
        return mask.masked_fill(mask != 0, -100.0).masked_fill(mask == 0, 0.0)

    def forward(self, image: Tensor) -> Tensor:
        x = self.patch(image).permute(0, 2, 3, 1)
        B, H, W, C = x.shape
        shortcut = x
        shifted = torch.roll(self.norm1(x), shifts=(-self.shift_size, -self.shift_size), dims=(1, 2))
        windows = window_partition(shifted, self.window_size).view(-1, self.window_size * self.window_size, C)
        windows = self.attn(windows, self.attention_mask(H, W, x)).view(-1, self.window_size, self.window_size, C)
        shifted = window_reverse(windows, self.window_size, H, W)
        x = shortcut + torch.roll(shifted, shifts=(self.shift_size, self.shift_size), dims=(1, 2))
        x = x + self.mlp(self.norm2(x))
        x0 = x[:, 0::2, 0::2, :]
        x1 = x[:, 1::2, 0::2, :]
        x2 = x[:, 0::2, 1::2, :]
        x3 = x[:, 1::2, 1::2, :]
        return self.reduction(torch.cat([x0, x1, x2, x3], -1))


class MixerBlock(nn.Module):
    def __init__(self, tokens, dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.token_mix = nn.Sequential(nn.Linear(tokens, 12), nn.GELU(approximate="tanh"), nn.Linear(12, tokens))
        self.norm2 = nn.LayerNorm(dim)
        self.channel_mix = nn.Sequential(nn.Linear(dim, 32), nn.GELU(approximate="tanh"), nn.Linear(32, dim))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.token_mix(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.channel_mix(self.norm2(x))


@network("mlp-mixer", (image(1, 3, 16, 16),), (image(4, 3, 16, 16),))
class MlpMixer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 16, 4, 4)
        self.blocks = nn.Sequential(MixerBlock(16, 16), MixerBlock(16, 16))
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch(x)
        x = x.flatten(2).transpose(-1, -2)
        return self.head(self.norm(self.blocks(x)).mean(dim=1))
