"""How the architectures are listed: `architecture(name, make, small, large)`, `make` giving a module, `small` and `large` its inputs.

A trace is recorded on `small`; both captures answer both. Weights and inputs depend on the name only.
"""
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn as nn


@dataclass
class Architecture:
    name: str
    make: Callable[[], nn.Module]
    sizes: tuple[tuple, ...]
    captures: tuple[str, ...]

    @property
    def seed(self):
        return zlib.crc32(self.name.encode())


ARCHITECTURES: dict[str, Architecture] = {}

# More than nine million parameters: captured with --all, or when they are asked for by name.
LARGE = frozenset(
    """
    torchvision-wide_resnet50_2 torchvision-r3d_18 torchvision-r2plus1d_18 torchvision-mc3_18 torchvision-fcn_resnet50 torchvision-convnext_tiny
    torchvision-swin_t torchvision-swin_v2_t torchvision-resnext50_32x4d torchvision-resnet18 torchvision-deeplabv3_mobilenet_v3_large torchvision-googlenet
    timm-inception_v3 timm-inception_v4 timm-inception_resnet_v2 timm-nextvit_small timm-tresnet_m timm-selecsls42 timm-focalnet_tiny_srf timm-davit_tiny
    timm-xception41p timm-legacy_xception timm-convformer_s18 timm-caformer_s18 timm-res2net50_48w_2s timm-rdnet_tiny timm-vitamin_small_224
    timm-convmixer_768_32 timm-nest_tiny timm-ecaresnext26t_32x4d timm-lowformer_b0 timm-skresnet18 timm-poolformer_s12 timm-poolformerv2_s12
    timm-seresnet18 timm-legacy_seresnet18 timm-resnetv2_18d timm-resnetblur18 timm-hrnet_w18_small timm-csatv2 timm-fastvit_sa12 timm-botnet26t_256
    timm-coatnet_pico_rw_224 timm-visformer_tiny timm-mobilenetv4_hybrid_medium timm-lambda_resnet26t timm-resnest14d timm-efficientformer_l1 timm-gcvit_xxtiny
    smp-unetplusplus-resnet18 smp-manet-resnet18 smp-unet-resnet18 smp-fpn-resnet18 smp-pspnet-resnet18 smp-deeplabv3-resnet18 smp-deeplabv3plus-resnet18
    smp-linknet-resnet18 smp-pan-resnet18 smp-upernet-resnet18 smp-segformer-resnet18 smp-upernet-mit_b0 smp-dpt-tu-test_vit smp-manet-mobilenet_v2 smp-upernet-mobilenet_v2 smp-deeplabv3-mobilenet_v2
    torchvision-scripted-fasterrcnn_mobilenet_v3_large_320_fpn
    torchvision-fasterrcnn_resnet50_fpn torchvision-densenet121 timm-densenetblur121d timm-regnetz_b16
    """.split()
)


def architecture(name, make, *sizes, captures=("traced", "scripted")):
    assert name not in ARCHITECTURES and len(sizes) >= 2
    ARCHITECTURES[name] = Architecture(name, make, sizes, captures)


def image(*shape):
    return lambda: torch.randn(shape)


def ids(high, *shape):
    return lambda: torch.randint(0, high, shape)


def prefix(longest, *lengths):
    """An attention mask, int64: ones, then zeros from each length on."""
    return lambda: (torch.arange(longest)[None] < torch.tensor(lengths)[:, None]).long()


def inputs_of(size):
    return tuple(item() if callable(item) else item for item in size)


class Outputs(nn.Module):
    """Only the named or numbered results of a module that gives more, or an object of its own."""

    def __init__(self, module, *keep):
        super().__init__()
        self.module = module
        self.keep = keep

    def forward(self, *args):
        out = self.module(*args)
        picked = tuple(out[key] for key in self.keep)
        return picked[0] if len(picked) == 1 else picked


def build(entry):
    """In eval mode and awake: parameters that start as one value (norms, layer scales, gates) and running statistics as if trained."""
    torch.manual_seed(entry.seed)
    module = entry.make().eval()
    for name, parameter in module.named_parameters():
        parameter.requires_grad_(False)
        if parameter.is_floating_point() and parameter.numel() > 1 and bool((parameter == parameter.flatten()[0]).all()):
            value = float(parameter.flatten()[0])
            if 0 < abs(value) < 0.2:
                parameter.uniform_(0.3, 0.7)
            else:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm) and part.running_mean is not None:
            part.running_mean.normal_(0, 0.2)
            part.running_var.uniform_(0.5, 1.5)
    return module
