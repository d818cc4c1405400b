"""Searching, comparing and sorting lists of tensors."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=83)
t = torch.tensor
for dtype in (torch.float32, torch.float64, torch.int64, torch.int32):
    items = [t(v, dtype=dtype) for v in (3, 1, 2, 1, 4)]
    for el in (1, 4, 7):
        c.case('aten::count.Tensor', items, t(el, dtype=dtype))
    for el in (1, 3, 4):
        c.case('aten::index.list_Tensor', items, t(el, dtype=dtype))
    c.case('aten::sorted.Tensor', items)
    c.case('aten::eq.Tensor_list', items, items[:])
    c.case('aten::eq.Tensor_list', items, items[::-1])
    c.case('aten::ne.Tensor_list', items, items[:4])
    c.case('aten::ne.Tensor_list', items, items[::-1])
wide = [t([v]) for v in (0.5, -1.0, 2.0)]
c.case('aten::count.Tensor', wide, t(2.0))
c.case('aten::index.list_Tensor', wide, t([-1.0]))
c.case('aten::sorted.Tensor', wide)
c.case('aten::eq.Tensor_list', [t(1), t(2)], [t(1.0), t(2.0)])
LIST = 'graph(%a : Tensor, %b : Tensor, %c : Tensor, %e : Tensor):\n  %l : Tensor[] = prim::ListConstruct(%a, %b, %c)\n'
for reverse in (0, 1):
    text = LIST.replace(', %e : Tensor', '') + f'  %r : bool = prim::Constant[value={reverse}]()\n  %y : Tensor[] = functional::sort(%l, %r)\n  return (%y)\n'
    c.ir(text, *wide, op='functional::sort.Tensor', outputs=[sorted(wide, reverse=bool(reverse))])
for el in wide:
    c.ir(LIST + '  %y : Tensor[] = functional::remove(%l, %e)\n  return (%y)\n', *wide, el, op='functional::remove.Tensor', outputs=[[w for w in wide if w is not el]])
c.write()
