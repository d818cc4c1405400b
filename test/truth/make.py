"""Small modules that use every language feature, each as NAME.pt, torch's inlined graph, its code and its results.

NAME.ir       text of `inlined_graph` of the loaded file, without mangles and `#` ranges; other methods than forward are NAME.METHOD.ir
NAME.code.py  text of `.code`, without mangles
NAME.json     the cases, see test/fixtures/fixture.py
kinds.json    how each was captured: script, trace or mixed
"""

import json
import re
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'fixtures'))
import fixture  # noqa: E402

# The sources beside this file get bare names in debug records.
fixture.HERE = HERE
import torch  # noqa: E402


METHODS = {'exported-methods': ['encode', 'reset'], 'traced-methods': ['encode']}


def plain(text):
    text = re.sub(r'\.?___torch_mangle_\d+', '', text)
    return re.sub(r' # [^\n]*:\d+:\d+(?=\n)', '', text)


def build(out):
    import control, data, mixes, nets, tensors, traces  # noqa: E401, F401
    import registry

    only = [argument.removeprefix('--only=') for argument in sys.argv if argument.startswith('--only=')]
    warnings.simplefilter('ignore')
    for entry in registry.ENTRIES:
        if only and entry.name not in only:
            continue
        module = entry.build()
        fixture.save(module, out, f'{entry.name}.pt')
        loaded = torch.jit.load(str(out / f'{entry.name}.pt'))
        (out / f'{entry.name}.ir').write_text(plain(str(loaded.inlined_graph)), encoding='utf8')
        (out / f'{entry.name}.code.py').write_text(plain(loaded.code), encoding='utf8')
        for method in METHODS.get(entry.name, []):
            graph = getattr(loaded, method).inlined_graph
            (out / f'{entry.name}.{method}.ir').write_text(plain(str(graph)), encoding='utf8')
        fixture.goldens(out, [fixture.case(name, *inputs) for name, *inputs in entry.cases], f'{entry.name}.pt')
    kinds = {entry.name: entry.kind for entry in registry.ENTRIES}
    (out / 'kinds.json').write_text(json.dumps(kinds, indent=1) + '\n', encoding='utf8')
    print(f'{len(kinds)} modules')


if __name__ == '__main__':
    fixture.run(__file__)
