"""Runs every make.py again with the torch at hand and compares what it writes with what is committed.

    python scripts/regenerate.py [PART OF A NAME …]

Text is compared byte for byte, save the float data of goldens, which is compared within a tolerance: kernels differ by CPU.
Archives: the same records; where bytes differ (debug records, trained weights), the same code, graph and, within the tolerance, tensors.
Prints a table; exits 1 on any difference. The last line is `N passed, N failed`, and `N left out` of those whose make.py exits with LEFT_OUT: a
library that it wants is not there.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / 'test/fixtures'))
from leaf import unleaf  # noqa: E402

LIMIT_SECONDS = 900
# As automake's tests have it.
LEFT_OUT = 77
# Relative and absolute; assert_close's own where that is wider (float16, bfloat16).
RTOL, ATOL = 1e-4, 1e-5
# Folders that keep a selection of what their make.py writes, beside files of other torch versions.
SELECTIONS = {'fixtures/archives'}
# Keys in the graph of an exported program that tell where, in which files, it was made.
PLACES = {'stack_trace', 'source_fn_stack', 'torch_fn'}
NOT_GENERATED = re.compile(r'((?<!\.code)\.py|\.expected\.json|\.ts|\.md|\.js|\.pyc)$')


def jobs() -> dict[str, tuple[Path, Path]]:
    """By name: the script, and the folder its output is committed in."""
    found = {'schemas': (ROOT / 'scripts/import-schemas.py', ROOT / 'src/ops/schemas')}
    for script in sorted((ROOT / 'test').glob('**/make.py')):
        if 'node_modules' not in script.parts:
            folder = script.parent / 'fixtures'
            found[str(script.parent.relative_to(ROOT / 'test'))] = (script, folder if folder.is_dir() else script.parent)
    return found


def differences(committed: Path, made: Path, whole: bool):
    """`whole`: the committed folder holds all that is made, and nothing else but sources; so a file on one side only is a difference."""
    new = {str(path.relative_to(made)) for path in made.rglob('*') if path.is_file()}
    if not any((committed / name).exists() for name in new):
        yield 'nothing that was written is committed'
    if whole:
        old = {str(path.relative_to(committed)) for path in committed.rglob('*') if path.is_file() and not inner(committed, path)}
        for name in sorted(old - new):
            if not NOT_GENERATED.search(name) and '__pycache__' not in name:
                yield f'{name}: committed, but no longer made'
    for name in sorted(new):
        if '__pycache__' in name:
            continue
        if not (committed / name).exists():
            if whole:
                yield f'{name}: made, but not committed'
        else:
            yield from (f'{name}: {line}' for line in compare_files(committed / name, made / name))


def inner(folder: Path, path: Path) -> bool:
    """Whether another make.py, further down, owns the file."""
    return any((parent / 'make.py').exists() for parent in path.parents if parent != folder and parent.is_relative_to(folder))


def compare_files(old: Path, new: Path):
    if old.read_bytes() == new.read_bytes():
        return
    if old.name.endswith('.json.gz'):
        yield from compare_json(*(json.loads(gzip.decompress(path.read_bytes())) for path in (old, new)), '')
    elif old.suffix == '.json':
        yield from compare_json(json.loads(old.read_text('utf8')), json.loads(new.read_text('utf8')), '')
    elif zipfile.is_zipfile(old) and zipfile.is_zipfile(new):
        yield from compare_archives(old, new)
    elif old.read_bytes()[4:8] == new.read_bytes()[4:8] == b'PTMF':
        # A lite-interpreter file tells places of sources; nothing reads more of it than what it is.
        if mobile_operators(old) != mobile_operators(new):
            yield 'the operators differ'
    elif old.suffix in ('.pt', '.pth', '.ckpt', '.bin'):
        # The stream of old releases names storages by their addresses.
        yield from compare_values(torch.load(old, weights_only=True), torch.load(new, weights_only=True), '')
    else:
        yield 'differs'


def mobile_operators(path: Path) -> set[str]:
    from torch.jit.mobile import _export_operator_list, _load_for_lite_interpreter

    return set(_export_operator_list(_load_for_lite_interpreter(str(path))))


def compare_json(old, new, place: str):
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        if {'dtype', 'shape', 'data'} <= old.keys() and isinstance(old['data'], str) and old != new:
            yield from compare_tensors(unleaf(old), unleaf(new), place)
        elif old.keys() == {'float'}:
            yield from compare_tensors(torch.tensor(float(old['float'])), torch.tensor(float(new['float'])), place)
        else:
            for key in sorted(old.keys() - PLACES):
                yield from compare_json(old[key], new[key], f'{place}.{key}')
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from compare_json(a, b, f'{place}[{index}]')
    elif type(old) is float and type(new) is float:
        yield from compare_tensors(torch.tensor(old), torch.tensor(new), place)
    elif old != new:
        yield f'{place}: {str(old)[:80]!r} became {str(new)[:80]!r}'


def compare_tensors(old: torch.Tensor, new: torch.Tensor, place: str):
    if old.dtype != new.dtype or old.shape != new.shape:
        yield f'{place}: {old.dtype} {list(old.shape)} became {new.dtype} {list(new.shape)}'
    elif not (old.is_floating_point() or old.is_complex()):
        if not torch.equal(old, new):
            yield f'{place}: values differ'
    else:
        rtol = 1.6e-2 if old.dtype == torch.bfloat16 else 1e-3 if old.dtype == torch.float16 else RTOL
        if not torch.allclose(old, new, rtol=rtol, atol=ATOL, equal_nan=True):
            wide = torch.complex128 if old.is_complex() else torch.float64
            yield f'{place}: differs by up to {(old.to(wide) - new.to(wide)).abs().max().item():.3g}'


def compare_archives(old: Path, new: Path):
    def records(path: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist() if not name.endswith(('.debug_pkl', '.data/serialization_id'))}

    a, b = records(old), records(new)
    if a == b:
        return
    if a.keys() != b.keys():
        yield f'records differ: {sorted(a.keys() ^ b.keys())[:4]}'
    elif any(name.endswith('/constants.pkl') for name in a):
        yield from compare_modules(torch.jit.load(str(old)), torch.jit.load(str(new)))
    elif any(name.endswith('/data.pkl') for name in a):
        yield from compare_values(torch.load(old, weights_only=True), torch.load(new, weights_only=True), '')
    else:
        for name in (name for name in a if a[name] != b[name]):
            if name.endswith('.json'):
                yield from (f'{name}{line}' for line in compare_json(json.loads(a[name]), json.loads(b[name]), ''))
            else:
                yield f'{name} differs'


def plain(text: str) -> str:
    return re.sub(r' # [^\n]*:\d+:\d+(?=\n)', '', re.sub(r'\.?___torch_mangle_\d+', '', text))


def compare_modules(old, new):
    if hasattr(old, 'forward') and plain(str(old.inlined_graph)) != plain(str(new.inlined_graph)):
        yield 'the graph differs'
    if plain(old.code) != plain(new.code):
        yield 'the code differs'
    yield from compare_values(dict(old.state_dict()), dict(new.state_dict()), '')
    yield from compare_values(old.code_with_constants[1].const_mapping, new.code_with_constants[1].const_mapping, 'CONSTANTS')


def compare_values(old, new, place: str):
    if isinstance(old, torch.Tensor) and isinstance(new, torch.Tensor):
        yield from compare_tensors(old, new, place)
    elif isinstance(old, dict) and isinstance(new, dict) and list(old) == list(new):
        for key in old:
            yield from compare_values(old[key], new[key], f'{place}.{key}')
    elif isinstance(old, (list, tuple)) and type(old) is type(new) and len(old) == len(new):
        for index, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from compare_values(a, b, f'{place}[{index}]')
    elif type(old) is not type(new) or old != new:
        yield f'{place}: differs'


def run(name: str, script: Path, committed: Path, out: Path) -> list[str] | str:
    """What differs; or why it was left out."""
    environment = {**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'}
    command = [sys.executable, '-W', 'ignore', str(script), str(out)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, env=environment, cwd=script.parent)
    except subprocess.TimeoutExpired:
        return [f'{name}: took longer than {LIMIT_SECONDS} s']
    if done.returncode == LEFT_OUT:
        return done.stderr.strip()
    if done.returncode:
        return [f'{name}: failed\n{done.stderr[-3000:]}']
    return [f'{name}/{line}' for line in differences(committed, out, name not in SELECTIONS)]


def main() -> int:
    warnings.simplefilter('ignore')
    chosen = {name: job for name, job in jobs().items() if not sys.argv[1:] or any(part in name for part in sys.argv[1:])}
    if not chosen:
        print('no such job')
        return 1
    width = max(map(len, chosen))
    wrong: list[str] = []
    failed = 0
    left_out = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (script, committed) in chosen.items():
            out = Path(folder) / name
            out.mkdir(parents=True)
            start = time.monotonic()
            found = run(name, script, committed, out)
            if isinstance(found, str):
                left_out += 1
                print(f'{name:{width}}  left out: {found}', flush=True)
                continue
            failed += bool(found)
            wrong += found
            print(f'{name:{width}}  {"differs" if found else "same":7}  {time.monotonic() - start:6.1f} s', flush=True)
    print(*wrong, sep='\n', end='\n' if wrong else '')
    print(f'{len(chosen) - failed - left_out} passed, {failed} failed' + (f', {left_out} left out' if left_out else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
