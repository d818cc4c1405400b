"""Records programs.json: for every program of programs.py torch's own graph, and inputs and outputs."""
import json
import sys
from pathlib import Path

import torch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from programs import PROGRAMS  # noqa: E402
from values import encode  # noqa: E402


def main():
    torch._C._set_graph_executor_optimize(False)
    rows = []
    for function, inputs in PROGRAMS:
        try:
            scripted = torch.jit.script(function)
        except RuntimeError as error:
            raise SystemExit(f'{function.__name__}: {error}')
        runs = []
        for args in inputs:
            recorded = [encode(a) for a in args]
            runs.append({'inputs': recorded, 'output': encode(scripted(*copied(args)))})
        graph = '\n'.join(line.split(' # ')[0] for line in str(scripted.inlined_graph).splitlines())
        rows.append({'name': function.__name__, 'graph': graph + '\n', 'runs': runs})
    text = '[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n'
    (HERE / 'programs.json').write_text(text)
    print(f'{len(rows)} programs')


def copied(value):
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, (list, tuple)):
        return type(value)(copied(v) for v in value)
    return value


if __name__ == '__main__':
    main()
