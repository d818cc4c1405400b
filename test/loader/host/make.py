"""Functions in TorchScript that need no tensor operators, and what torch 2.13 makes of their inputs: values, prints and errors.

Run with a real torch; writes programs.json and modules.json into the folder of argv[1], or beside this file.
"""

import base64
import contextlib
import io
import json
import math  # noqa: F401 -- the programs' own
import pathlib
import re
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / 'fixtures'))
import fixture  # noqa: E402

# The sources beside this file get bare names in debug records.
fixture.HERE = HERE
import torch  # noqa: E402

from expressions import EXPRESSIONS  # noqa: E402
from modules import MODULES  # noqa: E402
from programs import PROGRAMS  # noqa: E402

warnings.filterwarnings('ignore')


def encode(value):
    """Values with their types: a JSON number could be an int or a float."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {'int': str(value)}
    if isinstance(value, float):
        return {'float': repr(value)}
    if isinstance(value, complex):
        return {'tensor': 'float64', 'dims': [2], 'data': [repr(value.real), repr(value.imag)]}
    if isinstance(value, list):
        return {'list': [encode(v) for v in value]}
    if isinstance(value, tuple):
        return {'tuple': [encode(v) for v in value]}
    if isinstance(value, dict):
        return {'dict': [[encode(k), encode(v)] for k, v in value.items()]}
    if isinstance(value, torch.Tensor):
        dtype = str(value.dtype).removeprefix('torch.')
        flat = value.reshape(-1).tolist()
        return {'tensor': dtype, 'dims': list(value.shape), 'data': [repr(v) for v in flat]}
    raise TypeError(type(value))


def error_of(error):
    """The last line that names a type: what stands above is torch's traceback."""
    text = str(error)
    tail = text[text.rfind('<--- HERE') + 1:]
    # Lines of source that follow are indented, or are no `name: `.
    start = re.search(r'(?:^|\n)([A-Za-z_][\w.]*): ', tail)
    assert start is not None, text
    message = tail[start.end():].split('\nException raised from')[0].rstrip('\n')
    return {'type': start.group(1).split('.')[-1], 'message': message}


def run(function, inputs):
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            result = function(*inputs)
    except UnicodeDecodeError:
        # Half a character: Python cannot hold it.
        return None
    except Exception as error:
        out = {'error': error_of(error)}
    else:
        out = {'result': encode(result)}
    if printed.getvalue():
        out['printed'] = printed.getvalue()
    return out


def for_python(source):
    """What Python calls an operator that serialized code has by its own name.

    Serialized code knows the functions of `math` as operators, `torch.sqrt(a)`; Python's compiler by their own names."""
    names = {'mathremainder': 'remainder'}

    def own(match):
        name = names.get(match.group(1), match.group(1))
        return f'math.{name}' if hasattr(math, name) else match.group(0)

    return re.sub(r'\btorch\.(\w+)', own, source)


def rows():
    for source, inputs, *python in [*EXPRESSIONS, *PROGRAMS]:
        try:
            function = torch.jit.CompilationUnit(for_python(*python or [source])).f
        except Exception as error:
            print(source, file=sys.stderr)
            raise error
        results = [(args, run(function, args)) for args in inputs]
        yield {
            'source': source,
            'cases': [{'inputs': [encode(v) for v in args], **out} for args, out in results if out is not None],
        }


def modules():
    for cls, inputs in MODULES:
        module = torch.jit.script(cls().eval())
        with tempfile.TemporaryDirectory() as folder:
            fixture.save(module, pathlib.Path(folder), 'net.pt')
            file = (pathlib.Path(folder) / 'net.pt').read_bytes()
        yield {
            'name': cls.__name__,
            'file': base64.b64encode(file).decode(),
            'cases': [{'inputs': [encode(v) for v in args], **run(module, args)} for args in inputs],
        }


out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
lines = [json.dumps(row, ensure_ascii=True) for row in rows()]
(out / 'programs.json').write_text('[\n' + ',\n'.join(lines) + '\n]\n')
print(len(lines), 'programs')
lines = [json.dumps(row) for row in modules()]
(out / 'modules.json').write_text('[\n' + ',\n'.join(lines) + '\n]\n')
print(len(lines), 'modules')
