"""torchvision's detectors: traced for one image, boxes, labels and scores as a tuple; and scripted, for one image and for two of different sizes.

The scripted ones have all of torchvision's code, on a small network below it: two stages of convolutions, with a pyramid of features on top.

Weights are random, so thresholds are low and the boxes that count few: what is compared is which boxes stay, in what order, and where they are.
"""
from collections import OrderedDict
from typing import Dict, List

import torch
import torch.nn as nn
import torchvision
from registry import architecture
from torch import Tensor
from torchvision.models import detection as zoo
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.keypoint_rcnn import KeypointRCNNHeads, KeypointRCNNPredictor
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
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


class Detections(nn.Module):
    """A scripted detector gives its losses, too."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, images: List[Tensor]) -> List[Dict[str, Tensor]]:
        if torch.jit.is_scripting():
            return self.module(images)[1]
        return self.module(images)


def stage(inputs, outputs, stride):
    convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(convolution, FrozenBatchNorm2d(outputs), nn.ReLU(inplace=True))


def pyramid(channels=16):
    body = nn.Sequential(OrderedDict(stem=stage(3, 16, 4), middle=stage(16, 24, 2), last=stage(24, 32, 2)))
    return BackboneWithFPN(body, {"middle": "0", "last": "1"}, [24, 32], channels)


class Levels(nn.Module):
    """What SSD takes: maps of features in a dict."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(stage(3, 16, 4), stage(16, 24, 2))
        self.second = stage(24, 32, 2)

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        first = self.first(x)
        return OrderedDict([("0", first), ("1", self.second(first))])


SIZES = {"min_size": 64, "max_size": 96}
DENSE = {"score_thresh": 0.05, "detections_per_img": 12, "topk_candidates": 40}


def anchors(*sizes):
    return AnchorGenerator(tuple((size,) for size in sizes), ((0.5, 1.0, 2.0),) * len(sizes))


def regions(classes, **options):
    """All but the network: the classes come with the head of the boxes."""
    head = {"box_head": TwoMLPHead(16 * 7 * 7, 32), "box_predictor": FastRCNNPredictor(32, classes)}
    return {"rpn_anchor_generator": anchors(16, 32, 64), **head, **REGIONS, **options}


SCRIPTED = {
    "faster_rcnn": lambda: zoo.FasterRCNN(pyramid(), **regions(4)),
    "mask_rcnn": lambda: zoo.MaskRCNN(pyramid(), **regions(4, mask_head=MaskRCNNHeads(16, (16, 16), 1), mask_predictor=MaskRCNNPredictor(16, 16, 4))),
    "keypoint_rcnn": lambda: zoo.KeypointRCNN(
        pyramid(), **regions(2, keypoint_head=KeypointRCNNHeads(16, (24, 24)), keypoint_predictor=KeypointRCNNPredictor(24, 3))
    ),
    "retina_net": lambda: zoo.RetinaNet(pyramid(), 4, anchor_generator=anchors(16, 32, 64), **SIZES, **DENSE),
    "fcos": lambda: zoo.FCOS(pyramid(32), 4, anchor_generator=AnchorGenerator(((8,), (16,), (32,)), ((1.0,),) * 3), **SIZES, **DENSE),
    "ssd": lambda: zoo.ssd.SSD(Levels(), DefaultBoxGenerator([[2], [2]]), (64, 64), 4, **DENSE),
}


def scripted(name, make):
    one = lambda: [picture(80, 64)]  # noqa: E731
    two = lambda: [picture(70, 90), picture(88, 60)]  # noqa: E731
    architecture(f"torchvision-scripted-{name}", lambda: Detections(awake(make())), (one,), (two,), captures=("scripted",))


for name, make in SCRIPTED.items():
    scripted(name, make)

# One as torchvision has it, for `--all`.
WHOLE = "fasterrcnn_mobilenet_v3_large_320_fpn"
scripted(WHOLE, lambda: torchvision.models.get_model(WHOLE, weights=None, weights_backbone=None, num_classes=4, **REGIONS))
