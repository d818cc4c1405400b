"""Programs of programs.py with torch's own results: programs.json.gz, in the form of the random ones.

    python test/random-programs/shrunk/make.py [OUT]
"""

import gzip
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent / 'fixtures')]
import fixture  # noqa: E402

fixture.HERE = HERE
import torch  # noqa: E402

HEAD = """import math
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor


class Net(torch.nn.Module):
"""


def row(name, body, declared, cases):
    from leaf import leaf
    from outcome import archive, call, script

    source = HEAD + body.lstrip('\n')
    data, files = archive(script(source, 'p' + ''.join(c if c.isalnum() else '_' for c in name)))
    forms = []
    data.seek(0)
    module = torch.jit.load(data)
    for inputs in cases:
        form = {'inputs': [leaf(value) for value in inputs]}
        try:
            form['outputs'] = leaf(call(module, form))
        except RuntimeError as error:
            # Kernels' own errors too: those of writes to shared places are part of what is tested.
            form['raises'] = fixture._raised(str(error))
        forms.append(form)
    return {'name': name, 'source': source, 'files': files, 'declared': declared, 'both': False, 'cases': forms}


def build(out):
    from programs import PROGRAMS

    torch._C._jit_set_profiling_executor(False)
    rows = [row(name, *program) for name, program in PROGRAMS.items()]
    text = '[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n'
    (out / 'programs.json.gz').write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == '__main__':
    fixture.run(__file__)
