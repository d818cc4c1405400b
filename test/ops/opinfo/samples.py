"""Samples of PyTorch's own OpInfo database (torch.testing._internal.common_methods_invocations.op_db) as operator cases.

    python samples.py FIRST LAST OUT.json [NAME…]   # every sample of the operators whose own name begins with FIRST..LAST, for a sweep
    from samples import sweep, pick                 # for a make.py, which writes a selection

Each sample is traced by torch.jit.trace with its tensors as inputs and all else baked in; the graph's text, freed of dims and dtypes,
is the case's graph. A sample whose graph cannot be written as a case (writes in place, tensor constants, sparse layouts) is left out.
"""

import json
import random
import re
import sys
import types
import warnings
import zlib
from pathlib import Path

import numpy
import torch

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# The database's module imports a base class for tests of its own, which is not used here.
sys.modules.setdefault('expecttest', types.SimpleNamespace(TestCase=__import__('unittest').TestCase))
from opcase import Cases  # noqa: E402
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402

DTYPES = [
    torch.float32, torch.int64, torch.float64, torch.bool, torch.int32, torch.uint8, torch.float16, torch.complex64,
]  # fmt: skip
ELEMENTS = 200

_TYPES = r'(?<!::)(?:Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool|ComplexFloat|ComplexDouble|ComplexHalf|UInt16|UInt32|UInt64)'
_DRAWS = re.compile(
    r'aten::(\w*rand\w*|\w*dropout\w*|bernoulli|multinomial|normal|poisson|binomial|cauchy|exponential|geometric|log_normal|uniform|rrelu\w*|'
    r'empty\w*|new_empty\w*|_\w*dirichlet|_standard_gamma|resize\w*)_?\('
)


def own_name(op) -> str:
    """`linalg.svd` is s; `nn.functional.relu` is r."""
    return op.name.split('.')[-1].lower()


def _split(value, tensors: list):
    """The value with its tensors taken out, in order."""
    if isinstance(value, torch.Tensor):
        tensors.append(value.detach())
        return ('tensor', len(tensors) - 1)
    if isinstance(value, (list, tuple)):
        if hasattr(value, '_fields'):
            return ('plain', value)
        return (type(value), [_split(v, tensors) for v in value])
    if isinstance(value, dict):
        return (dict, {k: _split(v, tensors) for k, v in value.items()})
    return ('plain', value)


def _join(form, tensors):
    kind, value = form
    if kind == 'tensor':
        return tensors[value]
    if kind == 'plain':
        return value
    if kind is dict:
        return {k: _join(v, tensors) for k, v in value.items()}
    return kind(_join(v, tensors) for v in value)


def _outputs(value):
    """Tensors and numbers of a result, as a trace can return them."""
    if isinstance(value, (list, tuple)):
        flat = [leaf for item in value for leaf in _outputs(item)]
        return tuple(flat)
    return (value,) if isinstance(value, torch.Tensor) else ()


def plain_text(graph) -> tuple[str, list]:
    """The graph's text without what tracing saw of its tensors, and the values of constants that the text cannot hold, as inputs to add."""
    lines, extra = [], []
    tensors = {'%' + n.output().debugName(): n.t('value') for n in graph.findAllNodes('prim::Constant') if n.hasAttribute('value') and n.kindOf('value') == 't'}
    for line in str(graph).splitlines():
        line = re.sub(r'\s*#.*$', '', line)
        line = re.sub(r', scope: .*$', '', line)
        line = re.sub(_TYPES + r'\([^()]*\)', 'Tensor', line)
        line = re.sub(r': Tensor\([^()]*\)', ': Tensor', line)
        found = re.match(r'^\s*(%[\w.]+) : (\w+) = prim::Constant\[value=(.*)\]\(\)$', line)
        if found:
            name, kind, text = found.groups()
            if name in tensors:
                extra.append((f'{name} : Tensor', tensors[name]))
                continue
            if kind == 'complex' or kind == 'float' and 'nan' in text:
                value = complex(text) if kind == 'complex' else float(text)
                extra.append((f'{name} : {kind}', value))
                continue
        lines.append(line)
    # The results themselves, not a tuple of them.
    pack = re.match(r'^\s*(%[\w.]+) : \(.*\) = prim::TupleConstruct\((.*)\)$', lines[-2])
    if pack and lines[-1].strip() == f'return ({pack[1]})':
        lines[-2:] = [f'  return ({pack[2]})']
    text = '\n'.join(lines) + '\n'
    if extra:
        head, tail = text.split('):\n', 1)
        text = head + ''.join((',\n      ' if head[-1] != '(' else '') + e for e, _ in extra) + '):\n' + tail
    return text, [v for _, v in extra]


def _compact(text: str) -> str:
    return re.sub(r',\n\s+', ', ', text)


def _seed(name: str) -> None:
    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    random.seed(seed)
    numpy.random.seed(seed)


def _brief(value) -> str:
    if isinstance(value, torch.Tensor):
        return f'{str(value.dtype).removeprefix("torch.")}[{",".join(map(str, value.shape))}]'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(map(_brief, value)) + ']'
    return re.sub(r'^torch\.', '', re.sub(r' at 0x\w+', '', repr(value)))


def _form(sample) -> str:
    """What tells argument forms apart: kinds and names, ranks of tensors, values of the rest."""
    def kind(v):
        if isinstance(v, torch.Tensor):
            return f'T{v.dim()}{v.dtype}{v.numel() == 0}'
        return type(v).__name__ if isinstance(v, (float, complex)) else _brief(v)
    return ';'.join([kind(sample.input), *map(kind, sample.args), *(f'{k}={kind(v)}' for k, v in sorted(sample.kwargs.items()))])


def _all(op, dtype, references: bool):
    _seed(op.name + str(dtype))
    yield from op.sample_inputs('cpu', dtype)
    if references and op.reference_inputs_func is not None:
        _seed(op.name + str(dtype))
        count = 0
        for sample in op.reference_inputs('cpu', dtype):
            yield sample
            count += 1
            if count == 300:
                return


def choose(op, dtype, limit: int, references: bool = True):
    """At most `limit` small samples, forms not seen yet first."""
    seen, first, later = set(), [], []
    try:
        for sample in _all(op, dtype, references):
            tensors: list = []
            _split([sample.input, list(sample.args), sample.kwargs], tensors)
            if any(t.layout != torch.strided or t.numel() > ELEMENTS for t in tensors):
                continue
            form = _form(sample)
            (later if form in seen else first).append(sample)
            seen.add(form)
            if len(first) >= 4 * limit:
                break
    except Exception as error:
        print(f'  {op.name} {dtype}: {type(error).__name__} {str(error)[:100]}', file=sys.stderr)
    if len(first) > limit:
        step = len(first) / limit
        return [first[int(i * step)] for i in range(limit)]
    return first + later[: limit - len(first)]


def add(cases: Cases, op, dtype, sample) -> str | None:
    """Adds one sample; says why not."""
    tensors: list = []
    form = _split([sample.input, list(sample.args), sample.kwargs], tensors)
    if not tensors:
        return 'no tensors'
    tensors = [t.resolve_conj().resolve_neg().contiguous() for t in tensors]

    def f(*given):
        value, args, kwargs = _join(form, given)
        results = _outputs(op.op(value, *args, **kwargs))
        return results[0] if len(results) == 1 else results

    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter('ignore')
            _seed(op.name)
            expected = _outputs(f(*[t.clone() for t in tensors]))
            if not expected or sum(t.numel() for t in expected) > 4 * ELEMENTS:
                return 'no tensors come out, or too many'
            _seed(op.name)
            graph = torch.jit.trace(f, tuple(t.clone() for t in tensors), check_trace=False, strict=False).graph
            torch._C._jit_pass_inline(graph)
            torch._C._jit_pass_dce(graph)
            text, extra = plain_text(graph)
            text = _compact(text)
            if re.search(r'aten::\w+_\(|prim::Python|aten::(set_data|copy_)\(', text):
                return 'writes in place'
            if _DRAWS.search(text):
                return 'draws'
            brief = ', '.join([_brief(sample.input), *map(_brief, sample.args), *(f'{k}={_brief(v)}' for k, v in sample.kwargs.items())])
            used = re.findall(r'= (\w+::\w+)', text)
            calls = [u for u in used if u.startswith('aten::')]
            named = [u for u in calls if u.split('::')[1] == op.name.split('.')[-1]]
            cases.ir(text, *tensors, *extra, op=(named or calls or [''])[-1], case_name=f'{op.name}{"." + op.variant_test_name if op.variant_test_name else ""}({brief})')
    except Exception as error:
        return f'{type(error).__name__}: {str(error)[:160]}'
    return None


def operators(first: str, last: str, names=()):
    for op in op_db:
        initial = own_name(op)[0]
        inside = first <= initial <= last or (not initial.isalpha() and last == 'z')
        if inside and (not names or op.name in names or own_name(op) in names):
            yield op


def sweep(cases: Cases, first: str, last: str, limit: int, names=(), references: bool = True, dtypes=None) -> list[tuple[str, str]]:
    """Adds samples of every operator and dtype. Gives what was left out, with the reason."""
    left = []
    for op in operators(first, last, names):
        for dtype in dtypes or DTYPES:
            if dtype not in op.supported_dtypes('cpu'):
                continue
            for sample in choose(op, dtype, limit, references):
                why = add(cases, op, dtype, sample)
                if why is not None:
                    left.append((f'{op.name} {dtype}', why))
    return left


if __name__ == '__main__':
    cases = Cases(1)
    left = sweep(cases, sys.argv[1], sys.argv[2], 12, sys.argv[4:])
    Path(sys.argv[3]).write_text('[\n' + ',\n'.join(json.dumps(row, separators=(',', ':')) for row in cases.rows) + '\n]\n', encoding='utf8')
    counts: dict[tuple[str, str], int] = {}
    for name, why in left:
        counts[name.split(' ')[0], why] = counts.get((name.split(' ')[0], why), 0) + 1
    for (name, why), n in counts.items():
        print(f'{n:4} {name}: {why}')
    print(f'{len(cases.rows)} cases')
