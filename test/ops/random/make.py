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

# Every dtype that a factory gives.
for code in (0, 1, 2, 3, 5, 7):
    HEAD += f'  %d{code} : int = prim::Constant[value={code}]()\n' if f'%d{code} ' not in HEAD else ''
for code in (0, 1, 2, 3, 5, 7):
    check('aten::randint', f'aten::randint(%i7, %s, %d{code}, %n, %n, %n)', low='i0', high='i7')
for code in (5, 7):
    check('aten::rand', f'aten::rand(%s, %d{code}, %n, %n, %n)', low='i0', high='i1')
    check('aten::randn', f'aten::randn(%s, %d{code}, %n, %n, %n)', then='aten::isfinite(%y)')
    check('aten::rand_like', f'aten::rand_like(%x0, %d{code}, %n, %n, %n, %n)', x, low='i0', high='i1')
    check('aten::randn_like', f'aten::randn_like(%x0, %d{code}, %n, %n, %n, %n)', x, then='aten::isfinite(%y)')

# With a generator of the model's own: its seed is not followed.
HEAD += '  %g : Generator = aten::Generator(%n, %i3)\n'
check('aten::rand.generator', 'aten::rand(%s, %g, %n, %n, %n, %n)', low='i0', high='i1')
check('aten::randn.generator', 'aten::randn(%s, %g, %i7, %n, %n, %n)', then='aten::isfinite(%y)')
check('aten::rand_like.generator', 'aten::rand_like(%x0, %g, %n, %n, %n, %n, %n)', x, low='i0', high='i1')
check('aten::randn_like.generator', 'aten::randn_like(%x0, %g, %n, %n, %n, %n, %n)', x, then='aten::isfinite(%y)')
check('aten::randint.generator', 'aten::randint(%i7, %s, %g, %i4, %n, %n, %n)', low='i0', high='i7')
check('aten::randint.low_generator', 'aten::randint(%i3, %i7, %s, %g, %i6, %n, %n, %n)', low='i3', high='i7')
check('aten::randint_like.generator', 'aten::randint_like(%x0, %i7, %g, %n, %n, %n, %n, %n)', x, low='i0', high='i7')
check('aten::randint_like.low_generator_dtype', 'aten::randint_like(%x0, %i3, %i7, %g, %i4, %n, %n, %n, %n)', x, low='i3', high='i7')
check('aten::randint_like.Tensor', 'aten::randint_like(%x0, %x1, %n, %n, %n, %n, %n)', x, torch.tensor(5), low='i0', high='i7')
check('aten::randint_like.Tensor_generator', 'aten::randint_like(%x0, %x1, %g, %n, %n, %n, %n, %n)', x, torch.tensor(5), low='i0', high='i7')
check('aten::randperm.generator', 'aten::randperm(%i11, %g, %i4, %n, %n, %n)', low='i0', high='i11', then='aten::sum(%y, %n)')
check('aten::Generator', 'aten::bernoulli(%x0, %one, %g)', x, low='i1', high='i2')
check('aten::normal.float_float', 'aten::normal(%one, %zero, %s, %g, %n, %n, %n, %n)', low='i1', high='i2')

# In-place draws, as values
for shape in ((2, 3), (0, 2), ()):
    for dtype in (torch.float32, torch.float64, torch.float16):
        z = torch.zeros(shape, dtype=dtype)
        check('aten::exponential', 'aten::exponential(%x0, %half, %n)', z, low='i0', then='aten::isfinite(%y)')
        check('aten::cauchy', 'aten::cauchy(%x0, %half, %one, %n)', z, then='aten::isfinite(%y)') if dtype != torch.float16 else None
        check('aten::log_normal', 'aten::log_normal(%x0, %half, %half, %n)', z, low='i0', then='aten::isfinite(%y)')
        check('aten::geometric', 'aten::geometric(%x0, %half, %n)', z, low='i1', then='aten::isfinite(%y)')
        check('aten::random.to', 'aten::random(%x0, %i7, %n)', z, low='i0', high='i7')
        check('aten::uniform', 'aten::uniform(%x0, %zero, %half, %n)', z, low='i0', high='i1')

for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool, torch.float32, torch.float64, torch.float16):
    z = torch.zeros(3, 2).to(dtype)
    check('aten::random', 'aten::random(%x0, %n)', z, low='i0')
    check('aten::geometric', 'aten::geometric(%x0, %half, %n)', z, low='i1') if dtype != torch.bool else None
    check('aten::random.from', 'aten::random(%x0, %i0, %i2, %n)', z, low='i0', high='i2')
check('aten::random.from', 'aten::random(%x0, %i3, %n, %n)', torch.zeros(4, dtype=torch.int32), low='i3')
check('aten::random.from', 'aten::random(%x0, %i3, %i7, %n)', torch.zeros(4, dtype=torch.int64), low='i3', high='i7')

# Counts and gammas
check('aten::poisson', 'aten::poisson(%x0, %n)', torch.tensor([0.0, 0.5, 3.0, 9.9, 10.0, 100.0, 1e6]), low='i0', then='aten::frac(%y)')
check('aten::poisson', 'aten::poisson(%x0, %n)', torch.zeros(2, 2, dtype=torch.float64), low='i0', high='i1')
check('aten::poisson', 'aten::poisson(%x0, %n)', torch.ones(2, dtype=torch.float16), low='i0', then='aten::frac(%y)')
check('aten::poisson', 'aten::poisson(%x0, %n)', torch.empty(0, 3), low='i0')
N = torch.tensor([0.0, 1.0, 5.0, 40.0, 1000.0, 7.0, 7.0, 1e6])
P = torch.tensor([0.5, 0.5, 0.9, 0.3, 0.6, 0.0, 1.0, 0.25])
check('aten::binomial', 'aten::binomial(%x0, %x1, %n)', N, P, low='i0', then='aten::le(%y, %x0)')
check('aten::binomial', 'aten::binomial(%x0, %x1, %n)', N.double(), P.double(), low='i0', then='aten::frac(%y)')
check('aten::binomial', 'aten::binomial(%x0, %x1, %n)', torch.empty(0), torch.empty(0), low='i0')
check('aten::_standard_gamma', 'aten::_standard_gamma(%x0, %n)', torch.tensor([0.1, 0.9, 1.0, 2.5, 50.0, 1e5]), low='i0', then='aten::isfinite(%y)')
check('aten::_standard_gamma', 'aten::_standard_gamma(%x0, %n)', torch.ones(2, 2, dtype=torch.float64), low='i0', then='aten::isfinite(%y)')
check('aten::_standard_gamma', 'aten::_standard_gamma(%x0, %n)', torch.empty(2, 0), low='i0')
check('aten::_sample_dirichlet', 'aten::_sample_dirichlet(%x0, %n)', torch.tensor([[0.3, 2.0, 5.0], [1.0, 1.0, 1.0]]), low='i0', high='i1')
check('aten::_sample_dirichlet', 'aten::_sample_dirichlet(%x0, %n)', torch.full((2, 1), 3.0, dtype=torch.float64), low='i0', high='i1')

for dtype in (torch.float32, torch.float64):
    z = t = c.rand(2, 5, dtype=dtype)
    c.case('aten::rrelu_with_noise_functional', z, torch.zeros_like(z), 0.1, 0.3, False, None)
    # One slope is no choice.
    c.case('aten::rrelu_with_noise_functional', z, torch.zeros_like(z), 0.25, 0.25, True, None)

c.write()
