"""Sparse tensors and what is computed with them; every result is made dense."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=89)
F64 = torch.float64


def case(op, args, *tensors, outputs=None):
    """`args` names the tensors a, b, c and the constants of the header."""
    names = 'abcd'[: len(tensors)]
    text = f'graph({", ".join(f"%{n} : Tensor" for n in names)}):\n{HEADER}  %s : Tensor = {op}({args})\n  %y : Tensor = aten::to_dense(%s, %none, %none)\n  return (%y)\n'
    c.ir(text, *tensors, op=op, outputs=outputs)


HEADER = ''.join(
    f'  %{name} : {kind} = prim::Constant{value}()\n'
    for name, kind, value in (('none', 'NoneType', ''), ('two', 'int', '[value=2]'), ('three', 'int', '[value=3]'), ('four', 'int', '[value=4]'), ('double', 'int', '[value=7]'), ('false', 'bool', '[value=0]'), ('one', 'int', '[value=1]'))
) + '  %size : int[] = prim::ListConstruct(%three, %four)\n  %wide : int[] = prim::ListConstruct(%three, %four, %two)\n  %first : int[] = prim::ListConstruct(%one)\n'

dense = c.rand(3, 4) * c.bools(3, 4)
for dtype in (torch.float32, F64, torch.int64):
    x = c.ints(3, 4, dtype=dtype) * c.bools(3, 4)
    case('aten::to_sparse', '%a, %none, %none, %none', x)
    case('aten::to_sparse', '%a, %two', x)
    case('aten::to_sparse_csr', '%a, %none', x)
    case('aten::to_sparse_csc', '%a, %none', x)
case('aten::_to_sparse', '%a, %none, %none, %none', dense)
case('aten::_to_sparse', '%a, %two', dense)
case('aten::_to_sparse_csr', '%a, %none', dense)
case('aten::_to_sparse_csc', '%a, %none', dense)
blocks = '%size2, %none'
HEADER += '  %size2 : int[] = prim::ListConstruct(%one, %two)\n'
for op in ('to_sparse_bsr', 'to_sparse_bsc', '_to_sparse_bsr', '_to_sparse_bsc'):
    case(f'aten::{op}', f'%a, {blocks}', dense)

places = torch.tensor([[0, 1, 1, 2], [3, 0, 0, 2]])
values = c.rand(4)
options = '%none, %none, %none, %none, %none'
case('aten::sparse_coo_tensor', f'%a, %b, %size, {options}', places, values)
case('aten::sparse_coo_tensor', f'%a, %b, %size, %double, %none, %none, %none, %none', places, values)
case('aten::sparse_coo_tensor', f'%a, %b, %wide, {options}', places, c.rand(4, 2))
case('aten::sparse_coo_tensor', '%size, %none, %none, %none, %false')
case('aten::_sparse_coo_tensor_unsafe', f'%a, %b, %size, {options}', places, values)
crow, col = torch.tensor([0, 1, 3, 4]), torch.tensor([3, 0, 2, 1])
case('aten::sparse_csr_tensor', '%a, %b, %c, %size, %none, %none, %none, %false', crow, col, values)
ccol, row = torch.tensor([0, 1, 1, 3, 4]), torch.tensor([2, 0, 1, 0])
case('aten::sparse_csc_tensor', '%a, %b, %c, %size, %none, %none, %none, %false', ccol, row, values)

S = '  %p : Tensor = aten::to_sparse(%a, %none, %none, %none)\n'


def on_sparse(op, call, *tensors, dense=True, cast=None):
    names = 'abcd'[: len(tensors)]
    end = '  %y : Tensor = aten::to_dense(%s, %none, %none)\n' if dense else '  %y : Tensor = aten::clone(%s, %none)\n'
    text = f'graph({", ".join(f"%{n} : Tensor" for n in names)}):\n{HEADER}{S}  %s : Tensor = {op}({call})\n{end}  return (%y)\n'
    c.ir(text, *tensors, op=op)


x = dense
on_sparse('aten::coalesce', '%p', x)
on_sparse('aten::_coalesced', '%p, %false', x)
on_sparse('aten::smm', '%p, %b', x, c.rand(4, 2))
on_sparse('aten::hspmm', '%p, %b', x, c.rand(4, 2))
on_sparse('aten::_sparse_mm', '%p, %b', x, c.rand(4, 2), dense=False)
on_sparse('aten::mm', '%p, %b', x, c.rand(4, 2), dense=False)
on_sparse('aten::_sparse_addmm', '%c, %p, %b, %one, %two', x, c.rand(4, 2), c.rand(3, 2), dense=False)
on_sparse('aten::_sparse_sum', '%p', x, dense=False)
on_sparse('aten::_sparse_sum', '%p, %double', x, dense=False)
on_sparse('aten::_sparse_sum', '%p, %first', x)
on_sparse('aten::_sparse_sum', '%p, %first, %double', x)
on_sparse('aten::sparse_mask', '%b, %p', x, c.rand(3, 4))
on_sparse('aten::mul', '%p, %p', x)
on_sparse('aten::add', '%p, %p, %two', x)
t = c.rand(3, 3)
text = f'graph(%a : Tensor, %b : Tensor, %c : Tensor):\n{HEADER}{S}  %q : Tensor = aten::to_sparse(%c, %none, %none, %none)\n  %s : Tensor = aten::sspaddmm(%q, %p, %b, %one, %one)\n  %y : Tensor = aten::to_dense(%s, %none, %none)\n  return (%y)\n'
c.ir(text, x, c.rand(4, 2), c.rand(3, 2), op='aten::sspaddmm')
case('aten::_coalesce', '%a', dense, outputs=[dense])
probs = c.rand(6, 2, 4).log_softmax(-1)
tail = (torch.tensor([[1, 2], [3, 1]]), [6, 5], [2, 2])
c.twin('aten::miopen_ctc_loss', probs, *tail, 0, True, False, of='aten::_ctc_loss', of_args=(probs, *tail, 0, False), take=1)
tail = (torch.tensor([[1, 2], [3, 1]]), torch.tensor([6, 5]), torch.tensor([2, 2]))
c.twin('aten::miopen_ctc_loss.Tensor', probs, *tail, 0, True, False, of='aten::_ctc_loss.Tensor', of_args=(probs, *tail, 0, False), take=1)
c.write()
