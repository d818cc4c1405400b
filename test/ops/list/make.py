"""Operator cases of lists that are known at run time only: sequences of tensors, and numbers in 1-d tensors. See test/ops/opcase.py."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from opcase import Cases, dyn  # noqa: E402

c = Cases(seed=15)
a, b = c.rand(2, 3), c.rand(2, 3)
x = c.rand(4, 3)
ints = [3, 1, 4, 1, 5]
floats = [2.5, -1.0, 0.0, 7.25]
bools = [True, False, True]
KINDS = (('int', ints, 4), ('float', floats, 0.0), ('bool', bools, False))
empty = dyn([], 'int[]')

for _, values, _ in KINDS:
    c.case('aten::len.t', dyn(values))
    for i in (0, 2, -1):
        c.case('aten::__getitem__.t', dyn(values), i)
        c.case('aten::__getitem__.t', dyn(values), dyn(i))
        c.case('aten::__getitem__.t', values, dyn(i))
        c.case('aten::__getitem__.t', values, i)
    for start, end, step in ((None, None, 1), (1, 3, 1), (None, -1, 1), (-2, None, 1), (0, 100, 2), (3, 1, 1)):
        c.case('aten::slice.t', dyn(values), start, end, step)
        c.case('aten::slice.t', values, start, end, step)
    c.case('aten::slice.t', dyn(values), dyn(1), dyn(3), dyn(1))
    c.case('aten::slice.t', values, dyn(-2), None, 1)
    c.case('aten::add.t', dyn(values), dyn(values[:2]))
    c.case('aten::add.t', values, dyn(values))
    c.case('aten::add.t', dyn(values), values[:1])
    c.case('aten::add.t', values, values)
    c.case('aten::mul.left_t', dyn(values), 2)
    c.case('aten::mul.left_t', values, dyn(3))
    c.case('aten::mul.left_t', values, 2)
    c.case('aten::mul.left_t', dyn(values), dyn(0))
    c.case('aten::mul.right_', 2, dyn(values))
    c.case('aten::list.t', dyn(values))
    c.case('aten::copy.t', dyn(values))
c.case('aten::len.t', empty)
c.case('aten::len.t', ints)
c.case('aten::len.t', [a, b])
c.case('aten::select.t', dyn(ints), 1)
c.case('aten::Size', dyn(ints))
c.case('aten::add.t', dyn(ints), empty)
c.case('aten::slice.t', empty, 0, 3, 1)
for n in (0, 4):
    c.case('prim::rangelist', dyn(n))
c.case('prim::rangelist', 3)

for kind, values, el in KINDS:
    c.case(f'aten::count.{kind}', dyn(values), values[0])
    c.case(f'aten::count.{kind}', values, dyn(el))
    c.case(f'aten::index.list_{kind}', dyn(values), values[1])
    c.case(f'aten::index.list_{kind}', values, dyn(values[2]))
    c.case(f'aten::sorted.{kind}', dyn(values))
    c.case(f'aten::sorted.{kind}', values)
    for op in ('eq', 'ne'):
        c.case(f'aten::{op}.{kind}_list', dyn(values), dyn(values))
        c.case(f'aten::{op}.{kind}_list', dyn(values), values[:2])
        c.case(f'aten::{op}.{kind}_list', values, dyn(values[::-1]))
        c.case(f'aten::{op}.{kind}_list', values, values[:2])
        c.case(f'aten::{op}.{kind}_list', dyn(values[:2]), dyn(values))
    for op in ('min', 'max'):
        c.case(f'prim::{op}.{kind}_list', dyn(values), dyn(values[:2]))
        c.case(f'prim::{op}.{kind}_list', dyn(values), dyn(values[1:]))
        c.case(f'prim::{op}.{kind}_list', values[1:], dyn(values))
c.case('aten::sorted.int', empty)
c.case('aten::eq.int_list', empty, empty)
c.case('aten::eq.int_list', dyn([1]), empty)
c.case('aten::__contains__.int_list', dyn(ints), 4)
c.case('aten::__contains__.int_list', dyn(ints), 7)
c.case('aten::__contains__.int_list', ints, dyn(5))
c.case('aten::__contains__.int_list', empty, 5)
c.case('aten::__contains__.float_list', dyn(floats), dyn(0.0))
c.case('aten::__contains__.float_list', floats, dyn(0.5))
for op in ('aten::broadcast_shapes', 'aten::_infer_size'):
    c.case(op, [dyn(2), 1, 3], [4, dyn(3)])
    c.case(op, [dyn(1)], [5, dyn(1)])
    c.case(op, dyn([2, 1, 3]), dyn([5, 1]))
    c.case(op, dyn([3]), [2, 1])

for dtype in (None, torch.float32, torch.int32, torch.bool, torch.float64):
    for values in (ints, floats, bools):
        c.case('aten::tensor', dyn(values), dtype=dtype)
    c.case('aten::tensor', [[dyn(1), 2], [3, dyn(4)]], dtype=dtype)
c.case('aten::tensor', ints)
c.case('aten::tensor', [dyn(1.5), 2.5])
c.case('aten::as_tensor.list', dyn(floats))
c.case('aten::as_tensor.list', dyn(ints), dtype=torch.float16)
c.case('aten::_list_to_tensor', dyn(ints))
c.case('aten::_tensor_to_list', c.ints(4).to(torch.int32))


def graph(name, text, *inputs, outputs):
    """A graph with operators that torch lacks: what the same Python lists give."""
    c.ir(text, *inputs, op=name, outputs=outputs)


def tolist(tensor, depth, code, type):
    text = f'''graph(%x : Tensor):
  %depth : int = prim::Constant[value={depth}]()
  %code : int = prim::Constant[value={code}]()
  %y : {type} = prim::tolist(%x, %depth, %code)
  return (%y)
'''
    graph('prim::tolist', text, tensor, outputs=[tensor.tolist()])


tolist(c.ints(4), 1, 0, 'int[]')
tolist(c.ints(4).to(torch.int32), 1, 0, 'int[]')
tolist(c.rand(4).double(), 1, 1, 'float[]')
tolist(c.bools(4), 1, 2, 'bool[]')
tolist(torch.tensor(7), 0, 0, 'int')


# Tensors of which only the run knows how many there are.
def over_rows(name, body, result, *inputs, outputs, data=x, params=''):
    """`%rows`: the rows of an input tensor as a list."""
    text = f'''graph(%x : Tensor{params}):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %minus : int = prim::Constant[value=-1]()
  %far : int = prim::Constant[value=100]()
  %no : bool = prim::Constant[value=0]()
  %none : NoneType = prim::Constant()
  %rows : Tensor[] = aten::unbind(%x, %zero)
{body}  return ({result})
'''
    graph(name, text, data, *inputs, outputs=outputs)


def stacked(name, body, expected, *inputs, data=x, params=''):
    """The list `%l` that `body` makes, as one tensor."""
    expected = torch.stack(expected)
    over_rows(name, body + '  %y : Tensor = aten::stack(%l, %zero)\n', '%y', *inputs, outputs=[expected], data=data, params=params)


rows = list(x.unbind(0))
for data in (x, c.ints(4, 3), c.bools(4, 3), x.half()):
    items = list(data.unbind(0))
    over_rows('aten::len.t', '  %n : int = aten::len(%rows)\n', '%n', outputs=[4], data=data)
    over_rows('aten::__getitem__.t', '  %y : Tensor = aten::__getitem__(%rows, %minus)\n', '%y', outputs=[items[-1]], data=data)
    stacked('functional::append.t', '  %l : Tensor[] = functional::append(%rows, %r)\n', items + [items[1]], items[1], data=data, params=', %r : Tensor')
    stacked('functional::reverse.t', '  %l : Tensor[] = functional::reverse(%rows)\n', items[::-1], data=data)
over_rows('aten::__getitem__.t', '  %y : Tensor = aten::__getitem__(%rows, %i)\n', '%y', 2, outputs=[rows[2]], params=', %i : int')
for i, name in ((1, '%one'), (-1, '%minus')):
    stacked('functional::_set_item.t', f'  %r : Tensor = aten::neg(%x)\n  %n : Tensor = aten::select(%r, %zero, %zero)\n  %l : Tensor[] = functional::_set_item(%rows, {name}, %n)\n',
            [-rows[0] if k == i % 4 else r for k, r in enumerate(rows)])  # fmt: skip
    popped = rows[: i % 4] + rows[i % 4 + 1 :]
    stacked('functional::Delete.t', f'  %l : Tensor[] = functional::Delete(%rows, {name})\n', popped)
    over_rows('functional::pop.t', f'  %l : Tensor[], %e : Tensor = functional::pop(%rows, {name})\n  %y : Tensor = aten::stack(%l, %zero)\n', '%y, %e',
              outputs=[torch.stack(popped), rows[i]])  # fmt: skip
for name, i in (('%one', 1), ('%minus', -1), ('%far', 100), ('%i', -100), ('%i', 2)):
    expected = rows[:]
    expected.insert(i, rows[3])
    given = (i,) if name == '%i' else ()
    stacked('functional::insert.t', f'  %r : Tensor = aten::select(%x, %zero, %minus)\n  %l : Tensor[] = functional::insert(%rows, {name}, %r)\n',
            expected, *given, params=', %i : int' if given else '')  # fmt: skip
stacked('functional::extend.t', '  %l : Tensor[] = functional::extend(%rows, %rows)\n', rows + rows)
stacked('functional::add_.t', '  %l : Tensor[] = functional::add_(%rows, %rows)\n', rows + rows)
stacked('functional::mul_.t', '  %l : Tensor[] = functional::mul_(%rows, %two)\n', rows + rows)
stacked('aten::add.t', '  %l : Tensor[] = aten::add(%rows, %rows)\n', rows + rows)
stacked('aten::mul.left_t', '  %l : Tensor[] = aten::mul(%rows, %two)\n', rows * 2)
stacked('aten::slice.t', '  %l : Tensor[] = aten::slice(%rows, %one, %none, %one)\n', rows[1:])
stacked('aten::slice.t', '  %l : Tensor[] = aten::slice(%rows, %none, %minus, %two)\n', rows[:-1:2])
stacked('aten::slice.t', '  %l : Tensor[] = aten::slice(%rows, %i, %far, %one)\n', rows[2:], 2, params=', %i : int')
over_rows('functional::clear.t', '  %l : Tensor[] = functional::clear(%rows)\n  %n : int = aten::len(%l)\n', '%n', outputs=[0])
over_rows('functional::append.t', '''  %e : Tensor[] = prim::ListConstruct()
  %l : Tensor[] = functional::append(%e, %x)
  %m : Tensor[] = functional::append(%l, %x)
  %n : int = aten::len(%m)
  %y : Tensor = aten::cat(%m, %zero)
''', '%n, %y', outputs=[2, torch.cat([x, x])])  # fmt: skip
# Collected in a loop: append, then stack.
for data in (x, c.ints(4, 3)):
    over_rows('functional::append.t', '''  %e : Tensor[] = prim::ListConstruct()
  %yes : bool = prim::Constant[value=1]()
  %n : int = aten::size(%x, %zero)
  %l : Tensor[] = prim::Loop(%n, %yes, %e)
    block0(%i : int, %m : Tensor[]):
      %r : Tensor = aten::select(%x, %zero, %i)
      %k : Tensor[] = functional::append(%m, %r)
      -> (%yes, %k)
  %y : Tensor = aten::stack(%l, %zero)
''', '%y', outputs=[data], data=data)  # fmt: skip
over_rows('functional::append.t', '''  %e : int[] = prim::ListConstruct()
  %yes : bool = prim::Constant[value=1]()
  %n : int = aten::size(%x, %zero)
  %l : int[] = prim::Loop(%n, %yes, %e)
    block0(%i : int, %m : int[]):
      %k : int[] = functional::append(%m, %i)
      -> (%yes, %k)
''', '%l', outputs=[[0, 1, 2, 3]])  # fmt: skip


# Numbers.
def update(name, type, call, values, expected, *inputs, params=''):
    element = type.removesuffix('[]')
    text = f'''graph(%l : {type}{params}):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %minus : int = prim::Constant[value=-1]()
  %far : int = prim::Constant[value=100]()
  %no : bool = prim::Constant[value=0]()
  %yes : bool = prim::Constant[value=1]()
  %el : {element} = aten::__getitem__(%l, %zero)
  %y : {type} = {call}
  return (%y)
'''
    graph(name, text, values, *inputs, outputs=[expected])


for kind, values, _ in KINDS:
    type, first = f'{kind}[]', values[0]
    update('functional::append.t', type, 'functional::append(%l, %el)', values, values + [first])
    update('functional::extend.t', type, 'functional::extend(%l, %l)', values, values + values)
    update('functional::insert.t', type, 'functional::insert(%l, %one, %el)', values, values[:1] + [first] + values[1:])
    update('functional::insert.t', type, 'functional::insert(%l, %minus, %el)', values, values[:-1] + [first] + values[-1:])
    update('functional::insert.t', type, 'functional::insert(%l, %far, %el)', values, values + [first])
    update('functional::insert.t', type, 'functional::insert(%l, %i, %el)', values, [first] + values, -100, params=', %i : int')
    update('functional::Delete.t', type, 'functional::Delete(%l, %one)', values, values[:1] + values[2:])
    update('functional::Delete.t', type, 'functional::Delete(%l, %i)', values, values[:-1], -1, params=', %i : int')
    update('functional::_set_item.t', type, 'functional::_set_item(%l, %one, %el)', values, values[:1] + [first] + values[2:])
    update('functional::_set_item.t', type, 'functional::_set_item(%l, %i, %el)', values, values[:-1] + [first], -1, params=', %i : int')
    update('functional::reverse.t', type, 'functional::reverse(%l)', values, values[::-1])
    update(f'functional::remove.{kind}', type, 'functional::remove(%l, %el)', values, values[1:])
    update(f'functional::sort.{kind}', type, 'functional::sort(%l, %no)', values, sorted(values))
    update(f'functional::sort.{kind}', type, 'functional::sort(%l, %yes)', values, sorted(values)[::-1])
# What an empty list would hold is the dtype of its tensor.
for kind in ('int', 'float', 'bool'):
    c.ir(f'graph():\n  %l : {kind}[] = prim::ListConstruct()\n  %none : NoneType = prim::Constant()\n  %no : bool = prim::Constant[value=0]()\n  %t : Tensor = aten::tensor(%l, %none, %none, %no)\n  return (%t)\n', op='aten::tensor', case_name=f'aten::tensor of no {kind}')
c.write()
