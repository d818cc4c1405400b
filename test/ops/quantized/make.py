"""Cases of quantized operators: graphs that quantise their inputs, run the operator, and give its integers or its reals.

    python make.py [DIR]     # writes cases.json with torch's numbers; run it on x86, with torch's default engine
"""
import sys
import warnings
from pathlib import Path

warnings.filterwarnings('ignore')
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch  # noqa: E402
from opcase import Cases  # noqa: E402

c = Cases(seed=41)
U8, I8, I32 = 13, 12, 14
LINEAR = '__torch__.torch.classes.quantized.LinearPackedParamsBase'
CONV = {n: f'__torch__.torch.classes.quantized.Conv{max(n, 2)}dPackedParamsBase' for n in (1, 2, 3)}
RANGE = {U8: (0, 255), I8: (-128, 127), I32: (-(2**31), 2**31 - 1)}


class engine:
    """Another engine than the default: torch's onednn gives transposed convolutions other numbers than its own float ones, and alone has some fusions."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.before = torch.backends.quantized.engine
        torch.backends.quantized.engine = self.name

    def __exit__(self, *_):
        torch.backends.quantized.engine = self.before


class G:
    """One graph: `g.op('aten::relu', x)` emits a call; Python values become constants, tensors inputs."""

    def __init__(self, op):
        self.name_of_op, self.params, self.inputs, self.lines, self.count = op, [], [], [], 0

    def fresh(self):
        self.count += 1
        return f'%v{self.count}'

    def value(self, v):
        if isinstance(v, str) and v.startswith('%'):
            return v
        name = self.fresh()
        if isinstance(v, torch.Tensor):
            self.params.append(f'{name} : Tensor')
            self.inputs.append(v)
            return name
        if v is None:
            line = 'NoneType = prim::Constant()'
        elif isinstance(v, bool):
            line = f'bool = prim::Constant[value={int(v)}]()'
        elif isinstance(v, int):
            line = f'int = prim::Constant[value={v}]()'
        elif isinstance(v, float):
            text = repr(v)
            line = f'float = prim::Constant[value={text if "." in text or "e" in text else text + "."}]()'
        elif isinstance(v, str):
            line = f'str = prim::Constant[value="{v}"]()'
        elif isinstance(v, tuple):  # tensors
            line = f'Tensor[] = prim::ListConstruct({", ".join(map(self.value, v))})'
        else:
            kind = 'float' if v and isinstance(v[0], float) else 'int'
            line = f'{kind}[] = prim::ListConstruct({", ".join(map(self.value, v))})'
        self.lines.append(f'  {name} : {line}\n')
        return name

    def op(self, kind, *args, out='Tensor'):
        names = [self.value(a) for a in args]
        outs = [out] if isinstance(out, str) else out
        results = [self.fresh() for _ in outs]
        left = ', '.join(f'{n} : {t}' for n, t in zip(results, outs))
        self.lines.append(f'  {left} = {kind}({", ".join(names)})\n')
        return results[0] if isinstance(out, str) else results

    def q(self, x, scale=0.05, zero=77, dtype=U8):
        return self.op('aten::quantize_per_tensor', x, scale, zero, dtype)

    def qc(self, x, scales, zeros, axis=0, dtype=I8):
        return self.op('aten::quantize_per_channel', x, scales, zeros, axis, dtype)

    def done(self, *outs, name=None, outputs=None):
        text = f'graph({", ".join(self.params)}):\n{"".join(self.lines)}  return ({", ".join(outs)})\n'
        brief = name or ' '.join(str(list(t.shape)) for t in self.inputs)
        return c.ir(text, *self.inputs, op=self.name_of_op, case_name=f'{self.name_of_op}({brief})', outputs=outputs)

    def ints(self, *qs, name=None):
        """Ends the graph with the integers of quantized tensors."""
        return self.done(*[self.op('aten::int_repr', q) for q in qs], name=name)


def signed(dtype):
    return {U8: 77, I8: -5, I32: 3}[dtype]


# --- into and out of quantized tensors -------------------------------------------------------------------------------------------------
# 32 bits would overflow in torch's own dequantize where the zero point is taken from the least of them.
ties = torch.tensor([-3.0, -0.25, -0.125, 0.0, 0.125, 0.25, 0.375, 1e9, -1e9, 31.75])
for dtype in (U8, I8, I32):
    for x, scale in ((c.rand(3, 5, low=-4, high=9), 0.05), (ties if dtype != I32 else ties[:7], 0.25), (c.rand(0, 3), 0.1), (c.rand(low=-1, high=1), 0.01), (c.rand(2, 2, 3, 2), 0.3)):
        g = G('aten::quantize_per_tensor')
        q = g.q(x, scale, signed(dtype), dtype)
        g.done(g.op('aten::int_repr', q), g.op('aten::dequantize', q), name=f'{list(x.shape)}, {scale}, {dtype}')
    g = G('aten::quantize_per_tensor.tensor_qparams')
    g.ints(g.op('aten::quantize_per_tensor', c.rand(2, 3), torch.tensor(0.03), torch.tensor(signed(dtype)), dtype), name=f'tensors {dtype}')
    g = G('aten::quantize_per_tensor.tensor_qparams')
    g.ints(g.op('aten::quantize_per_tensor', c.rand(2, 3), torch.tensor([0.03]), torch.tensor([signed(dtype)], dtype=torch.int32), dtype), name=f'vectors {dtype}')
g = G('aten::quantize_per_tensor.tensors')
xs = g.op('aten::quantize_per_tensor', (c.rand(2, 3), c.rand(4)), torch.tensor([0.03, 0.1]), torch.tensor([3, 9]), U8, out='Tensor[]')
a, b = g.op('prim::ListUnpack', xs, out=['Tensor', 'Tensor'])
g.ints(a, b, name='two')
for x in (c.rand(3, 4), c.rand(5, low=1, high=3), c.rand(5, low=-3, high=-1), torch.zeros(3), c.rand(4, low=-1e-4, high=1e-4), c.rand(3, low=0, high=1e-5), c.rand(3, low=-1e-5, high=0), c.rand(20, low=-0.001, high=7)):
    for dtype, reduce in ((U8, False), (U8, True), (I8, False)):
        g = G('aten::quantize_per_tensor_dynamic')
        q = g.op('aten::quantize_per_tensor_dynamic', x, dtype, reduce)
        g.done(g.op('aten::int_repr', q), g.op('aten::q_scale', q, out='float'), g.op('aten::q_zero_point', q, out='int'), name=f'{list(x.shape)} {dtype} {reduce} {float(x.max()):.3g}')
    g = G('aten::_choose_qparams_per_tensor')
    g.done(*g.op('aten::_choose_qparams_per_tensor', x, False, out=['float', 'int']), name=f'{list(x.shape)} {float(x.max()):.3g}')
for axis, shape in ((0, (3, 4)), (1, (2, 3)), (1, (2, 3, 2, 2)), (0, (3,)), (2, (2, 2, 3))):
    n = shape[axis]
    for dtype in (U8, I8):
        g = G('aten::quantize_per_channel')
        q = g.qc(c.rand(*shape), c.rand(n, low=0.01, high=0.1), c.ints(n, low=0, high=9), axis, dtype)
        g.done(g.op('aten::int_repr', q), g.op('aten::dequantize', q), g.op('aten::q_per_channel_scales', q), g.op('aten::q_per_channel_zero_points', q), g.op('aten::q_per_channel_axis', q, out='int'), name=f'{shape} {axis} {dtype}')
g = G('aten::dequantize')
g.done(g.op('aten::dequantize', c.rand(2, 3)), name='a float tensor')
g = G('aten::dequantize.tensors')
xs = g.op('aten::dequantize', g.op('prim::ListConstruct', g.q(c.rand(2)), g.q(c.rand(3), 0.1, 3), out='Tensor[]'), out='Tensor[]')
g.done(*g.op('prim::ListUnpack', xs, out=['Tensor', 'Tensor']), name='two')
g = G('aten::q_scale')
q = g.q(c.rand(2))
g.done(g.op('aten::q_scale', q, out='float'), g.op('aten::q_zero_point', q, out='int'), name='constant')
for name, ints, dtype in (('uint8', torch.uint8, U8), ('int8', torch.int8, I8), ('int32', torch.int32, I32)):
    g = G('aten::_make_per_tensor_quantized_tensor')
    g.done(g.op('aten::dequantize', g.op('aten::_make_per_tensor_quantized_tensor', c.ints(2, 3, dtype=ints, low=0, high=100), 0.1, 3)), name=name)
g = G('aten::_make_per_channel_quantized_tensor')
g.done(g.op('aten::dequantize', g.op('aten::_make_per_channel_quantized_tensor', c.ints(2, 3, dtype=torch.int8), c.rand(3, low=0.1, high=1, dtype=torch.float64), c.ints(3), 1)), name='int8')
g = G('prim::is_quantized')
g.done(g.op('prim::is_quantized', g.q(c.rand(2)), out='bool'), name='quantized')
g = G('prim::dtype')
g.done(g.op('prim::dtype', g.q(c.rand(2)), out='int'), name='quantized')

# --- fake quantisation -----------------------------------------------------------------------------------------------------------------
for x in (c.rand(3, 4, low=-9, high=9), ties, c.rand(0)):
    for lo, hi, zero in ((0, 255, 7), (-128, 127, 0), (0, 15, 3)):
        label = f'{list(x.shape)} {lo} {hi}'
        g = G('aten::fake_quantize_per_tensor_affine')
        g.done(g.op('aten::fake_quantize_per_tensor_affine', x, 0.25, zero, lo, hi), name=label)
        g = G('aten::fake_quantize_per_tensor_affine.tensor_qparams')
        g.done(g.op('aten::fake_quantize_per_tensor_affine', x, torch.tensor([0.1]), torch.tensor([zero], dtype=torch.int32), lo, hi), name=label)
        g = G('aten::fake_quantize_per_tensor_affine_cachemask')
        g.done(*g.op('aten::fake_quantize_per_tensor_affine_cachemask', x, 0.1, zero, lo, hi, out=['Tensor', 'Tensor']), name=label)
for axis, shape in ((0, (3, 4)), (1, (2, 3, 2)), (0, (3,))):
    n = shape[axis]
    for zeros in (c.ints(n, dtype=torch.int32, low=0, high=9), c.rand(n, low=0, high=3)):
        g = G('aten::fake_quantize_per_channel_affine')
        g.done(g.op('aten::fake_quantize_per_channel_affine', c.rand(*shape, low=-5), c.rand(n, low=0.01, high=0.1), zeros, axis, 0, 63), name=f'{shape} {zeros.dtype}')
        g = G('aten::fake_quantize_per_channel_affine_cachemask')
        g.done(*g.op('aten::fake_quantize_per_channel_affine_cachemask', c.rand(*shape, low=-5), c.rand(n, low=0.01, high=0.1), zeros, axis, 0, 63, out=['Tensor', 'Tensor']), name=f'{shape} {zeros.dtype}')
g = G('aten::_fake_quantize_learnable_per_tensor_affine')
g.done(g.op('aten::_fake_quantize_learnable_per_tensor_affine', c.rand(3, 4), torch.tensor([0.1]), torch.tensor([2.6]), 0, 255, 1.0), name='tensor')
g = G('aten::_fake_quantize_learnable_per_channel_affine')
g.done(g.op('aten::_fake_quantize_learnable_per_channel_affine', c.rand(3, 4), c.rand(3, low=0.05, high=0.2), c.rand(3, low=0, high=4), 0, 0, 255, 1.0), name='channel')

# --- linear ----------------------------------------------------------------------------------------------------------------------------


def weight(g, w, per_channel, zeros=None):
    if not per_channel:
        return g.q(w, float(w.abs().max()) / 127, 0 if zeros is None else zeros, I8)
    n = w.shape[per_channel - 1]
    dims = [d for d in range(w.dim()) if d != per_channel - 1]
    return g.qc(w, (w.abs().amax(dims) / 127), torch.zeros(n, dtype=torch.int64) if zeros is None else zeros, per_channel - 1, I8)


for shape, n in (((4, 6), 3), ((2, 3, 8), 2), ((1, 1), 1), ((2, 130), 2)):
    k = shape[-1]
    for per_channel in (0, 1):
        for bias in (True, False):
            w, b = c.rand(n, k, low=-1, high=1), c.rand(n) if bias else None
            for name in ('linear', 'linear_relu', 'linear_leaky_relu', 'linear_tanh'):
                if name in ('linear_leaky_relu', 'linear_tanh') and (per_channel or not bias):
                    continue
                g = G(f'quantized::{name}')
                packed = g.op('quantized::linear_prepack', weight(g, w, per_channel), b, out=LINEAR)
                extra = [0.1] if 'leaky' in name else []
                with engine('onednn' if name in ('linear_leaky_relu', 'linear_tanh') else 'x86'):
                    g.ints(g.op(f'quantized::{name}', g.q(c.rand(*shape)), packed, 0.043 if 'tanh' not in name else 0.01, 60, *extra), name=f'{shape} {n} {per_channel} {bias}')
            for name in ('linear_dynamic', 'linear_relu_dynamic'):
                for reduce in (True, False):
                    g = G(f'quantized::{name}')
                    packed = g.op('quantized::linear_prepack', weight(g, w, per_channel), b, out=LINEAR)
                    g.done(g.op(f'quantized::{name}', c.rand(*shape, low=-0.7, high=3), packed, reduce), name=f'{shape} {n} {per_channel} {bias} {reduce}')
    w, b = c.rand(n, k), c.rand(n)
    for name in ('linear_dynamic_fp16', 'linear_relu_dynamic_fp16'):
        g = G(f'quantized::{name}')
        packed = g.op('quantized::linear_prepack_fp16', w, b, out=LINEAR)
        g.done(g.op(f'quantized::{name}', c.rand(*shape), packed), name=f'{shape} {n}')
g = G('quantized::linear_dynamic_fp16_unpacked_weight')
g.done(g.op('quantized::linear_dynamic_fp16_unpacked_weight', c.rand(2, 5), c.rand(3, 5), c.rand(3)), name='one')
for relu in ('', 'relu_'):
    g = G(f'quantized::linear_with_input_q_dq_qweight_dq_{relu}output_fp32')
    packed = g.op('quantized::linear_prepack', weight(g, c.rand(3, 5), 0), c.rand(3), out=LINEAR)
    g.done(g.op(f'quantized::linear_with_input_q_dq_qweight_dq_{relu}output_fp32', c.rand(2, 5), 0.02, 100, packed), name='one')
g = G('quantized::linear_unpack')
w, b = g.op('quantized::linear_unpack', g.op('quantized::linear_prepack', weight(g, c.rand(3, 5), 1), c.rand(3), out=LINEAR), out=['Tensor', 'Tensor?'])
g.done(g.op('aten::dequantize', w), name='one')

# --- convolution -----------------------------------------------------------------------------------------------------------------------
CONFIGS = [  # channels in, out, kernel, stride, padding, dilation, groups
    (3, 4, 3, 1, 1, 1, 1),
    (4, 6, 3, 2, 0, 1, 2),
    (4, 4, 3, 1, 2, 2, 4),
    (2, 3, 1, 1, 0, 1, 1),
    (5, 6, 3, 2, 1, 1, 1),
]
for n in (1, 2, 3):
    size = {1: (9,), 2: (6, 5), 3: (4, 3, 3)}[n]
    for i, (cin, cout, k, s, p, d, groups) in enumerate(CONFIGS):
        for per_channel in (0, 1):
            for suffix in ('', '_relu'):
                if n == 3 and d > 1:
                    continue
                w, b = c.rand(cout, cin // groups, *([k] * n), low=-1, high=1), c.rand(cout) if i != 1 else None
                g = G(f'quantized::conv{n}d{suffix}')
                pack = 'conv_prepack' if n == 2 and i == 4 else f'conv{n}d_prepack'
                packed = g.op(f'quantized::{pack}', weight(g, w, per_channel), b, [s] * n, [p] * n, [d] * n, groups, out=CONV[n])
                g.ints(g.op(f'quantized::conv{n}d{suffix}', g.q(c.rand(2 if n < 3 else 1, cin, *size)), packed, 0.11, 90), name=f'{CONFIGS[i]} {per_channel}')
        if d == 1:
            g = G(f'quantized::conv{n}d_dynamic')
            w, b = c.rand(cout, cin // groups, *([k] * n), low=-1, high=1), c.rand(cout)
            packed = g.op(f'quantized::conv{n}d_prepack', weight(g, w, 1), b, [s] * n, [p] * n, [d] * n, groups, out=CONV[n])
            g.done(g.op(f'quantized::conv{n}d_dynamic', c.rand(1, cin, *size), packed, True), name=f'{CONFIGS[i]}')
        if per_channel is not None and d == 1:
            w = c.rand(cin, cout // groups, *([k] * n), low=-1, high=1)
            small = {1: (6,), 2: (4, 3), 3: (2, 2, 2)}[n]
            for out_pad in {0, s - 1}:
                g = G(f'quantized::conv_transpose{n}d')
                packed = g.op(f'quantized::conv_transpose{n}d_prepack', weight(g, w, 0), c.rand(cout), [s] * n, [p] * n, [out_pad] * n, [d] * n, groups, out=CONV[n])
                with engine('fbgemm'):
                    g.ints(g.op(f'quantized::conv_transpose{n}d', g.q(c.rand(1, cin, *small)), packed, 0.11, 90), name=f'{CONFIGS[i]} {out_pad}')
                g = G(f'quantized::conv_transpose{n}d_dynamic')
                packed = g.op(f'quantized::conv_transpose{n}d_prepack', weight(g, w, 0), c.rand(cout), [s] * n, [p] * n, [out_pad] * n, [d] * n, groups, out=CONV[n])
                with engine('fbgemm'):
                    g.done(g.op(f'quantized::conv_transpose{n}d_dynamic', c.rand(1, cin, *small), packed, True), name=f'{CONFIGS[i]} {out_pad}')
g = G('quantized::conv2d')
packed = g.op('quantized::conv2d_prepack', weight(g, c.rand(4, 3, 3, 3), 0), c.rand(4), [1, 1], [0, 0], [1, 1], 1, out=CONV[2])
g.ints(g.op('quantized::conv2d', g.q(c.rand(1, 3, 6, 6)), packed, [1, 1], [0, 0], [1, 1], 1, 0.2, 90), name='the older overload')
for relu in ('', '_relu'):
    g = G(f'quantized::conv2d_add{relu}')
    packed = g.op('quantized::conv2d_prepack', weight(g, c.rand(4, 3, 3, 3), 1), c.rand(4), [1, 1], [1, 1], [1, 1], 1, out=CONV[2])
    with engine('onednn'):
        g.ints(g.op(f'quantized::conv2d_add{relu}', g.q(c.rand(1, 3, 6, 6)), g.q(c.rand(1, 4, 6, 6), 0.1, 80), packed, 0.2, 90), name='one')
g = G('quantized::conv2d_stride')
packed = g.op('quantized::conv2d_prepack', weight(g, c.rand(4, 3, 3, 3), 1), c.rand(4), [1, 2], [1, 0], [1, 1], 1, out=CONV[2])
g.done(*[g.op(f'quantized::conv2d_{what}', packed, out='int[]') for what in ('stride', 'padding', 'dilation')], g.op('quantized::conv2d_groups', packed, out='int'), g.op('quantized::conv2d_transpose', packed, out='int'), name='all')
for n in (2, 3):
    g = G(f'quantized::conv{n}d_unpack')
    packed = g.op(f'quantized::conv{n}d_prepack', weight(g, c.rand(4, 3, *[3] * n), 1), c.rand(4), [1] * n, [0] * n, [1] * n, 1, out=CONV[n])
    w, b = g.op(f'quantized::conv{n}d_unpack', packed, out=['Tensor', 'Tensor?'])
    g.done(g.op('aten::dequantize', w), name='one')

# --- arithmetic ------------------------------------------------------------------------------------------------------------------------
for name in ('add', 'add_relu', 'mul', 'mul_relu'):
    for a, b in ((c.rand(3, 4), c.rand(3, 4)), (c.rand(2, 3, 4), c.rand(4)), (c.rand(2, 1, 3), c.rand(2, 4, 1)), (c.rand(0, 3), c.rand(0, 3))):
        for dtype in (U8, I8):
            g = G(f'quantized::{name}')
            g.ints(g.op(f'quantized::{name}', g.q(a, 0.031, signed(dtype), dtype), g.q(b, 0.047, signed(dtype) + 4, dtype), 0.053, signed(dtype) + 9, ), name=f'{list(a.shape)} {list(b.shape)} {dtype}')
for name in ('add', 'add_relu', 'mul', 'mul_relu', 'add_scalar', 'add_scalar_relu', 'mul_scalar', 'mul_scalar_relu'):
    for other in (0.7, -0.7, 9.0, -9.0, 0.0, 2):
        for dtype in (U8, I8):
            g = G(f'quantized::{name}')
            q = g.op(f'quantized::{name}', g.q(c.rand(3, 4), 0.031, signed(dtype), dtype), other)
            g.done(g.op('aten::int_repr', q), g.op('aten::q_scale', q, out='float'), g.op('aten::q_zero_point', q, out='int'), name=f'{other} {dtype}')
for name in ('cat', 'cat_relu'):
    for scale, zero in ((0.06, 100), (None, None)):
        g = G(f'quantized::{name}')
        xs = g.op('prim::ListConstruct', g.q(c.rand(2, 3)), g.q(c.rand(2, 2), 0.03, 50), g.q(c.rand(2, 4)), out='Tensor[]')
        g.ints(g.op(f'quantized::{name}', xs, 1, scale, zero), name=f'{scale}')
for kind in ('cat', 'stack'):
    g = G(f'aten::{kind}')
    xs = g.op('prim::ListConstruct', g.q(c.rand(2, 3)), g.q(c.rand(2, 3)), out='Tensor[]')
    g.ints(g.op(f'aten::{kind}', xs, 1), name='quantized')
for a, b in ((c.rand(3, 4), c.rand(4, 2)), (c.rand(2, 3, 4), c.rand(2, 4, 3))):
    g = G('quantized::matmul')
    g.ints(g.op('quantized::matmul', g.q(a), g.q(b, 0.04, 100), 0.1, 70), name=f'{list(a.shape)}')
for name in ('eq', 'ne', 'lt', 'le', 'gt', 'ge'):
    g = G(f'aten::{name}')
    g.done(g.op(f'aten::{name}', g.q(c.rand(3, 4), 0.5, 9), g.q(c.rand(3, 4), 0.5, 11)), name='quantized tensors')
    g = G(f'aten::{name}')
    g.done(g.op(f'aten::{name}', g.q(c.rand(3, 4), 0.5, 9), 0.5), name='a quantized tensor and a number')

# --- activations -----------------------------------------------------------------------------------------------------------------------
for dtype in (U8, I8):
    zero = signed(dtype)
    x = c.rand(3, 7, low=-4, high=8)
    for kind, args in (
        ('aten::relu', []), ('aten::clamp', [-0.5, 1.3]), ('aten::clamp', [None, 1.3]), ('aten::clamp', [0, None]), ('aten::hardtanh', [-1.0, 1.0]), ('aten::hardtanh', [0, 6]),
        ('aten::sigmoid', []), ('aten::hardsigmoid', []), ('aten::tanh', []), ('aten::leaky_relu', [0.1]), ('aten::threshold', [0.5, 0.2]), ('quantized::clamp', [-0.5, 1.3]),
        ('quantized::relu6', [False]), ('quantized::threshold', [0.5, 0.2]), ('quantized::sigmoid', [0.005, 10]), ('quantized::hardswish', [0.04, 20]), ('quantized::leaky_relu', [0.1, False, 0.04, 20]),
        ('quantized::elu', [0.04, 20, 1.0, 1.0, 1.0]), ('quantized::elu', [0.04, 20, 0.7, 1.2, 0.5]), ('quantized::celu', [0.04, 20, 0.8]), ('quantized::softmax', [1, 0.004, 0]),
        ('quantized::dropout', [0.1, 3, 0.5, False]), ('aten::relu6', []), ('aten::gelu', ['none']),
    ):  # fmt: skip
        g = G(kind)
        q = g.op(kind, g.q(x, 0.05, zero, dtype), *args)
        g.done(g.op('aten::int_repr', q), g.op('aten::q_scale', q, out='float'), g.op('aten::q_zero_point', q, out='int'), name=f'{dtype} {args}')
g = G('quantized::prelu')
g.ints(g.op('quantized::prelu', g.q(c.rand(2, 3, 4)), g.q(c.rand(3), 0.01, 100), 0.04, 30), name='channels')
g = G('aten::masked_fill')
g.ints(g.op('aten::masked_fill', g.q(c.rand(2, 3)), torch.tensor([[True, False, True]] * 2), 0.4), name='quantized')

# --- normalisation ---------------------------------------------------------------------------------------------------------------------
for kind, shape in (('batch_norm1d', (4, 3)), ('batch_norm1d', (2, 3, 5)), ('batch_norm2d', (2, 3, 4, 4)), ('batch_norm2d_relu', (2, 3, 4, 4)), ('batch_norm3d', (2, 3, 2, 2, 2)), ('batch_norm3d_relu', (2, 3, 2, 2, 2)), ('batch_norm', (2, 3, 4, 4)), ('batch_norm_relu', (2, 3, 4)), ('batch_norm1d_relu', (2, 3, 4))):
    g = G(f'quantized::{kind}')
    g.ints(g.op(f'quantized::{kind}', g.q(c.rand(*shape)), c.rand(3, low=0.5, high=2), c.rand(3), c.rand(3), c.rand(3, low=0.5, high=2), 1e-5, 0.05, 90), name=f'{shape}')
for affine in (True, False):
    w, b = (c.rand(4, low=0.5, high=2), c.rand(4)) if affine else (None, None)
    g = G('quantized::layer_norm')
    g.ints(g.op('quantized::layer_norm', g.q(c.rand(3, 5, 4)), [4], w, b, 1e-5, 0.03, 100), name=f'{affine}')
    g = G('quantized::group_norm')
    g.ints(g.op('quantized::group_norm', g.q(c.rand(2, 4, 3, 3)), 2, w, b, 1e-5, 0.03, 100), name=f'{affine}')
    g = G('quantized::instance_norm')
    g.ints(g.op('quantized::instance_norm', g.q(c.rand(2, 4, 3, 3)), w, b, 1e-5, 0.03, 100), name=f'{affine}')

# --- pooling, interpolation ------------------------------------------------------------------------------------------------------------
image = c.rand(2, 4, 7, 6)
for dtype in (U8, I8):
    zero = signed(dtype)
    for kind, args in (
        ('aten::max_pool2d', [[3, 2], [2, 2], [1, 0], [1, 1], False]), ('aten::max_pool2d', [[2, 2], [], [0, 0], [1, 1], True]),
        ('aten::avg_pool2d', [[2, 2], [], [0, 0], False, True, None]), ('aten::avg_pool2d', [[3, 3], [2, 2], [1, 1], False, False, None]), ('aten::avg_pool2d', [[3, 3], [2, 2], [1, 1], True, True, None]),
        ('aten::adaptive_avg_pool2d', [[1, 1]]), ('aten::adaptive_avg_pool2d', [[3, 2]]), ('aten::mean', [[2, 3], False, None]), ('aten::mean', [[1], True, None]), ('aten::mean', [None]),
        ('aten::upsample_nearest2d', [[14, 12], None, None]), ('aten::upsample_bilinear2d', [[10, 9], False, None, None]), ('aten::upsample_bilinear2d', [[10, 9], True, None, None]),
        ('quantized::max_pool2d', [[3, 2], [2, 2], [1, 0], [1, 1], False]),
    ):  # fmt: skip
        g = G(kind)
        g.ints(g.op(kind, g.q(image, 0.05, zero, dtype), *args), name=f'quantized {dtype} {args}')
for kind, args, x in (
    ('aten::max_pool1d', [[3], [2], [1], [1], False], c.rand(2, 3, 8)), ('quantized::max_pool1d', [[3], [2], [1], [1], False], c.rand(2, 3, 8)),
    ('aten::avg_pool1d', [[2], [], [0], False, True], c.rand(2, 3, 8)), ('aten::avg_pool3d', [[2, 2, 2], [], [0, 0, 0], False, True, None], c.rand(1, 3, 4, 4, 4)),
    ('aten::adaptive_avg_pool3d', [[1, 1, 1]], c.rand(1, 3, 4, 4, 4)), ('aten::adaptive_avg_pool1d', [[3]], c.rand(2, 3, 8)), ('aten::upsample_nearest3d', [[4, 4, 4], None, None, None], c.rand(1, 2, 2, 2, 2)),
    ('aten::max_pool3d', [[2, 2, 2], [], [0, 0, 0], [1, 1, 1], False], c.rand(1, 2, 4, 4, 4)),
):  # fmt: skip
    g = G(kind)
    g.ints(g.op(kind, g.q(x), *args), name=f'quantized {args}')

# --- operators that move elements ------------------------------------------------------------------------------------------------------
for kind, args in (
    ('aten::view', [[6, -1]]), ('aten::reshape', [[4, 6]]), ('aten::flatten', [0, 1]), ('aten::permute', [[2, 0, 1]]), ('aten::transpose', [0, 2]), ('aten::unsqueeze', [1]), ('aten::squeeze', []),
    ('aten::select', [1, 0]), ('aten::slice', [2, 1, 4, 2]), ('aten::contiguous', [0]), ('aten::clone', [None]), ('aten::detach', []), ('aten::expand', [[3, 2, 3, 4], False]), ('aten::flip', [[0, 2]]),
    ('aten::index_select', [1, torch.tensor([2, 0])]), ('aten::narrow', [2, 1, 2]), ('aten::constant_pad_nd', [[1, 2], 0.0]), ('aten::constant_pad_nd', [[1, 0, 0, 1], 0.5]),
    ('aten::repeat', [[2, 1, 1]]),
):  # fmt: skip
    g = G(kind)
    g.ints(g.op(kind, g.q(c.rand(2, 3, 4)), *args), name=f'quantized {args}')
for kind, args in (('aten::chunk', [2, 1]), ('aten::split', [2, 1]), ('aten::unbind', [0])):
    g = G(kind)
    xs = g.op(kind, g.q(c.rand(2, 4)), *args, out='Tensor[]')
    a, b = g.op('prim::ListUnpack', xs, out=['Tensor', 'Tensor'])
    g.ints(a, b, name='quantized')
    g = G(kind)
    xs = g.op(kind, g.q(c.rand(2, 4)), *args, out='Tensor[]')
    g.ints(g.op('aten::__getitem__', xs, 1), name='one of the list')
for kind, args in (('aten::topk', [2, 1, True, True]), ('aten::sort', [1, False]), ('aten::max', [1, False])):
    g = G(kind)
    q, at = g.op(kind, g.q(c.perm(3, 5, scale=0.3), 0.1), *args, out=['Tensor', 'Tensor'])
    g.done(g.op('aten::int_repr', q), at, name='quantized')
g = G('aten::size')
g.done(g.op('aten::size', g.q(c.rand(2, 3)), out='int[]'), name='quantized')

# --- the rest of what packed weights tell, and the names of torch.compile ----------------------------------------------------------------
for n in (2, 3):
    for transposed in ('', '_transpose'):
        g = G(f'quantized::conv{transposed}{n}d_stride')
        args = [weight(g, c.rand(4, 3, *[3] * n), 0), c.rand(4 if not transposed else 3), [1, 2, 1][:n], [1, 0, 1][:n]]
        args += [[0, 1, 0][:n]] if transposed else []
        packed = g.op(f'quantized::conv{transposed}{n}d_prepack', *args, [1] * n, 1, out=CONV[n])
        lists = [g.op(f'quantized::conv{transposed}{n}d_{what}', packed, out='int[]') for what in ('stride', 'padding', 'dilation', 'output_padding')]
        g.done(*lists, *[g.op(f'quantized::conv{transposed}{n}d_{what}', packed, out='int') for what in ('groups', 'transpose')], name='all of it')
for n in (1, 2, 3):
    for transposed in ('', '_transpose'):
        g = G(f'quantized::conv{transposed}{n}d_unpack')
        args = [weight(g, c.rand(4, 3, *[3] * n), 0), c.rand(4 if not transposed else 3), [1] * n, [0] * n] + ([[0] * n] if transposed else [])
        packed = g.op(f'quantized::conv{transposed}{n}d_prepack', *args, [1] * n, 1, out=CONV[n])
        w, b = g.op(f'quantized::conv{transposed}{n}d_unpack', packed, out=['Tensor', 'Tensor?'])
        with engine('fbgemm'):
            g.done(g.op('aten::int_repr', w), name='integers')
g = G('quantized::conv_unpack')
w, b = g.op('quantized::conv_unpack', g.op('quantized::conv2d_prepack', weight(g, c.rand(4, 3, 3, 3), 1), None, [1, 1], [0, 0], [1, 1], 1, out=CONV[2]), out=['Tensor', 'Tensor?'])
g.done(g.op('aten::int_repr', w), name='integers')
g = G('quantized::linear_unpack_fp16')
w, b = g.op('quantized::linear_unpack_fp16', g.op('quantized::linear_prepack_fp16', c.rand(3, 5).half().float(), c.rand(3), out=LINEAR), out=['Tensor', 'Tensor?'])
g.done(w, name='one')
g = G('_quantized::linear')
packed = g.op('_quantized::linear_prepack', weight(g, c.rand(3, 5), 0), c.rand(3), out=LINEAR)
g.done(g.op('aten::int_repr', g.op('_quantized::linear', g.q(c.rand(2, 5)), packed, 0.05, 90)), g.op('_quantized::linear_dynamic', c.rand(2, 5), packed, True), name='one')
g = G('_quantized::linear_prepack_fp16')
packed = g.op('_quantized::linear_prepack_fp16', c.rand(3, 5), c.rand(3), out=LINEAR)
g.done(g.op('quantized::linear_dynamic_fp16', c.rand(2, 5), packed), name='one')
g = G('_quantized::add')
g.ints(g.op('_quantized::add', g.q(c.rand(2, 3)), g.q(c.rand(2, 3), 0.03, 9), 0.1, 50), name='one')
for n in (2,):
    for relu in ('', '_relu'):
        g = G(f'_quantized::conv{n}d{relu}')
        packed = g.op(f'_quantized::conv{n}d_prepack', weight(g, c.rand(4, 3, *[3] * n), 1), c.rand(4), [1] * n, [1] * n, [1] * n, 1, out=CONV[n])
        g.ints(g.op(f'_quantized::conv{n}d{relu}', g.q(c.rand(1, 3, *[4] * n)), packed, 0.2, 90), name='one')
for n in (1, 2, 3):
    g = G(f'_quantized::conv_transpose{n}d')
    packed = g.op(f'_quantized::conv_transpose{n}d_prepack', weight(g, c.rand(4, 3, *[2] * n), 0), c.rand(3), [1] * n, [0] * n, [0] * n, [1] * n, 1, out=CONV[n])
    with engine('fbgemm'):
        g.ints(g.op(f'{"_" if n < 3 else ""}quantized::conv_transpose{n}d', g.q(c.rand(1, 4, *[3] * n)), packed, 0.2, 90), name='one')
g = G('aten::_empty_affine_quantized')
g.done(g.op('aten::size', g.op('aten::_empty_affine_quantized', [2, 3], U8, None, None, None, 0.1, 3, None), out='int[]'), name='its shape')
for on in (0, 1):
    g = G('aten::_fake_quantize_per_tensor_affine_cachemask_tensor_qparams')
    g.done(*g.op('aten::_fake_quantize_per_tensor_affine_cachemask_tensor_qparams', c.rand(3, 4), torch.tensor([0.1]), torch.tensor([3], dtype=torch.int32), g.op('aten::scalar_tensor', on, 3, None, None, None), 0, 20, out=['Tensor', 'Tensor']), name=f'{on}')
for per_row in (False, True):
    n = 3 if per_row else 1
    x, low, high = c.rand(3, 4), c.rand(n, low=-1, high=-0.5), c.rand(n, low=0.5, high=1)
    flags = torch.tensor([0]), torch.tensor([1])
    # torch computes scale and zero point anew from the range that was observed; a model that was saved holds the same.
    scale, zero = torch.ops.aten._fused_moving_avg_obs_fq_helper_functional(x, *flags, low, high, torch.ones(n), torch.zeros(n, dtype=torch.int32), 0.01, 0, 40, 0, per_row)[4:]
    g = G('aten::_fused_moving_avg_obs_fq_helper_functional')
    flags = [g.op('aten::scalar_tensor', v, 3, None, None, None) for v in (0, 1)]
    outs = g.op('aten::_fused_moving_avg_obs_fq_helper_functional', x, *flags, low, high, scale, zero, 0.01, 0, 40, 0, per_row, False, out=['Tensor'] * 6)
    g.done(*outs[:2], name=f'{per_row}')

# --- embeddings ------------------------------------------------------------------------------------------------------------------------
EMBEDDING = '__torch__.torch.classes.quantized.EmbeddingPackedParamsBase'


def table(g, rows, columns, bits=8):
    w = c.rand(rows, columns)
    low, high = w.min(1).values, w.max(1).values
    scale = (high - low) / (2**bits - 1)
    return g.op('quantized::embedding_bag_prepack', g.qc(w, scale, -low / scale, 0, U8 if bits == 8 else 16), out=EMBEDDING)


g = G('quantized::embedding_4bit')
g.done(g.op('quantized::embedding_4bit', table(g, 7, 4, 4), c.ints(5, low=0, high=7), False), name='one')
g = G('quantized::embedding_bag_4bit')
g.done(g.op('quantized::embedding_bag_4bit', table(g, 7, 4, 4), c.ints(6, low=0, high=7), torch.tensor([0, 2, 2]), False, 0, False, None, None, False), name='one')


for shape in ((4,), (2, 3)):
    for dtype in (torch.int64, torch.int32):
        g = G('quantized::embedding_byte')
        g.done(g.op('quantized::embedding_byte', table(g, 7, 4), c.ints(*shape, low=0, high=7, dtype=dtype), False), name=f'{shape} {dtype}')
for weighted in (False, True):
    for last in (False, True):
        g = G('quantized::embedding_bag_byte')
        sample = c.rand(6) if weighted else None
        g.done(g.op('quantized::embedding_bag_byte', table(g, 7, 4), c.ints(6, low=0, high=7), torch.tensor([0, 2, 2] + [6] * last), False, 0, False, sample, None, last), name=f'{weighted} {last}')
    g = G('quantized::embedding_bag_byte')
    g.done(g.op('quantized::embedding_bag_byte', table(g, 7, 4), c.ints(2, 3, low=0, high=7), None, False, 0, False, c.rand(2, 3) if weighted else None, None, False), name=f'matrix {weighted}')
g = G('quantized::embedding_bag_unpack')
g.done(g.op('aten::int_repr', g.op('quantized::embedding_bag_unpack', table(g, 7, 4))), name='integers')

# --- recurrent cells -------------------------------------------------------------------------------------------------------------------


def cell(g, n, size, hidden, dtype='int8'):
    ih, hh = c.rand(n * hidden, size, low=-0.6, high=0.6), c.rand(n * hidden, hidden, low=-0.6, high=0.6)
    if dtype == 'int8':
        return [g.op('quantized::linear_prepack', weight(g, w, 0), b, out=LINEAR) for w, b in ((ih, c.rand(n * hidden)), (hh, c.rand(n * hidden)))]
    return [g.op('quantized::linear_prepack_fp16', w, b, out=LINEAR) for w, b in ((ih, c.rand(n * hidden)), (hh, c.rand(n * hidden)))]


zeros = torch.zeros(1)
for kind, n in (('lstm', 4), ('gru', 3), ('rnn_tanh', 1), ('rnn_relu', 1)):
    for batch in (1, 3):
        g = G(f'quantized::quantized_{kind}_cell_dynamic')
        ih, hh = cell(g, n, 4, 5)
        x, h = c.rand(batch, 4), c.rand(batch, 5)
        if kind == 'lstm':
            state = g.op('prim::ListConstruct', h, c.rand(batch, 5), out='Tensor[]')
            g.done(*g.op(f'quantized::quantized_{kind}_cell_dynamic', x, state, ih, hh, torch.zeros(20), torch.zeros(20), out=['Tensor', 'Tensor']), name=f'{batch}')
        else:
            g.done(g.op(f'quantized::quantized_{kind}_cell_dynamic', x, h, ih, hh, torch.zeros(n * 5), torch.zeros(n * 5)), name=f'{batch}')
CELL = '__torch__.torch.classes.rnn.CellParamsBase'
for kind, n in (('lstm', 4), ('gru', 3)):
    for layers, both, batch_first, dtype in ((1, False, False, 'int8'), (2, True, False, 'int8'), (2, False, True, 'int8'), (1, True, True, 'fp16'), (1, False, False, 'fp16')):
        g = G(f'aten::quantized_{kind}')
        d = 2 if both else 1
        cells = []
        for layer in range(layers):
            for _ in range(d):
                ih, hh = cell(g, n, 3 if layer == 0 else 4 * d, 4, dtype)
                if dtype == 'int8':
                    cells.append(g.op('quantized::make_quantized_cell_params_dynamic', ih, hh, torch.zeros(n * 4), torch.zeros(n * 4), True, out=CELL))
                else:
                    cells.append(g.op('quantized::make_quantized_cell_params_fp16', ih, hh, out=CELL))
        params = g.op('prim::ListConstruct', *cells, out=f'{CELL}[]')
        x = c.rand(2, 5, 3) if batch_first else c.rand(5, 2, 3)
        h = c.rand(layers * d, 2, 4)
        if kind == 'lstm':
            state = g.op('prim::ListConstruct', h, c.rand(layers * d, 2, 4), out='Tensor[]')
            g.done(*g.op('aten::quantized_lstm', x, state, params, True, layers, 0.0, False, both, batch_first, I8 if dtype == 'int8' else 5, True, out=['Tensor'] * 3), name=f'{layers} {both} {batch_first} {dtype}')
        else:
            g.done(*g.op('aten::quantized_gru', x, h, params, True, layers, 0.0, False, both, batch_first, out=['Tensor'] * 2), name=f'{layers} {both} {batch_first} {dtype}')

# Packed sequences: a step has those that are alive alone
for kind, n in (('lstm', 4), ('gru', 3)):
    for layers, both, dtype, lengths in ((1, False, 'int8', [4, 2, 1]), (2, True, 'int8', [3, 3, 2]), (1, True, 'fp16', [4, 1]), (1, False, 'int8', [2])):
        g = G(f'aten::quantized_{kind}')
        d = 2 if both else 1
        cells = []
        for layer in range(layers):
            for _ in range(d):
                ih, hh = cell(g, n, 3 if layer == 0 else 4 * d, 4, dtype)
                if dtype == 'int8':
                    cells.append(g.op('quantized::make_quantized_cell_params_dynamic', ih, hh, torch.zeros(n * 4), torch.zeros(n * 4), True, out=CELL))
                else:
                    cells.append(g.op('quantized::make_quantized_cell_params_fp16', ih, hh, out=CELL))
        params = g.op('prim::ListConstruct', *cells, out=f'{CELL}[]')
        data, sizes, *_ = torch.nn.utils.rnn.pack_padded_sequence(c.rand(lengths[0], len(lengths), 3), torch.tensor(lengths))
        h = c.rand(layers * d, len(lengths), 4)
        if kind == 'lstm':
            state = g.op('prim::ListConstruct', h, c.rand(layers * d, len(lengths), 4), out='Tensor[]')
            g.done(*g.op('aten::quantized_lstm', data, sizes, state, params, True, layers, 0.0, False, both, I8 if dtype == 'int8' else 5, True, out=['Tensor'] * 3), name=f'packed {layers} {both} {dtype} {lengths}')
        else:
            g.done(*g.op('aten::quantized_gru', data, sizes, h, params, True, layers, 0.0, False, both, out=['Tensor'] * 2), name=f'packed {layers} {both} {dtype} {lengths}')

# --- exact sums ------------------------------------------------------------------------------------------------------------------------
for a, b, az, bz in (
    (c.ints(3, 4, dtype=torch.uint8, low=0, high=256), c.ints(4, 2, dtype=torch.int8, low=-128, high=128), 7, 0),
    (c.ints(2, 3, 4, dtype=torch.uint8, low=0, high=256), c.ints(4, 2, dtype=torch.uint8, low=0, high=256), 255, 128),
    (c.ints(2, 700, dtype=torch.uint8, low=200, high=256), c.ints(700, 2, dtype=torch.int8, low=100, high=128), 0, 0),
):
    g = G('functional::matmul_integer')
    out = torch.matmul(a.long() - az, b.long() - bz).int()
    g.done(g.op('functional::matmul_integer', a, b, torch.tensor(az, dtype=a.dtype), torch.tensor(bz, dtype=b.dtype)), outputs=[out])
for n, stride, groups in ((1, 1, 1), (2, 2, 2), (3, 1, 1)):
    x, w = c.ints(2, 4, *[5] * n, dtype=torch.uint8, low=0, high=256), c.ints(6, 4 // groups, *[3] * n, dtype=torch.uint8, low=0, high=256)
    conv = (torch.conv1d, torch.conv2d, torch.conv3d)[n - 1]
    out = conv(x.double() - 9, w.double() - 128, None, stride, 1, 1, groups).int()
    g = G('functional::conv_integer')
    g.done(g.op('functional::conv_integer', x, w, torch.tensor(9, dtype=torch.uint8), torch.tensor(128, dtype=torch.uint8), [stride] * n, [1] * n, [1] * n, groups), outputs=[out])

# --- mobile layers: what they stand for, since torch's wheels are built without them ---------------------------------------------------
XNN = '__torch__.torch.classes.xnnpack'
for lib, xnn, suffix in (('prepacked', XNN, '_clamp'), ('metal_prepack', '__torch__.torch.classes.metal', '')):
    for lo, hi in ((None, None), (0.0, None), (0.0, 6.0), (-1, 0.5)):
        bound = (lambda t: t) if lo is None and hi is None else (lambda t: t.clamp(lo, hi))
        x, w, b = c.rand(3, 5), c.rand(4, 5), c.rand(4)
        g = G(f'{lib}::linear{suffix}_run')
        packed = g.op(f'{lib}::linear{suffix}_prepack', w, b, lo, hi, out=f'{xnn}.LinearOpContext')
        g.done(g.op(f'{lib}::linear{suffix}_run', x, packed), name=f'{lo} {hi}', outputs=[bound(torch.nn.functional.linear(x, w, b))])
        x, w = c.rand(2, 4, 6, 6), c.rand(6, 2, 3, 3)
        g = G(f'{lib}::conv2d{suffix}_run')
        packed = g.op(f'{lib}::conv2d{suffix}_prepack', w, None, [2, 2], [1, 1], [1, 1], 2, lo, hi, out=f'{xnn}.Conv2dOpContext')
        g.done(g.op(f'{lib}::conv2d{suffix}_run', x, packed), name=f'{lo} {hi}', outputs=[bound(torch.conv2d(x, w, None, 2, 1, 1, 2))])
        if lib == 'prepacked':
            x, w, b = c.rand(2, 4, 5, 5), c.rand(4, 3, 3, 3), c.rand(3)
            g = G('prepacked::conv2d_transpose_clamp_run')
            packed = g.op('prepacked::conv2d_transpose_clamp_prepack', w, b, [2, 2], [1, 1], [1, 1], [1, 1], 1, lo, hi, out=f'{xnn}.TransposeConv2dOpContext')
            g.done(g.op('prepacked::conv2d_transpose_clamp_run', x, packed), name=f'{lo} {hi}', outputs=[bound(torch.conv_transpose2d(x, w, b, 2, 1, 1, 1, 1))])

c.write()
