"""What detectors are made of: images of any size in a list, padded into a batch; features in a dict made of pairs; results as a list of dicts;
scales that are found out by the first call, and an object made of them."""

from typing import Dict, List, Optional, Tuple

import torch
import torch.nn as nn
from torch import Tensor


class Mapper:
    def __init__(self, low: int, high: int):
        self.low = low
        self.high = high

    def __call__(self, boxes: Tensor) -> Tensor:
        return torch.clamp(torch.floor(torch.log2((boxes[:, 2] - boxes[:, 0]).abs() + 1.0)), float(self.low), float(self.high))


class Pooler(nn.Module):
    __annotations__ = {"scales": Optional[List[float]], "mapper": Optional[Mapper]}

    def __init__(self):
        super().__init__()
        self.scales = None
        self.mapper = None

    def forward(self, boxes: Tensor, sizes: List[Tuple[int, int]]) -> Tensor:
        if self.scales is None or self.mapper is None:
            self.scales = [1.0 / float(height) for height, _ in sizes]
            self.mapper = Mapper(1, len(sizes) + 2)
        scales, mapper = self.scales, self.mapper
        if scales is None or mapper is None:
            raise ValueError("scales and mapper should not be None")
        return mapper(boxes) * scales[0]


class Batched(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.second = nn.Conv2d(4, 4, 3, stride=2, padding=1)
        self.head = nn.Conv2d(4, 5, 1)

    def longest(self, sizes: List[List[int]]) -> List[int]:
        longest = sizes[0]
        for size in sizes[1:]:
            for index, item in enumerate(size):
                longest[index] = max(longest[index], item)
        return longest

    def batch(self, images: List[Tensor]) -> Tensor:
        longest = list(self.longest([list(image.shape) for image in images]))
        longest[1] = (longest[1] + 7) // 8 * 8
        longest[2] = (longest[2] + 7) // 8 * 8
        batch = images[0].new_full([len(images)] + longest, 0)
        for i in range(batch.shape[0]):
            image = images[i]
            batch[i, : image.shape[0], : image.shape[1], : image.shape[2]].copy_(image)
        return batch

    def forward(self, images: List[Tensor]) -> List[Dict[str, Tensor]]:
        for image in images:
            if image.dim() != 3:
                raise ValueError(f"images is expected to be a list of 3d tensors, got {image.shape}")
        batch = self.batch(images)
        one = torch.relu(self.first(batch))
        two = torch.relu(self.second(one))
        features = dict([(str(i), level) for i, level in enumerate([one, two])])
        levels = list(features.values())
        rows: List[Tensor] = []
        for level in levels:
            out = self.head(level)
            n, _, height, width = out.shape
            rows.append(out.permute(0, 2, 3, 1).reshape(n, height * width, 5))
        found = torch.cat(rows, dim=1)
        results: List[Dict[str, Tensor]] = []
        for i in range(len(images)):
            scores = torch.sigmoid(found[i, :, 4])
            best = torch.topk(scores, 4)[1]
            boxes = found[i, :, :4][best].clone()
            boxes[:, 0::2] *= float(images[i].shape[2])
            boxes[:, 1::2] *= float(images[i].shape[1])
            results.append({"boxes": boxes, "scores": scores[best]})
        return results


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = Pooler()

    def forward(self, boxes: List[Tensor]) -> List[Dict[str, Tensor]]:
        out: List[Dict[str, Tensor]] = []
        for box in boxes:
            sizes = [(box.shape[0] + 2, box.shape[1])]
            out.append({"levels": self.pool(box, sizes)})
        return out


def rand(seed: int, *shape: int) -> Tensor:
    """Of a generator of its own: what other files draw stays as it is."""
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


MODELS = {
    "batched": (Batched, [([rand(0, 3, 13, 9), rand(1, 3, 10, 17)],), ([rand(2, 3, 21, 12)],), ([rand(3, 1, 3, 21, 12)],)], False),
    "pooled": (Pooled, [([rand(4, 3, 4) * 9, rand(5, 2, 4) * 40],), ([rand(6, 5, 4) * 20],)], True),
}
