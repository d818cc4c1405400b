"""Histograms with edges, reductions of segments, sums to a shape."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=61)
F64 = torch.float64

# How many axes there are must be known.
INT_BINS = '''graph(%%x : Tensor, %%w : Tensor):
  %%none : NoneType = prim::Constant()
  %%m : int = prim::Constant[value=-1]()
  %%n : int = prim::Constant[value=2]()
  %%bins : int = prim::Constant[value=3]()
  %%sizes : int[] = prim::ListConstruct(%%m, %%n)
  %%y : Tensor = aten::view(%%x, %%sizes)
  %%density : bool = prim::Constant[value=%d]()
  %%hist : Tensor, %%edges : Tensor[] = aten::histogramdd(%%y, %%bins, %%none, %%w, %%density)
  return (%%hist, %%edges)
'''

for dtype in (torch.float32, F64):
    x = c.rand(3, 11, dtype=dtype)
    w = c.rand(3, 11, dtype=dtype, low=0.0)
    points = c.rand(9, 2, dtype=dtype)
    for density in (False, True):
        c.case('aten::histogram', x, 7, density=density)
        c.case('aten::histogram', x, 10, range=[-1.0, 1.0], weight=w, density=density)
        edges = torch.tensor([-1.5, -0.25, 0.0, 1.0, 2.0], dtype=dtype)
        c.case('aten::histogram', x, edges, weight=w, density=density)
        c.case('aten::histogram', x, edges, density=density)

        c.case('aten::histogramdd', points, [3, 4], density=density)
        c.ir(INT_BINS % density, points, c.rand(9, dtype=dtype, low=0.0), op='aten::histogramdd.int_bins')
        c.case('aten::histogramdd', points, [2, 5], [-1.0, 1.0, -2.0, 0.5], density=density)
        c.case('aten::histogramdd.TensorList_bins', points, [edges, edges[:3]], density=density)
        c.case('aten::_histogramdd_from_bin_cts', points, [3, 4], density=density)
        c.case('aten::_histogramdd_from_bin_tensors', points, [edges, edges[1:]], density=density)
    c.case('aten::_histogramdd_bin_edges', points, [3, 4])
    c.case('aten::_histogramdd_bin_edges', points, [1, 2], range=[0.0, 1.0, 2.0, 2.0])
c.case('aten::histogram', torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0]), 4)
c.case('aten::histogram', torch.tensor([0.1, 0.2, 0.3, 0.7, 0.8]), 10, range=[0.0, 1.0])
c.case('aten::histogram', torch.tensor([1.0, 1.0]), 4)
c.case('aten::histogram', torch.tensor([]), 3)
c.case('aten::histogram', torch.tensor([0.5, float('nan'), 3.0]), 3, range=[0.0, 1.0])
c.case('aten::histogram', c.rand(100, low=0.0, high=1.0), 30, range=[0.0, 1.0])
c.case('aten::histogram', c.ints(50, low=0, high=11).float() / 10, 10)

for reduce in ('sum', 'mean', 'max', 'min', 'prod'):
    for dtype in (torch.float32, F64):
        for initial in (None, 1.5):
            c.case('aten::segment_reduce', c.rand(6, 2, dtype=dtype), reduce, lengths=torch.tensor([2, 0, 3, 1]), initial=initial)
    c.case('aten::segment_reduce', c.rand(6), reduce, lengths=torch.tensor([4, 2]))
    c.case('aten::segment_reduce', c.rand(6, 2, 2), reduce, offsets=torch.tensor([0, 1, 1, 6]))
    c.case('aten::segment_reduce', c.rand(6), reduce, lengths=torch.tensor([5, 1]).int())

for x in (c.rand(2, 3, 4), c.ints(2, 3, 4), c.rand(2, 3, 4, dtype=F64)):
    for size in ([2, 3, 4], [3, 4], [4], [1, 3, 1], [3, 1], [1], [2, 1, 4]):
        c.case('aten::sum_to_size', x, size)
    c.case('aten::_grad_sum_to_size', x, [3, 1])
    c.case('aten::_grad_sum_to_size', x, None)
c.case('aten::sum_to_size', c.rand(3, 4), [])
c.case('aten::sum_to_size', c.ints(3, 4, dtype=torch.int32), [1, 4])
c.write()
