"""`import torchvision` beside a torch for the CPU alone, where its compiled operators cannot be loaded: import this first.

Its own registrations name two operators that must then exist; who runs them looks at COMPILED first. Where the compiled ones load, nothing is done.
"""
import importlib.util
from pathlib import Path

import torch

_SCHEMAS = ("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor", "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


def _compiled():
    found = importlib.util.find_spec("torchvision")
    # Without an origin it is a folder of this name, such as test/ops/torchvision.
    if found is None or found.origin is None:
        return False
    folder = Path(found.origin).parent
    try:
        torch.ops.load_library(str(folder / "_C.so"))
    except OSError:
        return False
    return True


# Whether they can be run.
COMPILED = _compiled()
if not COMPILED:
    library = torch.library.Library("torchvision", "DEF")
    for schema in _SCHEMAS:
        library.define(schema)
