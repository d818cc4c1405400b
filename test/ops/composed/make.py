"""Operators that are programs of others (src/ops/compositions). `told`: torch has a kernel for other devices alone, and the golden is made of other calls."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=71)
F64, F16, I32 = torch.float64, torch.float16, torch.int32
wide = lambda x: x.float() if x.dtype == F16 else x

# Statistics of synchronised batch norm
EPS = 1e-3
for x in (c.rand(3, 4, 5), c.rand(6, 3), c.rand(2, 3, 4, 2, dtype=F64), c.rand(2, 3, 4, dtype=F16)):
    axes, shape = [i for i in range(x.dim()) if i != 1], [-1] + [1] * (x.dim() - 2)
    mean, inv = wide(x).mean(axes), torch.rsqrt(wide(x).var(axes, correction=0) + EPS)
    c.told('aten::batch_norm_stats', x, EPS, outputs=[mean, inv])
    weight, bias = c.rand(x.shape[1], dtype=mean.dtype), c.rand(x.shape[1], dtype=mean.dtype)
    y = (wide(x) - mean.view(shape)) * inv.view(shape)
    c.told('aten::batch_norm_elemt', x, None, None, mean, inv, EPS, outputs=[y.to(x.dtype)])
    c.told('aten::batch_norm_elemt', x, weight, bias, mean, inv, EPS, outputs=[(y * weight.view(shape) + bias.view(shape)).to(x.dtype)])
parts = [c.rand(n, 3, 4) for n in (2, 5, 1)]
both = torch.cat(parts)
means = torch.stack([p.mean([0, 2]) for p in parts])
invs = torch.stack([torch.rsqrt(p.var([0, 2], correction=0) + EPS) for p in parts])
whole = [both.mean([0, 2]), torch.rsqrt(both.var([0, 2], correction=0) + EPS)]
counts = torch.tensor([8.0, 20.0, 4.0])
for running in ((None, None), (c.rand(3), c.rand(3))):
    c.told('aten::batch_norm_gather_stats_with_counts', parts[0], means, invs, *running, 0.1, EPS, counts, outputs=whole)
c.told('aten::batch_norm_gather_stats_with_counts', parts[0], means, invs, None, None, 0.1, EPS, counts.to(I32), outputs=whole)
parts = [c.rand(4, 3, 2) for _ in range(3)]
both = torch.cat(parts)
means = torch.stack([p.mean([0, 2]) for p in parts])
invs = torch.stack([torch.rsqrt(p.var([0, 2], correction=0) + EPS) for p in parts])
whole = [both.mean([0, 2]), torch.rsqrt(both.var([0, 2], correction=0) + EPS)]
c.told('aten::batch_norm_gather_stats', parts[0], means, invs, None, None, 0.1, EPS, 8, outputs=whole)

c.write()
