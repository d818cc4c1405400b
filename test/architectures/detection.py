"""torchvision's detectors, traced for one image: boxes, labels and scores as a tuple.

Weights are random, so thresholds are low and the boxes that count few: what is compared is which boxes stay, in what order, and where they are.
"""
import torch
import torch.nn as nn
import torchvision
from registry import architecture
from torchvision.ops import FrozenBatchNorm2d


class OneImage(nn.Module):
    """What a trace can return: the tensors of the first image."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, image):
        return tuple(self.module([image])[0].values())


def picture(height, width):
    """Patches of different brightness: a network of random weights sees little else."""
    return torch.nn.functional.interpolate(torch.rand(1, 3, 6, 5), (height, width), mode="bilinear")[0] * 2 - torch.rand(3, height, width) * 0.3


def awake(module):
    """Frozen norms take the statistics of a picture, as if trained; the last layers, which start near zero, weights as of other layers."""

    def settle(norm, inputs):
        norm.running_mean.copy_(inputs[0].mean((0, 2, 3)))
        norm.running_var.copy_(inputs[0].var((0, 2, 3)).clamp(min=1e-3))

    for name, parameter in module.named_parameters():
        if parameter.dim() > 1 and ("head" in name or "predictor" in name):
            nn.init.normal_(parameter, std=(0.5 / parameter[0].numel()) ** 0.5)
    hooks = [part.register_forward_pre_hook(settle) for part in module.modules() if isinstance(part, FrozenBatchNorm2d)]
    with torch.no_grad():
        module.eval()([picture(96, 96)])
    for hook in hooks:
        hook.remove()
    return module


REGIONS = {"min_size": 64, "max_size": 96, "rpn_post_nms_top_n_test": 40, "rpn_pre_nms_top_n_test": 60, "box_score_thresh": 0.01, "box_detections_per_img": 8}


def detector(name, size, **options):
    make = lambda: OneImage(awake(torchvision.models.get_model(name, weights=None, weights_backbone=None, num_classes=4, **options)))  # noqa: E731
    architecture(f"torchvision-{name}", make, (lambda: picture(*size),), (lambda: picture(*size),), captures=("traced",))


detector("fasterrcnn_resnet50_fpn", (80, 64), **REGIONS)
