"""Operator cases from PyTorch's own database of sample inputs (torch.testing._internal, OpInfo). For test/ops/opinfo-*/make.py:

    from opinfo import sweep
    sweep('a', 'l')            # operators whose names, without `nn.functional.` and the like, begin with a … l

Each sample becomes a traced graph whose inputs are the sample's tensors; samples without a traced form (results that are no
tensors) become the operators that reach the dispatcher. What draws random numbers or leaves memory as it was found has no golden.
Options after the folder: `--full` (all dtypes and more samples, for a sweep), `--only NAME`.
"""

import argparse
import math
import os
import sys
import types
import unittest
import warnings
from pathlib import Path

# Some samples come in the order of a set of strings: a fixed hash seed, and so a fresh start, is needed.
if os.environ.get('PYTHONHASHSEED') != '0':
    os.execve(sys.executable, sys.orig_argv, {**os.environ, 'PYTHONHASHSEED': '0'})

# torch's test library imports this one for its own tests' sake.
sys.modules.setdefault('expecttest', types.ModuleType('expecttest')).TestCase = unittest.TestCase

import torch  # noqa: E402
from opcase import Cases, _parse, dyn, run  # noqa: E402
from leaf import unleaf  # noqa: E402  # isort: skip
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402
from torch.testing._internal.opinfo.core import BinaryUfuncInfo, UnaryUfuncInfo  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402
from torch.utils._pytree import tree_flatten, tree_unflatten  # noqa: E402

PREFIXES = ('nn.functional.', 'linalg.', 'special.', 'fft.', 'masked.', 'signal.windows.')
DTYPES = (
    torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.bool, torch.float16, torch.complex64,
)  # fmt: skip
MAX_ELEMENTS = 200
# Compiled at run time for CUDA, or uninitialised memory, or storages and strides as results.
WITHOUT = ('jiterator', 'empty', 'new_empty', 'as_strided_partial')


def key_of(name: str) -> str:
    name = name.lower()
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name.lstrip('_')


def _plain(value):
    if isinstance(value, torch.Tensor):
        return value.detach().resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format)
    return value


def _form(value) -> str:
    """What kind of argument it is: samples of one form differ by numbers only."""
    if isinstance(value, torch.Tensor):
        return f't{value.dim()}{"e" if value.numel() == 0 else ""}{str(value.dtype)[6:]}'
    if isinstance(value, (list, tuple)):
        return '[' + ','.join(map(_form, value)) + ']'
    if isinstance(value, (bool, str)) or value is None:
        return str(value)
    if isinstance(value, (int, float)):
        return f'{type(value).__name__}{"-" if value < 0 else "0" if value == 0 else ""}'
    return type(value).__name__ if not isinstance(value, torch.dtype) else str(value)


def samples_of(op, dtype, count: int, elements: int, smallest: bool = False):
    """At most `count` samples, of as many forms as there are, small ones first. Each: (callable's arguments, keywords)."""
    torch.manual_seed(0)
    wide = isinstance(op, (UnaryUfuncInfo, BinaryUfuncInfo))
    try:
        source = op.reference_inputs('cpu', dtype) if wide else op.sample_inputs('cpu', dtype)
        forms: dict[str, list] = {}
        for seen, sample in enumerate(source):
            if seen >= 400:
                break
            tensors = [v for v in tree_flatten((sample.input, sample.args, sample.kwargs))[0] if isinstance(v, torch.Tensor)]
            if any(t.layout != torch.strided or t.is_quantized for t in tensors) or sum(t.numel() for t in tensors) > elements:
                continue
            form = _form([sample.input, *sample.args]) + ''.join(f'{k}={_form(v)}' for k, v in sorted(sample.kwargs.items()))
            forms.setdefault(form, []).append(((sample.input, *sample.args), sample.kwargs))
    except Exception as error:  # a sample that this torch cannot make is none
        print(f'{op.name} {dtype}: no samples, {type(error).__name__}: {str(error)[:80]}', file=sys.stderr)
        return []
    # Small ones, but not empty ones, first.
    def extent(row) -> int:
        count = sum(v.numel() for v in tree_flatten(row[0])[0] if isinstance(v, torch.Tensor))
        return count if count > 0 else elements

    found, rows = [], sorted(forms.values(), key=extent) if smallest else list(forms.values())
    while len(found) < count and any(rows):
        for row in rows:
            if row and len(found) < count:
                found.append(row.pop(0))
    return found


def trace(function, args, kwargs):
    """The graph of one call as text, and its inputs."""
    flat, spec = tree_flatten((args, kwargs))
    flat = [_plain(v) for v in flat]
    tensors = [v for v in flat if isinstance(v, torch.Tensor)]

    def call(*given):
        rest = iter(given)
        a, k = tree_unflatten([next(rest) if isinstance(v, torch.Tensor) else v for v in flat], spec)
        out = function(*a, **k)
        return tuple(out) if isinstance(out, (tuple, list)) else out

    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter('ignore')
        graph = torch.jit.trace(call, tuple(t.clone() for t in tensors), check_trace=False).inlined_graph
    torch._C._jit_pass_dce(graph)
    torch._C._jit_pass_erase_shape_information(graph)
    last = next(graph.outputs()).node()
    if last.kind() == 'prim::TupleConstruct':
        graph.eraseOutput(0)
        for value in last.inputs():
            graph.registerOutput(value)
        last.destroy()
    extra = []
    for node in graph.findAllNodes('prim::Constant'):
        kind = node.output().type().kind()
        value = node.output().toIValue()
        if kind == 'TensorType' and value.dim() == 0 and not value.is_complex() and value.isfinite().item():
            node.output().inferTypeFrom(value)
        elif kind == 'TensorType' or kind == 'ComplexType' or kind == 'FloatType' and not math.isfinite(value):
            # The IR text has no literal for these.
            extra.append(value)
            new = graph.addInput()
            new.setType(node.output().type())
            node.output().replaceAllUsesWith(new)
            node.destroy()
    return '\n'.join(line.split(' # ')[0] for line in str(graph).splitlines()) + '\n', tensors + extra


class Dispatched(TorchDispatchMode):
    """Remembers every functional operator that reaches the dispatcher."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        schema = func._schema
        if not schema.is_mutable and schema.name.startswith('aten::') and schema.name not in ('aten::detach', 'aten::clone'):
            self.calls.append((schema, [_plain_tree(a) for a in args], {k: _plain_tree(v) for k, v in (kwargs or {}).items()}))
        return func(*args, **(kwargs or {}))


def _plain_tree(value):
    flat, spec = tree_flatten(value)
    return tree_unflatten([_plain(v) for v in flat], spec)


def _literal(value):
    """What has no literal in the IR text is an input."""
    return dyn(value) if isinstance(value, complex) or isinstance(value, float) and math.isnan(value) else value


def _same(a, b) -> bool:
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.shape == b.shape and torch.allclose(a, b, equal_nan=True)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return a == b or a != a and b != b


class Sweep:
    def __init__(self, cases: Cases, without=lambda name, dtype, brief: False):
        self.cases = cases
        self.without = without
        self.calls: set[str] = set()
        self.ops: set[str] = set()
        self.lost: list[str] = []

    def sample(self, op, dtype, args, kwargs, dispatch: bool) -> None:
        name = f'{op.name}{"." + op.variant_test_name if op.variant_test_name else ""}'
        if self.without(name, dtype, _brief(args, kwargs)):
            return
        traced = False
        nodes = []
        try:
            text, inputs = trace(op.op, args, kwargs)
            if any(node.kind().endswith('_') for node in _parse(text).nodes()) or 'with_update(' in text:
                return  # Writes are functionalised before operators are lowered.
            torch.manual_seed(1)
            first = run(text, inputs)
            torch.manual_seed(2)
            if not _same(first, run(text, inputs)):
                return
            nodes = [n.kind() for n in _parse(text).nodes() if n.kind().startswith('aten::')]
            self.cases.ir(text, *inputs, op=nodes[0] if len(nodes) == 1 else f'aten::{op.aten_name or name}', case_name=f'{name} {_brief(args, kwargs)}')
            self.ops.update(nodes)
            traced = True
        except Exception as error:
            self.lost.append(f'{name} {dtype} {_brief(args, kwargs)}: {type(error).__name__} {str(error).splitlines()[0][:160] if str(error) else ""}')
        if traced and not dispatch:
            return
        mode = Dispatched()
        a, k = _plain_tree(args), _plain_tree(kwargs)
        try:
            with torch.no_grad(), mode:
                op.op(*a, **k)
        except Exception:
            return
        for schema, a, k in mode.calls:
            form = f'{schema.name}.{schema.overload_name}{dtype}{_form(a)}'
            label = f'{schema.name}.{schema.overload_name}' if schema.overload_name else schema.name
            if form in self.calls or (traced and nodes == [schema.name]) or label.startswith(('aten::empty', 'aten::new_empty')) or self.without(label, dtype, _brief(a, k)):
                continue
            self.calls.add(form)
            try:
                torch.manual_seed(1)
                made = self.cases.case(label, *map(_literal, a), **{name: _literal(v) for name, v in k.items()}, case_name=f'{name} → {label} {_brief(a, k)}')
                made_of = [unleaf(v) for v in self.cases.rows[-1]['inputs']]
                torch.manual_seed(2)
                if not _same(made, run(self.cases.rows[-1]['graph'], made_of)):
                    self.cases.rows.pop()
            except Exception as error:
                self.lost.append(f'{name} → {schema.name}.{schema.overload_name} {dtype}: {type(error).__name__} {str(error)[:160]}')


def _brief(args, kwargs) -> str:
    def one(value):
        if isinstance(value, torch.Tensor):
            return f'{str(value.dtype)[6:]}[{",".join(map(str, value.shape))}]'
        if isinstance(value, (list, tuple)):
            return '[' + ','.join(map(one, value)) + ']'
        return str(value).removeprefix('torch.')

    return '(' + ', '.join([*map(one, args), *(f'{k}={one(v)}' for k, v in kwargs.items())]) + ')'


def ops_of(first: str, last: str):
    seen = set()
    for op in sorted(op_db, key=lambda o: (key_of(o.name), o.variant_test_name)):
        letter = key_of(op.name)[0]
        if first <= letter <= last and not key_of(op.name).startswith(WITHOUT):
            mark = (op.name, op.variant_test_name)
            if mark not in seen:
                seen.add(mark)
                yield op


def plan_of(op, index: int, full: bool) -> list[tuple[torch.dtype, int]]:
    """dtypes with a number of samples each. A selection has float32, complex64, int64 and one more, another for every operator."""
    dtypes = [dtype for dtype in DTYPES if dtype in op.supported_dtypes('cpu')]
    if full:
        return [(dtype, 8 if dtype == torch.float32 else 5 if dtype == torch.complex64 else 3) for dtype in dtypes]
    main = [dtype for dtype in dtypes if dtype in (torch.float32, torch.complex64, torch.int64)]
    rest = [dtype for dtype in dtypes if dtype not in main]
    return [(dtype, 2 if dtype == torch.float32 else 1) for dtype in [*main, *rest[index % max(1, len(rest)) :][:1]]]


def sweep(first: str, last: str, without=lambda name, dtype, brief: False, more=None) -> None:
    """`without`: what is left out of the selection, with a reason where it is called; `more`: adds cases of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument('folder', nargs='?')
    parser.add_argument('--full', action='store_true', help='all dtypes, more samples')
    parser.add_argument('--only', default='', help='one operator')
    given = parser.parse_args()
    sys.argv = [sys.argv[0], *([given.folder] if given.folder else [])]
    cases = Cases(seed=1)
    work = Sweep(cases, without)
    for index, op in enumerate(ops_of(first, last)):
        if given.only and given.only != op.name:
            continue
        for dtype, count in plan_of(op, index, given.full):
            for args, kwargs in samples_of(op, dtype, count, MAX_ELEMENTS, smallest=not given.full):
                work.sample(op, dtype, args, kwargs, dtype in (torch.float32, torch.complex64))
    if more is not None and not given.only:
        more(cases)
    for line in work.lost:
        print('without a graph:', line, file=sys.stderr)
    print(f'{len(work.ops)} operators, {len(work.lost)} samples without a graph')
    cases.write()
