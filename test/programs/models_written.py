"""Known of what lists and dicts hold, and of many tensors that are written: ranks and dtypes of what comes out of them. Last of these files, since
torch numbers the types of an archive by all that was made before."""

from typing import Dict, List, Tuple

import torch
import torch.nn as nn
from torch import Tensor


class Ranked(nn.Module):
    """Lists of one rank, of a length that the call tells, and resampling that takes one rank alone."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(2, 3, 3, padding=1)

    def best(self, scores: Tensor, lengths: List[int]) -> Tensor:
        best: List[Tensor] = []
        offset = 0
        for part in scores.split(lengths, 1):
            best.append(part.topk(min(2, part.shape[1]), dim=1)[1] + offset)
            offset += part.shape[1]
        return torch.cat(best, dim=1)

    def forward(self, images: List[Tensor]) -> Dict[str, Tensor]:
        found: Dict[str, Tensor] = {}
        for i, image in enumerate(images):
            if image.dim() != 3:
                raise ValueError("images are of three axes")
            features = torch.relu_(self.convolution(image[None]))
            smaller = nn.functional.interpolate(features, scale_factor=0.5, mode="nearest")
            back = nn.functional.interpolate(smaller, size=features.shape[-2:], mode="bilinear", align_corners=False)
            scores = torch.cat([features.flatten(2)[0], back.flatten(2)[0]], dim=1)
            half = features.shape[-1] * features.shape[-2]
            found[str(i)] = scores[torch.arange(3)[:, None], self.best(scores, [half, scores.shape[1] - half])]
        return found


class Labelled(nn.Module):
    """Dicts of tensors of several dtypes, and a list of what is under one of the keys; another dict is updated, a tensor beside them is written."""

    def halved(self, boxes: Tensor) -> Tensor:
        left, top, right, bottom = boxes.unbind(1)
        return torch.stack((left * 0.5, top * 0.5, right * 0.5, bottom * 0.5), dim=1)

    def forward(self, boxes: List[Tensor], scale: float) -> Tuple[List[Dict[str, Tensor]], Tensor, Dict[str, Tensor]]:
        results: List[Dict[str, Tensor]] = []
        losses: Dict[str, Tensor] = {}
        losses.update({})
        for one in boxes:
            kept = one.reshape(-1, 4)
            marks = torch.zeros(kept.shape[0], 2)
            for i in range(kept.shape[0]):
                marks[i, 0] = kept[i].sum()
            results.append({"boxes": kept, "labels": torch.arange(kept.shape[0]), "marks": marks.permute(1, 0)})
        rows = [result["boxes"] for result in results]
        joined = torch.cat(rows)
        ids = torch.cat([torch.full_like(row[:, :1], i, dtype=joined.dtype) for i, row in enumerate(rows)])
        for result in results:
            result["boxes"] = self.halved(result["boxes"])
            factors = [scale for _ in range(joined.dim())]
            result["marks"] = result["marks"] * factors[1] + float(len(factors))
        return results, torch.cat([ids, joined], dim=1), losses


class Followed(nn.Module):
    """Many tensors whose writes can be followed, and one of which nobody can say which it is."""

    def forward(self, x: Tensor, pick: List[int]) -> Dict[str, Tensor]:
        out: Dict[str, Tensor] = {}
        for key in pick:
            total = x * 0.0
            t0 = x + 0.0
            t0[0] = float(key)
            total = total + t0.relu_()
            t1 = x + 1.0
            t1[0] = float(key)
            total = total + t1.relu_()
            t2 = x + 2.0
            t2[0] = float(key)
            total = total + t2.relu_()
            t3 = x + 3.0
            t3[0] = float(key)
            total = total + t3.relu_()
            t4 = x + 4.0
            t4[0] = float(key)
            total = total + t4.relu_()
            t5 = x + 5.0
            t5[0] = float(key)
            total = total + t5.relu_()
            t6 = x + 6.0
            t6[0] = float(key)
            total = total + t6.relu_()
            t7 = x + 7.0
            t7[0] = float(key)
            total = total + t7.relu_()
            t8 = x + 8.0
            t8[0] = float(key)
            total = total + t8.relu_()
            t9 = x + 9.0
            t9[0] = float(key)
            total = total + t9.relu_()
            t10 = x + 10.0
            t10[0] = float(key)
            total = total + t10.relu_()
            t11 = x + 11.0
            t11[0] = float(key)
            total = total + t11.relu_()
            t12 = x + 12.0
            t12[0] = float(key)
            total = total + t12.relu_()
            t13 = x + 13.0
            t13[0] = float(key)
            total = total + t13.relu_()
            t14 = x + 14.0
            t14[0] = float(key)
            total = total + t14.relu_()
            t15 = x + 15.0
            t15[0] = float(key)
            total = total + t15.relu_()
            t16 = x + 16.0
            t16[0] = float(key)
            total = total + t16.relu_()
            t17 = x + 17.0
            t17[0] = float(key)
            total = total + t17.relu_()
            t18 = x + 18.0
            t18[0] = float(key)
            total = total + t18.relu_()
            t19 = x + 19.0
            t19[0] = float(key)
            total = total + t19.relu_()
            t20 = x + 20.0
            t20[0] = float(key)
            total = total + t20.relu_()
            t21 = x + 21.0
            t21[0] = float(key)
            total = total + t21.relu_()
            t22 = x + 22.0
            t22[0] = float(key)
            total = total + t22.relu_()
            t23 = x + 23.0
            t23[0] = float(key)
            total = total + t23.relu_()
            t24 = x + 24.0
            t24[0] = float(key)
            total = total + t24.relu_()
            t25 = x + 25.0
            t25[0] = float(key)
            total = total + t25.relu_()
            views = [x.clone(), total]
            views[key % 2].add_(1.0)
            chosen = total if key > 1 else views[0]
            chosen.mul_(2.0)
            out[str(key)] = total + views[0] + chosen
        return out


def rand(seed: int, *shape: int) -> Tensor:
    """Of a generator of its own."""
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


MODELS = {
    "followed": (Followed, [(rand(6, 3), [0, 3]), (rand(7, 2, 2), [1, 2])], False),
    "labelled": (Labelled, [([rand(8, 2, 4), rand(9, 12)], 2.0), ([rand(10, 3, 4)], 0.5)], False),
    "ranked": (Ranked, [([rand(11, 2, 6, 4)],), ([rand(12, 2, 4, 4), rand(13, 2, 3, 8)],)], False),
}
