"""Runs the functionalised graphs of functionalized.txt in torch and compares with the programs' own results.

Our functional forms of list and dict operators stand for the aten operator on a copy; that is what torch is given."""
import json
import re
import sys
from pathlib import Path

import torch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from values import decode, same  # noqa: E402

CALL = re.compile(r'^(\s*)(%.*?) = functional::(\w+)\((.*?)\)\s*$')


def for_torch(graph):
    lines = []
    for line in graph.splitlines():
        match = CALL.match(line)
        if match is None:
            lines.append(line)
            continue
        indent, outputs, name, inputs = match.groups()
        (first, kind), *rest = [re.match(r'(%\S+) : (.*)', o.strip()).groups() for o in split(outputs)]
        target, *others = split(inputs)
        copy = 'aten::copy' if kind.startswith('Dict') else 'aten::list'
        lines.append(f'{indent}{first} : {kind} = {copy}({target})')
        result = ', '.join(f'{r} : {k}' for r, k in rest)
        if result == '' and RETURNS.get(name, False):
            result = f'%unused_{first[1:].replace(".", "_")} : {kind}' if kind.endswith('[]') else ''
        lines.append(f'{indent}{result}{" = " if result else ""}aten::{name}({", ".join([first, *others])})')
    return '\n'.join(lines) + '\n'


RETURNS = {'append': True, '_set_item': True, 'add_': True, 'mul_': True}


def split(text):
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += c in '([' and 1 or c in ')]' and -1 or 0
        if c == ',' and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return [*parts, text[start:].strip()]


def main():
    programs = {row['name']: row for row in json.loads((HERE / 'programs.json').read_text())}
    sections = re.split(r'^# (\w+)\n', (HERE / 'functionalized.txt').read_text(), flags=re.M)[1:]
    graphs = dict(zip(sections[::2], sections[1::2]))
    if set(graphs) != set(programs):
        sys.exit(f'functionalized.txt and programs.json differ: {set(graphs) ^ set(programs)}')
    failures = 0
    for name, text in graphs.items():
        try:
            run = torch._C._create_function_from_graph(name, torch._C.parse_ir(for_torch(text)))
            for case in programs[name]['runs']:
                args = [decode(a) for a in case['inputs']]
                got = run(*args)
                if not same(got, decode(case['output'])):
                    raise AssertionError(f'got {got}\nexpected {decode(case["output"])}')
                if not same(args, [decode(a) for a in case['inputs']]):
                    raise AssertionError('an input was written')
        except Exception as error:  # noqa: BLE001
            failures += 1
            print(f'{name}: {str(error).strip()[-600:]}\n{for_torch(text)}')
    print(f'{len(graphs) - failures} of {len(graphs)} programs agree with torch')
    sys.exit(failures > 0)


if __name__ == '__main__':
    main()
