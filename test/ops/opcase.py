"""Operator cases: one graph in torch's IR text, its inputs, and what torch gives for them. For test/ops/<family>/make.py:

    from opcase import Cases, dyn
    c = Cases(seed=1)
    c.case('aten::gelu', c.rand(2, 3), approximate='tanh')       # tensors become graph inputs, all else constants
    c.case('aten::add.Scalar', c.rand(2), dyn(5))                # dyn(…): the scalar or list becomes a graph input too
    c.ir('graph(%x : Tensor):\\n  …\\n  return (%y)\\n', x)         # any graph; several results allowed
    c.write()                                                    # cases.json in the folder of argv[1], or beside make.py

Names: the operator, with its overload where that needs saying; without one the first schema that the arguments fit is taken.
A Python int is given where a float is declared, dtypes, devices and layouts as torch objects, an int for int[2] is repeated.
"""

import json
import re
import sys
from pathlib import Path

import torch

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'fixtures'))
from leaf import leaf  # noqa: E402
from random_inputs import Random  # noqa: E402

torch.set_num_threads(1)
# Run the graph as it is written: no profiling, no fusion.
torch._C._set_graph_executor_optimize(False)

# Indexed by the int that stands for a dtype in TorchScript (c10::ScalarType).
_DTYPES = [
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64,
    torch.complex32, torch.complex64, torch.complex128, torch.bool, torch.qint8, torch.quint8, torch.qint32, torch.bfloat16,
]  # fmt: skip
_LAYOUTS = {torch.strided: 0}
_ESCAPES = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t'}
_MEMORY_FORMATS = {torch.contiguous_format: 0, torch.preserve_format: 1, torch.channels_last: 2, torch.channels_last_3d: 3}


class dyn:
    """A scalar, string, list or dict argument that shall be a graph input and not a constant."""

    def __init__(self, value, type: str | None = None):
        self.value = value
        self.type = type


def _plain(value):
    if isinstance(value, torch.dtype):
        return _DTYPES.index(value)
    if isinstance(value, torch.layout):
        return _LAYOUTS[value]
    if isinstance(value, torch.memory_format):
        return _MEMORY_FORMATS[value]
    return value


def _scalar_type(value) -> str | None:
    for kind, name in ((bool, 'bool'), (int, 'int'), (float, 'float'), (complex, 'complex'), (str, 'str')):
        if isinstance(value, kind):
            return name
    if isinstance(value, torch.device):
        return 'Device'
    if isinstance(value, torch.Tensor):
        return 'Tensor'
    return None


def _fits(formal, value) -> bool:
    """Whether a value may stand for a formal argument, with the conversions this library makes."""
    kind = formal.kind()
    value = _plain(value.value if isinstance(value, dyn) else value)
    if kind == 'OptionalType':
        return value is None or _fits(formal.getElementType(), value)
    if kind in ('VarType', 'AnyType'):
        return True
    if kind == 'TensorType':
        return isinstance(value, torch.Tensor)
    if kind == 'IntType' or kind in ('LayoutType', 'MemoryFormatType', 'ScalarTypeType', 'SymIntType'):
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == 'FloatType':
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind in ('NumberType', 'ComplexType'):
        return isinstance(value, complex) if kind == 'ComplexType' else isinstance(value, (int, float, complex))
    if kind == 'BoolType':
        return isinstance(value, bool)
    if kind == 'StringType':
        return isinstance(value, str)
    if kind == 'DeviceObjType':
        return isinstance(value, torch.device)
    if kind == 'ListType':
        element = formal.getElementType()
        if isinstance(value, (list, tuple)):
            return all(_fits(element, v) for v in value)
        return element.kind() in ('IntType', 'FloatType', 'SymIntType') and _fits(element, value)
    if kind == 'DictType':
        return isinstance(value, dict) and all(_fits(formal.getKeyType(), k) and _fits(formal.getValueType(), v) for k, v in value.items())
    if kind == 'TupleType':
        return isinstance(value, tuple) and all(_fits(f, v) for f, v in zip(formal.elements(), value, strict=True))
    return False


def _bind(schema, args, kwargs):
    """The values of the schema's arguments in order, or None where they do not fit. Missing ones take the default, `...` takes the rest."""
    bound, rest = [], dict(kwargs)
    positional = [a for a in schema.arguments if not a.kwarg_only]
    extra = args[len(positional) :]
    if extra and '...' not in str(schema):
        return None
    for index, arg in enumerate(schema.arguments):
        if index < len(args):
            if arg.name in rest:
                return None
            value = args[index]
        elif arg.name in rest:
            value = rest.pop(arg.name)
        elif arg.has_default_value():
            value = arg.default_value
        else:
            return None
        if not _fits(arg.type, value):
            return None
        bound.append((arg, value))
    return None if rest else bound + [(None, value) for value in extra]


class _Graph:
    """Text of a graph of one operator call."""

    def __init__(self):
        self.params: list[str] = []
        self.inputs: list[object] = []
        self.lines: list[str] = []
        self.names: set[str] = set()
        self.vars: dict[str, str] = {}

    def name(self, hint: str) -> str:
        name, n = hint, 0
        while name in self.names:
            n += 1
            name = f'{hint}.{n}'
        self.names.add(name)
        return '%' + name

    def param(self, hint: str, type: str, value) -> tuple[str, str]:
        name = self.name(hint)
        self.params.append(f'{name} : {type}')
        self.inputs.append(value)
        return name, type

    def line(self, hint: str, type: str, call: str) -> tuple[str, str]:
        name = self.name(hint)
        self.lines.append(f'  {name} : {type} = {call}\n')
        return name, type

    def _leaf_type(self, formal, value) -> str:
        """The type of a scalar, where ints become floats if a float is declared."""
        return 'float' if formal is not None and formal.kind() == 'FloatType' else _scalar_type(value)

    def _list_type(self, formal, value) -> str:
        element = formal.getElementType() if formal is not None and formal.kind() == 'ListType' else None
        if element is not None and element.kind() == 'VarType' or element is None:
            if not value:
                return self.vars.get(str(element), 'int') + '[]'
            return self.type_of(None, value[0]) + '[]'
        return self.result_type(element) + '[]'

    def type_of(self, formal, value) -> str:
        value = _plain(value.value if isinstance(value, dyn) else value)
        while formal is not None and formal.kind() == 'OptionalType':
            formal = formal.getElementType()
        if value is None:
            return 'NoneType'
        if isinstance(value, list):
            return self._list_type(formal, value)
        if isinstance(value, tuple):
            return '(' + ', '.join(self.type_of(None, v) for v in value) + ')'
        if isinstance(value, dict):
            key, item = next(iter(value.items()))
            return f'Dict({self.type_of(None, key)}, {self.type_of(None, item)})'
        return self._leaf_type(formal, value)

    def value(self, hint: str, formal, value) -> tuple[str, str]:
        """Emits what makes the value; gives its name and type."""
        while formal is not None and formal.kind() == 'OptionalType':
            formal = formal.getElementType()
        if isinstance(value, dyn):
            type = value.type or self.type_of(formal, value)
            plain = _plain(value.value)
            return self.param(hint, type, float(plain) if type == 'float' else [float(v) for v in plain] if type == 'float[]' else plain)
        value = _plain(value)
        if isinstance(value, torch.Tensor):
            return self.param(hint, 'Tensor', value)
        if value is None:
            return self.line(hint, 'NoneType', 'prim::Constant()')
        if formal is not None and formal.kind() == 'ListType' and not isinstance(value, (list, tuple)):
            value = [value]
        if isinstance(value, tuple) and formal is not None and formal.kind() == 'ListType':
            value = list(value)
        if isinstance(value, list):
            element = formal.getElementType() if formal is not None and formal.kind() == 'ListType' else None
            type = self._list_type(formal, value)
            items = [self.value(hint, None if element is None or element.kind() == 'VarType' else element, v)[0] for v in value]
            return self.line(hint, type, f'prim::ListConstruct({", ".join(items)})')
        if isinstance(value, tuple):
            items = [self.value(hint, None, v) for v in value]
            return self.line(hint, f'({", ".join(t for _, t in items)})', f'prim::TupleConstruct({", ".join(n for n, _ in items)})')
        if isinstance(value, dict):
            items = [self.value(hint, None, part)[0] for pair in value.items() for part in pair]
            return self.line(hint, self.type_of(None, value), f'prim::DictConstruct({", ".join(items)})')
        type = self._leaf_type(formal, value)
        return self.line(hint, type, f'prim::Constant[value={self._literal(type, value)}]()')

    def _literal(self, type: str, value) -> str:
        if type == 'float':
            number = float(value)
            if number != number:
                raise ValueError('the IR text has no nan literal; give it as dyn(nan)')
            text = repr(number)
            return text if 'e' in text or '.' in text or 'inf' in text else text + '.'
        if type == 'bool':
            return str(int(value))
        if type in ('str', 'Device'):
            text = str(value)
            if not text.isascii():
                raise ValueError('text other than ASCII does not survive the IR parser; give it as dyn(…)')
            return '"' + ''.join(_ESCAPES.get(ch) or (ch if ch.isprintable() else f'\\{ord(ch):03o}') for ch in text) + '"'
        if type == 'complex':
            raise ValueError('the IR text has no complex literal; give it as dyn(…)')
        return str(value)

    def bind_vars(self, formal, type: str) -> None:
        """Learns what `t` stands for in `t[]`, `Dict(t, u)`."""
        kind = formal.kind()
        if kind == 'VarType':
            self.vars.setdefault(str(formal), type)
        elif kind == 'ListType' and type.endswith('[]'):
            self.bind_vars(formal.getElementType(), type[:-2])
        elif kind == 'OptionalType':
            self.bind_vars(formal.getElementType(), type)
        elif kind == 'DictType' and type.startswith('Dict('):
            key, item = type[5:-1].split(', ', 1)
            self.bind_vars(formal.getKeyType(), key)
            self.bind_vars(formal.getValueType(), item)

    def result_type(self, formal) -> str:
        kind = formal.kind()
        if kind == 'VarType':
            return self.vars[str(formal)]
        if kind == 'ListType':
            return self.result_type(formal.getElementType()) + '[]'
        if kind == 'OptionalType':
            return self.result_type(formal.getElementType()) + '?'
        if kind == 'DictType':
            return f'Dict({self.result_type(formal.getKeyType())}, {self.result_type(formal.getValueType())})'
        if kind == 'TupleType':
            return '(' + ', '.join(self.result_type(e) for e in formal.elements()) + ')'
        return 'Scalar' if kind == 'NumberType' else str(formal).replace('SymInt', 'int')


def _fixed_sizes(schema) -> dict[str, int]:
    """Sizes N of arguments declared as `int[N]`: such an argument may be given as one int."""
    text = str(schema)
    sizes = {}
    for part in text[text.index('(') + 1 : text.rindex(') ->')].split(', '):
        words = part.split('=')[0].split(' ')
        if len(words) == 2 and '[' in words[0] and words[0].split('[')[1].split(']')[0].isdigit():
            sizes[words[1]] = int(words[0].split('[')[1].split(']')[0])
    return sizes


def _build(op: str, args, kwargs):
    base, _, overload = op.partition('.')
    schemas = torch._C._jit_get_schemas_for_operator(base)
    if overload:
        schemas = [s for s in schemas if s.overload_name == overload]
    for schema in schemas:
        bound = _bind(schema, args, kwargs)
        if bound is not None:
            break
    else:
        raise ValueError(f'no schema of {op} takes these arguments; there are:\n' + '\n'.join(map(str, schemas)))
    graph, names = _Graph(), []
    sizes = _fixed_sizes(schema)
    for arg, value in bound:
        if arg is None:
            names.append(graph.value('arg', None, value)[0])
            continue
        if arg.name in sizes and isinstance(value, int):
            value = [value] * sizes[arg.name]
        name, type = graph.value(arg.name, arg.type, value)
        graph.bind_vars(arg.type, type)
        names.append(name)
    results = [(graph.name('out'), graph.result_type(r.type)) for r in schema.returns]
    left = ', '.join(f'{n} : {t}' for n, t in results)
    graph.lines.append(f'  {left} = {base}({", ".join(names)})\n')
    text = f'graph({", ".join(graph.params)}):\n{"".join(graph.lines)}  return ({", ".join(n for n, _ in results)})\n'
    return schema, base, text, graph.inputs


def _copy(value):
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, (list, tuple)):
        return type(value)(_copy(v) for v in value)
    if isinstance(value, dict):
        return {k: _copy(v) for k, v in value.items()}
    return value


def _parse(text: str):
    """The printer writes ` = aten::clear(%l)` for a node without results, and the parser wants it without the sign."""
    return torch._C.parse_ir(re.sub(r'^( *) = ', r'\1', text, flags=re.MULTILINE))


def run(text: str, inputs) -> list:
    """What torch computes for the graph. The inputs are left alone."""
    graph = _parse(text)
    outputs = list(graph.outputs())
    if len(outputs) != 1:
        pack = graph.create('prim::TupleConstruct', outputs, 1)
        pack.output().setType(torch._C.TupleType([o.type() for o in outputs]))
        graph.appendNode(pack)
        for index in reversed(range(len(outputs))):
            graph.eraseOutput(index)
        graph.registerOutput(pack.output())
    with torch.no_grad():
        result = torch._C._create_function_from_graph('f', graph)(*map(_copy, inputs))
    return [result] if len(outputs) == 1 else list(result)


def _brief(value) -> str:
    if isinstance(value, dyn):
        return f'dyn {_brief(value.value)}'
    if isinstance(value, torch.Tensor):
        return f'{str(value.dtype).removeprefix("torch.")}[{",".join(map(str, value.shape))}]'
    if isinstance(value, list):
        return '[' + ', '.join(map(_brief, value)) + ']'
    if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
        return str(value).removeprefix('torch.')
    return repr(value)


class Cases(Random):
    def __init__(self, seed: int):
        super().__init__(seed)
        self.rows: list[dict] = []
        self.used: dict[str, int] = {}

    def _add(self, name: str, op: str, text: str, inputs, outputs=None) -> list:
        count = self.used.get(name, 0) + 1
        self.used[name] = count
        outputs = run(text, inputs) if outputs is None else outputs
        row = {'name': name if count == 1 else f'{name} #{count}', 'op': op, 'graph': text}
        self.rows.append(row | {'inputs': [leaf(v) for v in inputs], 'outputs': [leaf(v) for v in outputs]})
        return outputs

    def case(self, op: str, *args, case_name: str | None = None, **kwargs) -> list:
        """Adds one call of an operator. Gives torch's results, so that a make.py may look at them."""
        schema, base, text, inputs = _build(op, args, kwargs)
        graph = _parse(text)
        node = graph.findNode(base)
        if node is not None and node.schema() not in ('(no schema)', str(schema)):
            raise ValueError(f'torch takes {node.schema()} for\n{text}and not {schema}')
        brief = ', '.join([_brief(a) for a in args] + [f'{k}={_brief(v)}' for k, v in kwargs.items()])
        return self._add(case_name or f'{op}({brief})', base + ('.' + schema.overload_name if schema.overload_name else ''), text, inputs)

    def ir(self, text: str, *inputs, op: str = '', case_name: str | None = None, outputs: list | None = None) -> list:
        """Adds a graph given as IR text. `op` is the operator the case is about. `outputs`: what eager torch gives, for what TorchScript does not run."""
        return self._add(case_name or f'{op or "graph"}({", ".join(map(_brief, inputs))})', op, text, list(inputs), outputs)

    def twin(self, op: str, *args, of: str, of_args: tuple | None = None, cast=None, take: int | None = None, case_name: str | None = None) -> list:
        """Adds one call of an operator that this torch has no kernel for. `of` with `of_args` computes the same; `take`: so many results."""
        schema, base, text, inputs = _build(op, args, {})
        _, _, other, other_inputs = _build(of, args if of_args is None else of_args, {})
        outputs = run(other, other_inputs)
        if len(outputs) == 1 and isinstance(outputs[0], tuple):
            outputs = list(outputs[0])
        outputs = outputs if cast is None else [cast(o) for o in outputs]
        if take is not None:
            outputs = outputs[:take]
            # The others are left unused.
            head, _, names = text.rpartition('  return (')
            text = f"{head}  return ({', '.join(names[:-2].split(', ')[:take])})\n"
        brief = ', '.join(_brief(a) for a in args)
        return self._add(case_name or f'{op}({brief})', base + ('.' + schema.overload_name if schema.overload_name else ''), text, inputs, outputs)

    def told(self, op: str, *args, outputs: list, case_name: str | None = None, **kwargs) -> list:
        """Adds one call of an operator that this torch has no kernel for, with results that other calls of torch made; later results are unused."""
        schema, base, text, inputs = _build(op, args, kwargs)
        if len(outputs) < len(schema.returns):
            head, _, names = text.rpartition('  return (')
            text = f"{head}  return ({', '.join(names[:-2].split(', ')[:len(outputs)])})\n"
        brief = ', '.join(_brief(a) for a in args)
        return self._add(case_name or f'{op}({brief})', base + ('.' + schema.overload_name if schema.overload_name else ''), text, inputs, outputs)

    def write(self) -> None:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(sys.argv[0]).resolve().parent
        folder.mkdir(parents=True, exist_ok=True)
        text = '[\n' + ',\n'.join(json.dumps(row, ensure_ascii=False, separators=(',', ':')) for row in self.rows) + '\n]\n'
        (folder / 'cases.json').write_text(text, encoding='utf8')
        print(f'{len(self.rows)} cases, {len(text.encode()) // 1024} kB')
