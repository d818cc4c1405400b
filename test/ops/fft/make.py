"""Fourier transforms, short-time ones, windows, frequencies. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases

c = Cases(seed=71)
C64, C128, F64 = torch.complex64, torch.complex128, torch.float64
NORMS = (None, 'backward', 'ortho', 'forward')

# One axis: every operator, even and odd sizes, primes, one point, cut and filled, every norm.
for name in ('fft', 'ifft', 'rfft', 'irfft', 'hfft', 'ihfft'):
    op = f'aten::fft_{name}'
    real = name in ('rfft', 'ihfft')

    def signal(*shape, dtype=C64):
        return c.rand(*shape, dtype=F64 if real and dtype == C128 else torch.float32 if real else dtype)

    for size in (1, 2, 3, 8, 9, 13):
        if name in ('irfft', 'hfft') and size == 1:
            c.case(op, signal(2, 1), 1)
            continue
        c.case(op, signal(2, size))
    c.case(op, signal(12, dtype=C128))
    for norm in NORMS:
        c.case(op, signal(2, 6), None, -1, norm)
        c.case(op, signal(2, 3), 7, -1, norm)
    c.case(op, signal(2, 6), 4)
    c.case(op, signal(2, 6), 9)
    c.case(op, signal(2, 6, 3), None, 1)
    c.case(op, signal(5, 6, 3), 4, 0, 'ortho')
    c.case(op, signal(2, 5, 3), 7, -2)
    if not real:
        # Of real signals.
        c.case(op, c.rand(2, 6))
        c.case(op, c.rand(2, 5, dtype=F64), 8, 0)
        c.case(op, c.ints(3, 4))
    else:
        c.case(op, c.ints(3, 5, dtype=torch.int32))
        c.case(op, c.bools(2, 4))
# Longer than a matrix serves.
c.case('aten::fft_fft', c.rand(1, 600, dtype=C64, low=-0.1, high=0.1))
c.case('aten::fft_rfft', c.rand(1, 1021, low=-0.1, high=0.1))
c.case('aten::fft_irfft', c.rand(1, 301, dtype=C64))
c.case('aten::fft_irfft', c.rand(1, 301, dtype=C64), 601)
c.case('aten::fft_ifft', c.rand(1, 513, dtype=C64))
c.case('aten::fft_hfft', c.rand(1, 300, dtype=C128))
c.case('aten::fft_fft', c.rand(1, 1024, dtype=C64), None, -1, 'ortho')

# Two axes and more.
for name in ('fft', 'ifft', 'rfft', 'irfft', 'hfft', 'ihfft'):
    real = name in ('rfft', 'ihfft')

    def image(*shape):
        return c.rand(*shape, dtype=torch.float32 if real else C64)

    for norm in NORMS:
        c.case(f'aten::fft_{name}2', image(4, 5), None, [-2, -1], norm)
    c.case(f'aten::fft_{name}2', image(2, 4, 5), [3, 8])
    c.case(f'aten::fft_{name}2', image(3, 4, 5), None, [0, 2])
    c.case(f'aten::fft_{name}2', image(4, 5), [-1, 6])
    c.case(f'aten::fft_{name}n', image(3, 4, 5))
    c.case(f'aten::fft_{name}n', image(3, 4, 5), None, [1], 'ortho')
    c.case(f'aten::fft_{name}n', image(3, 4, 5), [5, 4])
    c.case(f'aten::fft_{name}n', image(3, 4, 5), [2, 6], [2, 0], 'forward')
    c.case(f'aten::fft_{name}n', image(2, 2, 3, 3), None, [-1, -3, -2])
    if not real:
        c.case(f'aten::fft_{name}2', c.rand(4, 6))
        c.case(f'aten::fft_{name}n', c.rand(2, 4, 6, dtype=F64), None, [0, 1])

# The inner operators.
for mode in (0, 1, 2):
    c.case('aten::_fft_c2c', c.rand(3, 4, dtype=C64), [1], mode, True)
    c.case('aten::_fft_c2c', c.rand(3, 4, dtype=C64), [0, 1], mode, False)
    c.case('aten::_fft_r2c', c.rand(3, 5), [1], mode, True)
    c.case('aten::_fft_r2c', c.rand(3, 4), [0, 1], mode, True)
    c.case('aten::_fft_r2c', c.rand(3, 4), [0], mode, False)
    c.case('aten::_fft_c2r', c.rand(3, 4, dtype=C64), [1], mode, 6)
    c.case('aten::_fft_c2r', c.rand(3, 4, dtype=C64), [0, 1], mode, 7)

# Shifts and frequencies.
for name in ('fftshift', 'ifftshift'):
    c.case(f'aten::fft_{name}', c.rand(5))
    c.case(f'aten::fft_{name}', c.rand(4, 5))
    c.case(f'aten::fft_{name}', c.rand(4, 5), [0])
    c.case(f'aten::fft_{name}', c.rand(4, 5, 3, dtype=C64), [-1, 1])
    c.case(f'aten::fft_{name}', c.ints(6), 0)
for name in ('fftfreq', 'rfftfreq'):
    for n in (1, 4, 5, 8):
        c.case(f'aten::fft_{name}', n)
    c.case(f'aten::fft_{name}', 7, 0.25)
    c.case(f'aten::fft_{name}', 6, 2.0, dtype=F64)

# Windows.
for n in (1, 2, 8, 9):
    c.case('aten::kaiser_window', n)
    c.case('aten::kaiser_window.periodic', n, False)
    c.case('aten::kaiser_window.beta', n, True, 5.5)
c.case('aten::kaiser_window.beta', 12, False, 8.0, dtype=F64)


def stft(x, n_fft, hop=None, win=None, window=None, center=True, pad_mode='reflect', normalized=False, onesided=None, complex=True, align=None):
    c.case('aten::stft.center', x, n_fft, hop, win, window, center, pad_mode, normalized, onesided, complex, align)


WAVE = c.rand(2, 40)
stft(WAVE, 8, 2, 8, torch.hann_window(8))
stft(WAVE[0], 8, 3, None, torch.hamming_window(8))
stft(WAVE, 8)
stft(WAVE, 9, 4, 6, torch.blackman_window(6))
stft(WAVE, 8, 2, 5)
stft(WAVE, 8, 2, 8, torch.bartlett_window(8), True, 'constant', True)
stft(WAVE, 8, 2, 8, torch.hann_window(8), True, 'replicate', False, False)
stft(WAVE[0], 10, 5, 10, torch.kaiser_window(10), False, 'reflect', True, True, False)
stft(WAVE, 8, 2, 8, torch.hann_window(8), complex=False)
stft(WAVE.to(F64), 8, 2, 8, torch.hann_window(8, dtype=F64))
stft(c.rand(2, 30, dtype=C64), 8, 4, 8, torch.hann_window(8))
stft(c.rand(30, dtype=C64), 8, 4, 8, torch.hann_window(8), False, 'reflect', False, False)
stft(WAVE, 8, 3, 4, torch.ones(4), False, align=True)
stft(WAVE, 8, 3, 5, torch.hann_window(5), False, align=True)
stft(WAVE, 8, 3, 4, torch.ones(4), False, align=False)
stft(c.rand(1, 2400), 1024, 256, 1024, torch.hann_window(1024))
c.case('aten::stft', WAVE, 8, 2, 8, torch.hann_window(8), False, True, True)
c.case('aten::stft', WAVE[0], 8, 3, 6, torch.hann_window(6), True, False, False)
c.case('aten::stft', WAVE, 8, None, None, None, False, None, True)


def istft(spectrum, n_fft, hop=None, win=None, window=None, center=True, normalized=False, onesided=None, length=None, complex=False):
    c.case('aten::istft', spectrum, n_fft, hop, win, window, center, normalized, onesided, length, complex)


def spectrum(x, n_fft, hop, window, **options):
    return torch.stft(x, n_fft, hop, window.numel(), window, return_complex=True, **options)


HANN = torch.hann_window(8)
istft(spectrum(WAVE, 8, 2, HANN), 8, 2, 8, HANN)
istft(spectrum(WAVE[0], 8, 2, HANN), 8, 2, 8, HANN)
istft(spectrum(WAVE, 8, 2, HANN), 8, 2, 8, HANN, length=37)
istft(spectrum(WAVE, 8, 2, HANN), 8, 2, 8, HANN, length=50)
istft(spectrum(WAVE, 8, 3, HANN, normalized=True), 8, 3, 8, HANN, normalized=True)
istft(spectrum(WAVE, 9, 2, torch.hamming_window(7)), 9, 2, 7, torch.hamming_window(7))
istft(spectrum(WAVE, 8, 2, HANN, onesided=False), 8, 2, 8, HANN, onesided=False)
istft(c.rand(5, 6, dtype=C64), 8)
istft(c.rand(5, 6, dtype=C64), 8, 8, 8, None, False)
istft(c.rand(2, 5, 6, dtype=C128), 8, 4, 8, torch.hamming_window(8, dtype=F64), False, length=30)
istft(c.rand(8, 6, dtype=C64), 8, 2, 8, torch.hamming_window(8), True, False, False, None, True)
WIDE = torch.hann_window(1024)
istft(spectrum(c.rand(1, 2400), 1024, 256, WIDE), 1024, 256, 1024, WIDE)
# What code reads off a spectrum before it is lowered.
c.ir(
    'graph(%x : Tensor, %w : Tensor):\n  %n : int = prim::Constant[value=8]()\n  %h : int = prim::Constant[value=3]()\n  %k : int = prim::Constant[value=4]()\n  %none : NoneType = prim::Constant()\n'
    '  %t : bool = prim::Constant[value=1]()\n  %f : bool = prim::Constant[value=0]()\n  %m : str = prim::Constant[value="reflect"]()\n  %last : int = prim::Constant[value=-1]()\n'
    '  %s : Tensor = aten::stft(%x, %n, %h, %k, %w, %f, %m, %f, %t, %t, %t)\n  %c : int = aten::size(%s, %last)\n  %y : Tensor = aten::abs(%s)\n  return (%c, %y)\n',
    WAVE, torch.ones(4), op='aten::stft.center',
)  # fmt: skip
c.write()
