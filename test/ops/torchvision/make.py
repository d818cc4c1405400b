"""torchvision's operators: suppression of boxes, pooling of regions, deformable convolution. Wants a torchvision whose compiled operators load."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'architectures'))
import torch
from torchvision_operators import COMPILED

if not COMPILED:
    print("torchvision's compiled operators are not installed, or made for another torch", file=sys.stderr)
    sys.exit(77)

import torchvision  # noqa: E402, F401
from opcase import Cases, dyn  # noqa: E402

c = Cases(seed=61)
F16, F64 = torch.float16, torch.float64
NAN, INF = float('nan'), float('inf')


def floats(*rows, dtype=torch.float32):
    return torch.tensor(rows, dtype=dtype)


def boxes(count, dtype=torch.float32, size=10.0):
    corner = c.rand(count, 2, dtype=dtype) * size / 2
    return torch.cat([corner, corner + (c.rand(count, 2, dtype=dtype).abs() + 0.2) * size / 2], 1)


# nms: thresholds, ties, boxes without extent, with swapped corners, no boxes, one box, infinite ones, NaN scores
for dtype in (torch.float32, F64):
    some, scores = boxes(24, dtype), c.rand(24, dtype=dtype)
    for iou in (0.0, 0.3, 0.5, 0.7, 1.0, 1.5, -0.1):
        c.case('torchvision::nms', some, scores, iou)
    c.case('torchvision::nms', some, scores, dyn(0.3))
    c.case('torchvision::nms', some, scores, dyn(2.0))
    c.case('torchvision::nms', some, torch.tensor([0.5, 0.25] * 12, dtype=dtype), 0.4)
    c.case('torchvision::nms', some, torch.zeros(24, dtype=dtype), 0.4)
    c.case('torchvision::nms', torch.zeros(0, 4, dtype=dtype), torch.zeros(0, dtype=dtype), 0.5)
    c.case('torchvision::nms', some[:1], scores[:1], 0.5)
    flat = floats([0, 0, 2, 2], [1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 2, 2], [0, 0, 0, 2], [0, 0, 2, 0], dtype=dtype)
    c.case('torchvision::nms', flat, torch.arange(6, dtype=dtype), 0.5)
    swapped = floats([2, 2, 0, 0], [0, 0, 2, 2], [2, 0, 0, 2], [0, 2, 2, 0], [0, 0, 2, 2], [2, 2, 0, 0], dtype=dtype)
    c.case('torchvision::nms', swapped, torch.arange(6, dtype=dtype), 0.1)
    c.case('torchvision::nms', floats([-INF, 0, INF, 2], [0, 0, 2, 2], [0, 0, INF, INF], [0, 0, INF, INF], dtype=dtype), torch.arange(4, dtype=dtype), 0.1)
    c.case('torchvision::nms', some[:6], floats(0.5, NAN, 0.7, -INF, INF, NAN, dtype=dtype).flatten(), 0.3)
    # Overlaps that are the threshold: 1/3, and 0.3 as a float32
    c.case('torchvision::nms', floats([0, 0, 2, 1], [1, 0, 3, 1], [0, 0, 10, 1], [7, 0, 10, 1], dtype=dtype), torch.arange(4, dtype=dtype), 1 / 3)
    c.case('torchvision::nms', floats([0, 0, 10, 1], [7, 0, 10, 1], dtype=dtype), torch.arange(2, dtype=dtype), 0.3)
    c.case('torchvision::nms', floats([0, 0, 10, 1], [7, 0, 10, 1], dtype=dtype), torch.arange(2, dtype=dtype), dyn(0.3))


def regions(*rows, dtype=torch.float32):
    return floats(*rows, dtype=dtype)


ROIS = ([0, 1.0, 1.5, 6.0, 5.0], [1, 0.0, 0.0, 9.0, 8.0], [1, -3.0, -2.0, 3.3, 4.4], [0, 5.2, 4.1, 14.0, 12.0], [0, 3.0, 3.0, 3.0, 3.0], [1, 2.0, 2.0, 2.4, 2.6])
TURNED = ([0, 6.0, 5.0, 1.0, 1.5], [1, 6.0, 1.0, 2.0, 7.0], [0, 20.0, 20.0, 30.0, 30.0])
x = c.rand(2, 8, 9, 10)
for aligned in (True, False):
    for samples in (-1, 0, 1, 2, 3):
        c.case('torchvision::roi_align', x[:, :3], regions(*ROIS), 1.0, 2, 3, samples, aligned)
    c.case('torchvision::roi_align', x[:, :3], regions(*TURNED), 1.0, 2, 2, 2, aligned)
    if not aligned:
        c.case('torchvision::roi_align', x[:, :3], regions(*TURNED), 1.0, 2, 2, -1, aligned)
    c.case('torchvision::roi_align', x[:, :3], regions(*ROIS), 1 / 3, 3, 2, 2, aligned)
    c.case('torchvision::roi_align', x[:, :3], regions(*ROIS), dyn(0.7), 1, 1, -1, aligned)
    c.case('torchvision::roi_align', x[:, :3], torch.zeros(0, 5), 0.25, 2, 2, 2, aligned)
    c.case('torchvision::roi_align', x[:, :3].double(), regions(*ROIS, dtype=F64), 1 / 3, 2, 2, -1, aligned)
    c.case('torchvision::roi_align', x[:, :3].half(), regions(*ROIS, dtype=F16), 0.5, 2, 2, 2, aligned)
c.case('torchvision::roi_align', c.rand(1, 1, 1, 1), regions([0, 0, 0, 1, 1]), 1.0, 2, 2, 2, True)

for scale in (1.0, 0.5, 1 / 3, dyn(0.7)):
    c.case('torchvision::roi_pool', x[:, :3], regions(*ROIS, *TURNED), scale, 2, 3)
    c.case('torchvision::ps_roi_pool', x[:, :6], regions(*ROIS, *TURNED), scale, 2, 3)
    for samples in (2, -1):
        c.case('torchvision::ps_roi_align', x[:, :6], regions(*ROIS, *TURNED), scale, 2, 3, samples)
for dtype in (F64, torch.float32):
    c.case('torchvision::roi_pool', x[:, :2].to(dtype), regions(*ROIS, dtype=dtype), 0.7, 3, 3)
    c.case('torchvision::ps_roi_pool', x.to(dtype), regions(*ROIS, dtype=dtype), 0.7, 2, 2)
    c.case('torchvision::ps_roi_align', x.to(dtype), regions(*ROIS, dtype=dtype), 0.7, 2, 2, 0)
    none = torch.zeros(0, 5, dtype=dtype)
    c.case('torchvision::roi_pool', x[:, :2].to(dtype), none, 0.7, 3, 3)
    c.case('torchvision::ps_roi_pool', x.to(dtype), none, 0.7, 2, 2)
    c.case('torchvision::ps_roi_align', x.to(dtype), none, 0.7, 2, 2, 0)
c.case('torchvision::ps_roi_align', x.half(), regions(*ROIS, dtype=F16), 0.5, 2, 2, 2)
# Halves are rounded away from zero; ties go to the first element
c.case('torchvision::roi_pool', c.rand(1, 1, 6, 6), regions([0, 0.5, 1.5, 2.5, 3.5], [0, -0.5, -1.5, 4.49, 4.51]), 1.0, 2, 2)
c.case('torchvision::ps_roi_pool', c.rand(1, 4, 6, 6), regions([0, 0.5, 1.5, 2.5, 3.5], [0, -0.5, -1.5, 4.49, 4.51]), 1.0, 2, 2)
c.case('torchvision::roi_pool', torch.ones(1, 1, 4, 4), regions([0, 0, 0, 3, 3]), 1.0, 2, 2)
c.case('torchvision::roi_pool', torch.full((1, 1, 4, 4), -INF), regions([0, 0, 0, 3, 3]), 1.0, 2, 2)


def deform(size, weight, stride=(1, 1), pad=(0, 0), dilation=(1, 1), groups=1, offset_groups=1, masked=False, reach=1.0, dtype=torch.float32):
    n, channels, height, width = size
    out, kh, kw = weight
    oh = (height + 2 * pad[0] - dilation[0] * (kh - 1) - 1) // stride[0] + 1
    ow = (width + 2 * pad[1] - dilation[1] * (kw - 1) - 1) // stride[1] + 1
    offset = c.rand(n, 2 * offset_groups * kh * kw, oh, ow, dtype=dtype) * reach
    if dtype == F16:
        offset = (offset * 4).round() / 4
    mask = c.rand(n, offset_groups * kh * kw, oh, ow, dtype=dtype) if masked else torch.zeros(n, 1, dtype=dtype)
    args = (c.rand(*size, dtype=dtype), c.rand(out, channels // groups, kh, kw, dtype=dtype), offset, mask, c.rand(out, dtype=dtype))
    c.case('torchvision::deform_conv2d', *args, *stride, *pad, *dilation, groups, offset_groups, masked)


deform((2, 3, 6, 7), (4, 3, 3))
deform((2, 3, 6, 7), (4, 3, 3), masked=True)
deform((1, 3, 6, 7), (4, 3, 2), stride=(2, 1), pad=(1, 2), masked=True)
deform((1, 2, 7, 8), (2, 3, 3), pad=(2, 1), dilation=(2, 1), reach=4.0)
deform((2, 4, 5, 5), (4, 3, 3), pad=(1, 1), groups=2, offset_groups=2, masked=True)
deform((1, 4, 5, 5), (2, 1, 1), offset_groups=4, reach=3.0)
deform((1, 4, 5, 5), (4, 3, 3), pad=(1, 1), groups=4, masked=True, reach=8.0)
deform((1, 2, 5, 6), (3, 3, 3), pad=(1, 1), masked=True, dtype=F64)
deform((1, 2, 5, 6), (3, 3, 3), pad=(1, 1), masked=True, dtype=F16)
deform((0, 2, 5, 6), (3, 3, 3), pad=(1, 1))
c.write()
