"""Random numbers: dtype, shape, and what is true of every draw. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=19)
x = c.rand(2, 3)
HEAD = '  %n : NoneType = prim::Constant()\n  %f : bool = prim::Constant[value=0]()\n  %t : bool = prim::Constant[value=1]()\n' + ''.join(
    f'  %i{i} : int = prim::Constant[value={i}]()\n' for i in (0, 1, 2, 3, 4, 6, 7, 11)
) + '  %half : float = prim::Constant[value=0.5]()\n  %one : float = prim::Constant[value=1.]()\n  %zero : float = prim::Constant[value=0.]()\n  %s : int[] = prim::ListConstruct(%i2, %i3)\n'  # fmt: skip


def check(op, call, *inputs, low=None, high=None, then=''):
    """The draws lie in [low, high); their dtype and shape are those of zeros_like."""
    params = ', '.join(f'%x{i} : Tensor' for i in range(len(inputs)))
    text = f'graph({params}):\n{HEAD}  %y : Tensor = {call}\n'
    outs = ['%z']
    text += '  %z : Tensor = aten::zeros_like(%y, %n, %n, %n, %n, %n)\n'
    if low is not None:
        text += f'  %a : Tensor = aten::ge(%y, %{low})\n'
        outs.append('%a')
    if high is not None:
        text += f'  %b : Tensor = aten::lt(%y, %{high})\n'
        outs.append('%b')
    if then:
        text += f'  %c : Tensor = {then}\n'
        outs.append('%c')
    c.ir(text + f'  return ({", ".join(outs)})\n', *inputs, op=op, case_name=f'{op}: {call}')


check('aten::rand', 'aten::rand(%s, %n, %n, %n, %n)', low='i0', high='i1')
check('aten::rand', 'aten::rand(%s, %i7, %n, %n, %n)', low='i0', high='i1')
check('aten::randn', 'aten::randn(%s, %n, %n, %n, %n)', then='aten::isfinite(%y)')
check('aten::rand_like', 'aten::rand_like(%x0, %n, %n, %n, %n, %n)', x, low='i0', high='i1')
check('aten::rand_like', 'aten::rand_like(%x0, %n, %n, %n, %n, %n)', x.to(torch.float64), low='i0', high='i1')
check('aten::rand_like', 'aten::rand_like(%x0, %i6, %n, %n, %n, %n)', c.ints(4), low='i0', high='i1')
check('aten::randn_like', 'aten::randn_like(%x0, %n, %n, %n, %n, %n)', x, then='aten::isfinite(%y)')
check('aten::randint', 'aten::randint(%i7, %s, %i4, %n, %n, %n)', low='i0', high='i7')
check('aten::randint.low', 'aten::randint(%i3, %i7, %s, %i4, %n, %n, %n)', low='i3', high='i7')
check('aten::randint.low', 'aten::randint(%i3, %i7, %s, %i6, %n, %n, %n)', low='i3', high='i7')
check('aten::randint_like', 'aten::randint_like(%x0, %i7, %n, %n, %n, %n, %n)', c.ints(3), low='i0', high='i7')
check('aten::randint_like.low_dtype', 'aten::randint_like(%x0, %i3, %i7, %n, %n, %n, %n, %n)', x, low='i3', high='i7')
check('aten::randperm', 'aten::randperm(%i11, %i4, %n, %n, %n)', low='i0', high='i11', then='aten::sum(%y, %n)')
check('aten::randperm', 'aten::randperm(%i1, %i3, %n, %n, %n)', low='i0', high='i1')
check('aten::normal.float_float', 'aten::normal(%one, %zero, %s, %n, %n, %n, %n, %n)', low='i1', high='i2')
check('aten::normal.Tensor_float', 'aten::normal(%x0, %zero, %n)', x, then='aten::eq(%y, %x0)')
check('aten::normal.float_Tensor', 'aten::normal(%one, %x0, %n)', torch.zeros(2, 3), low='i1', high='i2')
check('aten::normal.Tensor_Tensor', 'aten::normal(%x0, %x1, %n)', x, torch.zeros(3), then='aten::eq(%y, %x0)')
check('aten::bernoulli', 'aten::bernoulli(%x0, %n)', torch.tensor([0.0, 1.0, 0.0, 1.0]), then='aten::eq(%y, %x0)')
check('aten::bernoulli', 'aten::bernoulli(%x0, %n)', torch.full((2, 3), 0.5), low='i0', high='i2')
check('aten::bernoulli.p', 'aten::bernoulli(%x0, %one, %n)', x, low='i1', high='i2')
check('aten::bernoulli.p', 'aten::bernoulli(%x0, %half, %n)', x, low='i0', high='i2')
check('aten::bernoulli.Tensor', 'aten::bernoulli(%x0, %x1, %n)', x, torch.tensor([0.0, 1.0, 0.0]), then='aten::eq(%y, %x1)')
check('aten::multinomial', 'aten::multinomial(%x0, %i3, %f, %n)', c.rand(5, low=0.1), low='i0', high='i7')
check('aten::multinomial', 'aten::multinomial(%x0, %i2, %f, %n)', torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]]), then='aten::sum(%y, %n)')
check('aten::multinomial', 'aten::multinomial(%x0, %i11, %t, %n)', torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), then='aten::sum(%y, %n)')
check('aten::multinomial', 'aten::multinomial(%x0, %i2, %t, %n)', torch.tensor([0.0, 1.0, 0.0]), low='i1', high='i2')
check('aten::normal_functional', 'aten::normal_functional(%x0, %one, %zero, %n)', x, low='i1', high='i2')
check('aten::uniform', 'aten::uniform(%x0, %half, %one, %n)', x, low='half', high='one')
check('aten::exponential', 'aten::exponential(%x0, %one, %n)', x, low='i0', then='aten::isfinite(%y)')

c.write()
