"""Runs the graphs of ../functionalized in torch and compares with the programs' own results.

Our functional forms of list and dict operators stand for the aten operator on a copy; that is what torch is given."""
import json
import re
import sys
from pathlib import Path

import torch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from values import decode, same  # noqa: E402

DUMMY = re.compile(r'^(\s*)(%\S+) : (.*) = prim::Uninitialized\(\)$')
CALL = re.compile(r'^(\s*)(%.*?) = functional::(\w+)\((.*?)\)\s*$')


def for_torch(graph):
    lines = []
    for line in graph.splitlines():
        dummy = DUMMY.match(line)
        if dummy is not None:
            lines.extend(dummy_lines(*dummy.groups()))
            continue
        # torch prints `= prim::If(…)` for a node without results, but does not read it.
        line = re.sub(r'^(\s*) = ', r'\1', line)
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


def dummy_lines(indent, name, kind):
    """A value of that type, since torch cannot give an uninitialized one to Python."""
    if kind.startswith('('):
        items = [(f'%dummy_{name[1:].replace(".", "_")}_{i}', k) for i, k in enumerate(split(kind[1:-1]))]
        inner = [line for item, k in items for line in dummy_lines(indent, item, k)]
        return [*inner, f'{indent}{name} : {kind} = prim::TupleConstruct({", ".join(item for item, _ in items)})']
    if kind == 'Tensor':
        number = f'%number_{name[1:].replace(".", "_")}'
        return [f'{indent}{number} : int = prim::Constant[value=0]()', f'{indent}{name} : Tensor = prim::NumToTensor({number})']
    makers = {'int': 'prim::Constant[value=0]()', 'bool': 'prim::Constant[value=0]()'}
    return [f'{indent}{name} : {kind} = {makers.get(kind, "prim::ListConstruct()" if kind.endswith("[]") else "prim::Constant()")}']


RETURNS = {'append': True, '_set_item': True, 'add_': True, 'mul_': True}


def split(text):
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += c in '([' and 1 or c in ')]' and -1 or 0
        if c == ',' and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return [*parts, text[start:].strip()]


def check(programs_file, graphs_file):
    programs = {row['name']: row for row in json.loads((HERE / programs_file).read_text())}
    sections = re.split(r'^# (\w+)(.*)\n', (HERE / graphs_file).read_text(), flags=re.M)[1:]
    graphs = {name: (json.loads(raises.strip() or '[]'), text) for name, raises, text in zip(sections[::3], sections[1::3], sections[2::3])}
    # Programs that we refuse have their code in place of a graph.
    refused = [name for name, (_, text) in graphs.items() if text.startswith('PT')]
    if set(graphs) != set(programs):
        sys.exit(f'{graphs_file} and {programs_file} differ: {set(graphs) ^ set(programs)}')
    failures = 0
    for name, (raises, text) in graphs.items():
        if name in refused:
            continue
        try:
            graph = torch._C.parse_ir(for_torch(text))
            if raises:
                graph.makeMultiOutputIntoTuple()
            run = torch._C._create_function_from_graph(name, graph)
            for case in programs[name]['runs']:
                args = [decode(a) for a in case['inputs']]
                got = run(*args)
                if raises:
                    got, code = (got[0] if len(got) == 2 else got[:-1]), got[-1]
                    if code != 0 or 'error' in case:
                        if code == 0 or raises[code - 1] != case.get('error'):
                            raise AssertionError(f'got code {code} of {raises}\nexpected {case.get("error")}')
                        continue
                if not same(got, decode(case['output'])):
                    raise AssertionError(f'got {got}\nexpected {decode(case["output"])}')
                if not same(args, [decode(a) for a in case['inputs']]):
                    raise AssertionError('an input was written')
        except Exception as error:  # noqa: BLE001
            failures += 1
            print(f'{name}: {str(error).strip()[-600:]}\n{for_torch(text)}')
    print(f'{graphs_file}: {len(graphs) - failures - len(refused)} of {len(graphs)} programs agree with torch, {len(refused)} are refused')
    return failures


def main():
    sys.exit(sum(check(f'{name}.json', f'../functionalized/{name}.txt') for name in ('programs', 'raising', 'objects', 'random')) > 0)


if __name__ == '__main__':
    main()
