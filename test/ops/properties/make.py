"""What a program can ask of a tensor besides sizes and dtype."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=71)
for x in (c.rand(2, 3, 4), c.ints(3, 2), torch.tensor(2.0), torch.zeros(2, 0, 3)):
    for op in ('is_contiguous', 'stride', 'storage_offset', 'element_size', 'is_leaf', 'is_inference', 'is_pinned', 'is_distributed', 'retains_grad'):
        if op == 'stride' and x.dim() == 0:
            continue
        c.case(f'aten::{op}', x)
    for op in ('output_nr', 'dense_dim', 'sparse_dim', '_is_zerotensor', 'sym_storage_offset', 'cudnn_is_acceptable'):
        c.case(f'aten::{op}', x)
    c.case('prim::nbytes', x)
x = c.rand(2, 3, 4)
for dim in (0, 1, -1):
    c.case('aten::stride.int', x, dim)
    c.case('aten::sym_stride.int', x, dim)
c.case('aten::sym_stride', x)
c.case('aten::is_contiguous.memory_format', x, torch.contiguous_format)
c.case('aten::is_non_overlapping_and_dense', x)
for dtype in (torch.float64, torch.bool, torch.int16, torch.uint8, torch.float16):
    c.case('aten::element_size', torch.ones(2, dtype=dtype))
c.write()
