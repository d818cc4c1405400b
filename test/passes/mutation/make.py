"""Records programs.json, raising.json, objects.json and random.json: for every program of the other files torch's own graph, and inputs and
results. Then checks what we made of them: see check.py.

    python make.py [FOLDER]
"""
import json
import sys
from pathlib import Path

import torch

HERE = Path(__file__).parent
OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
sys.path.insert(0, str(HERE))
import check  # noqa: E402
import containers  # noqa: E402, F401
import control  # noqa: E402, F401
import objects  # noqa: E402, F401
import raising  # noqa: E402, F401
import views  # noqa: E402, F401
from random_programs import random_programs  # noqa: E402
from registry import OBJECTS, PROGRAMS, RAISING  # noqa: E402
from values import encode  # noqa: E402


def main():
    torch._C._set_graph_executor_optimize(False)
    record(PROGRAMS, 'programs.json')
    record(RAISING, 'raising.json')
    record(OBJECTS, 'objects.json')
    record(random_programs(), 'random.json')
    check.main()


def record(programs, file):
    rows = []
    for function, inputs in programs:
        try:
            scripted = torch.jit.script(function)
        except RuntimeError as error:
            raise SystemExit(f'{function.__name__}: {error}')
        runs = [{'inputs': [encode(a) for a in args], **result(scripted, function, args)} for args in inputs]
        graph = '\n'.join(line.split(' # ')[0] for line in str(scripted.inlined_graph).splitlines())
        rows.append({'name': function.__name__, 'graph': graph + '\n', 'runs': runs})
    text = '[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n'
    (OUT / file).write_text(text)
    print(f'{file}: {len(rows)} programs')


def result(scripted, function, args):
    try:
        return {'output': encode(scripted(*copied(args)))}
    except Exception:  # noqa: BLE001
        # The same exception as Python itself raises: torch wraps it in its own.
        try:
            function(*copied(args))
        except Exception as error:  # noqa: BLE001
            return {'error': {'type': type(error).__name__, 'message': error.args[0] if error.args else ''}}
        raise


def copied(value):
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, (list, tuple)):
        return type(value)(copied(v) for v in value)
    return value


if __name__ == '__main__':
    main()
