"""Calls of operators in TorchScript, one for each rule of overload resolution, and the graphs that torch 2.13 makes of them.

Run with a real torch; writes overloads.json beside this file: an empty graph means that torch refuses the call.
"""

import json
import pathlib
import sys
import re
import types

import torch

CALLS = [
    'torch.clamp(x, None, 6)',
    'torch.mul(x, True)',
    'torch.conv2d(x, x, None, 1, 0, 1, 1)',
    'torch.sum(x, 0)',
    'torch.mean(x, (0, 1))',
    'torch.stack((x, x))',
    'torch.view(x, 1, 2)',
    'torch.arange(x)',
    'torch.transpose(x, x, 1)',
    'torch.full([2], x)',
    'torch.full([x], 1)',
    'torch.add(x, x, 2)',
    'torch.to(x, "cpu")',
    'torch.index(x, [x, None])',
    'torch.upsample_bilinear2d(x, [2, 2], False, None)',
    'torch.upsample_bilinear2d(x, [2, 2], False, [2., 2.])',
    'torch.add(1, 2)',
    'torch.add(1, 2.)',
    'torch.add("a", "b")',
    'torch.add([1], [2])',
    'torch.div(1, 2)',
    'torch.pow(2, 3)',
    'torch.max(x, 1)',
    'torch.max(x, x)',
    'torch.sum(x, [0], dtype=6)',
    'torch.add(x, x, beta=1)',
    'torch.add(x)',
    'torch.zeros([2], dtype=6)',
    'torch.eq([1], [2])',
    'torch.len(x)',
    'x.size()',
    'x.size(0)',
    'torch.where(x)',
    'torch.where(x, 1, 2)',
    'torch.clamp(x, min=1)',
    'torch.cat([x, x], 1)',
    'torch.cat((x, x), dim=1)',
    'torch.split(x, 2)',
    'torch.split(x, [1, 2], 0)',
    'torch.norm(x)',
    'torch.norm(x, 2, 1)',
    'torch.norm(x, 2, [1])',
    'x.expand(-1, 2)',
    'x.permute(1, 0)',
    'x.repeat(2, 2)',
    'x.unsqueeze(-1)',
    'torch.std(x, 0)',
    'torch.quantile(x, 0.5)',
    'torch.round(1.5)',
    'x + 1',
    '1 - x',
    'x / 2',
    '2 / x',
    'x ** 2',
    '2 ** x',
    'x // 2',
    'x % 2',
    'x == 1',
    'x & x',
    'x @ x',
    'torch.pad(x, [1, 1])',
    'x.view([2])',
    'x.view(2)',
    'x.transpose(0, 1)',
    'torch.rand(2, 3)',
    'torch.rand([2, 3])',
    'torch.tensor([1, 2])',
    'torch.tensor(1.)',
    'x.to(6)',
    'x.to(x)',
    'x.to("cpu", 6)',
    'x.sum(1)',
    'x.sum((0, 1))',
    'x.any()',
    'x.any(1)',
    'x.mean(1, True)',
    'x.mean(dim=1, keepdim=True)',
    'torch.linspace(0, 1, 5)',
    'torch.bitwise_and(x, 3)',
    'torch.scatter(x, 0, x, 1)',
    'torch.scatter(x, 0, x, x)',
    'x.index_select(0, x)',
    'torch.gelu(x)',
    'torch.gelu(x, approximate="tanh")',
    'torch.softmax(x, 1)',
    'torch.softmax(x, 1, None)',
    'torch.einsum("ij,jk", [x, x])',
    'torch.interpolate(x)',
    'torch.nonexistent(x)',
    'torch.floor(1.5)',
    'torch.floor(x)',
    'torch.sqrt(2)',
    'torch.neg(1)',
    'torch.mul([1], 3)',
]


def graph(call):
    # Names that are no operators in Python's torch are operators in saved code.
    found = re.sub(r'torch\.(\w+)', lambda m: m.group(0) if isinstance(getattr(torch, m.group(1), None), types.BuiltinFunctionType) else f'torch.ops.aten.{m.group(1)}', call)
    try:
        return str(torch.jit.CompilationUnit(f'def f(x: Tensor):\n    return {found}\n').f.graph)
    except (RuntimeError, AttributeError):
        return ''


rows = [{'call': call, 'graph': graph(call)} for call in CALLS]
((pathlib.Path(sys.argv[1]) / 'overloads.json') if len(sys.argv) > 1 else pathlib.Path(__file__).with_name('overloads.json')).write_text(json.dumps(rows, indent=1) + '\n')
