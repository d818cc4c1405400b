"""One program from a seed: a module as Python source, declared inputs, and example inputs in plenty."""

import random

from kinds import BOOL, FLOAT, INT, STR, D, L, T, annotation, is_a
from statements import Statements

PARAMETERS = [
    T('float32', 'N', 3), T('float32', 'N'), T('float32', 3), T('float32', 2, 3), T('float32'), T('float32', 'N', 'M'), T('float32', 2, 3, 4),
    T('int64', 'N'), T('int64', 3), T('int64'), T('int64', 'N', 3), T('bool', 3), T('bool', 'N'), T('float32', 3, 3),
    INT, INT, INT, FLOAT, FLOAT, BOOL, STR, L(INT), L(INT), L(FLOAT), L(STR), D(STR, INT), D(INT, FLOAT), ('Opt', INT), ('Opt', FLOAT),
    ('Opt', T('float32', 3)), ('Tup', (INT, T('float32', 3))), L(T('float32', 3)), L(L(INT)), ('Opt', STR),
]  # fmt: skip
ATTRIBUTES = [
    (INT, '0'), (INT, '3'), (FLOAT, '0.5'), (L(INT), '[1, 2]'), (L(FLOAT), '[0.5]'), (D(STR, INT), "{'a': 1}"), (D(INT, FLOAT), '{0: 0.5}'),
    (T('float32', 3), 'torch.tensor([0.5, -1.0, 2.0])'), (('Opt', INT), 'None'), (STR, "'ab'"), (L(T('float32', 3)), '[torch.ones(3)]'),
    (T('float32', 3, 3), 'torch.arange(9.0).reshape(3, 3) / 4 - 1'), (D(STR, T('float32', 3)), "{'a': torch.ones(3)}"),
]  # fmt: skip
HEAD = """import math
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor
"""
RESULTS = (INT, FLOAT, BOOL, STR)


class Program(Statements):
    """`source` defines `Net`; `parameters` maps names to types."""

    def __init__(self, seed):
        super().__init__(seed)
        self.seed = seed
        self.parameters = {}
        for i in range(self.int(2, 4)):
            self.parameters[f'x{i}'] = self.pick(PARAMETERS)
        if not any(is_a('T', ty) for ty in self.parameters.values()) and self.chance(0.85):
            self.parameters['t'] = self.pick(PARAMETERS[:14])
        self.scope = dict(self.parameters)
        for name, ty in self.parameters.items():
            if is_a('T', ty):
                for i, d in enumerate(ty[2]):
                    if isinstance(d, str):
                        self.sizes.setdefault(d, f'{name}.size({i})')
        self.attributes = {}
        if self.chance(0.35):
            for i in range(self.int(1, 2)):
                ty, initial = self.pick(ATTRIBUTES)
                self.attributes[f's{i}'] = (ty, initial)
                self.scope[f'self.s{i}'] = ty
        if self.chance(0.15):
            self.tuples[f'P{seed}'] = [('a', self.pick([INT, FLOAT])), ('b', self.pick([STR, T('float32', 3), L(INT)]))]
        if self.chance(0.15):
            self.classes[f'C{seed}'] = [('n', INT), ('f', FLOAT), *([('items', L(INT))] if self.chance(0.5) else [])]
        self.exits = self.chance(0.5)
        self.left = self.pick([6, 8, 10, 12, 15, 20, 30, 40])
        self.body = self.top()
        self.source = self.write()

    def top(self):
        """The outermost block, whose variables make the result."""
        out = []
        while self.left > 0:
            self.left -= 1
            out += self.statement(0, 0)
        return out

    # Text.

    def write(self):
        result = self.result()
        lines = [HEAD, '']
        for name, fields in self.tuples.items():
            lines += [f'class {name}(NamedTuple):', *(f'    {f}: {annotation(ty)}' for f, ty in fields), '', '']
        for name, fields in self.classes.items():
            lines += [*self.write_class(name, fields), '', '']
        lines.append('class Net(torch.nn.Module):')
        for name, (ty, _) in self.attributes.items():
            lines.append(f'    {name}: {annotation(ty)}')
        lines += ['', '    def __init__(self) -> None:', '        super().__init__()']
        for name, (ty, initial) in self.attributes.items():
            lines.append(f"        self.register_buffer('{name}', {initial})" if is_a('T', ty) else f'        self.{name} = {initial}')
        parameters = ''.join(f', {name}: {annotation(ty)}' for name, ty in self.parameters.items())
        types = [annotation(ty) for _, ty in result]
        returned = f'Tuple[{", ".join(types)}]' if len(types) > 1 else types[0]
        lines += ['', f'    def forward(self{parameters}) -> {returned}:']
        self.lines(self.body, 2, lines, [ty for _, ty in result])
        lines.append(f'        return {", ".join(name for name, _ in result)}')
        return '\n'.join(lines) + '\n'

    def write_class(self, name, fields):
        lines = [f'class {name}:', '    def __init__(self, n: int) -> None:']
        initial = {INT: 'n', FLOAT: '0.5'}
        lines += [f'        self.{f}: {annotation(ty)} = {initial.get(ty, "[n]")}' for f, ty in fields]
        lines += ['', '    def step(self, k: int) -> int:', '        if k > 2:', '            self.n = (self.n + k) % 97', '        else:', '            self.f += 0.25']
        return [*lines, '        return self.n - k']

    def lines(self, block, indent, out, types):
        for item in block:
            if isinstance(item, str):
                out.append('    ' * indent + item)
            elif item[0] == 'return':
                self.scope = item[1]
                out.append('    ' * indent + 'return ' + ', '.join(self.expr(ty, 1) for ty in types))
            else:
                out.append('    ' * indent + item[0])
                self.lines(item[1], indent + 1, out, types)

    def result(self):
        """Variables that the method hands out, the last ones first."""
        fit = [(name, ty) for name, ty in self.scope.items() if self.can_leave(ty)]
        chosen = fit[-2:] + self.rng.sample(fit[:-2], min(len(fit[:-2]), self.int(1, 4)))
        return chosen or [('1', INT)]

    def can_leave(self, ty):
        if is_a('L', ty):
            return ty[1] in RESULTS or ty[1] == L(INT) or is_a('T', ty[1])
        if is_a('Tup', ty):
            return True
        if is_a('D', ty) or is_a('Opt', ty):
            return True
        return isinstance(ty, str) or is_a('T', ty) or is_a('NT', ty)

    # Inputs.

    def declared(self):
        """What a user says of the inputs: dtypes and ranks of tensors."""
        return {name: form for key, ty in self.parameters.items() for name, form in declare(key, ty)}

    def inputs(self, index):
        rng = random.Random(f'{self.seed} {index}')
        sizes = {'N': rng.choice([1, 2, 3, 3, 4, 5]), 'M': rng.choice([1, 2, 3, 4])}
        return [value(rng, ty, sizes) for ty in self.parameters.values()]


def declare(name, ty):
    if is_a('Opt', ty):
        yield from declare(name, ty[1])
    elif is_a('T', ty):
        yield name, {'dtype': ty[1], 'shape': list(ty[2])}
    elif is_a('Tup', ty):
        for i, item in enumerate(ty[1]):
            yield from declare(f'{name}.{i}', item)


def value(rng, ty, sizes):
    import torch

    if ty == INT:
        return rng.randint(-4, 9)
    if ty == FLOAT:
        return rng.randint(-12, 16) / 4
    if ty == BOOL:
        return rng.random() < 0.5
    if ty == STR:
        return rng.choice(['', 'a', 'ab', 'Abc', 'b,a', 'a b c', 'XY', 'banana'])
    kind = ty[0]
    if kind == 'T':
        dims = [sizes[d] if isinstance(d, str) else d for d in ty[2]]
        n = 1
        for d in dims:
            n *= d
        if ty[1] == 'bool':
            return torch.tensor([rng.random() < 0.5 for _ in range(n)], dtype=torch.bool).reshape(dims)
        # No two alike, so that orders are told.
        items = rng.sample(range(-n - 6, n + 8), n)
        scale = 1 if ty[1] == 'int64' else rng.choice([0.125, 0.25, 0.5])
        return (torch.tensor(items, dtype=torch.float64).reshape(dims) * scale).to(getattr(torch, ty[1]))
    if kind == 'L':
        return [value(rng, ty[1], sizes) for _ in range(rng.randint(0, 4))]
    if kind == 'D':
        keys = rng.sample(['a', 'b', 'k1', 'ab'] if ty[1] == STR else range(5), rng.randint(0, 3))
        return {key: value(rng, ty[2], sizes) for key in keys}
    if kind == 'Opt':
        return None if rng.random() < 0.4 else value(rng, ty[1], sizes)
    return tuple(value(rng, item, sizes) for item in ty[1])
