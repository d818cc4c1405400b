"""Attention: every mask form, causal, scale, grouped heads; the fused fast paths of MultiheadAttention and TransformerEncoderLayer."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=17)
F16, F64 = torch.float16, torch.float64
INF = float('inf')
SDPA = 'aten::scaled_dot_product_attention'


def qkv(L=4, S=5, E=6, V=6, lead=(2, 3), kv=None, dtype=torch.float32):
    return c.rand(*lead, L, E, dtype=dtype), c.rand(*(kv or lead), S, E, dtype=dtype), c.rand(*(kv or lead), S, V, dtype=dtype)


def bools(*shape):
    mask = c.bools(*shape)
    mask[..., 0] = True
    return mask


for lead in ((2, 3), (2,), (), (1, 2, 2)):
    c.case(SDPA, *qkv(lead=lead))
    c.case(SDPA, *qkv(lead=lead), None, 0.0, True)
c.case(SDPA, *qkv(V=3))
c.case(SDPA, *qkv(L=6, S=3), None, 0.0, True)
c.case(SDPA, *qkv(), None, 0.0, False, scale=0.3)
c.case(SDPA, *qkv(), None, 0.0, False, scale=dyn(0.3))
for mask in (bools(4, 5), bools(2, 1, 4, 5), bools(2, 1, 1, 5), bools(2, 3, 4, 5), bools(1, 5)):
    c.case(SDPA, *qkv(), mask)
for mask in (c.rand(4, 5), c.rand(2, 1, 1, 5), torch.full((4, 5), -INF).triu(1)):
    c.case(SDPA, *qkv(), mask, 0.0, False)
none = torch.ones(4, 5, dtype=torch.bool)
none[1] = False
c.case(SDPA, *qkv(), none)
c.case(SDPA, *qkv(), torch.zeros(4, 5).masked_fill(~none, -INF))
c.case(SDPA, *qkv(lead=(2, 4), kv=(2, 2)), None, 0.0, False, enable_gqa=True)
c.case(SDPA, *qkv(lead=(2, 6), kv=(2, 3)), bools(4, 5), 0.0, False, enable_gqa=True)
c.case(SDPA, *qkv(lead=(2, 4), kv=(2, 1)), None, 0.0, True, enable_gqa=True)
c.case(SDPA, *qkv(), None, 0.0, False, enable_gqa=True)
for dtype in (F16, F64):
    c.case(SDPA, *qkv(dtype=dtype))
    c.case(SDPA, *qkv(dtype=dtype), bools(4, 5))
    c.case(SDPA, *qkv(dtype=dtype), c.rand(4, 5, dtype=dtype))
c.case('aten::_scaled_dot_product_attention_math', *qkv())
c.case('aten::_scaled_dot_product_attention_math', *qkv(), none)
c.case('aten::_scaled_dot_product_attention_math', *qkv(), None, 0.0, True)
c.case('aten::_scaled_dot_product_flash_attention_for_cpu', *qkv())
c.case('aten::_scaled_dot_product_flash_attention_for_cpu', *qkv(L=5), 0.0, True)
c.case('aten::_scaled_dot_product_flash_attention_for_cpu', *qkv(), attn_mask=c.rand(4, 5), scale=0.5)



def on_gpu(op, head, results, **arguments):
    """Kernels that torch has on GPUs only: the first result is that of the CPU's kernel, for the same arguments."""
    args = qkv()
    golden = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(*args, **arguments)[0]
    constants = {'zero': ('float', '0.'), 'causal': ('bool', str(int(arguments.get('is_causal', False)))), 'no': ('bool', '0'), 'none': ('NoneType', None)}
    lines = ''.join(f'  %{n} : {t} = prim::Constant{"" if v is None else f"[value={v}]"}()\n' for n, (t, v) in constants.items())
    text = f'graph(%q : Tensor, %k : Tensor, %v : Tensor):\n{lines}  {results} = {op}(%q, %k, %v, {head}, %none)\n  return (%r0)\n'
    name = f'{op}({", ".join(f"{k} {v}" for k, v in arguments.items())})'
    c.ir(text, *args, op=op, case_name=name, outputs=[golden])


for causal in (False, True):
    many = '%r0 : Tensor, %r1 : Tensor, %r2 : Tensor, %r3 : Tensor'
    on_gpu('aten::_scaled_dot_product_efficient_attention', '%none, %no, %zero, %causal', many, is_causal=causal)
    on_gpu('aten::_scaled_dot_product_flash_attention', '%zero, %causal, %no', f'{many}, %r4 : int, %r5 : int, %r6 : Tensor, %r7 : Tensor, %r8 : Tensor', is_causal=causal)

E = 8
w = lambda *s, dtype=torch.float32: c.rand(*s, low=-0.5, high=0.5, dtype=dtype)


def packed(dtype=torch.float32):
    return [w(3 * E, E, dtype=dtype), w(3 * E, dtype=dtype), w(E, E, dtype=dtype), w(E, dtype=dtype)]


MHA = 'aten::_native_multi_head_attention'
for average in (True, False):
    x = c.rand(2, 4, E)
    c.case(MHA, x, x, x, E, 2, *packed(), None, True, average, None)
out = lambda *mask: bools(*mask).logical_not()
key = torch.tensor([[False, False, True, True], [False, False, False, True]])
x = c.rand(2, 4, E)
c.case(MHA, x, x, x, E, 2, *packed(), out(4, 4), True, True, 0)
c.case(MHA, x, x, x, E, 2, *packed(), key, True, True, 1)
c.case(MHA, x, x, x, E, 2, *packed(), out(2, 2, 4, 4), True, True, 2)
blind = torch.zeros(4, 4, dtype=torch.bool)
blind[1] = True
c.case(MHA, x, x, x, E, 2, *packed(), blind, True, True, 0)
c.case(MHA, c.rand(1, 1, E), c.rand(1, 1, E), c.rand(1, 1, E), E, 4, *packed())
x64 = c.rand(2, 4, E, dtype=F64)
c.case(MHA, x64, x64, x64, E, 2, *packed(F64))


def layer(*tail, gelu=False, first=False, x=None):
    x = c.rand(2, 4, E) if x is None else x
    t = x.dtype
    norms = [w(E, dtype=t), w(E, dtype=t), w(E, dtype=t), w(E, dtype=t)]
    ffn = [w(12, E, dtype=t), w(12, dtype=t), w(E, 12, dtype=t), w(E, dtype=t)]
    c.case('aten::_transformer_encoder_layer_fwd', x, E, 2, *packed(t), gelu, first, 1e-5, *norms, *ffn, *tail)


for gelu in (True, False):
    for first in (True, False):
        layer(gelu=gelu, first=first)
layer(out(4, 4), 0)
layer(key, 1)
layer(torch.zeros(2, 4).masked_fill(key, -INF), 1)
layer(out(2, 2, 4, 4), 2)
layer(x=c.rand(1, 3, E, dtype=F64))
for dim in (-1, 0):
    x = c.rand(3, 4)
    x[1] = -INF
    x[:, 2] = -INF
    c.case('aten::_safe_softmax', x, dim)
c.case('aten::_safe_softmax', c.rand(2, 3, dtype=F16), -1, torch.float32)

# Both kinds of mask at once, nothing to see at all, nothing to ask.
c.case(SDPA, *qkv(), bools(4, 5), 0.0, True)
c.case(SDPA, *qkv(), c.rand(4, 5), 0.0, True)
c.case(SDPA, *qkv(S=0))
c.case(SDPA, *qkv(L=0))
c.case(SDPA, *qkv(lead=(0, 3)))
c.case(SDPA, *qkv(L=1, S=1), None, 0.0, True)
c.case(SDPA, *qkv(L=2, S=6), None, 0.0, True)
c.case(SDPA, *qkv(lead=(2, 3), kv=(1, 3)))
c.case(SDPA, *qkv(lead=(1, 3), kv=(2, 3)), bools(2, 1, 4, 5))
c.case(SDPA, *qkv(), bools(4, 1))
c.case(SDPA, *qkv(), torch.zeros(4, 5, dtype=torch.bool))
c.case(SDPA, *qkv(dtype=F16), c.rand(4, 5))
c.case(SDPA, *qkv(dtype=F64), torch.zeros(4, 5, dtype=F64).masked_fill(~none, -INF))
nan = torch.zeros(4, 5)
nan[2, 1] = float('nan')
c.case(SDPA, *qkv(), nan)
c.case(SDPA, *qkv(lead=(4,), kv=(2,)), None, 0.0, False, enable_gqa=True)
c.case(SDPA, *qkv(lead=(2, 4), kv=(2, 2)), bools(2, 4, 4, 5), 0.0, False, scale=0.2, enable_gqa=True)
c.case('aten::_scaled_dot_product_attention_math', *qkv(lead=(2, 4), kv=(2, 2)), c.rand(4, 5), 0.0, False, None, scale=0.3, enable_gqa=True)
c.case('aten::_scaled_dot_product_flash_attention_for_cpu', *qkv(), attn_mask=torch.zeros(4, 5).masked_fill(~none, -INF))
c.case('aten::_scaled_dot_product_flash_attention_for_cpu', *qkv(dtype=F64), 0.0, True)
for causal in (False, True):
    many = '%r0 : Tensor, %r1 : Tensor, %r2 : Tensor, %r3 : Tensor, %r4 : int, %r5 : int, %r6 : Tensor, %r7 : Tensor, %r8 : Tensor'
    on_gpu('aten::_scaled_dot_product_cudnn_attention', '%none, %no, %zero, %causal, %no', many, is_causal=causal)
    on_gpu('aten::_scaled_dot_product_fused_attention_overrideable', '%none, %zero, %causal, %no', many, is_causal=causal)
args = qkv()
text = '''graph(%q : Tensor, %k : Tensor, %v : Tensor):
  %zero : float = prim::Constant[value=0.]()
  %no : bool = prim::Constant[value=0]()
  %none : NoneType = prim::Constant()
  %r0 : Tensor, %r1 : Tensor = aten::_scaled_dot_product_attention_math_for_mps(%q, %k, %v, %none, %zero, %no, %none, %none, %no)
  return (%r0, %r1)
'''
c.ir(text, *args, op='aten::_scaled_dot_product_attention_math_for_mps', case_name='aten::_scaled_dot_product_attention_math_for_mps()',
     outputs=list(torch.ops.aten._scaled_dot_product_attention_math(*args)))  # fmt: skip
# A batch of one; keys and values of their own.
c.case(MHA, c.rand(2, 4, E), c.rand(2, 4, E), c.rand(2, 4, E), E, 2, *packed(), out(2, 2, 4, 4), True, False, 2)
c.case(MHA, x := c.rand(1, 3, E), x, x, E, 4, *packed(), torch.tensor([[False, True, False]]), True, True, 1)
layer(blind, 0)
layer(torch.tensor([[True] * 4, [False, False, True, True]]), 1)
layer(out(4, 4), 0, gelu=True, first=True)
layer(key, 1, gelu=True, first=True)
c.write()
