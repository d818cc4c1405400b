"""`import torchvision` beside a torch for the CPU alone, where its compiled operators cannot be loaded: import this first.

Its own registrations name two operators that must then exist; no architecture here runs them. Where the compiled ones load, nothing is done.
"""
import importlib.util
from pathlib import Path

import torch

_SCHEMAS = ("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor", "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


def _compiled():
    folder = Path(importlib.util.find_spec("torchvision").origin).parent
    try:
        torch.ops.load_library(str(folder / "_C.so"))
    except OSError:
        return False
    return True


if not _compiled():
    library = torch.library.Library("torchvision", "DEF")
    for schema in _SCHEMAS:
        library.define(schema)
