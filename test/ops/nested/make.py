"""Padding masks before packing."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=53)
for rows in ([[1, 1, 0], [1, 0, 0]], [[1, 1, 1], [1, 1, 1]], [[1, 0, 1], [1, 1, 0]], [[0, 1, 1], [1, 1, 1]], [[0, 0, 0], [1, 0, 0]]):
    mask = torch.tensor(rows, dtype=torch.bool)
    c.case('aten::_nested_tensor_from_mask_left_aligned', c.rand(2, 3, 2), mask)
c.case('aten::_nested_tensor_from_mask_left_aligned', c.rand(3, 1, 2), torch.ones(3, 1, dtype=torch.bool))
c.write()
