"""Makes a failing program small: statements are taken away as long as it fails in the same way.

    python test/random-programs/shrink.py PACK NAME [--host]        prints the program
"""

import ast
import copy
import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'fixtures'))
import fixture  # noqa: E402

fixture.HERE = HERE
import torch  # noqa: E402
from leaf import unleaf  # noqa: E402


class Judge:
    """check.ts, kept running."""

    def __init__(self, *flags):
        command = ['node', str(HERE / 'check.ts'), *flags]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __call__(self, row):
        self.process.stdin.write(json.dumps(row) + '\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def kind_of(verdict):
    """Failures are the same when they are told in the same words, numbers and names aside."""
    if 'refused' in verdict:
        return ('refused', verdict['refused'][:60])
    if 'wrong' not in verdict:
        return None
    text = re.sub(r'^case \d+: ', '', verdict['wrong'])
    for start in ('raised', 'no '):
        if text.startswith(start):
            return (verdict.get('form'), re.sub(r"[\d.]+|'[^']*'|\"[^\"]*\"", '#', text)[:70])
    return (verdict.get('form'), 'compiler' if text.startswith('compiler') else 'value')


def build(source, row, cases):
    """The row of another source, or None when torch does not take it."""
    from outcome import Discarded, archive, goldens, script

    name = row['name']
    try:
        data, files = archive(script(source, name))
        forms = goldens(data, cases)
    except Exception:
        return None
    return {**row, 'source': source, 'files': files, 'cases': forms} if forms else None


def edits(tree):
    """Smaller trees."""
    nodes = [node for node in ast.walk(tree) if isinstance(getattr(node, 'body', None), list)]
    for index, node in enumerate(nodes):
        for field in ('body', 'orelse'):
            block = getattr(node, field, None) or []
            for size in (8, 4, 2, 1):
                for at in range(0, len(block), size):
                    if size > 1 and len(block) < size:
                        continue
                    yield index, field, at, size, None
            for at, statement in enumerate(block):
                if isinstance(statement, (ast.If, ast.For, ast.While)):
                    yield index, field, at, 1, 'body'
                    if getattr(statement, 'orelse', None):
                        yield index, field, at, 1, 'orelse'
                    if isinstance(statement, ast.If):
                        yield index, field, at, 1, 'drop else'
                if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Tuple):
                    for k in range(len(statement.value.elts)):
                        yield index, field, at, 1, k


def apply(tree, edit):
    index, field, at, size, how = edit
    tree = copy.deepcopy(tree)
    node = [node for node in ast.walk(tree) if isinstance(getattr(node, 'body', None), list)][index]
    block = getattr(node, field)
    if how is None:
        del block[at : at + size]
    elif how == 'drop else':
        if not block[at].orelse:
            return None
        block[at].orelse = []
    elif isinstance(how, int):
        # One result less; all returns and the annotation follow.
        for fn in ast.walk(tree):
            if isinstance(fn, ast.FunctionDef) and fn.name == 'forward':
                for inner in ast.walk(fn):
                    if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Tuple):
                        del inner.value.elts[how]
                        if len(inner.value.elts) == 1:
                            inner.value = inner.value.elts[0]
                fn.returns = None
    else:
        block[at : at + 1] = getattr(block[at], how)
    if not block and field == 'body':
        block.append(ast.Pass())
    return ast.fix_missing_locations(tree)


def shrink(row, judge):
    wanted = kind_of(judge(row))
    if wanted is None:
        return row, None
    cases = [[unleaf(value) for value in case['inputs']] for case in row['cases']]
    for case in [[c] for c in cases]:
        smaller = build(row['source'], row, case)
        if smaller is not None and kind_of(judge(smaller)) == wanted:
            row, cases = smaller, case
            break
    again = True
    while again:
        again = False
        tree = ast.parse(row['source'])
        for edit in edits(tree):
            smaller_tree = apply(tree, edit)
            if smaller_tree is None:
                continue
            source = ast.unparse(smaller_tree)
            if len(source) >= len(row['source']):
                continue
            smaller = build(source, row, cases)
            if smaller is not None and kind_of(judge(smaller)) == wanted:
                row = smaller
                again = True
                break
    return row, judge(row)


def main():
    torch._C._jit_set_profiling_executor(False)
    flags = [a for a in sys.argv[1:] if a.startswith('--')]
    pack, *names = [a for a in sys.argv[1:] if not a.startswith('--')]
    rows = {row['name']: row for row in json.load(gzip.open(pack))}
    judge = Judge(*flags)
    for name in names:
        row, verdict = shrink(rows[name], judge)
        body = row['source'].split('class Net')[1] if 'class Net' in row['source'] else row['source']
        print(f'### {name}: {json.dumps(verdict)[:400]}\n{row["declared"]}\ninputs: {[unleaf(v) for v in row["cases"][0]["inputs"]]}\nclass Net{body}\n', flush=True)
    judge.close()


if __name__ == '__main__':
    main()
