"""Random programs that write: views, branches, loops, lists, raises. The same ones every time."""
import importlib.util
import random
import tempfile
from pathlib import Path

import torch

COUNT = 80
INPUTS = (0, 3, -5)


class Writer:
    """Writes one program; knows the shape of every variable, so that the program is valid."""

    def __init__(self, rng):
        self.rng = rng
        self.next = 0
        self.lines = []
        self.shapes = {'x': (3, 4), 'y': (3, 3)}
        self.lists = {}

    def name(self):
        self.next += 1
        return f'v{self.next}'

    def emit(self, indent, line):
        self.lines.append('    ' * indent + line)

    def any(self):
        return self.rng.choice(list(self.shapes))

    def like(self, shape):
        return [v for v in self.shapes if self.shapes[v] == shape]

    def bounds(self, size):
        start = self.rng.randrange(size - 1)
        end = self.rng.randrange(start + 1, size + 1)
        return start, end

    def view(self, v):
        rng, shape = self.rng, self.shapes[v]
        n = shape[0]
        if len(shape) == 1:
            choices = [(f'{v}.unsqueeze(0)', (1, n)), (f'{v}.unsqueeze(1)', (n, 1)), (f'{v}[::2]', ((n + 1) // 2,))]
            if n > 1:
                start, end = self.bounds(n)
                choices.append((f'{v}[{start}:{end}]', (end - start,)))
            return rng.choice(choices)
        m = shape[1]
        choices = [
            (f'{v}.t()', (m, n)),
            (f'{v}[{rng.randrange(n)}]', (m,)),
            (f'{v}.select(1, {rng.randrange(m)})', (n,)),
            (f'{v}.reshape(-1)', (n * m,)),
            (f'{v}.contiguous()', shape),
            (f'{v}.detach()', shape),
            (f'{v}.unbind(0)[{rng.randrange(n)}]', (m,)),
        ]
        if n > 1:
            start, end = self.bounds(n)
            choices.append((f'{v}[{start}:{end}]', (end - start, m)))
        if m > 1:
            start, end = self.bounds(m)
            choices.append((f'{v}[:, {start}:{end}]', (n, end - start)))
        if n == m:
            choices.append((f'{v}.diagonal()', (n,)))
        return rng.choice(choices)

    def write(self, indent):
        rng, v = self.rng, self.any()
        other = rng.choice(self.like(self.shapes[v]))
        self.emit(
            indent,
            rng.choice(
                [
                    f'{v}.add_({rng.randrange(1, 5)})',
                    f'{v}.mul_(2)',
                    f'{v}[{rng.randrange(self.shapes[v][0])}] = {rng.randrange(9)}',
                    f'{v}.copy_({other} + 1)',
                    f'{v} += {other} * 1',
                    f'{v}[{v} > 3] = {rng.randrange(3)}',
                ]
            ),
        )

    def list_statement(self, indent, depth):
        rng = self.rng
        if not self.lists or rng.random() < 0.35:
            if depth > 0:
                self.emit(indent, 'pass')
                return {}
            shape = self.shapes[self.any()]
            items = [rng.choice(self.like(shape)) + rng.choice(['', ' + 1']) for _ in range(rng.randrange(1, 3))]
            name = 'l' + self.name()
            self.emit(indent, f'{name} = [{", ".join(items)}]')
            self.lists[name] = shape
            return {}
        name = rng.choice(list(self.lists))
        same = self.like(self.lists[name])
        choice = rng.randrange(5)
        if choice == 0:
            self.emit(indent, f'{name}[0].add_(1)')
        elif choice == 1 and same:
            self.emit(indent, f'{name}.append({rng.choice(same)}{rng.choice(["", " * 2"])})')
        elif choice == 2:
            v = self.name()
            self.emit(indent, f'for {v} in {name}:')
            self.emit(indent + 1, f'{v}.mul_(2)')
        elif choice == 3:
            v = self.name()
            self.emit(indent, f'{v} = {name}[-1]')
            return {v: self.lists[name]}
        elif same:
            self.emit(indent, f'{name}[0] = {rng.choice(same)}{rng.choice(["", " * 2"])}')
        else:
            self.emit(indent, 'pass')
        return {}

    def block(self, indent, depth):
        outside = dict(self.shapes)
        for _ in range(self.rng.randrange(1, 4)):
            self.shapes.update(self.statement(indent, depth))
        self.shapes = outside

    def statement(self, indent, depth):
        rng = self.rng
        kind = rng.random()
        if kind < 0.12:
            v, new = self.any(), self.name()
            self.emit(indent, f'{new} = {v} {rng.choice("+*")} {rng.randrange(1, 4)}')
            return {new: self.shapes[v]}
        if kind < 0.38:
            text, shape = self.view(self.any())
            new = self.name()
            self.emit(indent, f'{new} = {text}')
            return {new: shape}
        if kind < 0.64:
            self.write(indent)
        elif kind < 0.72 and depth < 2:
            self.emit(indent, f'if bool({self.any()}.sum() > {rng.randrange(-10, 30)}):')
            self.block(indent + 1, depth + 1)
            if rng.random() < 0.6:
                self.emit(indent, 'else:')
                self.block(indent + 1, depth + 1)
        elif kind < 0.8 and depth < 2:
            self.emit(indent, f'for i{self.name()} in range({rng.randrange(4)}):')
            self.block(indent + 1, depth + 1)
        elif kind < 0.87:
            v = self.any()
            self.emit(indent, f'{v} = {rng.choice(self.like(self.shapes[v]))}{rng.choice(["", " + 1"])}')
        elif kind < 0.92:
            self.emit(indent, f'if bool({self.any()}.sum() > {rng.randrange(-5, 60)}):')
            self.emit(indent + 1, f"raise ValueError('e{rng.randrange(3)}')")
        else:
            return self.list_statement(indent, depth)
        return {}

    def program(self, name):
        for _ in range(self.rng.randrange(4, 13)):
            self.shapes.update(self.statement(1, 0))
        results = ', '.join([*self.shapes, *self.lists])
        return '\n'.join([f'def {name}(x, y):', *self.lines, f'    return {results}', ''])


def random_programs():
    """(function, inputs) pairs; torch.jit.script wants its functions in a file."""
    rng = random.Random(7)
    text = 'import torch\n\n' + '\n\n'.join(Writer(rng).program(f'random_{i}') for i in range(COUNT))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'random_module.py'
        path.write_text(text)
        spec = importlib.util.spec_from_file_location('random_module', path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        inputs = [(torch.arange(12.0).reshape(3, 4) * 0.5 - 2 + o, torch.arange(9.0).reshape(3, 3) - 3 - o) for o in INPUTS]
        for i in range(COUNT):
            yield getattr(module, f'random_{i}'), inputs
