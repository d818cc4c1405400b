"""Window functions: lengths known and not, 0, 1, odd, even and long ones; periodic or not; dtypes. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=59)
F16, F64 = torch.float16, torch.float64
for name in ('hann', 'hamming', 'blackman', 'bartlett', 'kaiser'):
    for n in (0, 1, 2, 7, 8):
        for length in (n, dyn(n)):
            c.case(f'aten::{name}_window', length)
            c.case(f'aten::{name}_window.periodic', length, False)
    c.case(f'aten::{name}_window.periodic', 6, True)
    c.case(f'aten::{name}_window', 9, dtype=F64)
    c.case(f'aten::{name}_window', dyn(9), dtype=F64)
    c.case(f'aten::{name}_window.periodic', 6, False, dtype=F64)
    # Too long to be stored.
    text = f"""graph():
  %n : NoneType = prim::Constant()
  %f : bool = prim::Constant[value=0]()
  %length : int = prim::Constant[value=5000]()
  %dim : int = prim::Constant[value=0]()
  %start : int = prim::Constant[value=2490]()
  %count : int = prim::Constant[value=20]()
  %w : Tensor = aten::{name}_window(%length, %f, %n, %n, %n, %n)
  %part : Tensor = aten::narrow(%w, %dim, %start, %count)
  %ends : Tensor = aten::narrow(%w, %dim, %dim, %count)
  return (%part, %ends)
"""
    c.ir(text, op=f'aten::{name}_window', case_name=f'aten::{name}_window(5000)')
for beta in (0.0, 0.5, 5.0, 14.0, 30.0):
    c.case('aten::kaiser_window.beta', 9, True, beta)
    c.case('aten::kaiser_window.beta', dyn(9), False, beta, dtype=F64)
for n in (1, 6, dyn(6)):
    c.case('aten::hamming_window.periodic_alpha', n, True, 0.6)
    c.case('aten::hamming_window.periodic_alpha_beta', n, False, 0.6, 0.3)
    c.case('aten::hamming_window.periodic_alpha_beta', n, True, 0.5, 0.5, dtype=F64)

c.write()
