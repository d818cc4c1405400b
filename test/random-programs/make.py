"""Random programs with torch's own results: programs.json.gz, and with writes through views: views.json.gz.

    python test/random-programs/make.py [OUT] [--count=N] [--first=SEED] [--only-views]
"""

import gzip
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'fixtures'))
import fixture  # noqa: E402

fixture.HERE = HERE
import torch  # noqa: E402

COUNT = 2200
# Those of views.py have seeds of their own.
VIEWS, FIRST_VIEW = 160, 100_000
# Of the programs that no input leads two ways, only so many.
STRAIGHT = 0.15
# int() of a sum of floats that lies on a whole number: the order of summation decides.
UNDECIDED = {1828}


def option(name, default):
    return next((int(a.split('=')[1]) for a in sys.argv if a.startswith(f'--{name}=')), default)


def programs(count, first, Program):
    from outcome import Discarded, program

    torch._C._jit_set_profiling_executor(False)
    why = {}
    straight = found = 0
    seed = first
    while found < count:
        seed += 1
        if seed in UNDECIDED:
            continue
        try:
            made = Program(seed)
            row = program(made.source, f'p{seed}', made.declared(), made.inputs)
            if not row['both'] and straight >= STRAIGHT * count:
                raise Discarded('straight')
        except Discarded as error:
            text = str(error).strip()
            key = text.split('\n')[0] if not text.startswith('scripting') else 'scripting'
            why[key] = why.get(key, 0) + 1
            if '--why' in sys.argv and key == 'scripting':
                print(seed, text, file=sys.stderr)
            continue
        found += 1
        straight += not row['both']
        yield row
    print(f'{found} programs of {seed - first} seeds, {found - straight} go both ways; discarded: {why}')


def write_pack(path, rows):
    text = '[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n'
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def build(out):
    from generate import Program
    from views import Views

    if '--only-views' not in sys.argv:
        write_pack(out / 'programs.json.gz', list(programs(option('count', COUNT), option('first', 0), Program)))
    write_pack(out / 'views.json.gz', list(programs(option('count', VIEWS), option('first', 0) + FIRST_VIEW, Views)))


if __name__ == '__main__':
    fixture.run(__file__)
